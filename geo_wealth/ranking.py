"""A composite index and its ranking: orient, normalise, weight, aggregate, rank, explain."""

from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_wealth.deprivation import exponential
from geo_wealth.errors import InvalidRequestError

Floats = NDArray[np.float64]
Normalise = Literal["percentile", "minmax", "z", "exponential"]
Aggregate = Literal["linear", "geometric"]

NORMALISATIONS: tuple[str, ...] = get_args(Normalise)
AGGREGATIONS: tuple[str, ...] = get_args(Aggregate)

FLOOR = 0.01
"""Lowest value that enters a geometric mean: a single zero must not silence the rest."""

DECIMALS = 12
"""Scores that agree to so many decimals are tied: beyond is the noise of the arithmetic."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Scores and ranks of n areas by k indicators.

    Attributes
    ----------
    score
        (n,) NaN where not ranked.
    rank
        (n,) 1 = highest score; areas that tie share the better rank; 0 where not ranked.
    normalised
        (n, k) oriented and normalised; NaN where the indicator is missing.
    contributions
        (n, k) parts that sum to the score; NaN where not ranked.
    ranked_mask
        (n,) False where an indicator with weight is missing.
    order
        (r,) positions of the ranked areas, best first; within a tie as they were given, so
        give them in order of code.
    weights
        (k,) the weights used, which sum to 1.
    """

    score: Floats
    rank: NDArray[np.int64]
    normalised: Floats
    contributions: Floats
    ranked_mask: NDArray[np.bool_]
    order: NDArray[np.int64]
    weights: Floats


def normalise_column(values: ArrayLike, how: Normalise) -> Floats:
    """Bring one oriented indicator (high = high priority) to a common scale.

    Parameters
    ----------
    values
        (n,) NaN where missing; missing values take no part and stay NaN.
    how
        ``percentile``: (r - 1) / (n - 1) with mid-ranks r; ``minmax``: 0 to 1; ``z``: mean 0,
        population standard deviation 1; ``exponential``: the index's transform of r / n, 0 to 1.

    Returns
    -------
    NDArray
        (n,). Where all values are equal, or there is one: .5 by percentile and min-max, 0 by
        z, and by the exponential what its formula gives for the mid-rank (n + 1) / 2.
    """
    column = np.asarray(values, dtype=np.float64)
    result = np.full(column.shape, np.nan)
    known = np.isfinite(column)
    if known.any():
        result[known] = _SCALES[how](column[known])
    return result


def score_areas(
    values: ArrayLike,
    directions: ArrayLike,
    weights: ArrayLike,
    normalise: Normalise = "percentile",
    aggregate: Aggregate = "linear",
) -> Scored:
    """Rank areas by the weighted sum, or geometric mean, of their indicators.

    An indicator is normalised over all areas that have it, whether ranked or not, so that a
    change of weights never changes what is weighted.

    Parameters
    ----------
    values
        (n, k) NaN where missing.
    directions
        (k,) +1: a high value raises priority; -1: a low one does.
    weights
        (k,) not negative, not all 0; scaled to sum to 1. An area lacking an indicator of
        weight 0 is ranked all the same, and that indicator contributes 0.
    normalise, aggregate
        See :func:`normalise_column`. ``linear``: sum of w x. ``geometric``: product of y^w,
        y = floor + (1 - floor) x; the score is shared among the indicators in proportion to
        w ln(y / floor), or to w where all are at the floor.

    Raises
    ------
    InvalidRequestError
        For weights, directions or methods that are not allowed.
    """
    checked_methods(normalise, aggregate)
    matrix = np.atleast_2d(np.asarray(values, dtype=np.float64))
    shares = simplex_weights(weights, matrix.shape[1])
    return score_normalised(normalise_areas(matrix, directions, normalise), shares, aggregate)


