"""Spend of some payers under a definition of local and rules: the whole and its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import numpy as np
from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.memory import Memory
from geo_wealth.queries import membership, named
from geo_wealth.queries.book import read_book
from geo_wealth.queries.localities import read_context
from geo_wealth.queries.receiving import deciles
from geo_wealth.spend import parts
from geo_wealth.spend.book import Book, Ints
from geo_wealth.spend.definition import Definition
from geo_wealth.spend.kinds import supplier_kinds
from geo_wealth.spend.measure import Split, wide_bounds
from geo_wealth.spend.parts import KindPart, Part
from geo_wealth.spend.placing import Placing, place
from geo_wealth.spend.rules import RuleSet, apply
from geo_wealth.spend.selection import Selection, left_out
from geo_wealth.spend.suppliers import SupplierPart, supplier_parts

_RULED: Memory[Ints] = Memory(size=16)
_PLACED: Memory[Placing] = Memory(size=64)
_KINDS: Memory[dict[str, Ints]] = Memory(size=4)
_DECILES: Memory[tuple[str | None, Ints]] = Memory(size=4)
_NAMES: Memory[dict[str, str]] = Memory(size=4)
_RESULTS: Memory["SpendResult"] = Memory(size=128)


@dataclass(frozen=True, slots=True)
class SpendRequest:
    """What a figure of spend depends on, besides the data.

    Attributes
    ----------
    payers
        Names of payers as loaded; empty for all.
    datasets
        Keys of ledgers, superseded ones too; empty for all that are current.
    definition, rules
        Slugs; ``slug@2`` for a version other than the newest.
    first, last
        First and last day paid on, both included; None for no limit.
    """

    payers: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    definition: str = "kirklees"
    rules: str = "all-payments"
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class SpendResult:
    """Spend in scope: where it went, what was left out and why.

    ``rows`` and ``pounds`` account for every line of the files:
    read = included + excluded (by reason) + rejected.

    Attributes
    ----------
    months
        Calendar months with more than a few payments that count; files of others may be missing.
    covered
        First and last day in the ledgers asked about, whatever counts.
    torn
        What was located of payees that have addresses both local and not: another order of
        addresses could count it the other way.
    by_decile
        Of the LSOA that receives it, 1 the most deprived tenth of England; ``index`` says by
        which index.
    """

    request: SpendRequest
    definition: Definition
    rules: RuleSet
    payers: tuple[str, ...]
    first: date | None
    last: date | None
    datasets: tuple[str, ...]
    sample: bool
    split: Split
    rows: dict[str, Any]
    pounds: dict[str, Any]
    why_unlocated: tuple[tuple[str, Decimal, int], ...]
    torn: Split
    months: int
    covered: tuple[date | None, date | None]
    by_address: tuple[Part, ...]
    by_register: tuple[Part, ...]
    by_kind: tuple[KindPart, ...]
    by_category: tuple[Part, ...]
    by_decile: tuple[Part, ...]
    index: str | None
    by_destination: tuple[Part, ...]
    suppliers: tuple[SupplierPart, ...]

    @property
    def wide_bounds(self) -> tuple[float, float] | None:
        """Bounds of the local share when the address that counts is open, too."""
        return wide_bounds(self.split, self.torn)


def spend(connection: Connection, request: SpendRequest) -> SpendResult:
    """Work out, or take from memory, the spend that a request asks for.

    Raises
    ------
    InvalidRequestError
        For a payer that is not loaded, or a period that ends before it starts.
    NotFoundError
        When no ledger is loaded, or a definition, rules or dataset does not exist.
    """
    book = read_book(connection, request.datasets or None)
    definition = named.definition(connection, request.definition)
    rules = named.rules(connection, request.rules)
    # Versions, since the newest of a name may be another tomorrow.
    said = [(each.slug, each.version, each.hash) for each in (definition, rules)]
    return _RESULTS.recall(
        (*book_key(connection, book), request, *said),
        lambda: _result(connection, request, judge(connection, book, request, definition)),
    )


def select(connection: Connection, request: SpendRequest) -> Selection:
    """Decide for every payment whether it is in and where it went; see :func:`spend`."""
    book = read_book(connection, request.datasets or None)
    return judge(connection, book, request, named.definition(connection, request.definition))


def judge(
    connection: Connection, book: Book, request: SpendRequest, definition: Definition
) -> Selection:
    """Decide as :func:`select` does, over a book and by a definition given as they are."""
    if request.first and request.last and request.first > request.last:
        raise InvalidRequestError("to", f"{request.last} is before {request.first}.")
    payers = payers_of(book, request.payers)
    rules = named.rules(connection, request.rules)
    base = book_key(connection, book)
    by_rule = _RULED.recall((*base, rules.hash), lambda: apply(book, rules))
    reason, reasons = left_out(book, rules, by_rule, request.first, request.last)
    placings = {
        payer: _placed(connection, book, definition, payer)
        for payer in (payers if definition.of_payer else payers[:1])
    }
    mine = np.array([ledger.payer in payers for ledger in book.ledgers], dtype=np.bool_)
    return Selection(
        book,
        payers,
        definition,
        rules,
        mine[book.payments.ledger],
        reason,
        reasons,
        _states(book, placings),
        placings,
    )


def payers_of(book: Book, wanted: Sequence[str]) -> tuple[str, ...]:
    """Check the payers asked for, or list all that the book has, by name."""
    known = tuple(sorted({ledger.payer for ledger in book.ledgers}))
    if not known:
        raise NotFoundError(
            "No ledger is loaded: `geo-wealth load ledger FILE --payer NAME` loads one, "
            "`geo-wealth sample` the sample."
        )
    return tuple(sorted({_payer(payer, known) for payer in wanted})) or known


def _payer(wanted: str, known: tuple[str, ...]) -> str:
    """Find a payer by its name, whatever its case and spacing; name the nearest where none is."""
    if wanted in known:
        return wanted
    by_key = {" ".join(payer.casefold().split()): payer for payer in known}
    key = " ".join(wanted.casefold().split())
    if key in by_key:
        return by_key[key]
    near = get_close_matches(key, by_key, n=1)
    hint = f"did you mean {by_key[near[0]]!r}? " if near else ""
    raise InvalidRequestError(
        "payer", f"no ledger of {wanted!r} is loaded; {hint}Loaded are {', '.join(known)}."
    )


def book_key(connection: Connection, book: Book) -> tuple[object, ...]:
    """Name a book among all that a process may see, for what is remembered of it."""
    return (str(connection.engine.url), book.version, tuple(each.key for each in book.ledgers))


def kinds_of(connection: Connection, book: Book) -> dict[str, Ints]:
    """Tell of each payee whether it is of a kind of supplier; see ``supplier_kinds``."""
    return _KINDS.recall(book_key(connection, book), lambda: supplier_kinds(book))


def _placed(connection: Connection, book: Book, definition: Definition, payer: str) -> Placing:
    who = payer if definition.of_payer else ""
    key = (*book_key(connection, book), definition.hash, who)
    return _PLACED.recall(
        key,
        lambda: place(
            book, definition, read_context(connection, definition, payer, book.sites), payer
        ),
    )


def _states(book: Book, placings: dict[str, Placing]) -> Ints:
    """Give the state of each payment, (n,), by its payer's placing of its payee."""
    payments = book.payments
    if len(placings) == 1:
        states: Ints = next(iter(placings.values())).state.astype(np.int64)[payments.payee]
        return states
    state = np.zeros(len(payments), dtype=np.int64)
    for payer, placing in placings.items():
        mine = np.array([ledger.payer == payer for ledger in book.ledgers])[payments.ledger]
        state[mine] = placing.state[payments.payee[mine]]
    return state


