"""Spend by command and by request, on the sample: what an officer asks, answered."""

import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, text

from geo_wealth.cli import run
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.pipeline.spend import SpendRequest, select, spend
from geo_wealth.pipeline.spend_documents import PART_COLUMNS, part_rows, spend_document
from geo_wealth.pipeline.spend_rows import payment_rows
from geo_wealth.pipeline.spend_words import spend_sentences
from geo_wealth.spend.listing import NOT_SHOWN, PERSONS

COUNCIL = SpendRequest(payers=("Kirklees Council (sample)",))


@pytest.mark.parametrize(
    "definition",
    [
        "kirklees",
        "kirklees-registered-office",
        "west-yorkshire",
        "west-yorkshire-and-bordering",
        "hd-wf-postcodes",
        "within-10-miles",
        "most-deprived-fifth",
    ],
)
def test_every_ready_made_definition_accounts_for_every_penny(
    sample: Connection, definition: str
) -> None:
    result = spend(sample, replace(COUNCIL, definition=definition))
    ledger = sample.execute(
        text("""
            SELECT count(*) AS rows, sum(p.amount) AS pounds FROM payment p
            JOIN dataset d ON d.id = p.dataset_id
            WHERE d.kind = 'ledger' AND d.parameters ->> 'payer' = :payer
        """),
        {"payer": COUNCIL.payers[0]},
    ).one()
    assert result.split.total == ledger.pounds == Decimal("54097958.63")
    assert result.rows["read"] == result.rows["included"] == ledger.rows == 5900
    assert sum(pounds for _, pounds, _ in result.why_unlocated) == result.split.unlocated
    assert result.split.bounds is not None
    assert result.split.share_of_located is not None
    assert result.split.bounds[0] <= result.split.share_of_located <= result.split.bounds[1]


@pytest.mark.parametrize("name", ["category", "decile", "address"])
def test_the_parts_of_a_breakdown_are_the_whole(sample: Connection, name: str) -> None:
    result = spend(sample, COUNCIL)
    parts = [part.split for part in getattr(result, f"by_{name}")]
    for sum_ in ("total", "local", "leaked", "unlocated", "payments"):
        assert sum(getattr(part, sum_) for part in parts) == getattr(result.split, sum_)


def test_suppliers_and_destinations_sum_to_what_they_divide(sample: Connection) -> None:
    result = spend(sample, COUNCIL)
    assert sum(part.split.total for part in result.suppliers) == result.split.total
    assert sum(part.split.total for part in result.by_destination) == result.split.leaked
    assert [part.name for part in result.by_destination[:2]] == ["Leeds", "Manchester"]


def test_what_the_registers_find_is_told(sample: Connection) -> None:
    result = spend(sample, COUNCIL)
    found = sum(part.split.local + part.split.leaked for part in result.by_register)
    assert found == result.split.local + result.split.leaked
    assert {part.slug for part in result.by_register} == {"suppliers", "anchors"}
    told = " ".join(spend_sentences(result))
    assert "leans towards the districts whose registers are loaded" in told
    assert result.months == 12
    assert "more than a few payments" not in told


def test_a_wider_definition_never_has_less_local(sample: Connection) -> None:
    narrow, wide, widest = (
        spend(sample, replace(COUNCIL, definition=slug)).split
        for slug in ("kirklees", "west-yorkshire", "west-yorkshire-and-bordering")
    )
    assert narrow.local < wide.local < widest.local


def test_rules_leave_out_rows_with_a_reason(sample: Connection) -> None:
    result = spend(sample, replace(COUNCIL, rules="third-party"))
    left_out = result.rows["excluded"]
    assert left_out
    assert result.rows["read"] == result.rows["included"] + sum(left_out.values())
    assert result.pounds["read"] == result.pounds["included"] + sum(
        result.pounds["excluded"].values()
    )
    assert result.split.total == result.pounds["included"]


def test_two_half_years_are_the_year(sample: Connection) -> None:
    first = spend(sample, replace(COUNCIL, last=date(2021, 9, 30)))
    second = spend(sample, replace(COUNCIL, first=date(2021, 10, 1)))
    whole = spend(sample, COUNCIL)
    assert first.split.local + second.split.local == whole.split.local
    assert first.split.payments + second.split.payments == whole.split.payments
    assert first.rows["excluded"] == {"outside the period asked for": second.split.payments}


def test_all_payers_together_are_each_of_them(sample: Connection) -> None:
    both = spend(sample, SpendRequest())
    assert both.payers == ("Kirklees Council (sample)", "Sample University")
    each = [spend(sample, SpendRequest(payers=(payer,))).split for payer in both.payers]
    assert both.split.unlocated == sum(split.unlocated for split in each)


def test_a_definition_that_depends_on_the_payer_is_answered_for_each(sample: Connection) -> None:
    result = spend(sample, SpendRequest(payers=("Sample University",), definition="anchors-town"))
    kirklees = spend(sample, SpendRequest(payers=("Sample University",)))
    assert Decimal(0) < result.split.local < kirklees.split.local


