"""The rules of a pilot's life, worked by hand; the chain of its log; its plan as JSON."""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.drawing.request import DrawRequest
from geo_wealth.errors import GeoWealthError, InvalidRequestError, RefusedStepError
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.pilots import Event, Said, clean, faults, follow, person, state_of
from geo_wealth.pipeline.pilots import learned
from geo_wealth.plan import Plan, check_outcome, plan_document, plan_from
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings

NOW = datetime(2026, 6, 1, 12, 30, 0, 123456, tzinfo=UTC)
LIFE = ("proposed", "approved", "started", "barrier", "reviewed", "learning", "expanded")
PLAN = Plan("moor", "The moor", ("E01000002", "E01000001", "E01000002"), RankRequest("E08000034"))


def said(kind: str, by: str = "A", day: int = 1, reason: str = "because") -> Said:
    return Said(kind, by, date(2026, 5, day), reason)


def logged(*events: Said) -> list[Event]:
    found: list[Event] = []
    for each in events:
        found.append(follow("moor", found, each, NOW))
    return found


def lived(kinds: tuple[str, ...] = LIFE) -> list[Event]:
    return logged(*(said(k, "B" if k == "approved" else "A", n) for n, k in enumerate(kinds, 1)))


def test_a_life_from_proposal_to_expansion() -> None:
    events = lived()
    assert state_of(events) == "expanded"
    assert [event.stage for event in events] == [
        *(None, "proposed", "approved", "running", "running", "reviewed", "reviewed")
    ]
    assert [event.number for event in events] == [1, 2, 3, 4, 5, 6, 7]
    assert events[0].previous_hash == ""
    assert faults("moor", events) == []


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Ann Lee",
            "ann lee",
            "  ANN\u00a0 LEE ",
            "\uff21nn Lee",
            "Ann\u200b Lee",
            "Ann\u3164 Lee",
        ),
        *("\u202eAnn Lee", "Ann\u2060\u2007Lee", "A\u034fnn Lee", "AnnLee\ufeff", "Ann\u00ad Lee"),
    ],
)
def test_nobody_approves_what_they_proposed_however_they_spell_themselves(name: str) -> None:
    first = logged(said("proposed", "Ann Lee"), said("proposed", "Bo"))
    with pytest.raises(RefusedStepError, match="cannot approve it: somebody else must"):
        follow("moor", first, said("approved", name), NOW)


@pytest.mark.parametrize("kind", ["expanded", "replicated"])
def test_no_expansion_without_a_learning_record(kind: str) -> None:
    events = lived(("proposed", "approved", "started", "reviewed"))
    with pytest.raises(RefusedStepError, match=f"{kind} without a learning record"):
        follow("moor", events, said(kind, day=9), NOW)
    events.append(follow("moor", events, said("learning", day=9), NOW))
    assert follow("moor", events, said(kind, day=9), NOW).kind == kind


@pytest.mark.parametrize(
    ("before", "kind", "sentence"),
    [
        ((), "approved", "There is no pilot moor"),
        (("proposed",), "started", "is proposed and cannot be started: it must be approved"),
        (("proposed",), "learning", "has no learning record: it must be running or reviewed"),
        (("proposed", "approved"), "proposed", "is approved and cannot be proposed"),
        (LIFE, "stopped", "is expanded, which ends it"),
        (("proposed", "stopped"), "proposed", "is stopped, which ends it"),
    ],
)
def test_a_step_too_early_or_too_late(before: tuple[str, ...], kind: str, sentence: str) -> None:
    with pytest.raises(RefusedStepError, match=sentence):
        follow("moor", lived(before), said(kind, "C", 9), NOW)


def test_dates() -> None:
    events = lived(("proposed", "approved", "started", "reviewed"))
    with pytest.raises(InvalidRequestError, match="in the future"):
        follow("moor", events, replace(said("note"), on=date(2026, 6, 2)), NOW)
    with pytest.raises(InvalidRequestError, match="is before 2026-05-04, when the pilot was rev"):
        follow("moor", events, said("reviewed", day=3), NOW)
    late = follow("moor", events, said("barrier", day=3), NOW)
    assert late.stage == "running"  # on its date, though it is written down in review
    with pytest.raises(RefusedStepError, match="approved and has no outcomes"):
        follow("moor", events, said("outcome", day=2), NOW)
    with pytest.raises(InvalidRequestError, match="is before 2026-05-01"):
        follow("moor", events, replace(said("note"), on=date(2026, 4, 30)), NOW)


