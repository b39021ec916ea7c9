"""Power before the start: how large an effect must be to be seen."""

from dataclasses import dataclass

import numpy as np

from geo_wealth.evaluation.effect import LEVEL, Gaps
from geo_wealth.evaluation.matching import Floats

POWER = 0.8
"""How often an effect of the size given is found."""


@dataclass(frozen=True, slots=True)
class Power:
    """What the test could see.

    Attributes
    ----------
    smallest_effect
        The effect, in the outcome's unit and either way, that the 5 % test finds in 80 % of
        placebo pilots; None where it cannot be told.
    before, after
        Past periods that stood in for those before and after the start.
    """

    smallest_effect: float | None
    before: int
    after: int


def power(its: Gaps, start: int) -> Power:
    """Try the test on the past, where nothing was done.

    The past is cut in two as if the pilot had begun half way. Placebos differ by chance alone;
    their differences, with both signs, are the test's null distribution. An effect adds to such
    a difference, and is found when the sum is beyond the critical value: 80 % of the time, when
    it is the critical value plus the 80th percentile of the differences. It holds as far as the
    future varies as the past did, over as many periods.

    Parameters
    ----------
    start
        The first period after the start: those before it are the past.
    """
    before = (start + 1) // 2
    after = start - before
    chance = np.abs(_halves(its.placebos[:, :start], before)) if after else np.zeros(0)
    if its.smallest_p > LEVEL or not chance.size:
        return Power(None, before, after)
    return Power(smallest_effect(chance), before, after)


def smallest_effect(chance: Floats) -> float:
    """Give the effect found in 80 % of cases, from differences by chance without sign, (m,)."""
    rank = int(LEVEL * (len(chance) + 1) + 1e-9)
    critical = float(np.sort(chance)[-rank])
    # Half of the differences with both signs are negative, so their 80th percentile is the
    # 60th of those without sign.
    return critical + float(np.quantile(chance, 2 * POWER - 1))


def _halves(series: Floats, before: int) -> Floats:
    return np.asarray(series[:, before:].mean(axis=1) - series[:, :before].mean(axis=1))
