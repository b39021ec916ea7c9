"""What councils publish instead of a tidy table: each loads right, with its rows listed, or is
refused in a sentence that says what was found, where and what to do."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import printable

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from test_ledger import load

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth.ledger import read_ledger

HEAD = ("Date Paid", "Net Amount", "Supplier Name", "Purpose")
ROW = ("01/04/2021", "10.00", "Sample A Ltd", "x")


def csv_file(folder: Path, rows: Sequence[Sequence[str]], name: str = "x.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


def workbook(folder: Path, **sheets: Callable[[Worksheet], object]) -> Path:
    book = openpyxl.Workbook()
    del book[book.sheetnames[0]]
    for name, fill in sheets.items():
        fill(book.create_sheet(name))
    book.save(folder / "x.xlsx")
    return folder / "x.xlsx"


def rows_of(*rows: Sequence[object]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(row)

    return fill


def noted(log: IssueLog) -> dict[int | None, str]:
    return {issue.line: issue.kind for issue in log.issues}


def refusal(path: Path) -> str:
    with pytest.raises(RefusedFileError) as refused:
        load(path)
    text = str(refused.value)
    assert text.startswith(path.name)
    assert text.endswith(".")
    assert len(text) < 1_500
    return text


# Around the header


def test_lines_before_the_header_do_not_count_as_rows(tmp_path: Path) -> None:
    path = csv_file(tmp_path, [["Sample Council"], ["Payments over £500", "", ""], [], HEAD, ROW])
    _, frame, log = load(path)
    assert (frame.line.tolist(), log.read) == ([5], 1)


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (("Date", "Net", "Supplier", ""), ("Paid", "Amount", "Name", "Purpose")),
        (("Payment", "", "Supplier", ""), ("Date", "Amount", "Name", "Number")),
        (("Payment", "Amount (£)", "", ""), ("Date", "", "Supplier Name", "Purpose")),
    ],
)
def test_a_header_over_two_rows_is_read_as_one(
    tmp_path: Path, upper: tuple[str, ...], lower: tuple[str, ...]
) -> None:
    path = csv_file(tmp_path, [["Payments"], upper, lower, ROW])
    _, frame, log = load(path)
    assert (frame.line[0], frame.payee[0], frame.amount[0]) == (4, "Sample A Ltd", Decimal(10))
    assert noted(log) == {None: "two-row-header"}
    assert "line 3" in log.issues[0].message


def test_a_column_without_a_name_is_no_column_of_pounds(tmp_path: Path) -> None:
    rows = [("Date Paid", "", "Supplier Name"), ("01/04/2021", "7", "Sample A Ltd")]
    assert "the columns found are 'Date Paid', 'Supplier Name'" in refusal(csv_file(tmp_path, rows))
    _, frame, _ = load(csv_file(tmp_path, [("Date Paid", " £ ", "Supplier Name"), rows[1]]))
    assert frame.amount.tolist() == [7]


def test_a_second_heading_below_the_header_is_rejected_by_line(tmp_path: Path) -> None:
    _, frame, log = load(csv_file(tmp_path, [HEAD, ("dd/mm/yyyy", "£", "", ""), ROW]))
    assert frame.line.tolist() == [3]
    assert {issue.line: issue.value for issue in log.rejections()} == {2: "£"}


# Workbooks


def test_the_sheet_of_payments_is_chosen_and_the_others_are_named(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        Pivot=rows_of(("Row Labels", "Sum of Net Amount"), ("Sample A Ltd", 10)),
        Payments=rows_of(("Payments",), (), HEAD, (44287, 10, "Sample A Ltd", "x")),
        Notes=rows_of(("read me",)),
    )
    _, frame, log = load(path)
    assert frame.paid_on.tolist() == [date(2021, 4, 1)]
    assert log.issues[0].message == "The sheet 'Payments' was read; left aside: 'Pivot', 'Notes'."


def test_two_sheets_of_payments_are_refused_for_one_may_repeat_the_other(tmp_path: Path) -> None:
    month = rows_of(HEAD, (44287, 10, "Sample A Ltd", "x"))
    text = refusal(workbook(tmp_path, April=month, All=month))
    assert "'April' with 1 rows, 'All' with 1 rows" in text
    assert "save each that is to count as a file of its own" in text


def test_a_hidden_sheet_gives_way_to_a_visible_one(tmp_path: Path) -> None:
    def hidden(sheet: Worksheet) -> None:
        rows_of(HEAD, (44287, 99, "Sample B Ltd", "x"))(sheet)
        sheet.sheet_state = "hidden"

    path = workbook(tmp_path, Old=hidden, Now=rows_of(HEAD, (44287, 10, "Sample A Ltd", "x")))
    _, frame, log = load(path)
    assert frame.payee.tolist() == ["Sample A Ltd"]
    assert "left aside: 'Old'" in log.issues[0].message


def test_merged_cells_give_their_text_to_each_row_but_never_their_number(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        rows = [
            ("Sample Council, payments", None, None, None),
            ("Payment", None, "Supplier", None),
            ("Date", "Amount", "Name", "Number"),
            (date(2021, 4, 1), 10, "Sample A Ltd", 7),
            (None, 20, None, None),
            (date(2021, 4, 2), 30, "Sample B Ltd", 8),
            (date(2021, 4, 3), None, "Sample C Ltd", 9),
        ]
        rows_of(*rows)(sheet)
        for merged in ("A1:D1", "A2:B2", "C2:D2", "A4:A5", "C4:C5", "B6:B7"):
            sheet.merge_cells(merged)

    _, frame, log = load(workbook(tmp_path, Payments=fill))
    assert frame.payee.tolist() == ["Sample A Ltd", "Sample A Ltd", "Sample B Ltd"]
    assert frame.paid_on.tolist()[:2] == [date(2021, 4, 1)] * 2
    assert frame.amount.tolist() == [10, 20, 30]
    assert [(issue.line, issue.kind) for issue in log.rejections()] == [(7, "missing-amount")]
    assert "2 cells" in next(i.message for i in log.issues if i.kind == "merged-cells")


def test_a_pivot_table_of_totals_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, P=rows_of(("Row Labels", "Sum of Net Amount"), ("Sample A Ltd", 10)))
    assert "pivot table of totals, with the columns 'Row Labels', 'Sum of Net" in refusal(path)


# Rows


def test_blank_rows_by_the_thousand_are_no_rows(tmp_path: Path) -> None:
    rows = [HEAD, ROW, *[["", " ", "", ""]] * 5_000, ROW, *[[""] * 4] * 5_000]
    _, frame, log = load(csv_file(tmp_path, rows))
    assert (frame.line.tolist(), log.read) == ([2, 5003], 2)


def test_totals_of_each_supplier_and_of_all_are_left_out(tmp_path: Path) -> None:
    rows = [
        *(HEAD, ROW, ROW),
        ("", "20.00", "Sample A Ltd Total", ""),
        ("", "20.00", "Grand Total", ""),
        ("", "5.00", "Sample Total Ltd", ""),
    ]
    _, frame, log = load(csv_file(tmp_path, rows))
    assert frame.line.tolist() == [2, 3, 6]
    assert log.excluded == {"line of totals": 2}
    assert log.pounds_excluded == {"line of totals": Decimal(40)}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01/04/2021", date(2021, 4, 1)),
        ("2021-04-01", date(2021, 4, 1)),
        ("2021-04-01T00:00:00", date(2021, 4, 1)),
        ("1-Apr-21", date(2021, 4, 1)),
        ("01.04.21", date(2021, 4, 1)),
        ("Thursday, 1st April 2021", date(2021, 4, 1)),
        ("44287", date(2021, 4, 1)),
        ("20210401", date(2021, 4, 1)),
        ("July 2010 - September 2010", None),
        ("Q1 2010/11", None),
        ("31/02/2021", None),
        ("", None),
    ],
)
def test_dates_as_councils_write_them(tmp_path: Path, text: str, day: date | None) -> None:
    rows = [HEAD, (text, "10.00", "Sample A Ltd", "x"), ROW]
    _, frame, log = load(csv_file(tmp_path, rows))
    assert (frame.paid_on[0], frame.paid_on[1]) == (day, date(2021, 4, 1))
    assert (2 in noted(log)) == (day is None)


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        (" 1,234.50 ", "1234.50"),
        ("£1,234.50", "1234.50"),
        ("(12.00)", "-12.00"),
        ("12.00-", "-12.00"),
        ("-£12.00", "-12.00"),
        ("£(12.00)", "-12.00"),
        ("12.00 CR", "-12.00"),
        ("-", "0"),
        (" £ - ", "0"),
        ("Nil", "0"),
        ("1E+3", "1000"),
        ("£", None),
        ("NA", None),
        ("#REF!", None),
        ("", None),
        ("12.00.00", None),
        ("1,23", None),
        ("twelve", None),
    ],
)
def test_amounts_as_councils_write_them(tmp_path: Path, text: str, pounds: str | None) -> None:
    rows = [HEAD, ("01/04/2021", text, "Sample A Ltd", "x"), ROW]
    _, frame, log = load(csv_file(tmp_path, rows))
    expected = [] if pounds is None else [Decimal(pounds)]
    assert frame.amount.tolist() == [*expected, Decimal(10)]
    assert [issue.line for issue in log.rejections()] == ([2] if pounds is None else [])


@pytest.mark.parametrize(
    "row",
    [
        ("", "01/04/2021", "10.00", "Sample A Ltd"),
        ("01/04/2021", "", "10.00", "Sample A Ltd"),
        ("10.00", "Sample A Ltd", "x", ""),
        ("Adult Care", "01/04/2021", "10.00", "Sample A Ltd", "x"),
        ("10.00", "Sample A Ltd", "x"),
    ],
)
def test_fields_shifted_by_one_are_rejected_by_line(tmp_path: Path, row: tuple[str, ...]) -> None:
    _, frame, log = load(csv_file(tmp_path, [HEAD, ROW, row, ROW]))
    assert frame.line.tolist() == [2, 4]
    assert [issue.line for issue in log.rejections()] == [3]


def test_a_mark_encoded_twice_and_nul_bytes_are_taken_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    text = "\n".join([",".join(HEAD), "01/04/2021,10.00,Sam\0ple A Ltd,x"])
    path.write_bytes("\ufeff".encode("utf-8").decode("cp1252").encode() + text.encode())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    _, frame, log = load(path)
    assert frame.payee.tolist() == ["Sample A Ltd"]
    assert [issue.kind for issue in log.issues] == ["byte-order-mark", "nul-bytes"]


# The wrong file altogether


def packed(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"%PDF-1.7\n", "is a PDF, not a table; ask for CSV or XLSX"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is a picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "is a picture"),
        (b"<!DOCTYPE html><title>404</title>", "is a web page"),
        (b"\n<table><tr><td>Date Paid</td>", "is a web page"),
        (b"<!-- error --><HTML>", "download the data file itself"),
        (b'{"error": "not found"}', "is JSON"),
        (b'[{"Date Paid": 1}]', "is JSON"),
        (OLE + b"W\0o\0r\0k\0b\0o\0o\0k\0", "an old Office file (.xls); save it as XLSX"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (packed("word/document.xml"), "a Word document"),
        (packed("xl/workbook.bin"), "a binary workbook (.xlsb)"),
        (packed("a.shp", "a.dbf"), "a.shp, which `load boundaries` reads"),
        (packed("a.csv", "b.csv"), "found: a.csv, b.csv. Unpack it"),
        (packed(), "empty, or packed in a way that is not read"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "packed in a way that is not read; unpack it first"),
        (bytes(range(256)) * 20, "bytes that are no text"),
        (b"LSOA code (2011),IMD Score\nE01011004,3.2\n", "a table of areas or postcodes"),
        (b"When,Who,How much\n1,2,3\n", "'When', 'Who', 'How much'; write a mapping file"),
        (b"Date Paid,Net Amount,Supplier Name\n", "has a header but no payments"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    assert words in refusal(path)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("registers/business_rates_kirklees.csv", "is a register (Business rates"),
        ("boundaries/lsoa11_kirklees_E08000034.geojson", "is a map file"),
        ("lookups/lookup_lsoa21_ward24_ltla24.csv", "a table of areas"),
    ],
)
def test_real_files_of_other_kinds_are_told_by_name(shared: Path, name: str, words: str) -> None:
    assert words in refusal(shared / name)


# Anything at all


def read_whole(path: Path) -> IssueLog | None:
    log = IssueLog()
    try:
        for _ in read_ledger(path, log).chunks:
            pass
    except RefusedFileError:
        return None
    return log


quickly = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

starts = st.sampled_from(
    [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b", b"Date Paid,Net Amount,"]
)
heads = st.just(",".join(HEAD).encode() + b"\n")


@quickly
@given(start=starts | heads, rest=st.binary(max_size=300))
def test_any_bytes_are_read_to_the_last_row_or_refused(
    tmp_path: Path, start: bytes, rest: bytes
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(start + rest)
    log = read_whole(path)
    assert log is None or log.balanced()


amounts = st.sampled_from(["10.00", "-", "(5.5)", "1,000", "NA", "", "£", "x", "7-", "1e2"])
days = st.sampled_from(["01/04/2021", "", "31/02/2021", "May 2021", "44287", "Care", "n/a"])
payees = st.sampled_from(["Sample A Ltd", "", "Redacted", "Total", "Sample Total"]) | st.text(
    printable, max_size=12
)
tables = st.lists(
    st.tuples(days, amounts, payees, st.text(printable, max_size=5)).map(list)
    | st.lists(st.text(printable, max_size=4), max_size=7),
    max_size=15,
)


@quickly
@given(table=tables, chunk_rows=st.integers(1, 20))
def test_of_any_table_every_row_and_pound_is_accounted_for(
    tmp_path: Path, table: list[list[str]], chunk_rows: int
) -> None:
    path = csv_file(tmp_path, [HEAD, *table])
    log = IssueLog()
    try:
        frames = list(read_ledger(path, log, chunk_rows=chunk_rows).chunks)
    except RefusedFileError:
        return
    written = list(csv.reader(io.StringIO(path.read_text(), newline="")))[1:]
    assert log.read == sum(any(cell.strip() for cell in row) for row in written)
    assert log.read == log.loaded + sum(log.excluded.values()) + log.rejected
    assert log.pounds_read == (
        log.pounds_loaded + sum(log.pounds_excluded.values(), Decimal(0)) + log.pounds_rejected
    )
    assert log.loaded == sum(map(len, frames))
    assert log.pounds_loaded == sum((sum(f.amount, Decimal(0)) for f in frames), Decimal(0))


values = st.none() | st.integers(-5, 50_000) | st.floats(-1e6, 1e6) | amounts | days | payees


def _no_formula(text: str) -> str:
    return "".join(mark for mark in text if mark >= " ").lstrip("=")


@settings(quickly, max_examples=40)
@given(table=st.lists(st.lists(values, max_size=6), max_size=10), before=st.integers(0, 3))
def test_of_any_sheet_every_row_is_accounted_for(
    tmp_path: Path, table: list[list[object]], before: int
) -> None:
    clean = [
        [_no_formula(each) if isinstance(each, str) else each for each in row] for row in table
    ]
    path = workbook(tmp_path, Payments=rows_of(*[("Title",)] * before, HEAD, *clean))
    log = IssueLog()
    try:
        frames = list(read_ledger(path, log).chunks)
    except RefusedFileError:
        return
    assert log.balanced()
    assert log.read == sum(
        any(each is not None and str(each).strip() for each in row) for row in clean
    )
    assert log.loaded == sum(map(len, frames))
