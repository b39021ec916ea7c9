"""The list from which a person chooses: the pilot area, what touches it, and all the rest."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from geo_wealth.drawing.facts import Inside
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.pipeline.drawing import Drawing, DrawnArea, LeftOut
from geo_wealth.pipeline.terrain import Terrain
from geo_wealth.queries.rows import Ranking
from webmap.draw_view import metres_text, residents_text
from webmap.wording import number, percent, sentence_case

COLUMNS = (
    "Neighbourhoods",
    "Residents",
    "Score",
    "Reach",
    "Across",
    "Best in",
    "May be transferred",
    "Anchors",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One neighbourhood that may be ticked.

    ``stays`` is the share of the weightings in which it is in the best area, None where it
    cannot be drawn; ``order`` its place in the whole list.
    """

    code: str
    name: str
    ward_name: str | None
    rank: int | None
    score: float | None
    residents: float | None
    stays: float | None
    order: int
    chosen: bool
    included: bool
    excluded: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Candidates under one heading; ``folded`` away where they are many."""

    slug: str
    title: str
    rows: tuple[Candidate, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One drawing beside the others."""

    name: str
    trade: str
    href: str
    cells: tuple[str, ...]


def touching(terrain: Terrain, codes: Sequence[str]) -> list[str]:
    """List the codes of the areas that touch a set, in order of code."""
    ring = terrain.contiguity.ring(terrain.places(codes))
    return [terrain.codes[place] for place in ring]


def candidates(
    ranking: Ranking,
    terrain: Terrain,
    request: DrawRequest,
    chosen: Collection[str],
    shares: Mapping[str, float],
) -> list[Candidate]:
    """List every area that has a boundary, highest rank first, those not ranked last."""
    ranked = {area.code: area for area in ranking.areas}
    places = range(len(terrain.codes))
    ordered = sorted(
        places, key=lambda at: (_rank(ranked.get(terrain.codes[at])), terrain.codes[at])
    )
    rows = []
    for order, at in enumerate(ordered):
        code = terrain.codes[at]
        area = ranked.get(code)
        people = float(terrain.residents[at])
        rows.append(
            Candidate(
                code=code,
                name=terrain.names[at],
                ward_name=terrain.wards[at][1],
                rank=area.rank if area else None,
                score=area.score if area else None,
                residents=None if math.isnan(people) else people,
                stays=shares.get(code, 0.0) if area and not math.isnan(people) else None,
                order=order,
                chosen=code in chosen,
                included=code in request.include,
                excluded=code in request.exclude,
            )
        )
    return rows


def groups(rows: Iterable[Candidate], ring: Collection[str]) -> list[Group]:
    """Part the list: chosen, touching, all others."""
    listed = list(rows)
    near = [row for row in listed if not row.chosen and row.code in ring]
    rest = [row for row in listed if not row.chosen and row.code not in ring]
    return [
        Group("chosen", "In the pilot area", tuple(row for row in listed if row.chosen)),
        Group("touching", "Touching it", tuple(near)),
        Group("rest", "All other neighbourhoods", tuple(rest), folded=True),
    ]


def option(drawn: DrawnArea, best: float | None, href: str, trade: str) -> Option:
    """Lay out one drawing.

    ``best`` is the share of the weightings in which it is the best; None where it answers
    another question than the best drawing.
    """
    facts, inside = drawn.facts, drawn.facts.inside
    return Option(
        name=sentence_case(drawn.label),
        trade=trade,
        href=href,
        cells=(
            str(len(facts.places)),
            residents_text(facts),
            number(facts.mean_score, 3),
            number(facts.reach, 0),
            metres_text(facts.across_m),
            "–" if best is None else f"{percent(best)} of weightings",
            transferable(inside),
            number(inside.anchors if inside else None, 0),
        ),
    )


def transferable(inside: Inside | None) -> str:
    """Print how many buildings may be taken over, and of how many nobody knows."""
    if inside is None or inside.eligible is None:
        return "not known"
    return (
        f"{inside.eligible}, {inside.unknown} not known" if inside.unknown else f"{inside.eligible}"
    )


def left_out(drawing: Drawing, rows: Sequence[Candidate]) -> list[tuple[str, list[LeftOut]]]:
    """Group what is not drawn by its reason, the most first: what cannot be, and must not be."""
    unwanted = [LeftOut(row.code, row.name, "never, as you asked") for row in rows if row.excluded]
    ordered = sorted((*drawing.left_out, *unwanted), key=lambda each: (each.reason, each.code))
    grouped = [
        (sentence_case(reason), list(each))
        for reason, each in groupby(ordered, key=lambda each: each.reason)
    ]
    return sorted(grouped, key=lambda item: -len(item[1]))


def _rank(area: object) -> float:
    return getattr(area, "rank", float("inf"))
