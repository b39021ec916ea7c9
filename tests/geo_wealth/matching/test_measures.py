"""Precision and recall on labelled payees, worked out by hand."""

from pathlib import Path

import pytest

from script.matching.measures import (
    Label,
    Outcome,
    Verdict,
    count_unsure_right,
    outcome,
    read_labels,
    recall_ratio,
    report,
)
from script.matching.results import exact_names, verdicts
from script.matching.sample import Organisation, organisation_hash, payee_hash


def label(name: str, weight: float, pounds: int, acceptable: str = "", unsure: str = "") -> Label:
    return Label(
        name, "tuning", "one", weight, pounds, False, frozenset(acceptable), frozenset(unsure)
    )


def accept(organisations: str) -> Verdict:
    return Verdict(accepted=frozenset(organisations))


def offer(organisations: str) -> Verdict:
    return Verdict(review=frozenset(organisations))


FOUR = [
    label("first", 10, 100, "a"),
    label("second", 10, 300, "b"),
    label("third", 20, 50, "c"),
    label("fourth", 60, 10),
]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (accept("a"), Outcome.RIGHT),
        (accept("ab"), Outcome.RIGHT),
        (accept("ax"), Outcome.WRONG),
        (accept("u"), Outcome.WRONG),
        (Verdict(frozenset("x"), frozenset("a")), Outcome.WRONG),
        (offer("ax"), Outcome.OFFERED),
        (offer("u"), Outcome.MISLED),
        (Verdict(), Outcome.NOTHING),
    ],
)
def test_one_wrong_organisation_accepted_makes_a_payee_wrong(
    verdict: Verdict, expected: Outcome
) -> None:
    assert outcome(label("p", 1, 1, "ab", "u"), verdict) is expected


def test_payees_count_by_their_weight_and_pounds_by_weight_and_pounds() -> None:
    found = {"first": accept("a"), "second": accept("x"), "third": offer("c")}
    figures = report(FOUR, found, review=False)
    assert (figures.right, figures.placed, figures.findable) == (1, 2, 3)
    assert figures.precision.value == pytest.approx(10 / 20)
    assert figures.recall.value == pytest.approx(10 / 40)
    assert figures.precision_pounds.value == pytest.approx(1000 / 4000)
    assert figures.recall_pounds.value == pytest.approx(1000 / 5000)


def test_review_counts_what_a_careful_person_would_pick_from_it() -> None:
    found = {"first": accept("a"), "third": offer("cx"), "fourth": offer("x")}
    figures = report(FOUR, found, review=True)
    assert (figures.right, figures.placed) == (2, 3)
    assert figures.precision.value == pytest.approx(30 / 90)
    assert figures.recall.value == pytest.approx(30 / 40)


def test_credits_weigh_no_pounds() -> None:
    payees = [label("first", 1, -500, "a"), label("second", 1, 100, "b")]
    figures = report(payees, {"first": accept("x"), "second": accept("b")}, review=False)
    assert figures.precision.value == pytest.approx(0.5)
    assert figures.precision_pounds.value == pytest.approx(1.0)


def test_nothing_matched_has_no_precision_and_no_recall_to_speak_of() -> None:
    figures = report(FOUR, {}, review=False)
    assert figures.precision.value is None
    assert figures.recall.value == 0


def test_no_mistake_seen_is_not_a_proof_that_there_is_none() -> None:
    payees = [label(str(n), 2, 1, "a") for n in range(100)]
    precision = report(payees, {str(n): accept("a") for n in range(100)}, review=False).precision
    assert (precision.value, precision.high) == (1, 1)
    # Wilson's lower bound of 100 of 100: 100 / (100 + 1.96²).
    assert precision.low == pytest.approx(0.96300, abs=1e-4)


def test_an_interval_holds_its_estimate() -> None:
    found = {"first": accept("a"), "second": accept("x"), "third": accept("c")}
    recall = report(FOUR, found, review=False).recall
    assert recall.low is not None
    assert recall.high is not None
    assert recall.value is not None
    assert 0 <= recall.low < recall.value < recall.high <= 1


def test_recall_is_compared_by_weight() -> None:
    better = {"first": accept("a"), "third": accept("c")}
    assert recall_ratio(FOUR, better, {"first": accept("a")}).value == pytest.approx(30 / 10)


def test_what_the_reader_was_unsure_of_can_be_taken_for_right() -> None:
    (payee,) = count_unsure_right([label("p", 1, 1, "a", "u")])
    assert outcome(payee, accept("u")) is Outcome.RIGHT


def test_rejected_candidates_are_nothing_found() -> None:
    found = verdicts([("sample co", "sample co", None, "rejected", "decision")])
    assert found[payee_hash("sample co")] == Verdict()


def test_exact_names_leave_individuals_out() -> None:
    business, person = Organisation(False, set()), Organisation(True, set())
    registers = {
        ("sample co", ""): business,
        ("sample co", "01234567"): business,
        ("person", ""): person,
    }
    found = exact_names(["sample co", "person", "other"], registers)
    expected = {organisation_hash("sample co", None), organisation_hash("sample co", "01234567")}
    assert found == {payee_hash("sample co"): Verdict(frozenset(expected))}


def test_labels_of_no_half_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("payee,half\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no half 'both'"):
        read_labels(path, "both")
