"""The header of a table: one row that names the columns, or two that do so together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic

from boundaries.errors import RefusedFileError
from geo_wealth.table import Match, Recogniser

HEADER_WITHIN = 40
"""Rows that may precede the header: titles, notes, a second line of headings."""

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header(Generic[Match]):
    """A header found among the first rows; ``last`` is the position of its (last) row."""

    match: Match
    last: int
    rows: int

    @property
    def data(self) -> int:
        """Give the position of the first row of data."""
        return self.last if self.match.headerless else self.last + 1

    def repairs(self, line: int) -> tuple[tuple[str, str], ...]:
        """Say so when two rows were read together; ``line`` is that of the last of them."""
        if self.rows == 1:
            return ()
        message = f"The header is written over two rows, which were read together; line {line} "
        return (("two-row-header", message + "is the second of them."),)


def find_header(
    rows: Sequence[Cells], recognise: Recogniser[Match], *, together: bool
) -> Header[Match] | None:
    """Find the first row that is recognised or, with ``together``, the first two that are.

    Two rows are joined cell by cell: ``Supplier`` over ``Name`` is ``Supplier Name``. A cell
    that spans several columns is written only in the first of them, and then counts for those
    to its right as well where that makes the header known.
    """
    if not together:
        for place, row in enumerate(rows):
            if (match := recognise(row)) is not None:
                return Header(match, place, 1)
        return None
    for place, (upper, lower) in enumerate(pairwise(rows), start=1):
        for joined in _joined(upper, lower):
            match = recognise(joined)
            if match is not None and not match.headerless:
                return Header(match, place, 2)
    return None


def likely_header(rows: Sequence[Cells]) -> Cells:
    """Guess which of the first rows names the columns: the first with the most words."""
    wordiest = max(rows, key=lambda row: sum(any(map(str.isalpha, c)) for c in row), default=())
    return tuple(cell.strip() for cell in wordiest if any(map(str.isalnum, cell)))


class UnknownLayoutError(RefusedFileError):
    """No row is a header that is known; ``columns`` are those found."""

    def __init__(self, name: str, rows: Sequence[Cells]) -> None:
        self.name = name
        self.columns = likely_header(rows)
        shown = ", ".join(f"'{column[:60]}'" for column in self.columns[:40]) or "none"
        super().__init__(f"{name} has no layout that is known; the columns found are {shown}")


def _joined(upper: Cells, lower: Cells) -> Iterator[Cells]:
    width = max(len(upper), len(lower))
    above, below = (row + ("",) * (width - len(row)) for row in (upper, lower))
    yield tuple(f"{a} {b}".strip() for a, b in zip(above, below, strict=True))
    spanning, last = [], ""
    for cell in above:
        last = cell or last
        spanning.append(last)
    yield tuple(f"{a} {b}".strip() for a, b in zip(spanning, below, strict=True))
