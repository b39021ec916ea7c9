"""The ranking on screen as CSV, GeoJSON and GeoPackage, with its sources in the file."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas
import orjson
import pandas as pd
import pyogrio
from flask import Blueprint, Response, request
from sqlalchemy import Connection

from geo_wealth.commands.output import csv_text
from geo_wealth.pipeline.clusters import cluster_cells, cluster_columns, ranking_clusters
from geo_wealth.pipeline.table import credited, ranking_rows
from geo_wealth.queries import places
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.rows import Ranking
from webmap.caching import cached
from webmap.filters import ORDERING, RANKING, ROBUST, RankFilters, rank_filters
from webmap.params import Values, read
from webmap.ranked import find_ranking, table
from webmap.robust import cells, columns, ranges

PARAMS = (*RANKING, *ORDERING, *ROBUST)

blueprint = Blueprint("exports", __name__)


@blueprint.get("/rank.csv")
def csv_file() -> Response:
    """Give the table as CSV."""
    return export("csv", "text/csv", to_csv)


@blueprint.get("/rank.geojson")
def geojson() -> Response:
    """Give the table with its areas as GeoJSON."""
    return export("geojson", "application/geo+json", to_geojson)


@blueprint.get("/rank.gpkg")
def gpkg() -> Response:
    """Give the table with its areas as a GeoPackage."""
    return export("gpkg", "application/geopackage+sqlite3", to_gpkg)


def export(ending: str, mimetype: str, write: Any) -> Response:
    """Answer with a file."""
    values: Values = read(request.args, PARAMS)

    def build(conn: Connection) -> Response:
        filters, ranking = find_ranking(conn, rank_filters(values))
        response = Response(write(conn, filters, ranking), mimetype=mimetype)
        name = f"{ranking.request.district}-{ranking.request.index}-ranking.{ending}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    return cached(values, build)


def records(conn: Connection, filters: RankFilters, ranking: Ranking) -> list[dict[str, Any]]:
    """Give the rows on screen: as many as ``top`` asks, or all, those not ranked at the end.

    With a filter on ranges only those that meet it, and so none that is not ranked.
    """
    header, rows = ranking_rows(ranking)
    found = ranges(ranking, filters)
    clusters = ranking_clusters(conn, ranking)
    names = (*header, *columns(found), *cluster_columns())
    flat = {}
    for row in rows:
        code = row[header.index("code")]
        beside = (*cells(found, code), *cluster_cells(clusters, code))
        flat[code] = dict(zip(names, (*row, *beside), strict=True))
    ordered, left_out = table(ranking, filters, found)
    meeting = [row for row in ordered if row.meets]
    every = meeting if filters.robust_top else [*meeting, *left_out]
    return [flat[row.code] for row in (meeting[: filters.top] if filters.top else every)]


def to_csv(conn: Connection, filters: RankFilters, ranking: Ranking) -> bytes:
    """Write CSV that a spreadsheet may open; the sources stand in the last column."""
    header = (*ranking_rows(ranking)[0], *columns(ranges(ranking, filters)), *cluster_columns())
    rows = [tuple(row.values()) for row in records(conn, filters, ranking)]
    return csv_text(*credited(header, rows, attributions(conn, ranking.datasets))).encode()


def to_geojson(conn: Connection, filters: RankFilters, ranking: Ranking) -> bytes:
    """Write GeoJSON; the sources are members of the collection."""
    return orjson.dumps(collection(conn, filters, ranking))


def collection(conn: Connection, filters: RankFilters, ranking: Ranking) -> dict[str, Any]:
    """Join the rows to their areas, in the order of the table."""
    rows = records(conn, filters, ranking)
    drawn = places.features(conn, ranking.lsoa_vintage, [row["code"] for row in rows])
    shapes: Mapping[str, Any] = {
        feature["properties"]["code"]: feature["geometry"] for feature in drawn["features"]
    }
    return {
        "type": "FeatureCollection",
        "ranking": ranking.id,
        "sample": ranking.sample,
        "attribution": attributions(conn, ranking.datasets),
        "features": [
            {
                "type": "Feature",
                "id": row["code"],
                "properties": row,
                "geometry": shapes.get(row["code"]),
            }
            for row in rows
        ],
    }


def to_gpkg(conn: Connection, filters: RankFilters, ranking: Ranking) -> bytes:
    """Write a GeoPackage with two layers: ``ranking``, and ``about`` with the sources."""
    document = collection(conn, filters, ranking)
    frame = geopandas.GeoDataFrame.from_features(document["features"], crs="EPSG:4326")
    about = pd.DataFrame(
        [("ranking", ranking.id), ("sample", str(ranking.sample).lower())]
        + [("attribution", line) for line in document["attribution"]],
        columns=["key", "value"],
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ranking.gpkg"
        pyogrio.write_dataframe(frame, path, layer="ranking", driver="GPKG")
        pyogrio.write_dataframe(about, path, layer="about", driver="GPKG", append=True)
        return path.read_bytes()
