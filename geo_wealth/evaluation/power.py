"""Power before the start: how large an effect must be to be seen."""

from dataclasses import dataclass

import numpy as np

from geo_wealth.evaluation.effect import LEVEL, Gaps
from geo_wealth.evaluation.matching import Floats

POWER = 0.8
"""How often an effect of the size given is found."""

HALVINGS = 50
"""Enough for the last digit that evidence states."""


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

    The past is cut in two as if the pilot had begun half way. Placebos differ by chance alone,
    and the pilot would, either way, as they do; an effect is added to that, and to placebos as
    far as they share the pilot's areas, and the test asked. It holds as far as the future
    varies as the past did, over as many periods.

    Parameters
    ----------
    start
        The first period after the start: those before it are the past.
    """
    before = (start + 1) // 2
    after = start - before
    smallest = its.smallest_p
    if smallest is None or smallest > LEVEL or not after:
        return Power(None, before, after)
    past = its.placebos[:, :start]
    chance = past[:, before:].mean(axis=1) - past[:, :before].mean(axis=1)
    return Power(smallest_effect(chance, its.exposure), before, after)


def smallest_effect(chance: Floats, exposure: Floats) -> float | None:
    """Halve towards the effect found in 80 % of cases; None where none is, however large.

    Parameters
    ----------
    chance
        (m,) differences of the placebos.
    exposure
        (m,) what part of the effect each of them would share.
    """
    both = np.concatenate([chance, -chance])
    rank = int(LEVEL * (len(chance) + 1) + 1e-9)

    def found(size: float) -> bool:
        critical = np.sort(np.abs(chance + exposure * size))[-rank]
        return bool((np.abs(both + size) > critical).mean() >= POWER)

    low, high = 0.0, 100 * float(np.abs(chance).max())
    if not found(high):
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return high
