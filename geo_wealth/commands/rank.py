"""``geo-wealth rank`` and ``explain``: the ranking, and the reason for a rank."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from geo_wealth.commands.output import (
    Json,
    check_place,
    csv_text,
    print_json,
    print_table,
    say,
    write_text,
)
from geo_wealth.commands.ranking_options import build, takes_ranking
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.errors import InvalidRequestError
from geo_wealth.indicators import INDICATORS, described
from geo_wealth.pipeline.documents import explanation_document, ranking_document
from geo_wealth.pipeline.explain import explain as explain_area
from geo_wealth.pipeline.penetration import applies
from geo_wealth.pipeline.ranking import keep_ranking, kept_ranking
from geo_wealth.pipeline.table import credited, ranking_rows
from geo_wealth.pipeline.words import context_line
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.rows import IndicatorValue, Ranking, RankRequest

map_writer: Callable[[Connection, Ranking, Path], None] | None = None
"""Writes a ranking as a map; the web package, which draws maps, puts it here."""


@takes_ranking
def rank(
    request: RankRequest,
    *,
    top: Annotated[int | None, typer.Option(min=1, help="Show the first so many.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all of it to this CSV.")] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Write a map that works offline.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it under its id.")] = False,
    kept: Annotated[str | None, typer.Option("--id", help="Show a ranking that was kept.")] = None,
    as_json: Json = False,
) -> None:
    """Rank the neighbourhoods of a district for pilots.

    Example: geo-wealth rank --district E08000034 --index imd2019 --top 20 --map kirklees.html
    """
    for path in filter(None, (csv, map_file)):
        check_place(path)
    engine = open_database()
    with reading(engine) as connection:
        ranking = kept_ranking(connection, kept) if kept else build(connection, request)
        if csv is not None:
            owed = attributions(connection, ranking.datasets)
            write_text(csv, csv_text(*credited(*ranking_rows(ranking), owed)))
        if map_file is not None:
            _write_map(connection, ranking, map_file)
    if keep:
        with engine.begin() as connection:
            keep_ranking(connection, ranking)
        say(f"Kept as {ranking.id}.", err=True)
    if as_json:
        document = ranking_document(ranking)
        document["areas"] = document["areas"][:top]
        print_json(document)
    else:
        _print(ranking, top)


@takes_ranking
def explain(
    code: Annotated[str, typer.Argument(help="Code of the neighbourhood (LSOA).")],
    request: RankRequest,
    *,
    against: Annotated[
        str | None, typer.Option(help="Another neighbourhood to compare with.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say why a neighbourhood ranks where it does, and what would reverse it.

    Example: geo-wealth explain E01011140 --district E08000034 --index imd2019
    """
    with reading(open_database()) as connection:
        ranking = build(connection, request)
    explanation = explain_area(ranking, code, against)
    if as_json:
        print_json(explanation_document(explanation))
    else:
        say("\n".join(explanation.sentences))


def _write_map(connection: Connection, ranking: Ranking, path: Path) -> None:
    if map_writer is None:
        raise InvalidRequestError("--map", "the part of Geo Wealth that draws maps is missing.")
    map_writer(connection, ranking, path)
    say(f"Wrote {path}.", err=True)


def _print(ranking: Ranking, top: int | None) -> None:
    say(context_line(ranking))
    left = [("rank", "right"), ("code", "left"), ("neighbourhood", "left"), ("ward", "left")]
    variant = ranking.request.spend_variant
    figures = [
        (f"{found.short_name} ({found.unit})", "right")
        for found in (described(slug, variant) for slug in INDICATORS)
    ]
    print_table(
        [*left, ("score", "right"), *figures],
        [
            [str(area.rank), area.code, area.name, area.ward_name or "", f"{area.score:.3f}"]
            + [
                _figure(cell, described(slug, variant).decimals)
                for slug, cell in area.indicators.items()
            ]
            for area in ranking.areas[:top]
        ],
    )
    if ranking.not_ranked:
        say(f"\nNot ranked: {len(ranking.not_ranked)}")
        for area in ranking.not_ranked[:top]:
            say(f"  {area.code} {area.name}: {area.reason}")


def _figure(cell: IndicatorValue, decimals: int) -> str:
    if cell.value is None:
        return "no data" if applies(cell.reason) else "not applicable"
    return f"{cell.value:,.{decimals}f}"
