"""Spend penetration of the neighbourhoods of a district, by every measure."""

from flask import Response
from sqlalchemy import Connection

from geo_wealth.pipeline.penetration_table import penetration as work_out
from geo_wealth.pipeline.penetration_table import penetration_document
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.rows import RankRequest
from webmap.api.blueprint import next_link, paged, route
from webmap.caching import cached, json_response
from webmap.filters import DATA_INDEX, DISTRICT, PAGING, RankFilters
from webmap.params import Values
from webmap.ranked import fill_in


@route(
    "/penetration",
    "Say how far spend reaches each neighbourhood of a district, by every measure",
    (DISTRICT, DATA_INDEX, *PAGING),
    "Penetration",
)
def penetration(values: Values) -> Response:
    """Give every measure with the largest supplier's share and its interval."""

    def build(conn: Connection) -> Response:
        asked = RankRequest(values["district"] or "", index=values["index"] or "")
        request = fill_in(conn, RankFilters(asked, {})).request
        found = work_out(conn, request.district, request.index)
        document = penetration_document(found)
        document["areas"], more = paged(document["areas"], values)
        document["attribution"] = attributions(conn, found.datasets)
        document["next"] = next_link(values, more)
        return json_response(document)

    return cached(values, build)
