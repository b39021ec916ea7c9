"""A comparison group ready to print: map in three patterns, pairs, balance, what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from geo_wealth.drawing import words
from geo_wealth.evaluation.balance import FAR
from geo_wealth.evidence.amounts import figure
from geo_wealth.evidence.section import Section
from geo_wealth.pipeline.comparison_words import FLAGS, POOL_NAMES, accounting, signed
from geo_wealth.pipeline.drawing import set_facts
from geo_wealth.pipeline.terrain import Terrain
from geo_wealth.queries.outcomes import outcomes
from geo_wealth.queries.rows import Ranking
from webmap.charts import balance_bar
from webmap.choropleth import MapState
from webmap.comparison_params import comparison_request
from webmap.draw_command import propose
from webmap.draw_params import draw_request
from webmap.params import Values
from webmap.spend_choices import Choice
from webmap.wording import number

PARTS = (
    ("pilot", 3, "Pilot area"),
    ("ring", 1, "Touches the pilot, so left out"),
    ("comparison", 2, "Comparison area"),
)
"""What an area can be: slug, its value on the map, and its name in the legend."""

COUNTED = {
    "considered": "Neighbourhoods looked at",
    "pilot": "in the pilot",
    "touch_the_pilot": "left out: they touch the pilot",
    "value_unknown": "left out: a value is unknown",
    "could_be_chosen": "could be chosen",
    "chosen": "chosen",
}


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One covariate: means as text, differences as text, in words, and as a bar."""

    name: str
    pilot: str
    matched: str
    pool: str
    before: str
    after: str
    flag: str
    bar: Markup


@dataclass(frozen=True, slots=True)
class Pair:
    """A pilot area, and its comparison areas: code, name and distance."""

    code: str
    name: str
    beside: tuple[tuple[str, str, str], ...]


def map_state(found: Section) -> MapState:
    """Say what the map shows: pilot, ring and comparison areas, each in a pattern."""
    asked, results = found["inputs"], found["results"]
    members = {
        "pilot": asked["pilot"],
        "ring": asked["ring"],
        "comparison": results["areas"],
    }
    names = {slug: name for slug, _, name in PARTS}
    value = {slug: value for slug, value, _ in PARTS}
    legend = tuple(
        {"low": at, "high": at, "colour": f"url(#part-{slug})", "label": name, "count": 0}
        for slug, at, name in sorted(PARTS, key=lambda part: part[1])
    )
    return MapState(
        values={code: float(value[slug]) for slug, codes in members.items() for code in codes},
        names=asked["names"],
        legend=legend,
        selected=(*asked["pilot"], *results["areas"]),
        told={code: names[slug] for slug, codes in members.items() for code in codes},
    )


def pairs(found: Section) -> list[Pair]:
    """List each pilot area with those it is compared with, the most alike first."""
    names = found["inputs"]["names"]
    return [
        Pair(
            group["pilot"],
            names.get(group["pilot"], group["pilot"]),
            tuple(
                (code, names.get(code, code), number(apart, 2))
                for code, apart in zip(group["comparisons"], group["distances"], strict=True)
            ),
        )
        for group in found["results"]["groups"]
    ]


def balance_rows(found: Section) -> list[BalanceRow]:
    """Lay the balance out."""
    rows = found["results"]["balance"]
    sizes = [abs(row[name]) for row in rows for name in ("before", "after") if row[name]]
    widest = max([*sizes, 2 * FAR])
    return [
        BalanceRow(
            name=row["name"][:1].upper() + row["name"][1:],
            pilot=_mean(row["pilot"]),
            matched=_mean(row["matched"]),
            pool=_mean(row["pool"]),
            before=signed(row["before"]),
            after=signed(row["after"]),
            flag=FLAGS[row["flag"]],
            bar=balance_bar(row["before"], row["after"], widest, FAR),
        )
        for row in rows
    ]


def counted(found: Section) -> list[tuple[str, str]]:
    """Account for everybody who was looked at."""
    return [(COUNTED[name], f"{value:,}") for name, value in accounting(found).items()]


def ring(found: Section) -> list[tuple[str, str]]:
    """List code and name of the areas that touch the pilot."""
    names = found["inputs"]["names"]
    return [(code, names.get(code, code)) for code in found["inputs"]["ring"]]


def proposal(
    conn: Connection, ranking: Ranking, terrain: Terrain, values: Values
) -> tuple[str | None, tuple[str, ...]]:
    """Write the command that proposes this pilot with this group; or say why there is none."""
    request = draw_request(values)
    facts = set_facts(conn, ranking, terrain, values["area"])
    reasons = tuple(words.findings(facts, request, None))
    if reasons:
        return None, reasons
    measures = [each.measure for each in outcomes(conn, ranking.lsoa_vintage)]
    compared = comparison_request(values)
    return propose(ranking, request, facts.codes, compared, measures), ()


def pools(chosen: str) -> list[Choice]:
    """List where comparison areas may be."""
    return [
        Choice(slug, name[:1].upper() + name[1:], slug == chosen)
        for slug, name in POOL_NAMES.items()
        if slug != "named"
    ]


def mix(results: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """List what a synthetic control is mixed of: code, name and share, the largest first."""
    weights = results["synthetic"]["weights"]
    order = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return [
        (code, names.get(code, code), f"{100 * share:.0f}\u00a0%")
        for code, share in order
        if share > 0
    ]


def _mean(value: float | None) -> str:
    return "not known" if value is None else figure(value)
