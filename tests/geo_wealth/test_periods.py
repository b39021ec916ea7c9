"""Periods: read however they are written, in order, with what lacks between."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.periods import GRAINS, first_day, gaps, number, place_of, read_periods, write


@pytest.mark.parametrize(
    ("texts", "grain", "periods"),
    [
        (["2023", "2024"], "year", ["2023", "2024"]),
        (["2024-Q1", "Q2 2024", "2024 q3", "2024Q4"], "quarter",
         ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]),
        (["2023-24", "2024/25", "2025-2026"], "financial year", ["2023-24", "2024-25", "2025-26"]),
        (["1999/00"], "financial year", ["1999-00"]),
        (["2024-01", "Feb 2024", "Mar-24", "April 2024", "Sept 2024"], "month",
         ["2024-01", "2024-02", "2024-03", "2024-04", "2024-09"]),
        (["2009-10", "2010-11", "2011-12"], "financial year", ["2009-10", "2010-11", "2011-12"]),
        (["2011-10", "2011-11", "2011-12"], "month", ["2011-10", "2011-11", "2011-12"]),
    ],
)  # fmt: skip
def test_periods_are_read_as_the_whole_file_means_them(
    texts: list[str], grain: str, periods: list[str]
) -> None:
    spelt = read_periods(texts)
    assert (spelt.grain, list(spelt.periods.values())) == (grain, periods)
    assert not spelt.unknown
    assert spelt.clash is None


@pytest.mark.parametrize(
    "text", ["", "soon", "2024-Q5", "2024-13", "2024-26", "20240", "1-2", "1066", "Q1", "0-Q1"]
)
def test_what_is_no_period_is_said_to_be_none(text: str) -> None:
    spelt = read_periods(["2024-Q1", text])
    assert spelt.unknown == {text}
    assert list(spelt.periods) == ["2024-Q1"]


def test_two_kinds_of_period_clash() -> None:
    assert read_periods(["2024", "2024-Q1"]).clash == ("2024", "2024-Q1")
    assert read_periods([]).grain is None


places = st.integers(min_value=1901, max_value=2099)


@given(year=places, part=st.integers(0, 11), grain=st.sampled_from(GRAINS))
def test_what_is_written_is_read_back_and_sorts_as_time(year: int, part: int, grain: str) -> None:
    per_year = {"quarter": 4, "month": 12}.get(grain, 1)
    place = year * per_year + part % per_year
    text = write(place, grain)
    assert number(text, grain) == place
    assert place_of(first_day(place, grain), grain) == place
    if year not in {1999, 2000}:
        assert text < write(place + 1, grain)


def test_a_financial_year_begins_in_april() -> None:
    assert place_of(date(2024, 3, 31), "financial year") == 2023
    assert place_of(date(2024, 4, 1), "financial year") == 2024
    assert first_day(2024, "financial year") == date(2024, 4, 1)


def test_gaps_are_named() -> None:
    assert gaps(["2023-Q3", "2024-Q2"], "quarter") == ["2023-Q4", "2024-Q1"]
    assert gaps(["2023-11", "2024-01"], "month") == ["2023-12"]
    assert gaps(["2023"], "year") == []
    assert gaps([], "year") == []
