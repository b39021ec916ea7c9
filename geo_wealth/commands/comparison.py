"""``geo-wealth comparison``: the areas that a pilot will be compared with, and how alike."""

from pathlib import Path
from typing import Annotated

import typer

from geo_wealth.commands.output import (
    Json,
    check_place,
    csv_text,
    print_json,
    print_table,
    say,
    write_text,
)
from geo_wealth.commands.pilot_options import Areas, AreasFile, History, Matches, Pool, codes_given
from geo_wealth.commands.ranking_options import District, Index
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.evidence.amounts import figure
from geo_wealth.evidence.section import Section
from geo_wealth.pipeline.comparison import compare_areas, ground_of, scores_of
from geo_wealth.pipeline.comparison_words import (
    FLAGS,
    SCALE,
    advice,
    document,
    measures_of,
    pair_rows,
    sentences,
    signed,
)
from geo_wealth.pipeline.effect import outlook
from geo_wealth.queries.datasets import attributions

_DEFAULT = ComparisonRequest()
COLUMNS = ("pilot_code", "pilot_name", "comparison_code", "comparison_name", "distance")


def comparison(
    district: District = "",
    index: Index = "imd2019",
    area: Areas = None,
    areas: AreasFile = None,
    matches: Matches = _DEFAULT.matches,
    pool: Pool = _DEFAULT.pool,
    history: History = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the pairs to this CSV.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Choose comparison areas for a pilot: matched, none that touches it, with their balance.

    Example: geo-wealth comparison --index imd2025 --area E01011130 --area E01011131 --pool england
    """
    if csv is not None:
        check_place(csv)
    chosen = codes_given(area, areas)
    request = ComparisonRequest(matches, pool, tuple(history or ()))
    with reading(open_database()) as connection:
        terrain = ground_of(connection, district, index, chosen)
        found = compare_areas(connection, terrain, index, chosen, request)
        seen = outlook(connection, found, scores=scores_of(connection, terrain, index))
        owed = attributions(connection, [*found["inputs"]["datasets"], *terrain.datasets])
    if csv is not None:
        write_text(csv, csv_text(COLUMNS, pair_rows(found)))
    if as_json:
        print_json({**document(found, seen), "attribution": owed})
    else:
        _print(found, seen)


def _print(found: Section, seen: Section | None) -> None:
    for line in sentences(found, advice(found, measures_of(seen))):
        say(line)
    say("")
    print_table(
        [("pilot area", "left"), ("", "left"), ("comparison area", "left"), ("", "left"),
         ("distance", "right")],
        [[one, name, other, called, f"{apart:.3f}"]
         for one, name, other, called, apart in pair_rows(found)],
    )  # fmt: skip
    names = found["inputs"]["names"]
    ring = ", ".join(f"{code} {names.get(code, '')}".strip() for code in found["inputs"]["ring"])
    say(f"\nTouch the pilot, so left out: {ring or 'none'}.\n\n{SCALE}")
    print_table(
        [(name, "right" if at else "left") for at, name in enumerate(
            ("covariate", "pilot", "pool", "matched", "before", "after", ""))],
        [
            [
                row["name"],
                *(_number(row[name]) for name in ("pilot", "pool", "matched")),
                *(signed(row[name]) for name in ("before", "after")),
                FLAGS[row["flag"]],
            ]
            for row in found["results"]["balance"]
        ],
    )  # fmt: skip
    for each in [] if seen is None else seen["results"]["measures"]:
        if "power" in each:
            say(f"\n{each['measure']['name']}: {each['power']['sentence']}")
            say(each["pre_trend"]["sentence"])


def _number(value: float | None) -> str:
    return "not known" if value is None else figure(value)
