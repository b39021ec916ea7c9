"""Tables out of CSV and XLSX: dialect, header and line numbers found, all cells as text."""

import csv
import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from boundaries.errors import RefusedFileError
from geo_wealth.containers import Content, decode, read_content
from geo_wealth.headers import HEADER_WITHIN, Header, UnknownLayoutError, find_header
from geo_wealth.sheets import open_workbook
from geo_wealth.table import (
    Match,
    Ragged,
    Recogniser,
    Table,
    one_chunk,
    text_cells,
)

_DELIMITERS = (",", ";", "\t", "|", "¬")
_ROWS_AT_ONCE = 20_000
_TEXT = pa.dictionary(pa.int32(), pa.string())
_END = "end-of-table-7f3a"
"""A row put after the last one: when it does not come back, a quotation mark was left open."""


def open_table(source: Path | Content, recognise: Recogniser[Match]) -> Table[Match]:
    """Read a CSV or XLSX file, plain or in .zip or .gz, whose header is recognised.

    Parameters
    ----------
    source
        The file, or its content. Encoding, separator and lines before the header are found out.
    recognise
        Given the cells of a row, returns its match when they are a known header.

    Raises
    ------
    RefusedFileError
        When the file is no table, is damaged or cut short, or has no known header; the
        sentence lists the columns found.
    """
    content = source if isinstance(source, Content) else read_content(source)
    if content.kind == "workbook":
        return _without_blank(open_workbook(content, recognise))
    text = decode(content)
    delimiter, header, skip = _find_header(content.name, text.data, recognise)
    body, width = _body(text.data, skip), len(header.match.names)
    parsed = _quick(body, delimiter, width) or _careful(content.name, body, delimiter, width)
    repairs = text.repairs + header.repairs(skip)
    return _without_blank(Table(content.name, header.match, *parsed, repairs))


def _find_header(
    name: str, data: bytes, recognise: Recogniser[Match]
) -> tuple[str, Header[Match], int]:
    """Find separator and header; also how many physical lines come before the data."""
    sample = data[: 1 << 18].decode(errors="ignore")
    counts = {mark: sample[:5000].count(mark) for mark in _DELIMITERS}
    readings = {
        mark: _first_rows(sample, mark) for mark in sorted(_DELIMITERS, key=lambda m: -counts[m])
    }
    for together in (False, True):
        for delimiter, (rows, ends) in readings.items():
            header = find_header(rows, recognise, together=together)
            if header is not None:
                return delimiter, header, ends[header.data]
    if _is_noise(sample[:5000]):
        raise RefusedFileError(
            f"{name} is not a table: it holds bytes that are no text. Ask for CSV or XLSX."
        )
    raise UnknownLayoutError(name, [row for rows, _ in readings.values() for row in rows])


def _is_noise(sample: str) -> bool:
    """Tell whether one character in fifty or more could not be printed."""
    strange = sum(not (mark.isprintable() or mark.isspace()) for mark in sample)
    return 50 * strange > len(sample)


