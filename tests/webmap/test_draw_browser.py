"""In a real browser: a pilot area drawn by map, by keyboard and without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

NEAR = "E01011140"  # touches the best drawing of the sample
INSIDE = "E01011134"  # of the best drawing; with NEAR in its place it keeps to the cap
FAR = "E01011171"
OUTLINED = "path.leaflet-interactive[stroke-width='3']"
WHERE = """code => {
    const {map, areas} = geoWealthMap.page;
    const at = map.latLngToContainerPoint(areas.get(code).getCenter());
    const box = map.getContainer().getBoundingClientRect();
    return [box.x + at.x, box.y + at.y];
}"""
CHOOSE = "code => geoWealthMap.page.areas.get(code).fire('click')"


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    opened = browser.new_context(viewport={"width": 1440, "height": 900})
    page = opened.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.goto(f"{site}/rank/draw")
    expect(page.locator(OUTLINED)).to_have_count(6)
    yield page
    opened.close()
    assert complaints == []


@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    opened = browser.new_context(java_script_enabled=False)
    yield opened.new_page()
    opened.close()


def test_the_map_adds_and_takes_out_and_the_page_follows(page: Page) -> None:
    before = page.locator("#command").inner_text()
    page.evaluate(CHOOSE, NEAR)
    expect(page.locator("#answer")).to_contain_text("Your selection: seven neighbourhoods")
    expect(page.locator(OUTLINED)).to_have_count(7)
    expect(page.locator(f"[name=area][value={NEAR}]")).to_be_checked()
    expect(page.locator("[data-group=chosen] [data-code]")).to_have_count(7)
    expect(page.locator("#findings")).to_contain_text("more than the cap of 10,000")
    expect(page.locator("#facts")).to_contain_text("in the best drawing")
    expect(page).to_have_url(re.compile(f"area={NEAR}"))
    assert f"--area {NEAR}" not in before
    expect(page.locator("#command")).to_be_hidden()
    expect(page.locator("#not-propose")).to_contain_text("more than the cap of 10,000")
    page.locator(f"[name=area][value={INSIDE}]").uncheck()
    expect(page.locator("#command")).to_contain_text(f"--area {NEAR}")
    page.locator(f"[name=area][value={INSIDE}]").check()
    expect(page.locator("#command")).to_be_hidden()
    href = page.get_by_role("link", name="GeoPackage").get_attribute("href")
    assert href is not None
    assert f"area={NEAR}" in href
    similar = page.get_by_role("link", name="Compare with similar areas").get_attribute("href")
    assert similar is not None
    assert similar.count("area=") == 7
    page.evaluate(CHOOSE, FAR)
    expect(page.locator("#findings")).to_contain_text("It is not connected: it has 2 parts")
    page.evaluate(CHOOSE, FAR)
    expect(page.locator("#findings")).not_to_contain_text("not connected")
    page.evaluate(CHOOSE, NEAR)
    expect(page.locator("#answer")).to_contain_text("These 6 neighbourhoods")
    expect(page.locator("#findings p")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("area="))


def test_a_click_of_the_mouse_chooses_and_the_next_one_takes_back(page: Page) -> None:
    x, y = page.evaluate(WHERE, NEAR)
    page.mouse.click(x, y)
    expect(page.locator("#answer")).to_contain_text("Your selection: seven")
    page.mouse.click(x, y)
    expect(page.locator("#answer")).to_contain_text("These 6 neighbourhoods")
    x, y = page.evaluate(WHERE, "E01011144")
    page.mouse.click(x, y)
    expect(page.locator("#answer")).to_contain_text("Your selection: five")
    expect(page.locator(OUTLINED)).to_have_count(5)


def test_a_tap_on_a_phone_chooses_and_is_answered_under_the_map(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    phone = context.new_page()
    phone.goto(f"{site}/rank/draw")
    expect(phone.locator(OUTLINED)).to_have_count(6)
    expect(phone.locator("#map-note")).to_be_hidden()
    phone.locator(".folium-map").evaluate("map => map.scrollIntoView()")
    phone.touchscreen.tap(*phone.evaluate(WHERE, NEAR))
    expect(phone.locator("#map-note")).to_contain_text("Your selection: seven neighbourhoods")
    expect(phone.locator("#map-note")).to_contain_text("more than the cap of 10,000")
    context.close()


def test_back_takes_a_choice_back_and_reload_keeps_it(page: Page) -> None:
    page.evaluate(CHOOSE, NEAR)
    expect(page).to_have_url(re.compile(f"area={NEAR}"))
    page.reload()
    expect(page.locator("#answer")).to_contain_text("Your selection: seven")
    expect(page.locator(OUTLINED)).to_have_count(7)
    page.go_back()
    expect(page.locator("#answer")).to_contain_text("These 6 neighbourhoods")
    expect(page.locator(OUTLINED)).to_have_count(6)


def test_the_keyboard_chooses_in_the_list_and_stays_there(page: Page) -> None:
    box = page.locator(f"[name=area][value={NEAR}]")
    box.focus()
    top = page.evaluate("document.activeElement.getBoundingClientRect().top")
    page.keyboard.press("Space")
    expect(page.locator("#answer")).to_contain_text("Your selection: seven")
    expect(page.locator(f"[data-group=chosen] [data-code={NEAR}]")).to_be_attached()
    expect(box).to_be_focused()
    assert abs(page.evaluate("document.activeElement.getBoundingClientRect().top") - top) < 2
    expect(page.locator("#findings")).to_have_role("status")


def test_nothing_chosen_is_said(page: Page) -> None:
    for code in page.locator("[data-group=chosen] [data-code]").evaluate_all(
        "rows => rows.map(row => row.dataset.code)"
    ):
        page.evaluate(CHOOSE, code)
    expect(page.locator("#findings")).to_contain_text("No neighbourhood is chosen")


def test_without_scripts_the_form_works_out_a_selection(bare: Page, site: str) -> None:
    bare.goto(f"{site}/rank/draw")
    expect(bare.locator("#answer")).to_contain_text("These 6 neighbourhoods")
    bare.locator(f"[name=area][value={NEAR}]").check()
    bare.get_by_role("button", name="Work out this selection").click()
    expect(bare.locator("#answer")).to_contain_text("Your selection: seven neighbourhoods")
    expect(bare.locator("#findings")).to_contain_text("more than the cap of 10,000")
    bare.locator(f"[name=include][value={NEAR}]").check()
    bare.get_by_role("button", name="Draw the best again").click()
    expect(bare.locator("#answer")).to_contain_text("reach furthest")
    expect(bare.locator(f"[name=area][value={NEAR}]")).to_be_checked()
    expect(bare).not_to_have_url(re.compile("area="))
    bare.locator("#cap").fill("100")
    bare.get_by_role("button", name="Draw the best", exact=True).click()
    expect(bare.locator(".govuk-error-summary")).to_contain_text("cap: 100 residents are fewer")
