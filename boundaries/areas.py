"""Boundary files to areas in EPSG:27700, with a generalised copy for maps."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from boundaries.codes import KINDS, kind_of, name_column, vintage_of_column
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.layers import SUFFIXES, Layer, RawBatch, open_layer
from boundaries.layouts import find, layouts, listed
from boundaries.packed import unpacked
from boundaries.shapes import Shapes, prepare

BNG = pyproj.CRS.from_epsg(27700)
# shapely and pyproj let go of the interpreter lock: two batches are prepared while the caller
# stores a third. More would only cost memory.
_WORKERS = 2
_AHEAD = 3


@dataclass(frozen=True, slots=True)
class AreaBatch:
    """Some areas of one file; position i of every field is the same area.

    Attributes
    ----------
    codes, names
        GSS code and name.
    districts
        Code of the local authority district as the file has it; None where it does not say.
    geometries
        Valid MultiPolygons in EPSG:27700.
    generalised
        The same for maps: shared edges are simplified alike, the batch's outline is kept.
    """

    codes: list[str]
    names: list[str]
    districts: list[str | None]
    geometries: NDArray[np.object_]
    generalised: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a layer that are read, and the kind of area they are about."""

    kind: str
    code: str
    name: str | None
    district: str | None

    def wanted(self) -> list[str]:
        return [column for column in (self.code, self.name, self.district) if column]


@dataclass(slots=True)
class _Records:
    """Values of a batch after their checks, with the feature number of each."""

    numbers: list[int] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    districts: list[str | None] = field(default_factory=list)


def read_areas(
    path: Path, kind: str, vintage: int, log: IssueLog, batch: int = 1000
) -> Iterator[AreaBatch]:
    """Stream the areas of a boundary file.

    Never more than a few batches are in memory. Invalid polygons are repaired and noted by
    code; areas of Scotland and Northern Ireland in a file of the United Kingdom are excluded.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage or shapefile, plain or in a ``.zip`` (``.gz`` for the first two).
    kind
        ``lsoa``, ``msoa``, ``ward`` or ``lad``.
    vintage
        Year of the codes, which must be the one that the column titles name.
    log
        Receives counts and issues; ``line`` is the number of the feature, from 1.
    batch
        Areas in a batch. 500 to 1,000 is quickest; larger ones generalise more of the edges.

    Yields
    ------
    AreaBatch
        In the order of the file.

    Raises
    ------
    RefusedFileError
        At the first thing that makes the whole file doubtful: another kind or vintage, no
        CRS, a repeated code, an empty geometry, coordinates outside Great Britain, a file
        that ends early. Batches given before then must not be kept.
    """
    if kind not in KINDS:
        raise RefusedFileError(f"There are no areas of kind {kind!r}; use {', '.join(KINDS)}.")
    with unpacked(path, SUFFIXES) as plain_file:
        layer = open_layer(plain_file, path.name)
        columns = _find_columns(layer, kind, vintage)
        yielded = 0
        for records, shapes in _prepared(layer, columns, batch, log):
            _note(shapes, records, log)
            log.loaded += len(records.codes)
            yielded += len(records.codes)
            yield AreaBatch(
                records.codes,
                records.names,
                records.districts,
                shapes.geometries,
                shapes.generalised,
            )
        if not yielded:
            raise RefusedFileError(f"{path.name} holds no areas of England or Wales.")


def _prepared(
    layer: Layer, columns: _Columns, size: int, log: IssueLog
) -> Iterator[tuple[_Records, Shapes]]:
    """Check values here and prepare geometry in threads; results keep the file's order."""
    transformer = _transformer(layer.crs)
    waiting: deque[tuple[_Records, Future[Shapes]]] = deque()
    seen: set[str] = set()
    pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="areas")
    try:
        for raw in layer.batches(columns.wanted(), size):
            records = _records(layer.name, raw, columns, seen, log)
            positions = [number - raw.first for number in records.numbers]
            if positions:
                job = pool.submit(
                    prepare, layer.name, records.codes, raw.decode, positions, transformer
                )
                waiting.append((records, job))
            while len(waiting) > _AHEAD:
                done, ready = waiting.popleft()
                yield done, ready.result()
        while waiting:
            done, ready = waiting.popleft()
            yield done, ready.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _records(
    name: str, raw: RawBatch, columns: _Columns, seen: set[str], log: IssueLog
) -> _Records:
    records = _Records()
    for number, values in enumerate(raw.values, raw.first):
        log.read += 1
        given = dict(zip(columns.wanted(), values, strict=True))
        code = _text(given[columns.code]) or ""
        if code[:1] in {"S", "N"} and code[1:].isdigit():
            log.exclude("outside England and Wales")
            continue
        if kind_of(code) != columns.kind:
            raise RefusedFileError(
                f"{name}, feature {number}: {columns.code} {code!r:.40} is not the code of "
                f"a {columns.kind}; load the file under the kind that it holds."
            )
        if code in seen:
            raise RefusedFileError(
                f"{name}, feature {number}: {columns.code} {code} came before; every area may "
                "appear once."
            )
        seen.add(code)
        records.numbers.append(number)
        records.codes.append(code)
        records.names.append(_name(given, columns, code, number, log))
        records.districts.append(_text(given[columns.district]) if columns.district else None)
    return records


def _name(given: dict[str, Any], columns: _Columns, code: str, number: int, log: IssueLog) -> str:
    found = _text(given[columns.name]) if columns.name else None
    if found is None:
        log.note(number, columns.name, "no-name", code, f"{code} has no name; its code is used.")
    return found or code


def _text(value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None


def _find_columns(layer: Layer, kind: str, vintage: int) -> _Columns:
    dated = {column: vintage_of_column(column) for column in layer.columns}
    codes = [column for column, found in dated.items() if found == (kind, vintage)]
    if codes:
        # "LSOA21CD" is meant even where a bare "lsoa21" stands beside it.
        code = max(codes, key=len)
        district = find(layer.columns, layouts()["areas"]["district"])
        if district is None and kind != "lad":
            district = next((c for c, found in dated.items() if found and found[0] == "lad"), None)
        return _Columns(kind, code, name_column(code, layer.columns), district)
    years = sorted({found[1] for found in dated.values() if found and found[0] == kind})
    if years:
        raise RefusedFileError(
            f"{layer.name} holds {kind} codes of {' and '.join(map(str, years))}, not of "
            f"{vintage}; load it with --vintage {years[-1]}."
        )
    raise RefusedFileError(
        f"{layer.name} has no column of {kind} codes such as those of the Office for National "
        f"Statistics; it has {listed(layer.columns)}."
    )


def _transformer(crs: pyproj.CRS) -> pyproj.Transformer | None:
    """Return how to get to EPSG:27700; None when the file is in it."""
    if crs.to_epsg() == 27700:
        return None
    return pyproj.Transformer.from_crs(crs, BNG, always_xy=True)


def _note(shapes: Shapes, records: _Records, log: IssueLog) -> None:
    for finding in shapes.findings:
        number = records.numbers[finding.position]
        log.note(number, "geometry", finding.kind, records.codes[finding.position], finding.message)
