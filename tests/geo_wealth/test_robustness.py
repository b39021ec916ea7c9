"""Ranks under many weightings: worked by hand, by closed form, and against one at a time."""

import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from geo_wealth.cli import run
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.pipeline.frozen import freeze, thaw
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.robustness import (
    area_robustness,
    ranking_robustness,
    robustness_document,
    robustness_sentence,
)
from geo_wealth.queries.rows import RankRequest
from geo_wealth.ranking import AGGREGATIONS, Aggregate, score_normalised
from geo_wealth.robustness import Weightings, draw_weights, robustness

NAN = math.nan
SIMPLEX = Weightings(concentration=None)
KIRKLEES = RankRequest("E08000034")
Run = Callable[..., tuple[int, str, str]]


def within_three_errors(share: float, chance: float, draws: int) -> bool:
    return abs(share - chance) <= 3 * math.sqrt(chance * (1 - chance) / draws)


def test_two_areas_over_the_simplex_by_closed_form() -> None:
    # The first leads where w >= .2 w + .4 (1 - w), which is w >= 1/3; w is uniform.
    found = robustness([[1, 0], [0.2, 0.4]], [0.5, 0.5], SIMPLEX, [1, 2])
    assert within_three_errors(found.p_first[0], 2 / 3, 10_000)
    assert found.p_first.sum() == 1
    np.testing.assert_array_equal(found.p_top, [[found.p_first[0], 1], [found.p_first[1], 1]])
    # Means of w above and below 1/3, with the errors of uniform draws on those stretches.
    assert found.central_weights[0, 0] == pytest.approx(2 / 3, abs=0.008)
    assert found.central_weights[1, 0] == pytest.approx(1 / 6, abs=0.006)
    np.testing.assert_allclose(found.central_weights.sum(axis=1), 1)
    np.testing.assert_array_equal(found.interval, [[1, 2], [1, 2]])
    np.testing.assert_array_equal(found.median, [1, 2])


def test_three_indicators_over_the_simplex_by_closed_form() -> None:
    # The first leads where w1 >= 1/3; over the triangle P(w1 >= x) = (1 - x)^2.
    found = robustness([[1, 0, 0], [0, 0.5, 0.5]], [1, 1, 1], SIMPLEX)
    assert within_three_errors(found.p_first[0], 4 / 9, 10_000)


def test_around_the_chosen_weights_by_closed_form() -> None:
    # Dirichlet(1, 3): w is Beta(1, 3), so P(w >= 1/3) = (2/3)^3.
    how = Weightings(concentration=4)
    found = robustness([[1, 0], [0.2, 0.4]], [0.25, 0.75], how)
    assert within_three_errors(found.p_first[0], 8 / 27, 10_000)


def test_geometric_by_closed_form() -> None:
    # In logarithms above the floor of .01: (2, 0) against (1, 1) tens, so from w = 1/2.
    found = robustness([[1, 0], [1 / 11, 1 / 11]], [0.5, 0.5], SIMPLEX, aggregate="geometric")
    assert within_three_errors(found.p_first[0], 1 / 2, 10_000)


def test_an_area_better_in_everything_is_always_first() -> None:
    found = robustness([[0.2, 0.9, 0.1], [0.3, 1, 0.2], [0.3, 0.1, 0]], [1, 1, 1], SIMPLEX, [1])
    np.testing.assert_array_equal(found.interval[1], [1, 1])
    assert found.p_top[1, 0] == found.p_first[1] == found.confidence_factor[1] == 1
    # The others can never be first: no weights would choose them.
    np.testing.assert_array_equal(found.p_first[[0, 2]], [0, 0])
    assert np.isnan(found.central_weights[[0, 2]]).all()
    assert np.isnan(found.confidence_factor[[0, 2]]).all()


def test_ties_share_the_better_rank() -> None:
    found = robustness([[0.1, 0.1], [0.7, 0.3], [0.7, 0.3], [0.2, 0.2]], [0.3, 0.7], SIMPLEX, [2])
    np.testing.assert_array_equal(found.interval, [[4, 4], [1, 1], [1, 1], [3, 3]])
    np.testing.assert_array_equal(found.p_first, [0, 1, 1, 0])
    np.testing.assert_array_equal(found.p_top[:, 0], [0, 1, 1, 0])


