"""Area: in plain English, why it ranks where it does, and what stands there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy import Connection

from boundaries.codes import INDEX, kind_of
from geo_wealth.errors import NotFoundError
from geo_wealth.indicators import INDICATORS, Indicator, described
from geo_wealth.pipeline.cluster_words import area_cluster_sentences
from geo_wealth.pipeline.clusters import ranking_clusters
from geo_wealth.pipeline.explain import explain
from geo_wealth.pipeline.reach import surroundings
from geo_wealth.pipeline.robustness import area_robustness, robustness_sentence
from geo_wealth.pipeline.words import contributions_shown
from geo_wealth.queries import places
from geo_wealth.queries.rows import AreaRow, AssetRow, NotRanked, RankedArea, Ranking
from webmap.choropleth import MapParts, MapPoint, MapState, legend_of, render
from webmap.database import connection
from webmap.domains import domain_rows
from webmap.filters import (
    AGAINST,
    PLACE,
    VINTAGE,
    RankFilters,
    query_of,
    rank_filters,
    refuse_elsewhere,
)
from webmap.nearest import asset_point
from webmap.pages.blueprint import blueprint, page, sample_in_use, settings
from webmap.params import Values, read
from webmap.ranked import find_ranking, names, score_classes, scores, units_of
from webmap.robust import METHOD_POINTER

PARAMS = (*PLACE, VINTAGE, AGAINST)
WORDS = 4
NOT_RANKED = "{name} is not ranked, because no index or no district is loaded for it."


@blueprint.get("/areas/<code>")
def area(code: str) -> Response | tuple[Response, int]:
    """Tell one neighbourhood."""
    values = read(request.args, PARAMS)
    if kind_of(code) == "ward":
        return redirect(url_for("pages.ward", code=code))  # type: ignore[return-value]
    conn = connection()
    found = places.area(conn, code, values["vintage"])
    refuse_elsewhere(values, found.name, found.district_code)
    filters, ranking = ranking_of(conn, found, values)
    around = surroundings(conn, found)
    told = explain(ranking, code, values["against"]) if ranking else None
    index = ranking.request.index if ranking else max(found.domains, default=None)
    return page(
        "area.html",
        title=found.name,
        area=found,
        ranking=ranking,
        words=told.sentences[:WORDS] if told else [NOT_RANKED.format(name=found.name)],
        reason=told.sentences[WORDS:] if told else [],
        index=index,
        domains=domain_rows(found.domains.get(index or "", ())),
        around=around,
        query=query_of(filters) if ranking else {},
        legend=legend_of(score_classes(ranking)) if ranking else (),
        map=area_map(conn, found, ranking, around.assets),
        sample=sample_in_use(conn),
        **(placed(conn, ranking, told.area) if ranking and told else {}),
    )


def placed(conn: Connection, ranking: Ranking, area: RankedArea | NotRanked) -> dict[str, Any]:
    """Say where an area stands in its ranking, how sure that is, and among its neighbours."""
    clusters = ranking_clusters(conn, ranking)
    sure = area_robustness(ranking, area.code)
    return {
        "found": area,
        "named": named(ranking),
        "units": units_of(ranking.request),
        "parts": contributions_shown(area) if isinstance(area, RankedArea) else {},
        "method_pointer": METHOD_POINTER,
        "sure": None if sure is None else robustness_sentence(sure),
        "beside": area_cluster_sentences(clusters.areas[area.code], clusters),
        "pocket": clusters.areas[area.code].pocket,
    }


def named(ranking: Ranking) -> dict[str, Indicator]:
    """Describe the figures of a ranking, spend as it was measured."""
    return {slug: described(slug, ranking.request.spend_variant) for slug in INDICATORS}


def ranking_of(
    conn: Connection, found: AreaRow, values: Values
) -> tuple[RankFilters, Ranking | None]:
    """Rank the area's district by the index asked, or the newest on the area's boundaries."""
    filters = rank_filters(values)
    index = values["index"] or max(found.domains, default=None)
    if index is None or found.district_code is None or INDEX[index].vintage != found.vintage:
        return filters, None
    wanted = replace(filters.request, district=found.district_code, index=index)
    try:
        return find_ranking(conn, replace(filters, request=wanted))
    except NotFoundError:
        return filters, None


def area_map(
    conn: Connection, found: AreaRow, ranking: Ranking | None, assets: Sequence[AssetRow]
) -> MapParts:
    """Draw the area among its neighbours, with the buildings around it."""
    known = names(ranking) if ranking else {found.code: found.name}
    points: list[MapPoint] = [point for asset in assets if (point := asset_point(asset))]
    state = MapState(
        values=scores(ranking) if ranking else {found.code: None},
        names=known,
        legend=legend_of(score_classes(ranking)) if ranking else (),
        selected=(found.code,),
        points=tuple(points),
        links=url_for("pages.area", code="CODE").replace("CODE", "{code}"),
    )
    return render(places.features(conn, found.vintage, sorted(known)), state, settings())
