"""The smallest change of weights that reverses two areas, as found and as typed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo_wealth.ranking import (
    DECIMALS,
    Aggregate,
    Floats,
    lift,
    rank_scores,
    score_normalised,
    simplex_weights,
)

TENTHS = 1_000
"""Of a whole: weights are typed to a tenth of a percentage point."""

_MARGIN = 1e-9  # lead that a reversal must have, well above the rounding of scores


@dataclass(frozen=True, slots=True)
class Flip:
    """The smallest change of weights that reverses two areas.

    Attributes
    ----------
    weights
        (k,) weights under which the order is reversed; they sum to 1.
    distance_l1
        Sum of the absolute changes: twice the weight moved, 0 to 2.
    """

    weights: Floats
    distance_l1: float


def smallest_flip(
    normalised_a: ArrayLike,
    normalised_b: ArrayLike,
    weights: ArrayLike,
    aggregate: Aggregate = "linear",
) -> Flip | None:
    """Find the smallest change of weights (L1) that reverses the order of two areas.

    The change is over the simplex. All weight moved costs the same, so it goes to the one
    indicator that favours the trailing area most, from those that favour it least: no other
    change of that size gains more.

    Parameters
    ----------
    normalised_a, normalised_b
        (k,) rows of :attr:`geo_wealth.ranking.Scored.normalised`. An indicator that either
        lacks keeps weight 0.
    weights
        (k,) present weights. When the areas tie, b is to get ahead.
    aggregate
        ``linear`` or ``geometric``: the latter is linear in logarithms.

    Returns
    -------
    Flip or None
        None when no weighting puts the trailing area ahead.
    """
    first = np.asarray(normalised_a, dtype=np.float64)
    second = np.asarray(normalised_b, dtype=np.float64)
    shares = simplex_weights(weights, first.size)
    if aggregate == "geometric":
        first, second = np.log(lift(first)), np.log(lift(second))
    usable = ~(np.isnan(first) | np.isnan(second))
    # Rounded, so that of indicators that favour alike the first is taken, on any machine.
    edge = np.where(usable, np.round(second - first, DECIMALS), 0.0)
    if round(float(shares @ edge), DECIMALS) > 0:
        edge = -edge
    if not usable.any() or edge[usable].max() < _MARGIN:
        return None
    best = int(np.argmax(np.where(usable, edge, -np.inf)))
    moved = _move(shares, edge, best)
    return Flip(moved, float(np.abs(moved - shares).sum()))


def typed_weights(flip: Flip, weights: ArrayLike) -> Floats:
    """Round the weights of a flip to tenths of a percentage point so that they still reverse.

    All are rounded down but the one that rises, which takes what is left: it is the one that
    favours the trailing area most, so that what it takes cannot turn the order back.

    Parameters
    ----------
    flip
        From :func:`smallest_flip`.
    weights
        (k,) the weights it was found for, which sum to 1.

    Returns
    -------
    NDArray
        (k,) percentages with one decimal that sum to 100.
    """
    risen = int(np.argmax(flip.weights - np.asarray(weights, dtype=np.float64)))
    units = np.floor(np.round(flip.weights * TENTHS, 9))
    units[risen] = 0
    units[risen] = TENTHS - units.sum()
    return np.asarray(units / 10)


def ranks_under(
    normalised: Floats, weights: ArrayLike, aggregate: Aggregate = "linear"
) -> list[int]:
    """Rank areas under other weights; 0 where an area lacks what the weights need."""
    score = score_normalised(normalised, weights, aggregate).score
    return [int(rank) for rank in rank_scores(score)[0]]


def parts_that_sum(parts: ArrayLike, decimals: int) -> list[float]:
    """Round parts so that they sum to their rounded total (largest remainders).

    Parameters
    ----------
    parts
        (k,) none missing.
    """
    scale = 10.0**decimals
    exact = np.asarray(parts, dtype=np.float64) * scale
    whole = np.floor(exact)
    short = int(round(float(exact.sum())) - whole.sum())
    for place in np.argsort(-np.round(exact - whole, 9), kind="stable")[:short]:
        whole[place] += 1
    return [float(unit) / scale for unit in whole]


def _move(shares: Floats, edge: Floats, best: int) -> Floats:
    """Move weight to ``best``, from the least favourable first, until the lead is reversed."""
    moved = shares.copy()
    missing = _MARGIN - float(shares @ edge)
    for source in np.argsort(edge, kind="stable"):
        gain = edge[best] - edge[source]
        if missing <= 0 or gain <= 0:
            break
        amount = min(moved[source], missing / gain)
        moved[source] -= amount
        moved[best] += amount
        missing -= amount * gain
    return moved
