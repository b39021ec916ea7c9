"""Markdown of our own to HTML in the looks of the pages."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_CLASSES = {
    "h2": "govuk-heading-l",
    "h3": "govuk-heading-m",
    "h4": "govuk-heading-s",
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "table": "govuk-table",
    "thead": "govuk-table__head",
    "tbody": "govuk-table__body",
    "tr": "govuk-table__row",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
    "a": "govuk-link",
}
_READER = MarkdownIt("commonmark", {"html": False}).enable("table")


def prose(text: str) -> tuple[Markup, list[tuple[str, str]]]:
    """Set Markdown as HTML.

    Returns
    -------
    html, headings
        The headings of the second level with the ids they were given, for a list of contents.
    """
    tokens = _READER.parse(text)
    headings = []
    for place, token in enumerate(tokens):
        _dress(token)
        if token.type == "heading_open" and token.tag in {"h2", "h3"}:
            said = tokens[place + 1].content
            token.attrSet("id", anchor(said))
            if token.tag == "h2":
                headings.append((anchor(said), said))
        for inner in token.children or ():
            _dress(inner)
    html = _READER.renderer.render(tokens, _READER.options, {})
    wide = '<div class="gw-scroll" tabindex="0" role="region" aria-label="Table"><table'
    html = html.replace("<table", wide).replace("</table>", "</table></div>")
    return Markup(html), headings  # noqa: S704  (our own text, and raw HTML in it is escaped)


def anchor(heading: str) -> str:
    """Make an id of a heading."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def _dress(token: Token) -> None:
    if token.nesting == 1 and token.tag in _CLASSES:
        token.attrSet("class", _CLASSES[token.tag])
    if token.type == "th_open":
        token.attrSet("scope", "col")
