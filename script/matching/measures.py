"""What a matching is worth on labelled payees: precision and recall, with intervals."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DRAWS = 4000
_SEED = 20260101
_Z = 1.959964


@dataclass(frozen=True)
class Label:
    """A payee and the organisations that it is, under hashes; see ``LABELLING.md``.

    Attributes
    ----------
    weight
        How many payees it stands for in its half.
    pounds
        What it was paid, net, whole pounds; below zero where credits outweigh.
    exact
        Whether an organisation that is no individual has the very name key.
    """

    payee: str
    half: str
    stratum: str
    weight: float
    pounds: int
    exact: bool
    acceptable: frozenset[str]
    unsure: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """What the matcher says of a payee: organisations accepted, and offered for review."""

    accepted: frozenset[str] = frozenset()
    review: frozenset[str] = frozenset()


class Outcome(Enum):
    """How a verdict compares with a label."""

    RIGHT = "accepted, all right"
    WRONG = "accepted, not all right"
    OFFERED = "for review, with the right one among them"
    MISLED = "for review, none right"
    NOTHING = "nothing found"


@dataclass(frozen=True)
class Estimate:
    """A share of all payees or pounds with its 95 % interval; None where nothing is to share."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Report:
    """The figures of one matching on one half.

    Attributes
    ----------
    right, placed, findable
        Labelled payees, unweighted: matched rightly, matched at all, and with an organisation
        that could have been found.
    """

    right: int
    placed: int
    findable: int
    precision: Estimate
    recall: Estimate
    precision_pounds: Estimate
    recall_pounds: Estimate


def read_labels(path: Path, half: str) -> list[Label]:
    """Read the labels of one half.

    Raises
    ------
    ValueError
        When there is no such half.
    """
    with path.open(newline="", encoding="utf-8") as file:
        labels = [_label(row) for row in csv.DictReader(file) if row["half"] == half]
    if not labels:
        raise ValueError(f"There is no half '{half}': tuning or untouched.")
    return labels


def count_unsure_right(labels: Sequence[Label]) -> list[Label]:
    """Take what the reader was not sure of for right: the other end of the doubt."""
    return [
        replace(label, acceptable=label.acceptable | label.unsure, unsure=frozenset())
        for label in labels
    ]


def outcome(label: Label, verdict: Verdict) -> Outcome:
    """Compare a verdict with a label, strictly: one wrong organisation accepted is wrong."""
    if verdict.accepted:
        return Outcome.RIGHT if verdict.accepted <= label.acceptable else Outcome.WRONG
    if verdict.review:
        return Outcome.OFFERED if verdict.review & label.acceptable else Outcome.MISLED
    return Outcome.NOTHING


def report(labels: Sequence[Label], verdicts: Mapping[str, Verdict], *, review: bool) -> Report:
    """Estimate precision and recall for all payees of the ledgers from one half.

    Precision is the share of right ones among payees matched, recall the share of payees
    matched rightly among those that are in the registers at all. With ``review`` a payee
    without anything accepted counts as matched when something is offered, and as right when
    the right organisation is among it: what a careful person would get out of the list.

    Each payee counts by its weight, and for pounds by weight times pounds, credits as zero.
    Intervals are percentiles of a bootstrap within strata; for precision by count, where
    nothing wrong was seen, that of Wilson at the effective number of payees (Kish), since a
    bootstrap cannot show a mistake that the sample does not hold.
    """
    outcomes = [outcome(label, verdicts.get(label.payee, Verdict())) for label in labels]
    good = {Outcome.RIGHT} | ({Outcome.OFFERED} if review else set())
    any_ = good | {Outcome.WRONG} | ({Outcome.MISLED} if review else set())
    right = np.array([each in good for each in outcomes], float)
    placed = np.array([each in any_ for each in outcomes], float)
    findable = np.array([bool(label.acceptable) for label in labels], float)
    weights = np.array([label.weight for label in labels])
    pounds = weights * [max(label.pounds, 0) for label in labels]
    draws = _draws(labels)
    precision = _estimate(right * weights, placed * weights, draws)
    if precision.value == 1.0:
        low, _ = wilson(1.0, _effective(weights[placed > 0]))
        precision = replace(precision, low=low)
    return Report(
        int(right.sum()),
        int(placed.sum()),
        int(findable.sum()),
        precision,
        _estimate(right * weights, findable * weights, draws),
        _estimate(right * pounds, placed * pounds, draws),
        _estimate(right * pounds, findable * pounds, draws),
    )


def recall_ratio(
    labels: Sequence[Label], verdicts: Mapping[str, Verdict], baseline: Mapping[str, Verdict]
) -> Estimate:
    """Estimate how often as many payees are rightly accepted as by the baseline."""

    def right(found: Mapping[str, Verdict]) -> Floats:
        return np.array(
            [
                label.weight * (outcome(label, found.get(label.payee, Verdict())) is Outcome.RIGHT)
                for label in labels
            ]
        )

    return _estimate(right(verdicts), right(baseline), _draws(labels))


def _estimate(above: Floats, below: Floats, draws: NDArray[np.int64]) -> Estimate:
    if not below.sum():
        return Estimate(None, None, None)
    tops, bottoms = above[draws].sum(axis=1), below[draws].sum(axis=1)
    shares = tops[bottoms > 0] / bottoms[bottoms > 0]
    low, high = np.percentile(shares, [2.5, 97.5])
    return Estimate(float(above.sum() / below.sum()), float(low), float(high))


def _draws(labels: Sequence[Label]) -> NDArray[np.int64]:
    """Draw bootstrap samples within strata: positions, one sample a row."""
    generator = np.random.default_rng(_SEED)
    strata = sorted({label.stratum for label in labels})
    columns = []
    for stratum in strata:
        members = np.array([n for n, label in enumerate(labels) if label.stratum == stratum])
        columns.append(generator.choice(members, (_DRAWS, len(members))))
    return np.concatenate(columns, axis=1)


def wilson(share: float, number: float) -> tuple[float, float]:
    """Give Wilson's 95 % interval of a share of so many, which may be an effective number."""
    middle = share + _Z**2 / (2 * number)
    spread = _Z * math.sqrt(share * (1 - share) / number + _Z**2 / (4 * number**2))
    whole = 1 + _Z**2 / number
    return (middle - spread) / whole, min(1.0, (middle + spread) / whole)


def _effective(weights: Floats) -> float:
    """Give the number of equal weights that would say as much (Kish): (sum w)² / sum w²."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _label(row: Mapping[str, str]) -> Label:
    def hashes(text: str) -> frozenset[str]:
        return frozenset(filter(None, text.split(";")))

    return Label(
        row["payee"],
        row["half"],
        row["stratum"],
        float(row["weight"]),
        int(row["pounds"]),
        row["exact"] == "1",
        hashes(row["acceptable"]),
        hashes(row["unsure"]),
    )
