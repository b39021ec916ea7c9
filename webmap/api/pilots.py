"""Pilots over HTTP: to be read, by anybody, without the names of officers."""

from flask import Response
from sqlalchemy import Connection

from geo_wealth.pipeline.pilot_documents import change_document, pilot_document, summaries
from geo_wealth.pipeline.pilots import changed
from geo_wealth.queries.pilots import pilot as find_pilot
from geo_wealth.queries.pilots import pilots_version
from webmap.admission import HEAVY
from webmap.api.blueprint import next_link, paged, route
from webmap.caching import checked, json_response
from webmap.filters import PAGING
from webmap.params import Values


@route("/pilots", "List the pilots, the newest first", PAGING, "Pilots")
def pilots(values: Values) -> Response:
    """List all pilots: state, place and dates."""

    def build(conn: Connection) -> Response:
        rows, more = paged(summaries(conn), values)
        return json_response({"pilots": rows, "next": next_link(values, more)})

    return checked(values, build, pilots_version)


@route("/pilots/<slug>", "Describe a pilot, its steps and its log", (), "Pilot")
def pilot(values: Values, slug: str) -> Response:
    """Describe a pilot, and what has changed since its evidence was frozen."""

    def build(conn: Connection) -> Response:
        found = find_pilot(conn, slug)
        changes, unknown = changed(conn, found, HEAVY.place)
        told = None if changes is None else [change_document(change) for change in changes]
        document = pilot_document(conn, found)
        return json_response(
            {**document, "changes_since_approval": told, "changes_unknown_because": unknown}
        )

    return checked(values, build, pilots_version)
