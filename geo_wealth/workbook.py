"""Sheets of an Excel workbook as rows of text, within caps."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from boundaries.errors import RefusedFileError
from geo_wealth.containers import DAMAGE, Content

MAX_CELLS = 20_000_000
"""Most cells of a sheet, empty ones included: 1 M rows of 20 columns."""

MAX_TEXT = 1_000_000_000
"""Most bytes of shared texts once each cell has its own; 1 M real payments have 250 MB."""

MAX_SHEETS = 500

# XML allows either quotation mark, any prefix and spaces about "="; a tag ends before the next
# "<", so that no pattern reads a part more than once.
_CELL = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{1,9})([0-9]{1,19})""")
_ESCAPED = re.compile(rb"""\br\s*=\s*["'][^"'<&]{0,30}&""")
_TAG = re.compile(rb"<(?:[\w.-]{1,99}:)?c(?=[\s/>])")
_UNPLACED = re.compile(rb"<(?:[\w.-]{1,99}:)?c(?=[\s/>])(?![^<]*?\br\s*=)")
_ROW = re.compile(rb"<(?:[\w.-]{1,99}:)?row(?=[\s/>])")
_ROW_NUMBER = re.compile(rb"""\br\s*=\s*["']\s*([0-9]{1,19})""")
_VALUE = re.compile(rb"<(?:[\w.-]{1,99}:)?v(?=[\s/>])[^<>]*>\s*([^<\s]{0,40})")
_SHARED = re.compile(rb"<(?:[\w.-]{1,99}:)?si(?=[\s/>])")
_MARKUP = re.compile(rb"<[^<>]*>")

Cell = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook.

    Attributes
    ----------
    rows
        Its cells as text; row 1 of the sheet comes first. A blank row has none.
    merged
        Ranges of merged cells: first and last row, first and last column, from 0.
    numeric
        Where the first cell of such a range holds a number.
    """

    name: str
    visible: bool
    rows: list[list[str]]
    merged: tuple[tuple[int, int, int, int], ...]
    numeric: frozenset[tuple[int, int]]

    def fill(self, start: int, width: int) -> list[tuple[int, int, str]]:
        """Give the text of merged cells to the rows below the first, from row ``start`` on.

        A number is not repeated: merged over several rows it would be their sum. Returns
        row, column and text, in the order of the sheet.
        """
        found = []
        for top, bottom, left, _ in self.merged:
            if left >= width or (top, left) in self.numeric or top < start or not self.rows[top]:
                continue
            text, below = self.rows[top][left], range(top + 1, bottom + 1)
            found += [(row, left, text) for row in below if text and self.rows[row]]
        return sorted(found)


def read_sheets(content: Content) -> Iterator[Sheet]:
    """Yield each sheet that holds cells, one after another.

    Raises
    ------
    RefusedFileError
        When the workbook is damaged, or unfolds to more cells or text than a table can.
    """
    _refuse_bombs(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content.data))
        if len(book.sheet_names) > MAX_SHEETS:
            raise RefusedFileError(
                f"{content.name} has {len(book.sheet_names):,} sheets; save the one wanted by "
                "itself."
            )
        unfolded = 0
        for about in book.sheets_metadata:
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            rows = sheet.to_python(skip_empty_area=False)
            unfolded += sum(map(len, rows))
            if unfolded > MAX_CELLS:
                raise RefusedFileError(
                    f"{content.name} has sheets of more than {MAX_CELLS:,} cells together; save "
                    "the one wanted by itself."
                )
            merged = tuple(_ranges(sheet.merged_cell_ranges, len(rows)))
            numeric = frozenset(
                (top, left)
                for top, _, left, _ in merged
                if isinstance(rows[top][left], int | float)
            )
            # A formatted column reaches down to row 1,048,576, all of it blank.
            blank = [""] * max(map(len, rows), default=0)
            texts = [[] if row == blank else list(map(cell_text, row)) for row in rows]
            visible = about.visible is SheetVisibleEnum.Visible
            yield Sheet(about.name, visible, texts, merged, numeric)
    except (CalamineError, ValueError, OSError) as error:
        raise RefusedFileError(
            f"{content.name} cannot be read as a workbook; open it in Excel and save it again."
        ) from error


def _ranges(
    merged: list[tuple[tuple[int, int], tuple[int, int]]] | None, rows: int
) -> Iterator[tuple[int, int, int, int]]:
    """Give merged ranges as rows and columns, as far as the sheet has rows."""
    for (top, left), (bottom, right) in merged or ():
        if top < rows:
            yield top, min(bottom, rows - 1), left, right


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


def _refuse_bombs(content: Content) -> None:
    """Look before reading: what a reader would unfold must not be far more than the file.

    Every part is looked at, since a workbook may keep its sheets under any name.
    """
    texts, sheets, marks = [0], [], 0
    with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
        for member in archive.infolist():
            if member.filename.lower() in {"xl/workbook.bin", "content.xml"}:
                raise RefusedFileError(f"{content.name} is two workbooks in one; save it as XLSX.")
            try:
                data = archive.read(member)
            except DAMAGE as error:
                raise RefusedFileError(f"{content.name} is damaged; fetch it again.") from error
            if b"sst" in data:
                texts = max(texts, _lengths(data), key=sum)
            if b"sheetData" in data:
                _refuse_wide_sheet(content.name, member.filename, data)
                sheets.append(member)
                marks += data.count(b"<")
        # Rarely can the texts be too much at all, and the uses have to be counted.
        if max(texts) * marks <= MAX_TEXT:
            return
        if sum(_unfolded(texts, archive.read(member)) for member in sheets) > MAX_TEXT:
            raise RefusedFileError(
                f"{content.name} repeats long texts until they fill more than "
                f"{MAX_TEXT // 1_000_000} MB; save the table as CSV."
            )


def _refuse_wide_sheet(name: str, part: str, data: bytes) -> None:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or _ESCAPED.search(data):
        raise RefusedFileError(
            f"{name} writes its cells in an unusual way; open it in Excel and save it again."
        )
    cells = _extent(data)
    if cells > MAX_CELLS:
        raise RefusedFileError(
            f"{name}: the sheet {part.rsplit('/', 1)[-1]} spans {cells:,} cells, "
            "more than a table needs; delete the empty rows and columns and save it again."
        )


def _extent(sheet: bytes) -> int:
    columns = rows = 0
    for match in _CELL.finditer(sheet):
        letters, number = match.groups()
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        columns = max(columns, column)
        rows = max(rows, int(number))
    if _UNPLACED.search(sheet):
        # A cell that does not say where it is stands next to the one before.
        parts = _ROW.split(sheet)
        columns += max(len(_TAG.findall(part)) for part in parts)
        numbers = (int(number) for number in _ROW_NUMBER.findall(sheet))
        rows = max(rows, *numbers, 0) + len(parts)
    return columns * rows


def _lengths(strings: bytes) -> list[int]:
    """Give the bytes of each shared text, without the tags of its formatting."""
    plain = b"<![CDATA[" not in strings
    parts = _SHARED.split(strings)[1:]
    return [len(_MARKUP.sub(b"", part) if plain else part) for part in parts] or [0]


def _unfolded(texts: list[int], sheet: bytes) -> int:
    """Give at most how many bytes a sheet's shared texts have when each cell has its own."""
    longest = max(texts)
    total = sheet.count(b"<![CDATA[") * longest
    for found in _VALUE.finditer(sheet):
        value = found[1]
        if not value.isdigit():
            total += longest if b"&" in value else 0
        elif len(value) < 10 and int(value) < len(texts):
            total += texts[int(value)]
    return total
