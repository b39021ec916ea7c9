"""Definitions of local and rule sets: all of them, and each in words, as TOML, compared."""

from flask import Response, request

from geo_wealth.queries import named
from geo_wealth.queries.named import NamedDocument
from webmap.database import connection
from webmap.pages.blueprint import blueprint, page
from webmap.params import Param, read
from webmap.spend_choices import reference_to
from webmap.spend_documents import CALLED, differences, found, listing, origin, told
from webmap.spend_params import REFERENCE
from webmap.spend_tabs import tabs

VERSION = Param("version", "A version other than the newest.", kind="integer", minimum=1)
AGAINST = Param(
    "against",
    "Another of the same kind to compare with: slug, or slug@version.",
    pattern=REFERENCE,
    example="kirklees@1",
)
_PAGES = {"definition": "pages.definition", "rules": "pages.rules"}


@blueprint.get("/definitions")
def definitions() -> Response:
    """List all definitions and rule sets."""
    read(request.args, ())
    conn = connection()
    return page(
        "definitions.html",
        title="Definitions of local, and rules of what is in",
        section="pages.spend",
        tabs=tabs("pages.definitions"),
        listed=[(kind, _PAGES[kind], listing(conn, kind)) for kind in named.KINDS],
        called=CALLED,
        origin=origin,
        attributions=[],
    )


@blueprint.get("/definitions/<slug>")
def definition(slug: str) -> Response:
    """Show one definition of local."""
    return document("definition", slug)


@blueprint.get("/rules/<slug>")
def rules(slug: str) -> Response:
    """Show one rule set."""
    return document("rules", slug)


def document(kind: str, slug: str) -> Response:
    """Show a document of a kind, and what it differs in from another if that is asked."""
    values = read(request.args, (VERSION, AGAINST))
    conn = connection()
    kept = found(conn, kind, slug, values["version"])
    every = named.named_documents(conn, kind)
    against = (
        named.named_document(conn, kind, values["against"])
        if values["against"]
        else _before(kept, every)
    )
    return page(
        "definition.html",
        title=kept.title,
        section="pages.spend",
        tabs=tabs("pages.definitions"),
        called=CALLED[kind],
        endpoint=_PAGES[kind],
        told=told(conn, kept),
        origin=origin(kept),
        versions=[each for each in every if each.slug == kept.slug],
        others=[each for each in every if each != kept],
        against=against,
        differences=differences(conn, against, kept) if against else [],
        reference=reference_to,
        attributions=[],
    )


def _before(kept: NamedDocument, every: list[NamedDocument]) -> NamedDocument | None:
    """Find the version before this one."""
    earlier = [each for each in every if each.slug == kept.slug and each.version < kept.version]
    return max(earlier, key=lambda each: each.version, default=None)
