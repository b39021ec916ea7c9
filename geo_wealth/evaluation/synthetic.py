"""Synthetic control: the mix of comparison areas that moved as the pilot did before the start."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from geo_wealth.evaluation.matching import Floats

RIDGE = 1e-4
"""Pull towards equal weights, as a part of the donors' variance: of fits that are as good
the most even one is taken, which makes the weights the only ones."""

FLOOR = 0.1
"""Least error before the start, as a part of the donors' period-to-period standard deviation,
that errors after it are divided by: a fit cannot be exact where outcomes vary by chance."""

DECIMALS = 6
HEAVY = 1e4


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A pilot beside its synthetic control.

    Attributes
    ----------
    weights
        (c,) of the donors, 0 or more, sum 1.
    series
        (T,) of the synthetic control, in the outcome's unit.
    gap
        (T,) pilot minus synthetic control.
    error_before, error_after
        Root mean squared gap before the start, and from it on; the latter None before it.
    value
        Mean gap from the start on; None before it.
    outside
        Whether the pilot's mean before the start lies beyond all donors', so that no mix of
        them can reach it.
    """

    weights: Floats
    series: Floats
    gap: Floats
    error_before: float
    error_after: float | None
    value: float | None
    outside: bool


def synthetic(pilot: Floats, donors: Floats, start: int) -> Synthetic:
    """Fit a synthetic control to the outcomes before the start (Abadie et al. 2010).

    Parameters
    ----------
    pilot
        (T,) mean outcome of the pilot areas.
    donors
        (c, T) outcomes of comparison areas, at least one.
    start
        The first period after the start; T when it has not begun.
    """
    weights = mix(pilot[:start], donors[:, :start])
    series = weights @ donors
    gap = pilot - series
    began = start < len(pilot)
    means = donors[:, :start].mean(axis=1)
    return Synthetic(
        weights,
        series,
        gap,
        _error(gap[:start]),
        _error(gap[start:]) if began else None,
        float(gap[start:].mean()) if began else None,
        not means.min() <= pilot[:start].mean() <= means.max(),
    )


def mix(target: Floats, donors: Floats) -> Floats:
    """Find the weights, 0 or more and sum 1, whose mix of donors is nearest the target.

    Least squares with a slight pull towards equal weights, by Lawson and Hanson's active sets
    on the target taken off every donor; the sum is held by a heavy row, and made exact after
    rounding to six decimals.

    Parameters
    ----------
    target, donors
        (T0,) and (c, T0).
    """
    count = len(donors)
    apart = (donors - target).T  # weights that sum to 1 make it the mix's error
    scale = float(np.sqrt(np.mean(np.square(apart)))) or 1.0
    pull = np.sqrt(RIDGE * apart.shape[0] / count)
    rows = np.vstack(
        [apart / scale, pull * np.eye(count), np.full((1, count), HEAVY)],
    )
    # A pull to 1/c and one to 0 differ by a constant once the sum is 1.
    wanted = np.concatenate([np.zeros(apart.shape[0] + count), [HEAVY]])
    found, _ = nnls(rows, wanted)
    rounded = np.round(found / found.sum(), DECIMALS)
    return np.asarray(rounded / rounded.sum())


def ratio(its: Synthetic, floor: float) -> float:
    """Give the error after the start over that before it, none below ``floor``.

    Raises
    ------
    ValueError
        When the pilot has not begun, or both errors are 0.
    """
    if its.error_after is None or not max(its.error_before, floor) > 0:
        raise ValueError("no ratio before the start, or without any error")
    return its.error_after / max(its.error_before, floor)


def restlessness(donors: Floats, start: int) -> float:
    """Give the donors' standard deviation from period to period before the start.

    Common moves are taken off. 0 where there is one period or one donor.
    """
    past = donors[:, :start]
    if min(past.shape) < 2:
        return 0.0
    moves = np.diff(past, axis=1)
    own = moves - moves.mean(axis=0)
    return float(np.sqrt(np.square(own).sum() / ((len(past) - 1) * moves.shape[1])))


def rank_p(ratio_of_pilot: float, ratios: Sequence[float], smallest: float) -> float:
    """Give the share of placebos and pilot whose error grew as much: a one-sided rank test."""
    as_far = sum(other >= ratio_of_pilot * (1 - 1e-9) for other in ratios)
    return max((1 + as_far) / (1 + len(ratios)), smallest)


def _error(gap: Floats) -> float:
    return float(np.sqrt(np.mean(np.square(gap))))
