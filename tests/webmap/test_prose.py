"""The manual of a choice: our Markdown as a page."""

from flask.testing import FlaskClient

from geo_wealth.method import CHAPTERS, chapter
from webmap.prose import prose


def test_headings_are_listed_and_can_be_linked_to() -> None:
    html, headings = prose("## How sure?\n\nVery.\n\n### In part\n\nLess.")
    assert headings == [("how-sure", "How sure?")]
    assert '<h2 class="govuk-heading-l" id="how-sure">How sure?</h2>' in html
    assert '<h3 class="govuk-heading-m" id="in-part">In part</h3>' in html
    assert '<p class="govuk-body">Very.</p>' in html


def test_a_wide_table_scrolls_by_itself_and_its_headings_have_a_scope() -> None:
    html, _headings = prose("| a | b |\n|---|---|\n| 1 | 2 |")
    assert '<div class="gw-scroll" tabindex="0"' in html
    assert '<th class="govuk-table__header" scope="col">a</th>' in html


def test_raw_html_stays_text() -> None:
    html, _headings = prose("<script>alert(1)</script>")
    assert "<script>" not in html


def test_every_chapter_begins_with_its_heading_and_is_on_the_page(client: FlaskClient) -> None:
    page = client.get("/method/choice").text
    for name in CHAPTERS:
        first = chapter(name).splitlines()[0]
        assert first.startswith("## ")
        assert prose(first)[0].strip() in page
