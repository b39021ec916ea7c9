"""What went wrong, in words: one table from exception to status, two ways of saying it."""

import logging
from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, render_template, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from geo_wealth.db import unavailable
from geo_wealth.errors import (
    BusyError,
    DatabaseUnavailableError,
    GeoWealthError,
    InvalidRequestError,
    NotFoundError,
    SetupError,
)
from webmap.logs import LOGGER, request_id

STATUS: dict[type[Exception], int] = {
    InvalidRequestError: 400,
    NotFoundError: 404,
    BusyError: 503,
    DatabaseUnavailableError: 503,
    SetupError: 503,
    GeoWealthError: 422,
}
RETRY_SECONDS = 5
MACHINES = frozenset({"api", "exports", "draw_exports", "spend_exports", "ops"})

_TITLES = {
    400: "There is a problem with the address",
    404: "Page not found",
    405: "This address cannot be used that way",
    503: "The service is busy for a moment",
}
_SENTENCES = {
    403: "This address is open to nobody yet: it has been given no role.",
    404: "There is nothing at this address. Check it, or start from the home page.",
    405: "This address is only for reading.",
    503: "The database does not answer. Try again in a moment.",
}
_UNEXPECTED = "Something went wrong on our side. Nothing was lost; try again in a moment."


def init_app(app: Flask) -> None:
    """Answer every exception; nothing of a trace or of a driver's text leaves the house."""
    app.before_request(refuse_unprintable)
    for kind in (GeoWealthError, HTTPException, Exception):
        app.register_error_handler(kind, answer)


def refuse_unprintable() -> None:
    """Refuse a code or key that nothing can have, before the database or a disk sees it."""
    for part in (request.view_args or {}).values():
        if not str(part).isprintable():
            raise NotFoundError(
                "There is nothing at this address: it holds unprintable characters."
            )


def answer(error: Exception) -> Response:
    """Turn an exception into a response."""
    status = status_of(error)
    if status >= 500:
        logging.getLogger(LOGGER).error("failed", exc_info=error)
    response = problem(status, error) if for_machines() else page(status, error)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if isinstance(error, HTTPException) and "Allow" in dict(error.get_headers()):
        response.headers["Allow"] = dict(error.get_headers())["Allow"]
    return response


def status_of(error: Exception) -> int:
    """Look the exception up in the table."""
    if isinstance(error, HTTPException):
        return error.code or 500
    if is_database_away(error):
        return 503
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)


def is_database_away(error: Exception) -> bool:
    """Tell a database that does not answer from a query that is wrong."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeoutError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def sentence(status: int, error: Exception) -> str:
    """Say what happened, to what, and what to do."""
    if isinstance(error, GeoWealthError):
        return str(error)
    if isinstance(error, DBAPIError) and status == 503:
        return str(unavailable(error))
    return _SENTENCES.get(status, _UNEXPECTED if status >= 500 else HTTPStatus(status).description)


def for_machines() -> bool:
    """Tell whether the answer goes to a program: by route, not by what the address ends in."""
    blueprint = request.blueprint or _blueprint_when_read()
    return blueprint in MACHINES if blueprint else request.path.startswith("/api/")


def _blueprint_when_read() -> str | None:
    """Name the blueprint that a GET of the address goes to, after another method was refused."""
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint = adapter.match(method="GET")[0] if adapter else ""
    except HTTPException:
        return None
    return endpoint.rpartition(".")[0] or None


def problem(status: int, error: Exception) -> Response:
    """Write an RFC 9457 problem."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence(status, error),
        "instance": request.path,
        "request_id": request_id(),
    }
    if isinstance(error, InvalidRequestError):
        body["parameter"] = error.parameter
    response = jsonify(body)
    response.mimetype = "application/problem+json"
    return response


def page(status: int, error: Exception) -> Response:
    """Write the page for a person."""
    return Response(
        render_template(
            "pages/error.html",
            title=_TITLES.get(status, "Sorry, there is a problem with the service"),
            sentence=sentence(status, error),
            status=status,
            request_id=request_id(),
        ),
        mimetype="text/html",
    )
