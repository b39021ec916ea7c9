"""Why the areas of a pilot are these, said in a decision pack: derived, and never too much."""

from typing import Any

import pytest

from geo_wealth.contiguity import Contiguity
from webmap import pack_chosen
from webmap.pack_chosen import considered, why

WEIGHTS = "deprivation 50 % and local spend 50 %"
REQUEST = {"cap": 10_000, "across": 2400.0, "include": [], "exclude": [], "within": None}


def drawn(codes: str, reach: float, label: str = "The best area", **more: Any) -> dict[str, Any]:
    return {
        "codes": list(codes),
        "reach": reach,
        "residents": 900,
        "label": label,
        "proved": True,
        "at_most_better": None,
        **more,
    }


def evidence(areas: str, best: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """Six neighbourhoods in a row, A to F; the pilot is ``areas``."""
    request = REQUEST | more.pop("request", {})
    results = {
        "chosen": {"reach": 80.0, "residents": 900},
        "best": best,
        "alternatives": [],
        "findings": [],
        "none_because": None,
        **more,
    }
    known = [{"code": code, "name": f"Area {code}", "ward_name": None} for code in "ABCDEF"]
    return {
        "plan": {"areas": list(areas)},
        "sections": {
            "ranking": {"inputs": {"district_name": "Kirklees", "areas": known}},
            "drawing": {
                "inputs": {"request": request, "within_name": None, "ground": None},
                "results": results,
            },
        },
    }


class Row:
    """The graph of six areas in a row."""

    def positions(self, codes: list[str]) -> list[int]:
        return sorted("ABCDEF".index(code) for code in codes)

    def contiguity(self) -> Contiguity:
        near = tuple(tuple(n for n in (at - 1, at + 1) if 0 <= n < 6) for at in range(6))
        return Contiguity(tuple("ABCDEF"), near)


@pytest.fixture(autouse=True)
def row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_chosen, "read_ground", lambda _document: Row())


def test_an_area_that_was_drawn_and_proved() -> None:
    ranks = {"A": 1, "B": 3, "C": 30, "D": 47}
    assert why(evidence("ABCD", drawn("ABCD", 80)), ranks, 259, WEIGHTS) == (
        "Of all connected areas in Kirklees with at most 10,000 residents and 2.4\u00a0km across, "
        "none reaches more (residents times score) with these weights: all were searched. "
        "Two of the four rank in the first 10 of 259; two (30th and 47th) fill the room left "
        "under the cap. The score weighs deprivation 50 % and local spend 50 %."
    )


def test_areas_further_back_may_be_what_joins_the_others() -> None:
    said = why(evidence("ABC", drawn("ABC", 80)), {"A": 1, "B": 20, "C": 2}, 259, WEIGHTS)
    assert "one (20th) joins them up or fills the room left under the cap." in said


def test_areas_that_had_to_be_in_are_given_no_reason() -> None:
    found = evidence("AB", drawn("AB", 80), request={"include": ["B"]})
    said = why(found, {"A": 1, "B": 20}, 259, WEIGHTS)
    assert "2.4\u00a0km across with Area B in it, none" in said
    assert "One of the two ranks in the first 10 of 259; one ranks 20th." in said


@pytest.mark.parametrize(("bound", "words"), [(None, "more."), (0.0123, "more, by at most 1.3 %.")])
def test_a_drawing_without_proof_claims_none(bound: float | None, words: str) -> None:
    found = evidence("AB", drawn("AB", 80, proved=False, at_most_better=bound))
    said = why(found, {"A": 1, "B": 2}, 259, WEIGHTS)
    assert "all were searched" not in said
    assert "that were searched, none reaches more" in said
    assert f"another may reach {words} Both rank in the first 10 of 259." in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "They reach 20.0 % less (residents times score) than the best area drawn, of the"),
        ({"findings": ["Too wide."], "chosen": {"reach": 110.0}}, "They reach 10.0 % more"),
        ({"chosen": {"reach": None}}, "is not known."),
    ],
)
def test_areas_chosen_by_hand_are_set_against_the_best(more: dict[str, Any], words: str) -> None:
    found = evidence("AB", drawn("CD", 100), **more)
    said = why(found, {"A": 12, "B": 20}, 259, WEIGHTS)
    assert said.startswith("The areas were chosen by hand. ")
    assert words in said
    assert ("do not keep to its limits" in said) == bool(more.get("findings"))
    assert "They rank 12th and 20th of 259. " in said


def test_areas_without_a_rank_are_counted() -> None:
    found = evidence("ABC", None, none_because="no set holds all of it.")
    said = why(found, {"A": 1, "B": 2}, 259, WEIGHTS)
    assert "No area could be drawn" in said
    assert "Two of the three rank in the first 10 of 259; one is not ranked, for lack of" in said
    assert "None of them is ranked" in why(found, {}, 259, WEIGHTS)
    assert considered(found, "x") == "No set holds all of it."


def test_what_else_was_considered_does_not_open_with_the_chosen_area() -> None:
    others = [
        drawn("BCD", 75, "A more compact area"),
        drawn("EF", 60, "The next best area elsewhere"),
    ]
    found = evidence("AB", drawn("AB", 80), alternatives=others)
    assert considered(found, "x") == (
        "Two alternatives to the best area: a more compact area, which reaches 6.2 % less; the "
        "next best area elsewhere, which reaches 25.0 % less."
    )
    by_hand = considered(evidence("BC", drawn("AB", 80), alternatives=others[:1]), "x")
    assert by_hand.startswith(
        "The best area drawn has two neighbourhoods and 900 residents and reaches 80 (residents "
        "times score). One of them is in the chosen area. One alternative to the best area: "
    )


def test_without_a_drawing_the_ranks_alone_are_told() -> None:
    found = evidence("A", None)
    del found["sections"]["drawing"]
    assert why(found, {"A": 1}, 259, WEIGHTS).startswith("It ranks 1st of 259. The score weighs")
    assert considered(found, "No boundary.") == "No boundary."
