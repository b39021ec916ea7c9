"""What the form that draws offers, and what of it is chosen."""

from typing import Any

from sqlalchemy import Connection

from geo_wealth.memory import Memory
from geo_wealth.pipeline.drawing import postcodes_of, within_choices
from geo_wealth.pipeline.terrain import Terrain
from geo_wealth.queries.contents import mostly_in
from geo_wealth.queries.datasets import data_version
from geo_wealth.spend.towns import post_towns, town_of
from webmap.draw_params import ANY, DRAWING, MOST_ALTERNATIVES, MOST_RESIDENTS, draw_query
from webmap.filters import RankFilters
from webmap.params import Values
from webmap.spend_choices import Choice
from webmap.wording import metres

WIDTHS = (1200, 1600, 2400, 3200, 4800)
"""Straight lines of 15, 20, 30, 40 and 60 minutes on foot at 80 m a minute."""

_TOWNS: Memory[tuple[str, ...]] = Memory(size=16)


def asked(values: Values) -> dict[str, Any]:
    """Give the figures of the form as they were asked for."""
    across = values["across"]
    known = [f"{width}" for width in WIDTHS]
    listed = [*known, *([] if across in (*known, ANY) else [across]), ANY]
    return {
        "cap": values["cap"],
        "most": MOST_RESIDENTS,
        "across": [Choice(each, width_text(each), each == across) for each in listed],
        "alternatives": [
            Choice(f"{each}", f"{each or 'none'}", each == values["alternatives"])
            for each in range(MOST_ALTERNATIVES + 1)
        ],
    }


def width_text(across: str) -> str:
    """Print a width with its walk: 2.4 km, 30 minutes on foot."""
    if across == ANY:
        return "any width"
    width = float(across)
    return f"{metres(width)}, {width / 80:.0f} minutes on foot"


def hidden(filters: RankFilters, values: Values) -> list[tuple[str, str]]:
    """Carry the ranking through the form."""
    nothing = {param.name: None for param in DRAWING}
    return [(name, str(value)) for name, value in draw_query(filters, values, **nothing).items()]


def offered(
    conn: Connection, terrain: Terrain, chosen: str | None
) -> list[tuple[str, list[Choice]]]:
    """List what a drawing can stay within: the district, its wards, its post towns."""
    wards = [Choice(code, name, code == chosen) for code, name in within_choices(terrain)]
    named = [(f"town:{town}", town) for town in towns(conn, terrain)]
    asked_for = (chosen or "").lower()
    return [
        ("", [Choice("", f"all of {terrain.district_name}", chosen is None)]),
        ("Wards", wards),
        ("Post towns", [Choice(each, town, each.lower() == asked_for) for each, town in named]),
    ]


def towns(conn: Connection, terrain: Terrain) -> tuple[str, ...]:
    """Name the post towns that most live postcodes of some neighbourhood are in."""
    key = (str(conn.engine.url), data_version(conn), terrain.district, terrain.vintage)
    return _TOWNS.recall(key, lambda: _find_towns(conn, terrain))


def _find_towns(conn: Connection, terrain: Terrain) -> tuple[str, ...]:
    met = {town_of(postcode) for postcode in postcodes_of(conn, terrain, terrain.codes)}
    known = post_towns()
    return tuple(
        town
        for town in sorted(filter(None, met))
        if mostly_in(conn, terrain.vintage, terrain.codes, sorted(known[town]))
    )
