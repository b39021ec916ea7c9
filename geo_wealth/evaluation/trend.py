"""Were pilot and comparison areas moving alike before the start."""

from dataclasses import dataclass

import numpy as np

from geo_wealth.evaluation.effect import LEVEL, Gaps, p_value
from geo_wealth.evaluation.matching import Floats

FEWEST = 3
"""Periods before the start below which a trend cannot be told from chance."""


@dataclass(frozen=True, slots=True)
class Trend:
    """How the gap moved before the start.

    Attributes
    ----------
    slope
        Of the gap on time by least squares, in the outcome's unit a period; None where there
        are fewer than three periods before the start.
    p
        Share of placebos and pilot with a slope as steep, either way; None without placebos.
    sentence
        What that says, and what it does not.
    """

    slope: float | None
    p: float | None
    sentence: str


def pre_trend(its: Gaps, start: int) -> Trend:
    """Compare the trends before the start.

    Parameters
    ----------
    start
        The first period after the start: those before it are looked at. Periods count as
        evenly spaced.
    """
    if start < FEWEST:
        return Trend(
            None,
            None,
            f"The trends before the start cannot be checked: that takes {FEWEST} periods, "
            f"and there {'is' if start == 1 else 'are'} {start}.",
        )
    value = float(slopes(its.pilot[:start]))
    smallest = its.smallest_p
    if smallest is None:
        return Trend(
            value,
            None,
            "Without placebo pilots it cannot be told whether the trends before the start "
            "differed by more than chance.",
        )
    p = p_value(value, slopes(its.placebos[:, :start]), smallest)
    return Trend(value, p, _sentence(p, smallest))


def slopes(series: Floats) -> Floats:
    """Fit a straight line to each series by least squares, and give its slope a period."""
    time = np.arange(series.shape[-1]) - (series.shape[-1] - 1) / 2
    return np.asarray(series @ time / (time @ time))


def _sentence(p: float, smallest: float) -> str:
    if smallest > LEVEL:
        return "There are too few placebos to tell whether the trends before the start differed."
    if p <= LEVEL:
        return (
            "The trends before the start differed by more than chance: a difference after it "
            "may be that trend going on, and is no evidence of an effect."
        )
    return (
        "No difference of trends before the start was found. That does not prove that they "
        "would have gone on alike: with few areas and periods a real one is easily missed."
    )
