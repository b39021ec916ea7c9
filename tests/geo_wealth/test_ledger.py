"""Every real ledger to the last row and penny, and the awkward ones made by hand."""

import csv
import io
import re
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth.ledger import COLUMNS, LedgerFile, read_ledger

KIRKLEES = (
    "Payment Date",
    "Transaction Number",
    "Amount Excluding VAT",
    "Vendor Number",
    "Vendor Name",
    "Company Number",
    "Debit/Credit Indicator",
    "PO Number",
    "Document Type",
    "Cost Centre",
    "Cost Centre Description",
    "Proclass Code",
    "Proclass Description",
    "Purpose of Spend",
)

SPEND = [
    "bradford/2018-01_clean.csv",
    *(f"bradford/2019-{month:02d}_clean.csv" for month in range(7, 13)),
    "calderdale/2010-10.csv",
    *(
        f"calderdale/{month}{kind}.csv"
        for month in (
            "2019-01",
            *(f"2021-{month:02d}" for month in range(1, 13)),
            *(f"2022-{month:02d}" for month in range(1, 9)),
        )
        for kind in ("", "-card")
    ),
    *(f"leeds/{month}_raw.csv" for month in ("2010-12", "2012-08", "2013-12", "2020-06")),
    "trafford/government_procurement_card_transactions_2026-27.csv",
    "trafford/trafford-supplier-spend-2025-26.zip",
    "trafford/trafford-supplier-spend-2026-27.zip",
]


def load(
    path: Path, mapping: Path | None = None, chunk_rows: int = 100_000
) -> tuple[LedgerFile, pd.DataFrame, IssueLog]:
    log = IssueLog()
    ledger = read_ledger(path, log, mapping, chunk_rows=chunk_rows)
    chunks = list(ledger.chunks)
    frame = pd.concat(chunks) if chunks else pd.DataFrame(columns=list(COLUMNS))
    assert log.balanced()
    assert log.loaded == len(frame)
    assert log.pounds_loaded == sum(frame.amount, Decimal(0))
    return ledger, frame, log


def write(path: Path, *rows: tuple[object, ...]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


def kinds(log: IssueLog) -> Counter[str]:
    return Counter(issue.kind for issue in log.issues)


def independent(path: Path) -> tuple[int, Decimal, int]:
    """Rows with any text, the sum of their amounts and repeats, by the csv module alone."""
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            data = archive.read(archive.namelist()[0])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip().lower().replace(" ", "") for name in next(reader)]
    at = header.index("netamount") if "netamount" in header else header.index("amount")
    count, total = 0, Decimal(0)
    different = set()
    for row in reader:
        if any(row):
            different.add(tuple(row))
            count += 1
            text = row[at].strip().replace(",", "")
            total += -Decimal(text[1:-1]) if text.startswith("(") else Decimal(text or 0)
    return count, total, count - len(different)


@pytest.mark.shared
def test_list_of_real_ledgers_is_complete(shared: Path) -> None:
    found = sorted(str(each.relative_to(shared / "spend")) for each in shared.glob("spend/*/*"))
    assert sorted(SPEND) == found


@pytest.mark.shared
@pytest.mark.parametrize("name", SPEND)
def test_real_ledger_adds_up(shared: Path, name: str) -> None:
    path = shared / "spend" / name
    _, frame, log = load(path)
    rows, pounds, repeats = independent(path)
    assert (log.read, log.pounds_read, int(frame.repeats.sum())) == (rows, pounds, repeats)
    assert frame.paid_on.notna().all()
    assert not log.rejected
    assert frame.line.is_monotonic_increasing


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "layout", "states", "loaded"),
    [
        ("calderdale/2010-10.csv", "calderdale-2010", (3344, 1081, 0), "24693456.68"),
        ("calderdale/2019-01.csv", "calderdale", (2235, 20, 0), "12501532.88"),
        ("calderdale/2022-08.csv", "calderdale", (1956, 0, 0), "15901508.75"),
        ("calderdale/2019-01-card.csv", "calderdale-card", (1671, 0, 0), "161002.46"),
        ("bradford/2019-11_clean.csv", "bradford", (9493, 163, 0), "39355678.64"),
        ("leeds/2010-12_raw.csv", "leeds", (9607, 696, 0), "77179009.24"),
        ("leeds/2013-12_raw.csv", "leeds", (8803, 771, 0), "104758470.89"),
        ("leeds/2020-06_raw.csv", "leeds-2020", (15019, 1157, 0), "104445727.45"),
    ],
)
def test_real_layouts(
    shared: Path, name: str, layout: str, states: tuple[int, int, int], loaded: str
) -> None:
    ledger, frame, log = load(shared / "spend" / name)
    counts = frame.payee_state.value_counts()
    assert ledger.layout == layout
    found = tuple(int(counts.get(state, 0)) for state in ("named", "redacted", "blank"))
    assert found == states
    assert log.pounds_loaded == Decimal(loaded)


