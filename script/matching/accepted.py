"""Precision of what is accepted by more than number or name, on payees drawn among the accepted."""

import csv
import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from script.matching.measures import Estimate, Verdict, wilson
from script.matching.results import Row
from script.matching.sample import payee_hash

SEED = "geo-wealth accepted 2026"

HALVES = ("tuning2", "untouched2")

SURE = "sure"
STRATA = ("alias", "fuzzy", "beside")

_NUMBER_OR_NAME = frozenset(("company-number", "charity-number", "exact-name"))


@dataclass(frozen=True)
class Drawn:
    """A payee that was accepted when the sample was drawn; organisations under hashes.

    Attributes
    ----------
    right, wrong
        What was accepted, as the reader judged it; unsure is wrong.
    """

    payee: str
    half: str
    stratum: str
    pounds: int
    right: frozenset[str]
    wrong: frozenset[str]


@dataclass(frozen=True)
class Share:
    """Right payees among those still accepted, in one stratum of one half."""

    right: int
    accepted: int
    precision: Estimate


def place(key: str) -> bytes:
    """Give the hash by which payees were drawn: of each stratum the first, halves in turn."""
    return hashlib.sha256(f"{SEED}|{key}".encode()).digest()


def read_drawn(path: Path, half: str) -> list[Drawn]:
    """Read the payees of one half, in the order of the file, each with all of its pairs."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["half"] == half]
    pairs: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        pairs[row["payee"]].append(row)
    return [
        Drawn(
            payee,
            half,
            of[0]["stratum"],
            int(of[0]["pounds"]),
            frozenset(row["organisation"] for row in of if row["verdict"] == "right"),
            frozenset(row["organisation"] for row in of if row["verdict"] != "right"),
        )
        for payee, of in pairs.items()
    ]


def strata(found: Iterable[Row]) -> dict[str, str]:
    """Tell by which stages each payee is accepted, by its hash.

    ``sure``: by number or the very name only; ``beside``: by these and another name too;
    ``fuzzy`` or ``alias``: by likeness, or by writing, only. Those not accepted are left out.
    """
    stages: dict[str, set[str]] = defaultdict(set)
    for payee, _, _, band, stage in found:
        if band == "accepted":
            stages[payee].add(stage)
    return {payee_hash(payee): _stratum(of) for payee, of in stages.items()}


def shares(drawn: Sequence[Drawn], verdicts: Mapping[str, Verdict]) -> dict[str, Share]:
    """Count by stratum whose organisations are all right, of payees that are still accepted.

    An organisation that was not labelled counts as wrong. Intervals are Wilson's.
    """
    counts = {stratum: [0, 0] for stratum in STRATA}
    for each in drawn:
        accepted = verdicts.get(each.payee, Verdict()).accepted
        if accepted:
            counts[each.stratum][0] += accepted <= each.right
            counts[each.stratum][1] += 1
    return {name: share(right, number) for name, (right, number) in counts.items()}


def share(right: int, accepted: int) -> Share:
    """Put a count of right ones of those accepted as a share, with Wilson's interval."""
    if not accepted:
        return Share(0, 0, Estimate(None, None, None))
    return Share(right, accepted, Estimate(right / accepted, *wilson(right / accepted, accepted)))


def together(parts: Mapping[str, Share], sizes: Mapping[str, int]) -> Estimate:
    """Estimate the precision of all that is accepted, each stratum by how many are in it.

    The interval puts those of the strata together by Newcombe's method: distances to the
    limits, squared and weighted (MOVER; Newcombe 2001, Statistics in Medicine 20).

    Parameters
    ----------
    sizes
        Accepted payees in each stratum of all ledgers. A stratum of which none of the sample
        is left is left out.
    """
    known = [
        (size, estimate.value, estimate.low, estimate.high)
        for name, size in sizes.items()
        for estimate in [parts[name].precision]
        if estimate.value is not None and estimate.low is not None and estimate.high is not None
    ]
    total = sum(size for size, *_ in known)
    if not total:
        return Estimate(None, None, None)
    value = sum(size / total * middle for size, middle, _, _ in known)
    below = math.hypot(*(size / total * (middle - low) for size, middle, low, _ in known))
    above = math.hypot(*(size / total * (high - middle) for size, middle, _, high in known))
    return Estimate(value, value - below, min(1.0, value + above))


def _stratum(stages: set[str]) -> str:
    if stages & _NUMBER_OR_NAME:
        return "beside" if stages - _NUMBER_OR_NAME else SURE
    return "fuzzy" if "fuzzy" in stages else "alias"
