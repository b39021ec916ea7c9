import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from geo_wealth.evaluation.synthetic import mix, rank_p, ratio, restlessness, synthetic

YEARS = range(1970, 2001)
# Packs of cigarettes sold per head: Abadie, Diamond and Hainmueller 2010, for California and
# the five states that have weight in its synthetic control.
PACKS = {
    "California": "123 121 123.5 124.4 126.7 127.1 128 126.4 126.1 121.9 120.2 118.6 115.4 110.8 "
    "104.8 102.8 99.7 97.5 90.1 82.4 77.8 68.7 67.5 63.4 58.6 56.4 54.5 53.8 52.3 47.2 41.6",
    "Colorado": "124.8 125.5 134.3 137.9 132.8 131 134.2 132 129.2 131.5 131 133.8 130.5 125.3 "
    "119.7 112.4 109.9 102.4 94.6 88.8 87.4 90.2 88.3 88.6 89.1 85.4 83.1 81.3 81.2 79.6 73",
    "Connecticut": "120 117.6 110.8 109.3 112.4 110.2 113.4 117.3 117.5 117.4 118 116.4 114.7 "
    "114.1 112.5 111 108.5 109 104.8 100.6 91.5 86.7 83.5 79.1 76.6 79.3 76 75.9 75.5 73.4 71.4",
    "Montana": "111.2 115.6 122.2 119.9 121.9 123.7 124.9 127 127.2 120.3 122 121.1 122.4 113.7 "
    "110.1 103.6 97.7 91.7 87.1 86.2 84.7 82.9 86.6 86 88.2 90.5 87.3 88.9 89.1 82.6 75.5",
    "Nevada": "189.5 190.5 198.6 201.5 204.7 205.2 201.4 190.8 187 183.3 177.7 171.9 165.1 159.2 "
    "136.6 146.7 142.6 147.7 141.9 137.9 137.3 115.5 110 108.1 105.2 100.9 99 95.6 102.4 103.9 "
    "93.2",
    "Utah": "65.5 67.7 71.3 72.7 75.6 75.8 77.9 78 79.6 79.1 74.8 77.6 73.6 69 66.3 66.5 64.4 "
    "67.7 55 57 53.4 53.5 55 56.2 55.8 52 54 57 42.3 43.9 40.7",
}
START = YEARS.index(1989)


def test_california() -> None:
    """Sales were about 26 packs a head lower by 2000, and almost 20 on average since 1989.

    The published weights, chosen on covariates too, are .164 Colorado, .069 Connecticut, .199
    Montana, .234 Nevada, .334 Utah; on past sales alone they differ somewhat.
    """
    series = [np.array(packs.split(), dtype=float) for packs in PACKS.values()]
    found = synthetic(series[0], np.array(series[1:]), START)
    assert found.gap[-1] == pytest.approx(-26, abs=1)
    assert found.value == pytest.approx(-19.8, abs=0.3)
    assert found.error_before < 1.76  # what the published weights leave
    assert found.weights == pytest.approx([0.164, 0.069, 0.199, 0.234, 0.334], abs=0.14)
    assert not found.outside


@given(st.integers(1, 6), st.integers(2, 8), st.integers(0, 2**32 - 1))
def test_weights_are_a_mix(periods: int, donors: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    weights = mix(random.normal(size=periods), random.normal(size=(donors, periods)))
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-12)


def test_a_known_mix_is_found_again() -> None:
    donors = np.random.default_rng(1).normal(size=(4, 12))
    assert mix(np.array([0.5, 0.3, 0.2, 0]) @ donors, donors) == pytest.approx(
        [0.5, 0.3, 0.2, 0], abs=1e-3
    )


def test_no_mix_fits_better() -> None:
    random = np.random.default_rng(7)
    target, donors = random.normal(size=9), random.normal(size=(5, 9))

    def error(weights: np.ndarray) -> float:
        return float(np.square(target - weights @ donors).sum())

    best = minimize(
        error,
        np.full(5, 0.2),
        bounds=[(0, 1)] * 5,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        tol=1e-12,
    )
    assert error(mix(target, donors)) == pytest.approx(best.fun, rel=1e-3)


def test_of_many_exact_fits_the_most_even_is_taken() -> None:
    donors = np.array([[0.0], [2.0], [1.0]])
    assert mix(np.array([1.0]), donors) == pytest.approx([1 / 3] * 3, abs=1e-6)


def test_a_pilot_beyond_all_donors_is_told() -> None:
    found = synthetic(np.array([9.0, 9.0, 5.0]), np.array([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]), 2)
    assert found.outside
    assert found.weights == pytest.approx([0, 1], abs=1e-6)
    assert found.error_before == pytest.approx(7)
    assert found.value == pytest.approx(3)


def test_ratio_has_a_floor_and_a_rank() -> None:
    found = synthetic(np.array([1.0, 1.0, 5.0]), np.array([[1.0, 1.0, 1.0]]), 2)
    assert found.error_before == 0
    assert ratio(found, 0.5) == 8
    with pytest.raises(ValueError, match="without any error"):
        ratio(found, 0.0)
    assert rank_p(8.0, [1.0, 8.0, 9.0], 0.01) == 3 / 4
    assert rank_p(80.0, [1.0, 8.0, 9.0], 0.5) == 0.5


def test_restlessness_leaves_common_moves_out() -> None:
    assert restlessness(np.array([[0.0, 5.0, 9.0], [1.0, 6.0, 10.0]]), 3) == 0
    assert restlessness(np.array([[0.0, 1.0], [0.0, -1.0]]), 2) == pytest.approx(2**0.5)
    assert restlessness(np.array([[0.0, 1.0]]), 2) == 0
