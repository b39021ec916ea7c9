"""Every real ledger, loaded: what is stored is what the file says, by an independent count."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from importlib import resources
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from test_ledger import SPEND, independent

from geo_wealth.cluster import Cluster
from geo_wealth.db import create_engine
from geo_wealth.pipeline import council, geography
from geo_wealth.pipeline.load import LoadResult, load
from geo_wealth.pipeline.spend import SpendRequest, spend

pytestmark = [pytest.mark.shared, pytest.mark.xdist_group("real")]

Loaded = tuple[Engine, dict[str, LoadResult]]


@pytest.fixture(scope="module")
def loaded(cluster: Cluster, migrated: str, shared: Path) -> Iterator[Loaded]:
    """All ledgers of all councils in one database; nothing is matched, to be quick."""
    cluster.create_database("stored", template=migrated)
    engine = create_engine(cluster.url("stored"))
    results = {}
    for name in SPEND:
        job = council.ledger_job(shared / "spend" / name, name.split("/")[0])
        results[name] = load(engine, replace(job, derive=()))
    yield engine, results
    engine.dispose()
    cluster.drop_database("stored")


@pytest.fixture(scope="module")
def stored(loaded: Loaded) -> dict[str, tuple[str, int, Decimal, int]]:
    """State, payments, pounds and repeated rows by the dataset's key."""
    query = """
        SELECT d.key, d.state, count(*) AS payments, sum(p.amount) AS pounds,
            count(*) FILTER (WHERE p.repeats) AS repeats
        FROM payment p JOIN dataset d ON d.id = p.dataset_id GROUP BY d.key, d.state
    """
    with loaded[0].connect() as connection:
        rows = connection.execute(text(query))
        return {row.key: (row.state, row.payments, row.pounds, row.repeats) for row in rows}


@pytest.fixture(scope="module")
def matched(loaded: Loaded, shared: Path) -> Engine:
    """The same database with one district's postcodes and premises, and payees matched to them."""
    real = Path(str(resources.files("boundaries"))) / "sample"
    for job in (
        geography.postcodes_job(real / "codepoint_open_2025_kirklees.csv.gz"),
        council.register_job(shared / "registers/business_rates_kirklees.csv", "business-rates"),
    ):
        load(loaded[0], job)
    return loaded[0]


@pytest.mark.parametrize("name", SPEND)
def test_stored_payments_and_what_was_left_out_are_the_file(
    loaded: Loaded, stored: dict[str, tuple[str, int, Decimal, int]], shared: Path, name: str
) -> None:
    result = loaded[1][name]
    rows, pounds, repeats = independent(shared / "spend" / name)
    assert result.pounds is not None
    left_out = sum(result.rows["excluded"].values()) + result.rows["rejected"]
    pounds_out = sum(map(Decimal, result.pounds["excluded"].values()), Decimal(0))
    pounds_out += Decimal(result.pounds["rejected"])
    # No real file replaces another, although all of a council are there.
    assert stored[result.dataset] == ("current", rows - left_out, pounds - pounds_out, repeats)


def test_repeated_rows_are_as_many_as_counted_by_hand(
    loaded: Loaded, stored: dict[str, tuple[str, int, Decimal, int]]
) -> None:
    result = loaded[1]["trafford/trafford-supplier-spend-2025-26.zip"]
    assert stored[result.dataset][3] == 60_868
    assert [issue.value for issue in result.issues if issue.kind == "repeated-rows"] == ["60868"]


@pytest.mark.parametrize("rules", ["all-payments", "third-party", "third-party-strict"])
@pytest.mark.parametrize("payer", sorted({name.split("/")[0] for name in SPEND}))
def test_every_line_and_pound_of_a_payers_files_is_accounted_for(
    matched: Engine, loaded: Loaded, payer: str, rules: str
) -> None:
    mine = [result for name, result in loaded[1].items() if name.split("/")[0] == payer]
    with matched.connect() as connection:
        result = spend(connection, SpendRequest(payers=(payer,), rules=rules))
    rows, pounds = result.rows, result.pounds
    assert rows["read"] == sum(each.rows["read"] for each in mine)
    assert rows["read"] == rows["included"] + sum(rows["excluded"].values()) + rows["rejected"]
    out = sum(pounds["excluded"].values(), Decimal(0)) + pounds["rejected"]
    assert pounds["read"] == pounds["included"] + out
    split = result.split
    assert split.local + split.leaked + split.unlocated == pounds["included"]
    assert min(split.local, split.unlocated) > 0
