"""What a drawing sees of a district: its areas, who lives there, who touches whom."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo_wealth.contiguity import Contiguity
from geo_wealth.errors import InvalidRequestError

SCALE = 10**9
"""Scores count in billionths, so that sums are whole numbers: exact, in whatever order."""


@dataclass(frozen=True, slots=True)
class Place:
    """One LSOA of the district; None is unknown.

    Attributes
    ----------
    rank, score
        In the composite ranking; None where it is not ranked.
    index_score, index_rank
        Of the deprivation index, nationally.
    x, y
        Its centre, EPSG:27700 metres: the mean of its live postcodes.
    area_m2, perimeter_m
        Of its outline.
    why_not
        Why it cannot be drawn; None where it can.
    """

    code: str
    name: str
    ward_code: str | None
    ward_name: str | None
    residents: int | None
    rank: int | None
    score: float | None
    index_score: float | None
    index_rank: int | None
    x: float
    y: float
    area_m2: float
    perimeter_m: float
    why_not: str | None

    @property
    def value(self) -> int:
        """Residents times score, in billionths; for areas that can be drawn."""
        if self.residents is None or self.score is None:
            raise ValueError(f"{self.code} has no score or no known residents.")
        return self.residents * round(self.score * SCALE)


@dataclass(frozen=True, slots=True)
class Ground:
    """A district to draw in, n areas in order of code.

    Attributes
    ----------
    shared
        (n,) for each area the positions of those that touch it, with the metres of boundary
        they share, 0 where they touch in a corner.
    index
        The deprivation index, and ``index_areas`` how many LSOAs it ranks.
    residents_from
        Which count of residents it is.
    """

    places: tuple[Place, ...]
    shared: tuple[tuple[tuple[int, float], ...], ...]
    index: str
    index_areas: int
    residents_from: str

    def positions(self, codes: Iterable[str], parameter: str = "areas") -> list[int]:
        """Give the positions of codes, ascending, each once.

        Raises
        ------
        InvalidRequestError
            When one is not an area of this district.
        """
        position = {place.code: at for at, place in enumerate(self.places)}
        wanted = sorted(set(codes))
        unknown = [code for code in wanted if code not in position]
        if unknown:
            raise InvalidRequestError(
                parameter,
                f"{', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} not among the "
                f"{len(position)} neighbourhoods with a boundary in this district.",
            )
        return [position[code] for code in wanted]

    def contiguity(self) -> Contiguity:
        """Give who touches whom."""
        return Contiguity(
            tuple(place.code for place in self.places),
            tuple(tuple(other for other, _metres in near) for near in self.shared),
        )

    def apart(self, one: int, other: int) -> float:
        """Give the straight line between two centres, in metres."""
        here, there = self.places[one], self.places[other]
        return math.hypot(here.x - there.x, here.y - there.y)

    def across(self, chosen: Sequence[int]) -> float:
        """Give the longest straight line between two centres; 0 for one area."""
        return max(
            (self.apart(one, other) for one in chosen for other in chosen if one < other),
            default=0.0,
        )


def ground_document(ground: Ground) -> dict[str, Any]:
    """Give a ground as plain JSON, by code."""
    codes = [place.code for place in ground.places]
    return {
        "index": ground.index,
        "index_areas": ground.index_areas,
        "residents_from": ground.residents_from,
        "areas": [
            {name: getattr(place, name) for name in Place.__slots__}
            | {"touches": {codes[other]: metres for other, metres in near}}
            for place, near in zip(ground.places, ground.shared, strict=True)
        ],
    }


def read_ground(document: Mapping[str, Any]) -> Ground:
    """Read back what :func:`ground_document` gave."""
    position = {area["code"]: at for at, area in enumerate(document["areas"])}
    return Ground(
        places=tuple(
            Place(**{name: area[name] for name in Place.__slots__}) for area in document["areas"]
        ),
        shared=tuple(
            tuple(sorted((position[code], metres) for code, metres in area["touches"].items()))
            for area in document["areas"]
        ),
        index=document["index"],
        index_areas=document["index_areas"],
        residents_from=document["residents_from"],
    )
