"""Opportunities, anchors, LM3 and supply chains over a database, and by command."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from operator import mul
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from geo_wealth.cli import run
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.pipeline import council
from geo_wealth.pipeline.anchors import AnchorsRequest, anchors, anchors_sentences
from geo_wealth.pipeline.lm3 import Lm3Request, lm3, lm3_document, lm3_sentences
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.opportunity import opportunity, opportunity_document
from geo_wealth.pipeline.spend import SpendRequest, spend
from geo_wealth.pipeline.supply_chain import supply_chain
from geo_wealth.store.named import add_document

Run = Callable[..., tuple[int, str, str]]

COUNCIL, UNIVERSITY = "Kirklees Council (sample)", "Sample University"
HD = """
slug = "hd"
title = "Huddersfield postcodes"
[address]
order = ["site", "branch", "registered", "payment"]
[[local]]
kind = "postcode-area"
areas = ["HD"]
"""
HEAD = "Payment date,Transaction Number,Net Amount,Supplier Number,Supplier Name"
PAID = {"Alpha": 20, "Beta": 20, "Delta": 20, "Gamma": 40}
ANSWERS = ("Alpha Ltd,20,8", "Beta Ltd,20,4", "Delta Ltd,20,12")


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


def paid(path: Path, rows: dict[str, int]) -> Path:
    lines = [
        f"2021-04-{day:02},{day},{pounds}.00,{day},{name} Ltd"
        for day, (name, pounds) in enumerate(rows.items(), start=1)
    ]
    path.write_text("\n".join([HEAD, *lines]) + "\n")
    return path


@pytest.fixture
def small(engine: Engine, tmp_path: Path) -> Iterator[Connection]:
    """One payer that pays 20 each to Alpha, Beta and Delta in HD and 40 to Gamma in LS."""
    register = tmp_path / "register.csv"
    register.write_text(
        "Name,Postcode,Easting,Northing\nAlpha Ltd,HD1 2TT,414400,416600\n"
        "Beta Ltd,HD1 2TT,414400,416600\nDelta Ltd,HD1 2TT,414400,416600\n"
        "Gamma Ltd,LS1 1UR,430000,433000\n"
    )
    load(engine, council.register_job(register, "suppliers"))
    load(engine, council.ledger_job(paid(tmp_path / "x.csv", PAID), "X"))
    with engine.begin() as connection:
        add_document(connection, "definition", HD, "test")
    with engine.connect() as connection:
        yield connection


def survey(engine: Engine, folder: Path, round_: str, who: str, *rows: str) -> None:
    path = folder / f"{round_}-{who}.csv"
    path.write_text("\n".join(["Supplier,Amount received,Spent locally", *rows]) + "\n")
    load(engine, council.survey_job(path, "X", round_, who))


# LM3 -------------------------------------------------------------------------------------------


def test_the_published_example_from_files(
    engine: Engine, small: Connection, tmp_path: Path
) -> None:
    survey(engine, tmp_path, "2021", "suppliers", *ANSWERS, "Gamma Ltd,40,40")
    result = lm3(small, Lm3Request("X", definition="hd"))
    assert result.round == "2021"
    assert result.of_suppliers is not None
    assert result.of_suppliers.estimate is not None
    assert float(result.of_suppliers.estimate) == 1.84
    assert (result.suppliers.answers, result.suppliers.unused) == (3, 1)
    told = lm3_sentences(result)
    assert told[0] == (
        "LM3 is 1.84, by those who answered; between 1.84 and 1.84, if the answers and the matches "
        "hold."
    )
    assert not any("staff" in sentence for sentence in told)


def test_staff_count_when_their_pay_is_given_and_three_answered(
    engine: Engine, small: Connection, tmp_path: Path
) -> None:
    survey(engine, tmp_path, "2021", "suppliers", *ANSWERS)
    survey(engine, tmp_path, "2021", "staff", "a,10,5", "b,10,5", "c,20,10")
    request = Lm3Request("X", "2021", "hd")
    assert any("3 staff answered: say" in each for each in lm3_sentences(lm3(small, request)))
    with_pay = Lm3Request("X", "2021", "hd", pay=Decimal(100), pay_local=Decimal(80))
    result = lm3(small, with_pay)
    assert result.together is not None
    assert result.together.estimate is not None
    assert float(result.together.estimate) == (200 + 140 + 24 + 40) / 200
    for pay, local in ((100, None), (None, 80), (80, 100)):
        with pytest.raises(InvalidRequestError, match="pay"):
            lm3(
                small,
                Lm3Request(
                    "X",
                    "2021",
                    "hd",
                    pay=None if pay is None else Decimal(pay),
                    pay_local=None if local is None else Decimal(local),
                ),
            )


def test_of_two_staff_nothing_is_shown(engine: Engine, small: Connection, tmp_path: Path) -> None:
    survey(engine, tmp_path, "2021", "staff", "a,10,5", "b,10,5")
    result = lm3(small, Lm3Request("X", definition="hd", pay=Decimal(100), pay_local=Decimal(80)))
    assert result.staff is None
    assert lm3_sentences(result)[-1] == (
        "Too few answers of staff can be used, fewer than 3 or one with more than half of the "
        "pounds: nothing is shown of them."
    )


def test_a_period_with_one_that_answered_tells_nothing_of_the_answer(
    engine: Engine, small: Connection, tmp_path: Path
) -> None:
    survey(engine, tmp_path, "2021", "suppliers", *ANSWERS)
    day = date(2021, 4, 1)  # on which Alpha alone is paid
    result = lm3(small, Lm3Request("X", "2021", "hd", first=day, last=day))
    assert result.suppliers.local == Decimal(20)
    document = lm3_document(result)
    assert document["lm3"] == {"at_least": 2.0, "estimate": None, "at_most": 3.0}
    group = document["suppliers"]
    assert group["r3"] == {"at_least": "0.00", "estimate": None, "at_most": "20.00"}
    hidden = ("answers", "answers_not_used", "r2_answered", "received_by_their_word", "rate")
    assert {group[name] for name in (*hidden, "coverage")} == {None}
    assert group["withheld"] is True
    told = " ".join(lm3_sentences(result))
    assert "Too few answers of suppliers can be used" in told
    for word in ("by their own word", "they spend", "1 answered", "estimated at"):
        assert word not in told


def test_a_round_is_named_when_there_are_several(
    engine: Engine, small: Connection, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError, match="No survey of X is loaded"):
        lm3(small, Lm3Request("X", definition="hd"))
    small.rollback()
    survey(engine, tmp_path, "2021", "suppliers", *ANSWERS)
    survey(engine, tmp_path, "2022", "suppliers", "Alpha Ltd,20,14", *ANSWERS[1:])
    for round_ in (None, "2023"):
        with pytest.raises(InvalidRequestError, match="2021, 2022"):
            lm3(small, Lm3Request("X", round_, "hd"))
    result = lm3(small, Lm3Request("X", "2022", "hd"))
    assert result.of_suppliers is not None
    assert float(result.of_suppliers.low) == 1.9


def test_lm3_by_command(
    engine: Engine,
    small: Connection,
    tmp_path: Path,
    database: str,
    gw: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    survey(engine, tmp_path, "2021", "suppliers", *ANSWERS)
    status, out, _ = gw("lm3", "--payer", "X", "--definition", "hd", "--json")
    document = json.loads(out)
    assert status == 0
    assert document["lm3"] == {"at_least": 1.84, "estimate": 1.84, "at_most": 1.84}
    assert (document["suppliers"]["r1"], document["suppliers"]["r2"]) == ("100.00", "60.00")
    assert document["suppliers"]["r3"]["estimate"] == "24.00"
    assert document["suppliers"]["coverage"] == 1.0
    assert "R1" in gw("lm3", "--payer", "X", "--definition", "hd")[1]
    assert gw("lm3", "--payer", "X", "--definition", "hd", "--pay", "much")[0] == 2


# Supply chain ----------------------------------------------------------------------------------


def test_tier_2_stands_beside_tier_1_and_is_never_in_it(
    engine: Engine, small: Connection, tmp_path: Path
) -> None:
    before = spend(small, SpendRequest(("X",), definition="hd")).split
    small.rollback()
    file = paid(tmp_path / "tier2.csv", {"Gamma": 30, "Alpha": 10, "Nobody": 5})
    load(engine, council.supply_chain_job(file, "Alpha Ltd", "X"))
    result = supply_chain(small, "X", SpendRequest(definition="hd"))
    (alpha,) = result.suppliers
    assert (alpha.split.local, alpha.split.leaked, alpha.split.unlocated) == (10, 30, 5)
    assert alpha.received is not None
    assert alpha.received.total == Decimal(20)
    assert spend(small, SpendRequest(("X",), definition="hd")).split == before
    with pytest.raises(InvalidRequestError, match="depends on who pays"):
        supply_chain(small, "X", SpendRequest(definition="anchors-town"))
    with pytest.raises(InvalidRequestError, match="Delta Ltd"):
        supply_chain(small, "X", SpendRequest(("Delta Ltd",), definition="hd"))


def rename_supplier(engine: Engine, supplier: str) -> None:
    """Make a file a person's, as one loaded before such files were refused."""
    with engine.begin() as writing:
        writing.execute(
            text("""
                UPDATE dataset SET parameters = parameters || '{"payer": "Mr A Sample"}'
                WHERE kind = 'supply-chain' AND parameters ->> 'payer' = :supplier
            """),
            {"supplier": supplier},
        )


