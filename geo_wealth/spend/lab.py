"""One selection of payments under several definitions, and what any two of them disagree on.

Two definitions judge the very same payments, so that their difference is a matrix: where a
payment goes by the first (rows) and by the second (columns). Its rows sum to the first
definition's local, leaked and unlocated, its columns to the second's, to the penny.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

import numpy as np
import pandas as pd

from geo_wealth.spend.book import Flags, Ints, exact_sums
from geo_wealth.spend.measure import STATES
from geo_wealth.spend.placing import LEAKED, LOCAL, UNLOCATED
from geo_wealth.spend.selection import Selection

ORDER = (LOCAL, LEAKED, UNLOCATED)
"""In which order states are told: local, leaked, unlocated."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Payments that go to ``first`` by one definition and to ``second`` by the other.

    ``first`` and ``second`` are LOCAL, LEAKED or UNLOCATED; ``pounds`` are net of credits.
    """

    first: int
    second: int
    pounds: Decimal
    payments: int
    payees: int

    @property
    def differs(self) -> bool:
        """True where the two definitions disagree."""
        return self.first != self.second


@dataclass(frozen=True, slots=True)
class Difference:
    """What two definitions make of the same payments.

    Attributes
    ----------
    first, second
        Positions of the two among the definitions of the lab.
    cells
        All nine, by the first's state, then the second's, each in the order of :data:`ORDER`.
    """

    first: int
    second: int
    cells: tuple[Cell, ...]

    @property
    def moved(self) -> tuple[Cell, ...]:
        """The cells where the two disagree and that have payments."""
        return tuple(cell for cell in self.cells if cell.differs and cell.payments)

    @property
    def payments(self) -> int:
        """How many payments they disagree on."""
        return sum(cell.payments for cell in self.moved)

    @property
    def pounds(self) -> Decimal:
        """Net pounds of the payments they disagree on."""
        return sum((cell.pounds for cell in self.moved), Decimal(0))


def differences(selections: Sequence[Selection]) -> tuple[Difference, ...]:
    """Compare every pair of selections of the same payments.

    Parameters
    ----------
    selections
        Over one book, with the same payers, rules and period.
    """
    pairs = combinations(range(len(selections)), 2)
    return tuple(
        Difference(first, second, _cells(selections[first], selections[second]))
        for first, second in pairs
    )


def disagreed(first: Selection, second: Selection, cell: tuple[int, int] | None = None) -> Ints:
    """Give the positions of the payments that two selections put in different places.

    Parameters
    ----------
    cell
        State under the first and under the second, to list the payments of that cell alone;
        one in which both agree may be asked for too.
    """
    if cell is None:
        chosen = first.included & (first.state != second.state)
    else:
        chosen = first.included & (first.state == cell[0]) & (second.state == cell[1])
    return np.flatnonzero(chosen)


def torn(selections: Sequence[Selection]) -> Ints:
    """Give the positions of the payments that not all selections put in the same place."""
    first = selections[0]
    apart: Flags = np.zeros(len(first.state), dtype=np.bool_)
    for other in selections[1:]:
        apart |= first.state != other.state
    return np.flatnonzero(first.included & apart)


def _cells(first: Selection, second: Selection) -> tuple[Cell, ...]:
    payments = first.book.payments
    kept = np.flatnonzero(first.included)
    group = first.state[kept] * STATES + second.state[kept]
    size = STATES * STATES
    sums = exact_sums(group, payments.amount[kept], size)
    counts = np.bincount(group, minlength=size)
    several = len(first.book.payees) + 1
    pairs = pd.unique(group * several + payments.payee[kept])  # by hash: faster than sorting
    payees = np.bincount(pairs // several, minlength=size)
    return tuple(
        Cell(a, b, payments.pounds(sums[place]), int(counts[place]), int(payees[place]))
        for a in ORDER
        for b in ORDER
        for place in (a * STATES + b,)
    )
