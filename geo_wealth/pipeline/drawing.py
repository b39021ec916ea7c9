"""Pilot areas: drawn on a ranking, or chosen by hand and checked, with what stands in them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import shapely
from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.drawing import words
from geo_wealth.drawing.draw import Drawn, DrawnArea, LeftOut, draw
from geo_wealth.drawing.facts import Inside, SetFacts
from geo_wealth.drawing.facts import set_facts as facts_of
from geo_wealth.drawing.ground import Ground, Place, ground_document
from geo_wealth.drawing.inside import inside_of
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.drawing.sensitivity import USUAL, Sensitivity, sensitivity
from geo_wealth.errors import InvalidRequestError
from geo_wealth.evidence import drawing as evidence
from geo_wealth.evidence.section import Section, section
from geo_wealth.memory import Memory
from geo_wealth.pipeline.scoring import scoring_of
from geo_wealth.pipeline.terrain import Terrain
from geo_wealth.queries import contents, inputs
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.rows import NotRanked, RankedArea, Ranking
from geo_wealth.queries.shapes import lsoa_shapes
from geo_wealth.robustness import Weightings
from geo_wealth.spend.towns import post_towns

__all__ = [
    "DrawRequest",
    "Drawing",
    "DrawnArea",
    "Inside",
    "LeftOut",
    "Place",
    "Selection",
    "Sensitivity",
    "SetFacts",
    "check_selection",
    "draw_pilot",
    "drawing_section",
    "drawing_sensitivity",
    "postcodes_of",
    "read_ground",
    "set_facts",
    "within_choices",
]

_TOWN = "town:"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The best pilot area under a request, and alternatives to it.

    Attributes
    ----------
    within_name
        Name of the ward or town that it stays in; None for the whole district.
    left_out
        Areas of the district that cannot be drawn, in order of code, and why.
    sample
        True where any of it rests on invented data.
    datasets
        Keys of what all this was read from, the ranking's own aside.
    """

    request: DrawRequest
    ranking_id: str
    within_name: str | None
    best: DrawnArea
    alternatives: tuple[DrawnArea, ...]
    left_out: tuple[LeftOut, ...]
    sample: bool
    datasets: tuple[str, ...]

    @property
    def areas(self) -> tuple[DrawnArea, ...]:
        """Give the best area and the alternatives, in this order."""
        return (self.best, *self.alternatives)


@dataclass(frozen=True, slots=True)
class Selection:
    """A set of areas chosen by hand, set against what was asked for.

    Attributes
    ----------
    findings
        A sentence for each way in which it does not keep to the request: not connected, over
        the cap, too wide, an area that is not ranked. None of them: it may be proposed.
    against_best
        What it gains and loses against the best area drawn; None where either has no reach,
        or no area can be drawn.
    """

    request: DrawRequest
    facts: SetFacts
    findings: tuple[str, ...]
    against_best: str | None

    @property
    def keeps(self) -> bool:
        """Tell whether it keeps to all that was asked for."""
        return not self.findings


_GROUNDS: Memory[Ground] = Memory(size=16)


def draw_pilot(
    connection: Connection, ranking: Ranking, terrain: Terrain, request: DrawRequest
) -> Drawing:
    """Draw the best pilot area on a ranking, and alternatives to it.

    Raises
    ------
    InvalidRequestError
        When no set of areas can keep to the request: which part of it stands in the way.
    """
    within_name, allowed = _within(connection, terrain, request.within)
    drawn = draw(read_ground(connection, ranking, terrain), request, allowed)
    read = contents.contents_of(connection, terrain.vintage, terrain.codes)

    def filled(area: DrawnArea) -> DrawnArea:
        return replace(area, facts=replace(area.facts, inside=_inside(read, area.facts.codes)))

    datasets = tuple(sorted({*terrain.datasets, *read.datasets}))
    return Drawing(
        request=request,
        ranking_id=ranking.id,
        within_name=within_name,
        best=filled(drawn.best),
        alternatives=tuple(filled(area) for area in drawn.alternatives),
        left_out=_left_out(drawn, terrain),
        sample=ranking.sample or bool(inputs.sample_keys(connection) & set(datasets)),
        datasets=datasets,
    )