def test_an_indicator_of_weight_zero_never_varies() -> None:
    for how in (SIMPLEX, Weightings()):
        drawn = draw_weights([0.5, 0, 0.5], how)
        assert not drawn[:, 1].any()
        np.testing.assert_allclose(drawn.sum(axis=1), 1)
    known = robustness([[1, 5, 0], [0.2, 0, 0.4]], [0.5, 0, 0.5], SIMPLEX)
    missing = robustness([[1, NAN, 0], [0.2, NAN, 0.4]], [0.5, 0, 0.5], SIMPLEX)
    np.testing.assert_array_equal(known.p_first, missing.p_first)
    np.testing.assert_array_equal(missing.central_weights[:, 1], [0, 0])


def test_one_indicator_leaves_nothing_to_vary() -> None:
    found = robustness([[0.1], [0.9], [0.5]], [1], Weightings())
    np.testing.assert_array_equal(found.interval, [[3, 3], [1, 1], [2, 2]])


def test_the_mean_and_spread_of_the_weights_are_those_stated() -> None:
    drawn = draw_weights([2, 1, 1], Weightings(concentration=20))
    np.testing.assert_allclose(drawn.mean(axis=0), [0.5, 0.25, 0.25], atol=0.004)
    assert drawn[:, 0].std() == pytest.approx(math.sqrt(0.25 / 21), rel=0.03)


def test_the_seed_decides() -> None:
    weights = [0.5, 0.3, 0.2]
    first = draw_weights(weights, Weightings(seed=7)).tobytes()
    assert draw_weights(weights, Weightings(seed=7)).tobytes() == first
    assert draw_weights(weights, Weightings(seed=8)).tobytes() != first


def test_no_area_at_all() -> None:
    found = robustness(np.empty((0, 2)), [1, 1], SIMPLEX)
    assert found.interval.shape == (0, 2)
    assert found.p_first.size == 0
    with pytest.raises(InvalidRequestError, match="top-k: none is ranked; found 5"):
        robustness(np.empty((0, 2)), [1, 1], SIMPLEX, [5])


@st.composite
def matrices(draw: st.DrawFn) -> list[list[float]]:
    """Few values, so that ties and draws at the top are common."""
    k = draw(st.integers(1, 3))
    row = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=k, max_size=k)
    return draw(st.lists(row, min_size=1, max_size=7))


@given(matrices(), st.sampled_from(AGGREGATIONS), st.booleans(), st.integers(0, 9))
def test_as_ranking_under_each_weighting_in_turn(
    rows: list[list[float]], aggregate: Aggregate, simplex: bool, seed: int
) -> None:
    matrix = np.array(rows)
    weights = np.arange(1.0, matrix.shape[1] + 1)
    how = Weightings(300, seed, None if simplex else 5)
    tops = range(1, len(rows) + 1)
    found = robustness(matrix, weights, how, tops, aggregate)
    drawn = draw_weights(weights, how)
    ranks = np.array([score_normalised(matrix, each, aggregate).rank for each in drawn])
    low, median, high = np.percentile(ranks, [5, 50, 95], axis=0, method="inverted_cdf")
    np.testing.assert_array_equal(found.interval, np.column_stack((low, high)))
    np.testing.assert_array_equal(found.median, median)
    np.testing.assert_array_equal(found.p_top.T, [(ranks <= top).mean(axis=0) for top in tops])
    for area, first in enumerate((ranks == 1).T):
        if first.any():
            np.testing.assert_allclose(found.central_weights[area], drawn[first].mean(axis=0))
            assert found.confidence_factor[area] == 1  # convex, see the docstring
        else:
            assert np.isnan(found.confidence_factor[area])


