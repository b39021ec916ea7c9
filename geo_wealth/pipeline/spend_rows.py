"""The payments behind a figure of spend, as they may be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain

from sqlalchemy import Connection

from geo_wealth.queries.payments import payment_lines
from geo_wealth.spend.book import NONE, Ints
from geo_wealth.spend.listing import NOT_SHOWN, Group, Listing, arrange, shown
from geo_wealth.spend.selection import Selection

STATE_NAMES = {0: "unlocated", 1: "local", 2: "leaked"}


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment, or several in one sum, under one or more definitions.

    Persons and sole traders are in sums only, see :func:`geo_wealth.spend.listing.arrange`:
    those have neither line nor day, nor any words. ``payee`` and ``purpose`` of redacted
    payees are not shown, nor is a text that seems to name a person.

    Attributes
    ----------
    payments
        How many; 1 unless the row is a sum.
    went
        local, leaked or unlocated, under each selection.
    left_out
        Why it does not count, under each selection; None where it does.
    postcode
        Of the address that counts, under each selection; None where there is none.
    """

    ledger: str
    file: str
    line: int | None
    payer: str
    paid_on: date | None
    payee: str
    amount: Decimal
    payments: int
    category: str | None
    department: str | None
    purpose: str | None
    went: tuple[str, ...]
    left_out: tuple[str | None, ...]
    postcode: tuple[str | None, ...]


def payment_rows(
    connection: Connection, selections: Sequence[Selection], chosen: Ints
) -> Iterator[PaymentRow]:
    """List payments in the order of ledger and line, then the sums of persons and sole traders.

    The database is read at once, for the lines alone; the rows are made as they are taken.

    Parameters
    ----------
    selections
        One or more over the same book.
    chosen
        Positions of the payments.
    """
    return listed_rows(connection, selections, arrange(selections, chosen))


def listed_rows(
    connection: Connection,
    selections: Sequence[Selection],
    listing: Listing,
    start: int = 0,
    end: int | None = None,
) -> Iterator[PaymentRow]:
    """Give the rows of a listing, or those from ``start`` to before ``end``."""
    first = len(listing.singles)
    singles = listing.singles[start:end]
    groups = listing.groups[max(start - first, 0) : None if end is None else max(end - first, 0)]
    lines = payment_lines(connection, selections[0].book.payments.id[singles])
    return chain(
        (_single(selections, int(place), int(lines[at])) for at, place in enumerate(singles)),
        (_sum(selections, group) for group in groups),
    )


def _single(selections: Sequence[Selection], place: int, line: int) -> PaymentRow:
    book = selections[0].book
    payments = book.payments
    payee = int(payments.payee[place])
    named = book.payees.state[payee] == "named"
    day = int(payments.day[place])
    return PaymentRow(
        ledger=book.ledgers[payments.ledger[place]].key,
        file=book.ledgers[payments.ledger[place]].file_name,
        line=line,
        payer=book.ledgers[payments.ledger[place]].payer,
        paid_on=date.fromordinal(day) if day else None,
        payee=book.payees.name[payee] if named else NOT_SHOWN,
        amount=payments.pounds(payments.amount[place]),
        payments=1,
        category=_word(book.categories, payments.category[place]),
        department=_word(book.departments, payments.department[place]),
        purpose=_word(book.purposes, payments.purpose[place]) if named else None,
        went=tuple(STATE_NAMES[int(each.state[place])] for each in selections),
        left_out=tuple(_reason(each, place) for each in selections),
        postcode=tuple(_postcode(each, payee) for each in selections),
    )


def _sum(selections: Sequence[Selection], group: Group) -> PaymentRow:
    book = selections[0].book
    place = int(group.payments[0])
    ledger = book.ledgers[book.payments.ledger[place]]
    return PaymentRow(
        ledger=ledger.key,
        file=ledger.file_name,
        line=None,
        payer=ledger.payer,
        paid_on=None,
        payee=group.payee,
        amount=selections[0].pounds(group.payments),
        payments=len(group.payments),
        category=None,
        department=None,
        purpose=None,
        went=tuple(STATE_NAMES[int(each.state[place])] for each in selections),
        left_out=tuple(_reason(each, place) for each in selections),
        postcode=tuple(None for _ in selections),
    )


def _word(words: tuple[str, ...], place: int) -> str | None:
    return None if place == NONE else shown(words[int(place)])


def _reason(selection: Selection, place: int) -> str | None:
    reason = int(selection.reason[place])
    return None if reason == NONE else selection.reasons[reason]


def _postcode(selection: Selection, payee: int) -> str | None:
    site = int(selection.placing.site[payee])
    return None if site == NONE else selection.book.sites.postcode[site]
