"""``geo-wealth summary``: the official summary measures of a larger area."""

from typing import Annotated

import typer

from geo_wealth.commands.output import Json, print_json, say
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.pipeline.summary import area_summary


def summary(
    code: Annotated[str, typer.Argument(help="Code of a district, ward or LSOA.")],
    index: Annotated[str, typer.Option(help="imd2019 or imd2025.")] = "imd2019",
    *,
    as_json: Json = False,
) -> None:
    """Print the summary measures of deprivation of a district, ward or LSOA.

    Example: geo-wealth summary E08000034 --index imd2019
    """
    with reading(open_database()) as connection:
        found = area_summary(connection, code, index)
    if as_json:
        print_json(found.document())
    else:
        say("\n".join(found.sentences()))
