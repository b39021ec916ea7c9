"""The decision for people: one offline page, and the same as a tagged PDF."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, UndefinedError, select_autoescape

from geo_wealth.errors import SetupError
from geo_wealth.evidence.amounts import figure
from geo_wealth.memory import Memory
from geo_wealth.pdf import to_pdf
from geo_wealth.pipeline.comparison_words import signed
from webmap import wording
from webmap.admission import Room
from webmap.pack_view import context
from webmap.pack_words import later_words, least_p
from webmap.static_files import STATIC

CSS = "pack.css"
AT_ONCE = 1
"""How many PDF one process makes at once: each takes seconds and some 200 MB."""

_ROOM = Room(
    AT_ONCE, 0, 0, "A PDF is being made already, as many as may be at once: try again soon."
)
_PDF: Memory[bytes] = Memory(size=8)


def render(evidence: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Draw the decision as one page that asks nothing of any host.

    It is made of evidence and record alone, the same bytes every time, so that ``verify`` can
    draw it again and compare.
    """
    css = style()
    shown = context(evidence, record)
    try:
        return (
            _environment().get_template("pack.html").render(style=css, policy=policy(css), **shown)
        )
    except UndefinedError as error:
        raise LookupError(f"the evidence lacks what the page shows: {error}") from error


def style() -> str:
    """Read the style sheet of the page."""
    return (STATIC / CSS).read_text(encoding="utf-8").replace("\r\n", "\n")


def policy(css: str) -> str:
    """Allow this very style by its hash, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def kept_pdf(page: str) -> bytes:
    """Make a PDF for the web: remembered, and not too many at once.

    Raises
    ------
    BusyError
        When as many are being made as may be.
    SetupError
        As :func:`geo_wealth.pdf.to_pdf`.
    """
    return _PDF.recall(hashlib.sha256(page.encode()).hexdigest(), lambda: _admitted(page))


def pdf_or_none(page: str) -> bytes | None:
    """Make a PDF for the web, or none where the libraries for it are missing."""
    try:
        return kept_pdf(page)
    except SetupError:
        return None


def _admitted(page: str) -> bytes:
    with _ROOM.place():
        return to_pdf(page)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("webmap", "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=wording.number,
        percent=wording.percent,
        listed=wording.listed,
        metres=wording.metres,
        day=lambda text: wording.long_date(date.fromisoformat(text)),
        kept=wording.kept,
        later=later_words,
        small=_small,
        signed=signed,
        mean=_mean,
        least=least_p,
        sentence_case=wording.sentence_case,
    )
    return made


def _small(value: float | None) -> str:
    """Write a number of any size with three figures."""
    return (
        "not known" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    )


def _mean(value: float | None) -> str:
    """Write a mean as the page of the comparison does."""
    return "not known" if value is None else figure(value)
