"""Rank: the table and the map of the same rows, under weights that the reader sets."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, request, url_for

from geo_wealth.errors import InvalidRequestError
from geo_wealth.indicators import DEFAULT_SPEND, INDICATORS
from geo_wealth.pipeline.cluster_words import summary_sentences
from geo_wealth.pipeline.clusters import ranking_clusters
from geo_wealth.queries import places
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.rows import District, Ranking
from webmap import wording
from webmap.addresses import address
from webmap.choropleth import MapState, legend_of, render
from webmap.database import connection
from webmap.filters import (
    ORDERING,
    RANKING,
    ROBUST,
    SORTS,
    RankFilters,
    query_of,
    rank_filters,
)
from webmap.pages.blueprint import blueprint, page, settings
from webmap.params import read
from webmap.ranked import (
    NO_DISTRICT,
    Row,
    find_ranking,
    names,
    score_classes,
    scores,
    table,
    units_of,
)
from webmap.robust import METHOD_POINTER, SHARES, TOP, Ranges, explained, ranges

DOWNLOADS = (("CSV", "csv_file"), ("GeoJSON", "geojson"), ("GeoPackage", "gpkg"))
_OF_THE_TABLE = ("district", "top", "sort", "order", "robust_top", "robust_share")
SCALE = {"z": "higher first"}
DESCENDING_FIRST = frozenset({"score", *INDICATORS})


@blueprint.get("/rank")
def rank() -> Response:
    """Rank the neighbourhoods of a district."""
    filters = rank_filters(read(request.args, (*RANKING, *ORDERING, *ROBUST)))
    conn = connection()
    known = places.districts(conn)
    if not known:
        return page("empty.html", 200, **EMPTY)
    filters, ranking = find_ranking(conn, filters)
    features = places.features(conn, ranking.lsoa_vintage, sorted(names(ranking)))
    found, filters, problem = filtered_ranges(ranking, filters)
    rows, left_out = table(ranking, filters, found)
    clusters = ranking_clusters(conn, ranking)
    state = map_state(ranking)
    return page(
        "rank.html",
        400 if problem else 200,
        title=f"{ranking.district_name}: neighbourhoods ranked for a pilot",
        ranking=ranking,
        context=context_line(ranking),
        weighted=weights_line(ranking),
        scale=SCALE.get(ranking.request.normalise, "0 to 1, higher first"),
        rows=rows,
        left_out=left_out,
        problem=problem,
        explained=explained(),
        method_pointer=METHOD_POINTER,
        clusters=clusters.areas,
        among=" ".join(summary_sentences(clusters)),
        legend=state.legend,
        map=render(features, state, settings()),
        sample=ranking.sample,
        attributions=attributions(conn, ranking.datasets),
        units=units_of(ranking.request),
        **counts(rows, filters),
        **controls(filters, ranking, known),
    )


EMPTY: dict[str, Any] = {
    "title": "Choose a pilot",
    "sentence": "Here the neighbourhoods of a district are ranked, on a map and in a table.",
    "step": NO_DISTRICT,
    "attributions": [],
}


def filtered_ranges(
    ranking: Ranking, filters: RankFilters
) -> tuple[Ranges, RankFilters, str | None]:
    """Find the ranges; a filter beyond the areas ranked is dropped, and said at its field."""
    try:
        return ranges(ranking, filters), filters, None
    except InvalidRequestError as error:
        if error.parameter != "robust_top":
            raise
        free = replace(filters, robust_top=None)
        return ranges(ranking, free), free, f"This {error.reason}"


def counts(rows: Sequence[Row], filters: RankFilters) -> dict[str, Any]:
    """Count what is shown and what passes the filter, which rank.js says in the same words."""
    meeting = sum(row.meets for row in rows)
    filtered = (
        f"{meeting} of {len(rows)} neighbourhoods {'is' if meeting == 1 else 'are'} among the "
        f"first {filters.robust_top} in at least {100 * filters.robust_share:g} % of weightings."
    )
    return {
        "shown": sum(row.shown for row in rows),
        "meeting": meeting,
        "filtered": filtered if filters.robust_top else "",
    }


def map_state(ranking: Ranking) -> MapState:
    """Say what the map shows: scores, classes, and three layers that can be switched on."""
    district = ranking.request.district
    index = ranking.request.index
    return MapState(
        values=scores(ranking),
        names=names(ranking),
        legend=legend_of(score_classes(ranking)),
        layers={
            kind: url_for(f"api.{kind}s", district=district, index=index)
            for kind in ("supplier", "anchor", "asset")
        },
    )


def context_line(ranking: Ranking) -> str:
    """Say in one line what is ranked, by which data, and how much of the money is placed."""
    spend = ranking.spend
    parts = [
        ranking.district_name,
        f"{len(ranking.areas) + len(ranking.not_ranked)} neighbourhoods",
        wording.index_name(ranking.request.index),
    ]
    if spend.payments:
        parts.append(
            f"spend {wording.financial_years(spend.first, spend.last)} by "
            f"{wording.listed(spend.payers)}"
        )
        parts.append(f"{wording.percent(spend.share_located)} of the pounds located")
        parts.append(wording.spend_measure(ranking.request))
    else:
        parts.append("no ledger loaded")
    return ", ".join(parts) + "."


def weights_line(ranking: Ranking) -> str:
    """Say the weights in words, for a print shows no slider; rank.js keeps it right."""
    parts = [
        f"{indicator.short_name.lower()} {wording.percent(ranking.request.weights[slug])}"
        for slug, indicator in INDICATORS.items()
    ]
    return f"Weighted: {', '.join(parts)}."


def controls(filters: RankFilters, ranking: Ranking, known: Sequence[District]) -> dict[str, Any]:
    """Gather the links and form values that carry the state of the address."""
    free = replace(filters, kept=None)
    query = query_of(free)
    weights = {f"w.{slug}" for slug in INDICATORS}
    total = len(ranking.areas)
    return {
        "query": {name: value for name, value in query.items() if name not in _OF_THE_TABLE},
        "state": query_of(free, spend_variant=None),
        "fixed": {name: value for name, value in query.items() if name not in weights},
        "compare": {
            name: value
            for name, value in query_of(filters).items()
            if name not in _OF_THE_TABLE or name == "district"
        },
        "kept": filters.kept,
        "robust_top": filters.robust_top,
        "more_chosen": bool(filters.robust_top) or filters.request.spend_variant != DEFAULT_SPEND,
        "robust_share": filters.robust_share,
        "robust_shares": sorted({*SHARES, filters.robust_share}),
        "robust_first": filters.robust_top or max(1, min(TOP, total)),
        "unfiltered": query_of(filters, robust_top=None, robust_share=None),
        "points": filters.points,
        "directions": ranking.request.directions,
        "sort": filters.sort,
        "order": filters.order,
        "sort_links": {key: sort_link(filters, key) for key in SORTS},
        "show_all": address("pages.rank", query_of(filters, top=max(total, 1))),
        "draw_href": draw_link(filters),
        "downloads": [
            (name, address(f"exports.{kind}", query_of(filters))) for name, kind in DOWNLOADS
        ],
        "districts": known,
        "indices": indices_of(known, ranking.request.district),
        "others": others(known, ranking),
        "releases": sorted({index for district in known for index in district.indices}),
    }


def draw_link(filters: RankFilters) -> str:
    """Address that draws a pilot area on this ranking, without what orders or filters rows."""
    ranking = {param.name for param in RANKING} - {"top"}
    query = query_of(filters)
    return address("pages.draw", {name: query[name] for name in query if name in ranking})


def sort_link(filters: RankFilters, key: str) -> str:
    """Address of the same table sorted by a column; a second time turns the order."""
    first = "desc" if key in DESCENDING_FIRST else "asc"
    turned = {"asc": "desc", "desc": "asc"}[filters.order]
    order = turned if filters.sort == key else first
    changes: dict[str, str | int | None] = {"sort": key, "order": order}
    if (key, order) == ("rank", "asc"):
        changes = {"sort": None, "order": None}
    return f"{address('pages.rank', query_of(filters, **changes))}#ranking"


def indices_of(known: Sequence[District], district: str) -> tuple[str, ...]:
    """Return the releases loaded for a district."""
    return next((row.indices for row in known if row.code == district), ())


def others(known: Sequence[District], ranking: Ranking) -> list[tuple[str, str]]:
    """Link the other districts and releases that can be ranked."""
    here = (ranking.request.district, ranking.request.index)
    return [
        (
            f"{district.name}, {wording.index_name(index)}",
            url_for("pages.rank", district=district.code, index=index),
        )
        for district in known
        for index in district.indices
        if (district.code, index) != here
    ]
