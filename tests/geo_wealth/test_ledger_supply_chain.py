"""A supplier's own payments are tier 2: read like any ledger, never added to the payer's."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from geo_wealth.commands.load import app
from geo_wealth.pipeline import council
from geo_wealth.pipeline.load import LoadJob, load
from geo_wealth.queries.book import read_book
from geo_wealth.queries.nearby import suppliers_near
from geo_wealth.queries.penetration import placed_suppliers
from geo_wealth.queries.spend import spend_summary

HEAD = "Payment date,Transaction Number,Net Amount,Supplier Number,Supplier Name"


def paid(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    return path


def register(folder: Path) -> LoadJob:
    path = folder / "register.csv"
    path.write_text(
        "Name,Postcode,Easting,Northing\nAlpha Ltd,HD1 2TT,414400,416600\n"
        "Beta Ltd,HD1 2TT,414500,416700\n"
    )
    return council.register_job(path, "suppliers")


def test_no_figure_of_tier_1_counts_what_suppliers_pay_on(engine: Engine, tmp_path: Path) -> None:
    load(engine, register(tmp_path))
    load(engine, council.ledger_job(paid(tmp_path, "l.csv", "2021-04-01,1,10.00,7,Alpha Ltd"), "X"))
    rows = ("2021-04-02,2,3.00,8,Beta Ltd", "2021-04-02,3,4.00,7,Alpha Ltd")
    tier_2 = load(
        engine, council.supply_chain_job(paid(tmp_path, "s.csv", *rows), "Alpha Ltd", "X")
    )
    assert tier_2.pounds is not None
    assert (tier_2.dataset[:13], tier_2.pounds["loaded"]) == ("supply-chain-", "7.00")
    with engine.connect() as connection:
        summary = spend_summary(connection)
        book = read_book(connection)
        near = suppliers_near(connection, 414400, 416600, 1000)
        placed = placed_suppliers(connection, 2021)
        stored = connection.execute(text("SELECT count(*), sum(amount)::text FROM payment")).one()
    assert (summary.total, summary.payments, summary.payers) == (Decimal("10.00"), 1, ("X",))
    assert [ledger.payer for ledger in book.ledgers] == ["X"]
    assert len(book.payments.amount) == 1
    assert [(each.name, each.pounds) for each in near] == [("Alpha Ltd", Decimal("10.00"))]
    assert placed.supplies.amount.tolist() == [10]
    assert tuple(stored) == (3, "17.00")


def test_one_supplier_of_two_payers_has_two_files_and_a_corrected_one_replaces(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [f"2021-04-0{day},{day},{day}.00,8,Beta Ltd" for day in range(1, 6)]
    path = paid(tmp_path, "s.csv", *rows)
    first = load(engine, council.supply_chain_job(path, "Alpha Ltd", "X"))
    second = load(engine, council.supply_chain_job(path, "Alpha Ltd", "Y"))
    assert (first.state, second.report["replaces"]) == ("current", [])
    ledger = load(engine, council.ledger_job(path, "Alpha Ltd"))
    assert ledger.report["replaces"] == ledger.report["counts_twice"] == []
    corrected = paid(tmp_path, "c.csv", *rows[:4], "2021-04-05,5,50.00,8,Beta Ltd")
    third = load(engine, council.supply_chain_job(corrected, "Alpha Ltd", "X"))
    assert [each["dataset"] for each in third.report["replaces"]] == [first.dataset]


@pytest.mark.parametrize("missing", ["--supplier", "--of"])
def test_the_command_wants_to_know_both(missing: str, tmp_path: Path) -> None:
    options = {"--supplier": "Alpha Ltd", "--of": "X"} | {missing: " "}
    words = [word for pair in options.items() for word in pair]
    result = CliRunner().invoke(app, ["supply-chain", str(tmp_path / "s.csv"), *words])
    assert result.exit_code != 0
    assert missing in str(result.exception)
