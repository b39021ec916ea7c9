"""The decision pack of a pilot: one page, a tagged PDF and the bundle; nobody's name in them."""

import hashlib
from collections.abc import Callable

from flask import Response, request

from geo_wealth.evidence.section import canonical
from geo_wealth.memory import Memory
from geo_wealth.pack.bundle import pack_files, to_zip
from geo_wealth.pack.record import pilot_record
from geo_wealth.pipeline.evidence import as_made
from geo_wealth.queries import pilots as queries
from webmap.database import connection
from webmap.pack import kept_pdf, pdf_or_none, policy, render, style
from webmap.pages.blueprint import blueprint
from webmap.params import read

_MADE: Memory[bytes] = Memory(size=12)


@blueprint.get("/pilots/<slug>/pack.html")
def pack_page(slug: str) -> Response:
    """Show the decision as one page that can be kept."""
    response = _answer(slug, "html", "text/html", str.encode)
    # Its style has no nonce, since a file that is kept is the same for ever.
    response.headers["Content-Security-Policy"] = f"{policy(style())}; frame-ancestors 'none'"
    return response


@blueprint.get("/pilots/<slug>/pack.pdf")
def pack_pdf(slug: str) -> Response:
    """Give the same as a tagged PDF."""
    return _answer(slug, "pdf", "application/pdf", kept_pdf)


@blueprint.get("/pilots/<slug>/pack.zip")
def pack_bundle(slug: str) -> Response:
    """Give the bundle that ``geo-wealth verify`` checks."""
    return _answer(slug, "zip", "application/zip", None)


def _answer(slug: str, ending: str, mimetype: str, make: Callable[[str], bytes] | None) -> Response:
    """Make a form of the pack, or take it from memory: it follows from evidence and log alone."""
    read(request.args, ())
    conn = connection()
    found = queries.pilot(conn, slug)
    digest = queries.current_evidence(found)
    record = pilot_record(slug, found.events, with_names=False)

    def build() -> bytes:
        evidence = queries.evidence(conn, digest)
        with as_made(evidence):
            page = render(evidence, record)
            if make is not None:
                return make(page)
            return to_zip(pack_files(evidence, record, page.encode(), pdf_or_none(page)))

    body = _MADE.recall((ending, digest, canonical(record)), build)
    tag = hashlib.sha256(body).hexdigest()[:32]
    same = request.if_none_match.contains_weak(tag)
    response = Response(None if same else body, 304 if same else 200, mimetype=mimetype)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"  # the log goes on
    if ending == "zip":
        response.headers["Content-Disposition"] = f'attachment; filename="{slug}-pack.zip"'
    return response
