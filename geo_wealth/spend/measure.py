"""Local, leaked and unlocated pounds of a selection of payments, whole and in parts.

Method: for total T = local L + leaked K + unlocated U, to the penny; the share of what could
be located is L / (L + K), and what is unlocated bounds it: [L / T, (L + U) / T]. A share is
always a quotient of sums, never a mean of shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from geo_wealth.spend.book import Flags, Ints, Pairs, exact_sums
from geo_wealth.spend.placing import LEAKED, LOCAL, UNLOCATED

STATES = 3
"""Columns of sums by state: UNLOCATED, LOCAL, LEAKED are their positions."""


@dataclass(frozen=True, slots=True)
class Split:
    """Pounds of some payments by where they went, and how many payments that were.

    ``total = local + leaked + unlocated``, exactly; credits count as they are.
    """

    local: Decimal
    leaked: Decimal
    unlocated: Decimal
    payments: int
    payees: int

    @property
    def total(self) -> Decimal:
        """All pounds of the payments."""
        return self.local + self.leaked + self.unlocated

    @property
    def share_of_located(self) -> float | None:
        """Local part of the pounds whose place is known; None where that is not a share."""
        return _share(self.local, self.local + self.leaked, self.local, self.leaked)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Least and most that the local share of all pounds can be; None where none can be."""
        low = _share(self.local, self.total, self.local, self.leaked, self.unlocated)
        high = _share(
            self.local + self.unlocated, self.total, self.local, self.leaked, self.unlocated
        )
        return None if low is None or high is None else (low, high)


def wide_bounds(whole: Split, torn: Split) -> tuple[float, float] | None:
    """Least and most that the local share can be when the address that counts is open, too.

    Parameters
    ----------
    torn
        The part of ``whole`` that was located and went to payees with addresses both local
        and not: the least counts all of it as leaked, the most all of it as local.

    Returns
    -------
    tuple or None
        [(L - torn L) / T, (L + U + torn K) / T]; None where no quotient is a share.
    """
    kept = whole.local - torn.local, whole.leaked - torn.leaked, whole.unlocated
    parts = (*kept, torn.local, torn.leaked)
    low = _share(kept[0], whole.total, *parts)
    high = _share(whole.total - kept[1], whole.total, *parts)
    return None if low is None or high is None else (low, high)


def _share(part: Decimal, whole: Decimal, *parts: Decimal) -> float | None:
    """Divide, unless a part is negative (net credits): then no quotient is a share."""
    if whole <= 0 or min(parts) < 0:
        return None
    return float(part / whole)


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums by payee and state, from which every part but the categories follows.

    Attributes
    ----------
    amount
        (m, 3) units by payee and state, the state being the column.
    payments
        (m, 3) payments.
    scale
        Units are ``10 ** -scale`` pounds.
    """

    amount: Ints
    payments: Ints
    scale: int

    def split(self, chosen: Flags | None = None) -> Split:
        """Sum some payees, (m,) flags, or all."""
        amount = self.amount if chosen is None else self.amount[chosen]
        payments = self.payments if chosen is None else self.payments[chosen]
        return _split(
            amount.sum(axis=0),
            int(payments.sum()),
            int(np.count_nonzero(payments.any(axis=1))),
            self.scale,
        )

    def by(self, group: Ints, size: int) -> list[Split]:
        """Split by a group of each payee, (m,); negative groups are left out."""
        amount = np.zeros((size, STATES), dtype=np.int64)
        payments = np.zeros((size, STATES), dtype=np.int64)
        inside = group >= 0
        np.add.at(amount, group[inside], self.amount[inside])
        np.add.at(payments, group[inside], self.payments[inside])
        paid = self.payments.any(axis=1)
        payees = np.bincount(group[inside & paid], minlength=size)
        return [
            _split(amount[place], int(payments[place].sum()), int(payees[place]), self.scale)
            for place in range(size)
        ]


@dataclass(frozen=True, slots=True)
class PairSums:
    """Sums by pair of payee and category, and state: what all parts follow from.

    Attributes
    ----------
    amount, payments
        (k, 3) units and payments by pair, the state being the column.
    """

    pairs: Pairs
    amount: Ints
    payments: Ints
    scale: int

    def by_payee(self, payees: int) -> Sums:
        """Sum by payee, of whom the book has so many."""
        return Sums(
            _columns(self.pairs.payee, self.amount, payees),
            _columns(self.pairs.payee, self.payments, payees),
            self.scale,
        )

    def by_category(self, group: Ints, size: int) -> list[Split]:
        """Split by category, (k,) of each pair: each pair is one payee in it."""
        amount = _columns(group, self.amount, size)
        payments = _columns(group, self.payments, size)
        paid = self.payments.any(axis=1)
        payees = np.bincount(group[paid], minlength=size)
        return [
            _split(amount[place], int(payments[place].sum()), int(payees[place]), self.scale)
            for place in range(size)
        ]


def sum_pairs(pairs: Pairs, pair: Ints, state: Ints, amount: Ints, scale: int) -> PairSums:
    """Sum payments by pair and state.

    Parameters
    ----------
    pair, state, amount
        (n,) of each payment in the selection.
    """
    groups = pair * STATES + state
    size = len(pairs) * STATES
    return PairSums(
        pairs,
        exact_sums(groups, amount, size).reshape(-1, STATES),
        np.bincount(groups, minlength=size).reshape(-1, STATES),
        scale,
    )


def _columns(group: Ints, values: Ints, size: int) -> Ints:
    return np.stack(
        [exact_sums(group, values[:, column], size) for column in range(STATES)], axis=1
    )


def split_payments(
    group: Ints, payee: Ints, state: Ints, amount: Ints, size: int, scale: int
) -> list[Split]:
    """Split by any group of each payment; (n,) each, groups from 0."""
    groups = group * STATES + state
    sums = exact_sums(groups, amount, size * STATES).reshape(-1, STATES)
    payments = np.bincount(group, minlength=size)
    several = int(payee.max(initial=0)) + 1
    pairs = pd.unique(group * several + payee)  # by hash: numpy would sort a million of them
    payees = np.bincount(pairs // several, minlength=size)
    return [
        _split(sums[place], int(payments[place]), int(payees[place]), scale)
        for place in range(size)
    ]


def join(splits: Sequence[Split]) -> Split:
    """Add up splits of payments that do not overlap; payees are not joined by this."""
    zero = Decimal(0)
    return Split(
        sum((each.local for each in splits), zero),
        sum((each.leaked for each in splits), zero),
        sum((each.unlocated for each in splits), zero),
        sum(each.payments for each in splits),
        sum(each.payees for each in splits),
    )


def _split(sums: Ints, payments: int, payees: int, scale: int) -> Split:
    pounds = {state: Decimal(int(units)).scaleb(-scale) for state, units in enumerate(sums)}
    return Split(pounds[LOCAL], pounds[LEAKED], pounds[UNLOCATED], payments, payees)
