"""Measures of local spend over HTTP: chosen in the address or on the page, told everywhere."""

import csv
import html
import io
import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from geo_wealth.indicators import SPEND_VARIANTS
from geo_wealth.queries.rows import IndicatorValue
from webmap.ranked import cell_text


def page(client: FlaskClient, address: str) -> str:
    """Give the words of a page without its mark-up."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def cell(value: float | None, reason: str | None, variant: str) -> IndicatorValue:
    return IndicatorValue(
        value=value,
        unit="",
        normalised=None,
        contribution=None,
        dataset=None,
        denominator=None,
        reason=reason,
        beside={"variant": variant},
    )


@pytest.mark.parametrize(
    ("value", "reason", "variant", "text"),
    [
        (0.0, None, "per-head", "£0"),
        (1234.5, None, "per-business", "£1,234"),
        (0.0123, None, "share", "1.23\u00a0%"),
        (0.00001, None, "share", "under 0.01\u00a0%"),
        (0.0, None, "supplier-rate", "0.00\u00a0%"),
        (1.5, None, "location-quotient", "1.50"),
        (None, "no ledger is loaded", "share", "No data"),
        (None, "not applicable: nobody lives there", "per-head", "Not applicable"),
    ],
)
def test_zero_no_data_and_not_applicable_are_three_things(
    value: float | None, reason: str | None, variant: str, text: str
) -> None:
    assert cell_text("spend", cell(value, reason, variant)) == text


@pytest.mark.parametrize("variant", SPEND_VARIANTS)
def test_the_rank_page_says_which_measure_it_goes_by(client: FlaskClient, variant: str) -> None:
    name = SPEND_VARIANTS[variant].name
    words = page(client, f"/rank?spend_variant={variant}")
    assert f"spend measured by {name[0].lower()}{name[1:]}" in words
    source = client.get(f"/rank?spend_variant={variant}").text
    assert f'<option value="{variant}" selected>' in source
    assert SPEND_VARIANTS[variant].unit in words


def test_links_of_the_page_keep_the_measure(client: FlaskClient) -> None:
    source = html.unescape(client.get("/rank?spend_variant=share").text)
    for path in (r"/rank\.csv", "/areas/E010", r"/rank\?[^\"]*sort=name"):
        link = re.search(rf'href="({path}[^"]*)"', source)
        assert link is not None, path
        assert "spend_variant=share" in link[1]
    # The usual measure goes unsaid, so that addresses stay what they were.
    assert "spend_variant=catchment" not in client.get("/rank").text


def test_an_area_page_names_and_divides_as_measured(client: FlaskClient) -> None:
    words = page(client, "/areas/E01011140?spend_variant=per-head")
    assert "Local spend per resident divided by residents of the neighbourhood itself" in words
    assert "Local spend within a walk, per resident" in page(client, "/areas/E01011140")


def test_a_measure_without_its_register_ranks_nobody_and_says_why(client: FlaskClient) -> None:
    words = page(client, "/rank?spend_variant=supplier-rate")
    assert "Not ranked: 259" in words
    assert "no register of business rates covers this district" in words


def test_the_file_has_the_unit_of_the_measure(client: FlaskClient) -> None:
    answer = client.get("/rank.csv?spend_variant=share")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["spend_unit"] for row in rows} == {"of the district's pounds"}
    assert sum(float(row["spend"]) for row in rows) == pytest.approx(1)


def test_an_unknown_measure_is_refused_with_what_is_allowed(client: FlaskClient) -> None:
    answer = client.get("/api/v1/rankings?spend_variant=per-mile")
    assert answer.status_code == 400
    assert "catchment, per-head, share" in answer.get_json()["detail"]


def test_the_method_page_explains_every_measure(client: FlaskClient) -> None:
    words = page(client, "/method")
    for slug, variant in SPEND_VARIANTS.items():
        if slug != "catchment":
            assert variant.meaning in words
            assert variant.caution in words


def test_penetration_over_http(client: FlaskClient) -> None:
    found = client.get("/api/v1/penetration?district=E08000034&limit=10").get_json()
    assert len(found["areas"]) == 10
    assert found["sample"] is True
    assert found["interval"]["seed"] == 1
    assert set(found["areas"][0]["figures"]) == set(found["measures"]) == set(SPEND_VARIANTS)
    rest = client.get(found["next"]).get_json()
    assert rest["areas"][0]["code"] > found["areas"][-1]["code"]
    usual = client.get("/api/v1/penetration").get_json()
    assert usual["district"] == "E08000034"
    assert len(usual["areas"]) == 259


@pytest.mark.parametrize(
    ("query", "status"),
    [("district=E08000099", 404), ("district=Kirklees", 400), ("index=imd2010", 400)],
)
def test_penetration_refuses_in_a_sentence(client: FlaskClient, query: str, status: int) -> None:
    answer = client.get(f"/api/v1/penetration?{query}")
    assert answer.status_code == status
    assert answer.get_json()["detail"].endswith(".")


@pytest.mark.parametrize("script", [True, False])
def test_a_measure_is_chosen_on_the_page(browser: Browser, site: str, script: bool) -> None:
    opened = browser.new_context(java_script_enabled=script)
    view = opened.new_page()
    view.goto(f"{site}/rank?w.deprivation=10&w.spend=90&w.assets=0")
    if script:
        # What the sliders say now goes along, not what they said when the page came.
        view.locator("#w-spend").fill("80")
        view.locator("#w-spend").press("Tab")
        expect(view.locator("#rank-status")).to_contain_text("Ranked again")
    view.get_by_text("More choices").click()
    view.get_by_label("Local spend measured by").select_option("per-head")
    view.get_by_role("button", name="Measure").click()
    expect(view).to_have_url(re.compile("spend_variant=per-head"))
    expect(view.locator("#choices")).to_have_attribute("open", "")
    expect(view.locator("#w-spend")).to_have_value("80" if script else "90")
    expect(view.locator(".gw-context")).to_contain_text("local spend per resident")
    opened.close()
