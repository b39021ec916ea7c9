"""``geo-wealth penetration``: how far spend reaches each neighbourhood of a district."""

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
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.indicators import DEFAULT_SPEND, SPEND_VARIANTS
from geo_wealth.pipeline.penetration import applies
from geo_wealth.pipeline.penetration_table import (
    INTERVAL,
    Figure,
    Penetration,
    penetration_document,
    penetration_rows,
)
from geo_wealth.pipeline.penetration_table import penetration as work_out
from geo_wealth.pipeline.table import credited
from geo_wealth.pipeline.words import spend_phrase
from geo_wealth.queries.datasets import attributions


def penetration(
    district: Annotated[str, typer.Option(help="Code of the district, such as E08000034.")],
    index: Annotated[
        str, typer.Option(help="imd2019 for neighbourhoods of 2011, imd2025 for those of 2021.")
    ] = "imd2019",
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all of it to this CSV.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Print how far spend reaches each neighbourhood, by every measure.

    Example: geo-wealth penetration --district E08000034 --index imd2019
    """
    if csv is not None:
        check_place(csv)
    with reading(open_database()) as connection:
        found = work_out(connection, district, index)
        owed = attributions(connection, found.datasets)
    if csv is not None:
        write_text(csv, csv_text(*credited(*penetration_rows(found), owed)))
    if as_json:
        print_json(penetration_document(found))
    else:
        _print(found)


def _print(found: Penetration) -> None:
    sample = "Sample data. " if found.sample else ""
    say(f"{sample}{found.district_name}, {len(found.areas)} neighbourhoods of {found.lsoa_vintage}")
    say(
        f"{spend_phrase(found.spend)}; in the district £{found.pounds:,} at {found.suppliers} sites"
    )
    columns = [("code", "left"), ("neighbourhood", "left")]
    columns += [(f"{each.short_name} ({each.unit})", "right") for each in SPEND_VARIANTS.values()]
    columns += [("largest supplier in reach", "right"), ("interval, local spend", "right")]
    print_table(
        columns,
        [
            [area.code, area.name]
            + [_shown(figure, slug) for slug, figure in area.figures.items()]
            + _beside(area.figures[DEFAULT_SPEND])
            for area in found.areas
        ],
    )
    say(f"\nInterval: {INTERVAL}; seed {found.seed}. The CSV has one for each measure.")


def _shown(figure: Figure, slug: str) -> str:
    if figure.value is None:
        return "no data" if applies(figure.reason) else "not applicable"
    return f"{figure.value:,.{SPEND_VARIANTS[slug].decimals}f}"


def _beside(figure: Figure) -> list[str]:
    """Give the largest supplier's share and the interval, empty where nothing is in reach."""
    share = "" if figure.top_share is None else f"{100 * figure.top_share:.0f} %"
    if figure.low is None or figure.high is None:
        return [share, ""]
    return [share, f"{figure.low:,.2f} to {figure.high:,.2f}"]
