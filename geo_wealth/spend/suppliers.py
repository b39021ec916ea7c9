"""Who receives the money, without saying of a person what only the person should.

Disclosure (methods, section 6): persons and sole traders are never named; together with
redacted and blank payees they are one sum, joined by the smallest suppliers named until it is
of at least three payees, so that no difference of two figures gives a person's sum away.
"""

from dataclasses import dataclass

import numpy as np

from geo_wealth.spend.book import NONE, Book
from geo_wealth.spend.disclosure import LEAST
from geo_wealth.spend.measure import Split, Sums
from geo_wealth.spend.placing import Placing

SHOWN = 100
NOT_SHOWN = "Not named: persons, sole traders, redacted and blank payees"
OTHERS = "All other suppliers"
FEWER = "fewer than three"


@dataclass(frozen=True, slots=True)
class SupplierPart:
    """What one supplier received; ``payee`` is its position in the book, None for a sum.

    ``few`` is True for a sum with persons that no three payees could be found for.
    """

    name: str
    split: Split
    payee: int | None = None
    postcode: str | None = None
    register: str | None = None
    stage: str | None = None
    few: bool = False

    @property
    def payees(self) -> int | str:
        """How many payees the part is of, as far as that may be told."""
        return FEWER if self.few else self.split.payees


def supplier_parts(
    book: Book, sums: Sums, placing: Placing, shown: int = SHOWN
) -> tuple[SupplierPart, ...]:
    """List the suppliers that received most, then the others and those not named as sums.

    Parameters
    ----------
    shown
        How many to list by name.
    """
    paid = sums.payments.any(axis=1)
    named = np.array([state == "named" for state in book.payees.state], dtype=np.bool_)
    open_ = paid & named & ~book.payees.individual
    hidden = paid & ~open_
    total = sums.amount.sum(axis=1)
    order = [int(place) for place in np.lexsort((np.arange(len(total)), -total)) if open_[place]]
    missing = LEAST - int(np.count_nonzero(hidden))
    if hidden.any() and missing > 0:
        for place in order[-missing:]:
            hidden[place] = True
        order = order[:-missing]
    parts = [_supplier(book, sums, placing, place) for place in order[:shown]]
    rest = np.zeros(len(total), dtype=np.bool_)
    rest[order[shown:]] = True
    if rest.any():
        parts.append(SupplierPart(OTHERS, sums.split(rest)))
    if hidden.any():
        few = int(np.count_nonzero(hidden)) < LEAST
        parts.append(SupplierPart(NOT_SHOWN, sums.split(hidden), few=few))
    return tuple(parts)


def _supplier(book: Book, sums: Sums, placing: Placing, payee: int) -> SupplierPart:
    chosen = np.zeros(len(book.payees), dtype=np.bool_)
    chosen[payee] = True
    site = int(placing.site[payee])
    if site == NONE:
        return SupplierPart(book.payees.name[payee], sums.split(chosen), payee)
    sites = book.sites
    return SupplierPart(
        book.payees.name[payee],
        sums.split(chosen),
        payee,
        sites.postcode[site],
        sites.register[site],
        sites.stage[site],
    )
