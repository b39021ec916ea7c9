"""A pilot area as files: GeoJSON, GeoPackage, and lists of its codes and postcodes."""

import tempfile
from pathlib import Path
from typing import Any

import geopandas
import orjson
import pandas as pd
import pyogrio
import shapely
from sqlalchemy import Connection

from geo_wealth.commands.output import csv_text
from geo_wealth.drawing.facts import SetFacts
from geo_wealth.pipeline.drawing import postcodes_of
from geo_wealth.pipeline.table import credited
from geo_wealth.pipeline.terrain import Terrain
from geo_wealth.queries import inputs, places
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.rows import Ranking
from geo_wealth.queries.shapes import lsoa_shapes

HEADER = (
    *("code", "name", "ward_code", "ward", "rank", "score", "residents", "residents_from"),
    *("index_score", "index_rank", "index", "ranking", "data"),
)


def area_geojson(
    connection: Connection, ranking: Ranking, terrain: Terrain, facts: SetFacts
) -> bytes:
    """Write a pilot area as GeoJSON, a feature for each LSOA, generalised, WGS84.

    Sources, and whether any of it is sample data, are members of the collection.
    """
    drawn = places.features(connection, terrain.vintage, facts.codes)
    shapes = {feature["id"]: feature["geometry"] for feature in drawn["features"]}
    features = [
        {"type": "Feature", "id": row["code"], "properties": row, "geometry": shapes[row["code"]]}
        for row in _records(connection, ranking, terrain, facts)
    ]
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            **_about(connection, ranking, terrain, facts),
            "attribution": _credits(connection, ranking, terrain),
            "features": features,
        }
    )


def area_gpkg(connection: Connection, ranking: Ranking, terrain: Terrain, facts: SetFacts) -> bytes:
    """Write a pilot area as a GeoPackage, EPSG:27700 in full detail.

    Layers: ``pilot_area`` with its one outline, ``neighbourhoods`` with its LSOAs, and
    ``about`` with the sources.
    """
    shapes = lsoa_shapes(connection, terrain.vintage, facts.codes)
    about = _about(connection, ranking, terrain, facts)
    told = [(key, str(value)) for key, value in about.items()]
    told += [("attribution", line) for line in _credits(connection, ranking, terrain)]
    whole = geopandas.GeoDataFrame(
        [about], geometry=[shapely.union_all(list(shapes.values()))], crs="EPSG:27700"
    )
    each = geopandas.GeoDataFrame(
        _records(connection, ranking, terrain, facts),
        geometry=[shapes[code] for code in facts.codes],
        crs="EPSG:27700",
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pilot.gpkg"
        pyogrio.write_dataframe(whole, path, layer="pilot_area", driver="GPKG")
        pyogrio.write_dataframe(each, path, layer="neighbourhoods", driver="GPKG", append=True)
        table = pd.DataFrame(told, columns=["key", "value"])
        pyogrio.write_dataframe(table, path, layer="about", driver="GPKG", append=True)
        return path.read_bytes()


def codes_csv(connection: Connection, ranking: Ranking, terrain: Terrain, facts: SetFacts) -> str:
    """Write the LSOAs of a pilot area as CSV; the sources stand in the last column."""
    rows = [tuple(row.values()) for row in _records(connection, ranking, terrain, facts)]
    return csv_text(*credited(HEADER, rows, _credits(connection, ranking, terrain)))


def postcodes_csv(
    connection: Connection, ranking: Ranking, terrain: Terrain, facts: SetFacts
) -> str:
    """Write the live postcodes of a pilot area as CSV, each with the LSOA its point is in."""
    note = _note(connection, ranking, terrain)
    rows = [
        (postcode, place.code, place.name, note)
        for place in facts.places
        for postcode in postcodes_of(connection, terrain, [place.code])
    ]
    header = ("postcode", "lsoa_code", "lsoa_name", "data")
    return csv_text(*credited(header, sorted(rows), _credits(connection, ranking, terrain)))


def _records(
    connection: Connection, ranking: Ranking, terrain: Terrain, facts: SetFacts
) -> list[dict[str, Any]]:
    note = _note(connection, ranking, terrain)
    rows = [
        (
            *(place.code, place.name, place.ward_code, place.ward_name, place.rank, place.score),
            *(place.residents, facts.residents_from, place.index_score, place.index_rank),
            *(ranking.request.index, ranking.id, note),
        )
        for place in facts.places
    ]
    return [dict(zip(HEADER, row, strict=True)) for row in rows]


def _about(
    connection: Connection, ranking: Ranking, terrain: Terrain, facts: SetFacts
) -> dict[str, Any]:
    return {
        "district": terrain.district,
        "district_name": terrain.district_name,
        "lsoas": len(facts.places),
        "residents": facts.residents,
        "residents_from": facts.residents_from,
        "mean_score": facts.mean_score,
        "reach": facts.reach,
        "across_m": round(facts.across_m),
        "connected": facts.connected,
        "ranking": ranking.id,
        "data": _note(connection, ranking, terrain),
    }


def _note(connection: Connection, ranking: Ranking, terrain: Terrain) -> str:
    invented = inputs.sample_keys(connection) & set(terrain.datasets)
    return "sample data" if ranking.sample or invented else "published data"


def _credits(connection: Connection, ranking: Ranking, terrain: Terrain) -> list[str]:
    return attributions(connection, {*ranking.datasets, *terrain.datasets})
