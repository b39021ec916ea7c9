"""GeoJSON features as a table: properties as text, a point for each geometry."""

import json
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError

from boundaries.errors import RefusedFileError
from geo_wealth.containers import Content, decode
from geo_wealth.headers import UnknownLayoutError
from geo_wealth.table import Match, Recogniser, Table, text_cells

LONGITUDE, LATITUDE = "geometry longitude", "geometry latitude"

MAX_NAMES = 1_000
"""Most different properties of a file; a real one has some dozens."""

_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


def is_geojson(content: Content) -> bool:
    """Tell whether a text file is JSON rather than a table of rows."""
    return content.kind == "text" and content.data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def open_features(content: Content, recognise: Recogniser[Match]) -> Table[Match]:
    """Read a feature collection as a table; the line of a row is the number of its feature.

    Raises
    ------
    RefusedFileError
        When it is not a feature collection in WGS84, or its properties are not known.
    """
    text = decode(content)
    try:
        document = json.loads(text.data)
        features = _features(content.name, document)
        rows = [_row(content.name, at, feature) for at, feature in enumerate(features, 1)]
    except (ValueError, RecursionError) as error:
        raise RefusedFileError(
            f"{content.name} is not valid GeoJSON, or is cut short; fetch it again."
        ) from error
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    if len(names) > MAX_NAMES:
        raise RefusedFileError(
            f"{content.name} has {len(names):,} different properties, more than {MAX_NAMES:,}; "
            "keep only those that describe the features."
        )
    match = recognise(names)
    if match is None:
        raise UnknownLayoutError(content.name, [names])
    cells = text_cells([[row.get(name, "") for name in names] for row in rows], len(names))
    lines = np.arange(1, len(rows) + 1, dtype=np.int64)
    return Table(content.name, match, lines, cells, (), text.repairs)


def _features(name: str, document: Any) -> list[dict[str, Any]]:
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(each, dict) for each in features):
        raise RefusedFileError(f"{name} is JSON but no GeoJSON feature collection.")
    crs = document.get("crs")
    if crs is not None and not str(crs).strip("{}'\" ").endswith(_WGS84):
        raise RefusedFileError(
            f"{name} states another coordinate system than WGS84; convert it to EPSG:4326 first."
        )
    return features


def _row(file: str, number: int, feature: dict[str, Any]) -> dict[str, str]:
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise RefusedFileError(
            f"{file}, feature {number}: 'properties' must be an object of names and values."
        )
    row = {_text(name): _text(value) for name, value in properties.items()}
    longitude, latitude = _point(feature.get("geometry"))
    return {**row, LONGITUDE: longitude, LATITUDE: latitude}


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # Half a pair of UTF-16, which JSON can escape, is no character and cannot be stored.
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _point(geometry: Any) -> tuple[str, str]:
    if not isinstance(geometry, dict):
        return "", ""
    try:
        point = shapely.from_geojson(json.dumps(geometry)).representative_point()
    except (ShapelyError, ValueError):
        return "", ""
    return ("", "") if point.is_empty else (repr(point.x), repr(point.y))
