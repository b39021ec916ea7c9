"""The search for the best pilot area: the same as trying every set, whatever the map."""

from dataclasses import replace
from typing import Any

import pytest
from drawing_maps import by_trying_all, grid, keeps
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import geo_wealth.drawing.search as search_module
from geo_wealth.contiguity import Contiguity
from geo_wealth.drawing.draw import draw
from geo_wealth.drawing.ground import Ground, ground_document, read_ground
from geo_wealth.drawing.grow import bettered, fewest_residents, grown
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.drawing.search import bits, search, ways
from geo_wealth.drawing.sketch import sketch
from geo_wealth.errors import InvalidRequestError

# Few different numbers, so that sets often tie.
RESIDENTS = st.sampled_from([0, 100, 100, 150, 200, 370])
SCORES = st.sampled_from([-0.3, 0.0, 0.25, 0.5, 0.5, 0.75, 0.9])


@st.composite
def maps(draw_from: st.DrawFn, most: int = 15) -> Ground:
    """Squares side by side, some of them lifted out, some of their borders closed."""
    wide = draw_from(st.integers(1, 5))
    high = draw_from(st.integers(1, most // wide))
    cells = st.tuples(st.one_of(RESIDENTS, st.integers(1, 400)), SCORES)
    ground = grid(draw_from(st.lists(st.lists(cells, min_size=wide, max_size=wide),
                                     min_size=high, max_size=high)))  # fmt: skip
    closed = draw_from(st.sets(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=12))
    shared = tuple(
        tuple((other, metres) for other, metres in near
              if (min(one, other), max(one, other)) not in closed)
        for one, near in enumerate(ground.shared)
    )  # fmt: skip
    lifted = draw_from(st.sets(st.integers(0, len(ground.places) - 1), max_size=3))
    places = tuple(
        replace(each, score=None, rank=None, why_not="lifted") if at in lifted else each
        for at, each in enumerate(ground.places)
    )
    return replace(ground, places=places, shared=shared)


@st.composite
def requests(draw_from: st.DrawFn, ground: Ground) -> DrawRequest:
    free = [each.code for each in ground.places if each.why_not is None]
    named = draw_from(st.lists(st.sampled_from(free), max_size=4, unique=True)) if free else []
    cut = draw_from(st.integers(0, len(named)))
    return DrawRequest(
        cap=draw_from(st.integers(100, 1_800)),
        across=draw_from(st.sampled_from([None, 1_000.0, 1_500.0, 2_300.0])),
        include=tuple(named[:cut]) if draw_from(st.booleans()) else (),
        exclude=tuple(named[cut:]),
        alternatives=0,
    )


def drawn(ground: Ground, request: DrawRequest) -> tuple[str, ...]:
    try:
        best = draw(ground, request).best
    except InvalidRequestError:
        return ()
    assert best.proved
    return best.facts.codes


@settings(max_examples=150)
@given(st.data())
def test_the_best_area_is_that_of_trying_every_set(data: st.DataObject) -> None:
    ground = data.draw(maps())
    request = data.draw(requests(ground))
    assert drawn(ground, request) == by_trying_all(ground, request)


@settings(max_examples=60)
@given(st.data())
def test_a_search_that_ends_early_is_no_worse_than_growth_and_says_what_may_be_missed(
    data: st.DataObject,
) -> None:
    ground = data.draw(maps())
    request = data.draw(requests(ground))
    problem = sketch(ground, request, None).problem
    assume(problem.value and len(set(request.include)) == problem.required.bit_count())
    starts = grown(problem)
    full = search(problem)
    short = search(problem, starts[0] if starts else 0, steps=data.draw(st.integers(0, 5)))
    if not full.chosen:
        assert not short.chosen
        return
    assert short.ceiling is not None
    assert short.ceiling >= full.value
    if starts:
        assert short.value >= problem.total(starts[0])
    for chosen in bettered(problem, starts):
        assert problem.allows(chosen)
        assert problem.total(chosen) <= full.value


@settings(max_examples=60)
@given(st.data())
def test_alternatives_keep_to_the_request_and_hold_at_most_half_of_the_best(
    data: st.DataObject,
) -> None:
    ground = data.draw(maps(most=12))
    request = replace(data.draw(requests(ground)), alternatives=4)
    try:
        found = draw(ground, request)
    except InvalidRequestError:
        assume(False)
    graph = ground.contiguity()
    best = set(found.best.facts.codes)
    seen = [found.best.facts.codes]
    for area in found.alternatives:
        chosen = ground.positions(area.facts.codes)
        assert keeps(ground, request, chosen, area.facts.codes)
        assert graph.connected(chosen)
        assert (area.facts.residents or 0) <= request.cap
        assert area.facts.codes not in seen
        if area.kind == "next":
            named = best - set(request.include)
            assert len(named & set(area.facts.codes)) <= len(named) // 2
        seen.append(area.facts.codes)


@settings(max_examples=60)
@given(st.data())
def test_the_fewest_residents_that_join_areas_are_those_of_trying_every_set(
    data: st.DataObject,
) -> None:
    ground = data.draw(maps(most=10))
    problem = sketch(ground, DrawRequest(1_000_000, None), None).problem
    assume(problem.value)
    ends = data.draw(st.sets(st.integers(0, len(problem.value) - 1), min_size=1, max_size=4))
    required = sum(1 << area for area in ends)
    graph = Contiguity(
        tuple(map(str, problem.turn)), tuple(tuple(bits(near)) for near in problem.touches)
    )
    joined = [
        problem.residents(chosen)
        for chosen in range(1, 1 << len(problem.value))
        if chosen & required == required and graph.connected(bits(chosen))
    ]
    assert fewest_residents(problem, required) == min(joined, default=None)


@given(maps())
@example(grid([[(100, 0.1 + 0.2)]]))
def test_a_ground_is_read_back_from_json_as_it_was(ground: Ground) -> None:
    assert read_ground(ground_document(ground)) == ground


def test_looking_for_ways_to_required_areas_counts_as_work(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = grid([[(100, 0.1 + (3 * x + 5 * y) % 7 / 10) for x in range(6)] for y in range(6)])
    corners = ("A0", "A5", "F0", "F5")
    problem = sketch(ground, DrawRequest(2_400, None, corners), None).problem
    met: list[int] = []

    def counted(*asked: Any) -> dict[int, tuple[int, int]]:
        found = ways(*asked)
        met.append(len(found))
        return found

    monkeypatch.setattr(search_module, "ways", counted)
    whole = search(problem)
    assert whole.proved
    assert met
    assert sum(met) < whole.steps
    met.clear()
    most = whole.steps // 20
    short = search(problem, steps=most)
    assert not short.proved
    # Once besides, the root is cut down to what it reaches; and what stands open when the budget
    # is spent may be looked at once more for its bound.
    once = len(problem.value)
    assert sum(met) - once <= short.steps <= most + once * once
