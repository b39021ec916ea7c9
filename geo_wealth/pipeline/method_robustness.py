"""How much the ranks of a ranking depend on the method: its variants, figures and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from geo_wealth.errors import NotFoundError
from geo_wealth.evidence.robustness import methods_figures, methods_used
from geo_wealth.indicators import INDICATORS, SPEND_VARIANTS
from geo_wealth.memory import Memory
from geo_wealth.pipeline.indicators import SLUGS, district_inputs
from geo_wealth.pipeline.robustness import TOP, USUAL, choices_of, chosen_tops, measures, raw_values
from geo_wealth.pipeline.words import ordinal, percent
from geo_wealth.queries.rows import Ranking
from geo_wealth.ranking import Floats
from geo_wealth.robustness import Weightings
from geo_wealth.robustness.drivers import BASE, NOTHING, Drivers, rank_drivers
from geo_wealth.robustness.methods import MethodRobustness, Variant, method_robustness

METHODS_LABEL = "sensitivity to the method and the weights, not a confidence interval"

_CHOICES = {
    "normalise": "the normalisation",
    "aggregate": "the aggregation",
    "spend_variant": "the measure of spend",
    "eligible_only": "counting only buildings known to be transferable",
}


@dataclass(frozen=True, slots=True)
class RankingMethods:
    """What the methods say of a ranking; rows of ``found`` are of ``codes``."""

    ranking: Ranking
    how: Weightings
    tops: tuple[int, ...]
    codes: tuple[str, ...]
    found: MethodRobustness


_MEMORY: Memory[RankingMethods] = Memory(size=16)


def ranking_methods(
    ranking: Ranking,
    variants: Sequence[Variant],
    how: Weightings = USUAL,
    tops: Sequence[int] | None = None,
) -> RankingMethods:
    """Rank the areas of a ranking by every allowed method; see :func:`district_variants`.

    Raises
    ------
    InvalidRequestError
        For a k that is not from 1 to the number of areas ranked, or where none is ranked.
    """
    request, chosen = ranking.request, chosen_tops(ranking, tops)

    def compute() -> RankingMethods:
        found = method_robustness(
            variants,
            [request.directions[slug] for slug in SLUGS],
            [request.weights[slug] for slug in SLUGS],
            choices_of(ranking),
            how,
            chosen,
        )
        return RankingMethods(ranking, how, chosen, raw_values(ranking)[0], found)

    compared = tuple(variant.choices for variant in variants)
    return _MEMORY.recall((ranking.id, how, chosen, compared), compute)


def district_variants(connection: Connection, ranking: Ranking) -> tuple[Variant, ...]:
    """Measure the indicators of a ranking in every way there is: the variants of its method.

    An indicator of weight 0 is measured as the ranking does. The ranking's own figures come
    first, as they are in it. Where the data have changed since a ranking was kept there are
    no other variants: figures of two times are not compared.
    """
    codes, values = raw_values(ranking)
    own = Variant(measures(ranking.request.spend_variant, ranking.request.eligible_only), values)
    weights, found = ranking.request.weights, [own]
    spends = SPEND_VARIANTS if weights["spend"] > 0 else (ranking.request.spend_variant,)
    states = (False, True) if weights["assets"] > 0 else (ranking.request.eligible_only,)
    if not ranking.areas or not _is_current(connection, ranking, codes, values):
        return (own,)
    for spend in spends:
        for state in states:
            choices = measures(spend, state)
            if choices != own.choices:
                found.append(Variant(choices, _values(connection, ranking, spend, only=state)))
    return tuple(found)


def methods_document(found: RankingMethods) -> dict[str, Any]:
    """Say which methods were compared, for ``robustness --methods --json``."""
    return {
        "what": METHODS_LABEL,
        "chosen": choices_of(found.ranking),
        **methods_used(found.found),
    }


def methods_by_code(found: RankingMethods) -> dict[str, dict[str, Any]]:
    """Give what the methods say of every area, as in the JSON document."""
    return {
        code: methods_figures(found.found, place, found.tops, SLUGS)
        for place, code in enumerate(found.codes)
    }


def methods_rows(
    found: RankingMethods,
) -> tuple[tuple[str, ...], dict[str, tuple[Any, ...]]]:
    """Give more columns for the CSV, and their cells by code."""
    tops = [f"methods_p_top_{top}" for top in found.tops]
    joint = [f"jointly_p_top_{top}" for top in found.tops]
    header = ("methods_ranked_by", "methods_best", "methods_worst", *tops, "moved_most_by")
    header += ("jointly_low", "jointly_high", *joint, "jointly_confidence_factor")
    rows = {}
    for code, each in methods_by_code(found).items():
        move, jointly = each["moves_most"], each["jointly"] or _NO_DRAW
        rows[code] = (
            *(each["ranked_by"], *(each["span"] or (None, None)), *each["p_top"].values()),
            None if move is None else f"{move['choice']}={move['to']}",
            *(*jointly["interval"], *(jointly["p_top"].values() or [None] * len(tops))),
            jointly["confidence_factor"],
        )
    return header, rows


_NO_DRAW: dict[str, Any] = {"interval": (None, None), "p_top": {}, "confidence_factor": None}


def area_drivers(
    ranking: Ranking,
    variants: Sequence[Variant],
    codes: Sequence[str],
    how: Weightings = USUAL,
    base: int = BASE,
) -> dict[str, Drivers]:
    """Share out what drives the ranks of some areas; see :func:`rank_drivers`.

    Raises
    ------
    NotFoundError
        For an area that is not ranked.
    InvalidRequestError
        For a size that is not allowed, or where nothing can vary.
    """
    ranked = {area.code for area in ranking.areas}
    for code in codes:
        if code not in ranked:
            raise NotFoundError(f"{code} is not a neighbourhood that this ranking ranks.")
    places = {code: place for place, code in enumerate(raw_values(ranking)[0])}
    request = ranking.request
    found = rank_drivers(
        variants,
        [request.directions[slug] for slug in SLUGS],
        [request.weights[slug] for slug in SLUGS],
        choices_of(ranking),
        how,
        [places[code] for code in codes],
        SLUGS,
        base,
    )
    return dict(zip(codes, found, strict=True))


def drivers_document(found: Mapping[str, Drivers], base: int) -> dict[str, Any]:
    """Give the shares for ``robustness --sobol --json``."""
    return {
        "what": "shares of the variance of a rank over weights and method (Sobol)",
        "base_samples": base,
        "interval": "half width of a 95 % bootstrap interval of the sampling error",
        "areas": [
            {
                "code": code,
                "variance": each.variance,
                "span": list(each.span),
                "factors": [
                    {
                        "factor": share.factor.name,
                        "levels": list(share.factor.levels) or None,
                        "first": share.first,
                        "first_interval": share.first_interval,
                        "total": share.total,
                        "total_interval": share.total_interval,
                        "about_nothing": share.about_nothing,
                    }
                    for share in each.shares
                ],
            }
            for code, each in found.items()
        ],
    }


def drivers_rows(found: Drivers) -> list[tuple[str, str, str]]:
    """Give factor, share alone and share with interactions in words, the largest first."""
    ordered = sorted(found.shares, key=lambda share: -share.total)  # of equals as they stand
    return [
        (
            _factor_name(share.factor.name),
            _share_text(share.first, share.first_interval),
            _share_text(share.total, share.total_interval),
        )
        for share in ordered
    ]


def _factor_name(name: str) -> str:
    return f"weight of {INDICATORS[name].short_name.lower()}" if name in SLUGS else _CHOICES[name]


def _share_text(share: float, interval: float) -> str:
    """Write a share; what cannot be told from zero is about nothing, and never negative."""
    if share - interval <= 0 or share < NOTHING:
        return "about nothing"
    low, high = max(share - interval, 0.0), min(share + interval, 1.0)
    return f"{percent(min(share, 1.0))} ({100 * low:.0f} to {100 * high:.0f})"


def methods_sentence(found: RankingMethods, code: str) -> str:
    """Say in plain English where an area comes by other methods, and what moves it most."""
    figures = methods_by_code(found)[code]
    used, total = figures["ranked_by"], len(found.found.methods)
    if not used:
        return f"None of {total} ways to measure and combine the figures can rank it."
    low, high = figures["span"]
    places = f"from {ordinal(low)} to {ordinal(high)}" if low < high else ordinal(low)
    of = f"{total} ways" if used == total else f"{used} of {total} ways that can rank it,"
    sentence = f"By {of} to measure and combine the figures, weights as chosen, it ranks {places}"
    if found.tops:
        top = min(found.tops, key=lambda k: (abs(k - TOP), k))
        sentence += f", and among the first {top} in {percent(figures['p_top'][str(top)])} of them"
    return f"{sentence}. {move_phrase(figures['moves_most'])}"


def move_phrase(move: dict[str, Any] | None) -> str:
    """Say which choice moves an area most."""
    if move is None:
        return "No single one of these choices moves it."
    to = {"true": "on", "false": "off"}.get(move["to"], move["to"])
    what = _CHOICES[move["choice"]]
    return f"Most depends on {what}: with {to} it would rank {ordinal(move['rank'])}."


def _is_current(
    connection: Connection, ranking: Ranking, codes: tuple[str, ...], values: Floats
) -> bool:
    request = ranking.request
    found = district_inputs(
        connection,
        request.district,
        request.index,
        eligible_only=request.eligible_only,
        spend_variant=request.spend_variant,
    )
    return found.codes == codes and np.array_equal(found.values, values, equal_nan=True)


def _values(connection: Connection, ranking: Ranking, spend: str, *, only: bool) -> Floats:
    request = ranking.request
    return district_inputs(
        connection, request.district, request.index, eligible_only=only, spend_variant=spend
    ).values
