"""Whether a pilot worked, over HTTP."""

from flask import Response
from sqlalchemy import Connection

from geo_wealth.pipeline.effect_documents import datasets_of, effect_document
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.pilots import pilots_version
from webmap.api.blueprint import route
from webmap.caching import checked, json_response
from webmap.compared import find_effect
from webmap.comparison_params import EFFECT
from webmap.params import Values


@route("/pilots/<slug>/effect", "Judge a pilot by an outcome", EFFECT, "PilotEffect")
def pilot_effect(values: Values, slug: str) -> Response:
    """Give effect, checks and warnings; before later periods, what cannot be said yet."""

    def build(conn: Connection) -> Response:
        judged = find_effect(conn, slug, values["measure"])
        owed = attributions(conn, datasets_of(judged))
        return json_response({**effect_document(judged), "attribution": owed})

    return checked(values, build, pilots_version)
