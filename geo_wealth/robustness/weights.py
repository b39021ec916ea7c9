"""How weights are varied: drawn around the chosen ones, or over all there are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo_wealth.errors import InvalidRequestError
from geo_wealth.ranking import Floats, simplex_weights

INTERVAL = (5, 95)
"""Percent of the draws at which the rank interval begins and ends."""

_DRAWS = (100, 100_000)
_CONCENTRATIONS = (1.0, 1_000_000.0)


@dataclass(frozen=True, slots=True)
class Weightings:
    """How weights are drawn.

    Attributes
    ----------
    draws
        How many, 100 to 100,000. A probability has a standard error of at most
        .5 / sqrt(draws): .005 for 10,000.
    seed
        Of the generator (PCG64), 0 or more: the same seed draws the same weights.
    concentration
        The weights are Dirichlet with parameters concentration x chosen weights, so that their
        mean is the chosen weights and the standard deviation of a weight w is
        sqrt(w (1 - w) / (concentration + 1)): at 20, .11 for a weight of one half. None: the
        chosen weights are forgotten and every weighting is as likely as any other.

    Raises
    ------
    InvalidRequestError
        For a number that is not allowed.
    """

    draws: int = 10_000
    seed: int = 1
    concentration: float | None = 20.0

    def __post_init__(self) -> None:
        low, high = _DRAWS
        if not low <= self.draws <= high:
            raise InvalidRequestError(
                "draws", f"give a whole number from {low:,} to {high:,}; found {self.draws}."
            )
        if self.seed < 0:
            raise InvalidRequestError(
                "seed", f"give a whole number of 0 or more; found {self.seed}."
            )
        least, most = _CONCENTRATIONS
        if self.concentration is not None and not least <= self.concentration <= most:
            raise InvalidRequestError(
                "concentration",
                f"give a number from {least:,.0f} to {most:,.0f}; found {self.concentration}.",
            )


def draw_weights(weights: ArrayLike, how: Weightings) -> Floats:
    """Draw weightings; an indicator of weight 0 stays at 0.

    Parameters
    ----------
    weights
        (k,) chosen weights, as for :func:`geo_wealth.ranking.score_areas`.

    Returns
    -------
    NDArray
        (draws, k) each row sums to 1.
    """
    chosen = np.asarray(weights, dtype=np.float64).reshape(-1)
    shares = simplex_weights(chosen, chosen.size)
    used = shares > 0
    spread = np.ones(np.count_nonzero(used))
    if how.concentration is not None:
        spread = how.concentration * shares[used]
    drawn = np.zeros((how.draws, shares.size))
    generator = np.random.Generator(np.random.PCG64(how.seed))
    drawn[:, used] = generator.dirichlet(spread, size=how.draws)
    return drawn
