"""Amounts and dates as councils write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth import cells


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", "1234.5"),
        (" 1,234.50 ", "1234.50"),
        ("£1,234.50", "1234.50"),
        ("-£12", "-12"),
        ("£-12", "-12"),
        ("(12.00)", "-12.00"),
        ("(1,234.56)", "-1234.56"),
        ("£(5)", "-5"),
        ("12.00-", "-12.00"),
        ("12.00 CR", "-12.00"),
        ("12.00DR", "12.00"),
        ("−7.10", "-7.10"),
        ("\u00a012.00\u00a0", "12.00"),
        ("+3", "3"),
        (".50", "0.50"),
        ("12.", "12"),
        ("1.5E+05", "150000"),
        ("0", "0"),
        ("-", "0"),
        ("Nil", "0"),
        ("0.005", "0.005"),
    ],
)
def test_amount(text: str, value: str) -> None:
    assert cells.amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", " ", "NA", "n/a", "abc", "12,34.50", "1.234,50", "NaN", "inf", "1e999", "1e40",
     "1e-9", "12 34", "--5", "£", "01/02/2020", "1" * 14,
     "1" + " " * 20_000 + "2"],
)  # fmt: skip
def test_what_is_no_amount_is_unknown_not_zero(text: str) -> None:
    assert cells.amount(text) is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False))
def test_amount_reads_back_what_is_written(value: Decimal) -> None:
    for text in (f"{value}", f"{value:,}", f"({-value:,})" if value < 0 else f" £{value:,} "):
        assert cells.amount(text) == value


@pytest.mark.parametrize(
    "text",
    ["2010-12-24", "24/12/2010", "24-Dec-2010", "24-Dec-10", "24 December 2010", "24.12.10",
     "2010-12-24T00:00:00Z", "2010-12-24 00:00:00", "24/12/2010 00:00", "20101224", "40536",
     "40536.0", "Friday 24 December 2010", "24th Dec 2010", "2010/12/24"],
)  # fmt: skip
def test_day(text: str) -> None:
    assert cells.day(text) == cells.Day("date", date(2010, 12, 24))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "blank"),
        ("NA", "blank"),
        ("July 2010 - September 2010", "period"),
        ("Jul-10", "period"),
        ("2010/11", "period"),
        ("Q1 2010/11", "period"),
        ("31/02/2020", "impossible"),
        ("2020-13-01", "impossible"),
        ("01/01/1066", "impossible"),
        ("Adult Services", "unknown"),
        ("1616.23", "unknown"),
        ("1234567", "unknown"),
    ],
)
def test_what_is_no_day(text: str, kind: str) -> None:
    assert cells.day(text) == cells.Day(kind)


def test_excel_counts_days_from_30_december_1899() -> None:
    assert cells.day("44287").value == date(2021, 4, 1)


def test_a_file_with_months_first_is_seen_by_its_24th() -> None:
    assert cells.months_come_first(["01/02/2020", "12/24/2010"])
    assert not cells.months_come_first(["24/12/2010", "12/24/2010"])
    assert not cells.months_come_first(["01/02/2020"])
    assert cells.day("12/24/2010", month_first=True).value == date(2010, 12, 24)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)))
def test_day_reads_back_what_is_written(day: date) -> None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y", "%d %B %Y", "%Y%m%d"):
        assert cells.day(day.strftime(form)).value == day


@pytest.mark.parametrize(
    "unseen", ["\0", "\x1b", "\x9f", "\u200b", "\u200f", "\u202e", "\u2066", "\ufeff"]
)
def test_what_cannot_be_seen_is_dropped(unseen: str) -> None:
    assert cells.tidy(f"{unseen}Sam{unseen}ple {unseen} Ltd{unseen}") == "Sample Ltd"
    assert cells.known(f" {unseen}n/a") is None


def test_accents_and_other_writing_stay() -> None:
    assert cells.tidy("Caf\u00e9\u00a0 Zażółć\tО́лтд") == "Caf\u00e9 Zażółć О́лтд"
