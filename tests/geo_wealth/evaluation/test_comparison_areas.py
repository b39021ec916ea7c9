import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from geo_wealth.errors import InvalidRequestError
from geo_wealth.evaluation.matching import Covariates, assign, importance, match


def covariates(rows: dict[str, list[float]], classes: dict[str, str] | None = None) -> Covariates:
    values = np.array(list(rows.values()), dtype=float)
    return Covariates(
        tuple(rows),
        tuple(f"x{k}" for k in range(values.shape[1])),
        np.ones(values.shape[1]),
        values,
        tuple((classes or {}).get(code) for code in rows),
    )


def test_the_sum_of_distances_is_smallest_not_each_in_turn() -> None:
    # Greedy gives P1 its nearest, A at 1, and P2 then B at 6: 7 in all. Best is P1-B, P2-A: 4.
    rows = {"P1": [0.0], "P2": [2.0], "A": [1.5], "B": [-2.0], "C": [90.0]}
    found = match(["P1", "P2"], ["A", "B", "C"], covariates(rows), 1)
    assert [(group.pilot, group.comparisons) for group in found.groups] == [
        ("P1", ("B",)),
        ("P2", ("A",)),
    ]


@given(
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(0, 2**32 - 1),
)
def test_no_assignment_is_better(rows: int, matches: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    apart = cdist(random.normal(size=(rows, 2)), random.normal(size=(7, 2)))
    found = assign(apart, np.ones(apart.shape, dtype=bool), matches)
    had = np.take_along_axis(apart, found, axis=1).sum()
    slots = np.repeat(np.arange(rows), matches)
    best = min(
        apart[slots, list(columns)].sum()
        for columns in itertools.permutations(range(7), rows * matches)
    )
    assert had == pytest.approx(best)
    assert len(set(found.ravel().tolist())) == rows * matches


def test_order_changes_nothing_and_ties_go_by_code() -> None:
    rows = {"P": [0.0, 1.0], "D": [1.0, 1.0], "B": [1.0, 1.0], "C": [1.0, 1.0], "A": [9.0, 9.0]}
    one = match(["P"], ["A", "B", "C", "D"], covariates(rows), 2)
    backwards = dict(reversed(rows.items()))
    other = match(["P"], ["D", "C", "B", "A"], covariates(backwards), 2)
    assert one == other
    assert one.areas == ("B", "C")


def test_class_is_matched_exactly() -> None:
    rows = {"P": [0.0], "A": [0.0], "B": [5.0], "C": [6.0]}
    classes = {"P": "town", "A": "rural", "B": "town", "C": "town"}
    found = match(["P"], ["A", "B", "C"], covariates(rows, classes), 1)
    assert found.areas == ("B",)
    assert not found.loosened


def test_a_class_with_too_few_is_given_up_and_said() -> None:
    rows = {"P": [0.0], "A": [0.0], "B": [5.0], "C": [6.0]}
    classes = {"P": "town", "A": "rural", "B": "town", "C": "rural"}
    found = match(["P"], ["A", "B", "C"], covariates(rows, classes), 2)
    assert found.areas == ("A", "B")
    assert found.loosened == ("town",)
    assert "Too few areas of class town" in found.notes[-1]


def test_unknown_is_left_out_and_counted_never_filled() -> None:
    nan = float("nan")
    rows = {"P": [0.0, nan, 1.0], "Q": [0.0, nan, nan], "A": [0.0, nan, nan], "B": [9.0, nan, 2.0]}
    found = match(["P", "Q"], ["A", "B"], covariates(rows), 1)
    assert found.areas == ("B",)
    assert (found.dropped, found.lacking, found.unmatched) == (("x1",), ("A",), ("Q",))
    assert found.names == ("x0", "x2")
    assert len(found.notes) == 3


def test_a_small_pool_gives_fewer_or_none() -> None:
    rows = {"P": [0.0], "Q": [1.0], "A": [0.0], "B": [5.0], "C": [6.0]}
    assert match(["P", "Q"], ["A", "B", "C"], covariates(rows), 3).matches == 1
    none = match(["P", "Q"], ["A"], covariates(rows), 1)
    assert none.groups == ()
    assert none.notes[0].startswith("No comparison group")


def test_pilot_areas_in_the_pool_are_refused() -> None:
    rows = {"P": [0.0], "A": [1.0]}
    with pytest.raises(InvalidRequestError, match="P is a pilot area"):
        match(["P"], ["P", "A"], covariates(rows), 1)
    with pytest.raises(InvalidRequestError, match="Z has no row"):
        match(["P"], ["Z"], covariates(rows), 1)


def test_the_unit_of_a_covariate_does_not_matter() -> None:
    random = np.random.default_rng(4)
    values = random.normal(size=(12, 2))
    codes = [f"A{i:02}" for i in range(12)]
    one = covariates(dict(zip(codes, values.tolist(), strict=True)))
    other = covariates(dict(zip(codes, (values * [1000.0, 1.0]).tolist(), strict=True)))
    assert match(codes[:2], codes[2:], one, 2) == match(codes[:2], codes[2:], other, 2)


def test_kinds_of_covariate_count_what_is_said() -> None:
    found = importance(
        ["income", "crime", "past 1", "past 2", "residents"],
        ["domain", "domain", "history", "history", "residents"],
        {"income": 0.3, "crime": 0.1},
    )
    assert found == pytest.approx((0.75, 0.25, 0.5, 0.5, 0.25))
