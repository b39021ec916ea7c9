"""Draw: the best pilot area on a ranking, other ways to draw it, and one chosen by hand."""

from typing import Any

from flask import Response, redirect, request
from sqlalchemy import Connection

from geo_wealth.errors import GeoWealthError
from geo_wealth.pipeline.drawing import DrawnArea
from geo_wealth.queries import places
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.rows import Ranking
from webmap.addresses import address
from webmap.choropleth import MapParts, MapState, render
from webmap.database import connection
from webmap.draw_choices import asked, hidden, offered
from webmap.draw_found import Drawn, find_drawing, ground_of
from webmap.draw_params import AFRESH, DRAW, draw_query
from webmap.draw_rows import COLUMNS, Option, candidates, groups, left_out, option
from webmap.errors import status_of
from webmap.filters import RankFilters, query_of
from webmap.pages.blueprint import REFUSALS, blueprint, page, settings
from webmap.pages.rank import EMPTY, context_line, map_state, weights_line
from webmap.params import Values, read
from webmap.ranked import names

DOWNLOADS = (
    ("GeoJSON", "draw_exports.geojson"),
    ("GeoPackage", "draw_exports.gpkg"),
    ("Codes (CSV)", "draw_exports.codes"),
    ("Postcodes (CSV)", "draw_exports.postcodes"),
)
NAMED = ("include", "exclude")


@blueprint.get("/rank/draw")
def draw() -> Response:
    """Draw a pilot area, or look at one that was chosen by hand."""
    values = read(request.args, (*DRAW, AFRESH))
    conn = connection()
    if not places.districts(conn):
        return page("empty.html", 200, **EMPTY)
    filters, ranking, terrain = ground_of(conn, values)
    if values["draw"]:
        return redirect(address("pages.draw", draw_query(filters, values, area=None)))  # type: ignore[return-value]
    form = about(filters, ranking, values)
    form["areas_offered"] = offered(conn, terrain, values["within"])
    try:
        found = find_drawing(conn, filters, ranking, terrain, values)
    except REFUSALS as error:
        return refused(error, form, values)
    return page("draw.html", 200, problem=None, **(form | answer(conn, found, values)))


def refused(error: GeoWealthError, form: dict[str, Any], values: Values) -> Response:
    """Show the form again with what is wrong."""
    nothing: dict[str, Any] = {"shown": None, "map": None, "attributions": []}
    if getattr(error, "parameter", None) not in NAMED:
        form["hidden"] = [*form["hidden"], *named(values)]
    return page("draw.html", status_of(error), problem=error, **form, **nothing)


def named(values: Values) -> list[tuple[str, str]]:
    """List the areas that must and must not be drawn, which no list on the page now carries."""
    return [(name, code) for name in NAMED for code in values[name]]


def about(filters: RankFilters, ranking: Ranking, values: Values) -> dict[str, Any]:
    """Gather what stands on the page whether or not anything can be drawn."""
    return {
        "title": f"{ranking.district_name}: draw a pilot area",
        "section": "pages.rank",
        "ranking": ranking,
        "context": context_line(ranking),
        "weighted": weights_line(ranking),
        "rank_href": address("pages.rank", query_of(filters)),
        "sample": ranking.sample,
        "asked": asked(values),
        "hidden": hidden(filters, values),
    }


def answer(conn: Connection, found: Drawn, values: Values) -> dict[str, Any]:
    """Gather the drawing: sentence, map, facts, list, alternatives and what follows."""
    filters, ranking, shown = found.filters, found.ranking, found.shown
    query = draw_query(filters, values)
    rows = candidates(
        ranking, found.terrain, found.drawing.request, shown.codes, found.sensitivity.shares
    )
    state = map_of(found)
    return {
        "shown": shown,
        "sample": found.drawing.sample,
        "map": draw_map(conn, ranking, state),
        "legend": state.legend,
        "attributions": attributions(conn, [*ranking.datasets, *found.terrain.datasets]),
        "fixed": draw_query(filters, values, area=None),
        "best_codes": found.drawing.best.facts.codes,
        "best_href": address("pages.draw", draw_query(filters, values, area=None)),
        "groups": groups(rows, shown.touching),
        "area_query": area_query(filters),
        "options": options(found, values),
        "option_columns": COLUMNS,
        "no_options": no_options(found),
        "left_out": left_out(found.drawing, rows),
        "downloads": [(name, address(endpoint, query)) for name, endpoint in DOWNLOADS],
        "comparison_href": address(
            "pages.comparison", draw_query(filters, values, area=list(shown.codes))
        ),
    }


def map_of(found: Drawn) -> MapState:
    """Say what the map shows: the ranking's, with the set of areas outlined."""
    state = map_state(found.ranking)
    return MapState(
        values=state.values,
        names=state.names,
        legend=state.legend,
        layers=state.layers,
        selected=found.shown.codes,
    )


def draw_map(conn: Connection, ranking: Ranking, state: MapState) -> MapParts:
    """Draw the whole district."""
    drawn = places.features(conn, ranking.lsoa_vintage, sorted(names(ranking)))
    return render(drawn, state, settings())


def area_query(filters: RankFilters) -> dict[str, str]:
    """Carry the ranking to the page of an area, which knows its own district."""
    dropped = {"district", "top", "sort", "order", "id"}
    return {name: value for name, value in query_of(filters).items() if name not in dropped}


def options(found: Drawn, values: Values) -> list[Option]:
    """List the best drawing and its alternatives, each with the address that shows it."""

    def best_in(drawn: DrawnArea) -> float | None:
        if drawn.kind not in {"best", "next"}:
            return None  # asked for with another cap or width
        return found.sensitivity.of(drawn.facts.codes).best

    best = address("pages.draw", draw_query(found.filters, values, area=None))
    told = [option(found.drawing.best, best_in(found.drawing.best), best, "")]
    for drawn in found.drawing.alternatives:
        query = draw_query(found.filters, values, area=drawn.facts.codes)
        told.append(option(drawn, best_in(drawn), address("pages.draw", query), drawn.sentence))
    return told


def no_options(found: Drawn) -> str:
    """Say why no alternative stands beside the best drawing."""
    if not found.drawing.request.alternatives:
        return "No other drawings were asked for."
    return "There is no other drawing that keeps to what was asked and differs enough."