def drawing_sensitivity(
    connection: Connection,
    ranking: Ranking,
    terrain: Terrain,
    request: DrawRequest,
    how: Weightings = USUAL,
) -> Sensitivity:
    """Tell how far the best pilot area depends on the weights; see the pure module.

    Raises
    ------
    InvalidRequestError
        When no set of areas can keep to the request.
    """
    _name, allowed = _within(connection, terrain, request.within)
    ground = read_ground(connection, ranking, terrain)
    return sensitivity(ground, request, allowed, scoring_of(ranking), how)


def check_selection(
    connection: Connection,
    ranking: Ranking,
    terrain: Terrain,
    codes: Sequence[str],
    request: DrawRequest,
) -> Selection:
    """Set areas chosen by hand against a request, telling what they do not keep to.

    Raises
    ------
    InvalidRequestError
        When no area is given, or one is not in this district.
    """
    facts = set_facts(connection, ranking, terrain, codes)
    _name, allowed = _within(connection, terrain, request.within)
    try:
        best = draw(read_ground(connection, ranking, terrain), request, allowed).best.facts
    except InvalidRequestError:
        best = None
    told = None
    if best is not None and facts.reach is not None:
        told = words.trade_off(facts, best, proved=True)
    return Selection(request, facts, tuple(words.findings(facts, request, allowed)), told)


def set_facts(
    connection: Connection, ranking: Ranking, terrain: Terrain, codes: Sequence[str]
) -> SetFacts:
    """Work out what a set of areas is, and what stands in it.

    Raises
    ------
    InvalidRequestError
        When no area is given, or one is not in this district.
    """
    if not codes:
        raise InvalidRequestError("area", "name at least one neighbourhood (LSOA code).")
    ground = read_ground(connection, ranking, terrain)
    read = contents.contents_of(connection, terrain.vintage, terrain.codes)
    chosen = ground.positions(codes, "area")
    return facts_of(ground, chosen, _inside(read, [terrain.codes[at] for at in chosen]))


def drawing_section(
    connection: Connection,
    ranking: Ranking,
    terrain: Terrain,
    request: DrawRequest,
    areas: tuple[str, ...],
    how: Weightings = USUAL,
) -> Section:
    """Give the evidence of a drawing: the best area, the alternatives, and the areas chosen.

    Parameters
    ----------
    how
        How weightings are drawn, under which it is drawn again.

    Raises
    ------
    InvalidRequestError
        When an area is not in this district.
    """
    within_name, allowed = _within(connection, terrain, request.within)
    ground = read_ground(connection, ranking, terrain)
    read = contents.contents_of(connection, terrain.vintage, terrain.codes)
    chosen = [terrain.codes[at] for at in ground.positions(areas, "area")]
    sets = [chosen, *evidence.sets_drawn(ground, request, allowed)]
    return section(
        evidence.results,
        {
            "ranking": ranking.id,
            "request": evidence.request_document(request),
            "within_name": within_name,
            "allowed": None if allowed is None else sorted(allowed),
            "ground": ground_document(ground),
            "chosen": chosen,
            "inside": evidence.inside_documents({tuple(s): _inside(read, s) for s in sets}),
            "scoring": evidence.scoring_document(scoring_of(ranking)),
            "weightings": asdict(how),
        },
    )


def postcodes_of(connection: Connection, terrain: Terrain, codes: Sequence[str]) -> tuple[str, ...]:
    """List the live postcodes in areas, in order."""
    return tuple(contents.live_postcodes(connection, terrain.vintage, codes))


def within_choices(terrain: Terrain) -> list[tuple[str, str]]:
    """List what a drawing of a district can stay within: value and name, wards by name."""
    wards = {code: name or code for code, name in terrain.wards if code is not None}
    return sorted(wards.items(), key=lambda ward: (ward[1], ward[0]))


def _within(
    connection: Connection, terrain: Terrain, within: str | None
) -> tuple[str | None, frozenset[str] | None]:
    """Turn a ward or town into its name and the codes of its areas in the district."""
    if within is None:
        return None, None
    if within.startswith(_TOWN):
        return _town(connection, terrain, within.removeprefix(_TOWN))
    wards = dict(within_choices(terrain))
    if within not in wards:
        raise InvalidRequestError(
            "within",
            f"{within} is not a ward of {terrain.district_name}; give the code of one, or "
            f"{_TOWN} and the name of a post town.",
        )
    here = zip(terrain.codes, terrain.wards, strict=True)
    return wards[within], frozenset(code for code, ward in here if ward[0] == within)


