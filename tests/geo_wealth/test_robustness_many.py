"""Ranks of a nation under many weightings: the very same as one weighting after another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_wealth.errors import InvalidRequestError
from geo_wealth.ranking import AGGREGATIONS, Aggregate, rank_scores, score_draws
from geo_wealth.robustness import MAX_AREAS, Weightings, draw_weights, many, robustness


@st.composite
def matrices(draw: st.DrawFn) -> list[list[float]]:
    k = draw(st.integers(1, 3))
    row = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=k, max_size=k)
    return draw(st.lists(row, min_size=1, max_size=9))


@given(matrices(), st.sampled_from(AGGREGATIONS), st.integers(0, 9))
@settings(deadline=None)  # the first compiles
def test_as_one_weighting_after_another(
    rows: list[list[float]], aggregate: Aggregate, seed: int
) -> None:
    matrix = np.array(rows)
    drawn = draw_weights(np.ones(matrix.shape[1]), Weightings(100, seed))
    ranks = many.rank_draws(matrix, drawn, aggregate)
    plain = [rank_scores(scores)[0] for scores in score_draws(matrix, drawn, aggregate)]
    np.testing.assert_array_equal(ranks.T, plain)
    at, counts = many.ranks_reached(ranks, (5, 50, 95), range(1, len(rows) + 1))
    np.testing.assert_array_equal(
        at, np.percentile(ranks, [5, 50, 95], axis=1, method="inverted_cdf").T
    )
    for top in range(1, len(rows) + 1):
        np.testing.assert_array_equal(counts[:, top - 1], (ranks <= top).sum(axis=1))


def test_scores_too_far_apart_to_be_packed() -> None:
    matrix = np.array([[1e6], [-1e6], [0.0], [0.0]])
    ranks = many.rank_draws(matrix, np.ones((70, 1)), "linear")
    np.testing.assert_array_equal(ranks, np.repeat([[1], [4], [2], [2]], 70, axis=1))


def test_the_result_does_not_hang_on_how_many_areas_there_are() -> None:
    # Areas that are worse in everything change no rank of the others.
    few = np.random.default_rng(1).random((300, 3)) + 1
    more = np.vstack((few, np.random.default_rng(2).random((MAX_AREAS, 3))))
    how = Weightings(500)
    table = robustness(few, [2, 1, 1], how, [1, 10])
    kept = robustness(more, [2, 1, 1], how, [1, 10])
    np.testing.assert_array_equal(kept.interval[:300], table.interval)
    np.testing.assert_array_equal(kept.median[:300], table.median)
    np.testing.assert_array_equal(kept.p_top[:300], table.p_top)
    np.testing.assert_array_equal(kept.p_first[:300], table.p_first)
    np.testing.assert_array_equal(kept.confidence_factor[:300], table.confidence_factor)
    np.testing.assert_allclose(kept.central_weights[:300], table.central_weights)
    assert np.isnan(kept.central_weights[300:]).all()


def test_more_than_fit_into_memory_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="up to 65,535, and 400,000,000 ranks"):
        robustness(np.zeros((40_000, 1)), [1], Weightings(10_001))
    with pytest.raises(InvalidRequestError, match="found 65,536 under 100"):
        robustness(np.zeros((65_536, 1)), [1], Weightings(100))


def test_where_nothing_compiled_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def njit(*, nogil: bool, cache: bool = False) -> object:
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(many.numba, "njit", njit)
    assert many.compiled(len)("ab") == 2
    assert asked == [True, False]


def test_scores_about_nothing_keep_their_ranks() -> None:
    # Rounded to the last decimal: 1, 0 and -1, the last of which is a row of set bits.
    matrix = np.array([[1e-12], [0.0], [-1e-12], [1e-12]])
    ranks = many.rank_draws(matrix, np.ones((3, 1)), "linear")
    np.testing.assert_array_equal(ranks, np.repeat([[1], [3], [4], [1]], 3, axis=1))
