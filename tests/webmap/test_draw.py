"""The page that draws a pilot area, its files and its API, on the sample."""

import csv
import inspect
import io
import re
import shlex
from html import unescape
from pathlib import Path

import geopandas
import jsonschema
import pyogrio
import pytest
import typer
from flask.testing import FlaskClient

import webmap.cli  # noqa: F401  (adds the command serve)
from geo_wealth.cli import app
from geo_wealth.commands.pilot_options import metres
from geo_wealth.commands.ranking_options import make_request
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.evidence.drawing import request_document
from geo_wealth.sample.outcome import MEASURE
from webmap.draw_params import DRAWING

DISTRICT = "E08000034"
BEST = ("E01011133", "E01011134", "E01011139", "E01011143", "E01011144", "E01011260")
APART = "E01011132"  # touches the best drawing, and hardly anybody chooses it


def words_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:500]
    main = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert main
    text = re.sub(r"<script.*?</script>", "", main[0], flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def found(client: FlaskClient, query: str = "") -> dict:  # type: ignore[type-arg]
    answer = client.get(f"/api/v1/drawing?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def ticked(html: str, name: str = "area") -> list[str]:
    boxes = re.findall(rf'<input type="checkbox" form="draw" name="{name}"[^>]*>', html)
    return sorted(
        match[1]
        for box in boxes
        if "checked" in box and (match := re.search(r'value="(\w+)"', box))
    )


# The answer -------------------------------------------------------------------------------------


def test_the_answer_comes_first_with_its_figures(client: FlaskClient) -> None:
    best = found(client)["best"]
    words = words_of(client, "/rank/draw")
    people = f"{best['residents']:,}"
    sentence = f"These {len(best['codes'])} neighbourhoods with {people} residents reach furthest"
    assert sentence in words
    assert words.index(sentence) < words.index("What it is") < words.index("Other ways to draw it")
    assert "With these weights no other area that keeps to what was asked reaches more" in words
    assert "proved" not in words.lower()
    assert found(client)["sensitivity"]["sentence"] in words.replace("\u00a0", " ")
    assert best["residents"] <= 10_000
    assert best["across_m"] <= 2_400
    assert f"Residents {people}" in words
    assert f"{best['across_m']:,.0f}\u00a0m" in client.get("/rank/draw").text


def test_the_list_ticks_the_drawing_and_holds_every_neighbourhood_once(
    client: FlaskClient,
) -> None:
    html = client.get("/rank/draw").text
    drawing = found(client)
    assert ticked(html) == sorted(drawing["best"]["codes"])
    codes = re.findall(r'<tr role="row" class="gw-row gw-chosen__row" data-code="(\w+)"', html)
    assert len(codes) == len(set(codes)) == 259
    near = re.search(r'data-group="touching">(.*?)</tbody>', html, re.DOTALL)
    assert near
    around = sorted(re.findall(r'data-code="(\w+)"', near[1]))
    assert around == drawing["selection"]["touching"]
    assert not set(around) & set(drawing["best"]["codes"])


def test_the_page_is_a_sound_document(client: FlaskClient) -> None:
    for address in ("/rank/draw", f"/rank/draw?area={APART}", "/rank/draw?cap=100"):
        html = client.get(address).text
        assert html.count("<h1") == 1
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
        assert "style=" not in html
        assert not re.search(r"\son\w+=", html)


def test_the_ranking_of_the_address_is_the_one_drawn_on(client: FlaskClient) -> None:
    html = client.get("/rank/draw?w.deprivation=1&cap=8000").text
    assert "Weighted: deprivation 100\u00a0%" in html
    assert '<input type="hidden" name="w.deprivation" value="100">' in html
    deprived = found(client, "w.deprivation=1&cap=8000")["best"]
    assert deprived["residents"] <= 8_000
    assert deprived["codes"] != found(client, "cap=8000")["best"]["codes"]


def test_always_and_never_hold_and_a_ward_is_kept_to(client: FlaskClient) -> None:
    wanted, unwanted = "E01011140", "E01011144"
    query = f"include={wanted}&exclude={unwanted}&within=town:Dewsbury"
    best = found(client, query)["best"]["codes"]
    assert wanted in best
    assert unwanted not in best
    html = client.get(f"/rank/draw?{query}").text
    assert (ticked(html, "include"), ticked(html, "exclude")) == ([wanted], [unwanted])
    assert '<option value="town:Dewsbury" selected>' in html
    assert "Never, as you asked (1)" in html
    assert "within Dewsbury</h2>" in html
    ward = client.get("/api/v1/wards/E05001389").json
    assert ward
    assert set(found(client, "within=E05001389")["best"]["codes"]) <= set(ward["lsoas"])


def test_each_alternative_can_be_shown(client: FlaskClient) -> None:
    html = client.get("/rank/draw").text
    links = re.findall(r'<a class="govuk-link gw-small" href="([^"]+)">Show this one', html)
    alternatives = found(client)["alternatives"]
    assert len(links) == 1 + len(alternatives)
    for link, drawn in zip(links[1:], alternatives, strict=True):
        shown = client.get(unescape(link)).text
        assert ticked(shown) == sorted(drawn["codes"])
        assert f"{drawn['label']}: " in shown
    assert "No other drawings were asked for." in words_of(client, "/rank/draw?alternatives=0")


def test_the_answer_keeps_to_its_own_schema(client: FlaskClient) -> None:
    described = client.get("/openapi.json").json or {}
    schema = {
        "$ref": "#/components/schemas/Drawing",
        "components": {"schemas": described["components"]["schemas"]},
    }
    for query in ("", f"area={BEST[0]}&area={APART}", "cap=3000&alternatives=0"):
        jsonschema.Draft202012Validator(schema).validate(found(client, query))


# A selection ------------------------------------------------------------------------------------


def test_a_selection_is_set_against_the_best_drawing(client: FlaskClient) -> None:
    drawing = found(client, f"area={BEST[0]}&area={BEST[1]}")
    best, chosen = drawing["best"], drawing["selection"]
    assert chosen["by_hand"]
    assert chosen["codes"] == [BEST[0], BEST[1]]
    line = next(each for each in chosen["lines"] if each["name"] == "Residents")
    fewer = best["residents"] - chosen["residents"]
    assert line["now"] == f"{chosen['residents']:,}"
    assert line["beside"] == f"−{fewer:,} against {best['residents']:,} in the best drawing"
    words = words_of(client, f"/rank/draw?area={BEST[0]}&area={BEST[1]}")
    assert "Your selection: two neighbourhoods" in words
    assert line["beside"] in words
    assert "Back to the best drawing" in words


def test_what_a_selection_breaks_is_said(client: FlaskClient) -> None:
    far = "E01011171"
    best = found(client)["best"]["codes"]
    query = "&".join(f"area={code}" for code in [*best, far])
    selection = found(client, query)["selection"]
    assert not selection["keeps"]
    told = " ".join(selection["findings"])
    name = next(each["name"] for each in selection["areas"] if each["code"] == far)
    assert f"It is not connected: it has 2 parts. Apart from the largest lie: {name}" in told
    assert f"{selection['residents'] - 10_000:,} more than the cap of 10,000." in told
    assert "m across, more than the 2,400 m asked for" in told
    words = words_of(client, f"/rank/draw?{query}")
    assert all(sentence in words for sentence in selection["findings"])


def test_the_best_drawing_named_area_by_area_is_no_selection(client: FlaskClient) -> None:
    best = found(client)["best"]["codes"]
    selection = found(client, "&".join(f"area={code}" for code in best))["selection"]
    assert not selection["by_hand"]
    assert selection["headline"].startswith("These ")


def test_drawing_again_drops_the_selection_and_keeps_the_rest(client: FlaskClient) -> None:
    address = f"/rank/draw?area={APART}&include={BEST[0]}&cap=9000&within=&across=2400&draw=best"
    answer = client.get(address)
    assert answer.status_code == 302
    place = unescape(answer.location)
    assert "area=" not in place
    assert "draw=" not in place
    assert f"include={BEST[0]}" in place
    assert "cap=9000" in place


# Refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("cap=100", "cap: 100 residents are fewer than the smallest neighbourhood has"),
        ("include=E01011140&exclude=E01011140", "is named as included and as excluded"),
        ("area=E01999999", "E01999999 is not among the 259 neighbourhoods"),
        ("include=E01999999", "E01999999 is not among the 259 neighbourhoods"),
        ("within=E05009999", "E05009999 is not a ward of Kirklees"),
        ("within=town:Nowhere", "'Nowhere' is not a post town known here"),
        ("include=E01011140&include=E01011171", "include: "),
        ("across=0", "across: give metres above 0"),
    ],
)
def test_what_cannot_be_drawn_is_said_and_the_form_shown_again(
    client: FlaskClient, query: str, sentence: str
) -> None:
    words = words_of(client, f"/rank/draw?{query}", 400)
    assert "There is a problem" in words
    assert sentence in words
    assert "Residents at most" in words
    problem = client.get(f"/api/v1/drawing?{query}")
    assert problem.status_code == 400
    assert problem.mimetype == "application/problem+json"
    assert sentence in (problem.json or {})["detail"]
    assert client.get(f"/rank/draw.csv?{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "cap=many",
        "cap=0",
        "across=far",
        "area=Dewsbury",
        "alternatives=7",
        "colour=red",
        "within=x",
    ],
)
def test_parameters_that_cannot_be_read_are_refused(client: FlaskClient, query: str) -> None:
    for address in ("/rank/draw", "/api/v1/drawing", "/rank/draw.gpkg", "/rank/draw-postcodes.csv"):
        answer = client.get(f"{address}?{query}")
        assert answer.status_code == 400
        assert query.partition("=")[0] in answer.text


