"""Every route has a role, and what has none is closed."""

from flask import Flask
from sqlalchemy import Engine

from geo_wealth.config import Settings
from webmap import create_app
from webmap.roles import PUBLIC, ROLES


def test_the_table_names_every_route_and_no_other(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ROLES)


def test_what_the_public_may_ask_for_only_reads(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert ROLES[rule.endpoint] == PUBLIC
        assert rule.methods == {"GET", "HEAD", "OPTIONS"}


def test_a_route_without_a_role_is_closed(settings: Settings, sample_engine: Engine) -> None:
    app = create_app(settings, sample_engine)
    app.add_url_rule("/new", "new", lambda: "secret")
    answer = app.test_client().get("/new")
    assert answer.status_code == 403
    assert "secret" not in answer.text
