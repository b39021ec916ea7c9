"""Leakage to opportunity: what leaks although somebody local is known to supply it.

A category is what the ledgers call it; case and spacing do not matter, no thesaurus is used.
A local supplier of a category is a payee whose address that counts is local and which has
received more than it gave back in that category, from any payer that is loaded, on any day.
Persons, sole traders and payees that are payers themselves are no such suppliers. Categories
that would tell what a person was paid are not listed: they are part of the rest.
"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from geo_wealth.names import name_key
from geo_wealth.spend.book import NONE, Book, Flags, Ints, exact_sums
from geo_wealth.spend.disclosure import to_join
from geo_wealth.spend.measure import Split, join, split_payments
from geo_wealth.spend.placing import LEAKED, LOCAL
from geo_wealth.spend.selection import Selection

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class LocalSupplier:
    """A local supplier of a category; ``pounds`` net from all payers, on any day."""

    name: str
    postcode: str | None
    pounds: Decimal


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A category in which money leaks.

    Attributes
    ----------
    split
        What the payers asked about spent in it: local, leaked, unlocated.
    leaked_payees
        How many payees the leaked pounds went to.
    either
        Leaked pounds of payees that have a local address as well, of whatever kind.
    suppliers
        How many local suppliers of the category are known.
    received
        Net pounds that they got in it, from all payers that are loaded, on any day.
    examples
        Those that got most.
    """

    category: str
    split: Split
    leaked_payees: int
    either: Decimal
    suppliers: int
    received: Decimal
    examples: tuple[LocalSupplier, ...]


@dataclass(frozen=True, slots=True)
class Opportunities:
    """All categories of a selection: leaked pounds of the four sum to all that leaks.

    Attributes
    ----------
    supplied
        Where money leaks and local suppliers are known, most leaked pounds first.
    unsupplied
        Where money leaks and none is known, likewise.
    rest
        Categories in which nothing leaks, on balance of payments and credits, and those with
        a person and fewer than three payees (see ``to_join``); payees are counted once in each.
    uncategorised
        Payments to which the ledger gives no category, unless they are in the rest.
    """

    supplied: tuple[Opportunity, ...]
    unsupplied: tuple[Opportunity, ...]
    rest: Split
    uncategorised: Split


def opportunities(asked: Selection, known: Selection) -> Opportunities:
    """Find what leaks, by category, and who is known to supply it locally.

    Parameters
    ----------
    asked
        The payments that the question is about.
    known
        The same without limits of period: local suppliers are looked for among all payers'
        payments that its rules leave in.
    """
    names, group = _categories(asked.book)
    size = len(names) + 1
    splits, payees, either = _leaks(asked, group, size)
    few = _few(asked, group, size)
    local = _suppliers(known, group)
    found = [
        _opportunity(known, names[place], splits[place], payees[place], either[place], suppliers)
        for place in range(len(names))
        if splits[place].leaked > 0 and not few[place]
        for suppliers in (local.get(place, []),)
    ]
    found.sort(key=lambda each: (-each.split.leaked, each.category))
    return Opportunities(
        supplied=tuple(each for each in found if each.suppliers),
        unsupplied=tuple(each for each in found if not each.suppliers),
        rest=join(
            [
                split
                for place, split in enumerate(splits)
                if few[place] or (place < len(names) and split.leaked <= 0)
            ]
        ),
        uncategorised=join([] if few[-1] else splits[-1:]),
    )


def _few(asked: Selection, group: Ints, size: int) -> Flags:
    """Find the groups of payments that would tell what a person was paid, (size,)."""
    book, kept = asked.book, np.flatnonzero(asked.included)
    total = exact_sums(group[kept], book.payments.amount[kept], size)
    return to_join(group[kept], book.payments.payee[kept], book.payees.individual, total)


def _categories(book: Book) -> tuple[list[str], Ints]:
    """Join spellings of a category; give names, and the group of each payment, (n,).

    Payments without a category are the group after the last.
    """
    keys = [" ".join(name.casefold().split()) for name in book.categories]
    position: dict[str, int] = {}
    names: list[str] = []
    for key, name in zip(keys, book.categories, strict=True):
        if key not in position:
            position[key] = len(names)
            names.append(name)
    of_word = np.array([*(position[key] for key in keys), len(names)], dtype=np.int64)
    return names, of_word[book.payments.category]


def _leaks(asked: Selection, group: Ints, size: int) -> tuple[list[Split], Ints, list[Decimal]]:
    """Split by category; count the payees of what leaks; sum what leaks to either-way payees."""
    payments = asked.book.payments
    kept = np.flatnonzero(asked.included)
    splits = split_payments(
        group[kept],
        payments.payee[kept],
        asked.state[kept],
        payments.amount[kept],
        size,
        payments.scale,
    )
    leaked = kept[asked.state[kept] == LEAKED]
    several = len(asked.book.payees) + 1
    pairs = np.unique(group[leaked] * several + payments.payee[leaked])
    payees = np.bincount(pairs // several, minlength=size)
    torn = leaked[_any(asked, "either")[payments.payee[leaked]]]
    sums = exact_sums(group[torn], payments.amount[torn], size)
    return splits, payees, [payments.pounds(each) for each in sums]


def _suppliers(known: Selection, group: Ints) -> dict[int, list[tuple[int, int]]]:
    """Give for each category its local suppliers: payee and units received, most first."""
    book, payments = known.book, known.book.payments
    payers = {name_key(ledger.payer) for ledger in book.ledgers}
    local = _any(known, "state") & ~book.payees.individual
    local &= np.array([key not in payers for key in book.payees.key], dtype=np.bool_)
    kept = np.flatnonzero(
        (known.reason == NONE) & (payments.category != NONE) & local[payments.payee]
    )
    several = len(book.payees) + 1
    pairs, back = np.unique(group[kept] * several + payments.payee[kept], return_inverse=True)
    sums = exact_sums(back.astype(np.int64), payments.amount[kept], len(pairs))
    found: dict[int, list[tuple[int, int]]] = {}
    for place in np.lexsort((pairs, -sums)).tolist():
        if sums[place] > 0:
            category, payee = divmod(int(pairs[place]), several)
            found.setdefault(category, []).append((payee, int(sums[place])))
    return found


def _any(selection: Selection, what: str) -> Flags:
    """Tell of each payee, (m,), whether it is local, or either, to any of the payers."""
    found = np.zeros(len(selection.book.payees), dtype=np.bool_)
    for placing in selection.placings.values():
        found |= placing.either if what == "either" else placing.state == LOCAL
    return found


def _opportunity(
    known: Selection,
    category: str,
    split: Split,
    payees: int,
    either: Decimal,
    suppliers: list[tuple[int, int]],
) -> Opportunity:
    book = known.book
    return Opportunity(
        category=category,
        split=split,
        leaked_payees=int(payees),
        either=either,
        suppliers=len(suppliers),
        received=book.payments.pounds(sum(units for _, units in suppliers)),
        examples=tuple(
            LocalSupplier(
                book.payees.name[payee], _postcode(known, payee), book.payments.pounds(units)
            )
            for payee, units in suppliers[:EXAMPLES]
        ),
    )


def _postcode(known: Selection, payee: int) -> str | None:
    site = int(known.placing.site[payee])
    return None if site == NONE else known.book.sites.postcode[site]
