"""What has changed between two documents of evidence, worked by hand."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from geo_wealth.evidence.changes import changes, matters

Document = dict[str, Any]


def evidence() -> Document:
    """Three areas of which A and B are the pilot, ranked 1, 2 and 3."""
    names = [{"code": code, "name": f"Place {code}"} for code in "ABC"]
    ranks = [{"code": code, "rank": n, "score": 1 / n} for n, code in enumerate("ABC", 1)]
    named = {"slug": "own", "version": 1, "title": "Own", "hash": "aa"}
    return {
        "plan": {"areas": ["A", "B"], "draw": {"cap": 10_000}},
        "programme": {"name": "geo-wealth", "version": "1"},
        "documents": {"definition": dict(named), "rules": dict(named)},
        "datasets": [
            {"key": "ledger-1", "kind": "ledger", "title": "Payments 2024"},
            {"key": "assets-1", "kind": "assets", "title": "Buildings"},
        ],
        "sections": {
            "ranking": {
                "inputs": {"areas": names},
                "results": {"areas": ranks, "reversals": []},
            },
            "drawing": {"inputs": {}, "results": {"best": {"residents": 900, "share": 0.5}}},
        },
        "absent": {},
        "outlines": {"A": 1, "B": 2, "C": 3},
    }


def test_nothing_has_changed() -> None:
    assert changes(evidence(), evidence()) == ()


def _move(document: Document) -> None:
    rows = document["sections"]["ranking"]["results"]["areas"]
    rows[0]["rank"], rows[1]["rank"] = 2, 1


def _drop(document: Document) -> None:
    document["sections"]["ranking"]["results"]["areas"].pop(1)


def _outside(document: Document) -> None:
    document["sections"]["ranking"]["results"]["areas"][2]["rank"] = 2


def _scores(document: Document) -> None:
    document["sections"]["ranking"]["results"]["areas"][0]["score"] = 0.99


def _reversed(document: Document) -> None:
    document["sections"]["ranking"]["results"]["reversals"] = [{"code": "A"}]


def _inputs(document: Document) -> None:
    document["sections"]["ranking"]["inputs"]["weights"] = {"spend": 1}


def _figure(document: Document) -> None:
    document["sections"]["drawing"]["results"]["best"]["share"] = None


def _emptied(document: Document) -> None:
    del document["sections"]["drawing"]


def _described(document: Document) -> None:
    document["datasets"][1]["licence"] = "MIT"


def _sample(document: Document) -> None:
    document["sample"] = True


def _come(document: Document) -> None:
    document["sections"]["clusters"] = {"inputs": {}, "results": {}}


def _plan(document: Document) -> None:
    document["plan"] = {"areas": ["B", "C"], "draw": {"cap": 9_000}}


def _replaced(document: Document) -> None:
    document["datasets"][0] = {"key": "ledger-2", "kind": "ledger", "title": "Payments 2025"}


def _retired(document: Document) -> None:
    document["datasets"].pop()


def _added(document: Document) -> None:
    document["datasets"].append({"key": "survey-1", "kind": "survey", "title": "Answers"})


def _definition(document: Document) -> None:
    document["documents"]["definition"] |= {"version": 2, "hash": "bb"}


def _outlines(document: Document) -> None:
    document["outlines"] = {"A": 1, "B": 5}


@pytest.mark.parametrize(
    ("change", "section", "sentences"),
    [
        (
            _move,
            "ranking",
            [
                "2 of 3 neighbourhoods have another rank.",
                "Place A in the pilot ranks 2; it ranked 1.",
                "Place B in the pilot ranks 1; it ranked 2.",
            ],
        ),
        (
            _drop,
            "ranking",
            [
                "1 of 3 neighbourhoods has another rank.",
                "Place B in the pilot ranks nowhere, for lack of data; it ranked 2.",
            ],
        ),
        (
            _outside,
            "ranking",
            ["1 of 3 neighbourhoods has another rank.", "None of them is in the pilot."],
        ),
        (
            _scores,
            "ranking",
            ["Scores differ, and every neighbourhood has the rank that it had."],
        ),
        (
            _reversed,
            "ranking",
            ["Ranks and scores are equal; what would put other areas before the pilot's differs."],
        ),
        (
            _inputs,
            "ranking",
            ["What the ranks are worked out from differs, and no rank or score does."],
        ),
        (
            _figure,
            "drawing",
            ["1 of 2 figures differs.", "best share: was 0.5, is not known."],
        ),
        (_emptied, "drawing", ["It can no longer be worked out."]),
        (_described, "datasets", ["Buildings is the same file, described otherwise."]),
        (_sample, "other", ["1 of 1 figures differs.", "sample: was absent, is True."]),
        (_come, "clusters", ["It could not be worked out then, and can be now."]),
        (
            _plan,
            "plan",
            [
                "Added to the pilot: C.",
                "Taken out of the pilot: A.",
                "1 of 1 figures differs.",
                "draw cap: was 10000, is 9000.",
            ],
        ),
        (_replaced, "datasets", ["Ledger: Payments 2024 was replaced by Payments 2025."]),
        (_retired, "datasets", ["Assets: Buildings is no longer used."]),
        (_added, "datasets", ["Survey: Answers was added."]),
        (_definition, "definition", ["Own is in version 2; it was Own, version 1."]),
        (_outlines, "outlines", ["2 neighbourhoods are drawn otherwise."]),
    ],
)
def test_a_change_is_told_in_its_own_part(
    change: Callable[[Document], None], section: str, sentences: list[str]
) -> None:
    after = copy.deepcopy(evidence())
    change(after)
    found = changes(evidence(), after)
    assert [(each.section, list(each.sentences)) for each in found] == [(section, sentences)]
    assert matters(found)


def test_another_version_of_the_programme_alone_does_not_matter() -> None:
    after = evidence()
    after["programme"]["version"] = "2"
    found = changes(evidence(), after)
    assert [each.section for each in found] == ["programme"]
    assert not matters(found)


def test_why_a_part_is_gone_is_said() -> None:
    after = evidence()
    del after["sections"]["drawing"]
    after["absent"] = {"drawing": "No area can be drawn."}
    told = {each.section: each.sentences for each in changes(evidence(), after)}
    assert told["drawing"] == ("It can no longer be worked out: No area can be drawn.",)


def test_inputs_of_a_section_count_too() -> None:
    after = evidence()
    after["sections"]["drawing"]["inputs"] = {"ground": [1]}
    assert [each.section for each in changes(evidence(), after)] == ["drawing"]
