"""Rows of a ledger to payments: what is kept, left out and noted, one batch at a time."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.issues import IssueLog
from geo_wealth import cells, names
from geo_wealth.layouts import LayoutMatch
from geo_wealth.table import Batch

COLUMNS = (
    "line",
    "paid_on",
    "reference",
    "amount",
    "payee",
    "payee_state",
    "company_number",
    "charity_number",
    "payee_ref",
    "category",
    "department",
    "purpose",
    "channel",
    "vcse",
    "repeats",
)

TOTAL = "line of totals"
REPEATED_HEADER = "header repeated"

_TOTAL = re.compile(r"(?:grand |sub-?|overall )?totals?\b.*", re.IGNORECASE)
_PERSONAL_NUMBER = re.compile(r"[A-Z]{2}\d{6}[A-Z]")
_DAY_NOTES = {
    "blank": ("missing-date", "The row has no date; it is kept without one."),
    "period": ("period-date", "The date is a period, not a day; the row is kept without a date."),
    "impossible": (
        "impossible-date",
        "There is no such day, or not in a ledger; the row is kept without a date.",
    ),
}


class Reader:
    """One batch on its way to a frame: arrays by row, and a mask of what is kept."""

    def __init__(
        self, match: LayoutMatch, batch: Batch, log: IssueLog, channel: str, month_first: bool
    ) -> None:
        self.match = match
        self.batch = batch
        self.log = log
        self.channel = channel
        self.month_first = month_first
        self.keep = np.ones(len(batch), bool)

    def frame(self, repeats: NDArray[np.bool_]) -> pd.DataFrame:
        """Count, sift and return the batch; ``repeats`` (n,) marks rows listed before."""
        self.log.read += len(self.batch)
        amounts = self._field("amount", cells.amount)
        readable = ~self._mask("amount", _unreadable)
        self.log.pounds_read += pounds(amounts[readable])
        self._sift_amounts(~readable)
        self._sift_totals(amounts)
        self._sift_days(amounts)
        self._sift_names(amounts)
        kept: NDArray[np.intp] | slice = (
            slice(None) if self.keep.all() else np.flatnonzero(self.keep)
        )
        self.log.loaded += len(self.batch.lines[kept])
        self.log.pounds_loaded += pounds(amounts[kept])
        columns = self._columns(kept, amounts) | {"repeats": repeats[kept]}
        return pd.DataFrame(columns, columns=list(COLUMNS), copy=False)

    def _columns(
        self, kept: NDArray[np.intp] | slice, amounts: NDArray[np.object_]
    ) -> dict[str, object]:
        plain = {
            "paid_on": self._field("paid_on", self._date),
            "amount": amounts,
            "payee": self._field("payee", _payee),
            "payee_state": self._field("payee", names.payee_state),
            "company_number": self._company_numbers(),
            "charity_number": self._field("charity_number", names.charity_number),
            "channel": self._field("card", self._channel, self.channel),
            "vcse": self._field("vcse", cells.flag),
        }
        for field in ("reference", "payee_ref", "category", "department", "purpose"):
            plain[field] = self._field(field, cells.known)
        columns: dict[str, object] = {"line": self.batch.lines[kept]}
        for name, values in plain.items():
            columns[name] = pd.Series(values[kept], dtype=object, copy=False)
        return columns

    def _field(
        self, field: str, clean: Callable[[str], object], default: object = None
    ) -> NDArray[np.object_]:
        where = self.match.positions.get(field)
        if where is None:
            return np.full(len(self.batch), default, object)
        return self.batch.columns[where[0]].mapped(clean)

    def _mask(self, field: str, test: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Test a field's cells; where there is no such column, all are as if empty."""
        where = self.match.positions.get(field)
        if where is None:
            return np.full(len(self.batch), test(""), bool)
        return self.batch.columns[where[0]].mask(test)

    def _day(self, text: str) -> cells.Day:
        return cells.day(text, month_first=self.month_first)

    def _is_undated(self, text: str) -> bool:
        return self._day(text).kind != "date"

    def _date(self, text: str) -> date | None:
        return self._day(text).value

    def _channel(self, text: str) -> str:
        """Tell the channel of one payment; anything but yes or no says nothing."""
        by_card = cells.flag(text)
        if by_card is None:
            return self.channel
        return "card" if by_card else "ledger"

    def _lines(self, mask: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
        for index in np.flatnonzero(mask):
            yield int(index), int(self.batch.lines[index])

    def _cell(self, index: int, field: str) -> str:
        return self.batch.columns[self.match.positions[field][0]].text(index)

    def _sift_amounts(self, unreadable: NDArray[np.bool_]) -> None:
        column = self.match.column("amount")
        for index, line in self._lines(unreadable):
            self.keep[index] = False
            text = self._cell(index, "amount")
            if text.strip() == column:
                self.log.exclude(REPEATED_HEADER)
            elif cells.known(text) is None:
                message = "There is no amount; unknown is not zero, so the row was left out."
                self.log.reject(line, column, "missing-amount", text, message)
            else:
                message = (
                    "This is no amount of money; the fields may have moved, and the row was "
                    "left out."
                )
                self.log.reject(line, column, "invalid-amount", text, message)
        for index, line in self._lines(self._mask("amount", _is_nil)):
            text = self._cell(index, "amount")
            self.log.note(line, column, "nil-amount", text, "Read as nil: £0.")

    def _sift_totals(self, amounts: NDArray[np.object_]) -> None:
        """Exclude sums at the foot: nothing beside the amount, or the word 'total'."""
        undated = self._mask("paid_on", self._is_undated)
        for index, line in self._lines(self.keep & undated):
            others = [text for text in map(cells.known, self._others(index)) if text]
            if others and not any(map(_TOTAL.fullmatch, others)) and not _subtotal(others):
                continue
            self.keep[index] = False
            self.log.exclude(TOTAL, pounds=amounts[index])
            self.log.note(
                line,
                self.match.column("amount"),
                "line-of-totals",
                amounts[index],
                "This line is a total of others, not a payment; it was excluded.",
            )

    def _others(self, index: int) -> list[str]:
        amount = self.match.positions["amount"][0]
        return [text for at, text in enumerate(self.batch.row(index)) if at != amount]

    def _sift_days(self, amounts: NDArray[np.object_]) -> None:
        column = self.match.column("paid_on")
        if column is None:
            return
        for index, line in self._lines(self.keep & self._mask("paid_on", self._is_undated)):
            text = self._cell(index, "paid_on")
            kind = self._day(text).kind
            if kind == "unknown":
                self.keep[index] = False
                message = "This is no date; the fields may have moved, and the row was left out."
                pounds = amounts[index]
                self.log.reject(line, column, "invalid-date", text, message, pounds=pounds)
            else:
                self.log.note(line, column, _DAY_NOTES[kind][0], text, _DAY_NOTES[kind][1])

    def _sift_names(self, amounts: NDArray[np.object_]) -> None:
        column = self.match.column("payee")
        for index, line in self._lines(self.keep & self._mask("payee", _too_long)):
            self.keep[index] = False
            text, pounds = self._cell(index, "payee"), amounts[index]
            self.log.reject(line, column, "name-too-long", text, cells.LONG_NAME, pounds=pounds)

    def _company_numbers(self) -> NDArray[np.object_]:
        column = self.match.column("company_number")
        for index, line in self._lines(self.keep & self._mask("company_number", _no_company)):
            given = cells.tidy(self._cell(index, "company_number"))
            personal = _PERSONAL_NUMBER.fullmatch(given.upper())
            self.log.note(
                line,
                column,
                "invalid-company-number",
                "(not shown: may be a person's)" if personal else given,
                "This is no company number; the payment is kept without one.",
            )
        return self._field("company_number", names.company_number)


def _subtotal(others: list[str]) -> bool:
    """Tell whether all that stands beside an amount is 'Sample Ltd Total', as Excel writes it."""
    return len(others) == 1 and others[0].lower().endswith((" total", " totals"))


def _unreadable(text: str) -> bool:
    return cells.amount(text) is None


def _is_nil(text: str) -> bool:
    return text.strip().lower() in cells.NIL


def _payee(text: str) -> str:
    plain = cells.tidy(text)
    return "" if names.payee_state(plain) == "blank" else plain


def _too_long(text: str) -> bool:
    return len(cells.tidy(text)) > cells.MAX_NAME


def _no_company(text: str) -> bool:
    return cells.known(text) is not None and names.company_number(text) is None


def pounds(amounts: NDArray[np.object_]) -> Decimal:
    """Add exact amounts up."""
    total: Decimal = np.add.reduce(amounts, initial=Decimal(0))
    return total
