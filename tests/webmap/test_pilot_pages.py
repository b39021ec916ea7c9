"""Pilots on pages and in the API: what they tell, whom they do not name, never stale."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from geo_wealth.cluster import Cluster
from geo_wealth.config import Settings
from geo_wealth.db import create_engine
from geo_wealth.pilots import Said
from geo_wealth.pipeline.pilots import Written, approve, propose, step
from geo_wealth.plan import Plan
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings
from webmap import create_app

AREAS = ("E01011133", "E01011134", "E01011144")
OFFICER, MEMBER = "Jo Officer", "Sam Member"
PROPOSED = "Many <b>poor</b> homes, little spend."


@pytest.fixture(scope="module")
def pilot_engine(cluster: Cluster, sample_database: str) -> Iterator[Engine]:
    """The sample with the pilot ``moor``, approved and running, that this file writes on."""
    cluster.create_database("pilot_pages", template="sample_copy")
    engine = create_engine(cluster.url("pilot_pages"))
    yield engine
    engine.dispose()
    cluster.drop_database("pilot_pages")


@pytest.fixture(scope="module")
def moor(pilot_engine: Engine) -> Written:
    plan = Plan("moor", "The moor", AREAS, RankRequest("E08000034"), how=Weightings(100))
    propose(pilot_engine, plan, OFFICER, PROPOSED, date(2026, 1, 5))
    done = approve(pilot_engine, "moor", MEMBER, "Cabinet, item 7.", date(2026, 2, 1))
    for kind, day, words, area in (
        ("started", date(2026, 3, 1), "Funded.", None),
        ("barrier", date(2026, 3, 9), "The hall has no lift.", "E01011144"),
        ("outcome", date(2026, 4, 2), "Two lots were won.", None),
    ):
        step(pilot_engine, "moor", Said(kind, OFFICER, day, words, area))
    return done


@pytest.fixture(scope="module")
def pilot_app(settings: Settings, pilot_engine: Engine, moor: Written) -> Flask:
    return create_app(settings, pilot_engine)


@pytest.fixture
def pilots(pilot_app: Flask) -> FlaskClient:
    return pilot_app.test_client()


def words(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:500]
    bare = unescape(re.sub(r"<[^>]+>", " ", answer.text)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", bare)


def test_without_a_pilot_the_list_says_how_to_propose_one(client: FlaskClient) -> None:
    told = words(client, "/pilots")
    assert "There is no pilot yet." in told
    assert "geo-wealth pilot propose my-pilot" in told
    assert client.get("/api/v1/pilots").json == {"pilots": [], "next": None}


def test_the_list_tells_state_place_and_dates(pilots: FlaskClient) -> None:
    told = words(pilots, "/pilots")
    assert "The moor Running Kirklees, 3 neighbourhoods, 5,263 residents, sample data" in told
    assert "approved by another person on 1 February 2026; last event 2 April 2026" in told


def test_the_page_tells_the_whole_record(pilots: FlaskClient, moor: Written) -> None:
    told = words(pilots, "/pilots/moor")
    assert told.index("Proposed 5 January 2026") < told.index("Approved 1 February 2026")
    assert "By another person than the one who proposed it." in told
    assert "Review not yet" in told
    assert "Written down on" in told  # the tests run after those days
    assert re.search(
        "Barrier 9 March 2026, running; written down on [0-9]+ [A-Z][a-z]+ 20[0-9]{2} "
        "The hall has no lift.",
        told,
    )
    assert told.index("Kirklees 023D E01011144") < told.index("The pilot as a whole")
    assert "None yet. A pilot cannot be expanded" in told
    assert f"under the hash {moor.event.evidence_hash}" in told
    assert "Nothing: gathered from the data as they are now" in told
    assert "The log is whole" in told
    assert PROPOSED in unescape(pilots.get("/pilots/moor").text)
    assert "<b>poor" not in pilots.get("/pilots/moor").text


def test_the_areas_are_told_as_their_evidence_has_them(pilots: FlaskClient) -> None:
    document = pilots.get("/api/v1/pilots/moor").json or {}
    assert [area["code"] for area in document["areas"]] == list(AREAS)
    told = words(pilots, "/pilots/moor")
    for area in document["areas"]:
        cells = f"Rank {area['rank']} Score {area['score']:.3f} Rank in 90 % of weightings"
        assert f"{area['name']} {area['ward']} {cells}" in told


@pytest.mark.parametrize("address", ["/pilots", "/pilots/moor", "/api/v1/pilots/moor"])
def test_nobody_is_named_nor_can_a_guess_at_a_name_be_confirmed(
    pilots: FlaskClient, moor: Written, address: str
) -> None:
    sent = pilots.get(address).text
    for secret in (OFFICER, MEMBER, moor.event.hash, moor.event.previous_hash):
        assert secret not in sent


def test_an_event_shows_at_once(pilots: FlaskClient, pilot_engine: Engine) -> None:
    before = pilots.get("/api/v1/pilots/moor")
    assert before.headers["Cache-Control"] == "public, no-cache"
    tag = {"If-None-Match": before.headers["ETag"]}
    assert pilots.get("/api/v1/pilots/moor", headers=tag).status_code == 304
    step(pilot_engine, "moor", Said("note", OFFICER, date(2026, 4, 3), "Noted at once."))
    after = pilots.get("/api/v1/pilots/moor", headers=tag)
    assert (after.status_code, "Noted at once." in after.text) == (200, True)
    assert "Noted at once." in words(pilots, "/pilots/moor")


@contextmanager
def altered(engine: Engine, there: str, back: str) -> Iterator[None]:
    """Change what the triggers guard, as nobody but an owner of the database can."""
    for statement in (there, back):
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))
        if statement == there:
            yield


def test_what_has_changed_since_approval_is_told(pilots: FlaskClient, pilot_engine: Engine) -> None:
    retire = "UPDATE dataset SET state = '{}' WHERE key LIKE 'assets-%'"
    with altered(pilot_engine, retire.format("retired"), retire.format("current")):
        told = words(pilots, "/pilots/moor")
        assert "Assets: Land and buildings of Kirklees Council (sample)" in told
        changes = (pilots.get("/api/v1/pilots/moor").json or {})["changes_since_approval"]
        assert "ranking" in {change["section"] for change in changes}
        assert all(sentence in told for change in changes for sentence in change["sentences"])
    assert "Nothing: gathered" in words(pilots, "/pilots/moor")


def test_what_can_no_longer_be_compared_is_said(pilots: FlaskClient, pilot_engine: Engine) -> None:
    retire = "UPDATE deprivation SET current = {} WHERE true"
    gone = "UPDATE dataset SET generation = generation {} 1000000 WHERE key LIKE 'assets-%'"
    with altered(pilot_engine, retire.format("false"), retire.format("true")):
        with altered(pilot_engine, gone.format("+"), gone.format("-")):
            told = words(pilots, "/pilots/moor")
        assert "It cannot be said any more:" in told
        assert "Proposed 5 January 2026" in told  # the record itself stands


def test_an_altered_log_is_said_on_the_page(pilots: FlaskClient, pilot_engine: Engine) -> None:
    change = "UPDATE pilot_event SET reason = '{}' WHERE number = 3"
    with altered(pilot_engine, change.format("Unfunded."), change.format("Funded.")):
        assert "This record was altered after it was written." in words(pilots, "/pilots/moor")


def test_damaged_evidence_is_not_shown(pilots: FlaskClient, pilot_engine: Engine) -> None:
    with pilot_engine.begin() as connection:
        connection.execute(text("ALTER TABLE evidence DROP CONSTRAINT IF EXISTS ck_evidence_hash"))
    change = "UPDATE evidence SET document = {}"
    there = change.format("document || ' '")
    with altered(pilot_engine, there, change.format("rtrim(document)")):
        assert "was changed after it was stored" in words(pilots, "/pilots/moor", 422)
        assert "was changed after it was stored" in words(pilots, "/pilots")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/pilots?state=running", 400),
        ("/pilots/moor?x=1", 400),
        ("/pilots/nowhere", 404),
        ("/api/v1/pilots/nowhere", 404),
        ("/api/v1/pilots/moor?x=1", 400),
        ("/api/v1/pilots?offset=-1", 400),
    ],
)
def test_refusals(pilots: FlaskClient, address: str, status: int) -> None:
    assert pilots.get(address).status_code == status


def test_links_lead_somewhere(pilots: FlaskClient, pilot_app: Flask) -> None:
    sent = pilots.get("/pilots/moor").text
    rules = {rule.rule for rule in pilot_app.url_map.iter_rules()}
    for ending in ("pack.html", "pack.pdf", "pack.zip", "effect"):
        assert (f'href="/pilots/moor/{ending}"' in sent) == (f"/pilots/<slug>/{ending}" in rules)


def test_nothing_on_the_web_writes(pilot_app: Flask, pilots: FlaskClient) -> None:
    methods = {method for rule in pilot_app.url_map.iter_rules() for method in rule.methods or ()}
    assert methods == {"GET", "HEAD", "OPTIONS"}
    send: Callable[..., object]
    for send in (pilots.post, pilots.put, pilots.patch, pilots.delete):
        assert send("/pilots/moor").status_code == 405  # type: ignore[attr-defined]
