"""Classes and colours of the map."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmap.classes import NO_DATA, PALETTE, classify

# Machado, Oliveira and Fernandes (2009), severity 1, on linear light.
VISION = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def lightness(colour: str, vision: str) -> float:
    """CIE L* as seen with one kind of colour vision, 0 to 100."""
    light = linear(colour)
    seen = [sum(a * b for a, b in zip(row, light, strict=True)) for row in VISION[vision]]
    y = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]
    return 116 * max(y, 0) ** (1 / 3) - 16


@pytest.mark.parametrize("vision", VISION)
def test_the_palette_darkens_in_clear_steps_for_every_eye_and_in_grey(vision: str) -> None:
    seen = [lightness(colour, vision) for colour in PALETTE]
    steps = [a - b for a, b in pairwise(seen)]
    assert min(steps) > 10, seen


def test_ten_values_make_five_classes_of_two() -> None:
    classes = classify([float(value) for value in range(1, 11)])
    assert [item.count for item in classes.items] == [2, 2, 2, 2, 2]
    assert [item.high for item in classes.items] == [2, 4, 6, 8, 10]
    assert [item.label for item in classes.items] == [
        "1.0 to 2.0",
        "over 2.0 to 4.0",
        "over 4.0 to 6.0",
        "over 6.0 to 8.0",
        "over 8.0 to 10.0",
    ]
    assert classes.index(2.0) == 0
    assert classes.index(2.5) == 1
    assert classes.index(99.0) == 4


def test_ties_share_a_class_and_make_fewer() -> None:
    classes = classify([0.5] * 8 + [0.9, 0.95])
    assert [item.count for item in classes.items] == [8, 2]
    assert classes.items[0].label == "0.50"
    assert classes.colour(0.5) == PALETTE[0]
    assert classes.colour(0.9) == PALETTE[-1]


def test_all_equal_values_make_one_class_in_the_middle() -> None:
    classes = classify([0.25, 0.25, 0.25])
    assert [(item.label, item.count, item.colour) for item in classes.items] == [
        ("0.25", 3, PALETTE[2])
    ]


def test_missing_values_are_counted_and_hatched() -> None:
    classes = classify([None, 1.0, None])
    assert classes.missing == 2
    assert classes.index(None) is None
    assert classes.colour(None) == NO_DATA


def test_nothing_known_makes_no_class() -> None:
    assert classify([None, None]).items == ()
    assert classify([]).items == ()


def test_no_value_is_read_into_two_classes() -> None:
    labels = [item.label for item in classify([0.3, 0.3468, 0.3512, 0.46], 2).items]
    assert labels == ["0.30 to 0.35", "over 0.35 to 0.46"]


def test_labels_are_as_fine_as_needed_and_no_finer() -> None:
    labels = [item.label for item in classify([0.1234567, 0.1234568, 0.5], 2).items]
    assert all(len(label) < 24 for label in labels)
    assert [item.label for item in classify([100.0, 200.4], 2).items] == ["100", "200"]


values = st.lists(st.none() | st.floats(-1e6, 1e6).map(lambda v: round(v, 6)), max_size=80)


@given(values, st.integers(1, 5))
def test_every_value_is_in_one_class_and_none_is_empty(
    found: list[float | None], count: int
) -> None:
    classes = classify(found, count)
    known = [value for value in found if value is not None]
    assert len(classes.items) <= count
    assert sum(item.count for item in classes.items) == len(known)
    assert all(item.count > 0 for item in classes.items)
    for place, item in enumerate(classes.items):
        members = [value for value in known if classes.index(value) == place]
        assert len(members) == item.count
        assert all(item.low <= value <= item.high for value in members)
    assert classes.missing == len(found) - len(known)
