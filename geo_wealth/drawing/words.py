"""Drawings in plain English, with their numbers."""

from geo_wealth.drawing.facts import SetFacts
from geo_wealth.drawing.request import DrawRequest

BEST = "The best area"
COMPACT = "A more compact area"
SMALLER = "A smaller start"


def next_label(number: int) -> str:
    """Name the areas that come after the best: 1 is the next best."""
    return "The next best area elsewhere" if number == 1 else f"Another area elsewhere ({number})"


def best_sentence(facts: SetFacts, proved: bool, at_most_better: float | None) -> str:
    """Say what the best area is, and how sure it is that nothing better exists."""
    return f"{_what(facts)} {_proof(proved, at_most_better)}"


def trade_off(facts: SetFacts, best: SetFacts, proved: bool) -> str:
    """Say what an alternative gains and loses against the best area."""
    shared = len(set(facts.codes) & set(best.codes))
    of = f"{shared} of its {_areas(len(facts.places))}" if shared else "none of its neighbourhoods"
    parts = [
        _compared(facts, best),
        (
            f"It has {_residents(facts, best)}, a mean score of {_score(facts.mean_score)} "
            f"({_score(best.mean_score)}), and is {_across(facts, best)}."
        ),
        f"{of[:1].upper()}{of[1:]} {'is' if shared == 1 else 'are'} in the best area.",
    ]
    if not proved:
        parts.append("A still better one of its kind may exist: the search ended before proof.")
    return " ".join(parts)


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


def findings(facts: SetFacts, request: DrawRequest, within: frozenset[str] | None) -> list[str]:
    """Say in what a set chosen by hand does not keep to a request, a sentence each."""
    found = [
        f"{place.code} {place.name} cannot be in a pilot area: {place.why_not}."
        for place in facts.places
        if place.why_not is not None
    ]
    if not facts.connected:
        apart = "; ".join(", ".join(part) for part in facts.parts[1:])
        found.append(
            f"It is not connected: it has {len(facts.parts)} parts. Apart from the largest "
            f"lie {apart}."
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


def _proof(proved: bool, at_most_better: float | None) -> str:
    if proved:
        return "No other set of neighbourhoods that keeps to what was asked reaches more: proved."
    if at_most_better is None:
        return "The search ended before it could prove that nothing better exists."
    return (
        "The search ended before proof: a better set may exist, but none reaches more than "
        f"{100 * at_most_better:.1f} % more."
    )


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
    return f"{facts.across_m:,.0f} m across ({_more(facts.across_m - best.across_m, ' m')})"


def _score(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"


def _areas(number: int) -> str:
    return f"{number} neighbourhood{'' if number == 1 else 's'}"
