"""Tables out of CSV and XLSX: dialect, header and line numbers found, all cells as text."""

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from boundaries.errors import RefusedFileError
from geo_wealth.containers import Content, decode, read_content

HEADER_WITHIN = 40
"""Rows that may precede the header: titles, notes, a second line of headings."""

_DELIMITERS = (",", ";", "\t", "|", "¬")
_ROWS_AT_ONCE = 20_000
_TEXT = pa.dictionary(pa.int32(), pa.string())
_END = "end-of-table-7f3a"
"""A row put after the last one: when it does not come back, a quotation mark was left open."""


class HeaderMatch(Protocol):
    """What a recogniser returns for the row that it knows as a header."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, as published."""

    @property
    def headerless(self) -> bool:
        """True when the row was recognised by its values and is data itself."""

    @property
    def sheet(self) -> str | None:
        """Name of the sheet that the layout prefers in a workbook."""


Match = TypeVar("Match", bound=HeaderMatch)
Recogniser = Callable[[tuple[str, ...]], Match | None]


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row whose number of fields differs from the header's."""

    line: int
    cells: tuple[str, ...]

    def trimmed(self, width: int) -> tuple[str, ...]:
        """Give the cells without empty ones beyond the header's width."""
        beyond = self.cells[width:]
        return self.cells if any(map(str.strip, beyond)) else self.cells[:width]


@dataclass(frozen=True, slots=True)
class Column:
    """Cells of one column, each distinct text held once; ``codes`` point into them.

    Parts of one column share what was computed for its distinct texts.
    """

    codes: NDArray[np.int32]
    distinct: Any
    computed: dict[object, NDArray[np.object_]] = field(default_factory=dict)

    def part(self, start: int, stop: int) -> "Column":
        """Give some rows of the column."""
        return replace(self, codes=self.codes[start:stop])

    def text(self, row: int) -> str:
        """Give one cell."""
        text: str = self.distinct[int(self.codes[row])].as_py()
        return text

    def mapped(self, clean: Callable[[str], object]) -> NDArray[np.object_]:
        """Clean every cell, computing each distinct text once; a new array each time."""
        found: NDArray[np.object_] = self._values(clean)[self.codes]
        return found

    def mask(self, test: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Tell for every cell whether it passes a test."""
        return self._values(test).astype(bool)[self.codes]

    def _values(self, clean: Callable[[str], object]) -> NDArray[np.object_]:
        # A bound method is made anew each time it is looked up; its function is not.
        key = getattr(clean, "__func__", clean)
        values = self.computed.get(key)
        if values is None:
            values = np.empty(len(self.distinct), object)
            for index, text in enumerate(self.distinct.to_pylist()):
                values[index] = clean(text)
            self.computed[key] = values
        return values


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: their lines in the file and, for each column of the header, its cells."""

    lines: NDArray[np.int64]
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, index: int) -> tuple[str, ...]:
        """Give all cells of one row."""
        return tuple(column.text(index) for column in self.columns)


