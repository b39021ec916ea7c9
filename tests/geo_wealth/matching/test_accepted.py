"""Precision of what is accepted, put together by stage and worked out by hand."""

from pathlib import Path

import pytest

from script.matching import accepted
from script.matching.accepted import Drawn, share, shares, strata, together
from script.matching.measures import Verdict, wilson
from script.matching.results import Row
from script.matching.sample import payee_hash


def drawn(payee: str, stratum: str, right: str = "", wrong: str = "") -> Drawn:
    return Drawn(payee, "tuning2", stratum, 10, frozenset(right), frozenset(wrong))


def row(payee: str, band: str, stage: str) -> Row:
    return (payee, "sample co", None, band, stage)


def test_by_which_stages_a_payee_is_accepted() -> None:
    found = [
        row("one", "accepted", "exact-name"),
        row("two", "accepted", "company-number"),
        row("two", "accepted", "alias"),
        row("three", "accepted", "alias"),
        row("three", "accepted", "fuzzy"),
        row("four", "accepted", "alias"),
        row("five", "review", "alias"),
    ]
    expected = {"one": "sure", "two": "beside", "three": "fuzzy", "four": "alias"}
    assert strata(found) == {payee_hash(name): stratum for name, stratum in expected.items()}


def test_payees_count_while_they_are_accepted_and_are_right_when_all_of_it_is() -> None:
    sample = [
        drawn("all right", "alias", right="ab"),
        drawn("one wrong", "alias", right="a", wrong="x"),
        drawn("wrong one dropped", "alias", right="a", wrong="x"),
        drawn("unlabelled", "fuzzy", right="a"),
        drawn("no longer accepted", "fuzzy", wrong="x"),
    ]
    found = {
        "all right": Verdict(frozenset("b")),
        "one wrong": Verdict(frozenset("ax")),
        "wrong one dropped": Verdict(frozenset("a")),
        "unlabelled": Verdict(frozenset("z")),
        "no longer accepted": Verdict(review=frozenset("x")),
    }
    counted = shares(sample, found)
    assert {name: (each.right, each.accepted) for name, each in counted.items()} == {
        "alias": (2, 3),
        "fuzzy": (0, 1),
        "beside": (0, 0),
    }
    assert counted["alias"].precision.value == pytest.approx(2 / 3)
    assert counted["beside"].precision.value is None


def test_wilson_interval_as_published() -> None:
    # Newcombe 1998, Statistics in Medicine 17: 81 of 263, and 0 of 20.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1.0, 40)[1] == 1.0


def test_strata_are_put_together_by_their_sizes() -> None:
    parts = {"sure": share(40, 40), "alias": share(8, 10), "fuzzy": share(0, 0)}
    whole = together(parts, {"sure": 300, "alias": 100, "fuzzy": 7})
    assert whole.value == pytest.approx(0.95)
    # Wilson: 40 of 40 from .9124; 8 of 10 from .4902 to .9433.
    assert whole.low == pytest.approx(
        0.95 - ((0.75 * 0.0876) ** 2 + (0.25 * 0.3098) ** 2) ** 0.5, abs=1e-4
    )
    assert whole.high == pytest.approx(0.95 + 0.25 * 0.1433, abs=1e-4)
    assert together({"sure": share(0, 0)}, {"sure": 3}).value is None


def test_each_pair_of_a_payee_is_read(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(
        "payee,half,stratum,pounds,organisation,stage,verdict\n"
        "p,tuning2,alias,10,a,alias,right\n"
        "p,tuning2,alias,10,b,alias,unsure\n"
        "q,untouched2,fuzzy,-3,c,fuzzy,wrong\n",
        encoding="utf-8",
    )
    assert accepted.read_drawn(path, "tuning2") == [
        Drawn("p", "tuning2", "alias", 10, frozenset("a"), frozenset("b"))
    ]
    assert accepted.read_drawn(path, "untouched2") == [
        Drawn("q", "untouched2", "fuzzy", -3, frozenset(), frozenset("c"))
    ]
