"""How sure ranks are, on the page, in its files and over HTTP."""

import csv
import io
import re
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

RANK = "/rank?district=E08000034&index=imd2019"


def areas(client: FlaskClient, **arguments: object) -> list[dict[str, object]]:
    answer = client.get(f"/api/v1/robustness?{urlencode(arguments)}")
    assert answer.status_code == 200, answer.text
    document = answer.get_json()
    assert document["what"] == "sensitivity to the weights, not a confidence interval"
    found: list[dict[str, object]] = document["areas"]
    return found


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def ranges_of(page: str) -> list[str]:
    return re.findall(r'data-slot="range">\(([^)]*)\)', page)


def shown(page: str) -> list[str]:
    return re.findall(r'<tr role="row" class="gw-row" data-code="(\w+)"[^>]*?(?<!hidden)>', page)


def test_a_range_beside_each_rank_with_what_it_is(client: FlaskClient) -> None:
    page = client.get(RANK).text
    assert "its range in 90 % of 10,000 weightings around yours" in page
    assert "sensitivity to the weights, not a confidence interval" in page
    assert "can move a rank further: <code>geo-wealth robustness --methods</code>" in page
    ranges = ranges_of(page)
    assert ranges == ["{}–{}".format(*each["interval"]) for each in areas(client)]  # type: ignore[misc]
    assert len(ranges) == 259


def test_the_filter_keeps_those_surely_among_the_first(client: FlaskClient) -> None:
    every = areas(client, k=20)
    sure = [each["code"] for each in every if each["p_top"]["20"] >= 0.9]  # type: ignore[index]
    assert 0 < len(sure) < 20
    page = client.get(f"{RANK}&robust_top=20").text
    assert shown(page) == sure
    assert f"{len(sure)} of {len(sure)} shown." in page
    said = f"{len(sure)} of 259 neighbourhoods are among the first 20 in at least 90\u00a0% of"
    assert f'role="status">{said} weightings.' in page
    assert "Show every neighbourhood" in page
    surer = client.get(f"{RANK}&robust_top=20&robust_share=0.99").text
    assert set(shown(surer)) < set(sure)
    files = rows_of(client.get("/rank.csv?robust_top=20").text)
    assert [row["code"] for row in files] == sure
    assert [each["code"] for each in areas(client, robust_top=20)] == sure


def test_none_is_in_the_first_in_so_many_weightings(client: FlaskClient) -> None:
    page = client.get(f"{RANK}&robust_top=1&robust_share=1").text
    assert not shown(page)
    said = page[page.index('id="none-meets"') :].partition("</div>")[0]
    assert "hidden" not in said
    assert "of the weightings" in said
    assert "0 of 259 neighbourhoods are among the first 1 in at least 100\u00a0%" in said
    assert "show every neighbourhood" in said
    assert "surely" not in page
    for part in ('id="ranking"', 'id="compare-form"', "gw-more"):
        assert re.search(rf"<[^>]*{part}[^>]* hidden>", page)


def test_a_filter_beyond_the_areas_ranked_is_said_at_its_field(client: FlaskClient) -> None:
    answer = client.get(f"{RANK}&robust_top=260")
    assert answer.status_code == 400
    assert len(shown(answer.text)) == 20
    error = re.search(r'id="robust-error">.*?</p>', answer.text)
    assert error is not None
    assert "This must be a whole number from 1 to 259, the areas ranked." in error[0]
    assert re.search(r'id="choices" open', answer.text)


def test_more_choices_are_folded_away_until_one_is_taken(client: FlaskClient) -> None:
    assert re.search(r'id="choices">', client.get(RANK).text)
    assert re.search(r'id="choices" open>', client.get(f"{RANK}&robust_top=20").text)


def test_the_filter_follows_the_links_of_the_page(client: FlaskClient) -> None:
    page = client.get(f"{RANK}&robust_top=7&robust_share=0.8").text
    assert '<input type="hidden" name="robust_top" value="7">' in page  # of the weights
    for link in re.findall(r'href="(/rank\.[^"]+)"', page):
        assert "robust_top=7" in link
        assert "robust_share=0.8" in link
    for link in re.findall(r'href="(/areas/[^"]+)"', page):
        assert "robust" not in link
        assert client.get(link.replace("&amp;", "&")).status_code == 200
        break


def test_files_have_ranges_and_say_what_they_are(client: FlaskClient) -> None:
    rows = rows_of(client.get("/rank.csv?top=3").text)
    for row, each in zip(rows, areas(client, top=3), strict=True):
        assert [int(row["rank_low"]), int(row["rank_high"])] == each["interval"]
        assert float(row["p_top_20"]) == each["p_top"]["20"]  # type: ignore[index]
        assert "not a confidence interval" in row["ranges"]
    collection = client.get("/rank.geojson?top=1").get_json(force=True)
    assert collection["features"][0]["properties"]["rank_low"] == int(rows[0]["rank_low"])


def test_pages_of_the_api(client: FlaskClient) -> None:
    first = client.get("/api/v1/robustness?limit=200").get_json()
    second = client.get(first["next"]).get_json()
    assert len(first["areas"]) == 200
    assert len(second["areas"]) == 59
    assert second["next"] is None


def test_the_seed_and_the_spread_can_be_set(client: FlaskClient) -> None:
    usual = areas(client, draws=200)
    assert areas(client, draws=200, seed=1) == usual
    assert areas(client, draws=200, seed=2) != usual
    assert areas(client, draws=200, simplex="true") != usual
    assert areas(client, draws=200, concentration=1000) != usual


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/rank?robust_top=0", "robust_top: must be a whole number from 1 to 1000"),
        ("/rank?robust_top=260", "robust_top: must be a whole number from 1 to 259, the areas"),
        ("/rank?robust_top=ten", "robust_top: must be a whole number"),
        ("/rank?robust_top=5&robust_share=90", "robust_share: must be a number from 0 to 1"),
        ("/rank.csv?robust_share=nan", "robust_share: must be a number from 0 to 1"),
        ("/api/v1/robustness?k=300", "k: must be a whole number from 1 to 259"),
        ("/api/v1/robustness?draws=20000", "draws: must be a whole number from 100 to 10000"),
        ("/api/v1/robustness?w.deprivation=-1", "w.deprivation: must be a number from 0 to 100"),
        ("/api/v1/robustness?w.deprivation=0", "at least one weight must be above 0"),
        ("/api/v1/robustness?w.income=1", "w.income: not a parameter of this address"),
    ],
)
def test_bad_input_is_a_sentence(client: FlaskClient, address: str, sentence: str) -> None:
    answer = client.get(address, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert sentence.split(": ", 1)[-1] in answer.text
