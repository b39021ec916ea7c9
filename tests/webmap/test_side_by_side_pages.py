"""Neighbourhoods side by side and clusters, as pages and over the API."""

import csv
import re
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from webmap.pages.ward import WardLine, buildings_sentence, tenth_sentence
from webmap.ranked import Row

FOUR = ("E01011140", "E01011038", "E01011101", "E01011195")


def query(*codes: str) -> str:
    return "&".join(f"area={code}" for code in codes)


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


def test_the_page_puts_four_side_by_side(client: FlaskClient) -> None:
    answer = client.get(f"/rank/compare?{query(*FOUR)}")
    words = words_of(answer.text)
    assert answer.status_code == 200
    assert "Kirklees 019C, Kirklees 029A, Kirklees 025A and Kirklees 051B side by side" in words
    assert "Sample data" in words
    for said in ("Range of ranks under other weights", "Hidden pocket", "Living environment"):
        assert said in words
    assert "Ashbrow (wards of 2025)" in words
    assert re.search(r"People who live in it Residents \([^)]*\)( [\d,]+){4} Places within", words)
    assert words.count("The smallest change of weights") + words.count("No choice of weights") == 6
    assert "sensitivity to the weights, not a confidence interval" in words
    assert answer.text.count('scope="col"') == 4
    assert answer.text.count("<h1") == 1
    assert "style=" not in answer.text


def test_the_page_asks_which_and_keeps_the_weights(client: FlaskClient) -> None:
    answer = client.get(f"/rank/compare?{query(FOUR[0])}&w.deprivation=1")
    assert answer.status_code == 200
    assert answer.text.count("<select") == 4
    assert answer.text.count('value="E01011140" selected') == 1
    assert 'name="w.deprivation" value="100"' in answer.text
    assert "Choose two to four neighbourhoods" in answer.text


