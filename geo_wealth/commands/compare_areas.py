"""``geo-wealth compare-areas``: up to four neighbourhoods side by side."""

from typing import Annotated

import typer

from geo_wealth.commands.output import Json, print_json, print_table, say
from geo_wealth.commands.ranking_options import build, takes_ranking
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.pipeline.ranking import kept_ranking
from geo_wealth.pipeline.robustness import LABEL
from geo_wealth.pipeline.side_by_side import (
    SideBySide,
    check_codes,
    lines,
    side_by_side,
    side_by_side_document,
)
from geo_wealth.pipeline.words import context_line
from geo_wealth.queries.rows import RankRequest


@takes_ranking
def compare_areas(
    codes: Annotated[list[str], typer.Argument(help="Codes of two to four neighbourhoods.")],
    request: RankRequest,
    *,
    kept: Annotated[str | None, typer.Option("--id", help="Of a ranking that was kept.")] = None,
    as_json: Json = False,
) -> None:
    """Put two to four neighbourhoods side by side, with the change of weights that reverses them.

    Example: geo-wealth compare-areas E01011140 E01011038 --district E08000034 --index imd2019
    """
    check_codes(codes, "CODES")
    with reading(open_database()) as connection:
        ranking = kept_ranking(connection, kept) if kept else build(connection, request)
        found = side_by_side(connection, ranking, codes)
    if as_json:
        print_json(side_by_side_document(found))
    else:
        _print(found)


def _print(found: SideBySide) -> None:
    say(context_line(found.ranking))
    group = None
    rows: list[list[str]] = []
    for line in lines(found):
        if line.group != group:
            rows.append([line.group.upper(), *[""] * len(found.sides)])
            group = line.group
        rows.append([f"  {line.label}", *line.cells])
    names = [(side.area.name, "right") for side in found.sides]
    print_table([("", "left"), *names], rows)
    say("\nWhat would reverse them")
    for each in found.reversals:
        say(f"  {each.sentence}")
    say(f"\nThe range of ranks is {LABEL}.")
