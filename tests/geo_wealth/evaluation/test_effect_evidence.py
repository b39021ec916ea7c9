"""Comparison and effect as evidence: plain JSON in, plain JSON out, the same every time."""

from typing import Any

import numpy as np
import orjson
import pytest

from geo_wealth.errors import InvalidRequestError
from geo_wealth.evidence import comparison, effect
from geo_wealth.evidence.amounts import figure
from geo_wealth.evidence.section import canonical, section

SIDE, PILOT = 12, ("A000", "A001", "A012", "A013")
PERIODS = ["2020", "2021", "2022", "2023", "2024"]
CODES = [f"A{place:03}" for place in range(SIDE * SIDE)]


def near(place: int) -> list[str]:
    row, column = divmod(place, SIDE)
    return [
        CODES[(row + down) * SIDE + column + across]
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
        if (down or across) and 0 <= row + down < SIDE and 0 <= column + across < SIDE
    ]


NEIGHBOURS = {code: near(place) for place, code in enumerate(CODES)}
RING = sorted({other for code in PILOT for other in NEIGHBOURS[code]} - {*PILOT})


@pytest.fixture
def asked() -> dict[str, Any]:
    values = np.random.default_rng(1).normal(size=(len(CODES), 2))
    return {
        "pilot": list(PILOT),
        "ring": RING,
        "pool": "district",
        "matches": 2,
        "covariates": [{"name": "income", "weight": 0.8}, {"name": "crime", "weight": 0.2}],
        "areas": [
            {"code": code, "class": None, "values": row}
            for code, row in zip(CODES, values.tolist(), strict=True)
        ],
    }


@pytest.fixture
def told(asked: dict[str, Any]) -> dict[str, Any]:
    noise = np.random.default_rng(2).normal(size=(len(CODES), len(PERIODS)))
    noise[[CODES.index(code) for code in PILOT], 3:] += 5
    groups = comparison.results(asked)["groups"]
    return {
        "comparison": asked,
        "groups": [{key: group[key] for key in ("pilot", "comparisons")} for group in groups],
        "neighbours": NEIGHBOURS,
        "weighting": "areas",
        "residents": None,
        "measure": {"name": "out of work", "unit": "per 1,000"},
        "periods": PERIODS,
        "start": "2023",
        "series": dict(zip(CODES, noise.tolist(), strict=True)),
        "chosen_by": {code: float(place) for place, code in enumerate(CODES)},
        "placebos": 199,
        "seed": 1,
    }


def test_a_comparison_leaves_the_ring_out(asked: dict[str, Any]) -> None:
    found = section(comparison.results, asked)["results"]
    assert found["pool_size"] == len(CODES) - len(PILOT) - len(RING)
    assert len(found["areas"]) == 8
    assert not {*found["areas"]} & {*RING, *PILOT}
    assert [row["name"] for row in found["balance"]] == ["income", "crime"]
    for row in found["balance"]:
        assert abs(row["after"]) < abs(row["before"])


def test_the_same_bytes_from_the_same_inputs(told: dict[str, Any]) -> None:
    once = canonical(effect.judge(told))
    again = canonical(effect.judge(orjson.loads(canonical(told))))
    assert once == again
    told["seed"] = 2
    assert canonical(effect.judge(told)) != once


def test_an_effect_is_found_by_both_methods(told: dict[str, Any]) -> None:
    found = effect.judge(told)
    judged = found["effect"]
    assert judged["value"] == pytest.approx(5, abs=1.2)
    assert judged["p"] <= 0.05
    assert judged["low"] <= 5 <= judged["high"]
    moved = judged["pilot_after"] - judged["pilot_before"]
    beside = judged["comparison_after"] - judged["comparison_before"]
    assert judged["value"] == pytest.approx(moved - beside)
    assert np.mean(judged["path"][3:]) == pytest.approx(judged["value"])
    assert found["synthetic"]["value"] == pytest.approx(5, abs=1.5)
    assert found["synthetic"]["p"] <= 0.05
    assert sum(found["synthetic"]["weights"].values()) == pytest.approx(1)
    assert found["design"]["kind"] == "connected"
    assert found["design"]["smallest_p"] == pytest.approx(1 / 36)  # 144 areas by four


def test_before_the_start_there_is_no_effect_but_an_outlook(told: dict[str, Any]) -> None:
    told["start"] = None
    told["series"] = {code: values[:3] for code, values in told["series"].items()}
    told["periods"] = PERIODS[:3]
    found = effect.judge(told)
    assert found["effect"] is None
    assert found["synthetic"]["p"] is None
    assert found["pre_trend"]["p"] > 0.05
    assert found["power"]["smallest_effect"] > 1
    size = figure(found["power"]["smallest_effect"])
    assert found["power"]["sentence"] == (
        f"With 4 areas an effect smaller than {size} (per 1,000) cannot be counted on to be seen: "
        "it would be missed more than once in five times, judging by 2 periods before and 1 after "
        "in the past."
    )
    told["measure"]["unit"] = "% of residents"
    assert f"{size} percentage points cannot" in effect.judge(told)["power"]["sentence"]


def test_from_the_start_on_power_by_other_periods_is_left_out(told: dict[str, Any]) -> None:
    assert effect.judge(told)["power"] is None


def none_of_it_is_tested(found: dict[str, Any]) -> bool:
    judged = found["effect"]
    tested = ("p", "low", "high", "smallest_p", "band")
    return (
        all(judged[name] is None for name in tested)
        and found["pre_trend"]["p"] is found["synthetic"]["p"] is None
        and found["design"]["smallest_p"] is None
        and found["design"]["placebos"] == 0
        and judged["sentence"] == "Whether that is more than chance cannot be told."
        and "differed by more than chance" in found["pre_trend"]["sentence"]
    )


