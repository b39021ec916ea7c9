"""Pilot areas over HTTP: the best drawing, others, and one chosen by hand."""

from dataclasses import asdict
from typing import Any

from flask import Response
from sqlalchemy import Connection

from geo_wealth.evidence.drawing import (
    area_document,
    facts_document,
    request_document,
    sensitivity_document,
)
from geo_wealth.queries.datasets import attributions
from webmap.addresses import address
from webmap.api.blueprint import route
from webmap.caching import cached, json_response
from webmap.draw_found import Drawn, find_drawing, ground_of
from webmap.draw_params import DRAW, draw_query
from webmap.params import Values


@route("/drawing", "Draw a pilot area, or set one chosen by hand against it", DRAW, "Drawing")
def drawing(values: Values) -> Response:
    """Give the best drawing, alternatives, and the facts and findings of what is shown."""

    def build(conn: Connection) -> Response:
        found = find_drawing(conn, *ground_of(conn, values), values)
        document = drawing_document(found)
        document["page"] = address("pages.draw", draw_query(found.filters, values))
        document["attribution"] = attributions(
            conn, [*found.ranking.datasets, *found.terrain.datasets]
        )
        return json_response(document)

    return cached(values, build)


def drawing_document(found: Drawn) -> dict[str, Any]:
    """Give a drawing as JSON; what is shown also in words, as the page prints it."""
    drawn, shown = found.drawing, found.shown
    return {
        "ranking": found.ranking.id,
        "request": request_document(drawn.request),
        "sample": drawn.sample,
        "within": drawn.within_name,
        "best": area_document(drawn.best),
        "alternatives": [area_document(each) for each in drawn.alternatives],
        "left_out": [asdict(each) for each in drawn.left_out],
        "sensitivity": sensitivity_document(found.sensitivity, drawn.best.facts.codes),
        "selection": {
            **facts_document(shown.facts),
            "by_hand": shown.by_hand,
            "keeps": found.selection is None or found.selection.keeps,
            "findings": shown.findings,
            "touching": shown.touching,
            "headline": shown.headline,
            "proof": shown.proof,
            "sure": shown.sure,
            "lines": [{**asdict(line), "beside": line.beside} for line in shown.lines],
            "command": shown.command,
        },
    }
