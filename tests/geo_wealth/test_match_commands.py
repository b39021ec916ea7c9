"""``geo-wealth match``: out to a CSV, decided there, in again, and undone."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from geo_wealth.cli import run
from geo_wealth.pipeline import council
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.matching import COLUMNS

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def gw(database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on this test's database; gives exit status, output and errors."""
    monkeypatch.setenv("DATABASE_URL", database)

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def loaded(engine: Engine, tmp_path: Path) -> Path:
    """A register and a ledger with two payees to decide on; gives a folder."""
    register = tmp_path / "register.csv"
    register.write_text(
        "Name,Company Number,Postcode,Easting,Northing,Sole Trader\n"
        "Zorbix Ltd,01234567,HD1 2TT,414452,416338,no\n"
        "Quuxly Ltd,,HD1 2TT,414452,416338,no\n"
        "=Fnord+1 Ltd,,HD1 2TT,414452,416338,no\n"
        "Jane Doe Baking,,HD1 2TT,414452,416338,yes\n"
    )
    load(engine, council.register_job(register, "suppliers"))
    ledger = tmp_path / "ledger.csv"
    ledger.write_text(
        "Payment date,Transaction Number,Net Amount,Supplier Name,Company Number\n"
        "2021-04-01,1,10.00,Zorbix plc,\n"
        "2021-04-01,2,30.00,Quuxly plc,\n"
        "2021-04-01,3,20.00,=Fnord 1 plc,07654321\n"
        "2021-04-01,4,70.00,Jane Doe Baking,\n"
        "2021-04-01,5,5.00,Nobody Knows,\n"
    )
    load(engine, council.ledger_job(ledger, "A Council"))
    return tmp_path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: list[dict[str, str]], columns: tuple[str, ...] = COLUMNS) -> Path:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(("\ufeff" + buffer.getvalue()).encode())  # as spreadsheets save it
    return path


@pytest.fixture
def review(gw: Run, loaded: Path) -> Path:
    path = loaded / "review.csv"
    assert gw("match", "review", "--csv", str(path))[0] == 0
    return path


def test_the_review_list_is_written_for_a_spreadsheet(review: Path) -> None:
    rows = rows_of(review)
    assert tuple(rows[0]) == COLUMNS
    assert [(row["payee"], row["organisation"], row["pounds"]) for row in rows] == [
        ("Quuxly plc", "Quuxly Ltd", "30.00"),
        ("'=Fnord 1 plc", "'=Fnord+1 Ltd", "20.00"),
        ("Zorbix plc", "Zorbix Ltd", "10.00"),
    ]
    assert all(row["verdict"] == row["note"] == "" for row in rows)
    assert rows[2]["organisation_number"] == "01234567"


def test_what_is_written_out_can_be_read_in(gw: Run, review: Path) -> None:
    assert gw("match", "decide", str(review), "--by", "A Person") == (
        0,
        "No new decision. Without a verdict yet: 3.\n",
        "",
    )


def test_decisions_go_in_are_listed_and_undone(gw: Run, review: Path) -> None:
    rows = rows_of(review)
    rows[0] |= {"verdict": "accept", "note": "same postcode"}
    rows[2] |= {"verdict": " Reject ", "organisation_number": "1234567"}  # a spreadsheet's doing
    path = write_rows(review, rows)
    status, out, err = gw("match", "decide", str(path), "--by", "A Person")
    assert (status, err) == (0, "")
    assert "2 decisions kept: 1 to 2. Without a verdict yet: 1." in out
    assert "Decided so already: 2." in gw("match", "decide", str(path), "--by", "Other")[1]
    listed = json.loads(gw("match", "decisions", "--json")[1])
    assert [(each["verdict"], each["reason"], each["decided_by"]) for each in listed] == [
        ("reject", None, "A Person"),
        ("accept", "same postcode", "A Person"),
    ]
    assert listed[0]["organisation_number"] == "01234567"
    outcomes = {each["stage"]: each for each in json.loads(gw("match", "status", "--json")[1])}
    assert (outcomes["decision"]["payees"], outcomes["decision"]["pounds"]) == (1, "30.00")
    assert gw("match", "undo", "1", "--by", "Other") == (0, "Decision 1 is undone.\n", "")
    assert len(json.loads(gw("match", "review", "--json")[1])) == 2
    status, _, err = gw("match", "undo", "1", "--by", "Other")
    assert (status, err.count("\n")) == (1, 1)
    assert "Decision 1: Other undid it already" in err
    assert len(json.loads(gw("match", "decisions", "--all", "--json")[1])) == 2


