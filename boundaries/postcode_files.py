"""The forms that postcode files come in, as batches of columns with our names.

Code-Point Open is a zip of 120 files without header; the ONS directories are one large CSV
(also in a zip, beside documents) or Parquet.
"""

import zipfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from pyarrow import ArrowException

from boundaries.errors import RefusedFileError
from boundaries.layouts import find, layouts, listed
from boundaries.packed import BROKEN, members, opened_zip, opening, unpacked

_BLOCK = 16 * 1024**2
_ROWS = 250_000
# A few bytes of Parquet can promise any number of equal rows; the directory has 2.7 million.
_MAX_ROWS = 20_000_000
FIELDS = (
    "postcode",
    "quality",
    "easting",
    "northing",
    "longitude",
    "latitude",
    "lad",
    "ward",
    "lsoa11",
    "lsoa21",
    "introduced",
    "terminated",
)


@dataclass(frozen=True, slots=True)
class PostcodeBatch:
    """Rows as text, missing values null.

    ``columns`` holds only fields the file has; ``titles`` their own names in the file;
    ``first`` is the line that the first row would have, in ``member`` when the file has
    several, but for the lines ``skipped`` so far, which had a wrong number of fields;
    ``malformed`` are those met since the last batch, with what was wrong.
    """

    source: str
    columns: dict[str, Any]
    titles: dict[str, str]
    rows: int
    first: int
    member: str | None = None
    malformed: tuple[tuple[int, str], ...] = ()
    skipped: tuple[int, ...] = ()

    def line(self, row: int) -> int:
        """Return the line of a row, counting the malformed lines before it."""
        without = self.first + row
        before = np.array(self.skipped, dtype=np.int64) - np.arange(len(self.skipped))
        return without + int(np.searchsorted(before, without, side="right"))


def open_batches(path: Path) -> Generator[PostcodeBatch, None, None]:
    """Stream a postcode file of any form; the source is the same in all batches.

    Raises
    ------
    RefusedFileError
        A form or columns that are not known, or a damaged file.
    """
    magic = opening(path, 4)
    try:
        if magic == b"PAR1":
            yield from _parquet(path)
        elif magic == b"PK\x03\x04":
            yield from _zipped(path)
        else:
            with unpacked(path, (".csv", ".txt")) as plain_file:
                yield from _csv(plain_file, path.name)
    except (ArrowException, UnicodeDecodeError, OSError) as error:
        raise RefusedFileError(
            f"{path.name} is damaged, cut short or no file of postcodes; download it again."
        ) from error


def _parquet(path: Path) -> Iterator[PostcodeBatch]:
    with pyarrow.parquet.ParquetFile(path) as file:
        if file.metadata.num_rows > _MAX_ROWS:
            raise RefusedFileError(f"{path.name} has over {_MAX_ROWS:,} rows; it is another file.")
        layout, titles = _layout(file.schema_arrow.names, path.name)
        first = 1
        for batch in file.iter_batches(_ROWS, columns=list(titles.values())):
            batch.validate(full=True)
            yield _batch(layout, titles, batch, first)
            first += batch.num_rows


def _csv(path: Path, name: str) -> Iterator[PostcodeBatch]:
    with path.open("rb") as file:
        header = _header(file.readline(65_536), name)
    layout, titles = _layout(header, name)
    malformed: list[tuple[int, str]] = []
    skipped: list[int] = []
    first = 2

    def skip(row: Any) -> str:
        malformed.append((row.number, f"{row.actual_columns} fields, not {row.expected_columns}"))
        skipped.append(row.number)
        return "skip"

    with pyarrow.csv.open_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(
            # With threads a malformed row would not know its line.
            use_threads=False,
            block_size=_BLOCK,
            column_names=header,
            skip_rows=1,
        ),
        parse_options=pyarrow.csv.ParseOptions(invalid_row_handler=skip),
        convert_options=_as_text(list(titles.values())),
    ) as reader:
        for batch in reader:
            plain = _batch(layout, titles, batch, first)
            yield replace(plain, malformed=tuple(malformed), skipped=tuple(skipped))
            first += batch.num_rows
            malformed.clear()