@pytest.mark.shared
def test_line_of_totals_at_the_foot_is_no_payment(shared: Path) -> None:
    _, _, log = load(shared / "spend/leeds/2012-08_raw.csv")
    assert log.excluded == {"line of totals": 1}
    assert log.pounds_excluded["line of totals"] == log.pounds_loaded == Decimal("78648367.49")


@pytest.mark.shared
def test_cards_within_a_ledger_are_told_apart(shared: Path) -> None:
    _, frame, _ = load(shared / "spend/leeds/2020-06_raw.csv")
    assert frame.channel.value_counts().to_dict() == {"ledger": 12183, "card": 3993}


@pytest.mark.shared
def test_numbers_that_may_be_a_persons_are_not_shown(shared: Path) -> None:
    issues = []
    for month in (1, 3, 4, 7):
        _, _, log = load(shared / f"spend/calderdale/2021-{month:02d}.csv")
        issues += [each for each in log.issues if each.kind == "invalid-company-number"]
    assert issues
    assert not any(re.search(r"[A-Z]{2}\d{6}[A-Z]", str(each.value)) for each in issues)


def payment(**changes: object) -> tuple[object, ...]:
    usual: dict[str, object] = dict.fromkeys(KIRKLEES)
    usual |= {
        "Payment Date": 44287,
        "Transaction Number": 1900000001,
        "Amount Excluding VAT": 100.5,
        "Vendor Name": "Sample Supplies Ltd",
    }
    return tuple((usual | changes).values())


def kirklees_book(path: Path) -> Path:
    book = openpyxl.Workbook()
    front = book.active
    assert front is not None
    front.title = "Totals"
    front.append(("Vendor", "Sum of Amount"))
    front.append(("Sample Supplies Ltd", 100.5))
    sheet = book.create_sheet("tbl Data to Publish")
    sheet.append(KIRKLEES)
    sheet.append(payment())
    sheet.append(payment(**{"Vendor Name": "REDACTED PERSONAL DATA", "Company Number": None}))
    for _ in range(3000):
        sheet.append((None,) * 14)
    sheet.append(payment(**{"Amount Excluding VAT": -20, "Company Number": 8494722}))
    sheet.append(payment(**{"Payment Date": date(2021, 4, 30), "Amount Excluding VAT": 1234567.89}))
    sheet.cell(3010, 2).value = "  "
    book.save(path)
    return path


def test_kirklees_workbook(tmp_path: Path) -> None:
    ledger, frame, log = load(kirklees_book(tmp_path / "kirklees.xlsx"))
    assert ledger.layout == "kirklees"
    assert frame.line.tolist() == [2, 3, 3004, 3005]
    assert frame.paid_on.tolist() == [date(2021, 4, 1)] * 3 + [date(2021, 4, 30)]
    amounts = ["100.5", "100.5", "-20", "1234567.89"]
    assert frame.amount.tolist() == [Decimal(each) for each in amounts]
    assert frame.payee_state.tolist() == ["named", "redacted", "named", "named"]
    assert frame.reference.tolist() == ["1900000001"] * 4
    assert frame.company_number.tolist() == [None, None, "08494722", None]
    assert (log.read, log.rejected) == (4, 0)


def test_kirklees_layout_as_csv_with_a_title_above(tmp_path: Path) -> None:
    path = write(tmp_path / "sample.csv", ("Sample data",), (), KIRKLEES, payment())
    ledger, frame, _ = load(path)
    assert (ledger.layout, frame.line.tolist()) == ("kirklees", [4])
    assert list(frame.columns) == list(COLUMNS)


def test_kirklees_purchase_cards(tmp_path: Path) -> None:
    head = ("FIN.Transaction Date", "FIN.Net Transaction Amount", "MCH.Merchant Name")
    path = write(tmp_path / "card.csv", head, ("01/04/2021", "£12.30", "SAMPLE CAFE"))
    ledger, frame, _ = load(path)
    assert (ledger.layout, frame.channel[0], frame.amount[0]) == (
        "kirklees-card",
        "card",
        Decimal("12.30"),
    )


GENERIC = ("Date Paid", "Net Amount", "Supplier Name", "Purpose")


