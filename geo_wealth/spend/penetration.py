"""How far spend reaches a neighbourhood: six measures, and how much rests on single suppliers.

Pounds are lumpy: one head office makes its neighbourhood look rich. Each measure in pounds
therefore has the share of its largest supplier beside it, and an interval from drawing the
suppliers anew. The interval says how much rests on single suppliers; the ledgers are not a
sample of anything, so it is no confidence interval of a population.

The smoothed rate is the global empirical-Bayes estimator of Marshall (1991), Applied
Statistics 40(2), 283-294; the interval is the percentile bootstrap of Efron (1979), Annals of
Statistics 7(1), 1-26.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MIN_PREMISES = 5
"""With fewer rated premises nothing per business is worked out: one more would change it by a
fifth or more."""

DRAWS = 1000
SEED = 1
COVERAGE = (5.0, 95.0)
"""Percentiles at which the interval ends: 90 % of the draws are inside."""

_BLOCK = 2_000_000  # counts held at once: 16 MB


@dataclass(frozen=True, slots=True)
class Prior:
    """What a district says of each of its neighbourhoods before that is looked at.

    ``mean`` (beta) is the rate of all together; ``spread`` (a) the variance of the rate
    between neighbourhoods that chance does not explain.
    """

    mean: float
    spread: float


def per_unit(pounds: Floats, units: Floats) -> Floats:
    """Divide pounds by residents or premises; NaN where these are unknown or none.

    Parameters
    ----------
    pounds, units
        (..., l) and (l,).
    """
    found: Floats = np.divide(pounds, units, out=np.full(pounds.shape, np.nan), where=units > 0)
    return found


def shares(pounds: Floats) -> Floats:
    """Give each neighbourhood's share of the district's pounds; the shares sum to 1.

    Parameters
    ----------
    pounds
        (..., l), NaN where not known, which counts for nothing in the total.

    Returns
    -------
    (..., l)
        NaN throughout where the district's suppliers received nothing on balance, for a share
        of nothing, or of a debt, means nothing.
    """
    total = np.nansum(pounds, axis=-1, keepdims=True)
    found: Floats = np.divide(pounds, total, out=np.full(pounds.shape, np.nan), where=total > 0)
    return found


def location_quotients(share: Floats, premises: Floats) -> Floats:
    """Divide each share of the pounds by the share of the premises: 1 is its due.

    ``(x_l / x_D) / (b_l / b_D)``.

    Parameters
    ----------
    share, premises
        (..., l) as :func:`shares` gives them, and (l,), NaN where not known.
    """
    return per_unit(share, premises / max(float(np.nansum(premises)), 1.0))


def prior(paid: Floats, premises: Floats) -> Prior:
    """Estimate the district's rate of premises paid, and how much it truly differs.

    ``beta = sum y / sum n``, ``a = max(0, sum n (p - beta)^2 / sum n - beta / mean(n))`` with
    ``p = y / n``, over all neighbourhoods with premises.

    Parameters
    ----------
    paid
        (l,) premises paid, y; at most ``premises``, for both count the same premises.
    premises
        (l,) n, NaN where not known.
    """
    some = premises > 0
    if not some.any():
        return Prior(0.0, 0.0)
    y, n = paid[some], premises[some]
    mean = float(y.sum() / n.sum())
    spread = float((n * (y / n - mean) ** 2).sum() / n.sum() - mean / n.mean())
    return Prior(mean, max(0.0, spread))


def smooth(paid: Floats, premises: Floats, known: Prior) -> Floats:
    """Draw rates towards the district's, the more the fewer the premises.

    ``w = a / (a + beta / n)``, ``theta = w p + (1 - w) beta``.

    Parameters
    ----------
    paid, premises
        (..., l) and (l,).

    Returns
    -------
    (..., l)
        NaN where premises are unknown or none.
    """
    rate = per_unit(paid, premises)
    # a / (a + beta / n) = a n / (a n + beta), and 0 where no neighbourhood truly differs.
    strength = known.spread * premises
    whole = strength + known.mean
    weight = np.divide(strength, whole, out=np.zeros(premises.shape), where=strength > 0)
    return weight * rate + (1 - weight) * known.mean


def by_area(area: Ints, amounts: Floats, areas: int) -> Floats:
    """Sum amounts by area; those of no area (below 0) are left out.

    Parameters
    ----------
    area, amounts
        (m,) each.
    """
    inside = area >= 0
    sums = np.bincount(area[inside], amounts[inside], minlength=areas)
    return sums.astype(np.float64)


def once_each(premises: Ints) -> Floats:
    """Weigh suppliers so that those at one and the same premises count once together.

    Parameters
    ----------
    premises
        (m,) which premises each supplier is at, below 0 where at none that is rated.

    Returns
    -------
    (m,)
        1 / number at the same premises; 0 for a supplier at none.
    """
    rated = premises >= 0
    _values, place, count = np.unique(premises[rated], return_inverse=True, return_counts=True)
    weights = np.zeros(len(premises))
    weights[rated] = 1.0 / count[place]
    return weights


def top_shares(gains: Floats) -> Floats:
    """Give the share that the largest supplier brings, credits left out.

    Parameters
    ----------
    gains
        (m, l) pounds that each supplier brings to each area.

    Returns
    -------
    (l,)
        NaN where no supplier brings anything.
    """
    positive = np.maximum(gains, 0.0)
    total = positive.sum(axis=0)
    top = positive.max(axis=0, initial=0.0)
    found: Floats = np.divide(top, total, out=np.full(total.shape, np.nan), where=total > 0)
    return found


def resample(gains: Floats, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Add up what m suppliers bring when m of them are drawn anew, with replacement.

    Parameters
    ----------
    gains
        (m, k) what each supplier brings to each of k sums.
    seed
        Of PCG64: the same seed and gains give the same sums.

    Returns
    -------
    (draws, k)
        NaN where there are no suppliers to draw.
    """
    if not len(gains):
        return np.full((draws, gains.shape[1]), np.nan)
    return np.concatenate([counts @ gains for counts in _counts(len(gains), draws, seed)])


def interval(drawn: Floats) -> Floats:
    """Give the percentiles of :data:`COVERAGE` over the draws.

    Parameters
    ----------
    drawn
        (d, l); a draw that is NaN throughout, such as shares of nothing, is left out.

    Returns
    -------
    (2, l)
        Low and high end; NaN where a figure is unknown in some other draw, or no draw is left.
    """
    usable = drawn[~np.isnan(drawn).all(axis=1)]
    if not len(usable):
        return np.full((2, drawn.shape[1]), np.nan)
    # Sorting rows that lie together in memory takes a fraction of sorting columns.
    ends: Floats = np.percentile(np.ascontiguousarray(usable.T), COVERAGE, axis=1)
    return ends


def _counts(suppliers: int, draws: int, seed: int) -> Iterator[Floats]:
    """Draw, block by block, how often each supplier comes up: multinomial, (d, m) each."""
    chance = np.random.Generator(np.random.PCG64(seed))
    step = max(1, _BLOCK // suppliers)
    for start in range(0, draws, step):
        size = min(step, draws - start)
        picks = chance.integers(0, suppliers, size=(size, suppliers))
        picks += suppliers * np.arange(size)[:, None]
        counts = np.bincount(picks.ravel(), minlength=size * suppliers)
        yield counts.reshape(size, suppliers).astype(np.float64)
