"""Geometry of a batch of areas: reprojected, repaired, of one type, generalised."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from boundaries.errors import RefusedFileError

Geometries = NDArray[np.object_]
# ``coverage_simplify`` drops corners of less than about this squared. The generalised (BGC)
# boundaries are drawn to 20 m, so that less changes hardly anything.
GENERALISE_METRES = 40.0
# The National Grid, less its empty corner: degrees taken for metres would all lie there.
_GRID = (1_000.0, 1_000.0, 700_000.0, 1_300_000.0)
_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7


@dataclass(frozen=True, slots=True)
class Finding:
    """Something done to the geometry at one position of a batch."""

    position: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Shapes:
    """Valid MultiPolygons in EPSG:27700, the same generalised, and what was mended."""

    geometries: Geometries
    generalised: Geometries
    findings: tuple[Finding, ...]


def prepare(
    name: str,
    codes: list[str],
    decode: Callable[[list[int]], Geometries],
    positions: list[int],
    transformer: pyproj.Transformer | None,
) -> Shapes:
    """Turn the raw geometry of one batch into what is stored.

    Parameters
    ----------
    name
        Name of the file, for sentences.
    codes
        Codes of the areas, in the order of ``positions``.
    decode, positions
        Give the raw geometries.
    transformer
        To EPSG:27700, or None when already there.

    Raises
    ------
    RefusedFileError
        An area without geometry, of another type, or with coordinates that cannot be.
    """
    with np.errstate(invalid="ignore"):  # NaN among coordinates is refused by name below
        return _prepared(name, codes, _decoded(name, decode, positions), transformer)


def _prepared(
    name: str, codes: list[str], raw: Geometries, transformer: pyproj.Transformer | None
) -> Shapes:
    _refuse(name, codes, shapely.is_missing(raw) | shapely.is_empty(raw), "has no geometry")
    types = shapely.get_type_id(raw)
    _refuse(
        name,
        codes,
        ~np.isin(types, (_POLYGON, _MULTIPOLYGON, _COLLECTION)),
        "is a point or a line, not an area",
    )
    placed = _placed(name, codes, shapely.force_2d(raw), transformer)
    invalid = np.flatnonzero(~shapely.is_valid(placed))
    reasons = shapely.is_valid_reason(placed[invalid])
    placed[invalid] = shapely.make_valid(placed[invalid], method="structure")
    areas = _multipolygons(placed)
    _refuse(name, codes, shapely.is_missing(areas), "has no area that could be kept")
    findings = [
        Finding(i, "invalid-geometry-repaired", f"{codes[i]} was invalid ({why}) and was repaired.")
        for i, why in zip(invalid.tolist(), reasons, strict=True)
    ]
    findings += [
        Finding(i, "parts-dropped", f"{codes[i]} had parts that are no areas; they were dropped.")
        for i in np.flatnonzero(types == _COLLECTION).tolist()
    ]
    return Shapes(areas, generalised(areas), tuple(findings))


def generalised(areas: Geometries, metres: float = GENERALISE_METRES) -> Geometries:
    """Simplify areas that meet so that they still meet.

    The outline of the whole batch is kept as it is, so that batches meet too. An area that
    would vanish or become invalid, as where areas overlap, keeps its geometry.

    Parameters
    ----------
    areas
        Valid MultiPolygons in metres.
    metres
        Square root of the area of the corners that may go.
    """
    simple = shapely.coverage_simplify(areas, metres, simplify_boundary=False)
    usable = shapely.is_valid(simple) & ~shapely.is_empty(simple)
    return _multipolygons(np.where(usable, simple, areas))


def _decoded(
    name: str, decode: Callable[[list[int]], Geometries], positions: list[int]
) -> Geometries:
    try:
        return decode(positions)
    except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
        raise RefusedFileError(
            f"{name} has a geometry that cannot be decoded; download the file again."
        ) from error


def _refuse(name: str, codes: list[str], bad: NDArray[np.bool_], what: str) -> None:
    if bad.any():
        code = codes[int(np.flatnonzero(bad)[0])]
        more = f" (and {int(bad.sum()) - 1} more)" if bad.sum() > 1 else ""
        raise RefusedFileError(f"{name}: {code}{more} {what}; correct the file or get a sound one.")


def _placed(
    name: str, codes: list[str], raw: Geometries, transformer: pyproj.Transformer | None
) -> Geometries:
    points, owner = shapely.get_coordinates(raw, return_index=True)
    if transformer is not None:
        points = np.column_stack(transformer.transform(points[:, 0], points[:, 1]))
    west, south, east, north = _GRID
    x, y = points[:, 0], points[:, 1]
    # NaN and infinity compare as false, so that they count as outside.
    inside = (x > west) & (x < east) & (y > south) & (y < north)
    outside = np.zeros(len(codes), dtype=bool)
    outside[owner[~inside]] = True
    _refuse(name, codes, outside, "has coordinates outside Great Britain or that are no numbers")
    return np.asarray(shapely.set_coordinates(raw, points), dtype=object)


def _multipolygons(areas: Geometries) -> Geometries:
    """Gather the polygons of each geometry; None where it has none."""
    parts, owner = shapely.get_parts(areas, return_index=True)
    while (shapely.get_type_id(parts) > _POLYGON).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    polygons = (shapely.get_type_id(parts) == _POLYGON) & ~shapely.is_empty(parts)
    found = np.full(len(areas), None, dtype=object)
    shapely.multipolygons(parts[polygons], indices=owner[polygons], out=found)
    return found
