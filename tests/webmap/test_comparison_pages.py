"""Comparison areas and effects on pages and over the API: words, table and figures agree."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
import typer
from flask.testing import FlaskClient
from sqlalchemy import Engine

import webmap.cli  # noqa: F401  (adds the command serve)
from geo_wealth.cli import app
from geo_wealth.cluster import Cluster
from geo_wealth.config import Settings
from geo_wealth.db import create_engine
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.pilots import Said
from geo_wealth.pipeline import pilots as pipeline
from geo_wealth.plan import Plan
from geo_wealth.queries.rows import RankRequest
from geo_wealth.sample.outcome import MEASURE
from webmap import create_app

AREAS = ("E01011133", "E01011134", "E01011143", "E01011144")
QUERY = {"district": "E08000034", "index": "imd2019", "area": list(AREAS)}


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_page_says_what_the_api_says(client: FlaskClient) -> None:
    found = client.get("/api/v1/comparison", query_string=QUERY).get_json()
    page = client.get("/rank/comparison", query_string=QUERY)
    assert page.status_code == 200
    words = plain(page.get_data(as_text=True))
    for line in found["sentences"]:
        assert line in words
    assert len(found["groups"]) == 4
    for group in found["groups"]:
        for other in group["comparisons"]:
            assert f"{other['name']} {other['distance']:.2f}" in words
    for row in found["balance"]:
        assert f"{row['after']:+.2f}".replace("-", "−") in words
    assert "Touches the pilot, so left out" in words
    assert found["outcomes"][0]["power"]["sentence"].split(",")[0] in words
    assert f"The past of {MEASURE} is loaded and not matched on" in " ".join(found["advice"])
    for line in found["advice"]:
        assert line in words
    assert "−0.00" not in words
    assert re.search(r"\d of 8 measures are not alike", page.get_data(as_text=True))


def test_ring_and_pilot_are_no_comparison_and_all_are_accounted_for(client: FlaskClient) -> None:
    found = client.get("/api/v1/comparison", query_string=QUERY).get_json()
    chosen = {each["code"] for group in found["groups"] for each in group["comparisons"]}
    ring = {each["code"] for each in found["ring"]}
    assert len(chosen) == 8
    assert not chosen & (ring | set(AREAS))
    counted = found["accounting"]
    assert counted["considered"] == 259 == counted["could_be_chosen"] + 4 + len(ring)


def test_past_outcomes_are_matched_when_asked_for(client: FlaskClient) -> None:
    asked = {**QUERY, "history": MEASURE, "matches": 1}
    found = client.get("/api/v1/comparison", query_string=asked).get_json()
    assert sum(one["kind"] == "history" for one in found["covariates"]) == 12
    page = client.get("/rank/comparison", query_string=asked).get_data(as_text=True)
    assert 'name="history" value="' + MEASURE + '" checked' in page


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"history": MEASURE, "matches": "1", "pool": "england"},
        {"cap": "8000", "across": "any", "include": AREAS[0], "w.deprivation": "2"},
    ],
)
def test_the_command_on_the_page_proposes_this_pilot_with_this_group(
    client: FlaskClient, changes: dict[str, str]
) -> None:
    page = client.get("/rank/comparison", query_string={**QUERY, **changes})
    line = re.search(r'<pre[^>]*id="command"[^>]*>([^<]+)</pre>', page.get_data(as_text=True))
    assert line
    assert client.get("/api/v1/comparison", query_string={**QUERY, **changes}).get_json()[
        "command"
    ] == unescape(line[1])
    first, *typed = shlex.split(unescape(line[1]))
    assert first == "geo-wealth"
    command = typer.main.get_command(app)
    while typed and typed[0] in (below := getattr(command, "commands", {})):
        command = below[typed.pop(0)]
    said = command.make_context(command.name, list(typed)).params
    assert (tuple(said["area"]), said["outcome"]) == (AREAS, [MEASURE])
    assert said["matches"] == int(changes.get("matches", 2))
    assert said["pool"] == changes.get("pool", "district")
    assert list(said["history"] or ()) == ([MEASURE] if "history" in changes else [])
    assert said["cap"] == int(changes.get("cap", DrawRequest().cap))
    assert list(said["include"] or ()) == ([AREAS[0]] if "include" in changes else [])


def test_a_pilot_that_cannot_be_proposed_says_why(client: FlaskClient) -> None:
    asked = {**QUERY, "cap": 3000, "area": [*AREAS, "E01011171"]}
    found = client.get("/api/v1/comparison", query_string=asked).get_json()
    assert found["command"] is None
    html = client.get("/rank/comparison", query_string=asked).get_data(as_text=True)
    assert "pilot propose" not in html
    told = " ".join(found["findings"])
    assert "more than the cap of 3,000" in told
    assert "It is not connected: it has 2 parts" in told
    assert told in plain(html)


def test_the_drawing_is_kept_from_page_to_page(client: FlaskClient) -> None:
    drawn = client.get("/rank/draw", query_string={"cap": 9000, "across": "any"}).text
    link = re.search(r'href="(/rank/comparison\?[^"]+)"', drawn)
    assert link
    html = client.get(unescape(link[1])).text
    back = re.search(r'href="(/rank/draw\?[^"]+)"', html)
    assert back
    for part in ("cap=9000", "across=any"):
        assert part in link[1]
        assert part in back[1]
    assert '<input type="hidden" name="cap" value="9000">' in html


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"area": ["E01000001"]}, 400, "no neighbourhood of Kirklees"),
        ({"pool": "moon"}, 400, "district, neighbours, england"),
        ({"matches": "11"}, 400, "from 1 to 10"),
        ({"colour": "red"}, 400, "not a parameter"),
        ({"include": AREAS[0], "exclude": AREAS[0]}, 400, "is named as included and as excluded"),
        ({"history": "IMD 2019"}, 400, "index of deprivation"),
        ({"history": "visits"}, 404, "No outcome"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    client: FlaskClient, changes: dict[str, object], status: int, message: str
) -> None:
    asked = {**QUERY, **changes}
    page = client.get("/rank/comparison", query_string=asked)
    answer = client.get("/api/v1/comparison", query_string=asked)
    assert (page.status_code, answer.status_code) == (status, status)
    assert message in plain(page.get_data(as_text=True))
    assert message in answer.get_json()["detail"]


def test_without_areas_the_page_says_where_to_draw_them(client: FlaskClient) -> None:
    page = client.get("/rank/comparison").get_data(as_text=True)
    assert "draw a pilot area" in page
    assert client.get("/api/v1/comparison").status_code == 400


def test_an_empty_service_says_what_would_be_here(empty_client: FlaskClient) -> None:
    assert "geo-wealth sample" in empty_client.get("/rank/comparison").get_data(as_text=True)


# --- a pilot on record ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running(cluster: Cluster, sample_database: str) -> Iterator[Engine]:
    """A sample of its own with a pilot that started in the middle of a quarter of 2023."""
    cluster.create_database("effect_pages", template="sample_copy")
    engine = create_engine(cluster.url("effect_pages"))
    request = RankRequest("E08000034")
    plan = Plan("moor", "The Moor", AREAS, request, outcomes=(MEASURE,))
    pipeline.propose(engine, plan, "Officer A", "Most deprived", date(2023, 10, 1))
    other = Plan("later", "Later", AREAS, request)
    pipeline.propose(engine, other, "Officer A", "Most deprived", date(2023, 10, 1))
    pipeline.approve(engine, "moor", "Councillor B", "Cabinet", date(2023, 11, 1))
    pipeline.step(engine, "moor", Said("started", "Officer A", date(2023, 11, 15), "Funding"))
    for slug, day in (("late", date(2024, 11, 15)), ("early", date(2021, 11, 15))):
        pipeline.propose(engine, replace(plan, slug=slug), "Officer A", "Most deprived", day)
        pipeline.approve(engine, slug, "Councillor B", "Cabinet", day)
        pipeline.step(engine, slug, Said("started", "Officer A", day, "Funding"))
    yield engine
    engine.dispose()
    cluster.drop_database("effect_pages")


@pytest.fixture
def visitor(settings: Settings, running: Engine) -> FlaskClient:
    return create_app(settings, running).test_client()


def test_the_page_of_an_effect_says_what_the_api_says(visitor: FlaskClient) -> None:
    found = visitor.get("/api/v1/pilots/moor/effect").get_json()
    page = visitor.get("/pilots/moor/effect").get_data(as_text=True)
    words = plain(page).replace("\u00a0", " ")
    assert found["headline"] in words
    for line in (*found["sentences"], *found["warnings"]):
        assert plain(line) in words
    assert (found["start"], found["partial"]) == ("2024-Q1", "2023-Q4")
    assert "2023-Q4" not in found["periods"]
    assert found["started_on"] == "2023-11-15"
    # (T1 - T0) - (C1 - C0) from the series that the page shows.
    mean = lambda values: sum(values) / len(values)  # noqa: E731
    pilot, beside = found["pilot_series"], found["comparison_series"]
    change = (mean(pilot[7:]) - mean(pilot[:7])) - (mean(beside[7:]) - mean(beside[:7]))
    assert found["effect"]["value"] == pytest.approx(change)
    for value in pilot:
        assert f"{value:.2f}" in words
    assert page.count("<polyline") == 4
    assert ">start</text>" in page


def test_a_pilot_that_has_not_started_has_no_number(visitor: FlaskClient) -> None:
    found = visitor.get("/api/v1/pilots/later/effect").get_json()
    assert found["effect"] is None
    assert found["start"] is None
    assert "has not started" in found["cannot_be_said"][0]
    words = plain(visitor.get("/pilots/later/effect").get_data(as_text=True))
    assert "No effect can be told yet" in words
    assert "A difference of" not in words


def test_a_start_after_all_periods_says_what_cannot_be_said_yet(visitor: FlaskClient) -> None:
    found = visitor.get("/api/v1/pilots/late/effect").get_json()
    assert found["effect"] is None
    assert "load a file that reaches further" in found["cannot_be_said"][0]
    early = visitor.get("/api/v1/pilots/early/effect").get_json()
    assert early["effect"] is None
    assert "No period before the start" in early["cannot_be_said"][0]
    assert visitor.get("/pilots/early/effect").status_code == 200


@pytest.mark.parametrize("slug", ["moor", "later", "late"])
def test_no_start_but_that_on_record_is_taken(visitor: FlaskClient, slug: str) -> None:
    assert 'name="start"' not in visitor.get(f"/pilots/{slug}/effect").get_data(as_text=True)
    for address in (f"/pilots/{slug}/effect", f"/api/v1/pilots/{slug}/effect"):
        assert visitor.get(f"{address}?start=2023-Q1").status_code == 400


def test_the_range_of_placebos_is_said_to_be_of_one_period(visitor: FlaskClient) -> None:
    words = plain(visitor.get("/pilots/moor/effect").get_data(as_text=True)).replace("\u00a0", " ")
    assert "In any one period 95 % of placebo pilots" in words
    assert "95 % of placebos in one period" in words
    assert "mean over areas, by quarter" in words


@pytest.mark.parametrize(
    ("address", "status", "message"),
    [
        ("moor/effect?start=2024-Q1", 400, "not a parameter"),
        ("moor/effect?measure=visits", 404, "No outcome"),
        ("nobody/effect", 404, "no pilot"),
        ("moor/effect?colour=red", 400, "not a parameter"),
    ],
)
def test_effects_that_cannot_be_are_refused(
    visitor: FlaskClient, address: str, status: int, message: str
) -> None:
    page = visitor.get(f"/pilots/{address}")
    answer = visitor.get(f"/api/v1/pilots/{address}")
    assert (page.status_code, answer.status_code) == (status, status)
    assert message in plain(page.get_data(as_text=True))
    assert message in answer.get_json()["detail"]
