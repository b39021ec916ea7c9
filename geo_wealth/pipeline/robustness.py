"""How much the ranks of a ranking depend on its weights: figures, document, rows and words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geo_wealth import robustness as pure
from geo_wealth.errors import NotFoundError
from geo_wealth.evidence.robustness import matrix, results
from geo_wealth.evidence.section import Section, section
from geo_wealth.memory import Memory
from geo_wealth.pipeline.documents import ranking_document
from geo_wealth.pipeline.indicators import SLUGS
from geo_wealth.pipeline.words import ordinal, percent
from geo_wealth.queries.rows import NotRanked, RankedArea, Ranking
from geo_wealth.ranking import Floats, checked_methods
from geo_wealth.robustness import INTERVAL, Robustness, Weightings
from geo_wealth.robustness.methods import Variant

TOPS = (5, 10, 20)
"""The k of P(rank <= k) unless others are asked for; those beyond the areas ranked fall away."""

TOP = 10
"""The k that a sentence tells of."""

USUAL = Weightings()
"""How weights are drawn unless asked otherwise: as pages do it."""

LABEL = "sensitivity to the weights, not a confidence interval"


@dataclass(frozen=True, slots=True)
class AreaRobustness:
    """What the draws say of one area; see :class:`geo_wealth.robustness.Robustness`.

    Attributes
    ----------
    central_weights, confidence_factor
        None where the area came first in no draw; the weights are by indicator.
    """

    area: RankedArea
    interval: tuple[int, int]
    median: int
    p_top: dict[int, float]
    p_first: float
    central_weights: dict[str, float] | None
    confidence_factor: float | None


_AROUND = "weightings around those chosen"


@dataclass(frozen=True, slots=True)
class RankingRobustness:
    """What the draws say of a ranking, the areas in its order."""

    ranking: Ranking
    how: Weightings
    tops: tuple[int, ...]
    areas: tuple[AreaRobustness, ...]


_MEMORY: Memory[RankingRobustness] = Memory(size=32)


def ranking_robustness(
    ranking: Ranking, how: Weightings, tops: Sequence[int] | None = None
) -> RankingRobustness:
    """Rank the areas of a ranking under many weightings, all else as in the ranking.

    Raises
    ------
    InvalidRequestError
        For a k that is not from 1 to the number of areas ranked.
    """
    chosen = chosen_tops(ranking, tops)
    return _MEMORY.recall((ranking.id, how, chosen), lambda: _worked_out(ranking, how, chosen))


def chosen_tops(ranking: Ranking, tops: Sequence[int] | None) -> tuple[int, ...]:
    """Put the k of P(rank <= k) in order; the usual ones, as far as there are areas, for None."""
    if tops is None:
        tops = [top for top in TOPS if top <= len(ranking.areas)]
    return tuple(sorted(set(tops)))


def area_robustness(ranking: Ranking, code: str, how: Weightings = USUAL) -> AreaRobustness | None:
    """Say how much the rank of one area depends on the weights; None where it is not ranked.

    Remembered for the whole ranking, so that the next area costs nothing.

    Raises
    ------
    NotFoundError
        For an area that is not in the ranking.
    """
    if any(area.code == code for area in ranking.not_ranked):
        return None
    found = ranking_robustness(ranking, how)
    for each in found.areas:
        if each.area.code == code:
            return each
    raise NotFoundError(f"{code} is not a neighbourhood of this ranking.")


def robustness_sentence(found: AreaRobustness, how: Weightings = USUAL) -> str:
    """Say in plain English where an area comes under the weightings drawn."""
    low, high = found.interval
    places = f"{ordinal(low)} to {ordinal(high)}" if low < high else ordinal(low)
    drawn = "weightings taken from all there are" if how.concentration is None else _AROUND
    sentence = f"In {how.draws:,} {drawn} it ranks {places} in at least 90 %"
    if found.p_top:
        top = min(found.p_top, key=lambda k: (abs(k - TOP), k))
        sentence += f", and among the first {top} in {percent(found.p_top[top])}"
    return f"{sentence}. This is {LABEL}."


def _rows(values: Floats) -> list[list[float | None]]:
    return [[None if math.isnan(value) else float(value) for value in row] for row in values]


def _worked_out(ranking: Ranking, how: Weightings, chosen: tuple[int, ...]) -> RankingRobustness:
    rows = [[area.indicators[slug].normalised for slug in SLUGS] for area in ranking.areas]
    _, aggregate = checked_methods(ranking.request.normalise, ranking.request.aggregate)
    found = pure.robustness(
        matrix(rows, SLUGS),
        [ranking.request.weights[slug] for slug in SLUGS],
        how,
        chosen,
        aggregate,
    )
    areas = (_area(area, found, place, chosen) for place, area in enumerate(ranking.areas))
    return RankingRobustness(ranking, how, chosen, tuple(areas))


def robustness_section(
    ranking: Ranking, how: Weightings, variants: Sequence[Variant] = ()
) -> Section:
    """Give the section of evidence on how sure the ranks are.

    Parameters
    ----------
    variants
        From :func:`geo_wealth.pipeline.method_robustness.district_variants`; without them
        only the weights are varied.
    """
    codes, values = raw_values(ranking)
    request = ranking.request
    inputs = {
        "codes": codes,
        "slugs": SLUGS,
        "values": _rows(values),
        "directions": [request.directions[slug] for slug in SLUGS],
        "weights": [request.weights[slug] for slug in SLUGS],
        "normalise": request.normalise,
        "aggregate": request.aggregate,
        "draws": how.draws,
        "seed": how.seed,
        "concentration": how.concentration,
        "tops": chosen_tops(ranking, None),
        "chosen": choices_of(ranking),
        "variants": [
            {"choices": dict(each.choices), "values": _rows(each.values)}
            for each in (variants if ranking.areas else ())
        ],
    }
    return section(results, inputs)


def raw_values(ranking: Ranking) -> tuple[tuple[str, ...], Floats]:
    """Give codes, in order, and raw indicators of all areas of a ranking, ranked or not."""
    everyone: list[RankedArea | NotRanked] = [*ranking.areas, *ranking.not_ranked]
    ordered = sorted(everyone, key=lambda area: area.code)
    rows = [[area.indicators[slug].value for slug in SLUGS] for area in ordered]
    return tuple(area.code for area in ordered), matrix(rows, SLUGS)


def choices_of(ranking: Ranking) -> dict[str, str]:
    """Name what was chosen in a ranking, weights aside."""
    request = ranking.request
    method = {"normalise": request.normalise, "aggregate": request.aggregate}
    return method | dict(measures(request.spend_variant, request.eligible_only))


def measures(spend_variant: str, eligible_only: bool) -> tuple[tuple[str, str], ...]:
    """Name a way to measure the indicators, as one of a method's choices."""
    return (("spend_variant", spend_variant), ("eligible_only", str(eligible_only).lower()))


