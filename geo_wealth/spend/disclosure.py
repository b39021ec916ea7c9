"""What would give away what a person was paid, and what it is joined with instead.

A figure that holds a person or sole trader is shown when it is of at least three payees. One
of fewer is joined with others, so that no difference of two figures is a person's sum.
"""

import numpy as np

from geo_wealth.spend.book import Flags, Ints, exact_sums
from geo_wealth.spend.placing import WHY

LEAST = 3
"""Payees that a figure with a person in it is of, at least."""

UNNAMED = "the name is redacted or missing, or a person's"
"""Why pounds are unlocated whose payees are not told apart."""

FEW = "few"
FEW_NAME = "Categories with fewer than three payees, persons among them"

# The first three reasons of WHY are those of payees that are never named.
_REDACTED, _BLANK, _PERSON, _FIRST_NAMED = range(4)


def to_join(group: Ints, payee: Ints, individual: Flags, total: Ints) -> Flags:
    """Find the groups that are to be shown as one.

    They are those with a person and fewer than three payees, and, while all of them together
    have fewer than three payees, the next smallest.

    Parameters
    ----------
    group, payee
        (n,) of each payment or sum of payments, from 0.
    individual
        (m,) True for persons and sole traders among the payees.
    total
        (size,) units of each group.

    Returns
    -------
    (size,) bool
    """
    size, several = len(total), len(individual) + 1
    pairs = np.unique(group * several + payee)
    group, payee = pairs // several, pairs % several
    payees = np.bincount(group, minlength=size)
    persons = np.bincount(group[individual[payee]], minlength=size)
    joined: Flags = (persons > 0) & (payees < LEAST)
    if joined.any():
        for place in np.argsort(np.abs(total), kind="stable"):
            if payees_of(group, payee, joined) >= LEAST:
                break
            joined[place] |= payees[place] > 0
    return joined


def payees_of(group: Ints, payee: Ints, chosen: Flags) -> int:
    """Count the payees of some groups, each once; ``chosen`` is (size,)."""
    return len(np.unique(payee[chosen[group]]))


def by_reason(why: Ints, amount: Ints, payments: Ints) -> list[tuple[str, int, int]]:
    """Sum unlocated pounds by the reason, joining reasons where a person's sum would be told.

    The names that are redacted, missing and a person's are one line when one or two persons
    are among them. Redacted and blank names count as many when there are three payments of
    them. Where the line is still of fewer than three payees, the next reason joins it.

    Parameters
    ----------
    why
        (m,) position in ``WHY`` of each payee, negative where it is located.
    amount, payments
        (m,) units and number of its unlocated payments.

    Returns
    -------
    list of reason, units, payments
    """
    size = len(WHY)
    units, counts = exact_sums(why, amount, size), exact_sums(why, payments, size)
    payees = np.bincount(why[(why >= 0) & (payments > 0)], minlength=size)
    joined = _joined(payees, counts)
    lines = [(WHY[place], [place]) for place in range(size) if place not in joined]
    if joined:
        label = ", or ".join([UNNAMED, *(WHY[place] for place in joined if place > _PERSON)])
        lines.insert(0, (label, joined))
    return [
        (reason, int(units[places].sum()), int(counts[places].sum()))
        for reason, places in lines
        if counts[places].any()
    ]


def _joined(payees: Ints, counts: Ints) -> list[int]:
    """Give the positions in ``WHY`` that are one line; none where each can be its own."""
    if not 0 < payees[_PERSON] < LEAST:
        return []
    joined = [_REDACTED, _BLANK, _PERSON]
    many = counts[_REDACTED] + counts[_BLANK] >= LEAST
    found = LEAST if many else int(payees[joined].sum())
    for place in range(_FIRST_NAMED, len(WHY)):
        if found >= LEAST:
            break
        if payees[place]:
            joined.append(place)
            found += int(payees[place])
    return joined
