"""Measures of spend by hand, and what must hold of them whatever the figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo_wealth.spend.penetration import (
    DRAWS,
    Prior,
    by_area,
    interval,
    location_quotients,
    once_each,
    per_unit,
    prior,
    resample,
    shares,
    smooth,
    top_shares,
)

NAN = np.nan
counts = st.integers(1, 40)


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_pounds_per_resident_and_what_cannot_be_divided() -> None:
    got = per_unit(floats(300, -10, 5, 5, NAN), floats(150, 20, 0, NAN, 10))
    np.testing.assert_array_equal(got, [2, -0.5, NAN, NAN, NAN])


def test_shares_leave_the_unknown_out_of_the_total() -> None:
    np.testing.assert_array_equal(shares(floats(30, 10, NAN, 0)), [0.75, 0.25, NAN, 0])


@pytest.mark.parametrize("pounds", [(0.0, 0.0), (5.0, -9.0)])
def test_a_share_of_nothing_means_nothing(pounds: tuple[float, ...]) -> None:
    assert np.isnan(shares(floats(*pounds))).all()


def test_location_quotients_by_hand() -> None:
    # Shares .75 and .25 of the pounds; .5 and .5 of 40 premises; the third has none rated.
    got = location_quotients(floats(0.75, 0.25, 0), floats(20, 20, 0))
    np.testing.assert_array_equal(got, [1.5, 0.5, NAN])


def test_the_smoothed_rate_by_hand() -> None:
    # y/n = 1/10, 4/20, 0/30: beta = 5/60 = 1/12, mean n = 20.
    # sum n (p - beta)^2 / sum n = 29/3600, beta / mean n = 15/3600, so a = 14/3600 = 7/1800.
    # beta/n = 15, 7.5, 5 in 1800ths: w = 7/22, 14/29, 7/12.
    y, n = floats(1, 4, 0), floats(10, 20, 30)
    got = prior(y, n)
    assert (got.mean, got.spread) == (pytest.approx(1 / 12), pytest.approx(7 / 1800))
    np.testing.assert_allclose(smooth(y, n, got), [39 / 440, 14 / 29 * 0.2 + 15 / 29 / 12, 5 / 144])


def test_where_chance_explains_all_everyone_has_the_rate_of_the_district() -> None:
    y, n = floats(1, 2, 3), floats(10, 20, 30)
    assert prior(y, n) == Prior(0.1, 0.0)
    np.testing.assert_allclose(smooth(y, n, prior(y, n)), [0.1, 0.1, 0.1])


def test_premises_unknown_or_none_take_no_part_in_the_rate() -> None:
    y, n = floats(1, 4, 0, NAN, 0), floats(10, 20, 30, NAN, 0)
    assert prior(y, n) == prior(y[:3], n[:3])
    got = smooth(y, n, prior(y, n))
    np.testing.assert_array_equal(np.isnan(got), [False, False, False, True, True])
    assert prior(y[3:], n[3:]) == Prior(0.0, 0.0)


def test_nobody_paid_is_a_rate_of_zero() -> None:
    y, n = floats(0, 0), floats(10, 20)
    assert smooth(y, n, prior(y, n)).tolist() == [0, 0]


@given(st.lists(st.tuples(counts, st.floats(0, 1)), min_size=1, max_size=30))
def test_a_smoothed_rate_lies_between_the_rate_and_the_districts(
    places: list[tuple[int, float]],
) -> None:
    n = floats(*(size for size, _ in places))
    y = floats(*(round(size * part) for size, part in places))
    known = prior(y, n)
    got = smooth(y, n, known)
    low, high = np.minimum(y / n, known.mean), np.maximum(y / n, known.mean)
    assert (got >= low - 1e-12).all()
    assert (got <= high + 1e-12).all()


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e6, 1e9)))
def test_shares_sum_to_one_or_there_are_none(pounds: np.ndarray) -> None:
    got = shares(pounds)
    if np.isnan(got).any():
        assert pounds.sum() <= 0
    elif pounds.sum() > 1:  # where hardly anything is left, rounding is all there is
        assert got.sum() == pytest.approx(1)


@given(
    arrays(np.float64, 6, elements=st.floats(0, 1e6)),
    arrays(np.float64, 6, elements=st.floats(1, 500)),
)
def test_quotients_weighted_by_premises_average_one(
    pounds: np.ndarray, premises: np.ndarray
) -> None:
    got = location_quotients(shares(pounds), premises)
    if pounds.sum() > 0:
        assert (got * premises).sum() / premises.sum() == pytest.approx(1)


def test_suppliers_at_the_same_premises_count_once_together() -> None:
    weights = once_each(np.array([7, -1, 3, 7, 7]))
    np.testing.assert_allclose(weights, [1 / 3, 0, 1, 1 / 3, 1 / 3])
    assert once_each(np.array([-1, -1])).tolist() == [0, 0]


def test_sums_by_area_leave_out_what_lies_elsewhere() -> None:
    assert by_area(np.array([1, -1, 1, 0]), floats(5, 99, 7, 2), 3).tolist() == [2, 12, 0]


def test_the_largest_suppliers_share_leaves_credits_out() -> None:
    gains = np.array([[60.0, 0, -5], [20, 0, 0], [-90, 0, 0]])
    np.testing.assert_array_equal(top_shares(gains), [0.75, NAN, NAN])
    assert np.isnan(top_shares(np.empty((0, 2)))).all()


def test_as_many_suppliers_are_drawn_as_there_are() -> None:
    for suppliers in (1, 3, 4001):  # the last is drawn in several blocks
        got = resample(np.ones((suppliers, 1)))
        assert got.shape == (DRAWS, 1)
        assert (got == suppliers).all()


def test_one_supplier_is_always_drawn_once() -> None:
    assert (resample(np.array([[5.0, 0.0]]), draws=20) == [5, 0]).all()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    gains = np.arange(60.0).reshape(20, 3)
    assert resample(gains, 50, 1).tobytes() == resample(gains, 50, 1).tobytes()
    assert resample(gains, 50, 1).tobytes() != resample(gains, 50, 2).tobytes()


def test_drawing_is_fair() -> None:
    """The mean over draws is what there is; the variance that of the multinomial."""
    gains = np.array([[10.0], [0], [0], [0], [0], [0], [0], [0], [0], [0]])
    got = resample(gains, draws=20_000)
    assert got.mean() == pytest.approx(10, rel=0.03)
    assert got.var() == pytest.approx(100 * 10 * 0.1 * 0.9, rel=0.06)


def test_a_place_that_rests_on_one_supplier_may_have_nothing() -> None:
    # One of 50 suppliers: not drawn in (1 - 1/50)^50 = 36 % of draws, thrice or more in 8 %.
    gains = np.zeros((50, 2))
    gains[0, 0] = 100.0
    gains[1:, 1] = 100.0 / 49
    alone, spread = interval(resample(gains)).T
    assert alone.tolist() == [0, 300]
    assert 90 < spread[0] < spread[1] < 110


def test_the_interval_by_hand() -> None:
    drawn = np.arange(1001.0)[:, None] * [1, -1]
    np.testing.assert_allclose(interval(drawn), [[50, -950], [950, -50]])


def test_draws_that_say_nothing_are_left_out() -> None:
    drawn = np.array([[1.0, 2], [NAN, NAN], [1, 4]])
    np.testing.assert_allclose(interval(drawn), [[1, 2.1], [1, 3.9]])
    assert np.isnan(interval(np.full((3, 2), NAN))).all()
    assert np.isnan(interval(resample(np.empty((0, 2))))).all()


@given(
    arrays(
        np.float64, st.tuples(st.integers(1, 12), st.integers(1, 4)), elements=st.floats(-1e4, 1e6)
    ),
    st.floats(0.01, 100),
)
def test_an_interval_has_its_ends_in_order_and_goes_by_the_unit(
    gains: np.ndarray, unit: float
) -> None:
    low, high = interval(resample(gains, 60))
    assert (low <= high).all()
    scaled = interval(resample(gains * unit, 60))
    np.testing.assert_allclose(scaled, [low * unit, high * unit], rtol=1e-9, atol=1e-6)