@dataclass(frozen=True, slots=True)
class Table(Generic[Match]):
    """A table in memory: cells as Arrow text, rows without any text dropped.

    Attributes
    ----------
    file
        What to call the file in a message.
    match
        What the recogniser returned for the header.
    lines
        Line (row of the sheet) on which each row starts, 1 = first of the file.
    cells
        One dictionary-encoded Arrow column of strings for each column of the header, in one
        chunk; see :func:`text_cells`.
    ragged
        Rows that have more or fewer fields than the header; not among ``cells``.
    repairs
        ``(kind, sentence)`` for what was put right in the file as a whole.
    """

    file: str
    match: Match
    lines: NDArray[np.int64]
    cells: Any
    ragged: tuple[Ragged, ...]
    repairs: tuple[tuple[str, str], ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Give the columns of the header, in order."""
        arrays = [column.chunk(0) for column in self.cells.columns]
        return tuple(Column(array.indices.to_numpy(), array.dictionary) for array in arrays)

    def batches(self, rows: int) -> Iterator[Batch]:
        """Yield the rows in order, at most ``rows`` at once."""
        columns = self.columns()
        for start in range(0, len(self.lines), rows):
            parts = tuple(column.part(start, start + rows) for column in columns)
            yield Batch(self.lines[start : start + rows], parts)

    def distinct(self, column: int) -> list[str]:
        """Give the distinct cells of a column, perhaps with some of rows that were dropped."""
        found: list[str] = self.cells.column(column).chunk(0).dictionary.to_pylist()
        return found

    def repeats(self) -> int:
        """Count the rows that say in every column the same as an earlier one.

        Rows are compared by 64-bit mixes of their cells: among a million rows the chance of
        a false repeat is one in ten million.
        """
        mixed = np.zeros(len(self.lines), np.uint64)
        for column in self.columns():
            mixed = (mixed ^ column.codes.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(0xBF58476D1CE4E5B9)
            mixed ^= mixed >> np.uint64(32)
        return len(mixed) - len(np.unique(mixed))

    def without_surplus(self) -> "Table[Match]":
        """Take in the rows that are too long by empty fields only."""
        width = len(self.match.names)
        cut = [Ragged(row.line, row.trimmed(width)) for row in self.ragged]
        still = tuple(row for row in cut if len(row.cells) != width)
        fitting = [row for row in cut if len(row.cells) == width]
        return replace(self.with_rows(fitting), ragged=still)

    def with_rows(self, rows: Iterable[Ragged]) -> "Table[Match]":
        """Put repaired rows back among the others, in the order of the file."""
        added = list(rows)
        if not added:
            return replace(self, ragged=())
        extra = text_cells([row.cells for row in added], len(self.match.names))
        lines = np.concatenate([self.lines, np.array([row.line for row in added], np.int64)])
        order = np.argsort(lines, kind="stable")
        cells = one_chunk(pa.concat_tables([self.cells, extra]).take(pa.array(order)))
        return replace(self, lines=lines[order], cells=cells, ragged=())


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
        return _open_workbook(content, recognise)
    text = decode(content)
    delimiter, match, skip = _find_header(content.name, text.data, recognise)
    body, first_line = _after_lines(text.data, skip)
    width = len(match.names)
    quick = _quick(body, delimiter, width, first_line)
    if quick is None:
        quick = _careful(content.name, body, delimiter, width, first_line)
    lines, cells, ragged = quick
    return _without_blank(Table(content.name, match, lines, cells, ragged, text.repairs))


def likely_header(rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Guess which of the first rows names the columns: the first of the fullest."""
    fullest = max(rows, key=lambda row: sum(bool(cell.strip()) for cell in row), default=())
    return tuple(cell.strip() for cell in fullest if cell.strip())


def _find_header(name: str, data: bytes, recognise: Recogniser[Match]) -> tuple[str, Match, int]:
    """Find separator and header; also how many physical lines come before the data."""
    sample = data[: 1 << 18].decode(errors="ignore")
    counts = {mark: sample[:5000].count(mark) for mark in _DELIMITERS}
    tried: list[tuple[str, ...]] = []
    for delimiter in sorted(_DELIMITERS, key=lambda mark: -counts[mark]):
        for cells, before, after in _first_rows(sample, delimiter):
            match = recognise(cells)
            if match is not None:
                return delimiter, match, before if match.headerless else after
            tried.append(cells)
    raise RefusedFileError(unknown_layout(name, likely_header(tried)))


def _first_rows(sample: str, delimiter: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    before = 0
    try:
        for row in itertools.islice(reader, HEADER_WITHIN):
            yield tuple(cell.strip() for cell in row), before, reader.line_num
            before = reader.line_num
    except csv.Error:
        return


def unknown_layout(name: str, columns: tuple[str, ...]) -> str:
    """Say that no layout fits, and which columns were found."""
    shown = ", ".join(f"'{column[:60]}'" for column in columns[:40]) or "none"
    return f"{name} has no layout that is known; the columns found are {shown}"


def _after_lines(data: bytes, count: int) -> tuple[bytes, int]:
    offset = 0
    for _ in range(count):
        end = data.find(b"\n", offset)
        if end < 0:
            return b"", count + 1
        offset = end + 1
    return data[offset:], count + 1


Parsed = tuple[NDArray[np.int64], Any, tuple[Ragged, ...]]


def _quick(body: bytes, delimiter: str, width: int, first_line: int) -> Parsed | None:
    """Parse with Arrow, or None where line numbers or ragged rows need the careful way.

    Every newline of the body must be either inside a cell or the end of a row; otherwise
    Arrow has skipped something and the lines could not be told.
    """
    trimmed = body.rstrip(b"\r\n")
    if not trimmed or len(delimiter.encode()) > 1 or _has_bare_cr(trimmed):
        return None
    names = [str(index) for index in range(width)]
    newlines = trimmed.count(b"\n") + 2
    ended = b"".join((trimmed, f"\n{_END}{delimiter * (width - 1)}".encode()))
    try:
        cells = arrow_csv.read_csv(
            pa.BufferReader(ended),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=1 << 23),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=b'"' in trimmed
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
    inside = np.zeros(len(cells), np.int64)
    if newlines != len(cells):
        for column in cells.columns:
            inside += _newlines(column)
        if int(inside.sum()) + len(cells) != newlines:
            return None
    before = np.concatenate([[0], np.cumsum(inside + 1)[:-1]]).astype(np.int64)
    return (before + first_line)[:-1], one_chunk(cells.slice(0, len(cells) - 1)), ()


def _newlines(column: Any) -> NDArray[np.int64]:
    """Count the newlines in each cell."""
    parts = [
        pc.count_substring(chunk.dictionary, "\n").take(chunk.indices).to_numpy()
        for chunk in column.chunks
    ]
    return np.concatenate(parts).astype(np.int64)


def _has_bare_cr(data: bytes) -> bool:
    return b"\r" in data and data.count(b"\r") != data.count(b"\r\n")


def _careful(name: str, body: bytes, delimiter: str, width: int, first_line: int) -> Parsed:
    """Parse with the csv module, which keeps ragged rows and counts lines."""
    text = f"{body.decode()}\n{_END}"
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[int] = []
    parts: list[Any] = []
    rows: list[Sequence[str]] = []
    ragged: list[Ragged] = []
    before = 0
    try:
        for row in reader:
            line, before = before + first_line, reader.line_num
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
        raise _open_quote(name, reader.line_num + first_line - 1) from error
    _refuse_cut_short(name, body, ragged, lines, width)
    parts.append(text_cells(rows, width))
    return np.array(lines, np.int64), one_chunk(pa.concat_tables(parts)), tuple(ragged)


def _open_quote(name: str, line: int) -> RefusedFileError:
    return RefusedFileError(
        f"{name}, line {line}: a field that begins there does not end; a quotation mark is "
        "missing, or the file is cut short."
    )


def _refuse_cut_short(
    name: str, body: bytes, ragged: list[Ragged], lines: list[int], width: int
) -> None:
    if not ragged or body.endswith((b"\n", b"\r")) or (lines and lines[-1] > ragged[-1].line):
        return
    last = ragged[-1]
    usual = {len(row.cells) for row in ragged[:-1]}
    if len(last.cells) < width and len(last.cells) not in usual:
        raise RefusedFileError(
            f"{name} is cut short: line {last.line} has {len(last.cells)} of {width} fields; "
            "fetch the file again."
        )


def text_cells(rows: Sequence[Sequence[str]], width: int) -> Any:
    """Make the Arrow table of a :class:`Table` from rows of ``width`` cells."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    arrays = [pa.array(column, pa.string()).dictionary_encode() for column in columns]
    return pa.table(arrays, names=[str(index) for index in range(width)])


def one_chunk(cells: Any) -> Any:
    """Join the chunks of every column over one dictionary."""
    if not len(cells):
        return text_cells((), cells.num_columns)
    return cells.unify_dictionaries().combine_chunks()


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


def _open_workbook(content: Content, recognise: Recogniser[Match]) -> Table[Match]:
    from geo_wealth.workbook import sheet_rows  # noqa: PLC0415  # workbooks are the exception

    found: list[tuple[str, Match, list[list[str]], int]] = []
    tried: list[tuple[str, ...]] = []
    for sheet, rows in sheet_rows(content):
        for index, row in enumerate(rows[:HEADER_WITHIN]):
            cells = tuple(cell.strip() for cell in row)
            match = recognise(cells)
            if match is not None:
                found.append((sheet, match, rows, index + (not match.headerless)))
                break
            tried.append(cells)
    if not found:
        raise RefusedFileError(unknown_layout(content.name, likely_header(tried)))
    sheet, match, rows, start = _one_sheet(content.name, found)
    width = len(match.names)
    body = [row[:width] + [""] * (width - len(row)) for row in rows[start:]]
    lines = np.arange(start + 1, start + 1 + len(body), dtype=np.int64)
    return _without_blank(
        Table(f"{content.name} [{sheet}]", match, lines, text_cells(body, width), ())
    )


def _one_sheet(
    name: str, found: list[tuple[str, Match, list[list[str]], int]]
) -> tuple[str, Match, list[list[str]], int]:
    preferred = [each for each in found if each[1].sheet == each[0]]
    chosen = preferred if len(preferred) == 1 else found
    if len(chosen) > 1:
        sheets = ", ".join(f"'{each[0]}'" for each in chosen)
        raise RefusedFileError(
            f"{name} has several sheets with payments or records ({sheets}); save each as a "
            "file of its own, so that nothing is counted twice."
        )
    return chosen[0]
