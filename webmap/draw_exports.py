"""The pilot area on screen as GeoJSON, GeoPackage, and lists of codes and of postcodes."""

from collections.abc import Callable

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from geo_wealth.drawing.facts import SetFacts
from geo_wealth.pipeline.drawing_files import area_geojson, area_gpkg, codes_csv, postcodes_csv
from geo_wealth.pipeline.terrain import Terrain
from geo_wealth.queries.rows import Ranking
from webmap.caching import cached
from webmap.draw_found import find_drawing, ground_of
from webmap.draw_params import DRAW
from webmap.params import Values, read

Writer = Callable[[Connection, Ranking, Terrain, SetFacts], bytes | str]

blueprint = Blueprint("draw_exports", __name__)


@blueprint.get("/rank/draw.geojson")
def geojson() -> Response:
    """Give the pilot area as GeoJSON."""
    return export("pilot-area.geojson", "application/geo+json", area_geojson)


@blueprint.get("/rank/draw.gpkg")
def gpkg() -> Response:
    """Give the pilot area as a GeoPackage."""
    return export("pilot-area.gpkg", "application/geopackage+sqlite3", area_gpkg)


@blueprint.get("/rank/draw.csv")
def codes() -> Response:
    """Give the neighbourhoods of the pilot area as CSV."""
    return export("pilot-area.csv", "text/csv", codes_csv)


@blueprint.get("/rank/draw-postcodes.csv")
def postcodes() -> Response:
    """Give the live postcodes of the pilot area as CSV."""
    return export("pilot-postcodes.csv", "text/csv", postcodes_csv)


def export(name: str, mimetype: str, write: Writer) -> Response:
    """Answer with a file of what is on screen."""
    values: Values = read(request.args, DRAW)

    def build(conn: Connection) -> Response:
        filters, ranking, terrain = ground_of(conn, values)
        shown = find_drawing(conn, filters, ranking, terrain, values).shown
        response = Response(write(conn, ranking, terrain, shown.facts), mimetype=mimetype)
        called = f"{ranking.request.district}-{ranking.request.index}-{name}"
        response.headers["Content-Disposition"] = f'attachment; filename="{called}"'
        return response

    return cached(values, build)