@pytest.mark.parametrize(
    ("row", "change", "told"),
    [
        (0, {"verdict": "perhaps"}, "line 2, verdict: “perhaps”: write accept, reject or nothing"),
        (1, {"verdict": "accept", "payee_number": "x"}, "line 3, payee_number: “x”"),
        (1, {"verdict": "accept", "payee_number": "1"}, "payee_number: “1”: that is no company"),
        (
            1,
            {"verdict": "accept", "payee_number": "01234567"},
            "line 3, payee_number: “01234567”: nobody of that name has that number",
        ),
        (0, {"verdict": "accept", "payee_key": "nobody"}, "line 2, payee_key: “nobody”: no payee"),
        (0, {"verdict": "accept", "payee_key": ""}, "line 2, payee_key: “”: no payee"),
        (0, {"verdict": "accept", "payee_key": "jane doe baking"}, "line 2, payee_key: “jane doe"),
        (
            0,
            {"verdict": "accept", "organisation_key": "jane doe baking"},
            "line 2, organisation_key: “jane doe baking”: no organisation in the registers",
        ),
        (
            1,
            {
                "verdict": "accept",
                "organisation_key": "zorbix ltd",
                "organisation_number": "01234567",
            },
            "line 3, organisation_number: “01234567”: the payee's is 07654321",
        ),
        (0, {"verdict": "accept", "note": "n" * 1001}, "line 2, note: “nnn"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_nothing_is_kept(
    gw: Run, review: Path, row: int, change: dict[str, str], told: str
) -> None:
    rows = rows_of(review)
    rows[2]["verdict"] = "accept"
    rows[row] |= change
    status, out, err = gw("match", "decide", str(write_rows(review, rows)), "--by", "A Person")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "review.csv, line " in err
    assert told in err
    assert json.loads(gw("match", "decisions", "--json")[1]) == []


def test_two_verdicts_on_one_pair_are_refused(gw: Run, review: Path) -> None:
    rows = rows_of(review)
    rows = [rows[0] | {"verdict": "accept"}, rows[1], rows[0] | {"verdict": "reject"}]
    status, _, err = gw("match", "decide", str(write_rows(review, rows)), "--by", "A Person")
    assert status == 1
    assert "line 4, verdict: reject, but line 2 says accept" in err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "line 1: the column verdict is missing"),
        (b"verdict,payee_key\naccept,a\n", "line 1: the column payee_number is missing"),
        (",".join((*COLUMNS, "verdict")).encode(), "line 1: the column verdict stands there twice"),
        ((",".join(COLUMNS) + "\naccept,a\n").encode(), "line 2: 2 cells where the header has 15"),
        (b"verdict\n\nacc\xff", "line 3: not in UTF-8"),
        (b"verdict\nacc\0", "line 2: holds a NUL"),
        (b"PK\x03\x04\xff", "line 1: not in UTF-8"),
    ],
)
def test_a_file_that_is_no_list_is_refused(
    gw: Run, loaded: Path, content: bytes, told: str
) -> None:
    path = loaded / "list.csv"
    path.write_bytes(content)
    status, out, err = gw("match", "decide", str(path), "--by", "A Person")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert f"list.csv, {told}" in err


def test_a_file_that_is_not_there_and_a_person_without_a_name(gw: Run, loaded: Path) -> None:
    status, _, err = gw("match", "decide", str(loaded / "none.csv"), "--by", "A Person")
    assert (status, "cannot be read" in err) == (1, True)
    status, _, err = gw("match", "decide", str(loaded / "none.csv"), "--by", " ")
    assert (status, "--by: say who decides" in err) == (2, True)
    assert gw("match", "decide", str(loaded / "none.csv"))[0] == 2


def test_lists_are_readable(gw: Run, loaded: Path) -> None:
    status, out, err = gw("match", "review")
    assert (status, err) == (0, "")
    assert "Quuxly plc" in out
    assert "Jane" not in out
    assert "PLC and LTD" in out
    assert "Nothing is for review." in gw("match", "review", "--min-pounds", "31")[1]
    out = gw("match", "status")[1]
    assert [line.split() for line in out.splitlines()[1:]] == [
        ["review", "3", "3", "60.00"],
        ["unlocated", "1", "1", "5.00"],
        ["individual", "1", "1", "70.00"],
        ["all", "5", "5", "135.00"],
    ]
    assert "Nothing is decided." in gw("match", "decisions")[1]


def test_without_a_ledger_there_is_nothing_to_match(gw: Run) -> None:
    assert "No ledger is loaded." in gw("match", "status")[1]
    assert "Nothing is for review." in gw("match", "review")[1]
