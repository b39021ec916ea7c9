"""Difference-in-differences, judged against placebo pilots."""

import math
from dataclasses import dataclass

import numpy as np

from geo_wealth.evaluation.matching import Floats
from geo_wealth.evaluation.placebos import Design

LEVEL = 0.05
"""A p-value up to which a difference is called more than chance."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Pilot minus comparison areas, by period, for the pilot and for every placebo.

    Attributes
    ----------
    pilot
        (T,) in the outcome's unit.
    placebos
        (m, T).
    exposure
        (m,) what an effect of 1 in the pilot does to each placebo: see
        :class:`geo_wealth.evaluation.placebos.Design`.
    apart
        How many placebos could lie side by side, at most.
    """

    pilot: Floats
    placebos: Floats
    exposure: Floats
    apart: int

    @property
    def smallest_p(self) -> float | None:
        """The smallest p-value that can come out, one over placebos and pilot; None without any.

        Placebos that overlap repeat each other: no more are counted than could lie side by
        side. Those that are the pilot's mirror image always tie with it.
        """
        mirrored = int((np.abs(self.exposure) > 1 - 1e-9).sum())
        m = len(self.exposure)
        if not m:
            return None
        return max((1 + mirrored) / (1 + m), 1 / (1 + min(self.apart, m)))


@dataclass(frozen=True, slots=True)
class Effect:
    """A difference-in-differences.

    Attributes
    ----------
    value
        (T1 - T0) - (C1 - C0), in the outcome's unit.
    p
        Share of placebos and pilot with a difference as far from 0, either way; not below
        ``smallest_p``. None, as that, without placebos.
    low, high
        Effects that the test at 5 % does not reject; None where it can reject none.
    path
        (T,) gap by period over its mean before the start: after it, the effect by period.
    band
        Half width of the range about 0 that 95 % of placebos keep within in any one period;
        None where there are too few placebos to say.
    """

    value: float
    p: float | None
    low: float | None
    high: float | None
    smallest_p: float | None
    path: Floats
    band: Floats | None


def difference(before: float, after: float, other_before: float, other_after: float) -> float:
    """Give (T1 - T0) - (C1 - C0): how much more the pilot changed than its comparison areas."""
    return (after - before) - (other_after - other_before)


def gaps(design: Design, values: Floats) -> Gaps:
    """Take outcomes as gaps between pilot and comparison areas.

    Parameters
    ----------
    values
        (n, T) outcomes in the order of the design's codes; none unknown.
    """
    return Gaps(design.pilot @ values, design.placebos @ values, design.exposure, design.apart)


def effect(its: Gaps, start: int) -> Effect:
    """Estimate the effect, and hold it against what happens where nothing was done.

    Permutation inference in space: were the pilot one more area drawn like the placebos, its
    difference would be as likely to rank anywhere among theirs (Abadie, Diamond and
    Hainmueller 2010; Fisher 1935). The interval holds the effects that, taken off the pilot,
    leave a difference that does not stand out.

    Parameters
    ----------
    start
        The first period after the start; at least one lies before and one from it on.
    """
    value = float(_change(its.pilot, start))
    placebos = _change(its.placebos, start)
    path = its.pilot - its.pilot[:start].mean()
    smallest = its.smallest_p
    if smallest is None:
        return Effect(value, None, None, None, None, path, None)
    low, high = interval(value, placebos, its.exposure, smallest)
    others = its.placebos - its.placebos[:, :start].mean(axis=1, keepdims=True)
    rank = _rank(len(placebos))
    band = np.sort(np.abs(others), axis=0)[-rank] if rank and smallest <= LEVEL else None
    return Effect(value, p_value(value, placebos, smallest), low, high, smallest, path, band)


def p_value(value: float, placebos: Floats, smallest: float) -> float:
    """Give the share, pilot included, that is as far from 0; the two-sided test of no effect."""
    # What is equal but for rounding counts as equal, so that no machine's last digit decides.
    as_far = np.abs(placebos) >= abs(value) - 1e-9 * max(abs(value), 1e-300)
    return max((1 + int(as_far.sum())) / (1 + len(placebos)), smallest)


def interval(
    value: float, placebos: Floats, exposure: Floats, smallest: float
) -> tuple[float | None, float | None]:
    """Invert the test: the effects it does not reject at 5 %; None without an end.

    An effect e is not rejected by a placebo that is as far out as the pilot once e is taken off
    both: abs(s - a e) >= abs(d - e), which holds between two roots with d between them. It stands
    while more than 5 % of placebos and pilot do so.
    """
    rank = _rank(len(placebos))
    if not rank or smallest > LEVEL:
        return None, None
    shared = np.abs(exposure) < 1 - 1e-9
    safe = np.where(shared, exposure, 0.0)
    roots = np.stack([(value - placebos) / (1 - safe), (value + placebos) / (1 + safe)])
    lows = np.sort(np.where(shared, roots.min(axis=0), -math.inf))
    highs = np.sort(np.where(shared, roots.max(axis=0), math.inf))
    low, high = float(lows[rank - 1]), float(highs[-rank])
    return low if math.isfinite(low) else None, high if math.isfinite(high) else None


def _rank(placebos: int) -> int:
    """Tell how many of the furthest placebos the 5 % test lets pass: 50 of 999."""
    return math.floor(LEVEL * (placebos + 1) + 1e-9)


def _change(its: Floats, start: int) -> Floats:
    return np.asarray(its[..., start:].mean(axis=-1) - its[..., :start].mean(axis=-1))
