"""Sheets of an Excel workbook as rows of text, within caps."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from boundaries.errors import RefusedFileError
from geo_wealth.containers import DAMAGE, Content

MAX_CELLS = 20_000_000
"""Most cells of a sheet, empty ones included: 1 M rows of 20 columns."""

_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')

Cell = str | int | float | bool | date | datetime | time | timedelta | None


def sheet_rows(content: Content) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield each visible sheet's name and rows; row 1 of the sheet comes first.

    Raises
    ------
    RefusedFileError
        When the workbook is damaged or a sheet spans more cells than a table can.
    """
    _refuse_wide_sheets(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content.data))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield name, [[cell_text(cell) for cell in row] for row in rows]
    except (CalamineError, ValueError, OSError) as error:
        raise RefusedFileError(
            f"{content.name} cannot be read as a workbook; open it in Excel and save it again."
        ) from error


def cell_text(cell: Cell) -> str:
    """Write a cell as a person would read it: 10-digit numbers whole, dates as ISO 8601.

    Excel keeps 15 significant digits; more would be noise of the binary fraction.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        text = f"{cell:.15g}"
        return f"{cell:.0f}" if "e" in text and cell.is_integer() else text
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).replace("\x00", "")


def _refuse_wide_sheets(content: Content) -> None:
    """Look before reading: a sheet with a cell at each end would be unfolded whole."""
    with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                continue
            try:
                data = archive.read(name)
            except DAMAGE as error:
                raise RefusedFileError(f"{content.name} is damaged; fetch it again.") from error
            cells = _extent(data)
            if cells > MAX_CELLS:
                raise RefusedFileError(
                    f"{content.name}: the sheet {name.rsplit('/', 1)[-1]} spans {cells:,} cells, "
                    "more than a table needs; delete the empty rows and columns and save it again."
                )


def _extent(sheet: bytes) -> int:
    columns = rows = 0
    for match in _CELL.finditer(sheet):
        letters, number = match.groups()
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        columns = max(columns, column)
        rows = max(rows, int(number))
    return columns * rows
