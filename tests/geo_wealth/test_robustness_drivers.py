"""What drives a rank: worked by hand, by closed form, and what is about nothing."""

import math

import numpy as np
import pytest

from geo_wealth.errors import InvalidRequestError
from geo_wealth.robustness import Weightings
from geo_wealth.robustness.drivers import Drivers, Share, rank_drivers
from geo_wealth.robustness.methods import Variant

CHOSEN = {"normalise": "percentile", "aggregate": "linear", "measure": "a"}
NAN = math.nan
SIMPLEX = Weightings(concentration=None)


def variant(name: str, rows: list[list[float]]) -> Variant:
    return Variant((("measure", name),), np.array(rows, dtype=float))


def drivers(
    *variants: Variant, area: int = 0, how: Weightings = SIMPLEX, base: int = 1024
) -> dict[str, Share]:
    found = of(*variants, area=area, how=how, base=base)
    return {share.factor.name: share for share in found.shares}


def of(*variants: Variant, area: int = 0, how: Weightings = SIMPLEX, base: int = 1024) -> Drivers:
    k = variants[0].values.shape[1]
    names = ["one", "two", "three"][:k]
    return rank_drivers(variants, [1] * k, [1] * k, CHOSEN, how, [area], names, base)[0]


def test_only_the_measure_decides() -> None:
    # One indicator, so no weight varies; the other measure turns the order round.
    found = drivers(variant("a", [[3.0], [2], [1]]), variant("b", [[1.0], [2], [3]]))
    assert found["measure"].first == pytest.approx(1, abs=0.05)
    assert found["measure"].total == pytest.approx(1, abs=0.05)
    assert found["measure"].factor.levels == ("a", "b")
    assert not found["measure"].about_nothing
    assert found["normalise"].about_nothing
    assert found["aggregate"].about_nothing


def test_two_measures_and_a_weight_that_must_agree() -> None:
    # By a the first leads where w1 > w2, by b it trails there: no factor alone decides,
    # and with the others settled each decides all.
    a = variant("a", [[1, 0], [0, 1.0]])
    b = variant("b", [[0, 1.0], [1, 0]])
    found = drivers(a, b)
    assert found["measure"].first == pytest.approx(0, abs=0.08)
    assert found["measure"].total == pytest.approx(1, abs=0.08)
    # Given all but one weight, which of two equal gammas is larger keeps a variance of
    # 4 E[u(1 - u)] = 2/3, u uniform, of the whole.
    assert found["one"].total == pytest.approx(2 / 3, abs=0.05)
    assert found["two"].total == pytest.approx(2 / 3, abs=0.05)
    assert found["one"].first == pytest.approx(0, abs=0.08)


def test_weights_alone_by_closed_form() -> None:
    # The rank is 1 where g1 > g2, of equal exponentials: Var E[.|g1] / Var = 4 Var(U) = 1/3.
    found = drivers(variant("a", [[1, 0], [0, 1.0]]), base=2048)
    assert found["one"].first == pytest.approx(1 / 3, abs=0.04)
    assert found["two"].first == pytest.approx(1 / 3, abs=0.04)
    assert found["one"].total == pytest.approx(2 / 3, abs=0.04)
    assert "measure" not in found


def test_nothing_moves_an_area_that_is_best_in_everything() -> None:
    found = of(variant("a", [[3, 3.0], [2, 1], [1, 2]]))
    assert (found.variance, found.span, found.shares) == (0.0, (1, 1), ())


def test_z_scores_only_where_the_ranking_uses_them() -> None:
    rows = variant("a", [[9, 1.0], [2, 5], [1, 2], [4, 4]])
    assert drivers(rows)["normalise"].factor.levels == ("percentile", "minmax", "exponential")
    chosen = CHOSEN | {"normalise": "z"}
    found = rank_drivers([rows], [1, 1], [1, 1], chosen, SIMPLEX, [0], ["one", "two"], 64)[0]
    levels = {share.factor.name: share.factor.levels for share in found.shares}
    assert levels["normalise"] == ("percentile", "minmax", "z", "exponential")
    assert "aggregate" not in levels


def test_a_measure_that_cannot_rank_the_area_is_left_out() -> None:
    rows = [[9, 1.0], [2, 5], [1, 2], [4, 4]]
    holes = [[9, NAN], [2, 5], [1, 2], [4, 4]]
    assert "measure" not in drivers(variant("a", rows), variant("b", holes))
    assert "measure" in drivers(variant("a", rows), variant("b", holes), area=1)


def test_the_seed_decides() -> None:
    rows = variant("a", [[9, 1.0], [2, 5], [1, 2], [4, 4]])
    first = of(rows, how=Weightings(seed=0))
    assert of(rows, how=Weightings(seed=0)) == first
    assert of(rows, how=Weightings(seed=1)) != first


def test_sizes_are_capped() -> None:
    rows = variant("a", [[9, 1.0], [2, 5]])
    for base in (32, 1000, 16_384):
        with pytest.raises(InvalidRequestError, match="give a power of two from 64 to 8,192"):
            of(rows, base=base)
    names = ["one", "two"]
    with pytest.raises(InvalidRequestError, match="name from 1 to 50 areas at once; found 51"):
        rank_drivers([rows], [1, 1], [1, 1], CHOSEN, SIMPLEX, [0] * 51, names)


def test_a_weight_next_to_nothing_stays_a_weight() -> None:
    rows = variant("a", [[9, 1.0], [2, 5], [1, 2], [4, 4]])
    how = Weightings(concentration=1.0)
    found = rank_drivers([rows], [1, 1], [1e-6, 1], CHOSEN, how, [1], ["one", "two"], 64)[0]
    assert all(math.isfinite(share.total) for share in found.shares)