def test_what_must_be_in_survives_a_refusal_for_another_reason(client: FlaskClient) -> None:
    html = client.get("/rank/draw?cap=100&include=E01011140").text
    assert '<input type="hidden" name="include" value="E01011140">' in html


def test_with_nothing_loaded_the_page_says_what_to_do(empty_client: FlaskClient) -> None:
    assert "geo-wealth sample" in words_of(empty_client, "/rank/draw")
    assert empty_client.get("/api/v1/drawing").status_code == 404


# Files and the command --------------------------------------------------------------------------


def test_files_hold_what_is_on_screen(client: FlaskClient, tmp_path: Path) -> None:
    query = f"area={BEST[0]}&area={APART}"
    document = client.get(f"/rank/draw.geojson?{query}").json
    assert document
    assert sorted(each["id"] for each in document["features"]) == [APART, BEST[0]]
    path = tmp_path / "pilot.gpkg"
    path.write_bytes(client.get(f"/rank/draw.gpkg?{query}").data)
    assert {name for name, _kind in pyogrio.list_layers(path)} >= {"neighbourhoods", "about"}
    assert sorted(geopandas.read_file(path, layer="neighbourhoods")["code"]) == [APART, BEST[0]]
    codes = rows_of(client, f"/rank/draw.csv?{query}")
    assert sorted(row["code"] for row in codes) == [APART, BEST[0]]
    postcodes = rows_of(client, f"/rank/draw-postcodes.csv?{query}")
    assert {row["lsoa_code"] for row in postcodes} == {APART, BEST[0]}


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert DISTRICT in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_page_links_its_files_with_its_own_state(client: FlaskClient) -> None:
    html = client.get(f"/rank/draw?area={APART}&cap=9000").text
    links = [unescape(link) for link in re.findall(r'href="(/rank/draw[^"?]*\.[^"]+)"', html)]
    assert len(links) == 4
    for link in links:
        assert f"area={APART}" in link
        assert "cap=9000" in link
        assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "",
        "w.deprivation=2&w.spend=1&direction.assets=low&normalise=minmax&eligible_only=true",
        "cap=5000&across=any&include=E01011140&exclude=E01011144&within=town:Dewsbury",
        f"area={BEST[0]}&area={BEST[1]}&spend_variant=per-head&across=2000",
    ],
)
def test_the_command_on_the_page_can_be_typed(client: FlaskClient, query: str) -> None:
    drawing = found(client, query)
    first, *words = shlex.split(drawing["selection"]["command"])
    assert first == "geo-wealth"
    command = typer.main.get_command(app)
    while words and words[0] in (below := getattr(command, "commands", {})):
        command = below[words.pop(0)]
    said = command.make_context(command.name, list(words)).params
    assert said["area"] == drawing["selection"]["codes"]
    assert said["outcome"] == [MEASURE]
    typed = DrawRequest(
        said["cap"],
        metres(said["across"]),
        tuple(said["include"] or ()),
        tuple(said["exclude"] or ()),
        said["within"],
    )
    assert request_document(typed) == drawing["request"]
    scoring = {name: said[name] for name in inspect.signature(make_request).parameters}
    shown = (client.get(f"/api/v1/rankings?{rank_only(query)}").json or {})["ranking"]
    request = make_request(**scoring)
    assert request.weights == pytest.approx(shown["weights"], rel=1e-12)
    assert (request.district, request.index) == (shown["district"], shown["index"])
    assert request.directions["assets"] == (-1 if "direction.assets=low" in query else 1)
    assert request.eligible_only == ("eligible_only" in query)
    assert request.normalise == ("minmax" if "minmax" in query else "percentile")
    assert request.spend_variant == ("per-head" if "per-head" in query else "catchment")


