"""Surveys for LM3: every figure exact, rows that cannot be used by line, and no name of staff."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth.commands.loaded import describe
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline import council
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.replacing import Choice
from geo_wealth.surveys import COLUMNS, read_survey


def read(
    path: Path, body: str, who: str = "suppliers", mapping: Path | None = None
) -> tuple[pd.DataFrame, IssueLog]:
    path = path / "survey.csv"
    path.write_text(body, encoding="utf-8")
    log = IssueLog()
    answers = read_survey(path, who, log, mapping).answers
    assert list(answers.columns) == list(COLUMNS)
    assert log.balanced()
    assert log.loaded == len(answers)
    return answers, log


def test_pounds_are_read_exactly(tmp_path: Path) -> None:
    body = 'Supplier,Amount received (£),Spent locally\nSample A Ltd,"1,000.10",£400.05\n'
    answers, log = read(tmp_path, body)
    assert answers.to_numpy().tolist() == [
        [2, "Sample A Ltd", "sample a ltd", Decimal("1000.10"), Decimal("400.05")]
    ]
    assert not log.issues


@pytest.mark.parametrize(
    ("header", "shares", "spent", "meant"),
    [
        ("% spent locally", ("40", "0.5", ""), ["40.0", "0.50"], "hundredths: 40 is 40 %"),
        ("% spent locally", ("0.4", "0.5", ""), ["40.0", "50.0"], "parts of one: 0.4 is 40 %"),
        ("Share spent locally", ("0.4", "1", "0"), ["40.0", "100", "0"], "parts of one"),
        ("Percentage spent locally", ("40%", "60 %", "0%"), ["40", "60", "0"], None),
        ("Local share", ("40%", "0.6", ""), ["40", "60.0"], "parts of one"),
    ],
)
def test_a_share_becomes_pounds(
    tmp_path: Path, header: str, shares: tuple[str, ...], spent: list[str], meant: str | None
) -> None:
    rows = "".join(f"Sample {n} Ltd,100,{share}\n" for n, share in enumerate(shares))
    answers, log = read(tmp_path, f"Supplier,Received,{header}\n{rows}")
    assert answers.respent_local.tolist() == [Decimal(each) for each in spent]
    assert log.rejected == 3 - len(spent)
    told = [issue.message for issue in log.issues if issue.kind == "shares"]
    assert (meant in told[0]) if meant else not told


def test_pounds_come_before_a_share_which_fills_gaps(tmp_path: Path) -> None:
    body = "Supplier,Received,Spent locally,% spent locally\nSample A,100,30,40\nSample B,100,,40\n"
    answers, _ = read(tmp_path, body)
    assert answers.respent_local.tolist() == [Decimal(30), Decimal(40)]


def test_rows_that_cannot_be_used_are_rejected_by_line(tmp_path: Path) -> None:
    body = (
        "Survey of suppliers 2024\n\nSupplier,Received,Spent locally\n"
        "Sample A,100,40\n"
        "Sample B,,40\n"
        "Sample C,100,\n"
        "Sample D,100,100.01\n"
        "Sample E,-5,0\n"
        ",100,40\n"
        "Sample G,x,40\n"
        "Sample H,100,40,7\n"
        "Total,400,160\n"
        "Sample A,50,0\n"
    )
    answers, log = read(tmp_path, body)
    assert answers.line.tolist() == [4, 13]
    assert {issue.line: issue.kind for issue in log.rejections()} == {
        5: "missing-amount",
        6: "missing-amount",
        7: "more-than-received",
        8: "negative-amount",
        9: "missing-respondent",
        10: "invalid-amount",
        11: "field-count",
    }
    assert log.excluded == {"line of totals": 1}
    assert [issue.line for issue in log.issues if issue.kind == "answers-twice"] == [13]


def test_of_staff_no_name_is_kept_nor_shown(tmp_path: Path) -> None:
    body = (
        "Name,Net pay,Spent locally\nJane Sample,2000,900\nJohn Sample,John Sample,5\n"
        "Jim Sample,2000,1,Jim\n"
    )
    answers, log = read(tmp_path, body, "staff")
    assert answers.respondent.tolist() == answers.respondent_key.tolist() == ["2"]
    shown = repr([(issue.value, issue.message) for issue in log.issues])
    assert "Sample" not in shown
    assert "Jim" not in shown
    nameless, _ = read(tmp_path, "Net pay,% spent locally\n2000,45\n1500,60\n", "staff")
    assert nameless.respent_local.tolist() == [Decimal(900), Decimal(900)]


def test_a_workbook_whose_shares_are_formatted_as_percent(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("Supplier", "Received", "% spent locally"))
    sheet.append(("Sample A Ltd", 1000, 0.4))
    sheet["C2"].number_format = "0%"
    book.save(tmp_path / "survey.xlsx")
    answers = read_survey(tmp_path / "survey.xlsx", "suppliers", IssueLog()).answers
    assert answers.respent_local.tolist() == [Decimal(400)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Supplier,Turnover\nSample A,5\n", "columns found are 'Supplier', 'Turnover'"),
        ("Received,Spent locally\n100,40\n", "no column that says which supplier answered"),
    ],
)
def test_a_file_without_the_columns_is_refused(tmp_path: Path, body: str, words: str) -> None:
    with pytest.raises(RefusedFileError, match=words):
        read(tmp_path, body)


def test_a_mapping_names_the_columns(tmp_path: Path) -> None:
    mapping = tmp_path / "ours.toml"
    body = "Who,From us,Near here\nSample A,100,40\n"
    mapping.write_text('[columns]\nrespondent = "Who"\nreceived = "From us"\n')
    with pytest.raises(RefusedFileError, match="no column of what was spent locally"):
        read(tmp_path, body, mapping=mapping)
    mapping.write_text(f'{mapping.read_text()}respent_local = "Near here"\n')
    answers, _ = read(tmp_path, body, mapping=mapping)
    assert answers.respent_local.tolist() == [Decimal(40)]


def test_only_suppliers_or_staff_are_asked(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="suppliers, staff"):
        read(tmp_path, "a\n", "visitors")


cell = st.sampled_from(["", "Sample A", "Total", "100", "-5", "40%", "0.4", "£7", "NA", "x", "150"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cell, min_size=3, max_size=5), max_size=8), staff=st.booleans())
def test_every_answer_is_loaded_or_listed(
    tmp_path: Path, rows: list[list[str]], staff: bool
) -> None:
    body = "Supplier,Received,% spent locally,Spent locally\n"
    body += "".join(",".join(row) + "\n" for row in rows) + "Sample Z,10,,5\n"
    answers, _ = read(tmp_path, body, "staff" if staff else "suppliers")
    for received, spent in zip(answers.received, answers.respent_local, strict=True):
        assert 0 <= spent <= received


def stored(engine: Engine) -> list[tuple[object, ...]]:
    query = """
        SELECT d.parameters ->> 'of', a.line, a.respondent, a.received::text,
            a.respent_local::text
        FROM survey_answer a JOIN dataset d ON d.id = a.dataset_id
        WHERE d.kind = 'survey' AND d.state = 'current' ORDER BY 1, 2
    """
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_the_newest_survey_of_a_round_counts_and_rounds_stand_side_by_side(
    engine: Engine, tmp_path: Path
) -> None:
    def job(body: str, round_: str = "2024", who: str = "suppliers", *, beside: bool = False):  # type: ignore[no-untyped-def]
        path = tmp_path / "survey.csv"
        path.write_text(f"Supplier,Received,Spent locally\n{body}")
        return council.survey_job(path, "X", round_, who, choice=Choice(beside=beside))

    old = load(engine, job("Sample A,100,40\n"))
    load(engine, job("Sample S,200,90\n", who="staff"))
    new = load(engine, job("Sample A,100,45\nSample B,10,1.50\n"))
    assert (new.pounds, new.rows["loaded"]) == (None, 2)
    assert f"It replaces {old.dataset};" in describe(new)
    assert stored(engine) == [
        ("staff", 2, "2", "200", "90"),
        ("suppliers", 2, "Sample A", "100", "45"),
        ("suppliers", 3, "Sample B", "10", "1.50"),
    ]
    load(engine, job("Sample C,7,7\n", "2025"))
    load(engine, job("Sample D,8,8\n", beside=True))
    assert len(stored(engine)) == 5
