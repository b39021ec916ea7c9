"""A table of text in memory: each distinct cell once, every row with its line in the file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray


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
class Repeats:
    """Which rows of a table say in every column the same as an earlier one.

    Attributes
    ----------
    mask
        (n,) True for the second and every later row of those alike.
    whole
        True when no row stands alone: the table is listed twice or more often.
    """

    mask: NDArray[np.bool_]
    whole: bool


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

    def repeats(self) -> Repeats:
        """Find the rows that say in every column the same as an earlier one.

        Rows are compared by 64-bit mixes of their cells: among a million rows the chance of
        a false repeat is one in ten million.
        """
        mixed = np.zeros(len(self.lines), np.uint64)
        for column in self.columns():
            mixed = (mixed ^ column.codes.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
            mixed *= np.uint64(0xBF58476D1CE4E5B9)
            mixed ^= mixed >> np.uint64(32)
        keys = pd.Series(mixed)
        mask = keys.duplicated().to_numpy()
        alone = not (mask | keys.duplicated(keep="last").to_numpy()).all()
        return Repeats(mask, bool(len(mask)) and not alone)

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
