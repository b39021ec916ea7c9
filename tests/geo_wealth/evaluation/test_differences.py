import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.evaluation.effect import Gaps, difference, effect, gaps, interval, p_value
from geo_wealth.evaluation.placebos import swapped_design


def of(pilot: list[float], placebos: np.ndarray, apart: int = 999) -> Gaps:
    return Gaps(np.array(pilot), placebos, np.zeros(len(placebos)), apart)


def test_card_and_krueger() -> None:
    """Card and Krueger 1994, table 3: full-time equivalents in New Jersey and Pennsylvania.

    They print 2.76, from means that are not rounded; from those printed it is 2.75.
    """
    assert difference(20.44, 21.03, 23.33, 21.17) == pytest.approx(2.75)
    assert abs(difference(20.44, 21.03, 23.33, 21.17) - 2.76) < 0.02


def test_an_effect_is_the_difference_of_differences_by_hand() -> None:
    # P 10 -> 16, comparisons A 8 -> 9 and B 4 -> 7: 6 - 2 = 4.
    design = swapped_design({"P": ["A", "B"]}, {"P": 1.0, "A": 1.0, "B": 1.0}, 9, 0)
    values = {"P": [10.0, 16.0], "A": [8.0, 9.0], "B": [4.0, 7.0]}
    found = effect(gaps(design, np.array([values[code] for code in design.codes])), 1)
    assert found.value == difference(10, 16, 6, 8) == 4
    assert found.path.tolist() == [0, 4]
    assert found.p == pytest.approx(1 / 3)  # P is the furthest of three
    assert found.smallest_p == pytest.approx(1 / 3)
    assert (found.low, found.high, found.band) == (None, None, None)


def test_the_smallest_p_counts_placebos_that_lie_side_by_side() -> None:
    placebos = np.zeros((999, 2))
    assert of([0, 9], placebos).smallest_p == 1 / 1000
    assert of([0, 9], placebos, apart=30).smallest_p == 1 / 31
    assert effect(of([0, 9], placebos, apart=30), 1).p == 1 / 31
    assert of([0, 9], placebos, apart=12).smallest_p > 0.05


def test_a_mirror_image_ties_with_the_pilot() -> None:
    pairs = {code: [code.lower()] for code in "PQRS"}
    design = swapped_design(pairs, dict.fromkeys("PQRSpqrs", 1.0), 9, 0)
    random = np.random.default_rng(1).normal(size=(8, 2))
    assert gaps(design, random).smallest_p == 2 / 16


def test_the_test_is_two_sided_and_ties_count() -> None:
    placebos = np.array([-3.0, 1.0, 2.0])
    assert p_value(2.0, placebos, 0.0) == 3 / 4
    assert p_value(-2.5, placebos, 0.0) == 2 / 4


@given(
    st.integers(0, 2**32 - 1),
    st.floats(-3, 3),
    st.booleans(),
)
def test_the_interval_holds_what_the_test_does_not_reject(
    seed: int, tried: float, exposed: bool
) -> None:
    random = np.random.default_rng(seed)
    placebos = random.normal(size=99)
    exposure = random.uniform(-0.9, 0.9, size=99) * exposed
    low, high = interval(0.7, placebos, exposure, 0.01)
    assert low is not None
    assert high is not None
    left = p_value(0.7 - tried, placebos - exposure * tried, 0.0)
    assert (left > 0.05) == (low <= tried <= high)
    assert low <= 0.7 <= high


def test_an_interval_without_an_end_has_none() -> None:
    assert interval(1.0, np.full(99, -1.0), np.full(99, -1.0), 0.01) == (None, None)
    assert math.isclose(interval(1.0, np.zeros(99), np.zeros(99), 0.01)[0] or 0, 1.0)


def test_the_band_is_what_placebos_keep_within() -> None:
    placebos = np.column_stack([np.zeros(99), np.arange(1.0, 100)])
    band = effect(of([0, 1], placebos), 1).band
    assert band is not None
    assert band.tolist() == [0, 95]  # five of a hundred are as far out


def test_without_placebos_there_is_a_difference_and_no_p() -> None:
    found = effect(of([1, 4], np.empty((0, 2))), 1)
    assert (found.value, found.p, found.smallest_p, found.low, found.band) == (3, *[None] * 4)
    assert found.path.tolist() == [0, 3]
