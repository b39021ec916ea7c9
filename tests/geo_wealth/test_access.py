"""Floating catchments: the textbook example, hand-worked bands, and conservation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_wealth.access import BAND_WEIGHTS, WALKING_BANDS, float_catchment, gather, within

ONE = {"bands": (1000.0,), "weights": (1.0,)}


def test_the_example_of_luo_and_wang() -> None:
    """Figure 3 of 2003: a serves eight places, b four, place 4 both."""
    near_a = [1, 2, 3, 6, 7, 9, 10]
    near_b = [5, 8, 11]
    places = {place: (100.0 * turn, 50.0) for turn, place in enumerate(near_a)}
    places |= {place: (1900.0 + 100 * turn, 50.0) for turn, place in enumerate(near_b)}
    places[4] = (950.0, 0.0)
    order = sorted(places)
    got = float_catchment(
        [(0.0, 0.0), (1900.0, 0.0)], [1, 1], [places[place] for place in order], [1] * 11, **ONE
    )
    access = dict(zip(order, got.access, strict=True))
    assert access == {
        place: 0.375 if place == 4 else 0.125 if place in near_a else 0.25 for place in order
    }
    assert got.reach.tolist() == [2 if place == 4 else 1 for place in order]


def test_bands_by_hand() -> None:
    # One building; 100 people at 400 m (in full), 200 at 800 m (.68), 300 at 1,200 m (.22),
    # 999 at 1,201 m (out): crowd = 100 + 136 + 66 = 302.
    demand = [(400.0, 0), (0, 800.0), (-1200.0, 0), (0, -1201.0)]
    got = float_catchment([(0, 0)], [1], demand, [100, 200, 300, 999])
    np.testing.assert_allclose(got.access, [1 / 302, 0.68 / 302, 0.22 / 302, 0])
    assert got.reach.tolist() == [1, 1, 1, 0]
    assert got.top.tolist() == [0, 0, 0, -1]
    np.testing.assert_array_equal(got.top_share, [1, 1, 1, np.nan])
    assert got.stranded.tolist() == [False]
    assert (WALKING_BANDS, BAND_WEIGHTS) == ((400, 800, 1200), (1, 0.68, 0.22))


def test_the_largest_supplier_and_its_share() -> None:
    # Both in the first band of both places: 30 and 70 pounds among 10 people.
    got = float_catchment([(0, 0), (10, 0)], [30, 70], [(0, 0), (5, 5)], [4, 6])
    np.testing.assert_allclose(got.access, [10, 10])
    assert got.top.tolist() == [1, 1]
    np.testing.assert_allclose(got.top_share, [0.7, 0.7])


def test_credits_take_away_but_are_nobodys_share() -> None:
    got = float_catchment([(0, 0), (1, 0), (2, 0)], [-20, 60, 60], [(0, 0)], [10])
    np.testing.assert_allclose(got.access, [10])
    assert got.top.tolist() == [1]  # of two alike, the first
    np.testing.assert_allclose(got.top_share, [0.5])


def test_only_credits_have_no_largest() -> None:
    got = float_catchment([(0, 0)], [-20], [(0, 0)], [10])
    assert got.access.tolist() == [-2]
    assert got.top.tolist() == [-1]
    assert np.isnan(got.top_share[0])


def test_supply_without_people_is_stranded_and_reaches_nobody() -> None:
    got = float_catchment([(0, 0), (90_000, 0)], [1, 5], [(0, 0), (90_000, 0)], [10, 0])
    assert got.stranded.tolist() == [False, True]
    assert got.access.tolist() == [0.1, 0]


@pytest.mark.parametrize(("m", "n"), [(0, 2), (2, 0), (0, 0)])
def test_nothing_to_share_or_nobody_there(m: int, n: int) -> None:
    got = float_catchment(np.zeros((m, 2)), np.ones(m), np.zeros((n, 2)), np.ones(n))
    assert got.access.tolist() == [0.0] * n
    assert got.stranded.tolist() == [True] * m


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"supply": [np.nan]}, "unknown is not zero"),
        ({"demand": [np.nan]}, "unknown is not zero"),
        ({"demand": [-1]}, "negative"),
        ({"supply_xy": [(np.nan, 0)]}, "coordinates"),
        ({"demand": [1, 2]}, "differ in number"),
        ({"bands": (1.0, 2.0)}, "one weight for each band"),
        ({"bands": (), "weights": ()}, "at least one band"),
        ({"bands": (2.0, 1.0), "weights": (1, 1)}, "ascend"),
        ({"bands": (1.0,), "weights": (0,)}, "above 0"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, object], words: str) -> None:
    good = {"supply_xy": [(0, 0)], "supply": [1], "demand_xy": [(0, 0)], "demand": [1]}
    with pytest.raises(ValueError, match=words):
        float_catchment(**(good | change))  # type: ignore[arg-type]


points = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 500)), max_size=12
)


def _split(rows: list[tuple[int, int, int]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return table[:, :2], table[:, 2]


@given(points, points)
def test_what_is_shared_out_is_what_there_was(supply: list, demand: list) -> None:
    (places, amounts), (homes, people) = _split(supply), _split(demand)
    got = float_catchment(places, amounts, homes, people)
    assert people @ got.access == pytest.approx(amounts[~got.stranded].sum(), rel=1e-9)


@given(points, points)
def test_agrees_with_the_definition(supply: list, demand: list) -> None:
    (places, amounts), (homes, people) = _split(supply), _split(demand)
    gap = homes[:, None, :] - places[None, :, :]
    distance = np.hypot(gap[..., 0], gap[..., 1])
    weight = np.select([distance <= d for d in WALKING_BANDS], BAND_WEIGHTS, 0.0)
    crowd = people @ weight
    ratio = np.divide(amounts, crowd, out=np.zeros_like(amounts), where=crowd > 0)
    got = float_catchment(places, amounts, homes, people)
    np.testing.assert_allclose(got.access, weight @ ratio, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(got.reach, (weight > 0).sum(axis=1))


@given(points, points, st.randoms(use_true_random=False))
def test_the_order_of_the_files_does_not_matter(supply: list, demand: list, rng: object) -> None:
    mixed = list(range(len(demand)))
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    (places, amounts), (homes, people) = _split(supply), _split(demand)
    first = float_catchment(places, amounts, homes, people)
    second = float_catchment(places[::-1], amounts[::-1], homes[mixed], people[mixed])
    np.testing.assert_allclose(second.access, first.access[mixed], rtol=1e-9, atol=1e-12)


def test_pairs_come_in_order_with_their_distance() -> None:
    pairs = within([(0, 0), (10, 0)], [(13, 4), (0, 3)], 5.0)
    assert pairs.demand.tolist() == [0, 1]
    assert pairs.supply.tolist() == [1, 0]
    assert pairs.distance.tolist() == [3.0, 5.0]


def test_areas_average_their_points_and_name_their_largest_supply() -> None:
    """Two areas of two points: by hand, A gets half of S1 and B the rest of it and all of S2."""
    supply_xy = [(0.0, 0.0), (10_000.0, 0.0)]
    demand_xy = [(0.0, 10.0), (5_000.0, 0.0), (10.0, 0.0), (10_000.0, 10.0)]
    demand = [10.0, 10.0, 10.0, 10.0]
    catchment = float_catchment(supply_xy, [200.0, 60.0], demand_xy, demand)
    found = gather(catchment, [0, 0, 1, 1], 3)
    # 200 shared by 20 residents: 10 each; 60 by 10 residents: 6 each.
    assert found.access[:2].tolist() == [5.0, 8.0]
    assert np.isnan(found.access[2])
    assert found.top.tolist() == [0, 0, -1]
    assert found.top_share[:2].tolist() == [1.0, 10 / 16]
