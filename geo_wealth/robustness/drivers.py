"""What drives the rank of an area: Sobol shares of its variance over weights and method."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_wealth.errors import InvalidRequestError
from geo_wealth.ranking import DECIMALS, Floats, score_draws, simplex_weights
from geo_wealth.robustness.methods import Method, Variant, allowed_methods
from geo_wealth.robustness.weights import Weightings

SIZES = (64, 8_192)
"""Base samples that can be asked for; the powers of two between."""

BASE = 2_048
"""Base samples unless asked otherwise: N (d + 2) rankings for d factors."""

MAX_AT_ONCE = 50
"""Areas whose drivers can be asked for at once."""

RESAMPLES = 200
"""Bootstrap samples behind each interval."""

NOTHING = 0.01
"""A share below one in a hundred is about nothing, like one whose interval reaches zero."""

_LEVEL = 0.95
_CHUNK = 512  # rankings at once, so that scores of a district stay in the cache
_LEAST = 2.0**-53


@dataclass(frozen=True, slots=True)
class Factor:
    """Something that is chosen: a weight (``levels`` empty), or one of several levels."""

    name: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """Shares of the variance of an area's rank that a factor accounts for.

    Attributes
    ----------
    first
        Of the variance, what goes away on average when this factor alone is settled.
    total
        What remains when everything but this factor is settled: with all its interactions.
    first_interval, total_interval
        Half widths of 95 % bootstrap intervals of the sampling error, nothing more.
    """

    factor: Factor
    first: float
    first_interval: float
    total: float
    total_interval: float

    @property
    def about_nothing(self) -> bool:
        """Whether the total cannot be told from zero, or is below one in a hundred."""
        return self.total - self.total_interval <= 0 or self.total < NOTHING


@dataclass(frozen=True, slots=True)
class Drivers:
    """What drives the rank of one area.

    Attributes
    ----------
    variance
        Of its rank over the sample; 0 where nothing moves it, and then there are no shares.
    span
        Best and worst rank in the sample.
    """

    area: int
    variance: float
    span: tuple[int, int]
    shares: tuple[Share, ...]


def rank_drivers(
    variants: Sequence[Variant],
    directions: ArrayLike,
    weights: ArrayLike,
    chosen: Mapping[str, str],
    how: Weightings,
    areas: Sequence[int],
    names: Sequence[str],
    base: int = BASE,
) -> tuple[Drivers, ...]:
    """Share out the variance of the rank of each area among weights and method (Sobol).

    Factors are independent, as the method needs. Each weight is a gamma variate, of shape
    concentration x chosen weight (1 over the simplex), by its inverse distribution function;
    divided by their sum they are the Dirichlet weights of :func:`draw_weights`. A choice of
    method is equally likely to be any of its levels. z-scores have no geometric mean, and so
    are left out unless the ranking uses them, when the mean is always the linear one; a level
    under which an area asked for is not ranked, or that :func:`allowed_methods` leaves out,
    is left out too.

    Saltelli's sample and estimators by SALib: A. Saltelli et al., "Variance based sensitivity
    analysis of model output", Computer Physics Communications 181 (2010), 259-270.

    Parameters
    ----------
    variants, directions, weights, chosen, how
        As for :func:`geo_wealth.robustness.methods.method_robustness`; of ``how`` the seed and
        the concentration count.
    areas
        Positions of the areas asked for, each ranked as chosen.
    names
        (k,) of the indicators.
    base
        Base samples, a power of two.

    Raises
    ------
    InvalidRequestError
        For a size, or a number of areas, that is not allowed, or where nothing can vary.
    """
    _check(base, areas)
    shares = simplex_weights(weights, len(names))
    methods, _ = allowed_methods(variants, directions, shares, chosen)
    usable = [method for method in methods if method.ranked[list(areas)].all()]
    levels = _levels([dict(method.choices) for method in usable], chosen)
    used = np.flatnonzero(shares > 0)
    weighed = [Factor(names[int(place)]) for place in used] if used.size > 1 else []
    factors = (*weighed, *(Factor(name, each) for name, each in levels.items() if len(each) > 1))
    if not factors:
        raise InvalidRequestError("sobol", "one indicator measured one way: nothing can vary.")
    by_choice = {frozenset(method.choices): method for method in usable}
    rows = _sample(factors, base, how.seed)
    drawn = _weights(rows[:, : len(weighed)], shares[used], how)
    fixed = {name: each[0] for name, each in levels.items() if len(each) == 1}
    kept = np.empty((len(rows), len(areas)), dtype=np.int64)
    for choices, here in _by_choices(rows[:, len(weighed) :], factors[len(weighed) :]):
        method = by_choice[frozenset((fixed | choices).items())]
        kept[here] = _ranks(method, drawn[here], used, areas)
    return tuple(
        _drivers(area, column, factors, how.seed)
        for area, column in zip(areas, kept.T, strict=True)
    )


def _check(base: int, areas: Sequence[int]) -> None:
    low, high = SIZES
    if not low <= base <= high or base & (base - 1):
        raise InvalidRequestError(
            "samples", f"give a power of two from {low} to {high:,}; found {base}."
        )
    if not 1 <= len(areas) <= MAX_AT_ONCE:
        raise InvalidRequestError(
            "sobol", f"name from 1 to {MAX_AT_ONCE} areas at once; found {len(areas)}."
        )


def _levels(
    combinations: Sequence[Mapping[str, str]], chosen: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Find the levels of each choice such that every combination of them is allowed.

    A level must go with the ranking's other choices. Then the levels that spoil most
    combinations are dropped until none is missing; the ranking's own are never dropped.
    """
    held = {frozenset(each.items()) for each in combinations}
    levels = {
        name: [
            level
            for level in dict.fromkeys(each[name] for each in combinations)
            if frozenset({**chosen, name: level}.items()) in held
        ]
        for name in chosen
    }
    if chosen["normalise"] == "z":
        levels["aggregate"] = [chosen["aggregate"]]
    else:
        levels["normalise"] = [level for level in levels["normalise"] if level != "z"]
    while spoilt := _missing(levels, held, chosen):
        name, level = max(spoilt, key=lambda each: spoilt[each])  # of equals the first
        levels[name].remove(level)
    return {name: tuple(each) for name, each in levels.items()}


