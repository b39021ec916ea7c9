"""Rankings worked by hand, and what must hold for any."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_wealth import ranking
from geo_wealth.deprivation import exponential
from geo_wealth.errors import InvalidRequestError
from geo_wealth.flips import smallest_flip
from geo_wealth.ranking import (
    FLOOR,
    contribute,
    normalise_column,
    rank_scores,
    score_areas,
)

NAN = np.nan
METHODS = [
    (normalise, aggregate)
    for normalise, aggregate in itertools.product(ranking.NORMALISATIONS, ranking.AGGREGATIONS)
    if (normalise, aggregate) != ("z", "geometric")
]


def test_percentile_uses_mid_ranks() -> None:
    got = normalise_column([10, 20, 20, 40, NAN], "percentile")
    np.testing.assert_allclose(got, [0, 0.5, 0.5, 1, NAN])


def test_minmax() -> None:
    np.testing.assert_allclose(normalise_column([10, 15, NAN, 20], "minmax"), [0, 0.5, NAN, 1])


def test_z_by_population_deviation() -> None:
    np.testing.assert_allclose(normalise_column([1, 3, NAN], "z"), [-1, 1, NAN])


def test_exponential_is_the_transform_of_the_index() -> None:
    got = normalise_column([5, 6, 7, 8], "exponential")
    np.testing.assert_allclose(got, exponential([0.25, 0.5, 0.75, 1]) / 100)
    assert got[1] == pytest.approx(0.156468, abs=5e-7)


@pytest.mark.parametrize(
    ("how", "alone", "alike"),
    [
        ("percentile", 0.5, 0.5),
        ("minmax", 0.5, 0.5),
        ("z", 0.0, 0.0),
        ("exponential", 1.0, exponential([2 / 3])[0] / 100),
    ],
)
def test_one_area_and_all_alike(how: ranking.Normalise, alone: float, alike: float) -> None:
    np.testing.assert_allclose(normalise_column([0.1], how), [alone])
    np.testing.assert_allclose(normalise_column([0.1] * 3, how), [alike] * 3, atol=1e-15)
    assert np.isnan(normalise_column([NAN, NAN], how)).all()
    assert normalise_column([], how).size == 0


def test_a_ranking_by_hand() -> None:
    values = np.array(
        [
            # deprivation, spend, assets
            [60.0, 10.0, 2.0],  # 1, 1, .5
            [40.0, 30.0, 4.0],  # .5, 0, 1
            [20.0, 20.0, 0.0],  # 0, .5, 0
        ]
    )
    got = score_areas(values, [1, -1, 1], [0.5, 0.25, 0.25])
    np.testing.assert_allclose(got.normalised, [[1, 1, 0.5], [0.5, 0, 1], [0, 0.5, 0]])
    np.testing.assert_allclose(got.score, [0.875, 0.5, 0.125])
    np.testing.assert_allclose(
        got.contributions, [[0.5, 0.25, 0.125], [0.25, 0, 0.25], [0, 0.125, 0]]
    )
    assert got.rank.tolist() == [1, 2, 3]
    assert got.order.tolist() == [0, 1, 2]


def test_ties_share_the_better_rank_in_the_order_given() -> None:
    rank, order = rank_scores([0.5, 0.9, NAN, 0.1 + 0.2, 0.3, 0.9])
    assert rank.tolist() == [3, 1, 0, 4, 4, 1]
    assert order.tolist() == [1, 5, 0, 3, 4]
    assert rank_scores([4.0, 3.0, 3.0, 1.0])[0].tolist() == [1, 2, 2, 4]


def test_an_area_short_of_an_indicator_is_not_ranked() -> None:
    got = score_areas([[1, NAN], [2, 5], [3, 6]], [1, 1], [0.5, 0.5])
    assert got.ranked_mask.tolist() == [False, True, True]
    assert got.rank.tolist() == [0, 2, 1]
    assert np.isnan(got.score[0])
    assert np.isnan(got.contributions[0]).all()
    # What it does have is placed among all who have it.
    np.testing.assert_allclose(got.normalised[:, 0], [0, 0.5, 1])
    assert np.isnan(got.normalised[0, 1])


def test_an_indicator_of_no_weight_excludes_nobody() -> None:
    got = score_areas([[1, NAN], [2, NAN]], [1, 1], [3, 0])
    assert got.rank.tolist() == [2, 1]
    assert got.contributions.tolist() == [[0, 0], [1, 0]]
    assert got.weights.tolist() == [1, 0]


def test_geometric_by_hand() -> None:
    got = score_areas([[0, 5.0], [10, 5.0]], [1, 1], [0.5, 0.5], "minmax", "geometric")
    middle = FLOOR + (1 - FLOOR) * 0.5
    np.testing.assert_allclose(got.score, [np.sqrt(FLOOR * middle), np.sqrt(middle)])
    # The first area is at the floor in one indicator, so the other brings all of its score.
    np.testing.assert_allclose(got.contributions[0], [0, got.score[0]])
    np.testing.assert_allclose(contribute([[0.0, 0.0]], [0.25, 0.75], "geometric"), [
        [0.25 * FLOOR, 0.75 * FLOOR]
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"weights": [1, -1]}, "weights"),
        ({"weights": [0, 0]}, "weights"),
        ({"weights": [1]}, "weights"),
        ({"weights": [NAN, 1]}, "weights"),
        ({"weights": [np.inf, 1]}, "weights"),
        ({"directions": [1, 0]}, "directions"),
        ({"directions": [1]}, "directions"),
        ({"normalise": "log"}, "normalise"),
        ({"aggregate": "median"}, "aggregate"),
        ({"normalise": "z", "aggregate": "geometric"}, "aggregate"),
    ],
)
def test_what_is_not_allowed_is_named(change: dict[str, object], parameter: str) -> None:
    good = {"values": [[1.0, 2.0]], "directions": [1, 1], "weights": [1, 1]}
    with pytest.raises(InvalidRequestError) as caught:
        score_areas(**(good | change))  # type: ignore[arg-type]
    assert caught.value.parameter == parameter


def test_no_area_at_all() -> None:
    got = score_areas(np.empty((0, 2)), [1, 1], [1, 1])
    assert got.score.size == got.order.size == 0


# -- any ranking --------------------------------------------------------------------------

mixes = st.lists(st.integers(0, 20), min_size=3, max_size=3).filter(any)
cells = st.one_of(st.none(), st.integers(-50, 50))


@st.composite
def tables(draw: st.DrawFn) -> tuple[NDArray[np.float64], list[int], list[float]]:
    k = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(cells, min_size=k, max_size=k), min_size=1, max_size=12))
    values = np.array([[NAN if c is None else c for c in row] for row in rows], dtype=np.float64)
    directions = draw(st.lists(st.sampled_from([1, -1]), min_size=k, max_size=k))
    weights = draw(st.lists(st.integers(0, 10), min_size=k, max_size=k))
    assume(any(weights))
    return values, directions, [float(weight) for weight in weights]


@pytest.mark.parametrize(("normalise", "aggregate"), METHODS)
@given(tables())
def test_contributions_sum_to_the_score(
    normalise: ranking.Normalise, aggregate: ranking.Aggregate, table: tuple
) -> None:
    values, directions, weights = table
    got = score_areas(values, directions, weights, normalise, aggregate)
    inside = got.ranked_mask
    np.testing.assert_allclose(got.contributions[inside].sum(axis=1), got.score[inside], atol=1e-12)
    if aggregate == "geometric":
        lifted = FLOOR + (1 - FLOOR) * np.nan_to_num(got.normalised[inside])
        expected = np.prod(lifted**got.weights, axis=1)
        np.testing.assert_allclose(got.score[inside], expected, rtol=1e-9)
    if normalise != "z":
        assert ((got.score[inside] >= 0) & (got.score[inside] <= 1 + 1e-12)).all()
    np.testing.assert_array_equal(got.rank > 0, inside)
    np.testing.assert_array_equal(np.isnan(got.score), ~inside)


@pytest.mark.parametrize(("normalise", "aggregate"), METHODS)
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_areas_does_not_matter(
    normalise: ranking.Normalise, aggregate: ranking.Aggregate, table: tuple, rng: object
) -> None:
    values, directions, weights = table
    mixed = list(range(len(values)))
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    first = score_areas(values, directions, weights, normalise, aggregate)
    second = score_areas(values[mixed], directions, weights, normalise, aggregate)
    np.testing.assert_allclose(second.score, first.score[mixed], rtol=1e-9, atol=1e-12)
    if normalise != "z":  # sums in another order may part a tie at the twelfth decimal
        np.testing.assert_array_equal(second.rank, first.rank[mixed])


@given(tables(), st.integers(1, 9), st.integers(-9, 9))
def test_percentiles_do_not_depend_on_the_unit(table: tuple, scale: int, shift: int) -> None:
    values, directions, weights = table
    first = score_areas(values, directions, weights)
    second = score_areas(values**3 * scale + shift, directions, weights)
    np.testing.assert_array_equal(first.normalised, second.normalised)
    np.testing.assert_array_equal(first.rank, second.rank)


@given(tables(), st.integers(1, 1000))
def test_only_the_ratio_of_weights_matters(table: tuple, factor: int) -> None:
    values, directions, weights = table
    first = score_areas(values, directions, weights)
    second = score_areas(values, directions, [factor * weight for weight in weights])
    np.testing.assert_allclose(first.weights, second.weights, rtol=1e-12)
    assert first.weights.sum() == pytest.approx(1, abs=1e-12)


def test_weights_that_sum_to_1_stay_as_typed() -> None:
    assert ranking.simplex_weights([0.1, 0.2, 0.7], 3).tolist() == [0.1, 0.2, 0.7]
    np.testing.assert_allclose(ranking.simplex_weights([1e308, 1e308], 2), [0.5, 0.5])


@given(mixes)
def test_scaled_weights_scale_to_themselves(mix: list[int]) -> None:
    once = ranking.simplex_weights(mix, 3)
    assert ranking.simplex_weights(once, 3).tolist() == once.tolist()


@given(tables())
def test_turning_every_direction_turns_the_percentiles(table: tuple) -> None:
    values, directions, weights = table
    first = score_areas(values, directions, weights)
    second = score_areas(values, [-d for d in directions], weights)
    np.testing.assert_allclose(first.score, 1 - second.score, atol=1e-12)


@given(tables())
def test_better_in_everything_never_ranks_lower(table: tuple) -> None:
    values, directions, weights = table
    for normalise, aggregate in METHODS:
        got = score_areas(values, directions, weights, normalise, aggregate)  # type: ignore[arg-type]
        used = np.asarray(weights) > 0
        oriented = (values * directions)[:, used]
        for a, b in itertools.permutations(np.flatnonzero(got.ranked_mask)[:6], 2):
            if (oriented[a] >= oriented[b]).all():
                assert got.rank[a] <= got.rank[b]


@given(tables(), st.integers(0, 5))
def test_weighting_again_is_the_same_as_starting_over(table: tuple, more: int) -> None:
    values, directions, weights = table
    once = ranking.normalise_areas(values, directions)
    changed = [weights[0] + more + 1, *weights[1:]]
    again = ranking.score_normalised(once, changed)
    fresh = score_areas(values, directions, changed)
    np.testing.assert_array_equal(again.contributions, fresh.contributions)
    np.testing.assert_array_equal(again.rank, fresh.rank)


@given(tables())
def test_ranks_count_those_ahead(table: tuple) -> None:
    got = score_areas(*table)
    scores = np.round(got.score, ranking.DECIMALS)
    for position in np.flatnonzero(got.ranked_mask):
        assert got.rank[position] == 1 + np.count_nonzero(scores > scores[position])
    keys = [(got.rank[position], position) for position in got.order]
    assert keys == sorted(keys)


# -- the smallest change that reverses two areas -------------------------------------------

GRID = np.array(
    [
        (i / 20, j / 20, (20 - i - j) / 20)
        for i in range(21)
        for j in range(21 - i)
    ]
)  # fmt: skip
tenths = st.lists(st.integers(0, 10).map(lambda tenth: tenth / 10), min_size=3, max_size=3)


def _scores(row: list[float], weights: NDArray[np.float64], how: ranking.Aggregate) -> float:
    return round(float(contribute([row], weights, how).sum()), ranking.DECIMALS)


def test_a_flip_by_hand() -> None:
    # a leads by .5 * .4 - .5 * .2 = .1; a unit moved from the first to the second gains .6.
    flip = smallest_flip([0.9, 0.3], [0.5, 0.5], [0.5, 0.5])
    assert flip is not None
    np.testing.assert_allclose(flip.weights, [0.5 - 1 / 6, 0.5 + 1 / 6], atol=1e-8)
    assert flip.distance_l1 == pytest.approx(1 / 3, abs=1e-8)


def test_a_flip_takes_from_the_least_favourable_first() -> None:
    flip = smallest_flip([1, 0.6, 0], [0, 0.5, 1], [0.1, 0.8, 0.1])
    assert flip is not None
    # Behind by .08: moving .04 from the first (gain 2 a unit) does it, .0727 from the second.
    np.testing.assert_allclose(flip.weights, [0.06, 0.8, 0.14], atol=1e-8)


def test_dominance_has_no_flip() -> None:
    assert smallest_flip([0.9, 0.5], [0.9, 0.4], [0.5, 0.5]) is None
    assert smallest_flip([0.9, 0.4], [0.9, 0.5], [0.5, 0.5], "geometric") is None
    assert smallest_flip([0.9, 0.5], [0.9, 0.5], [0.5, 0.5]) is None


def test_an_unknown_indicator_keeps_no_weight() -> None:
    flip = smallest_flip([0.9, 0.3, NAN], [0.5, 0.5, 1.0], [0.5, 0.5, 0])
    assert flip is not None
    assert flip.weights[2] == 0
    assert smallest_flip([0.9, NAN], [0.5, 1.0], [1, 0]) is None


@pytest.mark.parametrize("how", ["linear", "geometric"])
@given(tenths, tenths, mixes)
def test_a_flip_reverses_and_nothing_smaller_does(
    how: ranking.Aggregate, first: list[float], second: list[float], mix: list[int]
) -> None:
    weights = np.array(mix) / sum(mix)
    ahead, behind = first, second
    if _scores(second, weights, how) > _scores(first, weights, how):
        ahead, behind = second, first
    flip = smallest_flip(first, second, weights, how)
    distances = np.abs(GRID - weights).sum(axis=1)
    reversing = [
        distance
        for candidate, distance in zip(GRID, distances, strict=True)
        if _scores(behind, candidate, how) > _scores(ahead, candidate, how)
    ]
    if flip is None:
        assert not reversing
        return
    assert flip.weights.sum() == pytest.approx(1, abs=1e-12)
    assert flip.weights.min() >= 0
    assert flip.distance_l1 == pytest.approx(np.abs(flip.weights - weights).sum())
    assert _scores(behind, flip.weights, how) > _scores(ahead, flip.weights, how)
    assert flip.distance_l1 <= min(reversing, default=2.0) + 1e-6


@given(tenths, tenths, mixes)
def test_a_flip_of_z_scores_may_be_below_zero(
    first: list[float], second: list[float], mix: list[int]
) -> None:
    low = [value - 0.5 for value in first], [value - 0.5 for value in second]
    flip, moved = smallest_flip(first, second, mix), smallest_flip(*low, mix)
    assert (flip is None) == (moved is None)
    if flip is not None and moved is not None:
        assert flip.distance_l1 == pytest.approx(moved.distance_l1, abs=1e-6)
