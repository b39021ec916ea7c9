"""Public answers with an ETag made of what they depend on: the data and the parameters."""

import hashlib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import orjson
from flask import Response, request
from sqlalchemy import Connection

from geo_wealth.queries.datasets import data_version
from webmap.database import connection
from webmap.params import Values

MAX_AGE = 300


def cached(values: Values, build: Callable[[Connection], Response]) -> Response:
    """Answer 304 when the caller has it already; otherwise build the answer.

    The tag is weak, since compression changes the bytes and not what they say. Pages are
    not sent through here: a 304 would bring a new nonce to an old page.
    """
    conn = connection()
    tag = etag(data_version(conn), values)
    response = Response(status=304) if request.if_none_match.contains_weak(tag) else build(conn)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return response


def checked(
    values: Values, build: Callable[[Connection], Response], state: Callable[[Connection], str]
) -> Response:
    """Answer as :func:`cached` does what also depends on more than data: asked anew each time.

    Parameters
    ----------
    state
        Names the state of what it depends on besides.
    """
    conn = connection()
    tag = etag(f"{data_version(conn)} {state(conn)}", values)
    response = Response(status=304) if request.if_none_match.contains_weak(tag) else build(conn)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def etag(data: str, values: Values) -> str:
    """Make the tag of an address under a version of the data."""
    parts = [_release(), data, request.path, sorted(values.items(), key=lambda item: item[0])]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()[:32]


def json_response(document: object) -> Response:
    """Write a document as JSON."""
    body = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE, default=_plain)
    return Response(body, mimetype="application/json")


def _release() -> str:
    try:
        return version("geo-wealth")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "checkout"


def _plain(value: object) -> str:
    """Write money and anything else JSON lacks as text; a Decimal never becomes a float."""
    return str(value)