def _missing(
    levels: Mapping[str, Sequence[str]],
    held: set[frozenset[tuple[str, str]]],
    chosen: Mapping[str, str],
) -> dict[tuple[str, str], int]:
    """Count the missing combinations of each level that is not the ranking's own."""
    spoilt: dict[tuple[str, str], int] = {}
    for combination in product(*levels.values()):
        pairs = tuple(zip(levels, combination, strict=True))
        if frozenset(pairs) not in held:
            for name, level in pairs:
                if level != chosen[name]:
                    spoilt[name, level] = spoilt.get((name, level), 0) + 1
    return spoilt


def _sample(factors: Sequence[Factor], base: int, seed: int) -> Floats:
    """Draw Saltelli's sample: base x (d + 2) points of the unit cube."""
    from SALib.sample import sobol  # noqa: PLC0415  (takes two seconds, and few ask for it)

    drawn = sobol.sample(_problem(factors), base, calc_second_order=False, seed=seed)
    return np.clip(np.asarray(drawn, dtype=np.float64), _LEAST, 1 - _LEAST)


def _problem(factors: Sequence[Factor]) -> dict[str, Any]:
    names = [factor.name for factor in factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _weights(rows: Floats, shares: Floats, how: Weightings) -> Floats:
    """Map points of the unit cube to weights; a single weight is all of it."""
    from scipy.special import gammaincinv  # noqa: PLC0415  (as above)

    if not rows.shape[1]:
        return np.ones((len(rows), 1))
    shapes = np.ones(shares.size) if how.concentration is None else how.concentration * shares
    gammas = gammaincinv(shapes, rows)
    gammas[gammas.sum(axis=1) == 0] = shares  # below the smallest number there is
    return np.asarray(gammas / gammas.sum(axis=1, keepdims=True))


def _by_choices(
    rows: Floats, factors: Sequence[Factor]
) -> Iterator[tuple[dict[str, str], NDArray[np.int64]]]:
    """Group the rows by the levels that they fall on."""
    sizes = np.array([len(factor.levels) for factor in factors], dtype=np.int64)
    at = np.minimum((rows * sizes).astype(np.int64), sizes - 1)
    groups, which = np.unique(at, axis=0, return_inverse=True)
    for place, group in enumerate(groups):
        choices = {
            factor.name: factor.levels[level] for factor, level in zip(factors, group, strict=True)
        }
        yield choices, np.flatnonzero(which.ravel() == place)


def _ranks(
    method: Method, drawn: Floats, used: NDArray[np.int64], areas: Sequence[int]
) -> NDArray[np.int64]:
    """Rank the areas asked for: one more than those ahead, when scores are rounded."""
    rows = np.flatnonzero(method.ranked)
    matrix = method.normalised[np.ix_(rows, used)]
    own = np.searchsorted(rows, list(areas))
    ranks = np.empty((len(drawn), len(areas)), dtype=np.int64)
    for start in range(0, len(drawn), _CHUNK):
        part = slice(start, start + _CHUNK)
        scores = score_draws(matrix, drawn[part], method.aggregate)  # type: ignore[arg-type]
        rounded = np.rint(scores * 10.0**DECIMALS)
        for column, place in enumerate(own):
            ranks[part, column] = 1 + (rounded > rounded[:, place, None]).sum(axis=1)
    return ranks


def _drivers(area: int, ranks: NDArray[np.int64], factors: Sequence[Factor], seed: int) -> Drivers:
    from SALib.analyze import sobol  # noqa: PLC0415  (as above)

    span = (int(ranks.min()), int(ranks.max()))
    if span[0] == span[1]:
        return Drivers(area, 0.0, span, ())
    found = sobol.analyze(
        _problem(factors),
        ranks.astype(np.float64),
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=_LEVEL,
        seed=seed + 1,  # 0 would be taken for none
    )
    figures = zip(found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True)
    shares = (
        Share(factor, *(float(figure) for figure in each))
        for factor, each in zip(factors, figures, strict=True)
    )
    return Drivers(area, float(ranks.var()), span, tuple(shares))
