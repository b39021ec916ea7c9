"""Regression to the mean: what an extreme area does by itself."""

from dataclasses import dataclass

import numpy as np

from geo_wealth.evaluation.matching import Floats

RELATED = 0.3
"""A correlation of choice and outcome, without sign, from which the pilot's is warned of."""


@dataclass(frozen=True, slots=True)
class Reversion:
    """How far areas as extreme as the pilot move without a pilot.

    Attributes
    ----------
    pilot, pool
        Mean outcome over the later half of the past, in its unit.
    kept
        Of a difference from the pool's mean in the earlier half of the past, the part that is
        left in the later half: the slope over pilot and pool (without the pilot it would be
        that of areas chosen for not being extreme). None under two past periods or three areas
        of the pool, or without differences.
    expected
        What the pilot is expected to change by itself, over and above the pool:
        (1 - kept) x (pool - pilot).
    related
        Correlation, over pilot and pool, of what the pilot was chosen by with the outcome in
        the later half of the past; None where unknown.
    """

    pilot: float | None
    pool: float | None
    kept: float | None
    expected: float | None
    related: float | None


def reversion(pilot: Floats, pool: Floats, chosen_by: Floats | None) -> Reversion:
    """Estimate regression to the mean (Galton 1886; Barnett, van der Pols and Dobson 2005).

    It is what a before-and-after comparison would take for an effect. A comparison group matched
    on the past outcome falls back too, and takes most of it off; not all, when the matched were
    extreme by chance and the pilot lastingly, or the other way round (Daw and Hatfield 2018).

    Parameters
    ----------
    pilot, pool
        (t, T0) and (c, T0) outcomes before the start; none unknown.
    chosen_by
        (t + c,) by what the pilot was chosen, pilot first; NaN: unknown.
    """
    past = pilot.shape[1]
    half = (past + 1) // 2
    late = slice(half if past > 1 else 0, past)
    later, mine = pool[:, late].mean(axis=1), pilot[:, late].mean(axis=1)
    level = float(later.mean()) if later.size else None
    own = float(mine.mean())
    every = np.concatenate([pilot, pool])
    tellable = past > 1 and len(pool) > 2
    kept = _slope(every[:, :half].mean(axis=1), every[:, late].mean(axis=1)) if tellable else None
    expected = None if kept is None or level is None else (1 - kept) * (level - own)
    related = None if chosen_by is None else _related(chosen_by, every[:, late].mean(axis=1))
    return Reversion(own, level, kept, expected, related)


def _slope(earlier: Floats, later: Floats) -> float | None:
    apart = earlier - earlier.mean()
    square = float(apart @ apart)
    return float(apart @ later) / square if square > 0 else None


def _related(chosen_by: Floats, outcome: Floats) -> float | None:
    known = ~np.isnan(chosen_by)
    one, other = chosen_by[known], outcome[known]
    if len(one) < 3 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])
