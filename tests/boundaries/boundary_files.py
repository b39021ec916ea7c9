"""Small files for the tests of boundaries: built in the test, hand-checkable."""

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import fiona

# Four squares of 1 km that share edges, in EPSG:27700, inside Kirklees.
CODES = ("E01000001", "E01000002", "E01000003", "E01000004")
CORNERS = ((414_000, 416_000), (415_000, 416_000), (414_000, 417_000), (415_000, 417_000))


def square(east: float, north: float, side: float = 1000) -> dict[str, Any]:
    """A square polygon from its south-west corner."""
    ring = [
        [east, north],
        [east + side, north],
        [east + side, north + side],
        [east, north + side],
        [east, north],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def squares() -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The four squares with 2021 LSOA codes, names and a district."""
    return [
        (
            {"LSOA21CD": code, "LSOA21NM": f"Square {code[-1]}", "LADCD_ACTIVE": "E08000034"},
            square(*corner),
        )
        for code, corner in zip(CODES, CORNERS, strict=True)
    ]


def geojson(
    path: Path, rows: Iterable[tuple[Mapping[str, Any], Any]], crs: str | None = "EPSG::27700"
) -> Path:
    """Write a FeatureCollection; without ``crs`` it is WGS84 by RFC 7946."""
    features = [
        {"type": "Feature", "properties": dict(properties), "geometry": geometry}
        for properties, geometry in rows
    ]
    document: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        name = f"urn:ogc:def:crs:{crs}"
        document["crs"] = {"type": "name", "properties": {"name": name}}
    path.write_text(json.dumps(document), "utf-8")
    return path


def vector(
    path: Path,
    driver: str,
    rows: Iterable[tuple[Mapping[str, Any], Any]],
    crs: str | None = "EPSG:27700",
    **options: Any,
) -> Path:
    """Write a GeoPackage or shapefile with Fiona."""
    rows = list(rows)
    schema = {"geometry": "Unknown", "properties": dict.fromkeys(rows[0][0], "str")}
    if driver == "ESRI Shapefile":
        schema["geometry"] = "Polygon"
    with fiona.open(path, "w", driver=driver, crs=crs, schema=schema, **options) as sink:
        sink.writerecords(
            [{"properties": dict(properties), "geometry": shape} for properties, shape in rows]
        )
    return path


def zipped(path: Path, members: Mapping[str, bytes | Path], *, packed: bool = True) -> Path:
    """Write a zip of names and contents."""
    with zipfile.ZipFile(path, "w", 8 * packed) as archive:
        for name, content in members.items():
            data = content.read_bytes() if isinstance(content, Path) else content
            archive.writestr(name, data)
    return path
