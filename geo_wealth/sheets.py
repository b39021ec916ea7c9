"""Which sheet of a workbook is the table, and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from boundaries.errors import RefusedFileError
from geo_wealth.containers import Content
from geo_wealth.headers import HEADER_WITHIN, Header, UnknownLayoutError, find_header
from geo_wealth.table import Match, Recogniser, Table, text_cells
from geo_wealth.workbook import Sheet, read_sheets


@dataclass(frozen=True, slots=True)
class _Found(Generic[Match]):
    sheet: Sheet
    header: Header[Match]

    @property
    def count(self) -> int:
        return sum(map(bool, self.sheet.rows[self.header.data :]))

    @property
    def preferred(self) -> bool:
        return self.header.match.sheet == self.sheet.name


def open_workbook(content: Content, recognise: Recogniser[Match]) -> Table[Match]:
    """Read the one sheet of a workbook whose header is recognised.

    A sheet that the layout names comes before others, and a visible sheet before hidden ones.
    The sheets left aside are named in the repairs.

    Raises
    ------
    RefusedFileError
        When no sheet has a known header, or several have.
    """
    found: list[_Found[Match]] = []
    tried: list[tuple[str, ...]] = []
    names: list[str] = []
    for sheet in read_sheets(content):
        names.append(sheet.name)
        first = [tuple(cell.strip() for cell in row) for row in sheet.rows[:HEADER_WITHIN]]
        header = find_header(first, recognise, together=False)
        header = header or find_header(first, recognise, together=True)
        if header is not None:
            found.append(_Found(sheet, header))
        tried += first
    if not found:
        raise UnknownLayoutError(content.name, tried)
    return _table(content.name, _one_sheet(content.name, found), names)


def _one_sheet(name: str, found: Sequence[_Found[Match]]) -> _Found[Match]:
    chosen = [each for each in found if each.preferred]
    if len(chosen) != 1:
        chosen = [each for each in found if each.sheet.visible] or list(found)
    if len(chosen) > 1:
        sheets = ", ".join(f"'{each.sheet.name}' with {each.count:,} rows" for each in chosen)
        raise RefusedFileError(
            f"{name} has several sheets with payments or records ({sheets}). Whether one repeats "
            "another cannot be told: save each that is to count as a file of its own."
        )
    return chosen[0]


def _table(name: str, found: _Found[Match], names: Sequence[str]) -> Table[Match]:
    sheet, header = found.sheet, found.header
    width, start = len(header.match.names), header.data
    repairs = [*header.repairs(start)]
    others = [f"'{each}'" for each in names if each != sheet.name]
    if others:
        left = ", ".join(others[:10]) + (" and others" if len(others) > 10 else "")
        repairs.append(("other-sheets", f"The sheet '{sheet.name}' was read; left aside: {left}."))
    filled = sheet.fill(start, width)
    for row, column, text in filled:
        sheet.rows[row][column] = text
    if filled:
        message = f"{len(filled):,} cells that are merged with the one above were given its text, "
        repairs.append(("merged-cells", f"{message}the first in row {filled[0][0] + 1}."))
    kept = [place for place in range(start, len(sheet.rows)) if sheet.rows[place]]
    body = [row[:width] + [""] * (width - len(row)) for row in map(sheet.rows.__getitem__, kept)]
    lines = np.array(kept, dtype=np.int64) + 1
    return Table(
        f"{name} [{sheet.name}]",
        header.match,
        lines,
        text_cells(body, width),
        (),
        tuple(repairs),
    )
