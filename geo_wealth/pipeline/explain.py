"""Why an area ranks where it does, and the smallest change that would reverse two areas."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.flips import ranks_under, smallest_flip, typed_weights
from geo_wealth.pipeline.indicators import SLUGS
from geo_wealth.pipeline.words import area_sentences, contribution_sentence, flip_sentence
from geo_wealth.queries.rows import NotRanked, RankedArea, Ranking
from geo_wealth.ranking import Floats, checked_methods


@dataclass(frozen=True, slots=True)
class Reversal:
    """The smallest change of weights that reverses two areas of a ranking.

    Attributes
    ----------
    ahead, behind
        The areas in their present order; of two that tie, as they were asked for.
    weights
        By indicator, nearest to those chosen; None where no weights put ``behind`` ahead.
    change
        Sum of the absolute changes of the weights.
    typed
        The same in percent with one decimal, rounded so that as typed they reverse the two.
    ranks
        Ranks of the two, by code, when the ranking is made again with ``typed``.
    sentence
        All of it in plain English.
    """

    ahead: RankedArea
    behind: RankedArea
    weights: dict[str, float] | None
    change: float | None
    typed: dict[str, float] | None
    ranks: dict[str, int] | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reason for a rank.

    Attributes
    ----------
    against
        The area compared with: the one asked, or the next above (for the first: the next
        below); None where there is none.
    reversal
        What would reverse the two; None where there is nothing to compare with.
    sentences
        All of it in plain English.
    """

    area: RankedArea | NotRanked
    against: RankedArea | None
    reversal: Reversal | None
    sentences: tuple[str, ...]

    @property
    def flip(self) -> dict[str, float] | None:
        """Weights by indicator that reverse the two; None where no weights do."""
        return None if self.reversal is None else self.reversal.weights

    @property
    def change(self) -> float | None:
        """Sum of the absolute changes of the weights; None where no weights reverse."""
        return None if self.reversal is None else self.reversal.change


def explain(ranking: Ranking, code: str, against: str | None = None) -> Explanation:
    """Explain the place of one area in a ranking.

    Raises
    ------
    NotFoundError
        When the area, or the one to compare with, is not in the ranking.
    InvalidRequestError
        When an area is to be compared with itself.
    """
    area = find_area(ranking, code)
    if against == code:
        raise InvalidRequestError("against", f"name another neighbourhood than {code} itself.")
    sentences = area_sentences(ranking, area)
    other = find_area(ranking, against) if against else None
    if isinstance(area, NotRanked):
        return Explanation(area, None, None, sentences)
    sentences += (contribution_sentence(ranking, area),)
    other = other or _neighbour(ranking, area)
    if isinstance(other, NotRanked):
        said = f"{other.name} is not ranked, so no order can be reversed: {other.reason}."
        return Explanation(area, None, None, (*sentences, said))
    if other is None:
        return Explanation(area, None, None, sentences)
    found = reversal(ranking, area, other)
    return Explanation(area, other, found, (*sentences, found.sentence))


def reversal(ranking: Ranking, one: RankedArea, other: RankedArea) -> Reversal:
    """Find the smallest change of weights that reverses two areas, and apply it.

    The whole district is ranked again with the weights as they are printed, so that what is
    said of them has been seen to be so.
    """
    ahead, behind = (one, other) if one.rank <= other.rank else (other, one)
    chosen = [ranking.request.weights[slug] for slug in SLUGS]
    _, aggregate = checked_methods(ranking.request.normalise, ranking.request.aggregate)
    first, second = _normalised([ahead, behind])
    flip = smallest_flip(first, second, chosen, aggregate)
    if flip is None:
        said = flip_sentence(ranking, ahead, behind, None, None)
        return Reversal(ahead, behind, None, None, None, None, said)
    typed = typed_weights(flip, chosen)
    everyone = _everyone(ranking)
    ranks = ranks_under(_normalised(everyone), typed / 100, aggregate)
    seen = {area.code: rank for area, rank in zip(everyone, ranks, strict=True)}
    then = {area.code: seen[area.code] for area in (ahead, behind)}
    by_slug = dict(zip(SLUGS, map(float, typed), strict=True))
    return Reversal(
        ahead=ahead,
        behind=behind,
        weights=dict(zip(SLUGS, map(float, flip.weights), strict=True)),
        change=flip.distance_l1,
        typed=by_slug,
        ranks=then,
        sentence=flip_sentence(ranking, ahead, behind, by_slug, then),
    )


def find_area(ranking: Ranking, code: str) -> RankedArea | NotRanked:
    """Find an area of a ranking, ranked or not.

    Raises
    ------
    NotFoundError
        When it is not among the neighbourhoods of the district.
    """
    everyone = _everyone(ranking)
    for area in everyone:
        if area.code == code:
            return area
    raise NotFoundError(
        f"{code} is not among the {len(everyone)} neighbourhoods of {ranking.district_name} in "
        f"{ranking.lsoa_vintage}."
    )


def _neighbour(ranking: Ranking, area: RankedArea) -> RankedArea | None:
    """Find the nearest area with a better rank, or for the first the one that follows."""
    above = [other for other in ranking.areas if other.rank < area.rank]
    if above:
        return above[-1]
    below = [other for other in ranking.areas if other.code != area.code]
    return below[0] if below else None


def _everyone(ranking: Ranking) -> list[RankedArea | NotRanked]:
    return [*ranking.areas, *ranking.not_ranked]


def _normalised(areas: Sequence[RankedArea | NotRanked]) -> Floats:
    """Give the normalised figures of areas, NaN where missing."""
    rows = [[area.indicators[slug].normalised for slug in SLUGS] for area in areas]
    return np.array(rows, dtype=np.float64).reshape(-1, len(SLUGS))
