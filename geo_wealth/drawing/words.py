"""Drawings in plain English, with their numbers."""

import math
from decimal import Decimal

from geo_wealth.drawing.facts import FIRST, Inside, SetFacts
from geo_wealth.drawing.request import DrawRequest

BEST = "The best area"
COMPACT = "A more compact area"
SMALLER = "A smaller start"


def next_label(number: int) -> str:
    """Name the areas that come after the best: 1 is the next best."""
    return "The next best area elsewhere" if number == 1 else f"Another area elsewhere ({number})"


def best_sentence(facts: SetFacts, proved: bool, at_most_better: float | None) -> str:
    """Say what the best area is, and how sure it is that nothing better exists."""
    return f"{_what(facts)} {proof(proved, at_most_better)}"


def trade_off(facts: SetFacts, best: SetFacts, proved: bool) -> str:
    """Say what an alternative gains and loses against the best area."""
    shared = len(set(facts.codes) & set(best.codes))
    alike = _alike(shared, len(facts.places))
    parts = [
        _compared(facts, best),
        (
            f"It has {_residents(facts, best)}, a mean score of {_score(facts.mean_score)} "
            f"({_score(best.mean_score)}), and is {_across(facts, best)}."
        ),
        f"{alike} in the best area.",
    ]
    if not proved:
        parts.append("A still better one of its kind may exist: the search ended before proof.")
    return " ".join(parts)


def _alike(shared: int, areas: int) -> str:
    if shared in {0, areas}:
        return f"{'All' if shared else 'None'} of its neighbourhoods are"
    return f"{shared} of its {_areas(areas)} {'is' if shared == 1 else 'are'}"


def none_found(request: DrawRequest, *, proved: bool) -> str:
    """Say that no set of areas keeps to a request."""
    across = "" if request.across is None else f" and {request.across:,.0f} m across"
    if proved:
        return (
            f"no connected set of neighbourhoods holds all that must be in it within "
            f"{request.cap:,} residents{across}."
        )
    return (
        f"none was found that holds all that must be in it within {request.cap:,} "
        f"residents{across}; the search ended before it could rule one out. Allow more."
    )


def facts_sentences(facts: SetFacts) -> list[str]:
    """Describe a set of areas, a sentence for each thing."""
    return [sentence for sentence in (_people(facts), *_place(facts), *_inside(facts)) if sentence]


def findings(facts: SetFacts, request: DrawRequest, within: frozenset[str] | None) -> list[str]:
    """Say in what a set chosen by hand does not keep to a request, a sentence each."""
    found = [
        f"{place.code} {place.name} cannot be in a pilot area: {place.why_not}."
        for place in facts.places
        if place.why_not is not None
    ]
    if not facts.connected:
        called = {place.code: f"{place.name} ({place.code})" for place in facts.places}
        apart = "; ".join(", ".join(called[code] for code in part) for part in facts.parts[1:])
        parts = len(facts.parts)
        found.append(
            f"It is not connected: it has {parts} parts. Apart from the largest lie: {apart}."
        )
    if facts.residents is not None and facts.residents > request.cap:
        found.append(
            f"It has {facts.residents:,} residents, {facts.residents - request.cap:,} more than "
            f"the cap of {request.cap:,}."
        )
    if request.across is not None and facts.across_m > request.across:
        found.append(
            f"It is {facts.across_m:,.0f} m across, more than the {request.across:,.0f} m asked "
            "for (a straight line between the centres of its neighbourhoods)."
        )
    found += _named(facts, request, within)
    return found


def _named(facts: SetFacts, request: DrawRequest, within: frozenset[str] | None) -> list[str]:
    missing = sorted(set(request.include) - set(facts.codes))
    unwanted = sorted(set(request.exclude) & set(facts.codes))
    outside = [] if within is None else sorted(set(facts.codes) - within)
    found = []
    if missing:
        found.append(f"It lacks {', '.join(missing)}, which must be in it.")
    if unwanted:
        found.append(f"It holds {', '.join(unwanted)}, which must not be in it.")
    if outside:
        found.append(f"{', '.join(outside)} {_lie(outside)} outside {request.within}.")
    return found


def _lie(codes: list[str]) -> str:
    return "lies" if len(codes) == 1 else "lie"


def _what(facts: SetFacts) -> str:
    return (
        f"{_areas(len(facts.places)).capitalize()} with {facts.residents:,} residents, a mean "
        f"score of {_score(facts.mean_score)} and {facts.across_m:,.0f} m across; together they "
        f"reach {facts.reach:,.0f} (residents times score)."
    )


