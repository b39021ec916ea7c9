"""JSON logs in UTC, one line per request, with its id and without personal data."""

import json
import logging
import re
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, Response, g, has_request_context, request

LOGGER = "webmap"
HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[0-9A-Za-z-]{8,64}\Z", re.ASCII)
_FIELDS = ("request_id", "method", "route", "status", "ms")


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the record; a trace goes into a field, so that a line stays a line."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            entry["request_id"] = request_id()
        entry |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def request_id() -> str:
    """Return the id of this request: the proxy's, where it sent a sane one."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _ACCEPTED.match(given) else uuid4().hex
    known: str = g.request_id
    return known


def configure(stream: object = None) -> None:
    """Send the logs of the service to standard error."""
    logger = logging.getLogger(LOGGER)
    if not logger.handlers:
        handler = logging.StreamHandler(stream or sys.stderr)  # type: ignore[arg-type]
        handler.setFormatter(JsonFormatter())
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def init_app(app: Flask) -> None:
    """Write a line for each request: its route and not its address, which holds postcodes."""
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = time.perf_counter()
    request_id()


def elapsed() -> float:
    """Seconds since the request came in."""
    started: float = g.get("started", time.perf_counter())
    return time.perf_counter() - started


def _finish(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    logging.getLogger(LOGGER).info(
        "request",
        extra={
            "method": request.method,
            "route": request.url_rule.rule if request.url_rule else None,
            "status": response.status_code,
            "ms": round(elapsed() * 1000, 1),
        },
    )
    return response
