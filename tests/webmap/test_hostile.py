"""Names that try to run: in every text of the database, on every page, in a real browser."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine, text

from geo_wealth.config import Settings
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.sample import load_sample
from geo_wealth.queries.rows import RankRequest
from webmap import create_app
from webmap.cli import write_map

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>alert(1)</script>${alert(2)}`+alert(3)+`'\"</script>"
    "<img src=x onerror=alert(4)>{{7*7}}</title>\\u003cscript>"
)
# Codes, hashes and states keep their form: the database refuses others.
COLUMNS = {
    "area": ["name"],
    "area_lookup": ["to_name"],
    "community_asset": [
        *("owner", "ref", "uprn", "name", "address", "postcode", "use", "tenure", "occupation"),
        *("holding", "contact", "eligibility_reason", "located_by"),
    ],
    "dataset": ["title", "publisher", "release", "licence", "attribution", "file_name"],
    "organisation": ["ref", "name", "company_number", "charity_number", "form"],
    "payee_candidate": ["reason"],
    "payment": ["reference", "category", "department", "purpose", "payee_ref"],
    "site": ["ref", "address", "postcode", "use"],
}
PAGES = [
    "/",
    "/?q=alert",
    "/rank",
    "/rank/draw",
    "/areas/E01011140",
    "/wards/E05001389",
    "/buildings?postcode=HD1+2TT&within=2000",
    "/data",
    "/spend?all=category&all=supplier",
    "/spend/lab?pair=all",
    "/spend/compare",
    "/spend/opportunities",
    "/spend/anchors",
    "/matches",
]


@pytest.fixture
def poisoned(engine: Engine) -> Engine:
    """The sample, with a name that tries to run in every text a file can fill."""
    load_sample(engine)
    with engine.begin() as connection:
        for table, columns in COLUMNS.items():
            changes = ", ".join(f"{column} = :text" for column in columns)
            connection.execute(text(f"UPDATE {table} SET {changes}"), {"text": HOSTILE})
        connection.execute(
            text(
                "UPDATE dataset SET parameters = parameters || jsonb_build_object('payer', :text)"
            ),
            {"text": HOSTILE},
        )
        connection.execute(text("UPDATE payee SET name = :text || id"), {"text": HOSTILE})
        connection.execute(
            text(
                "UPDATE payee_candidate SET band = 'review' WHERE payee_id IN "
                "(SELECT payee_id FROM payee_candidate ORDER BY payee_id LIMIT 5)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO dataset_issue (dataset_id, line, field, kind, value, message, rejects)"
                " SELECT id, 2, :text, 'odd', :text, :text, true FROM dataset"
            ),
            {"text": HOSTILE},
        )
    return engine


def trap(page: Page) -> list[str]:
    """Gather whatever runs, or tries to."""
    caught: list[str] = []
    page.add_init_script("window.alert = (x) => { window.ran = (window.ran || 0) + 1; };")
    page.on("pageerror", lambda error: caught.append(str(error)))
    page.on(
        "console",
        lambda message: caught.append(message.text) if message.type == "error" else None,
    )
    return caught


def visit(page: Page, address: str) -> None:
    """Open a page and everything on it that shows a name."""
    page.goto(address)
    for box in page.locator("[data-layer]").all():
        box.check()
    page.wait_for_load_state("networkidle")
    if page.locator("path.leaflet-interactive").count():
        page.locator("path.leaflet-interactive").first.dispatch_event("mouseover")
    for marker in page.locator(".leaflet-marker-icon").all()[:3]:
        marker.dispatch_event("click")
    if page.locator(".gw-why").count():
        page.locator(".gw-why").first.click()
        page.locator("#panel a").first.wait_for()


def test_hostile_names_run_nothing_and_are_shown_as_they_are(
    browser: Browser,
    poisoned: Engine,
    settings: Settings,
    serve: Callable[[Flask], AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    context = browser.new_context()
    page = context.new_page()
    caught = trap(page)
    with serve(create_app(settings, poisoned)) as site:
        with poisoned.connect() as connection:
            key = connection.execute(text("SELECT min(key) FROM dataset")).scalar()
        for address in (*PAGES, f"/data?dataset={key}"):
            visit(page, site + address)
            assert page.evaluate("window.ran || 0") == 0, address
            assert page.locator("img[src=x]").count() == 0, address
            assert "49" not in page.title()
            shown = page.locator("main").inner_text()
            assert ("${alert(2)}" in shown and "{{7*7}}" in shown) or "q=" in address, address
        with poisoned.connect() as connection:
            ranking = build_ranking(connection, RankRequest(district="E08000034"))
            write_map(connection, ranking, tmp_path / "map.html")
        page.goto((tmp_path / "map.html").as_uri())
        page.locator("path.leaflet-interactive").first.dispatch_event("mouseover")
        assert page.evaluate("window.ran || 0") == 0
    context.close()
    assert caught == []
