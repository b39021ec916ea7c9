"""For operators: is it alive, is it ready, what does it do."""

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from geo_wealth.errors import DatabaseUnavailableError
from geo_wealth.migrate import current, head
from webmap.database import connection
from webmap.logs import elapsed
from webmap.params import read

KEY = "prometheus"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

blueprint = Blueprint("ops", __name__)


class Metrics:
    """Counts and durations of requests; one registry for each application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "http_request_duration_seconds",
            "Time to answer a request.",
            ["route"],
            buckets=BUCKETS,
            registry=self.registry,
        )


def init_app(app: Flask) -> None:
    """Count every request of this application."""
    app.extensions[KEY] = Metrics()
    app.after_request(_observe)


def _observe(response: Response) -> Response:
    metrics: Metrics = current_app.extensions[KEY]
    route = request.url_rule.rule if request.url_rule else "none"
    # Anyone may invent a method, and every new one would be a series kept for ever.
    method = request.method if request.method in METHODS else "other"
    metrics.requests.labels(method, route, str(response.status_code)).inc()
    metrics.seconds.labels(route).observe(elapsed())
    return response


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process runs, without asking the database."""
    read(request.args, ())
    return _fresh(jsonify(status="ok"))


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether the database answers and has the tables of this version."""
    read(request.args, ())
    have, want = current(connection()), head()
    if have != want:
        raise DatabaseUnavailableError(
            f"The database is at migration {have or 'none'} and the service needs {want}: "
            "run geo-wealth db upgrade."
        )
    return _fresh(jsonify(status="ok", migration=have))


@blueprint.get("/metrics")
def metrics() -> Response:
    """Print the counters in Prometheus' format."""
    read(request.args, ())
    held: Metrics = current_app.extensions[KEY]
    return _fresh(Response(generate_latest(held.registry), content_type=CONTENT_TYPE_LATEST))


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