def test_what_does_not_exist_is_told(sample: Connection, connection: Connection) -> None:
    with pytest.raises(InvalidRequestError, match="no ledger of 'Nobody' is loaded"):
        spend(sample, SpendRequest(payers=("Nobody",)))
    with pytest.raises(InvalidRequestError, match="2022-01-01 is before 2022-02-01"):
        spend(sample, SpendRequest(first=date(2022, 2, 1), last=date(2022, 1, 1)))
    with pytest.raises(NotFoundError, match="There is no definition nowhere"):
        spend(sample, SpendRequest(definition="nowhere"))
    with pytest.raises(NotFoundError, match="ledger-none is no ledger"):
        spend(sample, SpendRequest(datasets=("ledger-none",)))
    with pytest.raises(NotFoundError, match="No ledger is loaded"):
        spend(connection, SpendRequest())


def test_no_person_is_named_anywhere(sample: Connection) -> None:
    result = spend(sample, COUNCIL)
    selection = select(sample, COUNCIL)
    told = json.dumps(spend_document(result), default=str) + str(list(part_rows(result)))
    told += " ".join(spend_sentences(result))
    told += str(list(payment_rows(sample, [selection], np.flatnonzero(selection.asked))))
    assert "sole trader" in told.lower()
    assert "Sample Sole Trader" not in told
    assert "SAMPLE SOLE TRADER" not in told


def test_payments_can_be_listed_and_sum_to_the_figure(sample: Connection) -> None:
    selection = select(sample, COUNCIL)
    rows = list(payment_rows(sample, [selection], np.flatnonzero(selection.asked)))
    assert sum(row.payments for row in rows) == 5900
    assert sum((row.amount for row in rows), Decimal(0)) == Decimal("54097958.63")
    local = sum((row.amount for row in rows if row.went == ("local",)), Decimal(0))
    assert local == spend(sample, COUNCIL).split.local


def test_no_payment_of_a_person_is_listed_with_its_line(sample: Connection) -> None:
    selection = select(sample, COUNCIL)
    book, asked = selection.book, np.flatnonzero(selection.asked)
    persons = int(book.payees.individual[book.payments.payee[asked]].sum())
    rows = list(payment_rows(sample, [selection], asked))
    sums = [row for row in rows if row.line is None]
    assert persons
    assert {row.payee for row in sums} <= {PERSONS, NOT_SHOWN}
    assert sum(row.payments for row in sums) >= persons
    assert min(row.payments for row in sums) >= 3
    assert {(row.paid_on, row.category, row.department, row.purpose) for row in sums} == {
        (None, None, None, None)
    }
    lines = [row.line for row in rows if row.line is not None]
    assert len(lines) == 5900 - sum(row.payments for row in sums)
    assert lines == sorted(lines)  # one ledger, in the order of its lines
    kept = sample.execute(
        text("""
            SELECT p.line, p.amount FROM payment p JOIN dataset d ON d.id = p.dataset_id
            WHERE d.key = :key
        """),
        {"key": rows[0].ledger},
    )
    amounts = {row.line: row.amount for row in kept}
    assert all(amounts[row.line] == row.amount for row in rows if row.line is not None)


def test_the_document_keeps_its_promise(sample: Connection) -> None:
    document = spend_document(spend(sample, COUNCIL))
    assert {"total", "local", "leaked", "unlocated", "share_of_located", "bounds"} < set(document)
    assert document["total"] == "54097958.63"
    assert set(document["rows"]) == {"read", "included", "excluded", "rejected"}
    assert document["definition"]["name"] == "kirklees"
    assert document["definition"]["version"] == 1
    assert set(document["rules"]) >= {"name", "version", "hash"}
    assert document["sample"] is True


def test_the_command_answers_in_words_json_and_csv(
    sample_database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", sample_database)
    parts, rows = tmp_path / "parts.csv", tmp_path / "rows.csv"
    arguments = ["spend", "--payer", COUNCIL.payers[0], "--definition", "west-yorkshire"]
    assert run([*arguments, "--csv", str(parts), "--rows", str(rows), "--by", "decile"]) == 0
    told = capsys.readouterr().out
    assert "of the pounds that could be located were local" in told
    assert "Decile 1" in told
    assert "Sample data" in told
    with parts.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert tuple(table[0]) == PART_COLUMNS
    assert table[0]["total"] == "54097958.63"
    with rows.open(encoding="utf-8", newline="") as file:
        assert sum(Decimal(row["amount"]) for row in csv.DictReader(file)) == Decimal("54097958.63")
    assert run([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["definition"]["name"] == "west-yorkshire"
    assert run(["spend", "--from", "1 April 2021"]) == 2
    assert "write the day as 2021-04-01" in capsys.readouterr().err
    assert run(["spend", "--by", "colour"]) == 2
