"""Why an area ranks where it does: parts that sum, and changes of weights that do reverse."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError
from geo_wealth.flips import parts_that_sum, ranks_under, smallest_flip, typed_weights
from geo_wealth.indicators import INDICATORS
from geo_wealth.pipeline.explain import explain, reversal
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.queries.rows import RankedArea, Ranking, RankRequest
from geo_wealth.ranking import Aggregate, score_normalised, simplex_weights

KIRKLEES = RankRequest("E08000034")
METHODS = [
    {},
    {"aggregate": "geometric"},
    {"normalise": "z"},
    {"normalise": "exponential"},
    {"weights": {"deprivation": 1, "spend": 1, "assets": 1}},
    {"weights": {"deprivation": 0.7, "spend": 0.3}},
    {"weights": {"deprivation": 1}},
]
Weights = tuple[float, float, float]
VALUES = st.tuples(*[st.integers(0, 100).map(lambda value: value / 100)] * 3)
WEIGHTS = st.tuples(*[st.integers(0, 1_000)] * 3).filter(any)
GRID = (
    np.array([(a, b, 100 - a - b) for a in range(101) for b in range(101 - a)], dtype=np.float64)
    / 100
)


def test_parts_sum_to_their_rounded_total_by_hand() -> None:
    assert parts_that_sum([1 / 3, 1 / 3, 1 / 3], 3) == [0.334, 0.333, 0.333]
    assert parts_that_sum([0.5, 0.25, 0.25], 3) == [0.5, 0.25, 0.25]
    assert parts_that_sum([1.3349, -0.5931, 0.6282], 3) == [1.335, -0.593, 0.628]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_parts_sum_to_their_rounded_total(parts: list[float]) -> None:
    shown = parts_that_sum(parts, 3)
    assert sum(shown) == pytest.approx(round(sum(parts), 3), abs=1.1e-3)
    assert round(sum(shown) * 1000) == round(sum(np.array(parts) * 1000))
    assert max(abs(a - b) for a, b in zip(shown, parts, strict=True)) < 1e-3 + 1e-9


@settings(max_examples=150)
@given(VALUES, VALUES, WEIGHTS, st.sampled_from(["linear", "geometric"]))
def test_a_flip_reverses_and_as_typed_too(
    one: Weights, other: Weights, weights: Weights, aggregate: Aggregate
) -> None:
    ahead, behind = ordered(one, other, weights, aggregate)
    flip = smallest_flip(ahead, behind, weights, aggregate)
    assume(flip is not None)
    assert flip is not None
    typed = typed_weights(flip, simplex_weights(weights, 3))
    assert typed.sum() == pytest.approx(100)
    assert all(re.fullmatch(r"\d+\.\d", f"{weight:.1f}") for weight in typed)
    assert [float(f"{weight:.1f}") for weight in typed] == pytest.approx(typed, abs=1e-12)
    both = np.array([ahead, behind])
    for tried in (flip.weights, [float(f"{weight:.1f}") for weight in typed]):
        assert ranks_under(both, tried, aggregate) == [2, 1]


@settings(max_examples=60)
@given(VALUES, VALUES, WEIGHTS)
def test_no_smaller_change_on_a_fine_grid_reverses(
    one: Weights, other: Weights, weights: Weights
) -> None:
    ahead, behind = ordered(one, other, weights, "linear")
    chosen = simplex_weights(weights, 3)
    reversing = GRID[GRID @ (np.array(behind) - np.array(ahead)) > 1e-9]
    flip = smallest_flip(ahead, behind, weights)
    if flip is None:
        assert not len(reversing)
    elif len(reversing):
        nearest = np.abs(reversing - chosen).sum(axis=1).min()
        assert flip.distance_l1 <= nearest + 1e-6


def ordered(
    one: Weights, other: Weights, weights: Weights, aggregate: Aggregate
) -> tuple[Weights, Weights]:
    first, second = score_normalised(np.array([one, other]), weights, aggregate).score
    return (one, other) if first >= second else (other, one)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: str(method) or "usual")
def test_a_sentence_says_what_the_figures_say(
    sample: Connection, method: dict[str, object]
) -> None:
    ranking = build_ranking(sample, replace(KIRKLEES, **method))  # type: ignore[arg-type]
    for area in ranking.areas[::37]:
        told = explain(ranking, area.code).sentences[4]
        score, *parts = (float(part) for part in re.findall(r"(-?\d\.\d{3})(?: from|:)", told))
        assert score == pytest.approx(area.score, abs=0.00051)
        assert sum(parts) == pytest.approx(score, abs=1e-9)
        assert len(parts) == sum(weight > 0 for weight in ranking.request.weights.values())


@pytest.mark.parametrize("method", METHODS, ids=lambda method: str(method) or "usual")
def test_weights_typed_from_the_sentence_reverse_the_two(
    sample: Connection, method: dict[str, object]
) -> None:
    request = replace(KIRKLEES, **method)  # type: ignore[arg-type]
    ranking = build_ranking(sample, request)
    for one, other in list(pairwise(ranking.areas[::29])):
        found = reversal(ranking, one, other)
        if found.typed is None:
            assert "No choice of weights" in found.sentence
            continue
        again = build_ranking(sample, replace(request, weights=typed_in(found.sentence)))
        ranks = {area.code: area.rank for area in again.areas}
        assert ranks[found.behind.code] < ranks[found.ahead.code]
        assert {code: ranks[code] for code in found.ranks or {}} == found.ranks


def typed_in(sentence: str) -> dict[str, float]:
    """Read the weights out of the words, as a person would type them."""
    return {
        slug: float(match[1])
        for slug, indicator in INDICATORS.items()
        if (match := re.search(rf"{indicator.short_name.lower()} ([\d.]+) %", sentence))
    }


def test_areas_that_tie_are_said_to(ties: Ranking) -> None:
    one, other = ties.areas
    told = reversal(ties, one, other)
    assert told.sentence.startswith("The two tie. The smallest change")
    assert told.ranks == {one.code: 2, other.code: 1}


@pytest.fixture
def ties(sample: Connection) -> Ranking:
    """Two areas, each ahead by one figure, of equal score."""
    ranking = build_ranking(sample, KIRKLEES)
    first, second = ranking.areas[:2]
    return replace(
        ranking,
        areas=(placed(first, (0.5, 1.0, 0.0)), placed(second, (0.5, 0.0, 1.0))),
        not_ranked=(),
    )


def placed(area: RankedArea, normalised: Weights) -> RankedArea:
    parts = [0.5 * normalised[0], 0.25 * normalised[1], 0.25 * normalised[2]]
    cells = {
        slug: replace(cell, normalised=value, contribution=part)
        for (slug, cell), value, part in zip(
            area.indicators.items(), normalised, parts, strict=True
        )
    }
    return replace(area, rank=1, score=0.5, indicators=cells)


def test_an_area_that_is_no_better_in_anything_never_gets_ahead(ties: Ranking) -> None:
    best, worst = placed(ties.areas[0], (1, 1, 1)), placed(ties.areas[1], (0.9, 1, 0))
    told = reversal(replace(ties, areas=(best, worst)), best, worst)
    assert told.weights is None
    assert told.sentence.startswith(f"No choice of weights puts {worst.name} ahead")


def test_an_area_is_not_compared_with_itself(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    with pytest.raises(InvalidRequestError, match="another neighbourhood than E01011140"):
        explain(ranking, "E01011140", "E01011140")