def _first_rows(sample: str, delimiter: str) -> tuple[list[tuple[str, ...]], list[int]]:
    """Give the first rows, and how many physical lines come before each and after the last."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[tuple[str, ...]] = []
    ends = [0]
    try:
        for row in itertools.islice(reader, HEADER_WITHIN):
            rows.append(tuple(cell.strip() for cell in row))
            ends.append(reader.line_num)
    except csv.Error:
        pass
    return rows, ends


@dataclass(frozen=True, slots=True)
class _Body:
    """The part of a file below its header; ``first_line`` is its first line in the file."""

    data: bytes
    start: int
    end: int
    first_line: int

    def count(self, mark: bytes) -> int:
        return self.data.count(mark, self.start, self.end)

    def has(self, mark: bytes) -> bool:
        return self.data.find(mark, self.start, self.end) >= 0


class _Followed(io.RawIOBase):
    """The bytes of a body and then some more, without a copy of them all."""

    def __init__(self, body: _Body, more: bytes) -> None:
        self.parts = [memoryview(body.data)[body.start : body.end], memoryview(more)]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self.parts and not self.parts[0]:
            self.parts.pop(0)
        if not self.parts:
            return 0
        size = min(len(buffer), len(self.parts[0]))
        buffer[:size] = self.parts[0][:size]
        self.parts[0] = self.parts[0][size:]
        return size


def _body(data: bytes, skip: int) -> _Body:
    """Find what follows the first lines, without line ends at the foot."""
    start, end = 0, len(data)
    for _ in range(skip):
        found = data.find(b"\n", start)
        start = found + 1 if found >= 0 else end
    while end > start and data[end - 1] in b"\r\n":
        end -= 1
    return _Body(data, start, end, skip + 1)


Parsed = tuple[NDArray[np.int64], Any, tuple[Ragged, ...]]


def _quick(body: _Body, delimiter: str, width: int) -> Parsed | None:
    """Parse with Arrow, or None where line numbers or ragged rows need the careful way.

    Every newline of the body must be either inside a cell or the end of a row; otherwise
    Arrow has skipped something and the lines could not be told.
    """
    bare_cr = body.has(b"\r") and body.count(b"\r") != body.count(b"\r\n")
    if body.start == body.end or len(delimiter.encode()) > 1 or bare_cr:
        return None
    names = [str(index) for index in range(width)]
    ended = _Followed(body, f"\n{_END}{delimiter * (width - 1)}".encode())
    try:
        cells = arrow_csv.read_csv(
            pa.PythonFile(io.BufferedReader(ended), mode="r"),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=1 << 23),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=body.has(b'"')
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, _TEXT),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if cells.column(0)[-1].as_py() != _END:
        return None
    newlines = body.count(b"\n") + 2
    inside = np.zeros(len(cells), np.int64)
    if newlines != len(cells):
        for column in cells.columns:
            inside += _newlines(column)
        if int(inside.sum()) + len(cells) != newlines:
            return None
    before = np.concatenate([[0], np.cumsum(inside + 1)[:-1]]).astype(np.int64)
    return (before + body.first_line)[:-1], one_chunk(cells.slice(0, len(cells) - 1)), ()


def _newlines(column: Any) -> NDArray[np.int64]:
    """Count the newlines in each cell."""
    parts = [
        pc.count_substring(chunk.dictionary, "\n").take(chunk.indices).to_numpy()
        for chunk in column.chunks
    ]
    return np.concatenate(parts).astype(np.int64)


def _careful(name: str, body: _Body, delimiter: str, width: int) -> Parsed:
    """Parse with the csv module, which keeps ragged rows and counts lines."""
    ended = _Followed(body, f"\n{_END}".encode())
    stream = io.TextIOWrapper(io.BufferedReader(ended, 1 << 20), encoding="utf-8", newline="")
    reader = csv.reader(stream, delimiter=delimiter)
    lines: list[int] = []
    parts: list[Any] = []
    rows: list[Sequence[str]] = []
    ragged: list[Ragged] = []
    before = 0
    try:
        for row in reader:
            line, before = before + body.first_line, reader.line_num
            if row == [_END]:
                break
            if len(row) == width:
                lines.append(line)
                rows.append(row)
            elif any(cell.strip() for cell in row):
                ragged.append(Ragged(line, tuple(row)))
            if len(rows) == _ROWS_AT_ONCE:
                parts.append(text_cells(rows, width))
                rows.clear()
        else:
            raise _open_quote(name, line)
    except csv.Error as error:
        raise _open_quote(name, reader.line_num + body.first_line - 1) from error
    _refuse_cut_short(name, body, ragged, lines, width)
    parts.append(text_cells(rows, width))
    return np.array(lines, np.int64), one_chunk(pa.concat_tables(parts)), tuple(ragged)


def _open_quote(name: str, line: int) -> RefusedFileError:
    return RefusedFileError(
        f"{name}, line {line}: a field that begins there does not end; a quotation mark is "
        "missing, or the file is cut short."
    )


def _refuse_cut_short(
    name: str, body: _Body, ragged: list[Ragged], lines: list[int], width: int
) -> None:
    if not ragged or body.end < len(body.data) or (lines and lines[-1] > ragged[-1].line):
        return
    last = ragged[-1]
    usual = {len(row.cells) for row in ragged[:-1]}
    if len(last.cells) < width and len(last.cells) not in usual:
        raise RefusedFileError(
            f"{name} is cut short: line {last.line} has {len(last.cells)} of {width} fields; "
            "fetch the file again."
        )


def _without_blank(table: Table[Match]) -> Table[Match]:
    """Drop rows in which no cell has text."""
    blank = np.ones(len(table.lines), bool)
    for column in table.columns():
        blank &= column.mask(_is_blank)
        if not blank.any():
            return table
    cells = one_chunk(table.cells.filter(pa.array(~blank)))
    return replace(table, lines=table.lines[~blank], cells=cells)


def _is_blank(text: str) -> bool:
    return not text.strip()
