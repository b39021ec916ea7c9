"""Spend on pages and in files: figures, words, state in the address, what is refused."""

import csv
import io
import re
from decimal import Decimal
from html import unescape

import pytest
from flask.testing import FlaskClient

from webmap.spend_exports import AT_ONCE

ASKED = "definition=west-yorkshire&rules=third-party"


def text_of(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:500]
    bare = unescape(re.sub(r"<[^>]+>", " ", answer.text)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", bare)


def document(client: FlaskClient, query: str = ASKED) -> dict:  # type: ignore[type-arg]
    answer = client.get(f"/api/v1/spend?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_share_is_never_without_its_bounds(client: FlaskClient) -> None:
    found = document(client)
    low, high = found["bounds"]
    words = text_of(client, f"/spend?{ASKED}")
    assert (
        f"{100 * found['share_of_located']:.1f} % of the pounds that could be located were local "
        f"(West Yorkshire); "
        f"of all pounds, between {100 * low:.1f} % and {100 * high:.1f} %."
    ) in words
    assert low <= found["share_of_located"] <= high


def test_the_parts_are_the_whole_to_the_penny(client: FlaskClient) -> None:
    found = document(client)
    parts = [Decimal(found[name]) for name in ("local", "leaked", "unlocated")]
    assert sum(parts) == Decimal(found["total"])
    for by in ("category", "decile", "supplier", "address"):
        assert sum(Decimal(part["total"]) for part in found["by"][by]) == Decimal(found["total"])
    leaked = sum(Decimal(part["leaked"]) for part in found["by"]["destination"])
    assert leaked == Decimal(found["leaked"])


def test_every_row_read_is_accounted_for_on_the_page(client: FlaskClient) -> None:
    found = document(client)
    words = text_of(client, f"/spend?{ASKED}")
    rows = found["rows"]
    assert rows["read"] == rows["included"] + sum(rows["excluded"].values()) + rows["rejected"]
    for reason, count in rows["excluded"].items():
        assert f"Left out: {reason} Rows {count:,} " in words
    assert f"Read, the sum of these Rows {rows['read']:,} " in words


def test_the_page_answers_the_questions_in_their_order(client: FlaskClient) -> None:
    html = client.get(f"/spend?{ASKED}").text
    asked = re.findall(r"<h2[^>]*>([^<]+\?)</h2>", html)
    assert asked == [
        "What is local?",
        "What is in?",
        "How much leaks, and where to?",
        "Who receives it?",
    ]


def test_the_definition_and_the_rules_are_in_words(client: FlaskClient) -> None:
    words = text_of(client, f"/spend?{ASKED}")
    assert "It is local when any of these holds" in words
    assert "it is in the districts" in words
    assert "best first: delivery site, branch, registered office then payment address" in words


def test_the_state_is_in_the_address_with_versions(client: FlaskClient) -> None:
    html = unescape(client.get("/spend?from=2021-04-01").text)
    link = re.search(r'href="(/spend\.csv\?[^"]+)"', html)
    assert link is not None
    assert "definition=kirklees@1" in link[1]
    assert re.search(r"rules=all-payments@\d", link[1])
    assert "from=2021-04-01" in link[1]


def test_a_permanent_address_names_its_files(client: FlaskClient) -> None:
    html = unescape(client.get("/spend").text)
    link = re.search(r'href="(/spend\?[^"]*dataset=[^"]+)"', html)
    assert link is not None
    assert client.get(link[1]).status_code == 200
    figure = r'id="answer">([^<]+)<'
    again = client.get(link[1]).text
    assert re.findall(figure, again) == re.findall(figure, html)


def test_the_form_shows_what_was_asked(client: FlaskClient) -> None:
    html = client.get(f"/spend?{ASKED}&from=2021-04-01&to=2022-03-31").text
    assert re.search(r'<option value="west-yorkshire@\d+" selected>', html)
    assert re.search(r'<option value="third-party@\d+" selected>', html)
    assert 'name="from" type="date" value="2021-04-01"' in html
    assert 'name="to" type="date" value="2022-03-31"' in html


def test_several_payers_are_asked_for_at_once(client: FlaskClient) -> None:
    payers = document(client)["payers"]
    both = document(client, "&".join([ASKED, *(f"payer={p.replace(' ', '+')}" for p in payers)]))
    assert both["total"] == document(client)["total"]
    each = [document(client, f"{ASKED}&payer={p.replace(' ', '+')}")["total"] for p in payers]
    assert sum(map(Decimal, each)) == Decimal(both["total"])


def test_long_tables_show_ten_and_then_all(client: FlaskClient) -> None:
    html = unescape(client.get("/spend").text)
    supplier = re.search(
        r'<table class="gw-parts" role="table" id="supplier">.*?</table>', html, re.DOTALL
    )
    assert supplier is not None
    assert supplier[0].count("<tr") <= 1 + 10 + 2
    link = re.search(r'href="(/spend\?[^"]*all=supplier[^"]*)"', html)
    assert link is not None
    assert link[1].endswith("#supplier")
    longer = unescape(client.get(link[1]).text)
    assert longer.count('class="gw-part"') > html.count('class="gw-part"')
    assert "#supplier" not in longer


def test_a_chart_stands_beside_its_table(client: FlaskClient) -> None:
    html = client.get("/spend").text
    assert 'role="img" aria-labelledby="whole-title"' in html
    assert html.count("<pattern ") == 2
    assert "style=" not in html


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("colour=red", "colour"),
        ("from=yesterday", "from"),
        ("from=2021-02-30", "from"),
        ("to=20210101", "to"),
        ("definition=Kirklees!", "definition"),
        ("definition=kirklees&definition=west-yorkshire", "definition"),
        ("rules=a", "rules"),
        ("all=everything", "all"),
        ("payer=Nobody", "payer"),
        ("from=2022-01-01&to=2021-01-01", "to"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    client: FlaskClient, query: str, parameter: str
) -> None:
    assert parameter in text_of(client, f"/spend?{query}", 400)
    if parameter != "all":
        answer = client.get(f"/api/v1/spend?{query}")
        assert answer.status_code == 400
        assert (answer.json or {})["parameter"] == parameter


@pytest.mark.parametrize(
    "query", ["definition=no-such", "definition=kirklees@99", "rules=none-such"]
)
@pytest.mark.parametrize("address", ["/spend", "/spend.csv", "/spend/rows.csv", "/api/v1/spend"])
def test_an_unknown_definition_is_not_found(client: FlaskClient, address: str, query: str) -> None:
    assert client.get(f"{address}?{query}").status_code == 404


def test_a_refused_question_keeps_the_form(client: FlaskClient) -> None:
    answer = client.get("/spend?from=2022-01-01&to=2021-01-01")
    assert 'href="#to"' in answer.text
    assert 'value="2022-01-01"' in answer.text
    assert "<title>Error: " in answer.text


def test_all_parts_come_as_a_file(client: FlaskClient) -> None:
    rows = rows_of(client, f"/spend.csv?{ASKED}")
    assert rows[0]["breakdown"] == "all"
    assert rows[0]["total"] == document(client)["total"]
    assert {row["definition"] for row in rows} == {"west-yorkshire@1"}
    assert {row["data"] for row in rows} == {"sample data"}
    assert all("Crown copyright" in row["attribution"] for row in rows)


def test_every_payment_comes_as_a_file_with_where_it_went(client: FlaskClient) -> None:
    found = document(client)
    rows = rows_of(client, f"/spend/rows.csv?{ASKED}")
    sums = {state: Decimal(0) for state in ("local", "leaked", "unlocated")}
    for row in rows:
        if row["west-yorkshire"] in sums:
            sums[row["west-yorkshire"]] += Decimal(row["amount"])
    assert {state: str(pounds) for state, pounds in sums.items()} == {
        state: found[state] for state in sums
    }
    payments = sum(int(row["payments"]) for row in rows)
    assert payments == found["rows"]["included"] + sum(found["rows"]["excluded"].values())
    assert {row["payments"] == "1" for row in rows if row["line"]} == {True}


def test_a_third_list_at_once_is_asked_to_wait_and_places_come_free(client: FlaskClient) -> None:
    sent = [client.get(f"/spend/rows.csv?{ASKED}") for _ in range(AT_ONCE)]
    refused = client.get("/spend/lab.csv?definition=kirklees&definition=west-yorkshire")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert "try again in a moment" in (refused.json or {})["detail"]
    sent.pop().close()  # went away before all was sent
    assert sent.pop().text.startswith("ledger,")  # had all of it
    refusals = [client.get("/spend/rows.csv?definition=no-such") for _ in range(AT_ONCE)]
    assert {answer.status_code for answer in refusals} == {404}
    again = [client.get(f"/spend/rows.csv?{ASKED}") for _ in range(AT_ONCE)]
    assert [answer.status_code for answer in again] == [200] * AT_ONCE
    for answer in again:
        answer.close()
        answer.close()
    assert len(rows_of(client, f"/spend/rows.csv?{ASKED}")) > 1


def test_more_payments_than_a_file_holds_are_refused_with_a_way_out(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webmap import spend_exports  # noqa: PLC0415

    monkeypatch.setattr(spend_exports, "MOST_ROWS", 10)
    answer = client.get("/spend/rows.csv")
    assert answer.status_code == 400
    assert "choose a shorter period" in (answer.json or {})["detail"]
    assert "geo-wealth spend --rows FILE" in (answer.json or {})["detail"]


def test_without_a_ledger_the_page_says_what_would_be_here(empty_client: FlaskClient) -> None:
    assert "No ledger is loaded yet" in text_of(empty_client, "/spend")
    assert empty_client.get("/api/v1/spend").status_code == 404


def test_the_page_says_when_the_payments_are_too_many_for_a_file(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webmap.pages import spend  # noqa: PLC0415

    total = sum(int(row["payments"]) for row in rows_of(client, "/spend/rows.csv"))
    monkeypatch.setattr(spend, "MOST_ROWS", total)
    assert "Every payment as CSV" in text_of(client, "/spend")
    monkeypatch.setattr(spend, "MOST_ROWS", total - 1)
    assert "choose a shorter period" in text_of(client, "/spend")


def test_the_page_says_which_way_its_share_leans(client: FlaskClient) -> None:
    page = client.get("/spend").get_data(as_text=True)
    assert "Registers of one district find the suppliers there and miss others" in page
    assert 'href="#found"' in page
    assert "Registers of suppliers" in page
