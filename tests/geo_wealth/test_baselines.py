"""Labs, comparisons and claims over a database: by hand, and by command on the sample."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from geo_wealth.cli import run
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.pipeline import council
from geo_wealth.pipeline.claims import claim_sentence, read_share, record_claim, take_back
from geo_wealth.pipeline.compare import CompareResult, compare
from geo_wealth.pipeline.compare_words import compare_sentences, likeness, warnings
from geo_wealth.pipeline.lab import LabRequest, difference_rows, lab, lab_selections, lab_sentences
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.replacing import Choice
from geo_wealth.pipeline.spend import SpendRequest, spend
from geo_wealth.queries.claims import claims
from geo_wealth.store.named import add_document

Run = Callable[..., tuple[int, str, str]]

COUNCIL = "Kirklees Council (sample)"
HD = """
slug = "hd"
title = "Huddersfield postcodes"
[address]
order = ["site", "branch", "registered", "payment"]
[[local]]
kind = "postcode-area"
areas = ["HD"]
"""
HD_LS = HD.replace('"hd"', '"hd-ls"').replace('["HD"]', '["HD", "LS"]')
HD_WF = HD.replace('"hd"', '"hd-wf"').replace('["HD"]', '["HD", "WF"]')
NO_GAMMA = """
slug = "no-gamma"
title = "Without Gamma"
[[rule]]
slug = "gamma"
reason = "paid to Gamma"
[rule.when]
payee = ["gamma"]
"""
HEAD = "Payment date,Transaction Number,Net Amount,Supplier Number,Supplier Name"


@pytest.fixture
def gw(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; gives exit status, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def on_sample(sample_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", sample_database)


@pytest.fixture
def on_empty(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database)


@pytest.fixture
def small(engine: Engine, tmp_path: Path) -> Iterator[Connection]:
    """Two years of one payer: Alpha in HD, Beta in WF, Gamma in LS, Delta nowhere."""
    register = tmp_path / "register.csv"
    register.write_text(
        "Name,Postcode,Easting,Northing\nAlpha Ltd,HD1 2TT,414400,416600\n"
        "Beta Ltd,WF1 1AA,433000,420000\nGamma Ltd,LS1 1UR,430000,433000\n"
    )
    load(engine, council.register_job(register, "suppliers"))
    first = {"Alpha": 100, "Beta": 60, "Gamma": 40, "Delta": 50}
    second = {"Alpha": 100, "Beta": 100, "Gamma": 200}
    for year, paid in ((2021, first), (2022, second)):
        ledger(engine, tmp_path / f"{year}.csv", year, paid)
    with engine.begin() as connection:
        for kind, document in (
            ("definition", HD),
            ("definition", HD_WF),
            ("definition", HD_LS),
            ("rules", NO_GAMMA),
        ):
            add_document(connection, kind, document, "test")
    with engine.connect() as connection:
        yield connection


def ledger(engine: Engine, path: Path, year: int, paid: dict[str, int], payer: str = "X") -> str:
    rows = [
        f"{year}-04-{day:02},{year}{day},{pounds}.00,{day},{name} Ltd"
        for day, (name, pounds) in enumerate(paid.items(), start=1)
    ]
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    return load(engine, council.ledger_job(path, payer, choice=Choice(beside=True))).dataset


FIRST = SpendRequest(("X",), definition="hd", last=date(2021, 12, 31))
SECOND = SpendRequest(("X",), definition="hd-wf", rules="no-gamma", first=date(2022, 1, 1))


def parts(result: CompareResult) -> dict[str, Fraction | None]:
    return {part.slug: part.share for part in result.change.parts}


# The definition lab ----------------------------------------------------------------------------


def test_a_lab_by_hand(small: Connection) -> None:
    result = lab(small, LabRequest(("hd", "hd-wf"), payers=("X",), last=date(2021, 12, 31)))
    assert [column.split.local for column in result.columns] == [Decimal(100), Decimal(160)]
    assert [column.split.unlocated for column in result.columns] == [Decimal(50)] * 2
    (difference,) = result.differences
    assert (difference.payments, difference.pounds) == (1, Decimal(60))
    assert result.torn == (1, Decimal(60))
    assert (
        "hd and hd-wf disagree on 1 payment: £60.00 in 1 payment leaked by hd and local by hd-wf."
        in lab_sentences(result)
    )
    selections = lab_selections(small, result.request)
    found = difference_rows(small, selections, ("leaked", "local"))
    assert (found.payments, [row.payee for row in found.found]) == (1, ["Beta Ltd"])
    assert difference_rows(small, selections, ("local", "leaked")).rows == 0


def test_a_lab_wants_different_definitions(small: Connection) -> None:
    for wanted in (("hd",), ("hd", "hd@1"), ("hd",) * 9):
        with pytest.raises(InvalidRequestError):
            lab(small, LabRequest(wanted))
    selections = lab_selections(small, LabRequest(("hd", "hd-wf")))
    with pytest.raises(InvalidRequestError, match="none of"):
        difference_rows(small, selections, ("here", "there"))


@pytest.mark.usefixtures("on_sample")
def test_lab_by_command_writes_the_payments_of_a_difference(gw: Run, tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    three = ("kirklees", "west-yorkshire", "kirklees-registered-office")
    options = [part for each in three for part in ("--definition", each)]
    status, out, _ = gw(
        *("lab", "--payer", COUNCIL, *options, "--json"),
        *("--rows", "kirklees..west-yorkshire", str(table)),
    )
    document = json.loads(out)
    assert status == 0
    assert len({column["total"] for column in document["definitions"]}) == 1
    (difference,) = (
        each
        for each in document["differences"]
        if (each["first"], each["second"]) == ("kirklees", "west-yorkshire")
    )
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert len(rows) == difference["payments"] > 0
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal(difference["pounds"])
    assert all(row["kirklees"] != row["west-yorkshire"] for row in rows)
    status, out, _ = gw("lab", "--payer", COUNCIL, *options)
    assert (status, "Sample data" in out) == (0, True)


@pytest.mark.usefixtures("on_sample")
def test_lab_refuses_a_pair_that_it_has_not(gw: Run, tmp_path: Path) -> None:
    options = ("--definition", "kirklees", "--definition", "west-yorkshire")
    status, _, err = gw("lab", *options, "--rows", "kirklees..leeds", str(tmp_path / "x.csv"))
    assert (status, "kirklees..west-yorkshire" in err) == (2, True)


# Two baselines ---------------------------------------------------------------------------------


def test_a_comparison_by_hand(small: Connection) -> None:
    result = compare(small, FIRST, SECOND)
    assert not result.like_for_like
    assert result.change.whole.share == Fraction(1, 2)
    assert parts(result) == {
        "definition": Fraction(2, 5),  # 100 to 160 of 200 forth; 100 to 200 of 200 back
        "coverage": Fraction(9, 40),  # Gamma leaves: 40 of 200 forth; 200 of 400 back
        "real": Fraction(-1, 8),  # none forth; 100 of 200 to 100 of 400 back
    }
    assert [stage.split.local for stage in result.change.forth] == [100, 100, 160, 160, 160, 200]
    told = " ".join(compare_sentences(result))
    assert "cannot be compared like for like: the rules differ" in told
    assert "definition +40.00 percentage points; coverage +22.50" in told
    assert "other payments, same definition and rules) -12.50 percentage points" in told


def test_swapping_the_sides_turns_every_sign(small: Connection) -> None:
    there, back = compare(small, FIRST, SECOND), compare(small, SECOND, FIRST)
    assert parts(back) == {slug: -(share or 0) for slug, share in parts(there).items()}


def test_the_same_definition_and_rules_are_like_for_like(small: Connection) -> None:
    result = compare(small, FIRST, replace(FIRST, first=date(2022, 1, 1), last=None))
    assert result.like_for_like
    assert parts(result) == {"definition": 0, "coverage": 0, "real": Fraction(-1, 4)}
    assert result.bounds_overlap is False  # 40 to 60 % first, 25 % then
    assert [step.slug for step in result.change.steps] == ["payments"]


def test_a_side_without_payments_is_refused(small: Connection) -> None:
    later = replace(FIRST, first=date(2030, 1, 1), last=None)
    with pytest.raises(InvalidRequestError) as refused:
        compare(small, FIRST, later)
    assert refused.value.parameter == "second"
    assert "run from 2021-04-01 to 2022-04-03" in str(refused.value)
    with pytest.raises(InvalidRequestError) as refused:
        compare(small, later, FIRST)
    assert refused.value.parameter == "first"


def test_one_year_and_two_are_not_like_for_like(small: Connection) -> None:
    result = compare(small, FIRST, replace(FIRST, last=None))
    assert not result.like_for_like
    told = likeness(result)
    assert "have the same definition and rules, but are not like for like" in told
    assert "the numbers of months differ (1 month; 2 months)" in told


def test_the_same_payments_under_two_definitions_share_what_is_unlocated(
    small: Connection,
) -> None:
    result = compare(small, FIRST, replace(FIRST, definition="hd-wf"))
    assert (result.same_payments, result.bounds_overlap) == (True, False)
    # 100 and 140 of 250, with 50 unlocated: the ranges overlap, and the change is 40 for sure.
    beyond = compare(small, FIRST, replace(FIRST, definition="hd-ls"))
    assert (beyond.same_payments, beyond.bounds_overlap) == (True, True)
    assert not any("overlap" in line for line in warnings(beyond))
    years = compare(small, FIRST, replace(FIRST, rules="no-gamma"))
    assert (years.same_payments, years.bounds_overlap) == (False, True)
    assert any("ranges of the two overlap" in line for line in warnings(years))


def test_a_payer_that_joins_is_coverage_and_another_payer_is_said_to_be_one(
    engine: Engine, small: Connection, tmp_path: Path
) -> None:
    ledger(engine, tmp_path / "y.csv", 2022, {"Alpha": 300}, payer="Y")
    alone = replace(FIRST, first=date(2022, 1, 1), last=None)
    joined = compare(small, alone, replace(alone, payers=("X", "Y")))
    assert parts(joined) == {
        "definition": 0,
        "coverage": Fraction(400, 700) - Fraction(1, 4),
        "real": 0,
    }
    other = compare(small, alone, replace(alone, payers=("Y",)))
    assert [step.slug for step in other.change.steps] == ["another-payer"]
    assert other.change.parts[2].name == "Difference between payers"
    assert not other.like_for_like
    assert "the payers differ (X; Y)" in likeness(other)
    assert any("not a change over time" in sentence for sentence in compare_sentences(other))


def test_a_corrected_file_of_the_same_months_is_coverage(
    engine: Engine, small: Connection, tmp_path: Path
) -> None:
    key = spend(small, replace(FIRST, first=date(2021, 1, 1))).datasets
    old = next(each for each in key if spend(small, replace(FIRST, datasets=(each,))).split.total)
    small.rollback()
    new = ledger(engine, tmp_path / "again.csv", 2021, {"Alpha": 100, "Beta": 60, "Gamma": 90})
    request = SpendRequest(("X",), definition="hd")
    result = compare(small, replace(request, datasets=(old,)), replace(request, datasets=(new,)))
    assert [step.slug for step in result.change.steps] == ["ledgers"]
    assert parts(result) == {
        "definition": 0,
        "coverage": Fraction(2, 5) - Fraction(1, 2),
        "real": 0,
    }


def test_cards_that_only_one_side_has_are_coverage(engine: Engine, small: Connection) -> None:
    with engine.begin() as writing:
        writing.execute(
            text("""
                UPDATE payment SET channel = 'card'
                WHERE paid_on < '2022-01-01'
                  AND payee_id = (SELECT id FROM payee WHERE name = 'Gamma Ltd')
            """)
        )
    result = compare(small, FIRST, replace(FIRST, first=date(2022, 1, 1), last=None))
    assert (result.first.channels, result.second.channels) == (
        ("invoice", "purchase card"),
        ("invoice",),
    )
    assert not result.like_for_like
    assert "the channels differ (invoice and purchase card; invoice)" in likeness(result)
    # 100 of 200; without the card 100 of 160; then 100 of 400.
    assert parts(result) == {"definition": 0, "coverage": Fraction(1, 8), "real": Fraction(-3, 8)}
    assert any("one of coverage" in sentence for sentence in compare_sentences(result))


def test_two_sides_that_are_the_same_are_refused(small: Connection) -> None:
    with pytest.raises(InvalidRequestError, match="both sides are the same"):
        compare(small, FIRST, FIRST)


@pytest.mark.usefixtures("on_sample")
def test_compare_by_command(gw: Run) -> None:
    sides = ("--first-definition", "kirklees", "--second-definition", "kirklees-registered-office")
    status, out, _ = gw(
        "compare", "--payer", COUNCIL, *sides, "--second-rules", "third-party", "--json"
    )
    document = json.loads(out)
    assert status == 0
    assert (document["like_for_like"], document["same_rules"]) == (False, False)
    exact = [Fraction(part["exact"]) for part in document["parts"]]
    assert sum(exact) == Fraction(document["change"]["exact"])
    sums = [Decimal(part["local_pounds"]) for part in document["parts"]]
    assert sum(sums) == Decimal(document["change"]["local_pounds"])
    assert document["parts"][2]["exact"] == "0/1"
    status, _, err = gw(
        *("compare", "--payer", COUNCIL, "--like-for-like"),
        *("--first-to", "2021-06-30", "--second-from", "2021-07-01"),
    )
    assert (status, "the numbers of months differ (3 months; 9 months)" in err) == (1, True)
    assert "What follows" not in err
    status, out, err = gw("compare", "--payer", COUNCIL, *sides, "--like-for-like")
    assert (status, out) == (1, "")
    assert "cannot be compared like for like: the definitions of local differ" in err


@pytest.mark.usefixtures("on_sample")
def test_compare_two_halves_of_a_year_like_for_like(gw: Run) -> None:
    status, out, _ = gw(
        *("compare", "--payer", COUNCIL, "--like-for-like"),
        *("--first-to", "2021-09-30", "--second-from", "2021-10-01"),
    )
    assert status == 0
    assert "like for like: the same definition and the same rules" in out
    assert "definition +0.00 percentage points; coverage +0.00 percentage points" in out


# Claims ----------------------------------------------------------------------------------------


def test_a_claim_is_shown_beside_and_never_compared(engine: Engine, small: Connection) -> None:
    before = compare(small, FIRST, SECOND)
    small.rollback()
    number, new = record_claim(engine, "x", "31 %", "A panel", about="all spend", added_by="Me")
    assert new
    assert record_claim(engine, "x", "0.31", "A panel") == (number, False)
    after = compare(small, FIRST, SECOND)
    assert [claim.share for claim in after.claims] == [Decimal("0.31")]
    assert replace(after, claims=()) == before
    told = [sentence for sentence in compare_sentences(after) if "31 %" in sentence]
    assert told == [claim_sentence(after.claims[0])]
    assert "no ledger behind it" in told[0]
    assert claims(small, ["Someone else"]) == ()
    small.rollback()
    take_back(engine, number)
    assert claims(small) == ()
    with pytest.raises(NotFoundError, match="There is no claim"):
        take_back(engine, number)


@pytest.mark.parametrize(
    ("text", "share"), [("31%", "0.31"), (" 28.5 % ", "0.285"), ("0.31", "0.31"), ("1", "1")]
)
def test_shares_as_people_write_them(text: str, share: str) -> None:
    assert read_share(text) == Decimal(share)


@pytest.mark.parametrize("text", ["31", "-1%", "101%", "a third", "", "nan", "1e-400", "%"])
def test_other_shares_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"31% or 0\.31"):
        read_share(text)


@pytest.mark.parametrize(("payer", "source"), [("", "A panel"), ("X", "  "), ("X", "s" * 501)])
def test_a_claim_needs_a_payer_and_a_source(engine: Engine, payer: str, source: str) -> None:
    with pytest.raises(InvalidRequestError):
        record_claim(engine, payer, "31%", source)


@pytest.mark.usefixtures("on_empty")
def test_claims_by_command(gw: Run) -> None:
    assert gw("claim", "list")[1] == "No claim is recorded.\n"
    given = ("--payer", "X", "--share", "31%", "--source", "A panel", "--period", "2019/20")
    status, out, _ = gw("claim", "add", *given, "--about", "spend", "--by", "Me", "--json")
    assert (status, json.loads(out)["new"]) == (0, True)
    number = json.loads(out)["id"]
    assert gw("claim", "add", *given)[1] == f"Claim {number} says the same already.\n"
    status, out, _ = gw("claim", "list", "--json", "--payer", "X")
    (told,) = json.loads(out)
    assert (told["share"], told["ledger"], told["added_by"]) == (0.31, None, "Me")
    assert "X, 31 % of spend (2019/20), according to A panel." in gw("claim", "list")[1]
    assert gw("claim", "remove", str(number))[0] == 0
    assert gw("claim", "remove", str(number))[0] == 1
    assert gw("claim", "add", *given[:2], "--share", "31", *given[4:])[0] == 2
