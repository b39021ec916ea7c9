"""In a real browser: the three journeys, and what holds on every page."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from sqlalchemy import Connection, Engine

from geo_wealth.config import Settings
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.sample import sample_jobs
from geo_wealth.queries.rows import RankRequest
from webmap import create_app
from webmap.cli import write_map

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
AXE = Path(os.environ.get("AXE_PATH", ROOT / "node_modules" / "axe-core" / "axe.min.js"))
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PAGES = [
    "/",
    "/?q=ashbrow",
    "/?q=hd1+2tt",
    "/?q=nowhere",
    "/rank",
    "/rank?sort=spend&order=desc&top=40",
    "/rank/compare?area=E01011140&area=E01011038&area=E01011101&area=E01011195",
    "/rank?robust_top=20",
    "/rank/draw",
    "/rank/draw?area=E01011140&area=E01011171&include=E01011140",
    "/rank/draw?cap=100",
    "/areas/E01011140",
    "/wards/E05001389",
    "/buildings",
    "/buildings?postcode=HD1+2TT&within=2000",
    "/buildings?postcode=HELLO",
    "/data",
    "/spend",
    "/spend?definition=west-yorkshire&rules=third-party&all=category&all=supplier",
    "/spend?from=2022-01-01&to=2021-01-01",
    "/spend/lab?pair=all",
    "/spend/compare?first.rules=all-payments&second.rules=third-party",
    "/spend/opportunities",
    "/spend/anchors",
    "/matches",
    "/definitions",
    "/definitions/kirklees",
    "/rules/third-party",
    "/method",
    "/accessibility",
    "/rank?colour=red",
    "/areas/E01999999",
]


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, page: Page) -> None:
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)
        page.on("dialog", self._dialog)

    def _console(self, message) -> None:  # type: ignore[no-untyped-def]
        expected = "Failed to load resource: the server responded with a status of 4"
        if message.type in {"error", "warning"} and not message.text.startswith(expected):
            self.complaints.append(message.text)

    def _dialog(self, dialog) -> None:  # type: ignore[no-untyped-def]
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport=WIDE)
    yield opened
    opened.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    opened = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    yield opened.new_page()
    opened.close()


@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    opened = browser.new_context(viewport=WIDE, java_script_enabled=False)
    yield opened.new_page()
    opened.close()


def watched(page: Page, site: str, address: str) -> Watch:
    watch = Watch(page)
    page.goto(site + address)
    page.wait_for_load_state("load")
    return watch


def codes(page: Page, count: int = 20) -> list[str]:
    """Codes of the rows shown, once there are so many: a page may still be being parsed."""
    rows = page.locator("#ranked .gw-row:not([hidden])")
    expect(rows).to_have_count(count)
    return [str(code) for code in rows.evaluate_all("rows => rows.map(row => row.dataset.code)")]


# The three journeys ---------------------------------------------------------------------------


def test_an_officer_chooses_a_pilot_and_reads_the_reason(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    watch = watched(page, site, "/")
    page.get_by_role("link", name="Choose a pilot").last.click()
    page.wait_for_url("**/rank")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kirklees")
    before = codes(page)
    fills = "paths => paths.map(path => path.getAttribute('fill'))"
    expect(page.locator("path.leaflet-interactive")).to_have_count(259)
    coloured = page.locator("path.leaflet-interactive").evaluate_all(fills)
    page.get_by_label("Local spend", exact=False).and_(page.locator("[type=number]")).fill("0")
    page.locator("#w-assets").fill("0")
    page.locator("#w-assets").press("Tab")
    expect(page.locator("#rank-status")).to_contain_text("First is Kirklees 019C")
    expect(page.locator("#share-deprivation")).to_have_text("100\u00a0% of the whole")
    expect(page.locator("#weighted")).to_contain_text("local spend 0\u00a0%")
    assert codes(page)[0] == "E01011140"
    assert codes(page) != before
    assert page.locator("path.leaflet-interactive").evaluate_all(fills) != coloured
    expect(page).to_have_url(re.compile(r"w\.spend=0"))
    page.locator("#ranked .gw-row").first.get_by_role("button").click()
    expect(page.locator("#panel")).to_contain_text("Kirklees 019C ranks 1st of 259 for a pilot")
    expect(page.locator("#panel")).to_contain_text("Its score is")
    page.get_by_role("link", name="More about Kirklees 019C").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kirklees 019C")
    expect(page.locator(".gw-words")).to_contain_text("ranks 1st of 259")
    page.go_back()
    page.wait_for_url("**/rank?*")
    expect(page.locator("#ranked .gw-row").first).to_have_attribute("data-code", "E01011140")
    page.go_back()  # each weight changed is a step of its own
    expect(page.locator("#w-assets")).to_have_value("25")
    page.go_back()
    expect(page.locator("#w-spend")).to_have_value("25")
    expect(page.locator("#ranked .gw-row").first).to_have_attribute("data-code", before[0])
    assert watch.complaints == []


def test_a_councillor_looks_at_a_ward_on_a_phone(phone: Page, site: str) -> None:
    watch = watched(phone, site, "/")
    phone.get_by_label("Postcode, ward or district").fill("ashbrow")
    phone.get_by_role("button", name="Search").tap()
    phone.get_by_role("link", name="Ashbrow", exact=True).first.tap()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Ashbrow ward")
    expect(phone.locator(".gw-words")).to_contain_text("most deprived tenth of England")
    phone.locator(".gw-card").first.get_by_role("link").tap()
    expect(phone.locator(".gw-words")).to_contain_text("for a pilot")
    expect(phone.get_by_role("link", name="Ashbrow ward")).to_be_visible()
    assert watch.complaints == []


def test_a_group_finds_a_building_by_postcode(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    watch = watched(page, site, "/")
    page.get_by_role("link", name="Find a building").last.click()
    page.get_by_label("Postcode").fill("hd12tt")
    page.get_by_role("button", name="Find buildings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Buildings near HD1 2TT")
    expect(page.locator(".gw-asset").nth(2)).to_be_visible()
    expect(page.locator(".gw-asset").first).to_contain_text("Ask:")
    expect(page.locator("#results")).to_be_visible()
    assert watch.complaints == []


# Every page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_safe_accessible_and_fits(
    context: BrowserContext, site: str, address: str
) -> None:
    """One visit for all of it: a browser is slow, and what one check finds the others see."""
    page = context.new_page()
    watch = watched(page, site, address)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert violations(page) == []
    assert small_targets(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert watch.hosts == {urlsplit(site).netloc}
    assert watch.complaints == []


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds, with the first elements concerned."""
    if not AXE.is_file():
        pytest.skip(f"axe-core is absent: run script/bootstrap (looked in {AXE})")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document).then(result => result.violations)")
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]


