"""Numbers and dates as a reader expects them."""

from datetime import date
from decimal import Decimal

import pytest

from webmap import wording
from webmap.ranked import value_text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("1234567.89"), "£1.2\u00a0million"),
        (Decimal(12300), "£12,300"),
        (41.2, "£41"),
        (4.123, "£4.12"),
        (0, "£0"),
        (-12.5, "-£12"),
        (None, "not known"),
    ],
)
def test_pounds(amount: Decimal | float | None, text: str) -> None:
    assert wording.pounds(amount) == text


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (0.0, "under 10\u00a0m"),
        (344.0, "340\u00a0m"),
        (994.9, "990\u00a0m"),
        (995.0, "1.0\u00a0km"),
        (1204.0, "1.2\u00a0km"),
        (None, "not known"),
    ],
)
def test_metres(distance: float | None, text: str) -> None:
    assert wording.metres(distance) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2021, 4, 1), date(2022, 3, 31), "2021-22"),
        (date(2021, 3, 31), date(2021, 4, 1), "2020-21 to 2021-22"),
        (date(1999, 4, 1), date(1999, 5, 1), "1999-00"),
        (None, None, "dates not known"),
    ],
)
def test_financial_years(first: date | None, last: date | None, text: str) -> None:
    assert wording.financial_years(first, last) == text


def test_other_words() -> None:
    assert wording.percent(0.405) == "40\u00a0%"
    assert wording.percent(None) == "not known"
    assert wording.long_date(date(2017, 3, 7)) == "7 March 2017"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert wording.listed(["a"]) == "a"
    assert wording.listed([]) == ""


@pytest.mark.parametrize(
    ("slug", "value", "text"),
    [
        ("spend", 0.001, "under £0.01"),
        ("spend", 0.0, "£0"),
        ("deprivation", 63.016, "63.0"),
        ("assets", 1.555, "1.55"),
        ("assets", None, "No data"),
    ],
)
def test_an_indicator_is_as_fine_as_it_deserves(slug: str, value: float | None, text: str) -> None:
    assert value_text(slug, value) == text
