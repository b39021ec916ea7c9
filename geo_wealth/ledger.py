"""Councils' payments ledgers, in any known layout, to exact, accounted payments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth import cells
from geo_wealth.geojson import LONGITUDE as GEOMETRY
from geo_wealth.layouts import (
    LayoutMatch,
    from_mapping,
    normal,
    open_known,
    recogniser,
    shipped,
)
from geo_wealth.ledger_rows import COLUMNS, Reader, pounds
from geo_wealth.registers import FIELDS as REGISTER
from geo_wealth.table import Ragged, Repeats, Table

__all__ = ["COLUMNS", "FIELDS", "LedgerFile", "read_ledger"]

FIELDS = frozenset(COLUMNS) - {"line", "payee_state", "channel", "repeats"} | {"card"}
"""What a column of a file can be mapped to; see :func:`read_ledger`."""

REQUIRED = ("amount", "payee")

_EXAMPLE = (
    "name = 'our-council', then under [columns] the lines paid_on = 'Payment Date', "
    "amount = 'Net Amount', payee = 'Supplier Name'"
)


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
        ``amount`` Decimal as published (signed pounds), ``paid_on`` date or None, ``vcse``
        True, False or None, ``repeats`` bool: True where the row says in every column of the
        file what an earlier one says; the rest text or None. ``payee`` is '' when blank. All
        but ``line`` and ``repeats`` have dtype object.
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
        purpose, vcse (a yes/no column: the payee is a voluntary, community or social
        enterprise) and card (a yes/no column that marks payments by card).
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
    table = open_known(path, layouts, FIELDS, _EXAMPLE, _what_else)
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


def _what_else(columns: tuple[str, ...]) -> str | None:
    """Say what a file is that holds no payments, from the names of its columns."""
    plain = [normal(column) for column in columns]
    if any(name == "rowlabels" or name.startswith(("sumof", "countof")) for name in plain):
        return (
            "is a pivot table of totals, with the columns "
            + ", ".join(f"'{column[:60]}'" for column in columns[:5])
            + ", and not the payments themselves; save the sheet that lists them one by one."
        )
    registers = [each for each in shipped("register_layouts.toml", REGISTER) if not each.generic]
    if (match := recogniser(registers)(columns)) is not None:
        return f"is a register ({match.layout.title}), not payments; use `load register`."
    if GEOMETRY in columns:
        return "is a map file, not payments; use `load boundaries` or `load assets`."
    if any(
        re.match(r"(?:lsoa|oa|pcds?|postcode|msoa)\d*(?:code|cd|name|nm)?\d*", name)
        for name in plain[:2]
    ):
        return "is a table of areas or postcodes, not payments; see `geo-wealth load --help`."
    return None


def _chunks(
    table: Table[LayoutMatch], log: IssueLog, channel: str, rows: int
) -> Iterator[pd.DataFrame]:
    for kind, message in table.repairs:
        log.note(None, None, kind, None, message)
    table = table.without_surplus()
    _reject_ragged(table, log)
    month_first = _month_first(table, log)
    repeats = table.repeats()
    found, sums = 0, Decimal(0)
    for start, batch in zip(range(0, len(table.lines), rows), table.batches(rows), strict=True):
        reader = Reader(table.match, batch, log, channel, month_first)
        frame = reader.frame(repeats.mask[start : start + rows])
        again = frame["repeats"].to_numpy()
        found += int(np.count_nonzero(again))
        sums += pounds(frame["amount"].to_numpy()[again])
        if len(frame):
            yield frame
    if found:
        _note_repeats(log, repeats, found, sums)


def _note_repeats(log: IssueLog, repeats: Repeats, found: int, sums: Decimal) -> None:
    """Say when rows repeat: one payment split alike, or a file that lists all of it twice."""
    what = f"{found:,} of {log.loaded:,} payments, £{sums:,f} of £{log.pounds_loaded:,f}, say the "
    what += "same as an earlier row in every column"
    rule = "a rule with `repeats = true` leaves them out"
    if repeats.whole:
        message = f"Every row is listed at least twice, as when a file is joined to itself: {what}."
    elif 2 * found >= log.loaded:
        message = f"Half of the file or more repeats the rest of it: {what}."
    else:
        log.note(None, None, "repeated-rows", found, f"{what}; all are counted, {rule}.")
        return
    message += f" All are counted: ask the publisher whether they are meant; {rule}."
    log.note(None, None, "listed-twice", found, message)


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
