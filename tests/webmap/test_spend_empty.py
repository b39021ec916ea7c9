"""Pages about spend of a period in which nothing was paid, and the years that are offered."""

from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from geo_wealth.queries.book import read_book
from webmap.spend_view import years_of


def test_a_page_of_a_period_without_payments_says_so(client: FlaskClient) -> None:
    found = client.get("/spend?from=2030-01-01")
    assert found.status_code == 200
    assert "No payment counts in this period; the ledgers run from" in found.text.replace(
        "\u00a0", " "
    )
    for claimed in ("Everything could be located", "Nothing that could be located went elsewhere"):
        assert claimed not in found.text
    assert "Who receives it?" not in found.text


@pytest.mark.parametrize("address", ["/spend/compare", "/api/v1/spend/compare"])
def test_a_baseline_without_payments_is_refused(client: FlaskClient, address: str) -> None:
    found = client.get(f"{address}?first.from=2030-01-01")
    assert found.status_code == 400
    assert "no payment counts on this side" in found.text


def test_only_years_with_payments_are_offered(sample: Connection) -> None:
    book = read_book(sample)
    (year,) = {name for name, _, _ in years_of(book)}
    day = book.payments.day.copy()
    day[0] = date(2017, 3, 31).toordinal()
    stray = replace(book, payments=replace(book.payments, day=day))
    assert [name for name, _, _ in years_of(stray)] == ["2016-17", year]
    payer = book.ledgers[int(book.payments.ledger[0])].payer
    others = {each.payer for each in book.ledgers} - {payer}
    assert [name for name, _, _ in years_of(stray, others)] == [year]
