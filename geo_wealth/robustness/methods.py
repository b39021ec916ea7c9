"""How much the ranks depend on the method: the same areas under every allowed combination."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_wealth.errors import InvalidRequestError
from geo_wealth.ranking import (
    AGGREGATIONS,
    NORMALISATIONS,
    Floats,
    normalise_areas,
    score_normalised,
    simplex_weights,
)
from geo_wealth.robustness.ranks import (
    MAX_AREAS,
    Ints,
    check_tops,
    count_ranks,
    rank_reached,
)
from geo_wealth.robustness.weights import INTERVAL, Weightings, draw_weights

Choices = tuple[tuple[str, str], ...]
"""What is chosen, by name: ``(("normalise", "z"), ("aggregate", "linear"))``."""

LEAST_RANKED = 0.5
"""A variant counts where at least this share of the areas ranked as chosen can be ranked."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to measure the indicators.

    Attributes
    ----------
    choices
        What was chosen to measure them so; the same names in every variant.
    values
        (n, k) of the same n areas and k indicators; NaN where missing.
    """

    choices: Choices
    values: Floats


@dataclass(frozen=True, slots=True)
class Method:
    """One combination of variant, normalisation and aggregation, and the areas under it.

    Attributes
    ----------
    normalised
        (n, k) as :func:`geo_wealth.ranking.normalise_areas` gives it.
    ranked
        (n,) whether the area has every indicator that has weight.
    rank
        (n,) under the chosen weights, among the areas ranked by this method; 0: not ranked.
    """

    choices: Choices
    aggregate: str
    normalised: Floats
    ranked: NDArray[np.bool_]
    rank: Ints


@dataclass(frozen=True, slots=True)
class Move:
    """The single choice that, changed alone, moves an area furthest; ``rank`` is then its rank."""

    choice: str
    to: str
    rank: int


@dataclass(frozen=True, slots=True)
class MethodRobustness:
    """What the methods say of n areas.

    An area that a method cannot rank has no rank under it, not the last one: shares are of
    the methods, or draws, that rank the area, and ``methods_ranked`` says of how many.

    Attributes
    ----------
    methods
        Choices of every method used; the chosen one is among them.
    left_out
        Choices that were not, or could not be, combined, with the reason.
    methods_ranked
        (n,) methods that rank the area.
    span
        (n, 2) best and worst rank over those methods under the chosen weights; 0 for none.
    p_top_methods
        (n, t) share of those methods in which the area ranks k or better, weights as chosen.
    moves
        Per area the single choice that moves it furthest; None where no choice moves it.
    interval, median, p_top, p_first
        As in :class:`geo_wealth.robustness.Robustness`, over draws of weights and method
        together: draw d is ranked by method d mod m, so that each method counts alike.
    central_weights
        (n, k) mean of the weightings of the draws in which the area ranks first.
    confidence_factor
        (n,) share of the methods ranking the area in which it is first, alone or tied, under
        its central weights; NaN where it never came first. With the method as what is
        uncertain beside the weights this is SMAA-2's confidence factor.
    """

    methods: tuple[Choices, ...]
    left_out: tuple[tuple[Choices, str], ...]
    methods_ranked: Ints
    span: Ints
    p_top_methods: Floats
    moves: tuple[Move | None, ...]
    interval: Ints
    median: Ints
    p_top: Floats
    p_first: Floats
    central_weights: Floats
    confidence_factor: Floats


def method_robustness(
    variants: Sequence[Variant],
    directions: ArrayLike,
    weights: ArrayLike,
    chosen: Mapping[str, str],
    how: Weightings,
    tops: Sequence[int] = (),
) -> MethodRobustness:
    """Rank areas by every allowed method, under the chosen and under drawn weights.

    Methods are all combinations of variant, normalisation and aggregation, but for z-scores
    with the geometric mean, which needs positive values, and variants by which fewer than
    half of the areas ranked as chosen can be ranked.

    Parameters
    ----------
    variants
        The chosen one among them.
    directions, weights
        (k,) as for :func:`geo_wealth.ranking.score_areas`.
    chosen
        The choices of the ranking: ``normalise``, ``aggregate`` and those of its variant.
    tops
        The k of P(rank <= k), each from 1 to the number of areas ranked as chosen.

    Raises
    ------
    InvalidRequestError
        For weights or tops that are not allowed, or more than 2,000 areas.
    """
    methods, left_out = allowed_methods(variants, directions, weights, chosen)
    ranks = np.array([method.rank for method in methods])
    known = ranks > 0
    check_tops(tops, int(np.count_nonzero(_as_chosen(methods, chosen).ranked)))
    counts, centre = _count_jointly(
        methods, simplex_weights(weights, indicator_count(variants)), how
    )
    firsts, drawn = counts[:, :1].sum(axis=1), counts.sum(axis=1)
    central = _mean(centre, firsts)
    worst = np.where(known, ranks, 0).max(axis=0)
    best = np.where(known, ranks, MAX_AREAS + 1).min(axis=0)
    low, median, high = (rank_reached(counts, drawn, at) for at in (INTERVAL[0], 50, INTERVAL[1]))
    return MethodRobustness(
        methods=tuple(method.choices for method in methods),
        left_out=left_out,
        methods_ranked=known.sum(axis=0),
        span=np.column_stack((np.where(worst > 0, best, 0), worst)),
        p_top_methods=_shares(
            [(known & (ranks <= top)).sum(axis=0) for top in tops], known.sum(axis=0)
        ),
        moves=_moves(methods, chosen),
        interval=np.column_stack((low, high)),
        median=median,
        p_top=_shares([counts[:, :top].sum(axis=1) for top in tops], drawn),
        p_first=_shares([firsts], drawn)[:, 0],
        central_weights=central,
        confidence_factor=_confidence(methods, central, np.flatnonzero(firsts)),
    )


def allowed_methods(
    variants: Sequence[Variant],
    directions: ArrayLike,
    weights: ArrayLike,
    chosen: Mapping[str, str],
) -> tuple[tuple[Method, ...], tuple[tuple[Choices, str], ...]]:
    """Rank the areas by every allowed method; also give what was left out, and why."""
    shares = simplex_weights(weights, indicator_count(variants))
    needed = LEAST_RANKED * np.count_nonzero(_ranked(_variant_of(variants, chosen), shares))
    methods: list[Method] = []
    left_out: list[tuple[Choices, str]] = [
        ((("normalise", "z"), ("aggregate", "geometric")), _NO_LOGARITHM)
    ]
    for variant in variants:
        ranked = np.count_nonzero(_ranked(variant, shares))
        if ranked < needed or not ranked:
            reason = f"ranks only {ranked:,} of {len(variant.values):,} areas"
            left_out.append((variant.choices, reason))
            continue
        for normalise, aggregate in product(NORMALISATIONS, AGGREGATIONS):
            if (normalise, aggregate) != ("z", "geometric"):
                methods.append(_method(variant, directions, shares, normalise, aggregate))
    return tuple(methods), tuple(left_out)


_NO_LOGARITHM = "a geometric mean needs values above 0, and z-scores are not"


def indicator_count(variants: Sequence[Variant]) -> int:
    """Count the indicators.

    Raises
    ------
    InvalidRequestError
        When there are more areas than can be compared by so many methods.
    """
    n, k = variants[0].values.shape
    if n > MAX_AREAS:
        raise InvalidRequestError(
            "areas", f"up to {MAX_AREAS:,} can be ranked by every method; found {n:,}."
        )
    return int(k)


def _method(
    variant: Variant, directions: ArrayLike, shares: Floats, normalise: str, aggregate: str
) -> Method:
    normalised = normalise_areas(variant.values, directions, normalise)  # type: ignore[arg-type]
    scored = score_normalised(normalised, shares, aggregate)  # type: ignore[arg-type]
    choices = (("normalise", normalise), ("aggregate", aggregate), *variant.choices)
    return Method(choices, aggregate, normalised, scored.ranked_mask, scored.rank)


def _ranked(variant: Variant, shares: Floats) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(variant.values[:, shares > 0]).any(axis=1))


def _variant_of(variants: Sequence[Variant], chosen: Mapping[str, str]) -> Variant:
    return next(v for v in variants if all(chosen[name] == to for name, to in v.choices))


def _as_chosen(methods: Sequence[Method], chosen: Mapping[str, str]) -> Method:
    found = [m for m in methods if all(chosen[name] == to for name, to in m.choices)]
    if not found:
        raise InvalidRequestError("methods", "no area is ranked, so no method moves one.")
    return found[0]


def _moves(methods: Sequence[Method], chosen: Mapping[str, str]) -> tuple[Move | None, ...]:
    """Find for each area the single choice that moves it furthest; of equals the first."""
    start = _as_chosen(methods, chosen).rank
    furthest = np.zeros(start.shape, dtype=np.int64)
    moves: list[Move | None] = [None] * len(start)
    for method in methods:
        changed = [(name, to) for name, to in method.choices if chosen[name] != to]
        if len(changed) != 1:
            continue
        far = np.where((start > 0) & (method.rank > 0), np.abs(method.rank - start), 0)
        for area in np.flatnonzero(far > furthest):
            furthest[area] = far[area]
            moves[area] = Move(*changed[0], int(method.rank[area]))
    return tuple(moves)


def _count_jointly(
    methods: Sequence[Method], shares: Floats, how: Weightings
) -> tuple[Ints, Floats]:
    """Count ranks over draws of weights and method together; rows of all the n areas."""
    drawn, used = draw_weights(shares, how), shares > 0
    n = len(methods[0].rank)
    counts = np.zeros((n, n), dtype=np.int64)
    centre = np.zeros((n, shares.size))
    for place, method in enumerate(methods):
        part = drawn[place :: len(methods)]
        rows = np.flatnonzero(method.ranked)
        matrix = method.normalised[np.ix_(rows, np.flatnonzero(used))]
        found, sums = count_ranks(matrix, part[:, used], method.aggregate)  # type: ignore[arg-type]
        counts[rows, : len(rows)] += found
        centre[np.ix_(rows, np.flatnonzero(used))] += sums
    return counts, centre


def _confidence(methods: Sequence[Method], central: Floats, came: Ints) -> Floats:
    """Share of the methods ranking an area in which it is first under its central weights."""
    factor = np.full(len(central), np.nan)
    for area in came:
        under = [m for m in methods if m.ranked[area]]
        firsts = [_is_first(m, central[area], int(area)) for m in under]
        factor[area] = np.mean(firsts)
    return factor


def _is_first(method: Method, weights: Floats, area: int) -> bool:
    scored = score_normalised(method.normalised, weights, method.aggregate)  # type: ignore[arg-type]
    return bool(scored.rank[area] == 1)


def _mean(sums: Floats, times: Ints) -> Floats:
    with_any = times[:, None] > 0
    mean = np.divide(sums, times[:, None], out=np.full(sums.shape, np.nan), where=with_any)
    return np.asarray(mean)


def _shares(counts: Sequence[Ints], of: Ints) -> Floats:
    """Columns of counts as shares; NaN for an area that is ranked in none."""
    table = np.array(counts, dtype=np.float64).reshape(len(counts), len(of)).T
    known = of[:, None] > 0
    return np.asarray(np.divide(table, of[:, None], np.full(table.shape, np.nan), where=known))