def _result(connection: Connection, request: SpendRequest, selection: Selection) -> SpendResult:
    book = selection.book
    base = book_key(connection, book)
    sums = selection.sums()
    first, last = selection.days()
    rows, pounds = selection.account()
    kinds = kinds_of(connection, book)
    names = _NAMES.recall(base, lambda: _district_names(connection, book))
    index, decile = _DECILES.recall(base, lambda: deciles(connection, book.sites))
    return SpendResult(
        request=request,
        definition=selection.definition,
        rules=selection.rules,
        payers=selection.payers,
        first=first,
        last=last,
        datasets=tuple(ledger.key for ledger in selection.ledgers),
        sample=any(ledger.sample for ledger in selection.ledgers),
        split=sums.split(),
        rows=rows,
        pounds=pounds,
        why_unlocated=selection.why_unlocated(),
        torn=selection.torn(),
        months=selection.months(),
        covered=selection.covered(),
        by_address=parts.by_address(selection, sums),
        by_register=parts.by_register(selection, sums),
        by_kind=parts.by_kind(kinds, sums),
        by_category=parts.by_category(selection),
        by_decile=parts.by_decile(selection, sums, decile),
        index=index,
        by_destination=parts.by_destination(selection, sums, names),
        suppliers=supplier_parts(book, sums, selection.placing),
    )


def _district_names(connection: Connection, book: Book) -> dict[str, str]:
    return membership.district_names(connection, sorted({lad for lad in book.sites.lad if lad}))
