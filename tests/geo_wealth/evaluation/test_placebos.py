import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.contiguity import from_document
from geo_wealth.evaluation.matching import Space
from geo_wealth.evaluation.placebos import (
    connected_design,
    connected_sets,
    contrast,
    links,
    swapped_design,
)

SIDE = 8
CODES = tuple(f"A{place:02}" for place in range(SIDE * SIDE))


def neighbours(place: int) -> list[int]:
    row, column = divmod(place, SIDE)
    return [
        (row + down) * SIDE + column + across
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
        if (down or across) and 0 <= row + down < SIDE and 0 <= column + across < SIDE
    ]


NEAR = [set(neighbours(place)) for place in range(SIDE * SIDE)]
GRAPH = {code: [CODES[other] for other in sorted(NEAR[at])] for at, code in enumerate(CODES)}
PILOT = (0, 1, 8, 9)
GROUPS = {CODES[place]: [CODES[40 + 2 * at], CODES[41 + 2 * at]] for at, place in enumerate(PILOT)}


def space(classes: list[int] | None = None) -> Space:
    points = np.random.default_rng(0).normal(size=(len(CODES), 3))
    return Space(CODES, points, np.array(classes or [-1] * len(CODES)))


@given(st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_sets_are_connected_and_as_compact(size: int, seed: int) -> None:
    contiguity = from_document(GRAPH)
    pairs = links(NEAR, set(range(size)))  # a row of areas
    found = connected_sets(NEAR, size, pairs, 5, seed)
    assert found == connected_sets(NEAR, size, pairs, 5, seed)
    assert len(found) == len(set(found))
    for places in found:
        assert len(places) == size
        assert contiguity.connected(places)
        assert abs(links(NEAR, set(places)) - pairs) <= 1


def test_fewer_sets_than_asked_where_there_are_no_more() -> None:
    line = [{1}, {0, 2}, {1, 3}, {2}]
    found = connected_sets(line, 2, 1, 50, 0)
    assert sorted(found) == [(0, 1), (1, 2), (2, 3)]


def test_a_contrast_weighs_like_against_like() -> None:
    row = contrast(
        {"P": ["A", "B"], "Q": ["C"]},
        {"P": 1.0, "Q": 3.0, "A": 2.0, "B": 6.0, "C": 5.0},
        {code: at for at, code in enumerate("PQABC")},
    )
    assert row.tolist() == [0.25, 0.75, -0.0625, -0.1875, -0.75]


def test_placebos_are_drawn_and_matched_as_the_pilot_was() -> None:
    design = connected_design(space(), GROUPS, dict.fromkeys(CODES, 1.0), GRAPH, 60, 3)
    assert design.apart == 64 // 4 - 1
    assert design.placebos.sum(axis=1) == pytest.approx(0)
    for row in design.placebos:
        inside = {CODES[at] for at in np.flatnonzero(row > 0)}
        beside = {CODES[at] for at in np.flatnonzero(row < 0)}
        assert (len(inside), len(beside)) == (4, 8)
        assert not beside & {near for code in inside for near in GRAPH[code]}
    assert design.pilot[list(PILOT)].tolist() == [0.25] * 4


def test_what_placebos_share_with_the_pilot_is_told() -> None:
    design = connected_design(space(), GROUPS, dict.fromkeys(CODES, 1.0), GRAPH, 200, 3)
    assert design.exposure == pytest.approx(design.placebos[:, list(PILOT)].sum(axis=1))
    assert (design.exposure == 0).mean() > 0.4
    assert 0 < design.exposure.max() <= 3 / 4  # the pilot itself is not among them


def test_the_same_whatever_the_order_of_the_graph() -> None:
    weights = dict.fromkeys(CODES, 1.0)
    one = connected_design(space(), GROUPS, weights, GRAPH, 20, 3)
    turned = {code: near[::-1] for code, near in reversed(GRAPH.items())}
    other = connected_design(space(), dict(reversed(GROUPS.items())), weights, turned, 20, 3)
    assert one.placebos.tobytes() == other.placebos.tobytes()


def test_placebos_are_matched_within_their_class() -> None:
    classes = [place % 2 for place in range(len(CODES))]
    here = space(classes)
    design = connected_design(here, GROUPS, dict.fromkeys(CODES, 1.0), GRAPH, 20, 3)
    for row in design.placebos:
        inside, beside = here.classes[row > 0], here.classes[row < 0]
        assert beside.sum() == 2 * inside.sum()


def test_labels_are_swapped_in_every_way_there_is() -> None:
    weights = dict.fromkeys(CODES, 1.0)
    design = swapped_design(GROUPS, weights, 99, 0)
    assert len(design.placebos) == 3**4 - 1
    assert len({row.tobytes() for row in design.placebos}) == 80
    # One label moved: three of four pilot areas stay, one counts as half of a comparison.
    assert design.exposure.max() == pytest.approx(3 / 4 - 1 / 8)
    many = {code: [f"{code}{n}" for n in range(9)] for code in CODES[:6]}
    weights = dict.fromkeys([*many, *(code for rest in many.values() for code in rest)], 1.0)
    assert len(swapped_design(many, weights, 99, 0).placebos) == 99


def test_placebos_of_a_pilot_that_lost_comparison_areas_get_no_more_than_it() -> None:
    groups = {code: chosen[: 1 + at % 2] for at, (code, chosen) in enumerate(GROUPS.items())}
    design = connected_design(space(), groups, dict.fromkeys(CODES, 1.0), GRAPH, 20, 3)
    assert {int((row < 0).sum()) for row in design.placebos} == {4}


def test_a_pilot_in_two_parts_has_no_placebos() -> None:
    """Three that touch and one apart have as many touching pairs as some connected sets."""
    groups = {CODES[place]: [CODES[30 + place]] for place in (0, 1, 8, 22)}
    design = connected_design(space(), groups, dict.fromkeys(CODES, 1.0), GRAPH, 20, 3)
    assert (design.kind, design.apart, design.placebos.shape) == ("scattered", 0, (0, 64))
    assert design.pilot.sum() == 0
    assert design.pilot.max() == 0.25
