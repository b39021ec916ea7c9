"""How sure the ranks on a page are: ranges beside them, and the filter on the first k."""

from dataclasses import dataclass
from typing import Any

from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.robustness import (
    LABEL,
    USUAL,
    AreaRobustness,
    RankingRobustness,
    ranking_robustness,
)
from geo_wealth.queries.rows import Ranking
from geo_wealth.robustness import Weightings
from webmap.filters import RankFilters

SHARES = (0.5, 0.75, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Shares of the weightings that the page offers; an address may have any."""

TOP = 20
"""The k that the page offers first."""


METHOD_POINTER = "Another way to measure or combine the figures can move a rank further"


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges of the ranked areas by code, and which of them meet the filter (None: no filter)."""

    found: RankingRobustness
    by_code: dict[str, AreaRobustness]
    meeting: frozenset[str] | None

    def text(self, code: str) -> str | None:
        """Write an area's range as the page has it; None where it is not ranked."""
        each = self.by_code.get(code)
        return None if each is None else "{}–{}".format(*each.interval)


def ranges(
    ranking: Ranking, filters: RankFilters, how: Weightings = USUAL, k: int | None = None
) -> Ranges:
    """Find the range of every rank, and the areas that are often enough in the first k.

    Parameters
    ----------
    k
        Another k of P(rank <= k) to work out.

    Raises
    ------
    InvalidRequestError
        For a k beyond the areas ranked.
    """
    more = [_within(ranking, "k", k), _within(ranking, "robust_top", filters.robust_top)]
    usual = ranking_robustness(ranking, how)
    extra = [top for top in more if top is not None]
    found = ranking_robustness(ranking, how, [*usual.tops, *extra]) if extra else usual
    by_code = {each.area.code: each for each in found.areas}
    if filters.robust_top is None:
        return Ranges(found, by_code, None)
    meeting = (
        code
        for code, each in by_code.items()
        if each.p_top[filters.robust_top] >= filters.robust_share
    )
    return Ranges(found, by_code, frozenset(meeting))


def explained(how: Weightings = USUAL) -> str:
    """Say in one line what a range is."""
    return (
        f"Beside each rank: its range in 90 % of {how.draws:,} weightings around yours. "
        f"This is {LABEL}."
    )


def columns(found: Ranges) -> tuple[str, ...]:
    """Name the columns that a file has beside those of the ranking."""
    return ("rank_low", "rank_high", *(f"p_top_{top}" for top in found.found.tops), "ranges")


def cells(found: Ranges, code: str) -> tuple[Any, ...]:
    """Give the cells of an area under :func:`columns`; empty where it is not ranked."""
    each, how = found.by_code.get(code), found.found.how
    said = f"in 90 % of {how.draws} weightings, seed {how.seed}: {LABEL}"
    if each is None:
        return (None, None, *(None for _ in found.found.tops), None)
    return (*each.interval, *each.p_top.values(), said)


def _within(ranking: Ranking, name: str, top: int | None) -> int | None:
    """Refuse a k beyond the areas ranked; where none is ranked there is nothing to ask."""
    n = len(ranking.areas)
    if top is not None and n and top > n:
        raise InvalidRequestError(name, f"must be a whole number from 1 to {n}, the areas ranked.")
    return top if n else None