@given(st.integers(0, 6), st.sampled_from(["reason", "said_by", "happened_on", "area", "stage"]))
def test_a_changed_event_is_named(place: int, field: str) -> None:
    events = lived()
    other = date(2026, 5, 20) if field == "happened_on" else "other"
    events[place] = replace(events[place], **{field: other})
    assert faults("moor", events) == [
        f"Event {place + 1} ({events[place].kind}) is not as it was written."
    ]


def test_a_rehashed_a_missing_and_a_foreign_event_are_named() -> None:
    events = lived()
    forged = follow("moor", events[:3], said("barrier", reason="other", day=4), NOW)
    assert faults("moor", [*events[:3], forged, *events[4:]]) == [
        "Event 5 does not follow event 4 as that one is now."
    ]
    assert faults("moor", events[:2] + events[3:]) == [
        "Event 3 is missing; the next one is event 4."
    ]
    assert len(faults("hill", events)) == len(events)
    assert faults("moor", events[:-1]) == []  # which is why the last hash is written down


def test_texts_are_kept_clean() -> None:
    assert clean("reason", " a \t b\r\n\n c\x00 ") == "a b\nc"
    assert clean("by", " A\nB ") == "A B"
    assert clean("by", "Ann\u200b \u00ad Lee\u2060") == "Ann Lee"
    with pytest.raises(InvalidRequestError, match="by: it holds bytes that are not UTF-8"):
        clean("by", "T\udcff")
    for empty in ("", " \n ", "\x00", "\u200b", "\u3164\u2800"):
        with pytest.raises(InvalidRequestError, match="empty"):
            clean("by", empty)
    with pytest.raises(InvalidRequestError, match="at most 200"):
        clean("by", "x" * 201)


@pytest.mark.parametrize("category", ["Cc", "Cf", "Zs", "Zl", "Zp"])
def test_no_character_without_ink_makes_another_person(category: str) -> None:
    every = (c for c in map(chr, range(0x110000)) if unicodedata.category(c) == category)
    assert [hex(ord(c)) for c in every if person(f"Ann{c}Lee") != "annlee"] == []


def test_a_title_is_kept_clean_and_no_bytes_are_lost_unsaid() -> None:
    assert replace(PLAN, title=" The\u200b\n moor ").title == "The moor"
    for field, value in {"title": "T\udcff", "outcomes": ("claims \udcff",)}.items():
        with pytest.raises(InvalidRequestError, match="not UTF-8: write it again"):
            replace(PLAN, **{field: value})


def test_a_learning_record_is_a_text_or_three_answers() -> None:
    assert learned(" all\nin one ", None, None, None) == "all\nin one"
    assert learned(None, "lots", "it\nworked", "earlier") == (
        "Tried: lots\nFound: it worked\nNext time: earlier"
    )
    for wrong in ((None, "a", "b", None), ("t", "a", "b", "c"), (None, None, None, None)):
        with pytest.raises(InvalidRequestError, match="--tried, --found and --next"):
            learned(*wrong)


def test_a_plan_survives_json() -> None:
    plan = replace(
        PLAN,
        draw=DrawRequest(9_000, None, ("E01000001",), ("E01000009",), "town:DEWSBURY", 2),
        comparison=ComparisonRequest(3, "england", ("claimants",)),
        how=Weightings(500, 7, None),
        outcomes=("claimants",),
    )
    assert plan.areas == ("E01000001", "E01000002")
    assert plan_from(plan_document(plan)) == plan
    assert plan_from(orjson.loads(orjson.dumps(plan_document(plan)))) == plan


@pytest.mark.parametrize(
    "change",
    [
        {"slug": "Moor"},
        {"slug": "a--b"},
        {"slug": "x" * 61},
        {"title": " "},
        {"title": "x" * 151},
        {"areas": ()},
        {"outcomes": ("imd2025",)},
    ],
)
def test_a_plan_that_no_pilot_can_have(change: dict[str, object]) -> None:
    with pytest.raises(GeoWealthError):
        replace(PLAN, **change)


@pytest.mark.parametrize("name", ["IMD", "imd2019", "imd_score", "IoD 2025", "Deprivation rank"])
def test_the_index_is_never_an_outcome(name: str) -> None:
    with pytest.raises(InvalidRequestError, match="by which the areas were chosen"):
        check_outcome(name)


@pytest.mark.parametrize("name", ["claimants", "claimant-rate", "simd-free", "diodes"])
def test_other_measures_are(name: str) -> None:
    check_outcome(name)