def robustness_document(found: RankingRobustness) -> dict[str, Any]:
    """Give the JSON document of ``robustness --json``."""
    how, ranked = found.how, ranking_document(found.ranking)
    return {
        "ranking": ranked["ranking"],
        "what": LABEL,
        "draws": how.draws,
        "seed": how.seed,
        "weights_drawn": "simplex" if how.concentration is None else "dirichlet",
        "concentration": how.concentration,
        "interval_percent": list(INTERVAL),
        "standard_error_at_most": 0.5 / math.sqrt(how.draws),
        "areas": [
            {
                "code": each.area.code,
                "name": each.area.name,
                "rank": each.area.rank,
                "interval": list(each.interval),
                "median": each.median,
                "p_first": each.p_first,
                "p_top": {str(top): share for top, share in each.p_top.items()},
                "central_weights": each.central_weights,
                "confidence_factor": each.confidence_factor,
            }
            for each in found.areas
        ],
        "not_ranked": [
            {"code": area.code, "name": area.name, "reason": area.reason}
            for area in found.ranking.not_ranked
        ],
    }


def robustness_rows(found: RankingRobustness) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Give header and rows for a CSV; empty cells: the area came first in no draw."""
    header = ["rank", "code", "name", "ward", "interval_low", "interval_high", "median", "p_first"]
    header += [f"p_top_{top}" for top in found.tops]
    header += [*(f"central_weight_{slug}" for slug in SLUGS), "confidence_factor"]
    note = "sample data" if found.ranking.sample else "published data"
    source = (drawn_sentence(found), found.ranking.id, note)
    rows = [
        (
            *(each.area.rank, each.area.code, each.area.name, each.area.ward_name),
            *(*each.interval, each.median, each.p_first, *each.p_top.values()),
            *((each.central_weights or {}).get(slug) for slug in SLUGS),
            *(each.confidence_factor, *source),
        )
        for each in found.areas
    ]
    return (*header, "drawn", "ranking", "data"), rows


def drawn_sentence(found: RankingRobustness) -> str:
    """Say how the weights were drawn, and what that is."""
    how = found.how
    around = (
        "every weighting as likely as any other"
        if how.concentration is None
        else f"around the chosen weights with concentration {how.concentration:g}"
    )
    return (
        f"{how.draws:,} weightings, {around} (seed {how.seed}): {LABEL}. "
        f"The interval is from {INTERVAL[0]} % to {INTERVAL[1]} % of an area's ranks."
    )


def _area(area: RankedArea, found: Robustness, place: int, tops: tuple[int, ...]) -> AreaRobustness:
    central, factor = found.central_weights[place], float(found.confidence_factor[place])
    never = math.isnan(factor)
    low, high = (int(rank) for rank in found.interval[place])
    return AreaRobustness(
        area=area,
        interval=(low, high),
        median=int(found.median[place]),
        p_top=dict(zip(tops, map(float, found.p_top[place]), strict=True)),
        p_first=float(found.p_first[place]),
        central_weights=None if never else dict(zip(SLUGS, map(float, central), strict=True)),
        confidence_factor=None if never else factor,
    )
