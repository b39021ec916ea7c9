"""The payments behind a figure of spend, one by one, as they may be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from geo_wealth.queries.payments import payment_lines
from geo_wealth.spend.book import NONE, Ints
from geo_wealth.spend.selection import Selection

STATE_NAMES = {0: "unlocated", 1: "local", 2: "leaked"}
NOT_SHOWN = "(not shown)"


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment under one or more definitions.

    ``payee`` and ``purpose`` of persons, sole traders and redacted payees are not shown.

    Attributes
    ----------
    went
        local, leaked or unlocated, under each selection.
    left_out
        Why it does not count, under each selection; None where it does.
    postcode
        Of the address that counts, under each selection; None where there is none.
    """

    ledger: str
    file: str
    line: int
    payer: str
    paid_on: date | None
    payee: str
    amount: Decimal
    category: str | None
    department: str | None
    purpose: str | None
    went: tuple[str, ...]
    left_out: tuple[str | None, ...]
    postcode: tuple[str | None, ...]


def payment_rows(
    connection: Connection, selections: Sequence[Selection], chosen: Ints
) -> Iterator[PaymentRow]:
    """List payments in the order of ledger and line.

    Parameters
    ----------
    selections
        One or more over the same book.
    chosen
        Positions of the payments.
    """
    book = selections[0].book
    payments = book.payments
    lines = payment_lines(connection, payments.id[chosen].tolist())
    order = sorted(
        (book.ledgers[payments.ledger[place]].key, lines[int(payments.id[place])].line, place)
        for place in chosen.tolist()
    )
    for key, line, place in order:
        payee = int(payments.payee[place])
        shown = book.payees.state[payee] == "named" and not book.payees.individual[payee]
        day = int(payments.day[place])
        ledger = book.ledgers[payments.ledger[place]]
        yield PaymentRow(
            ledger=key,
            file=ledger.file_name,
            line=line,
            payer=ledger.payer,
            paid_on=date.fromordinal(day) if day else None,
            payee=book.payees.name[payee] if shown else NOT_SHOWN,
            amount=payments.pounds(payments.amount[place]),
            category=_word(book.categories, payments.category[place]),
            department=_word(book.departments, payments.department[place]),
            purpose=_word(book.purposes, payments.purpose[place]) if shown else None,
            went=tuple(STATE_NAMES[int(each.state[place])] for each in selections),
            left_out=tuple(_reason(each, place) for each in selections),
            postcode=tuple(_postcode(each, payee) for each in selections),
        )


def _word(words: tuple[str, ...], place: int) -> str | None:
    return None if place == NONE else words[int(place)]


def _reason(selection: Selection, place: int) -> str | None:
    reason = int(selection.reason[place])
    return None if reason == NONE else selection.reasons[reason]


def _postcode(selection: Selection, payee: int) -> str | None:
    site = int(selection.placing.site[payee])
    return None if site == NONE else selection.book.sites.postcode[site]