def small_targets(page: Page) -> list[str]:
    """Controls under 24 pixels; GOV.UK's checkbox is hidden under a larger box of its own."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll(
        'button, select, input:not([type=hidden]):not(.govuk-checkboxes__input), summary')]
        .filter(one => !one.closest('label'))
        .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
        .map(([html]) => html)""")
    return found


# Rank page in detail ----------------------------------------------------------------------------


def test_table_and_map_point_at_each_other(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    watched(page, site, "/rank")
    paths = page.locator("path.leaflet-interactive")
    outlined = page.locator("path.leaflet-interactive:not([stroke-width='0.5'])")
    expect(paths).to_have_count(259)
    expect(outlined).to_have_count(0)
    page.locator("#ranked .gw-row").nth(2).hover()
    expect(outlined).to_have_count(1)
    page.mouse.move(0, 0)
    expect(outlined).to_have_count(0)
    page.locator("#ranked .gw-row a").nth(4).focus()
    expect(outlined).to_have_count(1)
    paths.nth(100).dispatch_event("click")
    expect(page.locator("#panel")).to_contain_text("for a pilot")
    expect(page.locator(".gw-row--chosen")).to_be_visible()


def test_the_keyboard_reaches_weights_then_map_then_table(
    context: BrowserContext, site: str
) -> None:
    """In the order of the eye: on a phone as they stand, wide with the map at the right."""
    page = context.new_page()
    watched(page, site, "/rank")
    expect(page.locator("path.leaflet-interactive")).to_have_count(259)
    page.locator("#weights > summary").focus()
    reached: list[str] = []
    for _ in range(30):
        part = str(page.evaluate(WHERE_FOCUS_IS))
        reached += [part] if part not in reached else []
        page.keyboard.press("Tab")
    assert reached == ["weights", "map", "list"]
    skip = page.get_by_role("link", name="Skip map")
    skip.focus()
    skip.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("[data-sort=rank]")).to_be_focused()


WHERE_FOCUS_IS = """() => ['weights', 'map', 'list'].find(
    part => document.activeElement.closest(`.gw-rank__${part}`)) || 'elsewhere'"""


