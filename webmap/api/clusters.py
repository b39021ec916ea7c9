"""Clusters, hidden pockets, and neighbourhoods side by side, over HTTP."""

from flask import Response
from sqlalchemy import Connection

from geo_wealth.clusters import Permutations
from geo_wealth.pipeline.clusters import clusters_document, ranking_clusters
from geo_wealth.pipeline.clusters_found import OF
from geo_wealth.pipeline.side_by_side import check_codes, side_by_side, side_by_side_document
from geo_wealth.queries.datasets import attributions
from webmap.api.blueprint import next_link, paged, route
from webmap.caching import cached, json_response
from webmap.filters import DISTRICT, KEPT, PAGING, SCORING, rank_filters
from webmap.params import Param, Values
from webmap.ranked import find_ranking
from webmap.side import SIDE, areas_given

_USUAL = Permutations()
CLUSTERS = (
    Param("of", "What clusters are of.", allowed=OF, default="score"),
    Param(
        "permutations",
        "How many permutations significance is judged by.",
        kind="integer",
        minimum=99,
        maximum=99_999,
        default=_USUAL.permutations,
    ),
    Param(
        "seed",
        "The same seed gives the same answer.",
        kind="integer",
        minimum=0,
        maximum=999_999_999,
        default=_USUAL.seed,
    ),
)


@route(
    "/clusters",
    "Say which neighbourhoods are high or low together with those around them",
    (DISTRICT, *SCORING, KEPT, *CLUSTERS, *PAGING),
    "Clusters",
)
def clusters(values: Values) -> Response:
    """Give local Moran, Gi* and hidden pockets of a ranked district."""
    how = Permutations(values["permutations"], values["seed"])

    def build(conn: Connection) -> Response:
        _filters, ranking = find_ranking(conn, rank_filters(values))
        document = clusters_document(ranking_clusters(conn, ranking, values["of"], how))
        document["areas"], more = paged(document["areas"], values)
        document["attribution"] = attributions(conn, ranking.datasets)
        document["next"] = next_link(values, more)
        return json_response(document)

    return cached(values, build)


@route(
    "/rankings/compare", "Put two to four neighbourhoods side by side", SIDE, "NeighbourhoodsBeside"
)
def compare_areas(values: Values) -> Response:
    """Compare neighbourhoods of one ranking."""
    codes = areas_given(values)
    check_codes(codes)

    def build(conn: Connection) -> Response:
        _filters, ranking = find_ranking(conn, rank_filters(values))
        document = side_by_side_document(side_by_side(conn, ranking, codes))
        document["attribution"] = attributions(conn, ranking.datasets)
        return json_response(document)

    return cached(values, build)