@pytest.mark.parametrize("neighbours", [NEIGHBOURS, None])
def test_comparison_areas_named_by_hand_give_a_difference_but_no_p(
    told: dict[str, Any], neighbours: dict[str, list[str]] | None
) -> None:
    matched = effect.judge(told)["effect"]
    told["comparison"]["pool"] = "named"
    told["neighbours"] = neighbours
    found = effect.judge(told)
    assert none_of_it_is_tested(found)
    assert found["effect"]["value"] == matched["value"]
    assert found["effect"]["path"] == matched["path"]
    assert found["synthetic"]["value"] is not None
    assert "were named by hand" in found["design"]["sentence"]


def test_a_pilot_of_areas_that_do_not_touch_has_no_placebos(told: dict[str, Any]) -> None:
    scattered = ["A000", "A005", "A066", "A143"]
    told["comparison"] |= {"pilot": scattered, "ring": []}
    groups = comparison.results(told["comparison"])["groups"]
    told["groups"] = [{key: one[key] for key in ("pilot", "comparisons")} for one in groups]
    found = effect.judge(told)
    assert none_of_it_is_tested(found)
    assert found["design"]["kind"] == "scattered"
    assert "not one set of touching areas" in found["design"]["sentence"]
    told["start"] = None
    seen = effect.judge(told)["power"]
    assert seen["smallest_effect"] is None
    assert "not one set of touching areas" in seen["sentence"]
    assert "too few" not in seen["sentence"]


def test_no_placebo_of_that_shape_is_said(told: dict[str, Any]) -> None:
    told["placebos"] = 0
    found = effect.judge(told)
    assert none_of_it_is_tested(found)
    assert "No placebo pilot as large and as compact" in found["design"]["sentence"]


def test_what_the_areas_were_not_alike_in_is_named(told: dict[str, Any]) -> None:
    for area in told["comparison"]["areas"]:
        area["values"] = [9.0 if area["code"] in PILOT else area["values"][0], None]
    found = effect.judge(told)
    assert found["balance"] == {"apart": ["income"], "unknown": ["crime"]}
    assert any("is unknown of crime" in one for one in found["warnings"])


def test_an_unknown_outcome_leaves_an_area_out(told: dict[str, Any]) -> None:
    told["series"]["A000"] = [None, *told["series"]["A000"][1:]]
    lost = told["groups"][1]["comparisons"][0]
    del told["series"][lost]
    found = effect.judge(told)
    gone = sorted({"A000", lost, *told["groups"][0]["comparisons"]})
    assert found["left_out"] == gone
    assert found["design"]["pilot_areas"] == 3
    assert any("Left out, as an outcome is unknown" in one for one in found["warnings"])


def test_nothing_left_is_said(told: dict[str, Any]) -> None:
    told["series"] = {code: [None] * 5 for code in CODES}
    found = effect.judge(told)
    assert found["warnings"][0].startswith("Nothing can be said")
    assert "effect" not in found


def test_without_neighbours_labels_are_swapped_with_a_warning(told: dict[str, Any]) -> None:
    told["neighbours"] = None
    found = effect.judge(told)
    assert (found["design"]["kind"], found["design"]["placebos"]) == ("swapped", 80)
    assert any("taken to change independently" in one for one in found["warnings"])


def test_residents_weigh_the_means(told: dict[str, Any]) -> None:
    told["weighting"] = "residents"
    told["residents"] = dict.fromkeys(CODES, 1000.0) | {"A000": 7000.0}
    series = np.array([told["series"][code] for code in PILOT])
    mean = np.array([0.7, 0.1, 0.1, 0.1]) @ series
    assert effect.judge(told)["pilot_series"] == pytest.approx(mean.tolist())


def test_a_pilot_chosen_by_its_outcome_is_warned_of(told: dict[str, Any]) -> None:
    told["chosen_by"] = {code: values[2] for code, values in told["series"].items()}
    found = effect.judge(told)
    assert found["reversion"]["related"] > 0.9
    assert any("regression to the mean" in one for one in found["warnings"])
    told["chosen_by"] = None
    assert any("cannot be ruled out" in one for one in effect.judge(told)["warnings"])


@pytest.mark.parametrize("start", ["2020", "1999"])
def test_a_start_without_a_before_is_refused(told: dict[str, Any], start: str) -> None:
    told["start"] = start
    with pytest.raises(InvalidRequestError, match="at least one period before it"):
        effect.judge(told)


def test_a_small_town_cannot_tell(told: dict[str, Any]) -> None:
    few = [code for code in CODES if int(code[1:]) % SIDE < 5 and int(code[1:]) < SIDE * 8]
    told["comparison"]["areas"] = [
        area for area in told["comparison"]["areas"] if area["code"] in few
    ]
    told["series"] = {code: told["series"][code] for code in few}
    groups = comparison.results(told["comparison"])["groups"]
    told["groups"] = [{key: one[key] for key in ("pilot", "comparisons")} for one in groups]
    found = effect.judge(told)
    assert found["design"]["smallest_p"] == pytest.approx(1 / 10)
    assert "at most 9 of them side by side" in found["design"]["sentence"]
    assert "no effect could be called significant" in found["design"]["sentence"]
    assert found["effect"]["low"] is None
    told["start"] = None
    seen = effect.judge(told)["power"]
    assert seen["smallest_effect"] is None
    assert "and a p-value of 5 % takes 19" in seen["sentence"]
