"""Comparison: the areas that a pilot will be set beside, shown before it is approved."""

import shlex
from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from geo_wealth.evidence.section import Section
from geo_wealth.pipeline.comparison_words import SCALE, advice, measures_of, sentences
from geo_wealth.pipeline.terrain import Terrain
from geo_wealth.queries import places
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.outcomes import outcomes
from geo_wealth.queries.rows import Ranking
from webmap import comparison_view as view
from webmap.addresses import address
from webmap.choropleth import MapState, render
from webmap.compared import find_comparison
from webmap.comparison_params import COMPARISON, comparison_query, comparison_request
from webmap.database import connection
from webmap.draw_command import comparison_words
from webmap.draw_found import ground_of
from webmap.draw_params import draw_query
from webmap.errors import status_of
from webmap.filters import RankFilters, query_of
from webmap.pages.blueprint import REFUSALS, blueprint, page, settings
from webmap.pages.rank import EMPTY
from webmap.params import Values, read


@blueprint.get("/rank/comparison")
def comparison() -> Response:
    """Choose comparison areas for the pilot areas of the address."""
    values = read(request.args, COMPARISON)
    conn = connection()
    if not places.districts(conn):
        return page("empty.html", 200, **EMPTY)
    filters, ranking, terrain = ground_of(conn, values)
    form = about(conn, filters, ranking, values)
    if not values["area"]:
        return page("comparison.html", 200, problem=None, found=None, **form)
    try:
        compared = find_comparison(conn, ranking, terrain, values)
        shown = answer(conn, ranking, terrain, compared, values)
    except REFUSALS as error:
        return page("comparison.html", status_of(error), problem=error, found=None, **form)
    return page("comparison.html", problem=None, **form | shown)


def about(
    conn: Connection, filters: RankFilters, ranking: Ranking, values: Values
) -> dict[str, Any]:
    """Gather what stands on the page whether or not anything was chosen."""
    return {
        "title": f"{ranking.district_name}: comparison areas for a pilot",
        "section": "pages.rank",
        "ranking": ranking,
        "sample": ranking.sample,
        "hidden": hidden(filters, values),
        "areas": values["area"],
        "matches": values["matches"],
        "pools": view.pools(values["pool"]),
        "histories": [
            (each.measure, each.measure in values["history"])
            for each in outcomes(conn, ranking.lsoa_vintage)
        ],
        "rank_href": address("pages.rank", query_of(filters)),
        "draw_href": address("pages.draw", draw_query(filters, values)),
        "json_href": address("api.comparison", comparison_query(filters, values)),
        "map": None,
        "attributions": [],
    }


def hidden(filters: RankFilters, values: Values) -> list[tuple[str, str]]:
    """List what the form carries along: the ranking, the drawing and the areas."""
    query = draw_query(filters, values)
    return [
        (name, each)
        for name, value in query.items()
        for each in ([value] if isinstance(value, str) else value)
    ]


def answer(
    conn: Connection,
    ranking: Ranking,
    terrain: Terrain,
    compared: tuple[Section, Section | None],
    values: Values,
) -> dict[str, Any]:
    """Gather the group: sentences, map, pairs, balance, and what could be seen of outcomes."""
    found, seen = compared
    asked = found["inputs"]
    state = view.map_state(found)
    measures = [] if seen is None else seen["results"]["measures"]
    mixed = [(each, view.mix(each, asked["names"])) for each in measures if "power" in each]
    propose, reasons = view.proposal(conn, ranking, terrain, values)
    used = [*asked["datasets"], *terrain.datasets, *(seen["inputs"]["datasets"] if seen else ())]
    features = places.features(conn, terrain.vintage, drawn(terrain, state))
    return {
        "found": found,
        "lines": sentences(found, advice(found, measures_of(seen))),
        "parts": view.PARTS,
        "pairs": view.pairs(found),
        "balance": view.balance_rows(found),
        "scale": SCALE,
        "counted": view.counted(found),
        "ring": view.ring(found),
        "measures": mixed,
        "map": render(features, state, settings()),
        "attributions": attributions(conn, used),
        "propose": propose,
        "reasons": reasons,
        "command": command(ranking, values),
    }


def drawn(terrain: Terrain, state: MapState) -> list[str]:
    """List the areas on the map: the district, and what else is about it."""
    return sorted({*terrain.codes, *state.values})


def command(ranking: Ranking, values: Values) -> str:
    """Write the same for the command line."""
    asked = ranking.request
    words = ["geo-wealth", "comparison", "--district", asked.district, "--index", asked.index]
    words += comparison_words(comparison_request(values))
    for code in values["area"]:
        words += ["--area", code]
    return shlex.join(words)