def normalise_areas(
    values: ArrayLike, directions: ArrayLike, normalise: Normalise = "percentile"
) -> Floats:
    """Orient and normalise every indicator: the part of a ranking that no weight changes.

    Parameters
    ----------
    values, directions, normalise
        As for :func:`score_areas`.

    Returns
    -------
    NDArray
        (n, k) NaN where missing.
    """
    matrix = np.atleast_2d(np.asarray(values, dtype=np.float64))
    oriented = matrix * _directions(directions, matrix.shape[1])
    columns = [normalise_column(column, normalise) for column in oriented.T]
    return np.column_stack(columns) if columns else np.empty(matrix.shape)


def score_normalised(
    normalised: Floats, weights: ArrayLike, aggregate: Aggregate = "linear"
) -> Scored:
    """Rank areas by indicators that are normalised already, as when only weights change.

    Parameters
    ----------
    normalised
        (n, k) from :func:`normalise_areas`; for ``geometric`` within 0 to 1, so not z-scores.
    weights, aggregate
        As for :func:`score_areas`.
    """
    shares = simplex_weights(weights, normalised.shape[1])
    ranked = np.asarray(~np.isnan(normalised[:, shares > 0]).any(axis=1))
    contributions = np.full(normalised.shape, np.nan)
    contributions[ranked] = contribute(normalised[ranked], shares, aggregate)
    score = contributions.sum(axis=1)
    rank, order = rank_scores(score)
    return Scored(score, rank, normalised, contributions, ranked, order, shares)


def contribute(normalised: ArrayLike, weights: ArrayLike, aggregate: Aggregate) -> Floats:
    """Split the score of each area into what each indicator adds; the sum is the score.

    Parameters
    ----------
    normalised
        (n, k); NaN only where the weight is 0.
    weights
        (k,) that sum to 1.
    aggregate
        ``linear`` or ``geometric``, see :func:`score_areas`.
    """
    matrix = np.asarray(normalised, dtype=np.float64)
    shares = np.asarray(weights, dtype=np.float64)
    lifts = shares * _terms(np.where(shares > 0, matrix, 0.0), aggregate)
    if aggregate == "linear":
        return np.asarray(lifts)
    total = lifts.sum(axis=1, keepdims=True)
    parts = np.divide(
        lifts, total, out=np.broadcast_to(shares, lifts.shape).copy(), where=total > 0
    )
    return np.asarray(_whole(total, aggregate) * parts)


def score_draws(normalised: Floats, weights: Floats, aggregate: Aggregate = "linear") -> Floats:
    """Score areas under many weightings at once, as :func:`score_normalised` does under one.

    Parameters
    ----------
    normalised
        (n, k) without NaN.
    weights
        (d, k) not negative; each row sums to 1.
    aggregate
        As for :func:`score_areas`.

    Returns
    -------
    NDArray
        (d, n). Areas with equal indicators have equal scores, to the last bit.
    """
    total = np.zeros((len(weights), len(normalised)))
    # Term by term: a matrix product may round equal areas apart, and that on each machine anew.
    for weight, term in zip(weights.T, _terms(normalised, aggregate).T, strict=True):
        total += weight[:, None] * term
    return _whole(total, aggregate)