def proof(proved: bool, at_most_better: float | None) -> str:
    """Say whether any other area reaches more with the chosen weights."""
    if proved:
        return (
            "With these weights no other area that keeps to what was asked reaches more "
            "(all were searched)."
        )
    if at_most_better is None:
        return (
            "The search ended before it could rule out that others reach more with these weights."
        )
    return (
        "The search ended before proof: with these weights another may reach more, by at most "
        f"{bound_text(at_most_better)}."
    )


def bound_text(share: float) -> str:
    """Print an upper bound in percent, rounded up: it holds as printed."""
    return f"{math.ceil(round(1000 * share, 6)) / 10:.1f} %"


def _compared(facts: SetFacts, best: SetFacts) -> str:
    reach, most = facts.reach or 0.0, best.reach or 0.0
    numbers = f"{reach:,.0f} against {most:,.0f}"
    if most <= 0:
        return f"It reaches {numbers}."
    less = 100 * (1 - reach / most)
    return f"It reaches {abs(less):.1f} % {'less' if less >= 0 else 'more'} ({numbers})."


def _residents(facts: SetFacts, best: SetFacts) -> str:
    here, there = facts.residents or 0, best.residents or 0
    return f"{here:,} residents ({_more(here - there)})"


def _more(difference: float, unit: str = "") -> str:
    if round(difference) == 0:
        return "as many" if not unit else "the same"
    word = "more" if difference > 0 else "fewer" if not unit else "less"
    return f"{abs(round(difference)):,}{unit} {word}"


def _across(facts: SetFacts, best: SetFacts) -> str:
    # Of the metres as printed, so that a reader who subtracts finds the same.
    further = round(facts.across_m) - round(best.across_m)
    return f"{facts.across_m:,.0f} m across ({_more(further, ' m')})"


def _score(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"


def _areas(number: int) -> str:
    return f"{number} neighbourhood{'' if number == 1 else 's'}"


def _people(facts: SetFacts) -> str:
    if facts.residents is None:
        who = f"How many live in {', '.join(facts.without_residents)} is not known."
    else:
        who = f"{facts.residents:,} residents ({facts.residents_from})."
    if facts.reach is None:
        return f"{who} It has no mean score: not all of it is ranked, with known residents."
    return (
        f"{who} Mean score {_score(facts.mean_score)}, weighted by residents; reach "
        f"{facts.reach:,.0f} (residents times score); ranks {facts.best_rank} to "
        f"{facts.worst_rank}, {facts.in_first} of {len(facts.places)} among the first {FIRST}."
    )


def _place(facts: SetFacts) -> list[str]:
    wards = ", ".join(f"{name or 'no known ward'} ({areas})" for _code, name, areas in facts.wards)
    middle = (
        ""
        if facts.from_middle_m is None
        else f", and residents live {facts.from_middle_m:,.0f} m from its middle on average"
    )
    shape = (
        "" if facts.compactness is None else f"; compactness {facts.compactness:.2f} of at most 1"
    )
    index = "" if facts.index_score is None else f"; mean score {facts.index_score:.1f}"
    return [
        f"{facts.across_m:,.0f} m across (straight line between centres){middle}{shape}.",
        (
            f"{facts.in_decile_1} of {_areas(len(facts.places))} "
            f"{'is' if facts.in_decile_1 == 1 else 'are'} in the most deprived tenth of England"
            f"{_unknown(facts.decile_unknown)} ({_index_name(facts.index)}{index})."
        ),
        f"Wards, with how many of its neighbourhoods: {wards}.",
    ]


def _unknown(areas: int) -> str:
    return f", of {areas} it is not known" if areas else ""


def _inside(facts: SetFacts) -> list[str]:
    inside = facts.inside
    if inside is None:
        return []
    found = []
    if inside.eligible is not None:
        found.append(
            f"Buildings and sites a community may take over: {inside.eligible}; not known whether: "
            f"{inside.unknown}; may not: {inside.not_eligible}."
        )
    if inside.anchors is not None:
        found.append(f"Sites of anchor institutions: {inside.anchors}.")
    if inside.suppliers is not None:
        told = pounds_told(facts, inside)
        found.append(f"Sites of paid organisations placed in it: {inside.suppliers}; {told}.")
    return found


def pounds_told(facts: SetFacts, inside: Inside) -> str:
    """Say the pounds, of how many of its areas they are, and why others are not shown."""
    if inside.pounds is None:
        return f"pounds not shown: {inside.pounds_because}"
    told = f"net £{Decimal(inside.pounds):,.2f} from the payers loaded"
    if not inside.pounds_withheld:
        return f"{told} to them"
    where = f"{inside.pounds_areas} of its {_areas(len(facts.places))}"
    return f"{told} to those in {where}; not shown: {inside.pounds_because}"


def _index_name(slug: str) -> str:
    return f"{slug[:3].upper()} {slug[3:]}"
