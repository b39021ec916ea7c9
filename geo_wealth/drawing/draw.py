"""Draw the best pilot area under a request, and others to weigh it against."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from geo_wealth.drawing import words
from geo_wealth.drawing.facts import SetFacts, set_facts
from geo_wealth.drawing.ground import Ground
from geo_wealth.drawing.grow import bettered, grown
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.drawing.search import STEPS, Found, Problem, bits, search
from geo_wealth.drawing.sketch import Sketch, check_request, reach_of, sketch
from geo_wealth.errors import InvalidRequestError

COMPACT_M = 1_200.0
"""A compact alternative is at most so far across: 15 minutes' walk."""

ALTERNATIVE_STEPS = STEPS // 5
"""Work for each alternative before its search ends without proof; see ``STEPS``."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An area of the district that cannot be drawn, and why."""

    code: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """One pilot area that was drawn.

    Attributes
    ----------
    kind
        ``best``, ``next``, ``compact`` or ``smaller``.
    label
        What it is in a few words, for a heading or a link.
    sentence
        What it is; of an alternative, what it gains and loses against the best.
    proved
        True when no other set that keeps to what was asked of this one reaches more.
    at_most_better
        Share of its reach by which another might yet reach more; 0 when proved, None when its
        reach is not above 0.
    """

    kind: str
    label: str
    sentence: str
    facts: SetFacts
    proved: bool
    at_most_better: float | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The best pilot area under a request, alternatives to it, and what could not be drawn."""

    best: DrawnArea
    alternatives: tuple[DrawnArea, ...]
    left_out: tuple[LeftOut, ...]


@lru_cache(maxsize=16)
def draw(ground: Ground, request: DrawRequest, allowed: frozenset[str] | None = None) -> Drawn:
    """Draw the connected set of areas that reaches most, and alternatives.

    Reach is the sum over the areas of residents times score. Of sets that reach the same that
    of fewer residents is best, then that of lower codes.

    Parameters
    ----------
    allowed
        Codes to stay within; None for the whole district.

    Raises
    ------
    InvalidRequestError
        When no set of areas can keep to the request: which part of it stands in the way.
    """
    check_request(ground, request, allowed)
    drawn_on = sketch(ground, request, allowed)
    found = _best(drawn_on.problem, STEPS)
    if not found.chosen:
        raise InvalidRequestError("include", words.none_found(request, proved=found.proved))
    best = _area(ground, drawn_on, found, "best", words.BEST)
    best = replace(best, sentence=words.best_sentence(best.facts, best.proved, best.at_most_better))
    return Drawn(best, _alternatives(ground, request, drawn_on, found, best), _left_out(ground))


def _best(problem: Problem, steps: int) -> Found:
    """Search from the best set that growth finds, and better by swaps what is not proved."""
    starts = grown(problem)
    found = search(problem, starts[0] if starts else 0, steps)
    if found.proved:
        return found
    tried = bettered(problem, [*([found.chosen] if found.chosen else []), *starts])
    if tried and problem.total(tried[0]) > found.value:
        return replace(found, chosen=tried[0], value=problem.total(tried[0]))
    return found


def _area(ground: Ground, drawn_on: Sketch, found: Found, kind: str, label: str) -> DrawnArea:
    chosen = sorted(drawn_on.places[area] for area in bits(found.chosen))
    return DrawnArea(
        kind=kind,
        label=label,
        sentence="",
        facts=set_facts(ground, chosen),
        proved=found.proved,
        at_most_better=_at_most_better(drawn_on, found),
    )


def _at_most_better(drawn_on: Sketch, found: Found) -> float | None:
    if found.proved or found.ceiling is None:
        return 0.0
    reach = reach_of(drawn_on, found.value, drawn_on.problem.residents(found.chosen))
    above = reach_of(drawn_on, found.ceiling, drawn_on.problem.cap)
    return above / reach - 1 if reach > 0 else None


def _alternatives(
    ground: Ground, request: DrawRequest, drawn_on: Sketch, first: Found, best: DrawnArea
) -> tuple[DrawnArea, ...]:
    """Draw other areas of different kinds, each once, as many as were asked for."""
    shown: list[DrawnArea] = []
    nexts = [first.chosen]
    seen = {best.facts.codes}

    def offer(kind: str, label: str, on: Sketch) -> int:
        if on.problem.required.bit_count() < len(set(request.include)):
            return 0  # under half the cap an area that must be in it may be too large
        found = _best(on.problem, ALTERNATIVE_STEPS)
        if not found.chosen:
            return 0
        area = _area(ground, on, found, kind, label)
        if area.facts.codes in seen:
            return 0
        seen.add(area.facts.codes)
        shown.append(replace(area, sentence=words.trade_off(area.facts, best.facts, area.proved)))
        return found.chosen

    def offer_next() -> bool:
        chosen = offer("next", words.next_label(len(nexts)), _apart(drawn_on, nexts))
        nexts.append(chosen)
        return bool(chosen)

    if request.alternatives > 0:
        offer_next()
    if request.alternatives > 1 and best.facts.across_m > _compact(request):
        narrow = replace(request, across=_compact(request))
        offer("compact", words.COMPACT, sketch(ground, narrow, drawn_on.allowed))
    if request.alternatives > 2:
        half = replace(request, cap=max(1, request.cap // 2))
        offer("smaller", words.SMALLER, sketch(ground, half, drawn_on.allowed))
    while len(shown) < request.alternatives and nexts[-1] and offer_next():
        pass
    return tuple(shown)


def _compact(request: DrawRequest) -> float:
    return COMPACT_M if request.across is None else min(COMPACT_M, request.across / 2)


def _apart(drawn_on: Sketch, others: Sequence[int]) -> Sketch:
    """Let a set hold at most half of the areas of each of the others, those required aside."""
    problem = drawn_on.problem
    limits = []
    for other in others:
        counted = other & ~problem.required
        limits.append((counted, counted.bit_count() // 2))
    return replace(drawn_on, problem=replace(problem, limits=tuple(limits)))


def _left_out(ground: Ground) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(place.code, place.name, place.why_not)
        for place in ground.places
        if place.why_not is not None
    )
