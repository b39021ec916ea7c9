"""Ten thousand payees' names against fifty thousand organisations: blocks against comparing all."""

import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from measure import Finding, WrongResultError, interleaved, timed
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from boundaries.issues import IssueLog
from geo_wealth.matching.blocks import Blocks, alike
from geo_wealth.names import name_key
from geo_wealth.registers import read_register

Ints = NDArray[np.int64]

_ORGANISATIONS = 50_000
_PAYEES = 10_000
_REGISTERS = (
    ("business_rates_kirklees.csv", "business-rates"),
    ("business_rates_calderdale.csv", "business-rates"),
    ("business_rates_bradford.csv", "business-rates"),
    ("coops_uk_2017-06_open_data_organisations.csv", "cooperatives"),
    ("gender_pay_gap_2021_to_2022.csv", "employers"),
)
_CUT = 35
# All pairs at once would need half a gigabyte.
_CHUNK = 500
_POINTS = 0.03


def compare(shared: Path, rounds: int, target: float) -> Finding:
    """Time the nearest name of each payee, found by rare runs of letters and by all pairs."""
    organisations, payees, truth = _case(shared)
    ours, theirs = _nearest(payees, organisations), _nearest_of_all(payees, organisations)
    right, right_of_all = float(np.mean(ours == truth)), float(np.mean(theirs == truth))
    if right < right_of_all - _POINTS:
        raise WrongResultError(f"{right:.1%} are right, of all pairs {right_of_all:.1%}.")
    sides = interleaved(
        {
            "ours": partial(timed, partial(_nearest, payees, organisations)),
            "cdist": partial(timed, partial(_nearest_of_all, payees, organisations)),
        },
        rounds,
    )
    return Finding(
        "names",
        f"{_PAYEES:,} payees, {_ORGANISATIONS:,} organisations, over rapidfuzz cdist "
        f"({right:.1%} right, cdist {right_of_all:.1%})",
        sides["ours"] / sides["cdist"],
        target=target,
        rounds=rounds,
        sides=sides,
    )


def _nearest(payees: Sequence[str], organisations: Sequence[str]) -> Ints:
    """Give the position of the nearest organisation; the index is built anew each time."""
    blocks = Blocks(organisations)
    asked, near = blocks.near(payees)
    likeness = alike([payees[each] for each in asked], [organisations[each] for each in near])
    best = np.full(len(payees), -1, dtype=np.int64)
    order = np.argsort(likeness, kind="stable")
    best[asked[order]] = near[order]  # the last one written, hence the most alike, stays
    return best


def _nearest_of_all(payees: Sequence[str], organisations: Sequence[str]) -> Ints:
    parts = [
        process.cdist(
            payees[start : start + _CHUNK],
            organisations,
            scorer=fuzz.ratio,
            dtype=np.uint8,
            workers=-1,
        ).argmax(axis=1)
        for start in range(0, len(payees), _CHUNK)
    ]
    return np.concatenate(parts).astype(np.int64)


def _case(shared: Path) -> tuple[list[str], list[str], Ints]:
    """Take real names, fill up with others made of their parts, and spoil some as payees."""
    names = sorted(_real_names(shared))
    chance = random.Random(2026)  # noqa: S311  (the same names every time, no secret)
    known = set(names)
    while len(names) < _ORGANISATIONS:
        first, second = chance.choice(names).split(), chance.choice(names).split()
        made = " ".join([*first[: (len(first) + 1) // 2], *second[len(second) // 2 :]])
        if made not in known:
            known.add(made)
            names.append(made)
    truth = np.array(chance.sample(range(_ORGANISATIONS), _PAYEES), dtype=np.int64)
    return names, [_spoilt(names[place], chance) for place in truth], truth


def _real_names(shared: Path) -> set[str]:
    names: set[str] = set()
    for file, kind in _REGISTERS:
        for chunk in read_register(shared / "registers" / file, kind, IssueLog(), None):
            names |= {name_key(name) for name in chunk["name"] if name}
    return {name for name in names if len(name) > 3}


def _spoilt(name: str, chance: random.Random) -> str:
    """Write a name as ledgers do: slips, a word lost or moved, the form lost, cut short."""
    words = name.split()
    if words[-1] in {"ltd", "plc"} and chance.random() < 0.5:
        words = words[:-1] or words
    if len(words) > 2 and chance.random() < 0.2:
        words.pop(chance.randrange(1, len(words)))
    if len(words) > 1 and chance.random() < 0.1:
        words = [*words[1:], words[0]]
    letters = list(" ".join(words))
    for _ in range(chance.choice((0, 1, 1, 2))):
        place = chance.randrange(len(letters))
        letters[place] = chance.choice("abcdefghijklmnopqrstuvwxyz")
    if chance.random() < 0.1:
        letters.insert(chance.randrange(len(letters)), chance.choice("aeiou"))
    return " ".join("".join(letters).split())[:_CUT].strip()
