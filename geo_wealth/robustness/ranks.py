"""How much the ranks depend on the weights: the same ranking under many weightings (SMAA)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_wealth.errors import InvalidRequestError
from geo_wealth.ranking import (
    DECIMALS,
    Aggregate,
    Floats,
    score_draws,
    simplex_weights,
)
from geo_wealth.robustness.weights import INTERVAL, Weightings, draw_weights

Ints = NDArray[np.int64]

MAX_AREAS = 2_000
"""Up to here ranks are counted in an n by n table: a district (the largest has under 700)."""

MOST_AREAS = 65_535
"""Beyond a table each rank is kept, in 16 bits; England has 33,755 areas."""

MOST_RANKS = 400_000_000
"""Ranks kept at once, of 2 bytes: 800 MB, and below 1.2 GB with all that is beside."""

_PERCENTS = (INTERVAL[0], 50, INTERVAL[1])

_CHUNK = 256  # draws at once: what a district needs then stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Robustness:
    """What the draws say of n areas; each share is of the draws.

    Attributes
    ----------
    interval
        (n, 2) ranks: the best that 5 % of the draws reach (rank it so or better), and the one
        that 95 % reach. Ranks that occurred, never interpolated.
    median
        (n,) rank that half of the draws reach.
    p_top
        (n, t) share in which the area ranks k or better, for each k asked for.
    p_first
        (n,) share in which it ranks first, alone or tied: the first-rank acceptability index.
    central_weights
        (n, k) mean of the weightings under which it ranks first, the weights of those who would
        choose it; NaN where it never does.
    confidence_factor
        (n,) probability that the area ranks first under its central weights; NaN where it has
        none. Only weights are uncertain here, the indicators are taken as they are: so it is 1
        or 0, and 1 but for rounding, because the weightings that put an area first are a convex
        set, which holds its own mean. It is found by ranking under those weights.
    """

    interval: Ints
    median: Ints
    p_top: Floats
    p_first: Floats
    central_weights: Floats
    confidence_factor: Floats


def robustness(
    normalised: ArrayLike,
    weights: ArrayLike,
    how: Weightings,
    tops: Sequence[int] = (),
    aggregate: Aggregate = "linear",
) -> Robustness:
    """Rank areas under many weightings and count where each comes (SMAA-2).

    Normalisation, aggregation and ties are those of :mod:`geo_wealth.ranking`. This is how far
    ranks depend on the weights, not a confidence interval: nothing is said of errors in the
    data. Indices after Lahdelma and Salminen, "SMAA-2: Stochastic multicriteria acceptability
    analysis for group decision making", Operations Research 49 (2001), 444-454.

    Parameters
    ----------
    normalised
        (n, k) rows of :attr:`geo_wealth.ranking.Scored.normalised` of the areas that are ranked:
        NaN only where the weight is 0.
    weights
        (k,) chosen weights; those of 0 never vary.
    tops
        The k of P(rank <= k), each from 1 to n.

    Raises
    ------
    InvalidRequestError
        For weights or tops that are not allowed, areas that lack an indicator, or too many areas.
    """
    matrix = np.asarray(normalised, dtype=np.float64)
    shares = simplex_weights(weights, matrix.shape[1])
    drawn, used = draw_weights(shares, how), shares > 0
    _check(matrix, used, tops, how.draws)
    count = _count_few if len(matrix) <= MAX_AREAS else _count_many
    counted = count(matrix[:, used], drawn[:, used], tops, aggregate)
    central = np.full(matrix.shape, np.nan)
    came = np.flatnonzero(counted.firsts)
    central[came] = 0.0
    central[np.ix_(came, np.flatnonzero(used))] = counted.centre[came] / counted.firsts[came, None]
    return Robustness(
        interval=counted.reached[:, [0, 2]],
        median=counted.reached[:, 1],
        p_top=counted.in_top / how.draws,
        p_first=counted.firsts / how.draws,
        central_weights=central,
        confidence_factor=_confidence(matrix[:, used], central[:, used], came, aggregate),
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """Ranks reached, (n, 3); draws in each top, (n, t), and first, (n,); sums of weights."""

    reached: Ints
    in_top: Ints
    firsts: Ints
    centre: Floats


def _count_few(
    matrix: Floats, drawn: Floats, tops: Sequence[int], aggregate: Aggregate
) -> _Counted:
    """Count a district's ranks in a table of area by rank."""
    counts, centre = count_ranks(matrix, drawn, aggregate)
    total = np.full(len(matrix), len(drawn))
    return _Counted(
        np.column_stack([rank_reached(counts, total, percent) for percent in _PERCENTS]),
        counts.cumsum(axis=1)[:, [top - 1 for top in tops]],
        counts[:, :1].sum(axis=1),
        centre,
    )


