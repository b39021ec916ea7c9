"""The console script: the commands of ``geo_wealth``, and what only the web part can do."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from geo_wealth.cli import app, run
from geo_wealth.commands import pack, rank
from geo_wealth.config import load_settings
from geo_wealth.queries import places
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.rows import Ranking


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind; loopback by default.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to bind.")] = None,
    *,
    browser: Annotated[bool, typer.Option(help="Open a browser when it is up.")] = False,
) -> None:
    """Serve the web pages and the API until Ctrl-C.

    Example: geo-wealth serve --port 8123
    """
    from webmap.server import serve as start  # noqa: PLC0415  (other commands start faster)

    given = {"host": host, "port": port}
    settings = load_settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    start(settings, open_browser=browser)


def write_map(conn: Connection, ranking: Ranking, path: Path) -> None:
    """Write a ranking as a map that works offline; the hook of ``rank --map``."""
    from webmap.ranked import names  # noqa: PLC0415  (other commands start faster)
    from webmap.standalone import standalone_map  # noqa: PLC0415

    codes = sorted(names(ranking))
    standalone_map(
        ranking,
        places.features(conn, ranking.lsoa_vintage, codes),
        path,
        attributions=attributions(conn, ranking.datasets),
    )


def draw_pack(evidence: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Draw the decision of a pack as a page; the hook of ``pack`` and ``verify``."""
    from webmap.pack import render  # noqa: PLC0415  (other commands start faster)

    return render(evidence, record)


def main() -> None:
    """Run the command line."""
    pack.renderer = draw_pack
    rank.map_writer = write_map
    sys.exit(run())
