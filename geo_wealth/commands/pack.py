"""``geo-wealth pack``: the decision pack of a pilot, as a bundle, a page or a PDF."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from geo_wealth.commands.output import Json, check_place, print_json, say, write_text
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.errors import InvalidRequestError, SetupError
from geo_wealth.pack.bundle import pack_files, standing, to_zip
from geo_wealth.pack.reading import MANIFEST
from geo_wealth.pack.record import Record, pilot_record
from geo_wealth.pack.verify import Renderer
from geo_wealth.pdf import to_pdf
from geo_wealth.pipeline.evidence import as_made
from geo_wealth.queries import pilots as queries

renderer: Renderer | None = None
"""Draws decision.html; the web package, which draws, puts it here."""


def pack(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The pilot, such as dewsbury-moor.")],
    *,
    out: Annotated[Path | None, typer.Option("--out", help="Write the bundle, a .zip.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the decision, one page.")
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", help="Write the decision, tagged PDF.")
    ] = None,
    with_names: Annotated[
        bool,
        typer.Option("--with-names", help="Say who wrote each event, with the hashes of the log."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Write what a decision about a pilot rests on: frozen at approval, or as proposed.

    Example: geo-wealth pack dewsbury-moor --out dewsbury-moor.zip --html decision.html
    """
    wanted = [path for path in (out, html, pdf) if path is not None]
    if not wanted:
        raise InvalidRequestError("--out", "name a file to write: --out, --html or --pdf.")
    for path in wanted:
        check_place(path)
    with reading(open_database()) as connection:
        found = queries.pilot(connection, slug)
        evidence = queries.evidence(connection, queries.current_evidence(found))
    record = pilot_record(slug, found.events, with_names=with_names)
    with as_made(evidence):
        page = _page(evidence, record)
    drawn = _pdf(page, needed=pdf is not None) if pdf is not None or out is not None else None
    files = pack_files(evidence, record, page.encode(), drawn)
    for place, data in ((html, page.encode()), (pdf, drawn), (out, to_zip(files) if out else None)):
        if place is not None and data is not None:
            write_text(place, data)
    say(f"{evidence['plan']['title']}: {standing(record)}.", err=as_json)
    if as_json:
        print_json(orjson.loads(files[MANIFEST]))


def _page(evidence: Mapping[str, Any], record: Record) -> str:
    if renderer is None:
        raise SetupError(
            "The part of Geo Wealth that draws pages is missing: run script/bootstrap."
        )
    return renderer(evidence, record)


def _pdf(page: str, *, needed: bool) -> bytes | None:
    """Make the PDF; where it cannot be made, the bundle does without and says so."""
    try:
        return to_pdf(page)
    except SetupError as error:
        if needed:
            raise
        say(f"The bundle is without decision.pdf. {error}", err=True)
        return None