def test_rows_that_cannot_be_trusted_are_rejected_by_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "odd.csv",
        GENERIC,
        ("01/04/2021", "10.00", "Sample A Ltd", "x"),
        ("01/04/2021", "", "Sample B Ltd", "x"),
        ("01/04/2021", "NA", "Sample C Ltd", "x"),
        ("Sample D Ltd", "01/04/2021", "20.00", "x"),
        ("Adult Services", "30.00", "Sample E Ltd", "x"),
        ("01/04/2021", "40.00", "Sample F", "Ltd", "x", "y"),
        ("01/04/2021", "50.00", "Sample G Ltd", "x", "", ""),
        ("01/04/2021", "60.00"),
        ("01/04/2021", "70.00", "Sample H Ltd", "x"),
    )
    _, frame, log = load(path)
    assert frame.line.tolist() == [2, 8, 10]
    assert {issue.line: issue.kind for issue in log.rejections()} == {
        3: "missing-amount",
        4: "missing-amount",
        5: "invalid-amount",
        6: "invalid-date",
        7: "field-count",
        9: "field-count",
    }
    assert (log.read, log.pounds_read, log.pounds_rejected) == (9, Decimal(160), Decimal(30))


def test_odd_rows_that_are_kept_and_listed(tmp_path: Path) -> None:
    path = write(
        tmp_path / "odd.csv",
        GENERIC,
        ("", "10.00", "Sample A Ltd", "x"),
        ("July 2010 - September 2010", "10.00", "Sample B Ltd", "x"),
        ("31/02/2021", "10.00", "Sample C Ltd", "x"),
        ("01/04/2021", "-", "Sample D Ltd", "x"),
        ("01/04/2021", "Nil", "Sample E Ltd", "x"),
        ("01/04/2021", "(12.00)", "", "x"),
        ("01/04/2021", "12.00-", "NA", "x"),
    )
    _, frame, log = load(path)
    assert frame.paid_on.isna().tolist() == [True] * 3 + [False] * 4
    assert [str(each) for each in frame.amount[3:]] == ["0", "0", "-12.00", "-12.00"]
    assert frame.payee.tolist()[-2:] == ["", ""]
    assert frame.payee_state.tolist()[-2:] == ["blank", "blank"]
    assert kinds(log) == {
        "missing-date": 1,
        "period-date": 1,
        "impossible-date": 1,
        "nil-amount": 2,
    }


def test_totals_and_a_header_in_the_middle_are_excluded(tmp_path: Path) -> None:
    path = write(
        tmp_path / "joined.csv",
        GENERIC,
        ("01/04/2021", "10.00", "Sample A Ltd", "x"),
        GENERIC,
        ("02/04/2021", "5.00", "Total Sample Ltd", "x"),
        ("", "15.00", "Grand Total", ""),
        ("", "15.00", "", ""),
    )
    _, frame, log = load(path)
    assert frame.payee.tolist() == ["Sample A Ltd", "Total Sample Ltd"]
    assert log.excluded == {"header repeated": 1, "line of totals": 2}
    assert log.pounds_excluded["line of totals"] == Decimal(30)


A, B, C = (("01/04/2021", "10.00", f"Sample {name} Ltd", "x") for name in "ABC")


@pytest.mark.parametrize(
    ("rows", "repeats", "kind", "words"),
    [
        ((A, B, A, C), [2], "repeated-rows", "1 of 4 payments, £10.00 of £40.00"),
        ((A, B, C, A, B, C), [3, 4, 5], "listed-twice", "Every row is listed at least twice"),
        ((A, A, A, B), [1, 2], "listed-twice", "Half of the file or more repeats"),
        ((A, A), [1], "listed-twice", "Every row is listed at least twice"),
        ((A, B, C, (*A, "")), [3], "repeated-rows", "1 of 4"),
    ],
)
def test_repeated_rows_are_told_marked_and_kept(
    tmp_path: Path,
    rows: tuple[tuple[str, ...], ...],
    repeats: list[int],
    kind: str,
    words: str,
) -> None:
    path = write(tmp_path / "twice.csv", GENERIC, *rows)
    for chunk_rows in (100, 2):
        _, frame, log = load(path, chunk_rows=chunk_rows)
        assert np.flatnonzero(frame.repeats).tolist() == repeats
        assert log.loaded == len(rows)
        note = next(issue for issue in log.issues if issue.kind == kind)
        assert note.value == str(len(repeats))
        assert words in note.message


def test_a_row_alike_in_all_we_use_but_not_in_every_column_is_no_repeat(tmp_path: Path) -> None:
    rows = [(*A, "invoice 1"), (*A, "invoice 2")]
    _, frame, log = load(write(tmp_path / "x.csv", (*GENERIC, "Invoice"), *rows))
    assert not frame.repeats.any()
    assert not log.issues


