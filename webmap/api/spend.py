"""Spend over HTTP: local, leaked and unlocated pounds under a definition, with all parts."""

from decimal import Decimal
from typing import Any

from flask import Response
from sqlalchemy import Connection

from geo_wealth.pipeline.spend import SpendResult
from geo_wealth.pipeline.spend import spend as work_out
from geo_wealth.pipeline.spend_documents import money, spend_document
from geo_wealth.queries.datasets import attributions
from geo_wealth.spend.placing import WHY
from webmap.api.blueprint import route
from webmap.caching import cached, json_response
from webmap.database import connection
from webmap.params import Values
from webmap.spend_choices import fixed
from webmap.spend_params import SPEND, spend_request


@route("/spend", "Say how much spend is local, leaked and unlocated", SPEND, "Spend")
def spend(values: Values) -> Response:
    """Give the whole and its parts; pounds as decimal strings."""

    def build(conn: Connection) -> Response:
        result = work_out(conn, spend_request(values))
        document = {**spend_document(result), **located(result)}
        return json_response({**document, "attribution": attributions(conn)})

    return cached(fixed(connection(), values), build)


def located(result: SpendResult) -> dict[str, Any]:
    """Give what the first form of this address gave: how much could be placed at all."""
    split = result.split
    placed = split.local + split.leaked
    unnamed = sum(
        (pounds for reason, pounds, _ in result.why_unlocated if reason in WHY[:2]), Decimal(0)
    )
    return {
        "located": money(placed),
        "redacted": money(unnamed),
        "share_located": float(placed / split.total) if split.total > 0 else None,
    }
