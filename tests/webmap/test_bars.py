"""Bars as SVG: lengths that were worked out by hand, and words beside them."""

import xml.etree.ElementTree as ET
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.spend.measure import Split
from webmap.bars import Segment, segments, small_bar, swatch, whole_bar

pounds = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2)


def split(local: object, leaked: object, unlocated: object) -> Split:
    return Split(*(Decimal(str(each)) for each in (local, leaked, unlocated)), 1, 1)


def test_parts_stand_side_by_side_with_the_unlocated_between_the_bounds() -> None:
    assert segments(split(20, 30, 50)) == (
        Segment("local", 0, 20),
        Segment("unlocated", 20, 50),
        Segment("leaked", 70, 30),
    )


def test_a_line_is_as_long_as_its_part_of_the_largest() -> None:
    assert segments(split(10, 0, 0), Decimal(40)) == (Segment("local", 0, 25),)


def test_net_credits_have_no_width() -> None:
    assert segments(split(-5, 30, 10)) == (Segment("unlocated", 0, 25), Segment("leaked", 25, 75))
    assert segments(split(0, 0, 0)) == ()
    assert segments(split(-1, -1, -1)) == ()


@given(local=pounds, leaked=pounds, unlocated=pounds)
def test_parts_fill_the_bar_and_never_overlap(
    local: Decimal, leaked: Decimal, unlocated: Decimal
) -> None:
    laid = segments(split(local, leaked, unlocated))
    ends = [part.start + part.width for part in laid]
    assert [part.start for part in laid] == pytest.approx([0, *ends[:-1]] if laid else [])
    assert not laid or ends[-1] == pytest.approx(100)


def texts(svg: str) -> list[str]:
    return [part.text or "" for part in ET.fromstring(svg).iter("text")]  # noqa: S314  (ours)


def test_the_whole_shows_point_and_bounds() -> None:
    drawn = whole_bar(split(20, 30, 50), "A sentence.")
    assert drawn is not None
    root = ET.fromstring(drawn)  # noqa: S314  (ours)
    assert root.attrib["role"] == "img"
    assert root.findtext("title") == "A sentence."
    assert texts(drawn)[0] == "40.0\u00a0%"
    range_ = root.find("line")
    assert range_ is not None
    assert (range_.attrib["x1"], range_.attrib["x2"]) == ("20%", "70%")


def test_there_is_no_drawing_where_there_is_no_share() -> None:
    assert whole_bar(split(-1, 3, 4), "x") is None
    assert whole_bar(split(0, 0, 0), "x") is None


def test_of_nothing_located_only_the_bounds_are_drawn() -> None:
    drawn = whole_bar(split(0, 0, 9), "x")
    assert drawn is not None
    assert texts(drawn)[0] == "0\u00a0%"  # the scale's: there is no point estimate


def test_labels_grow_inwards_at_the_edges() -> None:
    anchors = []
    for local, leaked in ((1, 99), (50, 50), (99, 1)):
        drawn = whole_bar(split(local, leaked, 0), "x")
        assert drawn is not None
        label = next(iter(ET.fromstring(drawn).iter("text")))  # noqa: S314  (ours)
        anchors.append(label.attrib["text-anchor"])
    assert anchors == ["start", "middle", "end"]


def test_hostile_words_stay_words() -> None:
    drawn = whole_bar(split(1, 1, 1), "<script>alert(1)</script>{title}{{7*7}}")
    assert drawn is not None
    assert "<script" not in drawn
    assert ET.fromstring(drawn).findtext("title") == "<script>alert(1)</script>{title}{{7*7}}"  # noqa: S314  (ours)


def test_nothing_is_styled_inline() -> None:
    everything = (whole_bar(split(1, 2, 3), "x") or "") + small_bar(split(1, 2, 3), Decimal(9))
    assert "style=" not in everything + swatch("leaked")
