"""Lines over periods as SVG: every value where it belongs, and told without the drawing."""

import xml.etree.ElementTree as ET

import pytest

from webmap.charts import Line, balance_bar, chart, sample

PERIODS = ["2023-Q1", "2023-Q2", "2023-Q3"]


def parsed(markup: object) -> ET.Element:
    return ET.fromstring(str(markup))  # noqa: S314  (our own)


def test_values_stand_at_their_height_and_the_start_between_two_periods() -> None:
    lines = [Line("pilot", "Pilot", [0.0, 5.0, 10.0]), Line("comparison", "Others", [10.0, 5, 0])]
    drawn = parsed(chart("levels", "A <title>", PERIODS, lines, start=2))
    assert drawn.find("title").text == "A <title>"  # type: ignore[union-attr]
    pilot, others = drawn.iter("polyline")
    # 26 pixels above the scale of 230; 8 to 96 per cent across, in thousandths.
    assert pilot.get("points") == "80,256 520,141 960,26"
    assert others.get("points") == "80,26 520,141 960,256"
    assert others.get("stroke-dasharray")
    assert not pilot.get("stroke-dasharray")
    marked = [each for each in drawn.iter("line") if each.get("stroke-dasharray") == "6 3"]
    assert [each.get("x1") for each in marked] == ["74%"]
    texts = [each.text for each in drawn.iter("text")]
    assert texts[:6] == ["0", "2", "4", "6", "8", "10"]
    assert texts[-3:] == PERIODS


@pytest.mark.parametrize("values", [[5.0], [2.0, 2.0, 2.0], [-0.001, 0.001, 0.0], [1e6, 2e6, 0]])
def test_any_values_can_be_drawn(values: list[float]) -> None:
    drawn = parsed(chart("x", "t", PERIODS[: len(values)], [Line("pilot", "Pilot", values)]))
    heights = [float(each.get("cy") or "nan") for each in drawn.iter("circle")]
    assert len(heights) == len(values)
    assert all(26 <= height <= 256 for height in heights)


def test_a_range_lies_about_nought_with_a_line_through_it() -> None:
    drawn = parsed(chart("g", "t", PERIODS, [Line("pilot", "Gap", [0, 1, 2])], 1, [4.0, 2.0, 4.0]))
    (area,) = drawn.iter("polygon")
    points = [tuple(map(float, each.split(","))) for each in (area.get("points") or "").split()]
    assert [x for x, _ in points] == [80, 520, 960, 960, 520, 80]
    upper, lower = [y for _, y in points[:3]], [y for _, y in reversed(points[3:])]
    assert [round(a + b, 1) for a, b in zip(upper, lower, strict=True)] == [2 * 141.0] * 3


@pytest.mark.parametrize(
    ("high", "labels"),
    [(4e5, ["0", "100k", "400k"]), (2e6, ["0.0", "0.5m", "2.0m"]), (8e3, ["0", "2,000", "8,000"])],
)
def test_large_values_have_short_labels(high: float, labels: list[str]) -> None:
    drawn = parsed(chart("x", "t", PERIODS, [Line("pilot", "Pilot", [0.0, high / 2, high])]))
    texts = [each.text for each in drawn.iter("text")]
    assert [texts[0], texts[1], texts[-4]] == labels


def test_many_periods_name_the_first_and_the_last() -> None:
    periods = [f"20{year:02d}" for year in range(40)]
    drawn = parsed(chart("x", "t", periods, [Line("pilot", "Pilot", list(range(40)))]))
    texts = [each.text or "" for each in drawn.iter("text")]
    shown = [text for text in texts if text.startswith("20") and len(text) == 4]
    assert (shown[0], shown[-1]) == ("2000", "2039")
    assert len(shown) <= 7


def test_bars_of_balance_are_as_long_as_their_size_and_stop_at_the_edge() -> None:
    drawn = parsed(balance_bar(-1.0, 0.25, 2.0, 0.25))
    assert [each.get("width") for each in drawn.iter("rect")] == ["50%", "12.5%"]
    assert next(drawn.iter("line")).get("x1") == "12.5%"
    assert [r.get("width") for r in parsed(balance_bar(9.0, None, 2.0, 0.25)).iter("rect")] == [
        "100%"
    ]


def test_samples_of_lines_differ_without_colour() -> None:
    drawn = [parsed(sample(kind)) for kind in ("pilot", "comparison", "synthetic")]
    dashes = [next(each.iter("line")).get("stroke-dasharray") for each in drawn]
    assert len(set(dashes)) == 3