def rank_scores(score: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rank scores, highest first; ties share the better rank, NaN gets 0.

    Returns
    -------
    rank, order
        (n,) ranks as in 1, 2, 2, 4, and (r,) positions of those ranked, best first, ties as
        they were given.
    """
    rounded = np.round(np.asarray(score, dtype=np.float64), DECIMALS)
    known = np.flatnonzero(~np.isnan(rounded))
    keys = -rounded[known]
    places = np.argsort(keys)  # several times faster than a stable sort, which only ties need
    ahead = keys[places]
    tied = ahead[1:] == ahead[:-1]
    if tied.any():
        places = np.argsort(keys, kind="stable")
    starts = np.arange(1, known.size + 1)
    starts[1:][tied] = 0
    order = known[places].astype(np.int64)
    rank = np.zeros(rounded.shape, dtype=np.int64)
    rank[order] = np.maximum.accumulate(starts)
    return rank, order


def simplex_weights(weights: ArrayLike, k: int) -> Floats:
    """Scale weights to sum to 1, or say why they cannot be.

    Raises
    ------
    InvalidRequestError
        When one is negative or not a number, when all are 0, or when there are not k.
    """
    shares = np.asarray(weights, dtype=np.float64).reshape(-1)
    if shares.size != k:
        raise InvalidRequestError("weights", f"give one weight for each of the {k} indicators.")
    if not np.isfinite(shares).all() or (shares < 0).any():
        raise InvalidRequestError("weights", "every weight must be a number of 0 or more.")
    if shares.max(initial=0.0) == 0:
        raise InvalidRequestError("weights", "at least one weight must be above 0.")
    if shares.max() <= 1 and abs(shares.sum() - 1) <= 1e-12:
        return shares  # as typed: .1 stays .1
    shares = shares / shares.max()  # so that the sum of huge weights stays finite
    return np.asarray(shares / shares.sum())


def _terms(normalised: Floats, aggregate: Aggregate) -> Floats:
    """Give what is weighted and summed: the indicators, or their logarithms above the floor."""
    return normalised if aggregate == "linear" else np.log(lift(normalised) / FLOOR)


def _whole(total: Floats, aggregate: Aggregate) -> Floats:
    """Make a score of a weighted sum of terms."""
    return total if aggregate == "linear" else np.asarray(FLOOR * np.exp(total))


def lift(normalised: Floats) -> Floats:
    """Raise values of 0 to 1 above 0 for a geometric mean, keeping their order."""
    return np.asarray(FLOOR + (1 - FLOOR) * normalised)


def _directions(directions: ArrayLike, k: int) -> Floats:
    signs = np.asarray(directions, dtype=np.float64).reshape(-1)
    if signs.size != k or not np.isin(signs, (-1.0, 1.0)).all():
        raise InvalidRequestError("directions", f"give 1 or -1 for each of the {k} indicators.")
    return signs


def checked_methods(normalise: str, aggregate: str) -> tuple[Normalise, Aggregate]:
    """Give the names of methods as what they are, once they are known to be allowed.

    Raises
    ------
    InvalidRequestError
        Naming what is allowed, or why the two do not go together.
    """
    if normalise not in NORMALISATIONS:
        allowed = ", ".join(NORMALISATIONS)
        raise InvalidRequestError("normalise", f"allowed are {allowed}; found {normalise!r}.")
    if aggregate not in AGGREGATIONS:
        allowed = ", ".join(AGGREGATIONS)
        raise InvalidRequestError("aggregate", f"allowed are {allowed}; found {aggregate!r}.")
    if normalise == "z" and aggregate == "geometric":
        raise InvalidRequestError(
            "aggregate", "a geometric mean needs values above 0, and z-scores are not: use linear."
        )
    return cast("Normalise", normalise), cast("Aggregate", aggregate)


def _mid_ranks(column: Floats) -> Floats:
    """Rank from 1 for the lowest; equal values share the mean of their ranks."""
    ascending = np.sort(column)
    below = np.searchsorted(ascending, column, side="left")
    up_to = np.searchsorted(ascending, column, side="right")
    return (below + up_to + 1) / 2.0


def _percentile(column: Floats) -> Floats:
    if column.size == 1:
        return np.array([0.5])
    return (_mid_ranks(column) - 1) / (column.size - 1)


def _minmax(column: Floats) -> Floats:
    low, span = column.min(), np.ptp(column)
    return (column - low) / span if span > 0 else np.full(column.shape, 0.5)


def _z(column: Floats) -> Floats:
    spread = column.std()
    flat = np.ptp(column) == 0 or spread == 0
    return np.zeros(column.shape) if flat else (column - column.mean()) / spread


def _exponential(column: Floats) -> Floats:
    return exponential(_mid_ranks(column) / column.size) / 100


_SCALES = {
    "percentile": _percentile,
    "minmax": _minmax,
    "z": _z,
    "exponential": _exponential,
}
