"""The payments book: ledgers, payees and where they might be, as arrays in memory.

Money is kept in whole units of ``10 ** -scale`` pounds, so that every sum is exact.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

ADDRESS_KINDS = ("site", "branch", "registered", "payment")
"""Delivery site, branch, registered office, payment address: the usual order of preference."""

REGISTERS = ("suppliers", "anchors", "vcse", "business-rates", "cooperatives", "employers")
"""Which kind of register answers first for one kind of address."""

NONE = -1
"""Where a position points to nothing: unknown, never zero."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One ledger file that the book holds; counts are those of its load.

    ``pounds`` holds read, loaded, excluded (by reason) and rejected as decimal strings, and
    ``rows`` the same in rows.
    """

    key: str
    payer: str
    file_name: str
    rows: dict[str, object]
    pounds: dict[str, object]
    sample: bool


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments, one position each; all arrays are (n,).

    Attributes
    ----------
    id
        Row in the table ``payment``.
    ledger
        Position in ``Book.ledgers``.
    payee
        Position in ``Book.payees``.
    amount
        Signed, in units of ``10 ** -scale`` pounds; credits are negative.
    day
        ``date.toordinal()``; 0 where the row has no date.
    category, department, purpose
        Position in the vocabulary of the same name; ``NONE`` where the ledger says nothing.
    card
        True for purchase cards.
    repeats
        True where the row says the same as an earlier row of its file in every column.
    pair
        Position in ``Book.pairs`` of its payee and category.
    """

    id: Ints
    ledger: Ints
    payee: Ints
    amount: Ints
    day: Ints
    category: Ints
    department: Ints
    purpose: Ints
    card: Flags
    repeats: Flags
    pair: Ints
    scale: int

    def __len__(self) -> int:
        return len(self.amount)

    def pounds(self, units: int) -> Decimal:
        """Turn a sum of ``amount`` into pounds, exactly."""
        return Decimal(int(units)).scaleb(-self.scale)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each payee in each category that it is paid in, (k,): what is summed first.

    There are far fewer pairs than payments, and all parts of a figure follow from them.
    """

    payee: Ints
    category: Ints

    def __len__(self) -> int:
        return len(self.payee)


@dataclass(frozen=True, slots=True)
class Payees:
    """Whom the ledgers name, (m,) each.

    ``state`` is named, redacted or blank; ``individual`` True for persons and sole traders,
    whose names are never shown; ``vcse`` is what a ledger says of it: 1, 0, or ``NONE``.
    """

    id: Ints
    name: tuple[str, ...]
    key: tuple[str, ...]
    company_number: tuple[str | None, ...]
    state: tuple[str, ...]
    individual: Flags
    vcse: Ints

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True)
class Sites:
    """Addresses of organisations that accepted payees were matched to, (s,) each.

    Sorted so that, for one payee and one kind of address, the first is the one to take:
    addresses with a known point before others, then by score of the match, register, rateable
    value (highest first), postcode, reference.

    Attributes
    ----------
    payee
        Position in ``Book.payees``; a site of two payees stands twice.
    address_kind
        Position in :data:`ADDRESS_KINDS`.
    stage, score
        How the payee was matched: company-number, charity-number, exact-name, alias, fuzzy,
        review; and how surely, 0 to 1.
    register
        Kind of register: suppliers, anchors, vcse, cooperatives, business-rates, employers.
    form
        Legal form or sector as the register writes it; None where it says nothing.
    postcode
        Canonical; None where not known.
    easting, northing
        Metres, EPSG:27700; NaN where not known.
    lad, ward, lsoa11, lsoa21
        Codes of what the point is in (LSOAs by polygon; district and ward by the postcode
        file, else by the LSOA); None where not known.
    """

    id: Ints
    payee: Ints
    organisation: Ints
    name: tuple[str, ...]
    address_kind: Ints
    stage: tuple[str, ...]
    score: Floats
    register: tuple[str, ...]
    form: tuple[str | None, ...]
    charity: Flags
    postcode: tuple[str | None, ...]
    easting: Floats
    northing: Floats
    lad: tuple[str | None, ...]
    ward: tuple[str | None, ...]
    lsoa11: tuple[str | None, ...]
    lsoa21: tuple[str | None, ...]
    dataset: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True)
class Book:
    """All that a question about spend is answered from.

    Attributes
    ----------
    version
        Of the data: equal versions, equal numbers.
    categories, departments, purposes
        Vocabularies of the ledgers, sorted.
    """

    version: str
    ledgers: tuple[Ledger, ...]
    payments: Payments
    pairs: Pairs
    payees: Payees
    sites: Sites
    categories: tuple[str, ...]
    departments: tuple[str, ...]
    purposes: tuple[str, ...]

    @property
    def first(self) -> date | None:
        """The first day paid on; None where no payment has a date."""
        days = self.payments.day[self.payments.day > 0]
        return date.fromordinal(int(days.min())) if len(days) else None

    @property
    def last(self) -> date | None:
        """The last day paid on; None where no payment has a date."""
        days = self.payments.day[self.payments.day > 0]
        return date.fromordinal(int(days.max())) if len(days) else None


def pair_up(payee: Ints, category: Ints) -> tuple[Ints, Pairs]:
    """Give each pair of payee and category a number, in that order.

    Returns
    -------
    pair, pairs
        (n,) position of each payment's pair, and the pairs.
    """
    width = int(category.max(initial=NONE)) + 2  # one more for no category
    keys, pair = np.unique(payee * width + category + 1, return_inverse=True)
    return pair.astype(np.int64), Pairs(keys // width, keys % width - 1)


def exact_sums(groups: Ints, amounts: Ints, size: int) -> Ints:
    """Sum amounts by group, exactly; negative groups are left out.

    Parameters
    ----------
    groups
        (n,) group of each amount, below ``size``.

    Returns
    -------
    (size,) int64

    Raises
    ------
    OverflowError
        When the amounts are too large for their sum to be sure.
    """
    if len(amounts) and not _safe(amounts):
        raise OverflowError("the amounts are too large to be summed exactly")
    if len(groups) and groups.min() < 0:
        kept = groups >= 0
        groups, amounts = groups[kept], amounts[kept]
    return np.bincount(groups, weights=amounts, minlength=size).astype(np.int64)


def _safe(amounts: Ints) -> bool:
    """Tell whether every sum of these is a whole number that a float holds exactly."""
    largest = max(int(amounts.max()), -int(amounts.min()))
    return largest * len(amounts) < 2**53 or float(np.abs(amounts).sum(dtype=np.float64)) < 2**53
