"""Figures in plain English: what an officer reads out and a councillor repeats."""

import calendar
import math
from decimal import Decimal

from boundaries.codes import INDEX
from geo_wealth.flips import parts_that_sum
from geo_wealth.indicators import DEFAULT_SPEND, INDICATORS, described
from geo_wealth.queries.rows import (
    IndicatorValue,
    NotRanked,
    RankedArea,
    Ranking,
    RankRequest,
    SpendSummary,
)
from geo_wealth.ranking import FLOOR

_INDEX_NAMES = {"imd2019": "IMD 2019", "imd2025": "IMD 2025"}
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WALK = "a 15-minute walk"
_MONTHS = tuple(calendar.month_name)


def context_line(ranking: Ranking) -> str:
    """Say in one line what a ranking is about and rests on."""
    total = len(ranking.areas) + len(ranking.not_ranked)
    parts = [
        f"{ranking.district_name}, {total} neighbourhoods",
        index_name(ranking.request.index),
        spend_phrase(ranking.spend),
        spend_measure(ranking.request),
    ]
    line = "; ".join(parts)
    return f"Sample data. {line}" if ranking.sample else line


def index_name(index: str) -> str:
    """Name an index as people do."""
    return _INDEX_NAMES.get(index, index)


def spend_phrase(spend: SpendSummary) -> str:
    """Say which spending is loaded and how much of it could be placed."""
    if not spend.datasets:
        return "no ledger loaded"
    payers = spend.payers[0] if len(spend.payers) == 1 else f"{len(spend.payers)} payers"
    located = (
        "none of it placed"
        if spend.share_located is None
        else f"{percent(spend.share_located)} of its pounds placed"
    )
    return f"spend of {payers}, {period(spend)}, {located}"


def spend_measure(request: RankRequest) -> str:
    """Say by which measure of spend a ranking goes."""
    name = described("spend", request.spend_variant).name
    return f"spend measured by {name[:1].lower()}{name[1:]}"


def period(spend: SpendSummary) -> str:
    """Name the months from the first to the last payment."""
    if spend.first is None or spend.last is None:
        return "undated"
    first = f"{_MONTHS[spend.first.month]} {spend.first.year}"
    last = f"{_MONTHS[spend.last.month]} {spend.last.year}"
    return first if first == last else f"{first} to {last}"


def percent(share: float) -> str:
    """Write a share so that a small one is not called nothing, nor a large one all."""
    value = 100 * share
    if 0 < value < 1:
        return "less than 1 %"
    if 99 < value < 100:
        return "more than 99 %"
    return f"{value:.0f} %"


def money(value: float | Decimal) -> str:
    """Write pounds as people say them: £1.2 million, £41, £0.35."""
    size = abs(float(value))
    sign = "-" if value < 0 else ""
    if size >= 1_000_000:
        return f"{sign}£{size / 1_000_000:,.1f} million"
    if size >= 10 or size == 0:
        return f"{sign}£{size:,.0f}"
    return f"{sign}£{size:,.2f}"


