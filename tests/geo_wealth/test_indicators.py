"""The catalogue says what the numbers do."""

import dataclasses

from geo_wealth.access import BAND_WEIGHTS, WALKING_BANDS
from geo_wealth.indicators import INDICATORS
from geo_wealth.queries.rows import RankRequest


def test_the_catalogue_and_the_request_agree() -> None:
    request = RankRequest(district="E08000034")
    assert list(INDICATORS) == list(request.weights) == ["deprivation", "spend", "assets"]
    assert {slug: i.direction for slug, i in INDICATORS.items()} == request.directions
    assert all(slug == indicator.slug for slug, indicator in INDICATORS.items())


def test_units_are_stated() -> None:
    assert [indicator.unit for indicator in INDICATORS.values()] == [
        "IMD score",
        "£ per resident",
        "buildings per 1,000 residents",
    ]


def test_every_field_says_something() -> None:
    for indicator in INDICATORS.values():
        for field in dataclasses.fields(indicator):
            assert str(getattr(indicator, field.name)).strip(), (indicator.slug, field.name)


def test_the_words_give_the_bands_that_are_used() -> None:
    for slug in ("spend", "assets"):
        meaning = INDICATORS[slug].meaning
        for band in WALKING_BANDS:
            assert f"{band:,.0f} metres" in meaning
        for weight in BAND_WEIGHTS[1:]:
            assert str(weight) in meaning
