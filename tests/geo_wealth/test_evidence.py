"""Evidence: one document, the same bytes each time, whose ranking is the one on screen."""

from dataclasses import replace

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from geo_wealth.errors import NotFoundError
from geo_wealth.evidence import SECTIONS, results_of
from geo_wealth.evidence.section import canonical
from geo_wealth.indicators import INDICATORS
from geo_wealth.pipeline import evidence
from geo_wealth.pipeline.evidence import evidence_hash, gather, ranking_of
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.plan import Plan
from geo_wealth.queries.rows import RankRequest
from geo_wealth.ranking import score_normalised
from geo_wealth.robustness import Weightings

REQUEST = RankRequest("E08000034", "imd2019")
SLUGS = tuple(INDICATORS)


@pytest.fixture(scope="module")
def plan(sample_engine: object) -> Plan:
    with sample_engine.connect() as connection:  # type: ignore[attr-defined]
        first = [area.code for area in build_ranking(connection, REQUEST).areas[:3]]
    return Plan("try", "A try", tuple(sorted(first)), REQUEST, Weightings(draws=100))


def given_ranking(
    values: list[list[float | None]], weights: list[float], chosen: list[str]
) -> dict[str, object]:
    return {
        "request": {
            "weights": dict(zip(SLUGS, weights, strict=True)),
            "directions": {"deprivation": 1, "spend": -1, "assets": 1},
            "normalise": "minmax",
            "aggregate": "linear",
        },
        "areas": [
            {
                "code": f"A{place}",
                "indicators": {
                    slug: {"value": value, "reason": None if value is not None else "not told"}
                    for slug, value in zip(SLUGS, row, strict=True)
                },
            }
            for place, row in enumerate(values)
        ],
        "chosen": chosen,
    }


def test_a_hand_worked_ranking() -> None:
    values: list[list[float | None]] = [[10, 0, 0], [0, 10, 2], [5, None, 1]]
    found = results_of("ranking")(given_ranking(values, [0.5, 0.25, 0.25], ["A0"]))
    first, second = found["areas"]
    assert (first["code"], first["rank"], first["score"]) == ("A0", 1, 0.75)
    assert (second["code"], second["rank"], second["score"]) == ("A1", 2, 0.25)
    assert first["contributions"] == {"deprivation": 0.5, "spend": 0.25, "assets": 0.0}
    (missing,) = found["not_ranked"]
    assert missing["reason"] == "local spend: not told"
    assert missing["normalised"] == {"deprivation": 0.5, "spend": None, "assets": 0.5}
    (reversal,) = found["reversals"]
    # A0 leads by 1 on two indicators and trails by 1 on the third: that needs half the weight.
    assert reversal["against"] == "A1"
    assert reversal["change"] == pytest.approx(0.5)
    assert reversal["weights"]["assets"] == pytest.approx(0.5)


@given(
    st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=2, max_size=9),
    st.tuples(*[st.integers(1, 9)] * 3),
)
def test_a_reversal_applied_does_reverse(
    rows: list[tuple[int, ...]], weights: tuple[int, ...]
) -> None:
    inputs = given_ranking([list(row) for row in rows], list(map(float, weights)), ["A0"])
    found = results_of("ranking")(inputs)
    normalised = {area["code"]: list(area["normalised"].values()) for area in found["areas"]}
    (reversal,) = found["reversals"]
    if reversal["against"] is None:
        return
    pair = np.array([normalised["A0"], normalised[reversal["against"]]])
    after = score_normalised(pair, list(reversal["weights"].values()))
    assert after.score[1] > after.score[0]


def test_the_same_data_give_the_same_bytes(sample: Connection, plan: Plan) -> None:
    first = canonical(gather(sample, plan))
    evidence._MEMORY._kept.clear()
    assert canonical(gather(sample, plan)) == first


def test_what_was_given_out_may_be_changed_without_harm(sample: Connection, plan: Plan) -> None:
    first = gather(sample, plan)
    told = evidence_hash(first)
    first["sections"].clear()
    assert evidence_hash(gather(sample, plan)) == told


def test_the_ranking_is_the_one_on_screen(sample: Connection, plan: Plan) -> None:
    assert ranking_of(gather(sample, plan)) == build_ranking(sample, REQUEST)


def test_every_section_can_be_worked_out_again_from_its_text(
    sample: Connection, plan: Plan
) -> None:
    sections = orjson.loads(canonical(gather(sample, plan)["sections"]))
    assert set(sections) <= set(SECTIONS)
    for name, section in sections.items():
        assert canonical(results_of(name)(section["inputs"])) == canonical(section["results"]), name


def test_it_says_what_it_rests_on(sample: Connection, plan: Plan) -> None:
    document = gather(sample, plan)
    assert document["sample"] is True
    assert {row["kind"] for row in document["datasets"]} >= {"deprivation", "boundaries"}
    assert all(len(row["sha256"]) == 64 for row in document["datasets"])
    assert document["documents"]["definition"]["slug"] == "kirklees"
    assert "local" in document["documents"]["definition"]["text"]
    assert set(plan.areas) <= set(document["outlines"])
    assert document["plan"]["areas"] == list(plan.areas)


def test_another_plan_has_another_hash(sample: Connection, plan: Plan) -> None:
    other = replace(plan, areas=plan.areas[:2])
    assert evidence_hash(gather(sample, plan)) != evidence_hash(gather(sample, other))


def test_a_definition_that_is_not_there_is_told(sample: Connection, plan: Plan) -> None:
    lost = replace(plan, definition="nowhere")
    with pytest.raises(NotFoundError, match="no definition nowhere"):
        gather(sample, lost)