def ordinal(place: int) -> str:
    """Write 1st, 2nd, 3rd, 4th, 11th."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{'th' if place % 100 in {11, 12, 13} else suffix}"


def number(value: int) -> str:
    """Write a whole number: in words up to nine, none as "none"."""
    if value == 0:
        return "none"
    return _NUMBERS[value] if 0 < value < len(_NUMBERS) else f"{value:,}"


def count(value: int, singular: str, plural: str | None = None) -> str:
    """Write a count with its noun: no parks, one park, two parks."""
    noun = singular if value == 1 else plural or singular + "s"
    return f"{'no' if value == 0 else number(value)} {noun}"


def area_sentences(ranking: Ranking, area: RankedArea | NotRanked) -> tuple[str, ...]:
    """Describe an area and its place in a ranking, one sentence for each thing."""
    total = len(ranking.areas) + len(ranking.not_ranked)
    if isinstance(area, RankedArea):
        tied = sum(other.rank == area.rank for other in ranking.areas) > 1
        head = (
            f"{area.name} ranks {ordinal(area.rank)} of {len(ranking.areas)} for a pilot"
            f"{', tied with others' if tied else ''}."
        )
    else:
        head = f"{area.name} is one of {total} neighbourhoods and is not ranked: {area.reason}."
    cells = area.indicators
    spend = _spend(ranking, cells["spend"])
    return (
        head,
        _deprivation(ranking, cells["deprivation"]),
        spend,
        _assets(cells["assets"], "that walk" if _WALK in spend else _WALK),
    )


def contribution_sentence(ranking: Ranking, area: RankedArea) -> str:
    """Say what makes up the score, largest part first; the parts printed sum to the score."""
    request = ranking.request
    shown = contributions_shown(area)
    parts = [
        (part, INDICATORS[slug].short_name.lower(), area.indicators[slug], request.weights[slug])
        for slug, part in shown.items()
        if request.weights[slug] > 0
    ]
    parts.sort(key=lambda part: -part[0])
    listed = ", ".join(
        f"{part:.3f} from {name} ({cell.normalised or 0:.3f} on its scale, weight {share(weight)})"
        for part, name, cell, weight in parts
    )
    told = f"Its score is {sum(shown.values()):.3f}: {listed}."
    if request.aggregate == "geometric":
        return (
            f"{told} It is a weighted geometric mean, shared out by how far each figure lifts it "
            f"above the floor of {FLOOR:g}."
        )
    return told


def contributions_shown(area: RankedArea) -> dict[str, float]:
    """Round what each indicator adds to three decimals that sum to the rounded score."""
    exact = [cell.contribution or 0.0 for cell in area.indicators.values()]
    return dict(zip(area.indicators, parts_that_sum(exact, 3), strict=True))


def flip_sentence(
    ranking: Ranking,
    ahead: RankedArea,
    behind: RankedArea,
    typed: dict[str, float] | None,
    ranks: dict[str, int] | None,
) -> str:
    """Say which weights, as printed, reverse two areas, and how these then rank.

    Parameters
    ----------
    typed, ranks
        Percentages by indicator and ranks by code; None where no weights reverse the two.
    """
    if typed is None or ranks is None:
        return (
            f"No choice of weights puts {behind.name} ahead of {ahead.name}: no figure speaks "
            "more for it."
        )
    chosen = ranking.request.weights
    moves = [
        f"{INDICATORS[slug].short_name.lower()} {weight:.1f} % "
        + (
            f"(now {share(chosen[slug])})"
            if abs(weight - 100 * chosen[slug]) > 0.05
            else "(as now)"
        )
        for slug, weight in typed.items()
        if weight or chosen[slug]
    ]
    tied = "The two tie. " if ahead.rank == behind.rank else ""
    return (
        f"{tied}The smallest change of weights that puts {behind.name} ahead of {ahead.name}, "
        f"rounded up to tenths of a point: {', '.join(moves)}. With these {behind.name} ranks "
        f"{ordinal(ranks[behind.code])} and {ahead.name} {ordinal(ranks[ahead.code])}."
    )


def share(weight: float) -> str:
    """Write a weight as a percentage with the decimal it needs: 50 %, 33.3 %."""
    return f"{100 * weight:.1f}".removesuffix(".0") + " %"


def _deprivation(ranking: Ranking, cell: IndicatorValue) -> str:
    index = ranking.request.index
    name = index_name(index)
    rank = cell.beside.get("rank")
    if cell.value is None or rank is None:
        return f"Its {name} score is not known: {cell.reason or 'no rank is loaded'}."
    areas = INDEX[index].areas
    share = math.ceil(100 * rank / areas)
    where = (
        f"among the {share} % most deprived neighbourhoods of England"
        if share <= 50
        else "in the less deprived half of England's neighbourhoods"
    )
    return f"It is {where} ({name}, rank {rank:,} of {areas:,})."


def _spend(ranking: Ranking, cell: IndicatorValue) -> str:
    if cell.value is None:
        return f"What local spending reaches it is not known: {cell.reason}."
    placed = ranking.spend.share_located
    rest = "" if placed is None else f"; we could place {percent(placed)} of all their spending"
    if ranking.request.spend_variant != DEFAULT_SPEND:
        return _located_spend(ranking, cell, rest)
    if cell.value == 0 and not cell.beside.get("suppliers_in_reach"):
        return (
            f"No supplier that we could place is within {_WALK}{rest}, so some may be there unseen."
        )
    share = _from_one(cell)
    return (
        f"For each resident, suppliers within {_WALK} received {money(cell.value)} "
        f"from the payers loaded ({period(ranking.spend)}){share}"
        f"{_compared(ranking, cell.value)}{rest}."
    )


def _from_one(cell: IndicatorValue) -> str:
    """Say how much of it one supplier brings, where that is half or more."""
    top = cell.beside.get("top_share")
    return "" if top is None or top < 0.5 else f", {percent(top)} of it from one supplier"


def _located_spend(ranking: Ranking, cell: IndicatorValue, rest: str) -> str:
    """Say what suppliers in the area itself received, as the ranking measures it."""
    value, variant = cell.value or 0.0, ranking.request.spend_variant
    when = f"from the payers loaded ({period(ranking.spend)})"
    if variant == "supplier-rate":
        return (
            f"About {100 * value:.1f} % of its rated premises hold a supplier that was paid, by "
            f"an estimate drawn towards the district's rate{_compared(ranking, value, '')}{rest}."
        )
    if not cell.beside["suppliers_located"]:
        return f"No supplier that we could place is in it{rest}, so some may be there unseen."
    told = {
        "per-head": f"Suppliers in it received {money(value)} for each of its residents {when}",
        "share": (
            f"Suppliers in it received {percent(value)} of what those in "
            f"{ranking.district_name} received {when}"
        ),
        "per-business": (
            f"Suppliers in it received {money(value)} for each rated premises in it {when}"
        ),
        "location-quotient": (
            f"Its share of what suppliers in {ranking.district_name} received {when} is "
            f"{value:.2f} times its share of the rated premises there"
        ),
    }[variant]
    return f"{told}{_from_one(cell)}{_compared(ranking, value, '')}{rest}."


def _compared(ranking: Ranking, value: float, near: str = "near ") -> str:
    """Say how many areas have more, or less where that is most of them."""
    everyone: list[RankedArea | NotRanked] = [*ranking.areas, *ranking.not_ranked]
    found = [other.indicators["spend"].value for other in everyone]
    values = [other for other in found if other is not None]
    above = sum(other > value for other in values)
    below = sum(other < value for other in values)
    if not above and not below:
        return ""
    return (
        f", less than {near}{above} other neighbourhoods"
        if above > below
        else f", more than {near}{below} other neighbourhoods"
    )


def _assets(cell: IndicatorValue, walk: str) -> str:
    if cell.value is None:
        return f"Which buildings are near is not known: {cell.reason}."
    eligible = cell.beside["eligible_in_reach"]
    unknown = cell.beside["unknown_in_reach"]
    other = cell.beside["not_eligible_in_reach"]
    every = eligible + unknown + other
    if not every:
        return f"No listed building or land is within {walk}."
    verb = "is" if every == 1 else "are"
    things = count(every, "listed building or site", "listed buildings or sites")
    return (
        f"{_capital(things)} {verb} within {walk}: {eligibility_phrase(eligible, other, unknown)}."
    )


def eligibility_phrase(eligible: int, other: int, unknown: int) -> str:
    """Say how many may be transferred, may not, and of how many nobody has said."""
    if not eligible and not other:
        which = "it" if unknown == 1 else "any of them"
        return f"nobody has said yet whether {which} may be transferred"
    parts = [f"{number(eligible)} may be transferred"]
    if other:
        parts.append(f"{number(other)} may not")
    if unknown:
        parts.append(f"of {number(unknown)} nobody has said yet")
    return ", ".join(parts)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
