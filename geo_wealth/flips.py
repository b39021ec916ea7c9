"""Changes of weights as a person types them, and what they do to the ranks."""

import numpy as np
from numpy.typing import ArrayLike

from geo_wealth.ranking import Aggregate, Flip, Floats, rank_scores, score_normalised

TENTHS = 1_000
"""Of a whole: weights are typed to a tenth of a percentage point."""


def typed_weights(flip: Flip, weights: ArrayLike) -> Floats:
    """Round the weights of a flip to tenths of a percentage point so that they still reverse.

    All are rounded down but the one that rises, which takes what is left: it is the one that
    favours the trailing area most, so that what it takes cannot turn the order back.

    Parameters
    ----------
    flip
        From :func:`geo_wealth.ranking.smallest_flip`.
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