@given(matrices(), st.integers(0, 9))
def test_shares_grow_with_k_and_the_interval_holds_the_median(
    rows: list[list[float]], seed: int
) -> None:
    how = Weightings(100, seed, None)
    found = robustness(rows, [1] * len(rows[0]), how, range(1, len(rows) + 1))
    assert (np.diff(found.p_top, axis=1) >= 0).all()
    np.testing.assert_array_equal(found.p_top[:, -1], 1)
    np.testing.assert_array_equal(found.p_top[:, 0], found.p_first)
    assert (found.interval[:, 0] <= found.median).all()
    assert (found.median <= found.interval[:, 1]).all()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"draws": 99}, "draws: give a whole number from 100 to 100,000; found 99."),
        ({"draws": 100_001}, "draws: give a whole number from 100 to 100,000; found 100001."),
        ({"seed": -1}, "seed: give a whole number of 0 or more; found -1."),
        ({"concentration": 0.0}, "concentration: give a number from 1 to 1,000,000; found 0.0."),
        ({"concentration": NAN}, "concentration: give a number from 1 to 1,000,000; found nan."),
    ],
)
def test_how_not_to_draw(wrong: dict[str, float], sentence: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        replace(SIMPLEX, **wrong)  # type: ignore[arg-type]
    assert str(caught.value) == sentence


@pytest.mark.parametrize("top", [0, 3, -1])
def test_k_beyond_the_areas_is_refused(top: int) -> None:
    with pytest.raises(InvalidRequestError, match=f"top-k: .* from 1 to 2, .*found {top}"):
        robustness([[1, 0], [0, 1]], [1, 1], SIMPLEX, [top])


def test_areas_that_cannot_be_ranked_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="every area must have each indicator"):
        robustness([[1, NAN], [0, 1]], [1, 1], SIMPLEX)
    with pytest.raises(InvalidRequestError, match="at least one weight must be above 0"):
        robustness([[1, 0]], [0, 0], SIMPLEX)


