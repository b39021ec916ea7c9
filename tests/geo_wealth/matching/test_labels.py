"""The labelled payees are those that the seed draws, and what is matched of them is right."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from script.matching import accepted
from script.matching.measures import Outcome, Verdict, outcome, read_labels, recall_ratio, report
from script.matching.results import Row, exact_names, verdicts, worked_out
from script.matching.sample import (
    HALVES,
    PLAN,
    Drawn,
    Organisation,
    Payee,
    draw,
    organisation_hash,
    payee_hash,
    read_organisations,
    read_payees,
)

LABELS = Path(__file__).with_name("labels.csv")
ACCEPTED = LABELS.with_name("labels_accepted.csv")

pytestmark = pytest.mark.xdist_group("real")

Registers = dict[tuple[str, str], Organisation]


@pytest.fixture(scope="module")
def payees(shared: Path) -> dict[str, Payee]:
    return read_payees(shared)


@pytest.fixture(scope="module")
def registers(shared: Path) -> Registers:
    return read_organisations(shared)


@pytest.fixture(scope="module")
def drawn(payees: dict[str, Payee], registers: Registers) -> list[Drawn]:
    return draw(payees, registers)


@pytest.fixture(scope="module")
def rows(payees: dict[str, Payee], registers: Registers) -> list[Row]:
    return worked_out(payees, payees, registers)


@pytest.fixture(scope="module")
def found(rows: list[Row]) -> Mapping[str, Verdict]:
    return verdicts(rows)


def test_labels_hold_hashes_and_no_names() -> None:
    for half in HALVES:
        for label in read_labels(LABELS, half):
            for each in (label.payee, *label.acceptable, *label.unsure):
                assert len(bytes.fromhex(each)) == 16
            assert not label.acceptable & label.unsure


def test_each_half_has_its_share_of_every_stratum() -> None:
    for half in HALVES:
        strata = [label.stratum for label in read_labels(LABELS, half)]
        assert {stratum: 2 * strata.count(stratum) for stratum in PLAN} == PLAN


@pytest.mark.shared
def test_labels_are_of_the_payees_that_the_seed_draws(drawn: list[Drawn]) -> None:
    labels = [label for half in HALVES for label in read_labels(LABELS, half)]
    assert {(label.payee, label.half, label.stratum, label.pounds) for label in labels} == {
        (payee_hash(each.name_key), each.half, each.stratum, round(each.pounds)) for each in drawn
    }
    # A payee or two change stratum when the registers' persons are told otherwise.
    assert {label.payee: label.weight for label in labels} == pytest.approx(
        {payee_hash(each.name_key): each.weight for each in drawn}, rel=0.01
    )


@pytest.mark.shared
def test_labels_name_organisations_of_the_registers(registers: Registers) -> None:
    known = {organisation_hash(*key) for key in registers}
    for half in HALVES:
        for label in read_labels(LABELS, half):
            assert label.acceptable | label.unsure <= known


@pytest.mark.shared
def test_untouched_payees_are_matched_as_well_as_was_reported(
    payees: dict[str, Payee], registers: Registers, found: Mapping[str, Verdict]
) -> None:
    labels = read_labels(LABELS, "untouched")
    precision = report(labels, found, review=False).precision
    assert precision.value is not None
    # Two of 64 wrong; the half was measured three times in all, between changes of rules.
    assert precision.value >= 0.97
    ratio = recall_ratio(labels, found, exact_names(payees, registers)).value
    assert ratio is not None
    assert ratio >= 1.5


@pytest.mark.shared
def test_accepted_payees_are_in_the_frame_and_were_not_labelled_before(
    payees: dict[str, Payee], registers: Registers
) -> None:
    known = {payee_hash(key): round(payee.pounds) for key, payee in payees.items()}
    before = {label.payee for half in HALVES for label in read_labels(LABELS, half)}
    organisations = {organisation_hash(*key) for key in registers}
    for half in accepted.HALVES:
        for each in accepted.read_drawn(ACCEPTED, half):
            assert known[each.payee] == each.pounds
            assert each.payee not in before
            assert each.right | each.wrong <= organisations


@pytest.mark.shared
def test_accepted_payees_went_to_the_halves_in_the_order_of_their_hashes(
    payees: dict[str, Payee],
) -> None:
    drawn = [each for half in accepted.HALVES for each in accepted.read_drawn(ACCEPTED, half)]
    keys = {payee_hash(key): key for key in payees}
    for stratum in accepted.STRATA:
        members = sorted(
            (each for each in drawn if each.stratum == stratum),
            key=lambda each: accepted.place(keys[each.payee]),
        )
        assert [each.half for each in members] == list(accepted.HALVES) * (len(members) // 2)


@pytest.mark.shared
def test_what_is_accepted_is_as_often_right_as_was_reported(rows: list[Row]) -> None:
    strata, found = accepted.strata(rows), verdicts(rows)
    labels = [each for each in read_labels(LABELS, "untouched") if each.payee in strata]
    sure = [each for each in labels if strata[each.payee] == accepted.SURE]
    right = sum(outcome(each, found[each.payee]) is Outcome.RIGHT for each in sure)
    parts = accepted.shares(accepted.read_drawn(ACCEPTED, "untouched2"), found)
    assert sum(part.right for part in parts.values()) >= 72
    assert sum(part.accepted - part.right for part in parts.values()) <= 2
    whole = accepted.together(
        {accepted.SURE: accepted.share(right, len(sure)), **parts}, Counter(strata.values())
    )
    assert whole.value is not None
    assert whole.value >= 0.97
