"""Definitions, the lab, two baselines, opportunities, payers side by side, matches to review."""

import csv
import io
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.datastructures import MultiDict

from geo_wealth.config import Settings
from geo_wealth.pipeline.claims import record_claim
from geo_wealth.store.named import add_document
from webmap import create_app
from webmap.params import read
from webmap.spend_anchors import ANCHORS, anchors_request

PAGES = [
    "/definitions",
    "/definitions/kirklees",
    "/rules/third-party",
    "/spend/lab",
    "/spend/compare",
    "/spend/opportunities",
    "/spend/anchors",
    "/matches",
]
LAB = "definition=kirklees@1&definition=west-yorkshire@1"


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:500]
    bare = unescape(re.sub(r"<[^>]+>", " ", answer.text)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", bare)


def json_of(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    return list(csv.DictReader(io.StringIO(answer.text)))


# All of them ------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_a_sound_document(client: FlaskClient, address: str) -> None:
    html = client.get(address).text
    assert html.count("<h1") == 1
    assert 'aria-current="page"' in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    assert "style=" not in html
    assert not re.search(r"\son\w+=", html)


@pytest.mark.parametrize("address", [*PAGES, "/spend?definition=west-yorkshire&all=category"])
def test_every_link_is_answered(client: FlaskClient, address: str) -> None:
    links = {unescape(link) for link in re.findall(r'href="(/[^"#]*)', client.get(address).text)}
    kinds = {re.sub(r"\d{4}-\d\d(-\d\d)?|@\d+", "", link): link for link in links}
    assert len(kinds) > 10
    for link in kinds.values():
        assert client.get(link).status_code < 400, link


@pytest.mark.parametrize(
    "address", ["/spend/lab", "/spend/compare", "/spend/opportunities", "/spend/anchors"]
)
def test_without_a_ledger_a_page_says_what_would_be_here(
    empty_client: FlaskClient, address: str
) -> None:
    assert "No ledger is loaded yet" in text_of(empty_client, address)


def test_without_a_ledger_no_match_is_for_review(empty_client: FlaskClient) -> None:
    assert "Nothing is for review" in text_of(empty_client, "/matches")
    assert rows_of(empty_client, "/matches.csv") == []


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/definitions?x=1", "x"),
        ("/definitions/kirklees?version=0", "version"),
        ("/definitions/kirklees?against=Kirklees!", "against"),
        ("/spend/lab?definition=kirklees", "definition"),
        ("/spend/lab?pair=kirklees", "pair"),
        ("/spend/lab?cell=local", "cell"),
        (f"/spend/lab?{LAB}&pair=kirklees@1..within-10-miles@1", "pair"),
        ("/spend/compare?first.from=soon", "first.from"),
        ("/spend/compare?first.payer=Nobody", "payer"),
        (
            "/spend/compare?first.definition=west-yorkshire&second.definition=west-yorkshire",
            "second",
        ),
        ("/spend/opportunities?all=category", "all"),
        ("/spend/anchors?scale=Nobody", "scale"),
        ("/spend/anchors?scale=Nobody%3Dtown", "scale"),
        ("/matches?min_pounds=many", "min_pounds"),
        ("/matches?offset=-1", "offset"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    client: FlaskClient, address: str, parameter: str
) -> None:
    assert f"{parameter}: " in text_of(client, address, 400)


@pytest.mark.parametrize(
    "address",
    [
        "/definitions/none-such",
        "/definitions/Not%20a%20slug",
        "/definitions/kirklees?version=99",
        "/definitions/kirklees?against=none-such",
        "/rules/kirklees",
        "/spend/lab?definition=none-such&definition=kirklees",
        "/spend/compare?second.rules=none-such",
    ],
)
def test_what_is_not_there_is_a_404(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/spend/lab?pair=all&offset=90000", "/matches?offset=90000"])
def test_beyond_the_last_row_a_link_leads_back(client: FlaskClient, address: str) -> None:
    html = client.get(address).text
    assert "No payments here" in html or "There are no more" in html or "Nothing is for" in html
    for link in re.findall(r'href="([^"#]+)[^"]*" rel="prev"', html):
        assert client.get(unescape(link)).status_code == 200


@pytest.mark.parametrize("address", ["/spend", "/spend/opportunities", "/spend/anchors"])
def test_a_definition_that_cannot_be_used_is_told_beside_the_form(
    settings: Settings, engine: Engine, address: str
) -> None:
    from geo_wealth.pipeline.sample import load_sample  # noqa: PLC0415  (slow to import)

    load_sample(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE organisation SET kind = 'suppliers'"))
        connection.execute(text("UPDATE dataset SET generation = generation + 1000"))
    client = create_app(settings, engine).test_client()
    answer = client.get(f"{address}?definition=anchors-town")
    assert answer.status_code == 404
    assert "No register of anchors has premises" in answer.text
    assert '<option value="anchors-town@1" selected>' in answer.text


# Definitions and rules --------------------------------------------------------------------------


def test_a_definition_is_shown_in_words_and_as_it_is_kept(client: FlaskClient) -> None:
    words = text_of(client, "/definitions/west-yorkshire")
    assert "it is in the districts Bradford, Calderdale, Kirklees, Leeds or Wakefield" in words
    assert 'slug = "west-yorkshire"' in words
    assert "version 1" in words


def test_rules_are_listed_in_their_order(client: FlaskClient) -> None:
    html = client.get("/rules/third-party").text
    listed = re.search(r'<ol class="[^"]*gw-rules">(.*?)</ol>', html, re.DOTALL)
    assert listed is not None
    first = re.findall(r"<li>(\w+)", listed[1])
    assert first[:2] == ["salaries", "precepts"]


def test_two_definitions_are_compared_in_words(client: FlaskClient) -> None:
    words = text_of(client, "/definitions/west-yorkshire?against=kirklees")
    assert "west-yorkshire@1 also counts an address as local when it is in the districts" in words


def test_a_new_version_is_shown_beside_the_old_one(settings: Settings, engine: Engine) -> None:
    with engine.begin() as connection:
        for code in ("E08000034", "E08000033"):
            add_document(
                connection,
                "definition",
                f'slug = "mine"\ntitle = "Mine <b>"\n[address]\norder = ["site"]\n'
                f'[[local]]\nkind = "district"\ncodes = ["{code}"]\n',
                "mine.toml",
                "<script>alert(1)</script>",
            )
    client = create_app(settings, engine).test_client()
    newest = client.get("/definitions/mine").text
    assert "Mine &lt;b&gt;" in newest
    for address in ("/definitions/mine", "/definitions", "/api/v1/definitions"):
        assert "alert(1)" not in client.get(address).text  # officers' names stay in the house
    assert "This one is added here" in newest
    assert "does not count an address as local when it is in the district E08000034" in newest
    assert "There is a newer one" in text_of(client, "/definitions/mine?version=1")
    listed = json_of(client, "/api/v1/definitions")["definitions"]
    assert [row["version"] for row in listed if row["name"] == "mine"] == [2, 1]


def test_the_tag_of_a_figure_depends_on_the_version_of_its_definition(
    settings: Settings, engine: Engine
) -> None:
    client = create_app(settings, engine).test_client()
    tags = [client.get("/api/v1/definitions").headers["ETag"]]
    with engine.begin() as connection:
        document = 'slug = "more"\ntitle = "More"\n'
        add_document(connection, "rules", document, "more.toml", None)
    tags.append(client.get("/api/v1/definitions").headers["ETag"])
    assert tags[0] != tags[1]


# The lab ----------------------------------------------------------------------------------------


def test_every_difference_can_be_listed_and_downloaded(client: FlaskClient) -> None:
    found = json_of(client, f"/api/v1/spend/lab?{LAB}")
    (difference,) = found["differences"]
    moved = next(
        cell
        for cell in difference["cells"]
        if (cell["first"], cell["second"]) == ("leaked", "local")
    )
    assert moved["payments"] > 0
    asked = f"{LAB}&pair=kirklees@1..west-yorkshire@1&cell=leaked..local"
    words = text_of(client, f"/spend/lab?{asked}")
    assert f"{moved['payments']:,} payments that kirklees@1 and west-yorkshire@1 put" in words
    rows = rows_of(client, f"/spend/lab.csv?{asked}")
    assert sum(int(row["payments"]) for row in rows) == moved["payments"]
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal(moved["pounds"])
    assert {(row["kirklees@1"], row["west-yorkshire@1"]) for row in rows} == {("leaked", "local")}


def test_the_listing_is_paged_without_loss(client: FlaskClient) -> None:
    address: str | None = f"/spend/lab?{LAB}&pair=all"
    lines: list[str] = []
    pages = 0
    while address:
        html = unescape(client.get(address).text)
        lines += re.findall(r'<span class="gw-under">([^<]+, line \d+)</span>', html)
        following = re.search(r'href="([^"#]+)[^"]*" rel="next"', html)
        address, pages = (following[1] if following else None), pages + 1
    total = json_of(client, f"/api/v1/spend/lab?{LAB}")["not_all_agree"]["payments"]
    assert pages > 1
    assert len(lines) == len(set(lines)) == total


def test_a_lab_keeps_its_versions_in_the_address(client: FlaskClient) -> None:
    html = unescape(client.get("/spend/lab?definition=kirklees&definition=west-yorkshire").text)
    assert "definition=kirklees@1&definition=west-yorkshire@1" in html


def test_a_refused_lab_keeps_its_form(client: FlaskClient) -> None:
    html = client.get("/spend/lab?definition=kirklees").text
    assert 'value="kirklees@1" checked' in html
    assert 'href="#definition"' in html


# Two baselines ----------------------------------------------------------------------------------


def test_what_is_not_like_for_like_is_refused_as_such(client: FlaskClient) -> None:
    words = text_of(client, "/spend/compare?first.rules=all-payments&second.rules=third-party")
    assert "cannot be compared like for like: the rules differ" in words
    assert "no change by itself" in words


def test_the_parts_of_a_change_sum_to_it_as_printed(client: FlaskClient) -> None:
    asked = "first.definition=kirklees&second.definition=west-yorkshire&second.rules=third-party"
    html = client.get(f"/spend/compare?{asked}").text
    table = re.search(r"Parts of the change</caption>.*?</table>", html, re.DOTALL)
    assert table is not None
    cells = re.findall(r"local share </span>([+-][\d.]+)</td>", table[0])
    *parts, whole = map(Decimal, cells)
    assert len(parts) == 3
    assert sum(parts) == whole


def test_baselines_of_two_periods_are_like_for_like(client: FlaskClient) -> None:
    asked = "first.to=2021-09-30&second.from=2021-10-01"
    found = json_of(client, f"/api/v1/spend/compare?{asked}")
    assert found["like_for_like"] is True
    assert "like for like" in text_of(client, f"/spend/compare?{asked}")


def test_a_claim_is_shown_as_a_claim_and_never_drawn(settings: Settings, engine: Engine) -> None:
    from geo_wealth.pipeline.sample import load_sample  # noqa: PLC0415  (slow to import)

    load_sample(engine)
    client = create_app(settings, engine).test_client()
    before = client.get("/spend").text
    payer = json_of(client, "/api/v1/spend")["payers"][0]
    record_claim(engine, payer, "31%", "A <paper>", "2012")
    html = client.get("/spend").text
    assert "Claim: " in html
    assert "31 %" in unescape(html).replace("\u00a0", " ")
    assert "A &lt;paper&gt;" in html
    drawn = r"<svg class=\"gw-whole\".*?</svg>"
    assert re.findall(drawn, html, re.DOTALL) == re.findall(drawn, before, re.DOTALL)
    tags = [client.get("/api/v1/spend/compare").headers["ETag"]]
    record_claim(engine, payer, "28%", "Another paper", added_by="An Officer")
    answer = client.get("/api/v1/spend/compare")
    tags.append(answer.headers["ETag"])
    assert tags[0] != tags[1]
    assert [claim["source"] for claim in (answer.json or {})["claims"]]
    assert "An Officer" not in answer.text


# Opportunities ----------------------------------------------------------------------------------


def test_what_leaks_is_listed_by_pounds_with_and_without_suppliers(client: FlaskClient) -> None:
    found = json_of(client, "/api/v1/spend/opportunities?rules=third-party")
    for side in ("with_local_suppliers", "without_local_suppliers"):
        leaked = [Decimal(row["leaked"]) for row in found[side]]
        assert leaked == sorted(leaked, reverse=True)
    rows = rows_of(client, "/spend/opportunities.csv?rules=third-party")
    listed = [*found["with_local_suppliers"], *found["without_local_suppliers"]]
    assert [row["category"] for row in rows] == [each["category"] for each in listed]
    html = client.get("/spend/opportunities?rules=third-party&all=supplied&all=unsupplied").text
    got = re.findall(r"Local suppliers got, from all payers </span>£([\d,]+)<", html)
    assert [Decimal(each.replace(",", "")) for each in got] == [
        round(Decimal(row["local_suppliers_received"])) for row in found["with_local_suppliers"]
    ]
    cut = client.get("/spend/opportunities?rules=third-party").text
    told = re.findall(r"Local suppliers got, from all payers </span>£([\d,]+)<", cut)
    assert len(told) <= len(got)
    words = text_of(client, "/spend/opportunities?rules=third-party&all=supplied&all=unsupplied")
    assert "Leaks in categories where a local supplier is known" in words
    assert "bought locally" not in words
    for each in listed:
        assert each["category"] in words


# Payers side by side ----------------------------------------------------------------------------


def test_payers_stand_side_by_side_and_together_without_transfers(client: FlaskClient) -> None:
    found = json_of(client, "/api/v1/spend/anchors")
    each = sum(Decimal(row["same_definition"]["total"]) for row in found["anchors"])
    assert each == Decimal(found["joint"]["total"]) + Decimal(found["transferred"]["total"])
    words = text_of(client, "/spend/anchors")
    for row in found["anchors"]:
        assert row["payer"] in words
    assert "Together, without what they pay one another" in words


def test_a_payer_may_have_its_own_scale(client: FlaskClient) -> None:
    payer = json_of(client, "/api/v1/spend/anchors")["anchors"][0]["payer"]
    asked = {"scale": [f"{payer}=district:E08000034", ""], "definition": "west-yorkshire"}
    answer = client.get("/spend/anchors", query_string=asked)
    assert answer.status_code == 200
    assert "Each at its own scale" in answer.text
    assert re.search(r'value="[^"]*=district:E08000034" selected', answer.text)


def test_another_name_is_given_to_a_payer_whose_own_holds_the_sign() -> None:
    asked = MultiDict({"also": "A=B Trust=Trust of A and B", "scale": "A=B Trust=town"})
    request = anchors_request(read(asked, ANCHORS))
    assert request.also == (("A=B Trust", "Trust of A and B"),)
    assert request.scales == (("A=B Trust", "town"),)


def test_lm3_is_of_the_whole_ledgers_whatever_period_or_file_is_asked_for(
    client: FlaskClient,
) -> None:
    def told(query: str = "") -> str:
        words = text_of(client, f"/spend/anchors{query}")
        return words[words.index("LM3: what is spent") : words.index("The same as JSON")]

    payer = json_of(client, "/api/v1/spend/anchors")["anchors"][0]["payer"]
    narrow = f"?payer={payer}&from=2021-04-01&to=2021-04-09"
    assert told(narrow) == told(f"?payer={payer}")
    assert "whatever period or file is chosen above" in told()


# Matches ----------------------------------------------------------------------------------------


def test_the_review_list_is_by_pounds_and_tells_how_to_decide(
    settings: Settings, engine: Engine
) -> None:
    from geo_wealth.pipeline.sample import load_sample  # noqa: PLC0415  (slow to import)

    load_sample(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE payee_candidate SET band = 'review', reason = '<b>why</b>' "
                "WHERE payee_id IN (SELECT payee_id FROM payee_candidate ORDER BY 1 LIMIT 60)"
            )
        )
    client = create_app(settings, engine).test_client()
    rows = rows_of(client, "/matches.csv")
    pounds = [Decimal(row["pounds"]) for row in rows]
    assert pounds == sorted(pounds, reverse=True)
    assert len(rows) > 25
    html = client.get("/matches").text
    assert f"{len(rows):,} matches for a person to decide" in html
    assert "&lt;b&gt;why&lt;/b&gt;" in html
    assert "geo-wealth match decide FILE.csv --by" in html
    second = client.get("/matches?offset=25")
    assert second.text.count('class="gw-part"') > 1
    least = int(pounds[3])
    assert len(rows_of(client, f"/matches.csv?min_pounds={least}")) < len(rows)