def test_supply_chain_by_command(
    engine: Engine,
    small: Connection,
    tmp_path: Path,
    database: str,
    gw: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    asked = ("supply-chain", "--payer", "X", "--definition", "hd")
    status, _, err = gw(*asked)
    assert (status, "geo-wealth load supply-chain" in err) == (1, True)
    for place, supplier in enumerate(("Alpha Ltd", "Beta Ltd")):
        file = paid(tmp_path / f"{supplier}.csv", {"Gamma": 30, f"Other {place}": 1})
        load(engine, council.supply_chain_job(file, supplier, "X"))
    rename_supplier(engine, "Beta Ltd")
    document = json.loads(gw(*asked, "--json")[1])
    assert [each["supplier"] for each in document["suppliers"]] == ["Alpha Ltd", "(not shown)"]
    assert (document["tier"], document["all_suppliers"]["total"]) == (2, "62.00")
    out = gw(*asked)[1]
    assert "never added to what the payer spends itself" in out
    assert "A Sample" not in out


def test_what_a_person_was_paid_is_not_told_beside_a_file_of_theirs(
    engine: Engine, small: Connection, tmp_path: Path
) -> None:
    ledger = tmp_path / "y.csv"
    ledger.write_text(f"{HEAD}\n2021-04-01,1,7.00,1,Mr A Sample\n")
    load(engine, council.ledger_job(ledger, "Y"))
    load(engine, council.supply_chain_job(paid(tmp_path / "t.csv", {"Gamma": 3}), "Alpha Ltd", "Y"))
    rename_supplier(engine, "Alpha Ltd")
    (person,) = supply_chain(small, "Y", SpendRequest(definition="hd")).suppliers
    assert person.supplier == "(not shown)"
    assert person.received is not None
    assert person.received.payments == 0


def test_a_person_s_file_is_refused_without_its_name(gw: Run, tmp_path: Path) -> None:
    file = paid(tmp_path / "theirs.csv", {"Gamma": 30})
    given = ("load", "supply-chain", str(file), "--supplier", "Mr A Sample", "--of", "X")
    status, _, err = gw(*given)
    assert (status, "name of a person or sole trader" in err) == (2, True)
    assert "Sample" not in err


# Opportunities ---------------------------------------------------------------------------------


def test_all_that_leaks_in_the_sample_is_listed(sample: Connection) -> None:
    request = SpendRequest((COUNCIL,), rules="third-party")
    result = opportunity(sample, request)
    found = result.found
    leaked = [each.split.leaked for each in (*found.supplied, *found.unsupplied)]
    rest = found.rest.leaked + found.uncategorised.leaked
    assert sum(leaked) + rest == spend(sample, request).split.leaked
    assert found.supplied
    assert all(each.examples for each in found.supplied)
    names = {
        one["name"]
        for each in opportunity_document(result)["with_local_suppliers"]
        for one in each["examples"]
    }
    assert names
    assert UNIVERSITY not in names


@pytest.mark.usefixtures("on_sample")
def test_opportunity_by_command(gw: Run, tmp_path: Path) -> None:
    table = tmp_path / "opportunity.csv"
    status, out, _ = gw("opportunity", "--payer", COUNCIL, "--csv", str(table), "--top", "3")
    assert status == 0
    assert "These rules leave nothing out" in out
    leak, told = next(
        (line, told) for line, told in pairwise(out.splitlines()) if told.startswith("That is ")
    )
    parts = [Decimal(each.replace(",", "")) for each in re.findall(r"£(-?[\d,]+\.\d\d)", told)]
    signs = [-1 if sign else 1 for sign in re.findall(r"(-?)£", told)]
    whole = Decimal(re.findall(r"£([\d,]+\.\d\d)", leak)[0].replace(",", ""))
    assert len(parts) == 4
    assert sum(map(mul, signs, parts)) == whole
    document = json.loads(gw("opportunity", "--payer", COUNCIL, "--json")[1])
    both = [*document["with_local_suppliers"], *document["without_local_suppliers"]]
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert [row["category"] for row in rows] == [each["category"] for each in both]
    assert [row["leaked"] for row in rows] == [each["leaked"] for each in both]


# Anchors side by side --------------------------------------------------------------------------


def test_anchors_of_the_sample_and_what_they_pay_one_another(sample: Connection) -> None:
    request = AnchorsRequest(
        scales=((COUNCIL, "west-yorkshire"), (UNIVERSITY, "district:E08000034"))
    )
    result = anchors(sample, request)
    alone = {each.payer: each for each in result.anchors}
    assert set(alone) == {COUNCIL, UNIVERSITY}
    assert alone[UNIVERSITY].scale.title == "Kirklees"
    assert alone[UNIVERSITY].at_scale == alone[UNIVERSITY].same
    wide = spend(sample, SpendRequest((COUNCIL,), definition="west-yorkshire")).split
    assert alone[COUNCIL].at_scale == wide
    transfers = {(each.payer, each.payee): each for each in result.joint.transfers}
    assert set(transfers) == {(UNIVERSITY, COUNCIL), (COUNCIL, UNIVERSITY)}
    assert transfers[UNIVERSITY, COUNCIL].payments == 12
    together = sum((each.same.total for each in result.anchors), Decimal(0))
    assert result.joint.split.total + result.joint.transferred.total == together
    for kind in result.joint_by_kind:
        parts = kind.yes.total + kind.no.total + kind.unknown.total
        assert parts == result.joint.split.total
    assert any("paid one another" in sentence for sentence in anchors_sentences(result))


@pytest.mark.parametrize(
    "wrong",
    [
        AnchorsRequest(scales=(("Nobody", "kirklees"),)),
        AnchorsRequest(also=(("Nobody", "Somebody"),)),
        AnchorsRequest(payers=("Nobody",)),
        AnchorsRequest(scales=((COUNCIL, "county:E10000014"),)),
    ],
)
def test_anchors_that_are_not_there_are_refused(sample: Connection, wrong: AnchorsRequest) -> None:
    with pytest.raises(InvalidRequestError):
        anchors(sample, wrong)


@pytest.mark.usefixtures("on_sample")
def test_anchors_by_command(gw: Run) -> None:
    scale = ("--scale", f"{COUNCIL}=hd-wf-postcodes")
    status, out, _ = gw("anchors", *scale, "--json")
    document = json.loads(out)
    assert status == 0
    assert [each["scale"]["name"] for each in document["anchors"]] == [
        "hd-wf-postcodes",
        "kirklees",
    ]
    assert [each["to"] for each in document["transfers"]] == [UNIVERSITY, COUNCIL]
    status, out, _ = gw("anchors", *scale, "--also", f"{COUNCIL}=Some other name")
    assert (status, "together" in out) == (0, True)
    assert gw("anchors", "--scale", "kirklees")[0] == 2
