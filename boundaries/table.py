"""A small comma-separated file as columns of text, with the line of every row."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from boundaries.codes import kind_of
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.packed import unpacked

_MISSING = frozenset({"", "NA", "N/A", "null", "None", "..", ":"})
MAX_ROWS = 1_000_000
MAX_BYTES = 256 * 1024**2


@dataclass(slots=True)
class Table:
    """Rows of a file that is small enough to hold: one area each.

    ``kept`` marks the rows that no check has rejected or excluded so far.
    """

    name: str
    columns: dict[str, NDArray[np.object_]]
    lines: NDArray[np.int64]
    kept: NDArray[np.bool_]
    log: IssueLog

    @property
    def header(self) -> tuple[str, ...]:
        """The column titles, in the order of the file."""
        return tuple(self.columns)

    def text(self, column: str) -> NDArray[np.object_]:
        """Return a column as text without spaces at the ends; missing is None."""
        return np.array(
            [None if value in _MISSING else value for value in self.columns[column]], dtype=object
        )

    def number(self, column: str) -> NDArray[np.float64]:
        """Return a column as numbers, NaN missing; a row with anything else is rejected."""
        values = _numbers(self.text(column))
        # What is infinite was not a number in the file, or said so.
        self.reject(np.isinf(values), column, "not-a-number", "is not a number")
        return np.where(np.isinf(values), np.nan, values)

    def count(self, column: str) -> NDArray[np.float64]:
        """Return a column as whole numbers from 0, NaN missing; others are rejected."""
        values = self.number(column)
        bad = ~np.isnan(values) & ((values < 0) | (values % 1 != 0))
        self.reject(bad, column, "not-a-count", "is not a whole number from 0")
        return np.where(bad, np.nan, values)

    def codes(self, column: str, kind: str) -> NDArray[np.object_]:
        """Return a column of GSS codes, one row each; other kinds and repeats are rejected."""
        values = self.columns[column]
        bad = np.array([kind_of(code) != kind for code in values], dtype=bool)
        self.reject(bad, column, f"not-a-{kind}", f"is not the code of a {kind}")
        self.reject_repeats(values, column)
        return values

    def reject(self, bad: NDArray[np.bool_], column: str, kind: str, message: str) -> None:
        """Leave out the rows marked, one issue each, unless they are out already."""
        for row in np.flatnonzero(bad & self.kept).tolist():
            value = self.columns[column][row]
            self.log.reject(
                int(self.lines[row]),
                column,
                kind,
                value,
                f"{column} {value!r:.80} {message}; the row was left out.",
            )
        self.kept &= ~bad

    def exclude(self, out: NDArray[np.bool_], reason: str) -> None:
        """Leave out sound rows for a stated reason."""
        rows = int(np.count_nonzero(out & self.kept))
        if rows:
            self.log.exclude(reason, rows=rows)
        self.kept &= ~out

    def reject_repeats(self, values: NDArray[np.object_], column: str) -> None:
        """Leave out rows whose key came before in a row that was kept."""
        seen: set[object] = set()
        again = np.zeros(len(values), dtype=bool)
        for row in np.flatnonzero(self.kept).tolist():
            again[row] = values[row] in seen
            seen.add(values[row])
        self.reject(again, column, "duplicate", "came before in this file")

    def finish(self) -> NDArray[np.bool_]:
        """Count the rows kept as loaded and return their mask; none at all is refused."""
        loaded = int(np.count_nonzero(self.kept))
        if not loaded:
            first = next(self.log.rejections(), None)
            why = f"; first, line {first.line}: {first.message}" if first else "."
            raise RefusedFileError(f"{self.name} has no row that can be used{why}")
        self.log.loaded += loaded
        return self.kept


def read_table(path: Path, log: IssueLog) -> Table:
    """Read a CSV, plain, gzipped or zipped, and count its rows in the log.

    Blank lines do not count. A row with more or fewer fields than the header is rejected.

    Raises
    ------
    RefusedFileError
        Not text, no header, two columns of one title, over a million rows or 256 MB.
    """
    with unpacked(path, (".csv", ".txt")) as plain_file:
        text = _decoded(plain_file, path.name, log)
    rows = _rows(text, path.name)
    header = [title.strip() for title in next(rows, (0, []))[1]]
    _check_header(header, path.name)
    kept: list[list[str]] = []
    lines: list[int] = []
    for line, row in rows:
        log.read += 1
        if len(row) != len(header):
            message = f"The row has {len(row)} fields, the header {len(header)}; it was left out."
            log.reject(line, None, "field-count", len(row), message)
            continue
        lines.append(line)
        kept.append(row)
        if len(kept) > MAX_ROWS:
            raise RefusedFileError(f"{path.name} has over {MAX_ROWS:,} rows; it is another file.")
    if not kept:
        raise RefusedFileError(f"{path.name} has a header and no complete row; download it again.")
    columns = {
        title: np.array([value.strip() for value in values], dtype=object)
        for title, values in zip(header, zip(*kept, strict=True), strict=True)
    }
    return Table(path.name, columns, np.array(lines), np.ones(len(kept), dtype=bool), log)


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    before = 0
    try:
        for row in reader:
            if any(field.strip() for field in row):
                yield before + 1, row
            before = reader.line_num
    except csv.Error as error:
        raise RefusedFileError(
            f"{name}, line {reader.line_num}, is not sound CSV ({error}); download the file again."
        ) from error


def _decoded(path: Path, name: str, log: IssueLog) -> str:
    if path.stat().st_size > MAX_BYTES:
        raise RefusedFileError(f"{name} is larger than 256 MB; it is another file.")
    raw = path.read_bytes()
    if b"\x00" in raw:
        raise RefusedFileError(f"{name} is not a text file; load the publisher's CSV.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        log.note(None, None, "encoding", "cp1252", "The file is not UTF-8; it was read as cp1252.")
        return raw.decode("cp1252", errors="replace")


def _check_header(header: list[str], name: str) -> None:
    if not any(header):
        raise RefusedFileError(f"{name} has no header; download it again.")
    repeated = sorted({title for title in header if header.count(title) > 1})
    if repeated:
        raise RefusedFileError(
            f"{name} has two columns called {repeated[0]!r:.60}; give each its own title."
        )


def _numbers(texts: NDArray[np.object_]) -> NDArray[np.float64]:
    """Turn text into numbers: NaN where missing, infinite where it is none."""
    try:
        values = pa.array(texts, pa.string()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:  # something is no number, or has commas: one by one
        return np.array([_number(text) for text in texts], dtype=np.float64)
    spelt = np.isnan(values) & np.array([text is not None for text in texts], dtype=bool)
    return np.where(spelt, np.inf, values)


def _number(text: str | None) -> float:
    if text is None:
        return np.nan
    try:
        value = float(text.replace(",", "").replace("_", "?"))
    except ValueError:
        return np.inf
    return np.inf if np.isnan(value) else value
