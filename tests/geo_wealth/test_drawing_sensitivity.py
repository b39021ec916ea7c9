"""How far the best pilot area depends on the weights, against hand-worked and redrawn maps."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from drawing_maps import grid
from sqlalchemy import Connection

from geo_wealth.drawing.draw import draw
from geo_wealth.drawing.every import every_set
from geo_wealth.drawing.ground import SCALE, Ground
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.drawing.sensitivity import Scoring, sensitivity
from geo_wealth.drawing.sensitivity_words import share_text, sure_sentence
from geo_wealth.drawing.sketch import sketch
from geo_wealth.drawing.words import bound_text
from geo_wealth.pipeline.drawing import drawing_sensitivity, read_ground
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.terrain import district_terrain
from geo_wealth.queries.rows import RankRequest
from geo_wealth.ranking import Aggregate
from geo_wealth.robustness import Weightings
from geo_wealth.robustness.weights import draw_weights

KIRKLEES = "E08000034"
HOW = Weightings(draws=100, seed=3, concentration=5.0)


def test_of_two_areas_each_is_best_where_its_indicator_has_more_weight() -> None:
    # One indicator is 1 here and 0 there, the other the reverse: the scores are the weights.
    ground = grid([[(1_000, 0.6), (1_000, 0.4)]])
    scoring = Scoring(("A0", "A1"), ((1.0, 0.0), (0.0, 1.0)), (0.6, 0.4), "linear")
    how = Weightings(draws=1_000)
    found = sensitivity(ground, DrawRequest(1_000, None), None, scoring, how)
    first, second = draw_weights(scoring.weights, how).T
    wins = int(np.count_nonzero(first > second))
    share = wins / 1_000
    assert 0.7 < share < 0.95
    assert found.sets == 2
    assert found.winners == (("A0",), ("A1",))
    assert found.shares == {"A0": share, "A1": (1_000 - wins) / 1_000}
    of = found.of(["A0"])
    assert (of.best, of.half, of.median_reach) == (share, share, 1.0)
    reach = np.sort(first / np.maximum(first, second))
    assert of.worst_reach == pytest.approx(reach[50], abs=1e-6)
    assert found.of(["A0", "A1"]).best == 0
    assert found.of(["A0", "A1"]).half == 1
    assert found.often(0.5) == ("A0",)
    assert f"it is the best in {100 * share:.0f} %" in sure_sentence(found, ["A0"])
    assert "it is never the best" in sure_sentence(found, ["A0", "A1"])


def made(seed: int, aggregate: Aggregate) -> tuple[Ground, Scoring]:
    """Make a map of nine squares with three indicators, coarse, so that areas tie."""
    chance = np.random.Generator(np.random.PCG64(seed))
    rows = chance.integers(0, 5, size=(9, 3)) / 4
    people = chance.integers(1, 4, size=9) * 500
    ground = grid(
        [[(int(people[3 * y + x]), 0.5) for x in range(3)] for y in range(3)],
    )
    codes = tuple(place.code for place in ground.places)
    return ground, Scoring(codes, tuple(map(tuple, rows.tolist())), (0.5, 0.3, 0.2), aggregate)


def under(ground: Ground, scoring: Scoring, weighting: np.ndarray) -> Ground:
    """Give the same map with the scores of a weighting."""
    values = scoring.values(scoring.codes, weighting[None, :])[:, 0]
    places = (
        replace(place, score=float(value) / SCALE)
        for place, value in zip(ground.places, values, strict=True)
    )
    return replace(ground, places=tuple(places))


@pytest.mark.parametrize(
    ("seed", "aggregate", "most"),
    [*product((1, 2, 3), ("linear", "geometric"), (10_000,)), (1, "linear", 0)],
)
def test_it_finds_what_drawing_under_each_weighting_finds(
    seed: int, aggregate: Aggregate, most: int
) -> None:
    ground, scoring = made(seed, aggregate)
    request = DrawRequest(3_000, 2_500.0, alternatives=0)
    found = sensitivity(ground, request, None, scoring, HOW, most)
    assert found.unproved == 0
    assert (found.sets is None) == (most == 0)
    best = []
    for draws, weighting in enumerate(draw_weights(scoring.weights, HOW)):
        drawn = draw(under(ground, scoring, weighting), request).best.facts
        assert found.winners[found.which[draws]] == drawn.codes
        assert found.reach[draws] == sum(place.value for place in drawn.places)
        best.append(drawn.codes)
    for code in scoring.codes:
        assert found.shares.get(code, 0.0) == sum(code in codes for codes in best) / 100
    most_often = found.winners[0]
    assert found.of(most_often).best == best.count(most_often) / 100


@pytest.mark.parametrize("asked", [{}, {"include": ("A1",)}, {"include": ("A0", "C1")}])
def test_every_set_is_met_once_and_no_other(asked: dict[str, tuple[str, ...]]) -> None:
    ground, _scoring = made(4, "linear")
    request = DrawRequest(4_000, 2_100.0, **asked)  # type: ignore[arg-type]
    problem = sketch(ground, request, None).problem
    met = every_set(problem)
    assert met is not None
    held = [each for each in met.chosen if each & problem.required == problem.required]
    assert len(set(met.chosen)) == len(met.chosen)
    assert sorted(held) == [each for each in range(1, 2**9) if problem.allows(each)]
    sums = met.totals(np.array(problem.size, dtype=np.float64)[:, None])[:, 0]
    assert sums.tolist() == [problem.residents(each) for each in met.chosen]
    assert every_set(problem, len(met.chosen) - 1) is None
    assert every_set(problem, len(met.chosen)) is not None


def test_all_sets_of_the_sample_compared_under_each_weighting(sample: Connection) -> None:
    ranking = build_ranking(sample, RankRequest(KIRKLEES))
    terrain = district_terrain(sample, KIRKLEES, ranking.lsoa_vintage, ranking.request.index)
    found = drawing_sensitivity(sample, ranking, terrain, DrawRequest())
    best = draw(read_ground(sample, ranking, terrain), DrawRequest()).best.facts.codes
    assert found.sets == 36_599  # counted apart, by another programme
    assert found.of(best).best == pytest.approx(0.65, abs=0.02)
    assert found.winners[0] == best
    anew = drawing_sensitivity(sample, ranking, terrain, DrawRequest(cap=20_000))
    assert (anew.sets, anew.how.draws) == (None, 100)
    assert "drawn anew under each: shares have a standard error of up to 5 %" in sure_sentence(
        anew, best
    )


def test_bounds_are_rounded_away_from_what_they_bound() -> None:
    assert bound_text(0.0704) == "7.1 %"
    assert bound_text(0.0004) == "0.1 %"
    assert bound_text(0.07) == "7.0 %"
    assert share_text(0.001) == "less than 1 %"
    assert share_text(0.999) == "more than 99 %"
    assert (share_text(0), share_text(1)) == ("0 %", "100 %")
