"""Why an area ranks where it does, and the smallest change that would reverse it."""

import math
from dataclasses import dataclass

from geo_wealth.errors import NotFoundError
from geo_wealth.indicators import INDICATORS
from geo_wealth.pipeline.indicators import SLUGS
from geo_wealth.pipeline.words import area_sentences, contribution_sentence
from geo_wealth.queries.rows import NotRanked, RankedArea, Ranking
from geo_wealth.ranking import Flip, smallest_flip


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reason for a rank.

    Attributes
    ----------
    against
        The area compared with: the one asked, or the next above (for the first: the next
        below); None where there is none.
    flip
        Weights by indicator that reverse the two, nearest to those chosen; None where no
        weights do.
    change
        Sum of the absolute changes of the weights; None where no weights do.
    sentences
        All of it in plain English.
    """

    area: RankedArea | NotRanked
    against: RankedArea | None
    flip: dict[str, float] | None
    change: float | None
    sentences: tuple[str, ...]


def explain(ranking: Ranking, code: str, against: str | None = None) -> Explanation:
    """Explain the place of one area in a ranking.

    Raises
    ------
    NotFoundError
        When the area, or the one to compare with, is not in the ranking.
    """
    area = _find(ranking, code)
    sentences = area_sentences(ranking, area)
    if isinstance(area, NotRanked):
        return Explanation(area, None, None, None, sentences)
    sentences += (contribution_sentence(area),)
    other = _find(ranking, against) if against else _neighbour(ranking, area)
    if not isinstance(other, RankedArea) or other.code == area.code:
        return Explanation(area, None, None, None, sentences)
    flip = _flip(ranking, area, other)
    weights = None if flip is None else dict(zip(SLUGS, map(float, flip.weights), strict=True))
    sentences += (_flip_sentence(area, other, weights, ranking.request.weights),)
    change = None if flip is None else flip.distance_l1
    return Explanation(area, other, weights, change, sentences)


def _find(ranking: Ranking, code: str) -> RankedArea | NotRanked:
    everyone: list[RankedArea | NotRanked] = [*ranking.areas, *ranking.not_ranked]
    for area in everyone:
        if area.code == code:
            return area
    raise NotFoundError(
        f"{code} is not among the {len(ranking.areas) + len(ranking.not_ranked)} neighbourhoods "
        f"of {ranking.district_name} in {ranking.lsoa_vintage}."
    )


def _neighbour(ranking: Ranking, area: RankedArea) -> RankedArea | None:
    """Find the nearest area with a better rank, or for the first the one that follows."""
    above = [other for other in ranking.areas if other.rank < area.rank]
    if above:
        return above[-1]
    below = [other for other in ranking.areas if other.code != area.code]
    return below[0] if below else None


def _flip(ranking: Ranking, area: RankedArea, other: RankedArea) -> Flip | None:
    first, second = (area, other) if area.rank <= other.rank else (other, area)

    def row(which: RankedArea) -> list[float]:
        known = (which.indicators[slug].normalised for slug in SLUGS)
        return [math.nan if value is None else value for value in known]

    weights = [ranking.request.weights[slug] for slug in SLUGS]
    return smallest_flip(
        row(first),
        row(second),
        weights,
        ranking.request.aggregate,  # type: ignore[arg-type]
    )


def _flip_sentence(
    area: RankedArea,
    other: RankedArea,
    flipped: dict[str, float] | None,
    chosen: dict[str, float],
) -> str:
    first, second = (area, other) if area.rank <= other.rank else (other, area)
    if flipped is None:
        return f"No choice of weights puts {second.name} ahead of {first.name}."
    moves = ", ".join(
        f"{INDICATORS[slug].short_name.lower()} from {100 * chosen[slug]:.1f} % "
        f"to {100 * flipped[slug]:.1f} %"
        for slug in SLUGS
        if abs(flipped[slug] - chosen[slug]) > 5e-4
    )
    moves = moves or "a change too small to print"
    return f"The smallest change that puts {second.name} ahead of {first.name}: {moves}."
