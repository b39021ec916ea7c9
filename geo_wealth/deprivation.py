"""The Indices of Deprivation: domain ranks to score, deciles, and measures of larger areas.

Methods and formulas: English Indices of Deprivation 2019, Technical Report, sections 3.7 to
3.9 (exponential transformation and weights) and Research Report, chapter 3 (summary measures).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

DOMAIN_WEIGHTS: dict[str, float] = {
    "income": 0.225,
    "employment": 0.225,
    "education": 0.135,
    "health": 0.135,
    "crime": 0.093,
    "barriers": 0.093,
    "living_environment": 0.093,
}
"""As published: they sum to .999 and are not renormalised."""

EXPONENT = 23.0
"""Chosen by the publisher so that 10 % of the areas get half of the range of a domain."""


@dataclass(frozen=True, slots=True)
class SummaryMeasures:
    """The official summary measures of an area made of LSOAs.

    Attributes
    ----------
    lsoas
        How many LSOAs it has.
    population
        Sum of the denominator given; None when none was.
    average_score
        Population-weighted mean of the index score.
    average_rank
        Population-weighted mean of the inverted rank (N = most deprived).
    proportion_most_deprived
        Share of the LSOAs, not of the people, in decile 1.
    extent
        Share of the population in the most deprived 30 % nationally, the worst 10 % in full.
    local_concentration
        Mean inverted rank of the most deprived tenth of the area's own population.

    Notes
    -----
    What needs a population is None without one, or when it sums to zero.
    """

    lsoas: int
    population: int | None
    average_score: float | None
    average_rank: float | None
    proportion_most_deprived: float
    extent: float | None
    local_concentration: float | None


def exponential(fraction: ArrayLike) -> Floats:
    """Stretch a fractional rank as the index does, so that the worst tenth stands out.

    Parameters
    ----------
    fraction
        (n,) 0 = least deprived, 1 = most deprived.

    Returns
    -------
    NDArray
        (n,) 0 to 100: 0, 15.6468 at .5, 50.4267 at .9, 100 at 1.
    """
    share = np.asarray(fraction, dtype=np.float64)
    stretched: Floats = -EXPONENT * np.log1p(share * np.expm1(-100.0 / EXPONENT))
    return stretched + 0.0  # -0.0 at the lower end would show in a table


def invert(rank: ArrayLike, n: int) -> Floats:
    """Turn ranks (1 = most deprived) round, so that N is the most deprived.

    Parameters
    ----------
    rank
        (n,) ranks within 1..n; NaN stays NaN.
    n
        Number of areas ranked nationally: 32,844 in 2019, 33,755 in 2025.

    Raises
    ------
    ValueError
        When a rank lies outside 1..n.
    """
    ranks = np.asarray(rank, dtype=np.float64)
    if np.any((ranks < 1) | (ranks > n)):
        raise ValueError(f"A rank lies outside 1 to {n}.")
    return n - ranks + 1


def recombine(ranks: Mapping[str, ArrayLike], n: int) -> Floats:
    """Compute the score of the index from the ranks of its seven domains.

    Parameters
    ----------
    ranks
        For every key of :data:`DOMAIN_WEIGHTS`, (m,) ranks, 1 = most deprived.
    n
        Number of areas ranked nationally.

    Returns
    -------
    NDArray
        (m,) scores, 0 to 99.9; NaN where a domain is missing.
    """
    missing = sorted(DOMAIN_WEIGHTS.keys() - ranks.keys())
    if missing:
        raise ValueError(f"The score needs the ranks of all seven domains; missing: {missing}.")
    parts = [
        weight * exponential(invert(ranks[domain], n) / n)
        for domain, weight in DOMAIN_WEIGHTS.items()
    ]
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)


def quantile(rank: ArrayLike, n: int, groups: int) -> Integers:
    """Group of equal size a national rank falls in, 1 = most deprived: ceil(groups * rank / n)."""
    ranks = np.asarray(rank, dtype=np.int64)
    if np.any((ranks < 1) | (ranks > n)):
        raise ValueError(f"A rank lies outside 1 to {n}.")
    return -(-groups * ranks // n)


def decile(rank: ArrayLike, n: int) -> Integers:
    """Tenth a national rank falls in, 1 = most deprived.

    Parameters
    ----------
    rank
        (m,) whole ranks, none missing.
    n
        Number of areas ranked nationally.
    """
    return quantile(rank, n, 10)


def extent_weight(rank: ArrayLike, n: int) -> Floats:
    """Weight of an LSOA in the extent: 1 in percentiles 1-10, .95 to .05 in 11-30, then 0."""
    percentile = quantile(rank, n, 100)
    sliding = 0.95 - (percentile - 11) * (0.9 / 19)
    return np.where(percentile <= 10, 1.0, np.where(percentile <= 30, sliding, 0.0))


def local_concentration(rank: ArrayLike, population: ArrayLike, n: int) -> float:
    """Mean inverted rank of the most deprived tenth of the people of these LSOAs.

    The LSOA that crosses the tenth counts for the part of its people that is needed.

    Parameters
    ----------
    rank, population
        (m,) national rank and residents of each LSOA.
    n
        Number of areas ranked nationally.
    """
    order = np.argsort(np.asarray(rank), kind="stable")
    people = np.asarray(population, dtype=np.float64)[order]
    tenth = people.sum() / 10
    before = np.cumsum(people) - people
    counted = np.clip(tenth - before, 0.0, people)
    return float(counted @ invert(rank, n)[order] / tenth)


def summary(
    score: ArrayLike, rank: ArrayLike, population: ArrayLike | None, n: int
) -> SummaryMeasures:
    """Sum up the LSOAs of a district, a ward or any selection as the publisher does.

    Parameters
    ----------
    score, rank
        (m,) score and national rank of each LSOA, m >= 1, none missing.
    population
        (m,) the denominators of the index itself, where they are at hand; with another
        measure the caller says which. None leaves out what depends on it.
    n
        Number of areas ranked nationally.

    Raises
    ------
    ValueError
        With no LSOA, missing values, or arrays of unequal length.
    """
    scores = np.asarray(score, dtype=np.float64)
    ranks = np.asarray(rank)
    people = None if population is None else np.asarray(population, dtype=np.float64)
    _check(scores, ranks, people)
    proportion = float(np.mean(decile(ranks, n) == 1))
    if people is None or people.sum() == 0:
        total = None if people is None else 0
        return SummaryMeasures(scores.size, total, None, None, proportion, None, None)
    return SummaryMeasures(
        lsoas=scores.size,
        population=round(float(people.sum())),
        average_score=float(np.average(scores, weights=people)),
        average_rank=float(np.average(invert(ranks, n), weights=people)),
        proportion_most_deprived=proportion,
        extent=float(np.average(extent_weight(ranks, n), weights=people)),
        local_concentration=local_concentration(ranks, people, n),
    )


def _check(scores: Floats, ranks: NDArray[np.generic], people: Floats | None) -> None:
    if scores.size == 0:
        raise ValueError("There is no LSOA to sum up.")
    if ranks.shape != scores.shape or (people is not None and people.shape != scores.shape):
        raise ValueError("Scores, ranks and populations differ in length.")
    unknown = np.isnan(scores).any() or np.isnan(ranks.astype(np.float64)).any()
    if unknown or (people is not None and (np.isnan(people).any() or (people < 0).any())):
        raise ValueError("A score, rank or population is missing or negative.")