def test_of_a_ranking_of_the_sample(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    document = robustness_document(ranking_robustness(ranking, Weightings()))
    assert [area["code"] for area in document["areas"]] == [area.code for area in ranking.areas]
    assert len(document["areas"]) + len(document["not_ranked"]) == 259
    assert document["what"] == "sensitivity to the weights, not a confidence interval"
    assert (document["weights_drawn"], document["concentration"]) == ("dirichlet", 20)
    assert document["standard_error_at_most"] == 0.005
    assert list(document["areas"][0]["p_top"]) == ["5", "10", "20"]
    # Each draw has a first, and several where they tie.
    assert math.fsum(area["p_first"] for area in document["areas"]) >= 1 - 1e-9
    for area in document["areas"]:
        assert (area["p_first"] == 0) == (area["central_weights"] is None)
        assert (area["p_first"] == 0) == (area["confidence_factor"] is None)
    kept = thaw(freeze(ranking), ranking.id)
    assert robustness_document(ranking_robustness(kept, Weightings())) == document


def test_by_deprivation_alone_every_rank_is_certain(sample: Connection) -> None:
    ranking = build_ranking(sample, replace(KIRKLEES, weights={"deprivation": 1.0}))
    found = ranking_robustness(ranking, Weightings(100))
    assert all(each.interval == (each.area.rank, each.area.rank) for each in found.areas)
    assert found.areas[0].central_weights == {"deprivation": 1, "spend": 0, "assets": 0}


@pytest.fixture
def gw(
    sample_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run the command on the sample; gives exit status, standard output and standard error."""
    monkeypatch.setenv("DATABASE_URL", sample_database)

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(("robustness", "--district", "E08000034", "--draws", "500", *arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_the_same_seed_prints_the_same_bytes(gw: Run) -> None:
    status, out, _ = gw("--seed", "3", "--json")
    assert status == 0
    assert gw("--seed", "3", "--json")[1] == out
    assert gw("--seed", "4", "--json")[1] != out


def test_command_as_text_json_and_csv(gw: Run, tmp_path: Path) -> None:
    path = tmp_path / "robustness.csv"
    arguments = ("--simplex", "--top-k", "30,1", "--top", "2")
    status, out, _ = gw(*arguments, "--csv", str(path))
    assert status == 0
    assert "sensitivity to the weights, not a confidence interval" in out
    assert "every weighting as likely as any other" in out
    document = json.loads(gw(*arguments, "--json")[1])
    assert document["weights_drawn"] == "simplex"
    assert document["concentration"] is None
    assert [list(area["p_top"]) for area in document["areas"]] == [["1", "30"]] * 2
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 200
    for row, area in zip(rows, document["areas"], strict=False):
        assert row["code"] == area["code"]
        assert [int(row["interval_low"]), int(row["interval_high"])] == area["interval"]
        assert float(row["p_top_30"]) == area["p_top"]["30"]
        assert row["attribution"]


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--draws", "5"], 2, "draws: give a whole number from 100"),
        (["--seed", "-2"], 2, "seed: give a whole number of 0 or more"),
        (["--top-k", "5,x"], 2, "--top-k: write whole numbers"),
        (["--top-k", "260"], 2, "top-k: give whole numbers from 1 to"),
        (["--simplex", "--concentration", "3"], 2, "--concentration: leave it out with --simplex"),
        (["--top-k", "0"], 2, "top-k: give whole numbers from 1 to"),
        (["--weights", "deprivation=-1"], 2, "weights: every weight must be"),
        (["--weights", "deprivation=0,spend=0"], 2, "weights: at least one weight must be above"),
        (["--weights", "deprivation=much"], 2, "--weights: write name=number"),
        (["--weights", "deprivation=nan"], 2, "weights: every weight must be a number"),
        (["--weights", "deprivation=inf"], 2, "weights: every weight must be a number"),
        (["--weights", "income=1"], 2, "--weights: name each of deprivation, spend, assets"),
        (["--normalise", "rank"], 2, "normalise: allowed are percentile, minmax, z"),
        (["--sobol", "E01000001"], 1, "E01000001 is not a neighbourhood that this ranking ranks"),
        (["--sobol", ","], 2, "sobol: name from 1 to 50 areas at once; found 0"),
        (["--sobol", "E01011140", "--samples", "100"], 2, "samples: give a power of two from 64"),
        (["--id", "none-such"], 1, "No ranking is kept as none-such"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    gw: Run, arguments: list[str], status: int, sentence: str
) -> None:
    got, out, err = gw(*arguments)
    assert (got, out) == (status, "")
    assert sentence in err
    assert len(err.splitlines()) == 1


def test_one_area_of_a_ranking_in_a_sentence(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    how = Weightings(500)
    first = area_robustness(ranking, ranking.areas[0].code, how)
    assert first == ranking_robustness(ranking, how).areas[0]
    alone = build_ranking(sample, replace(KIRKLEES, weights={"deprivation": 1.0}))
    certain = area_robustness(alone, alone.areas[2].code, how)
    assert certain is not None
    assert robustness_sentence(certain, how) == (
        "In 500 weightings around those chosen it ranks 3rd in at least 90 %, and among the "
        "first 10 in 100 %. This is sensitivity to the weights, not a confidence interval."
    )
    for area in ranking.not_ranked[:1]:
        assert area_robustness(ranking, area.code, how) is None
    with pytest.raises(NotFoundError, match="E01000001 is not a neighbourhood of this ranking"):
        area_robustness(ranking, "E01000001", how)


def test_command_by_methods_and_drivers(gw: Run, tmp_path: Path) -> None:
    path = tmp_path / "robustness.csv"
    first = json.loads(gw("--top", "1", "--json")[1])["areas"][0]
    arguments = ("--methods", "--sobol", first["code"], "--samples", "64", "--top", "1")
    status, out, _ = gw(*arguments, "--csv", str(path))
    assert status == 0
    assert "By 42 methods: sensitivity to the method and the weights, not a confidence" in out
    assert "first under its own weights" in out
    assert "confidence factor" not in out
    assert "left out: normalise z, aggregate geometric" in out
    assert f"{first['code']}: what drives its rank" in out
    document = json.loads(gw(*arguments, "--json")[1])
    area = document["areas"][0]
    assert {name: area[name] for name in first} == first  # what was promised stays
    assert area["methods"]["ranked_by"] == document["methods"]["count"] == 42
    low, high = area["methods"]["span"]
    assert low <= area["rank"] <= high
    driven = document["sobol"]["areas"][0]
    assert [each["factor"] for each in driven["factors"]] == [
        *("deprivation", "spend", "assets"),
        *("normalise", "aggregate", "spend_variant", "eligible_only"),
    ]
    with path.open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert [int(row["methods_best"]), int(row["methods_worst"])] == [low, high]
    assert float(row["jointly_p_top_10"]) == area["methods"]["jointly"]["p_top"]["10"]


def test_the_same_seed_gives_the_same_drivers(gw: Run) -> None:
    arguments = ("--sobol", "E01011140", "--samples", "64", "--json", "--top", "1")
    assert gw(*arguments)[1] == gw(*arguments)[1]
