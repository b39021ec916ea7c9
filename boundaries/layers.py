"""Vector files as raw features, opened under an allow-list of drivers.

GDAL would open a VRT, and so any file or address of the server, from a file of any name: the
first bytes decide what a file is, and Fiona opens it with that one driver. The features of a
GeoPackage, which is an SQLite file, are then read as such: their geometry is well-known binary
that shapely decodes at once for a whole batch.
"""

import codecs
import sqlite3
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fiona
import numpy as np
import pyproj
import shapely
from fiona.errors import FeatureWarning, FionaError
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry import shape

from boundaries.errors import RefusedFileError
from boundaries.packed import opening

SUFFIXES = (".gpkg", ".geojson", ".json", ".shp")
_ENVELOPES = (0, 32, 48, 48, 64)
_SHAPEFILE = b"\x00\x00\x27\x0a"
_CHUNK, _TAIL = 1024**2, 4096
_SQLITE = b"SQLite format 3\x00"
_MAX_VALUE = 100_000_000
"""Most bytes of one text or geometry; the longest coastline at full resolution has 15 MB."""

Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Features as the file has them: number of the first, values, and how to get geometry.

    ``decode`` takes the positions wanted and returns their geometries, None where the file
    has none.
    """

    first: int
    values: list[tuple[Any, ...]]
    decode: Callable[[list[int]], Geometries]


@dataclass(frozen=True, slots=True)
class Layer:
    """The one layer of a vector file.

    ``name`` is the file's own, for sentences; ``path`` may be a temporary copy.
    """

    path: Path
    name: str
    driver: str
    table: str | None
    columns: tuple[str, ...]
    crs: pyproj.CRS

    def batches(self, columns: list[str], size: int) -> Iterator[RawBatch]:
        """Stream the features in the order of the file, ``size`` at a time.

        Raises
        ------
        RefusedFileError
            When the file ends early or is damaged.
        """
        read = _sqlite_batches if self.driver == "GPKG" else _fiona_batches
        number = 1
        try:
            for batch in read(self, columns, size, number):
                number = batch.first + len(batch.values)
                yield batch
        except (FionaError, ShapelyError, sqlite3.Error, ValueError, TypeError) as error:
            raise RefusedFileError(
                f"{self.name} is damaged or cut short after about feature {number - 1:,}; "
                "download it again."
            ) from error


def open_layer(path: Path, name: str) -> Layer:
    """Open a plain GeoJSON, GeoPackage or shapefile.

    Parameters
    ----------
    path
        The file itself, not packed.
    name
        What to call it in sentences.

    Raises
    ------
    RefusedFileError
        Another format, a damaged file, several layers, no stated CRS.
    """
    driver = _driver(path, name)
    table = _geopackage_table(path, name) if driver == "GPKG" else None
    try:
        with (
            fiona.open(path, allowed_drivers=[driver], layer=table) as source,
            # Said of a property without a name, of which no publisher's file has one.
            warnings.catch_warnings(action="error", category=FeatureWarning),
        ):
            columns, wkt = tuple(source.schema["properties"]), str(source.crs_wkt)
    except (FionaError, FeatureWarning, ValueError) as error:
        raise RefusedFileError(
            f"{name} cannot be read as {driver}: it is damaged or cut short; download it again."
        ) from error
    return Layer(path, name, driver, table, columns, _crs(wkt, name))


def _driver(path: Path, name: str) -> str:
    head = opening(path, 4096)
    if head.startswith(_SQLITE):
        _check_sqlite_size(path, name, head)
        return "GPKG"
    if head.startswith(_SHAPEFILE):
        _check_shapefile(path, name, head)
        return "ESRI Shapefile"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{") and b"<OGR" not in head:
        _check_json(path, name)
        return "GeoJSON"
    raise RefusedFileError(
        f"{name} is neither GeoJSON, GeoPackage nor shapefile, going by its content; "
        "save it as one of these."
    )


def _crs(wkt: str, name: str) -> pyproj.CRS:
    try:
        crs = pyproj.CRS.from_wkt(wkt)
    except pyproj.exceptions.CRSError:
        crs = None
    if crs is None or crs.name.lower().startswith("undefined") or crs.is_engineering:
        raise RefusedFileError(
            f"{name} does not state its coordinate reference system; save it with one "
            "(a shapefile needs its .prj)."
        )
    return crs


def _check_sqlite_size(path: Path, name: str, head: bytes) -> None:
    if len(head) < 100:
        raise RefusedFileError(f"{name} is cut short; download it again.")
    page, pages = struct.unpack(">H", head[16:18])[0], struct.unpack(">I", head[28:32])[0]
    if path.stat().st_size < (65_536 if page == 1 else page) * pages:
        raise RefusedFileError(f"{name} is cut short; download it again.")


def _check_shapefile(path: Path, name: str, head: bytes) -> None:
    short = len(head) < 100 or path.stat().st_size < 2 * struct.unpack(">I", head[24:28])[0]
    table = path.with_suffix(".dbf")
    if not table.is_file() or not path.with_suffix(".shx").is_file():
        raise RefusedFileError(f"{name} lacks its .dbf or .shx; zip all the parts together.")
    first = table.read_bytes()[:12] if table.stat().st_size < 32 else opening(table, 12)
    if len(first) == 12:
        rows, start, width = struct.unpack("<IHH", first[4:12])
        short = short or table.stat().st_size < start + rows * width
    if short or len(first) < 12:
        raise RefusedFileError(f"{name} is cut short; download it again.")


def _check_json(path: Path, name: str) -> None:
    """Check that the text is UTF-8, which GDAL's messages have to be too, and that it ends."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    end = ""
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                end = end[-_TAIL:] + decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise RefusedFileError(
            f"{name} is cut short or not UTF-8, as GeoJSON has to be; save it as UTF-8."
        ) from error
    if not end.rstrip().endswith("}"):
        raise RefusedFileError(f"{name} is cut short: its JSON does not end; download it again.")


