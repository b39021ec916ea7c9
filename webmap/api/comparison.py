"""Comparison areas over HTTP: matched pairs, balance, and what could be seen of outcomes."""

from flask import Response
from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.comparison_words import document
from geo_wealth.queries.datasets import attributions
from webmap.api.blueprint import route
from webmap.caching import cached, json_response
from webmap.compared import find_comparison
from webmap.comparison_params import COMPARISON
from webmap.comparison_view import proposal
from webmap.draw_found import ground_of
from webmap.params import Values


@route("/comparison", "Choose comparison areas for a pilot", COMPARISON, "Comparison")
def comparison(values: Values) -> Response:
    """Give matched pairs with distances, the areas left out, and the balance."""
    if not values["area"]:
        raise InvalidRequestError("area", "name the areas of the pilot, such as E01011140.")

    def build(conn: Connection) -> Response:
        _filters, ranking, terrain = ground_of(conn, values)
        found, seen = find_comparison(conn, ranking, terrain, values)
        used = [*found["inputs"]["datasets"], *terrain.datasets]
        command, reasons = proposal(conn, ranking, terrain, values)
        answer = document(found, seen)
        answer |= {"command": command, "findings": reasons, "sample": ranking.sample}
        return json_response({**answer, "attribution": attributions(conn, used)})

    return cached(values, build)
