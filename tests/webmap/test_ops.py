"""Health, metrics, logs, headers, and a database that is away."""

import json
import logging
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from geo_wealth.config import Settings
from geo_wealth.db import create_engine
from geo_wealth.errors import RefusedFileError, SetupError
from webmap import create_app, database
from webmap.errors import status_of
from webmap.logs import LOGGER, JsonFormatter
from webmap.security import is_loopback, policy
from webmap.server import options

AWAY = "postgresql+psycopg2://nobody@127.0.0.1:1/none"


@pytest.fixture
def away(settings: Settings) -> FlaskClient:
    """A client of a service whose database does not answer."""
    return create_app(settings, create_engine(AWAY)).test_client()


def test_healthz_asks_no_database(away: FlaskClient) -> None:
    assert away.get("/healthz").json == {"status": "ok"}


def test_readyz_names_the_migration(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["migration"]


def test_readyz_fails_on_an_older_schema(settings: Settings, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = create_app(settings, engine).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "geo-wealth db upgrade" in answer.text


@pytest.mark.parametrize(
    "address",
    ["/", "/rank", "/areas/E01011140", "/data", "/api/v1/rankings", "/rank.csv", "/readyz"],
)
def test_a_database_that_is_away_is_a_503_and_never_a_trace(
    away: FlaskClient, address: str
) -> None:
    answer = away.get(address)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    for leaked in ("Traceback", "psycopg2", "127.0.0.1:1", "nobody", "SELECT"):
        assert leaked not in answer.text
    page = address in ("/", "/rank", "/data") or address.startswith("/areas")
    assert answer.mimetype == ("text/html" if page else "application/problem+json")


@pytest.mark.parametrize(
    ("address", "heading"),
    [("/accessibility", "Accessibility statement"), ("/method", "Method")],
)
def test_pages_that_show_no_data_need_no_database(
    away: FlaskClient, address: str, heading: str
) -> None:
    answer = away.get(address)
    assert answer.status_code == 200
    assert f">{heading}</h1>" in answer.text
    assert "Contains public sector information licensed under" in answer.text


def test_a_pool_without_room_is_busy_and_not_broken() -> None:
    assert status_of(PoolTimeoutError()) == 503
    assert status_of(SetupError("x.")) == 503
    assert status_of(RefusedFileError("x.")) == 422
    assert status_of(ValueError("x")) == 500


def test_a_slow_query_is_cut_off(
    settings: Settings, sample_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = create_engine(sample_database, statement_timeout_ms=50)

    def slow(connection: Connection, _request: object) -> None:
        connection.execute(text("SELECT pg_sleep(30)"))

    monkeypatch.setattr("webmap.api.spend.work_out", slow)
    answer = create_app(settings, hurried).test_client().get("/api/v1/spend")
    hurried.dispose()
    assert answer.status_code == 503
    assert "took too long" in answer.text
    assert "Retry-After" in answer.headers


def test_a_connection_cut_in_flight_is_a_503_and_the_next_request_works(
    settings: Settings, sample_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = create_engine(sample_database)
    client = create_app(settings, own).test_client()

    def cut(connection: Connection, _request: object) -> None:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with monkeypatch.context() as patched:
        patched.setattr("webmap.api.spend.work_out", cut)
        assert client.get("/api/v1/spend").status_code == 503
    assert client.get("/api/v1/spend").status_code == 200
    own.dispose()


def test_a_fault_of_ours_tells_nothing_but_its_number(
    settings: Settings, sample_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise ValueError("secret detail")

    monkeypatch.setattr("webmap.api.rankings.find_ranking", broken)
    answer = create_app(settings, sample_engine).test_client().get("/api/v1/rankings")
    assert answer.status_code == 500
    assert answer.json is not None
    assert "secret" not in answer.text
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def test_the_transaction_is_read_only_and_closed(app: Flask) -> None:
    with app.test_request_context("/"):
        connection = database.connection()
        assert connection.execute(text("SHOW transaction_read_only")).scalar() == "on"
    assert connection.closed


def test_metrics_count_routes_and_not_addresses(client: FlaskClient) -> None:
    client.get("/buildings?postcode=HD1+2TT")
    printed = client.get("/metrics").text
    assert 'route="/buildings",status="200"' in printed
    assert "HD1" not in printed


def test_logs_are_json_in_utc_without_personal_data(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.INFO)
    logger.addHandler(caplog.handler)
    try:
        client.get("/buildings?postcode=HD1+2TT", headers={"X-Request-ID": "abcdef-1234"})
    finally:
        logger.removeHandler(caplog.handler)
    record = next(record for record in caplog.records if record.message == "request")
    line = JsonFormatter().format(record)
    entry = json.loads(line)
    assert entry["route"] == "/buildings"
    assert entry["status"] == 200
    assert entry["time"].endswith("+00:00")
    assert "HD1" not in line
    assert "127.0.0.1" not in line


def test_a_strange_request_id_is_replaced(client: FlaskClient) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "abcdef-1234"})
    assert kept.headers["X-Request-ID"] == "abcdef-1234"
    other = client.get("/healthz", headers={"X-Request-ID": "a b<script>"})
    assert re.fullmatch(r"[0-9a-f]{32}", other.headers["X-Request-ID"])


def test_the_policy_allows_nothing_but_nonces(client: FlaskClient) -> None:
    answer = client.get("/rank")
    rules = dict(
        part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert rules["default-src"] == "'none'"
    nonce = re.search(r"'nonce-([^']+)'", rules["script-src"])
    assert nonce is not None
    assert rules["script-src"].strip() == f"'nonce-{nonce[1]}'"
    assert rules["style-src"].strip() == f"'nonce-{nonce[1]}'"
    assert "unsafe" not in str(rules)
    assert "http" not in str(rules)
    for tag in re.findall(r"<(?:script|style|link rel=.stylesheet.)[^>]*>", answer.text):
        assert f'nonce="{nonce[1]}"' in tag
    assert (
        client.get("/rank").headers["Content-Security-Policy"]
        != (answer.headers["Content-Security-Policy"])
    )


def test_other_headers_are_strict(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers


def test_a_basemap_may_send_images_and_nothing_else(settings: Settings, engine: Engine) -> None:
    tiled = settings.model_copy(
        update={"tile_url": "https://tiles.example/{z}/{x}/{y}.png?k=1&v=2"}
    )
    rules = policy(tiled)
    assert rules["img-src"] == "'self' https://tiles.example"
    assert "tiles.example" not in rules["connect-src"] + rules["script-src"]


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("example.org", False),
        ("10.0.0.1", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_loopback_is_known_by_its_name(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_https_is_the_business_of_the_proxy(client: FlaskClient) -> None:
    answer = client.get("/accessibility", headers={"Host": "geo.example.org"})
    assert answer.status_code == 200
    behind = client.get("/accessibility", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in behind.headers


def test_https_is_forced_when_asked_but_not_on_probes(
    settings: Settings, sample_engine: Engine
) -> None:
    strict = settings.model_copy(update={"force_https": True})
    client = create_app(strict, sample_engine).test_client()
    elsewhere = {"Host": "geo.example.org"}
    moved = client.get("/accessibility", headers=elsewhere)
    assert moved.status_code == 302
    assert moved.headers["Location"] == "https://geo.example.org/accessibility"
    for probe in ("/healthz", "/metrics"):
        assert client.get(probe, headers=elsewhere).status_code == 200
    assert client.get("/accessibility", headers={"Host": "127.0.0.1:8000"}).status_code == 200
    secure = client.get("/accessibility", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" in secure.headers


def test_invented_methods_share_one_series(client: FlaskClient) -> None:
    for method in ("BREW", "X-1", "X-2"):
        client.open("/healthz", method=method)
    printed = client.get("/metrics").text
    assert 'method="other",route="none",status="405"' in printed
    assert "BREW" not in printed
    assert "X-1" not in printed


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_operators_are_refused_in_json(client: FlaskClient, address: str) -> None:
    for answer, status in ((client.get(f"{address}?x=1"), 400), (client.post(address), 405)):
        assert answer.status_code == status
        assert answer.mimetype == "application/problem+json"
    assert client.post("/rank").mimetype == "text/html"


def test_there_is_a_thread_for_every_connection(settings: Settings, engine: Engine) -> None:
    pool: Any = engine.pool
    assert options(settings)["threads"] == pool.size() + pool._max_overflow