@pytest.mark.parametrize(
    ("codes", "status", "says"),
    [
        ((*FOUR, "E01011130"), 400, "name 2 to 4 neighbourhoods to compare; found 5"),
        ((FOUR[0], FOUR[0]), 400, "name each neighbourhood once; E01011140 is there twice"),
        ((FOUR[0], "E01000001"), 404, "E01000001 is not among the 259 neighbourhoods"),
        ((FOUR[0], "E0101"), 400, "must look like E01011140"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(
    client: FlaskClient, codes: tuple[str, ...], status: int, says: str
) -> None:
    for address in ("/rank/compare", "/api/v1/rankings/compare"):
        answer = client.get(f"{address}?{query(*codes)}")
        assert answer.status_code == status
        assert says in words_of(answer.text)


def test_one_neighbourhood_is_no_comparison_for_a_program(client: FlaskClient) -> None:
    answer = client.get(f"/api/v1/rankings/compare?{query(FOUR[0])}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["parameter"] == "area"


def test_the_api_says_what_the_page_says(client: FlaskClient) -> None:
    found = client.get(f"/api/v1/rankings/compare?{query(*FOUR[:2])}").json
    page = words_of(client.get(f"/rank/compare?{query(*FOUR[:2])}").text)
    assert found is not None
    assert [area["code"] for area in found["areas"]] == list(FOUR[:2])
    assert found["reversals"][0]["sentence"] in page
    assert found["attribution"]


def test_a_comparison_without_data_says_what_fills_it(empty_client: FlaskClient) -> None:
    answer = empty_client.get("/rank/compare")
    assert answer.status_code == 200
    assert "geo-wealth sample" in answer.text


def test_clusters_over_the_api(client: FlaskClient) -> None:
    found = client.get("/api/v1/clusters?of=deprivation&permutations=999&limit=10").json
    assert found is not None
    assert len(found["areas"]) == 10
    assert "offset=10" in found["next"]
    assert found["permutations"] == 999
    assert {"E01011038", "E01011101"} <= set(found["hidden_pockets"])
    assert sum(found["counts"]["moran"].values()) == 259


@pytest.mark.parametrize("wrong", ["of=rank", "permutations=1000000", "seed=-1", "draws=4"])
def test_clusters_refuse_what_is_not_allowed(client: FlaskClient, wrong: str) -> None:
    answer = client.get(f"/api/v1/clusters?{wrong}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["parameter"] == wrong.partition("=")[0]


def test_equal_addresses_give_equal_bytes(client: FlaskClient) -> None:
    first = client.get("/api/v1/clusters?permutations=199&seed=3")
    assert first.data == client.get("/api/v1/clusters?permutations=199&seed=3").data
    assert first.data != client.get("/api/v1/clusters?permutations=199&seed=4").data


def test_the_area_page_says_how_sure_and_how_it_stands_among_its_neighbours(
    client: FlaskClient,
) -> None:
    words = words_of(client.get("/areas/E01011038").text)
    assert "How sure that is" in words
    assert "sensitivity to the weights, not a confidence interval" in words
    assert "not significant (local Moran, false discovery rate 5 %)" in words
    assert "It is a hidden pocket: among the most deprived tenth of England, in Ashbrow" in words
    assert "average score of 31.4 is below the 43.9" in words
    assert "Ashbrow (wards of 2025), Kirklees E01011038" in words
    assert "It varies the weights only." in words
    assert "can move a rank further: geo-wealth robustness --methods" in words
    assert "Compare Kirklees 029A with others" in words
    assert "Hidden pocket" not in words_of(client.get("/areas/E01011140").text)


def test_the_figures_of_the_area_page_sum_as_printed(client: FlaskClient) -> None:
    for code in FOUR:
        words = words_of(client.get(f"/areas/{code}?w.deprivation=1&w.spend=1&w.assets=1").text)
        told = re.search(r"Its score is (\d\.\d{3}): (.*?)\)\. ", words)
        assert told is not None
        parts = [float(part) for part in re.findall(r"(\d\.\d{3}) from", told[2])]
        assert sum(parts) == pytest.approx(float(told[1]), abs=1e-9)
        table = words[words.index("Adds to the score") : words.index("What makes the score")]
        assert all(f"{part:.3f}" in table for part in parts)


def test_what_each_figure_adds_on_the_rank_page_sums_as_printed(client: FlaskClient) -> None:
    html = client.get("/rank").text
    rows = re.findall(r'data-slot="score">([\d.]+)<(.*?)</tr>', html, re.DOTALL)
    assert len(rows) == 259
    for score, row in rows:
        parts = [float(part) for part in re.findall(r'data-slot="share">([\d.]+)<', row)]
        assert sum(parts) == pytest.approx(float(score), abs=1e-9)
    found = client.get("/api/v1/rankings").json
    assert found is not None
    for area in found["areas"]:
        shown = sum(area["contributions_shown"].values())
        assert f"{shown:.3f}" == f"{area['score']:.3f}"


def test_the_ward_page_flags_its_hidden_pockets(client: FlaskClient) -> None:
    ashbrow = words_of(client.get("/wards/E05001389").text)
    assert ashbrow.count("Hidden pocket") == 2
    assert "average score of 31.4, weighted by residents, is below the 43.9" in ashbrow
    assert "hides two neighbourhoods of that tenth, hidden pockets" in ashbrow
    west = words_of(client.get("/wards/E05001400").text)
    assert "Hidden pocket" not in west
    assert "average score of 44.1, weighted by residents, reaches the 43.9" in west


def line(decile: int | None) -> WardLine:
    row = Row("E01000000", f"Area {decile}", None, None, None, None, ())
    return WardLine(row, decile, None if decile is None else decile * 3_000, None)


@pytest.mark.parametrize(
    ("deciles", "said"),
    [
        ((1, 2), "One of them is among the most deprived tenth of England: Area 1."),
        ((2, 3), "None of them is among the most deprived tenth of England."),
        (
            (2, None),
            "tenth of England. Of one it is not known.",
        ),
        ((None, None), "Whether any of them is among the most deprived tenth of England is not"),
        ((1, None), "England: Area 1. Of one it is not known."),
    ],
)
def test_an_unknown_tenth_is_not_told_as_none(deciles: tuple[int | None, ...], said: str) -> None:
    assert said in tenth_sentence([line(decile) for decile in deciles])


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (("unknown",) * 27, "27 buildings in the ward: nobody has said yet whether any of them"),
        (
            ("eligible", "not_eligible", "unknown", "unknown"),
            "one may be transferred, one may not, of two nobody has said yet.",
        ),
        (("not_eligible",), "one building in the ward: none may be transferred, one may not."),
        ((), "name no building in the ward"),
    ],
)
def test_buildings_of_which_nobody_has_said_are_not_told_as_none(
    states: tuple[str, ...], said: str
) -> None:
    assets = tuple(SimpleNamespace(eligibility=state) for state in states)
    assert said in buildings_sentence(SimpleNamespace(assets=assets))  # type: ignore[arg-type]


def test_the_rank_page_has_a_column_of_clusters_and_flags_pockets(client: FlaskClient) -> None:
    html = client.get("/rank?w.deprivation=1&top=1000").text
    rows = re.findall(r'<tr role="row" class="gw-row" data-code="(\w+)".*?</tr>', html, re.DOTALL)
    marks = re.findall(r'data-slot="cluster" data-cluster="(\w+)">([^<]+)<', html)
    assert len(rows) == len(marks) == 259
    assert dict(marks)["not_significant"] == "not significant"
    assert html.count("Hidden pocket") == 24
    assert "false discovery rate 5" in words_of(html)


def test_what_is_ticked_is_compared_under_the_weights_of_the_page(client: FlaskClient) -> None:
    html = client.get("/rank?w.deprivation=40&w.assets=60").text
    form = re.search(r'<form class="gw-compare-form".*?</form>', html, re.DOTALL)
    assert form is not None
    assert html.count('form="compare-form"') == 259
    fields = re.findall(r'name="([^"]+)" value="([^"]+)"', form[0])
    words = words_of(client.get("/rank/compare", query_string=[*fields, ("area", FOUR[0])]).text)
    assert "deprivation 40 %, local spend 0 %, buildings 60 %" in words


def test_files_of_the_ranking_say_clusters_and_pockets(client: FlaskClient) -> None:
    lines = list(csv.DictReader(client.get("/rank.csv").text.splitlines()))
    assert sum(line["hidden_pocket"] == "yes" for line in lines) == 24
    assert {line["cluster"] for line in lines} >= {"not significant"}
    assert "99,999 permutations" in lines[0]["clusters"]
    found = client.get("/rank.geojson").json
    assert found is not None
    assert found["features"][0]["properties"]["cluster"] == lines[0]["cluster"]


def test_a_bar_says_what_is_ticked_and_refuses_a_fifth(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(f"{site}/rank")
    boxes = page.locator("#ranked .gw-pick input")
    button = page.locator("#compare")
    said = page.locator("#ticked")
    expect(button).to_be_hidden()
    boxes.nth(0).check()
    expect(said).to_contain_text("1 ticked: Kirklees")
    expect(said).to_be_in_viewport()
    expect(button).to_be_hidden()
    for place in (1, 2, 3):
        boxes.nth(place).check()
    expect(button).to_be_in_viewport()
    boxes.nth(4).click()
    expect(boxes.nth(4)).not_to_be_checked()
    expect(said).to_contain_text("4 ticked")
    expect(said).to_contain_text("was not added, for at most four are compared")
    page.locator("#w-spend").fill("0")
    page.locator("#w-spend").press("Tab")
    expect(page.locator("#rank-status")).to_contain_text("Ranked again")
    expect(page.locator("#ranked .gw-pick input:checked")).to_have_count(4)
    button.click()
    page.wait_for_url("**/rank/compare?*")
    expect(page.locator(".gw-beside thead th")).to_have_count(4)
    page.close()


def test_of_five_the_first_four_stay_filled_in(client: FlaskClient) -> None:
    html = client.get(f"/rank/compare?{query(*FOUR, 'E01011130')}").text
    assert re.findall(r'value="(\w+)" selected', html) == [*FOUR]
