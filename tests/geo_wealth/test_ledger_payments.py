"""Payments and payees as they are stored, however the file is cut into chunks."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from boundaries.issues import IssueLog
from geo_wealth.ledger import read_ledger
from geo_wealth.pipeline import council
from geo_wealth.pipeline.load import load
from geo_wealth.store.payments import store_payments

HEAD = "Date Paid,Transaction Number,Net Amount,Supplier Name,Company Number,VCSE\n"
ROWS = [
    "01/04/2021,1,10.50,The Sample Co Limited,,Y",
    "02/04/2021,2,-0.25,Sample Company Ltd,,",
    "03/04/2021,3,7,Sample Company Ltd,8494722,N",
    "04/04/2021,4,1,Name withheld,,",
    ",5,2,REDACTED PERSONAL DATA,,",
    "06/04/2021,6,3,,,",
    "07/04/2021,7,4,Other Ltd,,",
    "07/04/2021,7,4,Other Ltd,,",
]
STORED = [
    (2, "2021-04-01", "10.50", "Sample Company Ltd", None, True, False),
    (3, "2021-04-02", "-0.25", "Sample Company Ltd", None, None, False),
    (4, "2021-04-03", "7", "Sample Company Ltd", "08494722", False, False),
    (5, "2021-04-04", "1", "REDACTED", None, None, False),
    (6, None, "2", "REDACTED", None, None, False),
    (7, "2021-04-06", "3", "", None, None, False),
    (8, "2021-04-07", "4", "Other Ltd", None, None, False),
    (9, "2021-04-07", "4", "Other Ltd", None, None, True),
]
QUERY = text("""
    SELECT p.line, p.paid_on::text, p.amount::text, y.name, y.company_number, p.vcse, p.repeats
    FROM payment p JOIN payee y ON y.id = p.payee_id WHERE p.dataset_id = :id ORDER BY p.line
""")


@pytest.mark.parametrize("chunk_rows", [1, 2, 3, 100])
def test_each_payment_has_its_payee_in_any_chunks(
    engine: Engine, tmp_path: Path, chunk_rows: int
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEAD + "07/04/2020,9,1,Sample Company Ltd,,\n")
    load(engine, council.ledger_job(path, "X"))
    path.write_text(HEAD + "\n".join(ROWS))
    with engine.connect() as connection:
        dataset = connection.execute(text("SELECT id FROM dataset")).scalar_one()
        connection.execute(text("DELETE FROM payment"))
        ledger = read_ledger(path, IssueLog(), chunk_rows=chunk_rows)
        store_payments(connection, dataset, ledger.chunks)
        # The name first seen stays, whatever spelling of it comes later.
        assert [tuple(row) for row in connection.execute(QUERY, {"id": dataset})] == STORED
        assert connection.execute(text("SELECT count(*) FROM payee")).scalar_one() == 5