def _town(
    connection: Connection, terrain: Terrain, asked: str
) -> tuple[str | None, frozenset[str] | None]:
    towns = {town.lower(): town for town in post_towns()}
    name = towns.get(asked.strip().lower())
    if name is None:
        raise InvalidRequestError(
            "within", f"{asked!r} is not a post town known here: {', '.join(sorted(post_towns()))}."
        )
    codes = contents.mostly_in(
        connection, terrain.vintage, terrain.codes, sorted(post_towns()[name])
    )
    if not codes:
        raise InvalidRequestError(
            "within",
            f"no neighbourhood of {terrain.district_name} has most of its live postcodes in "
            f"{name}.",
        )
    return name, frozenset(codes)


def read_ground(connection: Connection, ranking: Ranking, terrain: Terrain) -> Ground:
    """Read what a drawing sees of a district: a ranking's scores set on its terrain."""
    key = (str(connection.engine.url), data_version(connection), ranking.id)
    return _GROUNDS.recall(key, lambda: _read_ground(connection, ranking, terrain))


def _read_ground(connection: Connection, ranking: Ranking, terrain: Terrain) -> Ground:
    shapes = lsoa_shapes(connection, terrain.vintage, terrain.codes)
    outlines = [shapes[code] for code in terrain.codes]
    scores = inputs.scores(connection, ranking.request.index, terrain.codes)
    known: dict[str, RankedArea | NotRanked] = {area.code: area for area in ranking.areas}
    known |= {area.code: area for area in ranking.not_ranked}
    return Ground(
        places=tuple(
            _place(terrain, at, known.get(code), scores, outlines[at])
            for at, code in enumerate(terrain.codes)
        ),
        shared=_shared(terrain, outlines),
        index=ranking.request.index,
        index_areas=INDEX[ranking.request.index].areas,
        residents_from=terrain.residents_from,
    )


def _place(
    terrain: Terrain,
    at: int,
    area: RankedArea | NotRanked | None,
    scores: inputs.Scores,
    outline: shapely.Geometry,
) -> Place:
    code = terrain.codes[at]
    residents = None if np.isnan(terrain.residents[at]) else int(terrain.residents[at])
    ranked = area if isinstance(area, RankedArea) else None
    return Place(
        code=code,
        name=terrain.names[at],
        ward_code=terrain.wards[at][0],
        ward_name=terrain.wards[at][1],
        residents=residents,
        rank=None if ranked is None else ranked.rank,
        score=None if ranked is None else ranked.score,
        index_score=scores.score.get(code),
        index_rank=scores.rank.get(code),
        x=round(float(terrain.centres[at, 0]), 2),
        y=round(float(terrain.centres[at, 1]), 2),
        area_m2=round(float(shapely.area(outline)), 2),
        perimeter_m=round(float(shapely.length(outline)), 2),
        why_not=_why_not(area, residents),
    )


def _why_not(area: RankedArea | NotRanked | None, residents: int | None) -> str | None:
    """Say why an area cannot be drawn; None where it can."""
    if area is None:
        return "it is not in this ranking"
    if isinstance(area, NotRanked):
        return f"it is not ranked ({area.reason})"
    return "how many live there is not known" if residents is None else None


def _shared(
    terrain: Terrain, outlines: Sequence[shapely.Geometry]
) -> tuple[tuple[tuple[int, float], ...], ...]:
    """Measure the metres of boundary that areas which touch have in common."""
    neighbours = terrain.contiguity.neighbours
    pairs = [(one, other) for one, near in enumerate(neighbours) for other in near if one < other]
    lines = shapely.boundary(np.array(outlines, dtype=object))
    ones, others = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    common = shapely.length(shapely.intersection(lines[ones], lines[others]))
    metres = {pair: round(float(each), 2) for pair, each in zip(pairs, common, strict=True)}
    return tuple(
        tuple((other, metres[min(one, other), max(one, other)]) for other in near)
        for one, near in enumerate(neighbours)
    )


def _inside(read: contents.Contents, codes: Sequence[str]) -> Inside:
    return inside_of(codes, read.buildings, read.anchors, read.suppliers, read.paid, read.scale)


def _left_out(drawn: Drawn, terrain: Terrain) -> tuple[LeftOut, ...]:
    unbounded = (
        LeftOut(code, code, "its boundary is not loaded") for code in terrain.without_boundary
    )
    return tuple(sorted((*drawn.left_out, *unbounded), key=lambda area: area.code))
