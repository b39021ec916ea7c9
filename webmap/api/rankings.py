"""Rankings over HTTP: what the rank page shows, for programs and for its own script."""

from flask import Response
from sqlalchemy import Connection

from geo_wealth.pipeline.documents import explanation_document, ranking_document
from geo_wealth.pipeline.explain import explain
from geo_wealth.pipeline.robustness import robustness_document
from geo_wealth.queries.datasets import attributions
from geo_wealth.robustness import Weightings
from webmap.api.blueprint import next_link, paged, route
from webmap.caching import cached, json_response
from webmap.choropleth import legend_of
from webmap.filters import AGAINST, DRAWS, PAGING, RANKING, ROBUST, rank_filters
from webmap.params import Values
from webmap.ranked import find_ranking, score_classes
from webmap.robust import ranges


@route("/rankings", "Rank the neighbourhoods of a district", (*RANKING, *PAGING), "Ranking")
def rankings(values: Values) -> Response:
    """Rank, and give the classes of the map with it."""

    def build(conn: Connection) -> Response:
        filters, ranking = find_ranking(conn, rank_filters(values))
        document = ranking_document(ranking)
        rows = document["areas"][: filters.top] if filters.top else document["areas"]
        document["areas"], more = paged(rows, values)
        document["legend"] = legend_of(score_classes(ranking))
        document["attribution"] = attributions(conn, ranking.datasets)
        document["next"] = next_link(values, more)
        return json_response(document)

    return cached(values, build)


@route(
    "/robustness",
    "Say how much each rank depends on the weights",
    (*RANKING, *ROBUST, *DRAWS, *PAGING),
    "Robustness",
)
def robustness(values: Values) -> Response:
    """Rank under many weightings: sensitivity to the weights, not a confidence interval."""

    def build(conn: Connection) -> Response:
        filters, ranking = find_ranking(conn, rank_filters(values))
        around = None if values["simplex"] else values["concentration"]
        how = Weightings(values["draws"], values["seed"], around)
        found = ranges(ranking, filters, how, values["k"])
        document = robustness_document(found.found)
        rows = [
            area
            for area in document["areas"]
            if found.meeting is None or area["code"] in found.meeting
        ]
        document["areas"], more = paged(rows[: filters.top], values)
        document["attribution"] = attributions(conn, ranking.datasets)
        document["next"] = next_link(values, more)
        return json_response(document)

    return cached(values, build)


@route(
    "/areas/<code>/explanation",
    "Say why a neighbourhood ranks where it does, and what would reverse it",
    (*RANKING[:-1], AGAINST),
    "Explanation",
)
def explanation(values: Values, code: str) -> Response:
    """Explain one rank, in words and figures."""

    def build(conn: Connection) -> Response:
        _filters, ranking = find_ranking(conn, rank_filters(values))
        document = explanation_document(explain(ranking, code, values["against"]))
        return json_response({**document, "sample": ranking.sample})

    return cached(values, build)
