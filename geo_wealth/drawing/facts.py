"""What a set of neighbourhoods is: people, scores, shape, and what stands inside."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from geo_wealth.deprivation import decile
from geo_wealth.drawing.ground import SCALE, Ground, Place

FIRST = 20
"""Ranks that a set of areas is said to hold so many of."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What stands inside a set of areas; None where no such register or ledger is loaded.

    Attributes
    ----------
    eligible, unknown, not_eligible
        Buildings and sites by whether a community may take them over, each counted once.
    anchors
        Sites of anchor institutions.
    suppliers
        Sites where organisations that were paid are placed; persons and sole traders never.
    pounds
        Net pounds to those in the areas where they tell of no single supplier, as a decimal
        string to the penny; None where there is no such area.
    pounds_areas, pounds_withheld
        How many areas the pounds are of, and how many with suppliers they leave out.
    pounds_because
        Why pounds are not shown: all of them, or those left out.
    """

    eligible: int | None
    unknown: int | None
    not_eligible: int | None
    anchors: int | None
    suppliers: int | None
    pounds: str | None
    pounds_areas: int | None
    pounds_withheld: int | None
    pounds_because: str | None


@dataclass(frozen=True, slots=True)
class SetFacts:
    """A set of neighbourhoods, drawn or chosen by hand.

    Attributes
    ----------
    places
        Its areas, in order of code.
    residents
        Their sum; None when one is not known, and ``without_residents`` names those codes.
    residents_from
        Which count of residents it is.
    mean_score
        Mean of the composite score weighted by residents; ``reach`` is residents times score,
        summed. None when an area is not ranked or its residents are not known.
    best_rank, worst_rank
        In the composite ranking; None where none is ranked.
    in_first
        LSOAs among the first 20 of the ranking: areas of middling rank may fill the cap.
    in_decile_1, decile_unknown
        LSOAs among the most deprived tenth of England, and those whose rank is not known.
    index
        The deprivation index.
    index_score
        Mean of the deprivation score weighted by residents; None when one lacks either.
    across_m
        Longest straight line between the centres of two areas, metres.
    from_middle_m
        Mean straight line from the centre of each resident's area to the middle of them all,
        metres; None without known residents.
    compactness
        Polsby-Popper: 4 pi area / perimeter squared of the outline of all areas together; 1
        for a circle, lower for what is long or ragged. None where an outline has no length.
    parts
        The codes of each connected part, the largest first: one part when it is connected.
    wards
        Code, name and number of areas of each ward touched, most areas first.
    """

    places: tuple[Place, ...]
    residents: int | None
    without_residents: tuple[str, ...]
    residents_from: str
    mean_score: float | None
    reach: float | None
    best_rank: int | None
    worst_rank: int | None
    in_first: int
    in_decile_1: int
    decile_unknown: int
    index: str
    index_score: float | None
    across_m: float
    from_middle_m: float | None
    compactness: float | None
    parts: tuple[tuple[str, ...], ...]
    wards: tuple[tuple[str | None, str | None, int], ...]
    inside: Inside | None

    @property
    def codes(self) -> tuple[str, ...]:
        """Give the codes of its areas."""
        return tuple(place.code for place in self.places)

    @property
    def connected(self) -> bool:
        """Tell whether one can walk through it from any area to any other."""
        return len(self.parts) == 1


def set_facts(ground: Ground, chosen: Sequence[int], inside: Inside | None = None) -> SetFacts:
    """Work out what a set of areas is.

    Parameters
    ----------
    chosen
        Positions of its areas, ascending, at least one.
    inside
        What stands there, gathered elsewhere; None where it was not asked.
    """
    places = tuple(ground.places[at] for at in chosen)
    unknown = tuple(place.code for place in places if place.residents is None)
    residents = None if unknown else sum(place.residents or 0 for place in places)
    reach = _reach(places)
    ranks = [place.rank for place in places if place.rank is not None]
    codes = [place.code for place in ground.places]
    return SetFacts(
        places=places,
        residents=residents,
        without_residents=unknown,
        residents_from=ground.residents_from,
        mean_score=reach / residents if reach is not None and residents else None,
        reach=reach,
        best_rank=min(ranks, default=None),
        worst_rank=max(ranks, default=None),
        in_first=sum(rank <= FIRST for rank in ranks),
        in_decile_1=_worst_tenth(places, ground.index_areas),
        decile_unknown=sum(place.index_rank is None for place in places),
        index=ground.index,
        index_score=_mean_index(places, residents),
        across_m=ground.across(chosen),
        from_middle_m=_from_middle(places, residents),
        compactness=_compactness(ground, chosen),
        parts=tuple(
            tuple(codes[at] for at in part) for part in ground.contiguity().components(chosen)
        ),
        wards=_wards(places),
        inside=inside,
    )


def _reach(places: Sequence[Place]) -> float | None:
    if any(place.residents is None or place.score is None for place in places):
        return None
    return sum(place.value for place in places) / SCALE


def _worst_tenth(places: Sequence[Place], of: int) -> int:
    ranks = [place.index_rank for place in places if place.index_rank is not None]
    return int((decile(ranks, of) == 1).sum()) if ranks else 0


def _mean_index(places: Sequence[Place], residents: int | None) -> float | None:
    if not residents or any(place.index_score is None for place in places):
        return None
    return (
        math.fsum((place.residents or 0) * (place.index_score or 0.0) for place in places)
        / residents
    )


def _from_middle(places: Sequence[Place], residents: int | None) -> float | None:
    if not residents:
        return None
    weights = [place.residents or 0 for place in places]
    x = math.fsum(w * p.x for w, p in zip(weights, places, strict=True)) / residents
    y = math.fsum(w * p.y for w, p in zip(weights, places, strict=True)) / residents
    lines = (w * math.hypot(p.x - x, p.y - y) for w, p in zip(weights, places, strict=True))
    return math.fsum(lines) / residents


def _compactness(ground: Ground, chosen: Sequence[int]) -> float | None:
    """Take from the perimeters of the areas what lies between two of them, once for each."""
    within = set(chosen)
    outline = math.fsum(
        [ground.places[at].perimeter_m for at in chosen]
        + [-metres for at in chosen for other, metres in ground.shared[at] if other in within]
    )
    covered = math.fsum(ground.places[at].area_m2 for at in chosen)
    return 4 * math.pi * covered / outline**2 if outline > 0 else None


def _wards(places: Sequence[Place]) -> tuple[tuple[str | None, str | None, int], ...]:
    found = Counter((place.ward_code, place.ward_name) for place in places)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0][0] or "~"))
    return tuple((code, name, areas) for (code, name), areas in ordered)