def test_a_tap_on_the_map_shows_the_reason_and_a_way_back(phone: Page, site: str) -> None:
    watch = watched(phone, site, "/rank")
    expect(phone.locator("path.leaflet-interactive")).to_have_count(259)
    phone.locator(".folium-map").scroll_into_view_if_needed()
    box = phone.locator(".folium-map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.touchscreen.tap(*middle)
    expect(phone.locator("#panel p").first).to_be_in_viewport()
    expect(phone.locator("#panel p").first).to_contain_text("for a pilot")
    expect(phone.locator(".gw-row--chosen")).to_be_in_viewport()
    expect(phone.locator(".gw-row--chosen .gw-why")).to_be_focused()
    phone.get_by_role("link", name="Back to the map").tap()
    expect(phone.locator(".folium-map")).to_be_in_viewport(ratio=0.9)
    expect(phone.locator("path.leaflet-interactive[stroke-width='3']")).to_have_count(1)
    expect(phone.locator("#panel")).to_be_attached()
    phone.locator("path.leaflet-interactive[stroke-width='3']").dispatch_event("click")
    expect(phone.locator("#panel p").first).to_be_in_viewport()
    assert watch.complaints == []


def test_beside_the_map_no_way_back_is_needed(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    watched(page, site, "/rank")
    page.locator("path.leaflet-interactive").nth(100).dispatch_event("click")
    expect(page.locator("#panel a").first).to_be_in_viewport()
    expect(page.get_by_role("link", name="Back to the map")).to_be_hidden()


def test_sort_and_show_all_keep_the_address(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    watched(page, site, "/rank")
    page.get_by_role("link", name="Deprivation").click()
    expect(page).to_have_url(re.compile("sort=deprivation&order=desc"))
    expect(page.locator("#ranked .gw-row").first).to_have_attribute("data-code", "E01011140")
    page.locator("#show-all").click()
    shown = codes(page, 259)
    page.reload()
    assert codes(page, 259) == shown
    page.go_back()
    page.go_back()
    expect(page.locator("#shown")).to_have_text("20 of 259 shown.")


def test_downloads_follow_the_sliders(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    watched(page, site, "/rank")
    page.locator("#w-spend").fill("0")
    page.locator("#w-spend").press("Tab")
    expect(page.locator("#rank-status")).to_contain_text("Ranked again")
    href = page.get_by_role("link", name="CSV").get_attribute("href")
    assert href is not None
    assert "w.spend=0" in href


def test_weights_of_nothing_are_explained_in_place(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    watched(page, site, "/rank")
    for slug in ("deprivation", "spend", "assets"):
        page.locator(f"#w-{slug}").fill("0")
    expect(page.locator("#weights-error")).to_have_text(
        "Give at least one figure a weight above 0."
    )


def test_layers_are_off_at_first_and_have_their_own_shapes(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    watch = watched(page, site, "/rank")
    expect(page.locator("path.leaflet-interactive")).to_have_count(259)
    expect(page.locator(".gw-marker")).to_have_count(0)
    for kind, shape in (("supplier", "circle"), ("anchor", "path"), ("asset", "rect")):
        page.locator(f"[data-layer={kind}]").check()
        expect(page.locator(f".gw-marker--{kind} {shape}").first).to_be_attached()
    page.locator("[data-layer=supplier]").uncheck()
    expect(page.locator(".gw-marker--supplier")).to_have_count(0)
    page.locator(".gw-marker--asset").first.dispatch_event("click")
    assert watch.complaints == []


def test_a_print_shows_the_whole_map_and_the_screen_gets_its_view_back(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    watched(page, site, "/rank")
    page.evaluate("geoWealthMap.page.map.setView([53.6, -1.8], 14, {animate: false})")
    whole = "({map, layer}) => map.getBounds().contains(layer.getBounds())"
    page.set_viewport_size({"width": 794, "height": 1123})
    assert not page.evaluate(f"({whole})(geoWealthMap.page)")
    page.emulate_media(media="print")
    expect(page.locator("html.gw-paper")).to_be_attached()
    assert page.evaluate(f"({whole})(geoWealthMap.page)")
    box = page.locator(".folium-map").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 794
    page.emulate_media(media="screen")
    expect(page.locator("html.gw-paper")).to_have_count(0)
    assert page.evaluate("geoWealthMap.page.map.getZoom()") == 14


# Without scripts --------------------------------------------------------------------------------


def test_without_scripts_the_officer_ranks_by_the_form(bare: Page, site: str) -> None:
    bare.goto(f"{site}/rank")
    bare.locator("#w-spend").fill("0")
    bare.locator("#w-assets").fill("0")
    bare.get_by_role("button", name="Rank again").click()
    bare.wait_for_url("**w.spend=0**")
    assert codes(bare)[0] == "E01011140"
    bare.get_by_role("link", name="Neighbourhood", exact=True).click()
    bare.wait_for_url("**sort=name**")
    assert codes(bare)[0] != "E01011140"
    bare.get_by_role("link", name="Show all 259").click()
    bare.wait_for_url("**top=259**")
    assert len(set(codes(bare, 259))) == 259
    bare.locator("#ranked .gw-row a").first.click()
    bare.wait_for_url("**/areas/**")
    expect(bare.locator(".gw-words")).to_contain_text("for a pilot")
    expect(bare.locator(".gw-map__noscript")).to_be_visible()


def test_without_scripts_an_officer_finds_what_is_local(bare: Page, site: str) -> None:
    bare.goto(site)
    bare.get_by_role("link", name="See where the money goes").click()
    expect(bare.locator("#answer")).to_contain_text("of all pounds, between")
    before = bare.locator("#answer").inner_text()
    bare.get_by_label("What is local", exact=True).select_option(label="West Yorkshire (version 1)")
    bare.get_by_role("button", name="Show").click()
    bare.wait_for_url("**definition=west-yorkshire**")
    expect(bare.locator("#answer")).to_contain_text("of all pounds, between")
    assert bare.locator("#answer").inner_text() != before
    expect(bare.locator(".gw-whole rect")).to_have_count(3)
    bare.get_by_role("link", name="All of this definition").click()
    expect(bare.get_by_role("heading", level=1)).to_contain_text("West Yorkshire")


def test_the_bars_of_spend_print_and_stay_apart_in_grey(bare: Page, site: str) -> None:
    bare.goto(f"{site}/spend?definition=west-yorkshire")
    bare.emulate_media(media="print")
    expect(bare.locator(".gw-whole")).to_be_visible()
    expect(bare.locator(".gw-ask")).to_be_hidden()
    fills = bare.locator(".gw-whole rect").evaluate_all(
        "all => all.map(one => one.getAttribute('fill'))"
    )
    assert len(set(fills)) == 3


def test_without_scripts_a_building_is_found(bare: Page, site: str) -> None:
    bare.goto(f"{site}/buildings")
    bare.get_by_label("Postcode").fill("HD1 2TT")
    bare.get_by_role("button", name="Find buildings").click()
    expect(bare.locator(".gw-asset").nth(2)).to_be_visible()


# The stand-alone map ----------------------------------------------------------------------------


def test_the_file_works_offline(
    context: BrowserContext, sample: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    write_map(sample, build_ranking(sample, RankRequest(district="E08000034")), path)
    context.set_offline(True)
    page = context.new_page()
    watch = Watch(page)
    page.goto(path.as_uri())
    expect(page.locator("path.leaflet-interactive")).to_have_count(259)
    assert watch.hosts == {""}
    assert watch.complaints == []


def test_areas_move_in_and_out_of_the_ranking_with_the_weights(
    browser: Browser,
    engine: Engine,
    settings: Settings,
    serve: Callable[[Flask], AbstractContextManager[str]],
) -> None:
    for job in sample_jobs()[:4]:
        load(engine, job)
    page = browser.new_page()
    with serve(create_app(settings, engine)) as site:
        watch = watched(page, site, "/rank")
        expect(page.locator("#none-ranked")).to_be_visible()
        expect(page.locator("#not-ranked")).to_contain_text("Local spend: no ledger is loaded")
        assert violations(page) == []
        for slug in ("spend", "assets"):
            page.locator(f"#w-{slug}").fill("0")
        page.locator("#w-assets").press("Tab")
        expect(page.locator("#ranked .gw-row").first).to_have_attribute("data-code", "E01011140")
        expect(page.locator("#not-ranked-section")).to_be_hidden()
        expect(page.locator(".gw-legend__item")).to_have_count(6)
        expect(page.locator("#ranked .gw-row").first).to_contain_text("no ledger is loaded")
        page.go_back()
        expect(page.locator("#none-ranked")).to_be_visible()
        expect(page.locator("[data-slot=cluster]", has_text="…")).to_have_count(0)
    page.close()
    assert watch.complaints == []