@pytest.mark.parametrize(
    "query",
    [
        f"area={BEST[0]}&area={BEST[1]}&cap=2000",
        f"area={BEST[0]}&area={BEST[1]}&across=100",
        f"area={BEST[0]}&area=E01011171",
    ],
)
def test_what_cannot_be_proposed_says_why_instead_of_a_command(
    client: FlaskClient, query: str
) -> None:
    selection = found(client, query)["selection"]
    assert selection["command"] is None
    html = client.get(f"/rank/draw?{query}").text
    assert "pilot propose" not in html
    words = words_of(client, f"/rank/draw?{query}")
    assert f"It cannot be proposed as it is. {' '.join(selection['findings'])}" in words


def rank_only(query: str) -> str:
    drawn = {param.name for param in DRAWING}
    return "&".join(part for part in query.split("&") if part.partition("=")[0] not in drawn)


def test_similar_areas_are_a_link_away(client: FlaskClient) -> None:
    html = client.get("/rank/draw?cap=9000&w.deprivation=2&w.assets=1").text
    link = re.search(r'href="(/rank/comparison\?[^"]+)"[^>]*>Compare with similar areas', html)
    assert link
    codes = found(client, "cap=9000&w.deprivation=2&w.assets=1")["best"]["codes"]
    assert all(f"area={code}" in link[1] for code in codes)
    assert client.get(unescape(link[1])).status_code == 200


def test_the_rank_page_leads_to_the_drawing_of_its_own_ranking(client: FlaskClient) -> None:
    html = client.get("/rank?w.deprivation=3&w.spend=1").text
    link = re.search(r'href="(/rank/draw\?[^"]+)"[^>]*>\s*Draw a pilot area', html)
    assert link
    assert "w.deprivation=3" in unescape(link[1])
    assert client.get(unescape(link[1])).status_code == 200
