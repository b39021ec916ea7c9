import numpy as np
import pytest

from geo_wealth.evaluation.effect import Gaps, p_value
from geo_wealth.evaluation.power import power, smallest_effect
from geo_wealth.evaluation.reversion import reversion
from geo_wealth.evaluation.trend import pre_trend, slopes


def of(pilot: list[float], placebos: np.ndarray, apart: int = 999) -> Gaps:
    return Gaps(np.array(pilot), placebos, np.zeros(len(placebos)), apart)


def test_slopes_by_hand() -> None:
    series = np.array([[1.0, 3.0, 5.0], [2.0, 2.0, 2.0], [0.0, 1.0, 0.0]])
    assert slopes(series).tolist() == [2, 0, 0]


def test_a_trend_stands_out_among_placebos() -> None:
    random = np.random.default_rng(0).normal(size=(199, 6))
    steep = pre_trend(of([0, 5, 10, 15, 99, 99], random), 4)
    assert steep.slope == pytest.approx(5)
    assert steep.p == 1 / 200
    assert steep.sentence.startswith("The trends before the start differed")
    flat = pre_trend(of([0, 0, 0, 0, 99, 99], random), 4)  # what comes after is not looked at
    assert flat.p == 1
    assert "does not prove" in flat.sentence


def test_two_periods_show_no_trend() -> None:
    found = pre_trend(of([0, 5, 5], np.zeros((99, 3))), 2)
    assert found.slope is None
    assert "cannot be checked: that takes 3 periods, and there are 2" in found.sentence
    few = pre_trend(of([0, 5, 5], np.zeros((99, 3)), apart=4), 3)
    assert "too few placebos" in few.sentence


def test_power_of_a_normal_is_what_books_say() -> None:
    """(1.96 + 0.84) standard deviations, for a two-sided 5 % test with 80 % power."""
    chance = np.random.default_rng(2).normal(size=99_999)
    assert smallest_effect(chance, np.zeros(99_999)) == pytest.approx(2.80, abs=0.02)
    assert smallest_effect(chance, np.full(99_999, -1.0)) is None  # all share it, none stands out


def test_an_effect_of_that_size_is_found_four_times_in_five() -> None:
    random = np.random.default_rng(3).normal(size=(999, 4))
    found = power(of([0, 0, 0, 0], random), 4)
    assert (found.before, found.after) == (2, 2)
    size = found.smallest_effect
    assert size is not None
    change = random[:, 2:].mean(axis=1) - random[:, :2].mean(axis=1)
    seen = np.mean([p_value(one + size, change, 0.0) <= 0.05 for one in [*change, *-change]])
    assert seen == pytest.approx(0.8, abs=0.01)


def test_power_needs_a_past_and_placebos() -> None:
    assert power(of([0, 0], np.ones((99, 2))), 1).smallest_effect is None
    assert power(of([0, 0], np.ones((99, 2)), apart=8), 2).smallest_effect is None


def test_regression_to_the_mean_by_hand() -> None:
    # The pool's differences halve; the pilot is 7 over the pool's mean in the second period.
    pool = np.array([[2.0, 6.0], [6.0, 8.0], [10.0, 10.0]])
    found = reversion(np.array([[20.0, 15.0]]), pool, np.array([4.0, 1.0, 2.0, 2.5]))
    assert found.kept == 0.5
    assert (found.pilot, found.pool) == (15, 8)
    assert found.expected == -3.5
    assert found.related == pytest.approx(np.corrcoef([4, 1, 2, 2.5], [15, 6, 8, 10])[0, 1])


def test_regression_to_the_mean_is_what_extreme_areas_do() -> None:
    """Areas chosen as the worst of the last period fall back by what was expected."""
    random = np.random.default_rng(5)
    level, noise = random.normal(size=4000), random.normal(size=(4000, 3))
    outcome = level[:, None] + noise
    worst = np.argsort(-outcome[:, 1])[:200]
    rest = np.setdiff1d(np.arange(4000), worst)
    found = reversion(outcome[worst, :2], outcome[rest, :2], None)
    moved = (outcome[worst, 2] - outcome[worst, 1]).mean() - (
        outcome[rest, 2] - outcome[rest, 1]
    ).mean()
    assert found.expected == pytest.approx(moved, abs=0.2)
    assert moved < -0.9


def test_what_is_not_known_stays_so() -> None:
    one_period = reversion(np.array([[1.0]]), np.array([[1.0], [2.0], [3.0]]), None)
    assert (one_period.kept, one_period.expected, one_period.related) == (None, None, None)
    nan = float("nan")
    constant = reversion(np.ones((1, 2)), np.ones((3, 2)), np.array([nan, 1.0, 2.0, 3.0]))
    assert (constant.kept, constant.related) == (None, None)
