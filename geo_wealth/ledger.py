"""Councils' payments ledgers, in any known layout, to exact, accounted payments."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth import cells, names
from geo_wealth.layouts import LayoutMatch, from_mapping, open_known, shipped
from geo_wealth.table import Batch, Ragged, Table

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
)

FIELDS = frozenset(COLUMNS) - {"line", "payee_state", "channel"} | {"card"}
"""What a column of a file can be mapped to; see :func:`read_ledger`."""

REQUIRED = ("amount", "payee")

TOTAL = "line of totals"
REPEATED_HEADER = "header repeated"

_EXAMPLE = (
    "name = 'our-council', then under [columns] the lines paid_on = 'Payment Date', "
    "amount = 'Net Amount', payee = 'Supplier Name'"
)
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


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A ledger that has been recognised and can be read once.

    Attributes
    ----------
    layout
        Name of the layout in ``ledger_layouts.toml``, or of the mapping file given.
    title
        The layout in words.
    header
        The publisher's column names.
    chunks
        Payments in the order of the file, as frames with :data:`COLUMNS`: ``line`` int64,
        ``amount`` Decimal as published (signed pounds), ``paid_on`` date or None, the rest
        text or None; ``payee`` is '' when blank. All but ``line`` have dtype object.
    """

    layout: str
    title: str
    header: tuple[str, ...]
    chunks: Iterator[pd.DataFrame]


def read_ledger(
    path: Path, log: IssueLog, mapping: Path | None = None, *, chunk_rows: int = 100_000
) -> LedgerFile:
    """Recognise a ledger and read it in chunks.

    Every row with text in it is counted in ``log`` as read and then either loaded, excluded
    (lines of totals, a header repeated in the middle) or rejected with its line, in rows and
    pounds, so that the log balances once the chunks are read to the end. A rejected row
    without a readable amount counts no pounds.

    Parameters
    ----------
    path
        CSV or XLSX, plain, in a .zip or .gz.
    log
        Where counts and issues go, while the chunks are read.
    mapping
        A TOML file for a publisher that is not known. Its keys are ``name``, ``title``,
        ``channel`` (``ledger``, the default, or ``card``), ``sheet``, and a table
        ``[columns]`` with a line for each field: ``amount = "Net Amount"``, or a list of
        names to try. ``amount`` and ``payee`` are needed, ``paid_on`` is wanted; the others
        are reference, company_number, charity_number, payee_ref, category, department,
        purpose and card (a yes/no column that marks payments by card).
    chunk_rows
        Most rows of a frame.

    Raises
    ------
    RefusedFileError
        When the file or the mapping cannot be used; at once, before any chunk is read.
    """
    if mapping is None:
        layouts = shipped("ledger_layouts.toml", FIELDS)
    else:
        layouts = (from_mapping(mapping, FIELDS, REQUIRED),)
    table = open_known(path, layouts, FIELDS, _EXAMPLE)
    channel = table.match.layout.options.get("channel", "ledger")
    if channel not in {"ledger", "card"}:
        raise RefusedFileError(
            f"{mapping.name if mapping else table.file}: channel must be 'ledger' or 'card', "
            f"not '{channel}'."
        )
    if not len(table.lines) and not table.ragged:
        raise RefusedFileError(f"{table.file} has a header but no payments.")
    layout = table.match.layout
    return LedgerFile(
        layout.name, layout.title, table.match.names, _chunks(table, log, channel, chunk_rows)
    )


def _chunks(
    table: Table[LayoutMatch], log: IssueLog, channel: str, rows: int
) -> Iterator[pd.DataFrame]:
    for kind, message in table.repairs:
        log.note(None, None, kind, None, message)
    table = table.without_surplus()
    _reject_ragged(table, log)
    _note_repeats(table, log)
    month_first = _month_first(table, log)
    for batch in table.batches(rows):
        frame = _Reader(table.match, batch, log, channel, month_first).frame()
        if len(frame):
            yield frame


def _note_repeats(table: Table[LayoutMatch], log: IssueLog) -> None:
    """Say when rows repeat: one payment split alike, or a file that lists all of it twice."""
    repeats = table.repeats()
    if repeats:
        log.note(
            None,
            None,
            "repeated-rows",
            repeats,
            f"{repeats:,} of {len(table.lines):,} rows say the same as an earlier row in every "
            "column; all are counted.",
        )


def _month_first(table: Table[LayoutMatch], log: IssueLog) -> bool:
    where = table.match.positions.get("paid_on")
    if where is None or not cells.months_come_first(table.distinct(where[0])):
        return False
    log.note(
        None,
        table.match.column("paid_on"),
        "month-first-dates",
        None,
        "The dates of this file put the month before the day and were read so.",
    )
    return True


def _reject_ragged(table: Table[LayoutMatch], log: IssueLog) -> None:
    """Fields have moved in such a row, and no amount can be trusted."""
    width = len(table.match.names)
    for row in table.ragged:
        log.read += 1
        log.reject(row.line, None, "field-count", _shown(row), _count_message(row, width))


def _shown(row: Ragged) -> str:
    return " | ".join(row.cells)


def _count_message(row: Ragged, width: int) -> str:
    breaks = sum(cell.count("\n") for cell in row.cells)
    swallowed = f" and reaches over {breaks + 1} lines (a quotation mark is missing)"
    return (
        f"The row has {len(row.cells)} fields and the header {width}"
        f"{swallowed if breaks else ''}, so that its amount cannot be told; it was left out."
    )


class _Reader:
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

    def frame(self) -> pd.DataFrame:
        """Count, sift and return the batch."""
        self.log.read += len(self.batch)
        amounts = self._field("amount", cells.amount)
        readable = ~self._mask("amount", _unreadable)
        self.log.pounds_read += _sum(amounts[readable])
        self._sift_amounts(~readable)
        self._sift_totals(amounts)
        self._sift_days(amounts)
        self._sift_names(amounts)
        kept: NDArray[np.intp] | slice = (
            slice(None) if self.keep.all() else np.flatnonzero(self.keep)
        )
        self.log.loaded += len(self.batch.lines[kept])
        self.log.pounds_loaded += _sum(amounts[kept])
        return pd.DataFrame(self._columns(kept, amounts), columns=list(COLUMNS), copy=False)

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
            if others and not any(_TOTAL.fullmatch(text) for text in others):
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


def _unreadable(text: str) -> bool:
    return cells.amount(text) is None


def _is_nil(text: str) -> bool:
    return text.strip().lower() in cells.NIL


def _payee(text: str) -> str:
    return "" if names.payee_state(text) == "blank" else cells.tidy(text)


def _too_long(text: str) -> bool:
    return len(cells.tidy(text)) > cells.MAX_NAME


def _no_company(text: str) -> bool:
    return cells.known(text) is not None and names.company_number(text) is None


def _sum(amounts: NDArray[np.object_]) -> Decimal:
    total: Decimal = np.add.reduce(amounts, initial=Decimal(0))
    return total