def _geopackage_table(path: Path, name: str) -> str:
    query = (
        "SELECT c.table_name, s.type FROM gpkg_contents c "
        "LEFT JOIN sqlite_master s ON s.name = c.table_name WHERE c.data_type = 'features'"
    )
    # A view may run for as long as its author likes: none is read, nor are views of the catalogue.
    views = "SELECT 1 FROM sqlite_master WHERE type = 'view' AND lower(name) LIKE 'gpkg%'"
    try:
        with closing(_connect(path)) as database:
            unsound = database.execute(views).fetchone()
            computed = _computes(database)
            found = [] if unsound or computed else database.execute(query).fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise RefusedFileError(f"{name} is not a sound GeoPackage; download it again.") from error
    tables = [str(table) for table, kind in found if kind == "table"]
    if computed:
        raise RefusedFileError(
            f"{name} computes some of its columns instead of storing them; save it again as a "
            "plain GeoPackage."
        )
    if len(tables) != 1:
        names = ", ".join(sorted(tables)) or "none"
        raise RefusedFileError(
            f"{name} must have one layer of areas and has {len(tables)} ({names[:200]}); "
            "save the one wanted by itself."
        )
    return tables[0]


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
    return database


def _computes(database: sqlite3.Connection) -> bool:
    """Tell whether reading some table would run expressions of its author."""
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    columns = (
        column
        for (table,) in tables
        for column in database.execute(f"PRAGMA table_xinfo({_quoted(str(table))})")
    )
    # 1 marks the hidden columns of an index; 2 and 3 are generated columns.
    return any(column[-1] in {2, 3} for column in columns)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sqlite_batches(layer: Layer, columns: list[str], size: int, first: int) -> Iterator[RawBatch]:
    table = layer.table or ""
    with closing(_connect(layer.path)) as database:
        geometry = database.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
        ).fetchone()[0]
        wanted = ", ".join(map(_quoted, [geometry, *columns]))
        # Names of tables and columns cannot be bound; they are quoted above.
        cursor = database.execute(f"SELECT {wanted} FROM {_quoted(table)}")  # noqa: S608
        while rows := cursor.fetchmany(size):
            blobs = [row[0] for row in rows]
            yield RawBatch(first, [row[1:] for row in rows], _blob_decoder(blobs))
            first += len(rows)


def _blob_decoder(blobs: list[Any]) -> Callable[[list[int]], Geometries]:
    def decode(wanted: list[int]) -> Geometries:
        return np.asarray(shapely.from_wkb([_wkb(blobs[i]) for i in wanted]), dtype=object)

    return decode


def _wkb(blob: Any) -> bytes | None:
    """Cut the GeoPackage header off a geometry (OGC 12-128, clause 2.1.3)."""
    if blob is None:
        return None
    if not isinstance(blob, bytes) or len(blob) < 9 or blob[:2] != b"GP":
        raise ValueError("not a GeoPackage geometry")
    envelope = (blob[3] >> 1) & 7
    if envelope >= len(_ENVELOPES) or blob[3] & 0x20:
        raise ValueError("an extended GeoPackage geometry")
    return blob[8 + _ENVELOPES[envelope] :]


def _fiona_batches(layer: Layer, columns: list[str], size: int, first: int) -> Iterator[RawBatch]:
    values: list[tuple[Any, ...]] = []
    shapes: list[Any] = []
    with fiona.open(layer.path, allowed_drivers=[layer.driver]) as source:
        for feature in source:
            properties = feature.properties
            values.append(tuple(properties.get(column) for column in columns))
            shapes.append(_shape(feature.geometry))
            if len(values) == size:
                yield RawBatch(first, values, _shape_decoder(shapes))
                first += size
                values, shapes = [], []
    if values:
        yield RawBatch(first, values, _shape_decoder(shapes))


def _shape(geometry: Any) -> Any:
    """Build a geometry; NaN among its coordinates is found later and has a sentence."""
    with np.errstate(invalid="ignore"):
        return None if geometry is None else shape(geometry)


def _shape_decoder(shapes: list[Any]) -> Callable[[list[int]], Geometries]:
    def decode(wanted: list[int]) -> Geometries:
        # Filled one by one: numpy would take a list of geometries apart.
        chosen = np.empty(len(wanted), dtype=object)
        chosen[:] = [shapes[i] for i in wanted]
        return chosen

    return decode