def test_repeats_of_rows_left_out_are_not_counted(tmp_path: Path) -> None:
    rejected = ("01/04/2021", "", "Sample A Ltd", "x")
    _, frame, log = load(write(tmp_path / "x.csv", GENERIC, rejected, rejected, A))
    assert not frame.repeats.any()
    assert "repeated-rows" not in kinds(log)


def test_what_the_ledger_says_of_voluntary_organisations(tmp_path: Path) -> None:
    rows = [(*A, flag) for flag in ("Y", "no", "", "perhaps")]
    _, frame, _ = load(write(tmp_path / "x.csv", (*GENERIC, "VCSE"), *rows))
    assert frame.vcse.tolist() == [True, False, None, None]
    _, frame, _ = load(write(tmp_path / "y.csv", GENERIC, A))
    assert frame.vcse.tolist() == [None]


def test_a_payee_too_long_to_be_one_is_rejected(tmp_path: Path) -> None:
    long = payment(**{"Vendor Name": "n" * 501})
    _, frame, log = load(write(tmp_path / "x.csv", KIRKLEES, long, payment()))
    assert len(frame) == 1
    assert [(issue.line, issue.kind) for issue in log.rejections()] == [(2, "name-too-long")]


def test_months_before_days(tmp_path: Path) -> None:
    rows = [("04/01/2021", "1", "Sample A", ""), ("04/30/2021", "1", "Sample B", "")]
    _, frame, log = load(write(tmp_path / "us.csv", GENERIC, *rows))
    assert frame.paid_on.tolist() == [date(2021, 4, 1), date(2021, 4, 30)]
    assert kinds(log) == {"month-first-dates": 1}


def test_chunks_are_cut_as_asked_and_say_the_same(tmp_path: Path) -> None:
    rows = [("01/04/2021", f"{n}.10", f"Sample {n % 3}", "x") for n in range(25)]
    path = write(tmp_path / "x.csv", GENERIC, *rows)
    log = IssueLog()
    sizes = [len(chunk) for chunk in read_ledger(path, log, chunk_rows=10).chunks]
    assert sizes == [10, 10, 5]
    _, whole, _ = load(path)
    _, parts, _ = load(path, chunk_rows=7)
    assert whole.reset_index(drop=True).equals(parts.reset_index(drop=True))


def test_unknown_layout_says_what_was_found_and_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / "who.csv", ("When", "Who", "How much"), ("x", "y", "z"))
    with pytest.raises(RefusedFileError) as refusal:
        load(path)
    for part in ("who.csv", "'When', 'Who', 'How much'", "--mapping", "paid_on ="):
        assert part in str(refusal.value)


def test_mapping_makes_a_new_publisher_readable(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", ("When", "Who", "How much"), ("1 May 2021", "Sample", "5"))
    mapping = tmp_path / "ours.toml"
    mapping.write_text(
        'channel = "card"\n[columns]\npaid_on = "When"\namount = ["How much"]\npayee = "Who"\n'
    )
    ledger, frame, _ = load(path, mapping)
    assert (ledger.layout, frame.channel[0], frame.paid_on[0]) == ("ours", "card", date(2021, 5, 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[columns]\namount = 'How much'\n", "field 'payee' has no column"),
        ("[columns]\namount = 'a'\npayee = 'b'\ncolour = 'c'\n", "no field 'colour'"),
        ("chanel = 'card'\n[columns]\namount = 'a'\npayee = 'b'\n", "no key 'chanel'"),
        ("channel = 'cash'\n[columns]\namount = 'How much'\npayee = 'Who'\n", "channel must be"),
        ("columns = 3\n", "wrong type"),
        ("exclude = ['a']\n[columns]\namount = 'a'\npayee = 'b'\n", "'exclude' has a wrong type"),
        ("headerless = true\n[columns]\namount = 'a'\npayee = 'b'\n", "needs header"),
        ("[columns\n", "not a TOML file"),
    ],
)
def test_mapping_with_a_mistake(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path / "x.csv", ("When", "Who", "How much"), ("1 May 2021", "Sample", "5"))
    mapping = tmp_path / "ours.toml"
    mapping.write_text(text)
    with pytest.raises(RefusedFileError, match=re.escape(words)):
        load(path, mapping)


def test_mapping_that_is_a_folder_or_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", ("When", "Who", "How much"), ("1 May 2021", "Sample", "5"))
    for mapping in (tmp_path, tmp_path / "absent.toml"):
        with pytest.raises(RefusedFileError, match="mapping file"):
            load(path, mapping)


def test_a_ledger_without_payments_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="no payments"):
        load(write(tmp_path / "x.csv", GENERIC))
