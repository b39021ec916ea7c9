"""Hidden pockets: most deprived neighbourhoods in wards whose average does not show it."""

from collections.abc import Mapping
from dataclasses import dataclass

from geo_wealth.deprivation import decile

CUT_SCORE = {"imd2019": 43.859, "imd2025": 44.914}
"""Score of the last area of decile 1 in England (rank 3,284 and 3,375), as published."""


@dataclass(frozen=True, slots=True)
class WardFigures:
    """The neighbourhoods of a ward together.

    Attributes
    ----------
    average_score
        Mean of their scores weighted by residents; None where either is not known of one.
    most_deprived
        How many of them are known to be in decile 1 of England.
    average_reaches
        Whether the average is at or above the cut of decile 1; None where it is not known.
    """

    lsoas: int
    average_score: float | None
    most_deprived: int
    average_reaches: bool | None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What is needed of one LSOA; None where not known."""

    ward: str | None
    score: float | None
    rank: int | None
    residents: float | None


def hidden_pockets(
    areas: Mapping[str, Neighbourhood], cut: float, n: int
) -> tuple[dict[str, bool | None], dict[str, WardFigures]]:
    """Flag every LSOA of decile 1 in a ward that is not itself among the most deprived.

    A ward is judged as its neighbourhoods are: it is among the most deprived where its average
    score, weighted by residents, reaches the score at the cut of decile 1.

    Parameters
    ----------
    areas
        Every LSOA of the wards, by code.
    cut
        Score of the last area of decile 1.
    n
        Number of areas ranked nationally.

    Returns
    -------
    pockets, wards
        By LSOA: True for a hidden pocket; None where it is not known, because it is in decile
        1 and nothing says what the average of its ward is, or because nothing says its decile
        and the average of its ward does not reach the cut, or is not known. By ward: what it
        was judged by.
    """
    members: dict[str, list[Neighbourhood]] = {}
    for area in areas.values():
        if area.ward is not None:
            members.setdefault(area.ward, []).append(area)
    wards = {code: _figures(members[code], cut, n) for code in sorted(members)}
    pockets: dict[str, bool | None] = {}
    for code, area in areas.items():
        reaches = None if area.ward is None else wards[area.ward].average_reaches
        pockets[code] = _hidden(most_deprived(area, n), reaches)
    return pockets, wards


def most_deprived(area: Neighbourhood, n: int) -> bool | None:
    """Tell whether an area is in decile 1 of ``n``; None where its rank is not known."""
    return None if area.rank is None else int(decile(area.rank, n)) == 1


def _hidden(deprived: bool | None, reaches: bool | None) -> bool | None:
    if deprived is False or reaches is True:  # either alone settles it
        return False
    return None if deprived is None or reaches is None else True


def _figures(members: list[Neighbourhood], cut: float, n: int) -> WardFigures:
    known = [
        (area.score, area.residents)
        for area in members
        if area.score is not None and area.residents is not None
    ]
    people = sum(residents for _score, residents in known)
    average = None
    if len(known) == len(members) and people > 0:
        average = sum(score * residents for score, residents in known) / people
    return WardFigures(
        lsoas=len(members),
        average_score=average,
        most_deprived=sum(most_deprived(area, n) is True for area in members),
        average_reaches=None if average is None else average >= cut,
    )
