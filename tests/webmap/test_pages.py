"""Pages as a browser without scripts gets them."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from geo_wealth.pipeline.ranking import build_ranking, keep_ranking
from geo_wealth.queries.rows import RankRequest

AREA, WARD, DISTRICT = "E01011140", "E05001389", "E08000034"
PAGES = ["/", "/rank", f"/areas/{AREA}", f"/wards/{WARD}", "/buildings?postcode=HD1+2TT", "/data"]


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def shown_codes(html: str) -> list[str]:
    """Codes of the rows of the ranking that are not hidden, in order."""
    rows = re.findall(r'<tr role="row" class="gw-row"[^>]*>', html)
    return [
        match[1]
        for row in rows
        if "hidden" not in row and (match := re.search(r'code="(\w+)"', row))
    ]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_that_rests_on_invented_data_says_so(client: FlaskClient, address: str) -> None:
    assert "Sample data" in text_of(client, address)


@pytest.mark.parametrize("address", [*PAGES, "/method", "/accessibility", "/buildings"])
def test_every_page_is_a_sound_document(client: FlaskClient, address: str) -> None:
    html = client.get(address).text
    assert html.lstrip().startswith("<!DOCTYPE html>")
    assert '<html lang="en"' in html
    assert re.search(r"<title>[^<]+– Geo Wealth</title>", html)
    assert html.count("<h1") == 1
    assert 'class="govuk-skip-link"' in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    assert "style=" not in html
    assert not re.search(r"\son\w+=", html)


def test_the_rank_page_shows_twenty_and_then_all(client: FlaskClient) -> None:
    html = client.get("/rank").text
    assert len(shown_codes(html)) == 20
    everything = re.search(r'id="show-all" href="([^"#]+)', html)
    assert everything is not None
    assert len(shown_codes(client.get(everything[1].replace("&amp;", "&")).text)) == 259


def test_the_rank_page_sorts_by_links(client: FlaskClient) -> None:
    by_name = shown_codes(client.get("/rank?sort=name&top=1000").text)
    down = shown_codes(client.get("/rank?sort=name&order=desc&top=1000").text)
    assert by_name[0] != down[0]
    html = client.get("/rank?sort=deprivation&order=desc").text
    assert shown_codes(html)[0] == AREA
    assert 'aria-sort="descending"' in html


def test_weights_change_the_order(client: FlaskClient) -> None:
    answer = client.get("/rank?w.deprivation=1")
    assert shown_codes(answer.text)[0] == AREA
    assert "100\u00a0% of the whole" in answer.text


def test_the_rank_page_says_its_weights_and_its_scale_in_words(client: FlaskClient) -> None:
    words = text_of(client, "/rank").replace("\u00a0", " ")
    assert "Weighted: deprivation 50 %, local spend 25 %, buildings 25 %." in words
    assert "0 to 1, higher first" in words
    assert "0 to 1" not in text_of(client, "/rank?normalise=z")


def test_the_rank_page_is_light(client: FlaskClient) -> None:
    answer = client.get("/rank", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 150_000


def test_geometry_travels_once_and_names_are_not_in_it(client: FlaskClient) -> None:
    html = client.get("/rank").text
    assert html.count('"FeatureCollection"') == 1
    assert html.count(f'"code": "{AREA}"') == 1


def test_the_area_page_tells_it_in_words(client: FlaskClient) -> None:
    words = text_of(client, f"/areas/{AREA}")
    assert "Kirklees 019C ranks" in words
    assert "rank 661 of 32,844" in words
    assert "deprived people" not in words


def test_the_area_lists_as_many_buildings_as_its_words_count(client: FlaskClient) -> None:
    html = client.get(f"/areas/{AREA}").text
    counted = client.get(f"/api/v1/areas/{AREA}/explanation").json
    assert counted is not None
    beside = counted["indicators"]["assets"]["beside"]
    states = ("eligible", "unknown", "not_eligible")
    assert html.count('class="gw-asset"') == sum(beside[f"{state}_in_reach"] for state in states)


def test_an_area_page_of_a_ward_code_leads_to_the_ward(client: FlaskClient) -> None:
    answer = client.get(f"/areas/{WARD}")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"/wards/{WARD}")


def test_the_ward_page_surfaces_the_pockets_of_ashbrow(client: FlaskClient) -> None:
    words = text_of(client, f"/wards/{WARD}")
    assert "Ashbrow has 12 neighbourhoods" in words
    assert "Two of them are among the most deprived tenth of England" in words
    assert "rank 1,091 of 32,844" in words
    assert "rank 2,062 of 32,844" in words


@pytest.mark.parametrize("typed", ["HD1 2TT", "hd12tt", " hd1  2tt "])
def test_buildings_are_listed_by_distance(client: FlaskClient, typed: str) -> None:
    html = client.get("/buildings", query_string={"postcode": typed, "within": 2000}).text
    found = re.findall(r"<span>(?:under )?([\d.]+)\u00a0(k?m)</span>", html)
    metres = [float(number) * (1000 if unit == "km" else 1) for number, unit in found]
    assert len(metres) > 2
    assert metres == sorted(metres)


@pytest.mark.parametrize(
    ("postcode", "says"),
    [
        ("", "Enter a postcode"),
        ("HELLO", "postcode"),
        ("HD99 9ZZ", "HD99 9ZZ"),
    ],
)
def test_a_useless_postcode_is_told_in_its_own_words(
    client: FlaskClient, postcode: str, says: str
) -> None:
    answer = client.get("/buildings", query_string={"postcode": postcode})
    assert answer.status_code == 400
    assert says in answer.text
    assert "There is a problem" in answer.text


def test_malformed_and_unknown_postcodes_get_different_sentences(client: FlaskClient) -> None:
    malformed = re.findall(r'#postcode">([^<]+)', client.get("/buildings?postcode=HELLO").text)
    unknown = re.findall(r'#postcode">([^<]+)', client.get("/buildings?postcode=HD99+9ZZ").text)
    assert malformed
    assert unknown
    assert malformed != unknown


def test_eligible_only_leaves_nothing_else(client: FlaskClient) -> None:
    html = client.get("/buildings?postcode=HD1+2TT&within=2000&eligible_only=true").text
    assert "May be transferred" in html
    assert "Not open to transfer" not in html
    assert "Transfer not known" not in html


def test_a_use_narrows_the_list(client: FlaskClient) -> None:
    whole = client.get("/buildings?postcode=HD1+2TT&within=2000").text
    some = client.get("/buildings?postcode=HD1+2TT&within=2000&use=library").text
    assert 0 < some.count('class="gw-asset"') < whole.count('class="gw-asset"')


@pytest.mark.parametrize(
    ("typed", "finds"),
    [("hd12tt", "HD1 2TT"), ("ashbrow", "Ashbrow"), ("E01011140", "Kirklees 019C")],
)
def test_the_box_finds_postcodes_wards_and_codes(
    client: FlaskClient, typed: str, finds: str
) -> None:
    assert finds in text_of(client, f"/?q={typed}")


@pytest.mark.parametrize("typed", ["", "nowhere at all", "%", "_"])
def test_the_box_says_what_to_do_when_it_finds_nothing(client: FlaskClient, typed: str) -> None:
    html = client.get("/", query_string={"q": typed}).text
    assert 'class="govuk-error-message"' in html


@pytest.mark.parametrize(
    ("address", "name", "allowed"),
    [
        ("/rank?colour=red", "colour", "district"),
        ("/rank?top=lots", "top", "1 to 1000"),
        ("/rank?w.spend=x", "w.spend", "0 to 100"),
        ("/buildings?within=17", "within", "400, 800, 1200, 2000"),
        (f"/areas/{AREA}?vintage=1999", "vintage", "2011, 2021"),
        (f"/areas/{AREA}?district=E08000033", "district", "Kirklees 019C is in E08000034"),
        (f"/wards/{WARD}?district=E08000033", "district", "Ashbrow ward is in E08000034"),
        ("/method?x=1", "x", "none"),
    ],
)
def test_a_wrong_parameter_is_a_400_that_names_it(
    client: FlaskClient, address: str, name: str, allowed: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.mimetype == "text/html"
    assert f"{name}: " in answer.text
    assert allowed in answer.text


@pytest.mark.parametrize("place", [f"/areas/{AREA}", f"/wards/{WARD}"])
def test_a_place_takes_its_own_district_from_an_address(client: FlaskClient, place: str) -> None:
    texts = [
        text_of(client, f"{place}?{query}index=imd2019&w.deprivation=1").partition("Skip map")[0]
        for query in (f"district={DISTRICT}&", "")
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "address",
    [*PAGES, "/?q=ashbrow", "/?q=hd1+2tt", "/rank?w.spend=0&w.deprivation=1&sort=name&top=30"],
)
def test_every_link_of_a_page_is_answered(client: FlaskClient, address: str) -> None:
    links = re.findall(r'<a [^>]*href="(/[^"#]*)', client.get(address).text)
    one_of_a_kind = {re.sub(r"E0\w+", "", link): unescape(link) for link in links}
    assert len(one_of_a_kind) > 5
    for link in one_of_a_kind.values():
        assert client.get(link).status_code < 400, link


@pytest.mark.parametrize(
    "address", [*PAGES, "/?q=hd1+2tt", "/buildings?postcode=HD1+2TT&use=none", "/openapi.json"]
)
def test_a_list_that_may_hold_private_premises_is_not_called_public(
    client: FlaskClient, address: str
) -> None:
    """Buildings come from a list of land, but also from one of premises that pay rates."""
    assert "public building" not in client.get(address).text.lower()


@pytest.mark.parametrize(
    "address",
    ["/areas/E01999999", "/wards/E05999999", "/rank?district=E08000099", "/rank?id=abcdef", "/nix"],
)
def test_what_is_not_there_is_a_404(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "Traceback" not in answer.text


def test_pages_are_not_stored_since_their_nonces_would_not_fit(client: FlaskClient) -> None:
    answer = client.get("/rank")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("address", ["/", "/rank", "/buildings", "/data", "/method"])
def test_an_empty_database_says_what_would_be_here(empty_client: FlaskClient, address: str) -> None:
    words = text_of(empty_client, address)
    assert "Sample data" not in words
    if address in ("/", "/rank", "/data"):
        assert "geo-wealth sample" in words


def test_a_kept_ranking_is_shown_under_its_id(client: FlaskClient, sample_engine: Engine) -> None:
    request = RankRequest(district=DISTRICT, weights={"deprivation": 1, "spend": 0, "assets": 0})
    with sample_engine.begin() as writing:
        kept = keep_ranking(writing, build_ranking(writing, request))
    html = client.get(f"/rank?id={kept}").text
    assert f"kept as {kept}" in html
    assert shown_codes(html)[0] == AREA
