"""A ledger of a million rows, from file to located payments, against pandas and SQLAlchemy."""

import csv
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from databases import Server, value
from measure import Finding, Run, expect, interleaved, timed
from sqlalchemy import Engine

from geo_wealth.pipeline import council
from geo_wealth.pipeline.load import load

ROWS = 1_000_000
_SUMS = {
    "payment": "SELECT count(*)::text || ' ' || sum(amount) FROM payment",
    "rival_payment": "SELECT count(*)::text || ' ' || sum(amount) FROM rival_payment",
}
_PAYER = "Trafford Council"
_REGISTERS = ("kirklees", "calderdale", "bradford")


def compare(server: Server, shared: Path, rounds: int, target: float) -> Finding:
    """Time file to stored, matched and located payments; registers are there on both sides."""
    with million(shared) as (path, total), registers(server, shared) as template:

        def side(work: Callable[[Engine], object], table: str) -> Run:
            def run() -> float:
                with server.database(template) as engine:
                    seconds = timed(lambda: work(engine))
                    _check(engine, table, total)
                return seconds

            return run

        sides = {
            "pipeline": side(lambda e: load(e, council.ledger_job(path, _PAYER)), "payment"),
            "pandas": side(partial(_pandas, path), "rival_payment"),
        }
        seconds = interleaved(sides, rounds)
    ratio = seconds["pipeline"] / seconds["pandas"]
    return Finding(
        "ledger-million", "pipeline / pandas", ratio, target=target, rounds=rounds, sides=seconds
    )


def peak_memory(server: Server, shared: Path, target: float) -> Finding:
    """Load in a process of its own and ask how much memory it needed at most."""
    with (
        million(shared) as (path, total),
        registers(server, shared) as template,
        server.database(template) as engine,
    ):
        url = engine.url.render_as_string(hide_password=False)
        command = [
            sys.executable,
            str(Path(__file__).with_name("peak.py")),
            "ledger",
            url,
            str(path),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        _check(engine, "payment", total)
    return Finding("ledger-million", "peak memory of the load", float(done.stdout), "MB", target)


def _check(engine: Engine, table: str, total: Decimal) -> None:
    rows, pounds = value(engine, _SUMS[table]).split()
    expect((int(rows), Decimal(pounds)), (ROWS, total), f"rows and pounds of {table}")


@contextmanager
def million(shared: Path) -> Iterator[tuple[Path, Decimal]]:
    """Give a file of a million rows and the sum of its amounts."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        yield path, _write(shared, path)


def _write(shared: Path, path: Path) -> Decimal:
    """Write a year of a real council's payments over and over, each with its own reference."""
    with zipfile.ZipFile(shared / "spend/trafford/trafford-supplier-spend-2025-26.zip") as packed:
        text = packed.read(packed.namelist()[0]).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    reference, amount = header.index("TransactionNumber"), header.index("Amount")
    total = Decimal(0)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for number in range(ROWS):
            row = rows[number % len(rows)]
            writer.writerow([*row[:reference], str(number), *row[reference + 1 :]])
            total += Decimal(row[amount])
    return total


@contextmanager
def registers(server: Server, shared: Path) -> Iterator[str]:
    """Give a template database that holds three districts' business rates."""
    name = "registers"
    with server.database() as engine:
        for district in _REGISTERS:
            path = shared / f"registers/business_rates_{district}.csv"
            load(engine, council.register_job(path, "business-rates"))
        engine.dispose()
        server.cluster.create_database(name, template=str(engine.url.database))
    yield name
    server.cluster.drop_database(name)


def _pandas(path: Path, engine: Engine) -> None:
    """Do it as one would in a notebook: read, clean, number payees, join by name, to_sql."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    payments = pd.DataFrame(
        {
            "line": range(2, len(frame) + 2),
            "paid_on": pd.to_datetime(frame["PaymentDate"], errors="coerce").dt.date,
            "reference": frame["TransactionNumber"].replace("NA", None),
            "amount": pd.to_numeric(frame["Amount"].str.replace(",", "")),
            "payee": frame["BeneficiaryName"].str.strip(),
            "category": frame["ProclassLabel"].replace("NA", None),
            "department": frame["OrganisationalUnit"].replace("NA", None),
            "purpose": frame["Purpose"].replace("NA", None),
            "payee_ref": frame["BeneficiaryOtherID"].replace("NA", None),
            "repeats": frame.duplicated(),
        }
    )
    payments["name_key"] = _keys(payments["payee"])
    payees = payments.groupby("name_key", as_index=False)["payee"].min()
    payees["payee_id"] = range(1, len(payees) + 1)
    sites = pd.read_sql(
        "SELECT o.name, s.id AS site_id, ST_X(s.point) AS x, ST_Y(s.point) AS y, s.rateable_value "
        "FROM organisation o JOIN site s ON s.organisation_id = o.id",
        engine,
    )
    sites["name_key"] = _keys(sites["name"])
    best = sites.sort_values("rateable_value", ascending=False).drop_duplicates("name_key")
    located = payees.merge(best[["name_key", "site_id", "x", "y"]], on="name_key", how="left")
    payments = payments.merge(located[["name_key", "payee_id", "site_id"]], on="name_key")
    located.to_sql("rival_payee", engine, index=False)
    payments.drop(columns=["payee", "name_key"]).to_sql(
        "rival_payment", engine, index=False, chunksize=10_000, dtype=None
    )
    with engine.begin() as connection:
        # A pandas float holds pence well enough here; numeric makes the sum comparable.
        connection.exec_driver_sql(
            "ALTER TABLE rival_payment ALTER amount TYPE numeric USING amount::numeric"
        )
        for column in ("payee_id", "site_id"):
            connection.exec_driver_sql(f"CREATE INDEX ON rival_payment ({column})")


def _keys(names: "pd.Series[str]") -> "pd.Series[str]":
    plain = names.str.lower().str.replace(r"[^\w\s]", "", regex=True)
    plain = plain.str.replace(r"\blimited\b", "ltd", regex=True)
    return plain.map(lambda text: re.sub(r"\s+", " ", text).strip())