def _count_many(
    matrix: Floats, drawn: Floats, tops: Sequence[int], aggregate: Aggregate
) -> _Counted:
    """Count the ranks of a nation's areas, for which such a table would be too large."""
    from geo_wealth.robustness import many  # noqa: PLC0415  (compiles; no district needs it)

    ranks = many.rank_draws(matrix, drawn, aggregate)
    at, counts = many.ranks_reached(ranks, _PERCENTS, (1, *tops))
    centre = np.zeros(matrix.shape)
    for area in np.flatnonzero(counts[:, 0]):
        centre[area] = drawn[ranks[area] == 1].sum(axis=0)
    return _Counted(at, counts[:, 1:], counts[:, 0], centre)


def _check(matrix: Floats, used: NDArray[np.bool_], tops: Sequence[int], draws: int) -> None:
    n = len(matrix)
    if n > MOST_AREAS or n * draws > MOST_RANKS:
        raise InvalidRequestError(
            "areas",
            f"up to {MOST_AREAS:,}, and {MOST_RANKS:,} ranks with their weightings, can be "
            f"held; found {n:,} under {draws:,}.",
        )
    if np.isnan(matrix[:, used]).any():
        raise InvalidRequestError("areas", "every area must have each indicator that has weight.")
    check_tops(tops, n)


def check_tops(tops: Sequence[int], n: int) -> None:
    """Refuse a k of P(rank <= k) that is not a rank of n areas.

    Raises
    ------
    InvalidRequestError
        Naming what is allowed.
    """
    for top in tops:
        if not 1 <= top <= n:
            allowed = (
                f"give whole numbers from 1 to {n}, the areas ranked" if n else "none is ranked"
            )
            raise InvalidRequestError("top-k", f"{allowed}; found {top}.")


def rank_reached(counts: Ints, drawn: Ints, percent: int) -> Ints:
    """Give the rank that so many percent of an area's draws reach; 0 where there are none.

    Parameters
    ----------
    counts
        (n, r) draws by area and rank - 1.
    drawn
        (n,) their sums.
    """
    short = 100 * counts.cumsum(axis=1) < percent * drawn[:, None]
    return np.where(drawn > 0, 1 + np.count_nonzero(short, axis=1), 0)


def count_ranks(matrix: Floats, drawn: Floats, aggregate: Aggregate) -> tuple[Ints, Floats]:
    """Count how often each area takes each rank, and sum the weightings that put it first.

    Returns
    -------
    counts, centre
        (n, n) draws by area and rank - 1; (n, k) sums of weights.
    """
    n, k = matrix.shape
    counts = np.zeros(n * n, dtype=np.int64)
    centre = np.zeros((n, k))
    rows = max(_CHUNK, n)  # not fewer than n: each adds up a table of n by n
    for start in range(0, len(drawn), rows):
        part = drawn[start : start + rows]
        order, level = _sorted(score_draws(matrix, part, aggregate))
        draw, place = np.nonzero(level == level[:, :1])
        area = order[draw, place]
        for indicator in range(k):
            centre[:, indicator] += np.bincount(area, part[draw, indicator], minlength=n)
        order *= n
        order += _places(level)
        counts += np.bincount(order.ravel(), minlength=n * n)
    return counts.reshape(n, n), centre


def _sorted(scores: Floats) -> tuple[Ints, Ints]:
    """Sort each row, highest first and ties as given, as :func:`rank_scores` does one.

    A score, rounded as there, and the position of its area share one whole number: to sort
    those is several times faster than to sort positions by score. 54 bits hold the scores of
    500 areas, so those up to 18,000; with 2,000 areas, up to 4,500. A z-score ends at 45.

    Returns
    -------
    order, level
        (d, n) positions of the areas, and a number that is equal where scores tie.
    """
    n = scores.shape[1]
    bits = n.bit_length()
    scaled = scores * -(10.0**DECIMALS)
    keys = np.rint(scaled, out=scaled).astype(np.int64)
    keys <<= bits
    keys |= np.arange(n)
    keys.sort(axis=1)
    order = keys & ((1 << bits) - 1)
    keys >>= bits
    return order, keys


def _places(level: Ints) -> Ints:
    """Give rank - 1 of each place of sorted rows: ties share the better."""
    places = np.broadcast_to(np.arange(level.shape[1]), level.shape)
    tied = level[:, 1:] == level[:, :-1]
    if not tied.any():
        return places
    starts = places.copy()
    starts[:, 1:][tied] = 0
    return cast("Ints", np.maximum.accumulate(starts, axis=1))


def _confidence(matrix: Floats, central: Floats, came: Ints, aggregate: Aggregate) -> Floats:
    """Rank under the central weights of each area that came first: 1 where it is first there."""
    factor = np.full(len(matrix), np.nan)
    for area in came:
        scores = score_draws(matrix, central[area][None], aggregate)[0].round(DECIMALS)
        factor[area] = float(scores[area] == scores.max())
    return factor