def _zipped(path: Path) -> Iterator[PostcodeBatch]:
    with opened_zip(path) as archive:
        tables = [info for info in members(archive, path.name) if _is_data(info)]
    if len(tables) > 1:
        yield from _code_point(path, sorted(tables, key=lambda info: info.filename))
        return
    if tables:
        with unpacked(path, (".csv",), member=tables[0].filename) as plain_file:
            yield from _csv(plain_file, path.name)
        return
    raise RefusedFileError(f"{path.name} holds no CSV of postcodes; load the CSV itself.")


def _is_data(info: zipfile.ZipInfo) -> bool:
    """Tell data from the documents and the second copy by area that ONS packs beside it."""
    pure = PurePosixPath(info.filename)
    beside = {"doc", "docs", "documents", "user guide", "multi_csv"}
    return pure.suffix.lower() == ".csv" and not beside & {part.lower() for part in pure.parts}


def _code_point(path: Path, infos: list[zipfile.ZipInfo]) -> Iterator[PostcodeBatch]:
    names = layouts()["codepoint"]["columns"]
    titles = {field: field for field in FIELDS if field in names}
    with zipfile.ZipFile(path) as archive:
        for info in infos:
            content = _content(archive, info, path.name)
            table = _headless(content, names, path.name, info.filename)
            member = PurePosixPath(info.filename).name
            yield _batch({"source": "codepoint"}, titles, table.select(list(titles)), 1, member)


def _headless(content: BytesIO, names: list[str], name: str, member: str) -> Any:
    try:
        return pyarrow.csv.read_csv(
            content,
            read_options=pyarrow.csv.ReadOptions(column_names=names),
            convert_options=_as_text(names),
        )
    except ArrowException as error:
        raise RefusedFileError(
            f"{name}: {member} has not the {len(names)} columns of Code-Point Open; load the zip "
            "as Ordnance Survey gives it."
        ) from error


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> BytesIO:
    """Read one member whole: the files of Code-Point Open are of a few megabytes."""
    try:
        return BytesIO(archive.read(info))
    except BROKEN as error:
        raise RefusedFileError(
            f"{name} is damaged at {info.filename}; download it again."
        ) from error


def _as_text(titles: list[str]) -> Any:
    """Read text only: a number that is none costs its row, not the file."""
    return pyarrow.csv.ConvertOptions(
        include_columns=titles,
        column_types=dict.fromkeys(titles, pa.string()),
        strings_can_be_null=True,
        null_values=["", "NA", "NULL"],
    )


def _header(line: bytes, name: str) -> list[str]:
    text = line.decode("utf-8-sig", errors="replace").strip("\r\n")
    titles = [title.strip().strip('"').strip() for title in text.split(",")]
    if len(set(titles)) < len(titles) or "\x00" in text:
        raise RefusedFileError(f"{name} has no usable header of column titles; load a CSV.")
    return titles


def _layout(header: list[str], name: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Choose the layout by its needed columns, the first that fits."""
    for layout in layouts()["postcodes"]:
        titles = {
            field: title for field in FIELDS if (title := find(header, layout.get(field, ())))
        }
        if all(field in titles for field in layout["needs"]):
            return layout, titles
    raise RefusedFileError(
        f"{name} has no known columns of postcodes: it has {listed(header)}; it needs one called "
        f"postcode, and easting and northing, or longitude and latitude."
    )


def _batch(
    layout: dict[str, Any],
    titles: dict[str, str],
    table: Any,
    first: int,
    member: str | None = None,
) -> PostcodeBatch:
    columns = {field: _text(table.column(title)) for field, title in titles.items()}
    rows = table.num_rows
    return PostcodeBatch(layout["source"], columns, titles, rows, first, member)


def _text(column: Any) -> Any:
    """Return one array of text, blank as null."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return pc.if_else(pc.equal(column, ""), None, column)
