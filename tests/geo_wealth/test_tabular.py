"""Encodings, separators, line numbers, workbooks, and files that must be refused."""

import csv
import gzip
import io
import random
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.errors import RefusedFileError
from geo_wealth import containers, tabular, workbook
from geo_wealth.containers import Content
from geo_wealth.table import Table
from geo_wealth.tabular import open_table


@dataclass(frozen=True)
class Head:
    names: tuple[str, ...]
    headerless: bool = False
    sheet: str | None = None


def known(cells: tuple[str, ...]) -> Head | None:
    return Head(cells) if cells[:2] == ("a", "b") else None


def read(data: bytes | str, name: str = "file.csv") -> Table[Head]:
    raw = data.encode() if isinstance(data, str) else data
    return open_table(Content(name, "text", raw), known)


def rows(table: Table[Head]) -> list[tuple[int, tuple[str, ...]]]:
    return [
        (int(batch.lines[index]), batch.row(index))
        for batch in table.batches(2)
        for index in range(len(batch))
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "¬"])
def test_separators(mark: str) -> None:
    assert rows(read(f"a{mark}b\n1{mark}2\n")) == [(2, ("1", "2"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_encodings(encoding: str) -> None:
    table = read("a,b\nCafé Ù,£5\n".encode(encoding))
    assert rows(table) == [(2, ("Café Ù", "£5"))]


def test_latin_1_separator_that_is_not_utf_8() -> None:
    assert rows(read("a¬b\n1¬2\n".encode("latin-1"))) == [(2, ("1", "2"))]


def test_a_file_in_two_encodings_is_read_byte_by_byte() -> None:
    table = read("a,b\nCafé,".encode() + "Café\n".encode("cp1252"))
    assert rows(table) == [(2, ("Café", "Café"))]
    assert table.repairs[0][0] == "encoding"
    assert "line 2" in table.repairs[0][1]


def test_mark_encoded_twice_and_nul_bytes() -> None:
    table = read("\ufeffa,b\n1,2\n".encode("utf-8-sig") + b"3\x00,4\n")
    assert rows(table) == [(2, ("1", "2")), (3, ("3", "4"))]
    assert [kind for kind, _ in table.repairs] == ["byte-order-mark", "nul-bytes"]
    as_text = read("ï»¿a,b\n1,2\n".encode())
    assert rows(as_text) == [(2, ("1", "2"))]


def test_lines_before_the_header_blank_lines_and_breaks_in_cells() -> None:
    table = read('Payments over £500\n\n,,\nx,y\na,b\n1,"two\nlines"\n\n , \n3,4\n')
    assert rows(table) == [(6, ("1", "two\nlines")), (10, ("3", "4"))]


def test_line_numbers_with_breaks_in_cells_and_no_blank_line() -> None:
    assert [line for line, _ in rows(read('a,b\n1,"x\ny\nz"\n2,3\r\n4,5'))] == [2, 5, 6]


def test_old_mac_line_ends() -> None:
    assert rows(read("a,b\r1,2\r3,4\r")) == [(2, ("1", "2")), (3, ("3", "4"))]


def test_ragged_rows_are_kept_apart_with_their_lines() -> None:
    table = read("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,,\n")
    assert [(row.line, row.cells) for row in table.ragged] == [
        (3, ("1", "2")),
        (4, ("1", "2", "3", "4")),
        (5, ("1", "2", "3", "", "")),
    ]
    tidied = table.without_surplus()
    assert rows(tidied) == [(2, ("1", "2", "3")), (5, ("1", "2", "3"))]
    assert [row.line for row in tidied.ragged] == [3, 4]


CELLS = st.text(st.sampled_from('ab "\n,é\r'), max_size=6)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12))
def test_any_table_reads_as_the_csv_module_reads_it(body: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["a", "b", "c"])
    writer.writerows(body)
    found = [cells for _, cells in rows(read(stream.getvalue()))]
    assert found == [tuple(row) for row in body if any(cell.strip() for cell in row)]


QUOTES = st.text(st.sampled_from('a,"\n'), max_size=40)


@given(QUOTES)
def test_stray_quotes_read_as_the_csv_module_reads_them(text: str) -> None:
    body = f"{text}\n1,2\n"
    quick = tabular._quick(tabular._body(body.encode(), 0), ",", 2)
    if quick is None:
        return
    reader = csv.reader(io.StringIO(body, newline=""))
    expected, before = [], 0
    for row in reader:
        expected.append((before + 1, row))
        before = reader.line_num
    lines, cells, ragged = quick
    found = [list(row) for row in zip(*(c.to_pylist() for c in cells.columns), strict=True)]
    assert [(int(line), row) for line, row in zip(lines, found, strict=True)] == expected
    assert ragged == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"<OGRVRTDataSource>", "XML"),
        (b"%PDF-1.7", "not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "xlsx"),
        (b"x,y\n1,2\n", "columns found are 'x', 'y'"),
        (b"a,b,c\n1,2,3\n4,5", "cut short: line 3 has 2 of 3"),
        (b'a,b\n1,2\n3,"' + b"x" * 200_000, "quotation mark"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "line 3: a field that begins there does not end"),
    ],
)
def test_refusals(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    with pytest.raises(RefusedFileError, match=r"file\.csv") as refusal:
        open_table(path, known)
    assert words.lower() in str(refusal.value).lower()


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="no such file"):
        open_table(tmp_path / "nothing.csv", known)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_zip_and_gz(tmp_path: Path) -> None:
    plain = b"a,b\n1,2\n"
    path = zipped(
        tmp_path / "x.zip", {"folder/x.csv": plain, "__MACOSX/._x.csv": b"", "r.pdf": b""}
    )
    assert rows(open_table(path, known)) == [(2, ("1", "2"))]
    packed = tmp_path / "x.csv.gz"
    packed.write_bytes(gzip.compress(plain))
    assert rows(open_table(packed, known)) == [(2, ("1", "2"))]


def test_packed_files_that_are_refused(tmp_path: Path) -> None:
    two = zipped(tmp_path / "two.zip", {"x.csv": b"a,b\n", "y.csv": b"a,b\n"})
    with pytest.raises(RefusedFileError, match="exactly one table"):
        open_table(two, known)
    unsafe = zipped(tmp_path / "unsafe.zip", {"../x.csv": b"a,b\n1,2\n"})
    with pytest.raises(RefusedFileError, match="unsafe name"):
        open_table(unsafe, known)
    bomb = zipped(tmp_path / "bomb.zip", {"x.csv": b"0" * 12_000_000})
    with pytest.raises(RefusedFileError, match="unpacks to"):
        open_table(bomb, known)
    gz_bomb = tmp_path / "bomb.gz"
    gz_bomb.write_bytes(gzip.compress(b"0" * 12_000_000))
    with pytest.raises(RefusedFileError, match="unpacks to"):
        open_table(gz_bomb, known)
    whole = zipped(tmp_path / "x.zip", {"x.csv": b"a,b\n1,2\n" * 50}).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RefusedFileError, match="damaged"):
        open_table(cut, known)


def test_too_large_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_BYTES", 10)
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + "1,2\n" * 10)
    with pytest.raises(RefusedFileError, match="larger than"):
        open_table(path, known)


def book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, content in sheets.items():
        sheet = made.create_sheet(name)
        for row in content:
            sheet.append(row)
    made.save(path)
    return path


def test_workbook_rows_and_texts(tmp_path: Path) -> None:
    path = book(
        tmp_path / "x.xlsx",
        {
            "Notes": [["read me"]],
            "Data": [["Title"], [], ["a", "b"], [1900000001, 12.5], [None, None], ["x", 0.1 + 0.2]],
        },
    )
    table = open_table(path, known)
    assert rows(table) == [(4, ("1900000001", "12.5")), (6, ("x", "0.3"))]
    assert table.file == "x.xlsx [Data]"


def test_workbook_with_two_such_sheets_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "x.xlsx", {"May": [["a", "b"], [1, 2]], "June": [["a", "b"], [3, 4]]})
    with pytest.raises(RefusedFileError, match="'May' with 1 rows, 'June' with 1"):
        open_table(path, known)


def test_workbook_that_spans_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "a", "b"
    made.save(tmp_path / "x.xlsx")
    with pytest.raises(RefusedFileError, match="spans 17,179,869,184 cells"):
        open_table(tmp_path / "x.xlsx", known)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="XFD1048576"', b"r='XFD1048576'"),
        (b'<c r="XFD1048576"', b'<c x=">" r = "XFD1048576"'),
        (b'<c r="XFD1048576"', b"<x:c r='XFD1048576'"),
        (b'r="XFD1048576"', b'r="&#88;FD1048576"'),
    ],
)
def test_a_far_cell_is_seen_however_it_is_written(tmp_path: Path, old: bytes, new: bytes) -> None:
    far, plain = tmp_path / "far.xlsx", tmp_path / "x.xlsx"
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet["XFD1048576"] = "b"
    made.save(far)
    with zipfile.ZipFile(far) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    data = members.pop("xl/worksheets/sheet1.xml")
    assert old in data
    zipped(plain, {**members, "xl/other/s.xml": data.replace(old, new)})
    with pytest.raises(RefusedFileError, match=r"spans|unusual way"):
        open_table(plain, known)


def test_cells_that_do_not_say_where_they_are() -> None:
    row = b'<sheetData><row r="900"><c><v>1</v></c><c><v>2</v></c></row></sheetData>'
    assert workbook._extent(row) >= 1_800
    assert workbook._extent(b"<c" * 50_000) == 0


def test_long_texts_that_many_cells_share_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_TEXT", 100_000)
    path = tmp_path / "x.xlsx"
    made = book(path, {"Data": [["a", "b"]]})
    with zipfile.ZipFile(made) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    texts = b"<x:sst><x:si><x:t>" + b"x" * 10_000 + b"</x:t></x:si><x:si>y</x:si></x:sst>"
    for times in (9, 11):
        cells = b"<c t='s'><v>1</v></c>" + b"<x:c t='s'><x:v>0</x:v></x:c>" * times
        sheet = b"<sheetData><row r='1'>" + cells + b"</row></sheetData>"
        zipped(path, {**members, "xl/texts.xml": texts, "xl/other/s.xml": sheet})
        if times == 9:
            assert open_table(path, known).file == "x.xlsx [Data]"
        else:
            with pytest.raises(RefusedFileError, match="repeats long texts"):
                open_table(path, known)


def test_damaged_workbook(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.xlsx", {"xl/workbook.xml": b"<nonsense"})
    with pytest.raises(RefusedFileError):
        open_table(path, known)


def test_cell_texts() -> None:
    texts = [workbook.cell_text(cell) for cell in (None, True, 5, 5.0, 1e15, 1234.56, "x\x00y")]
    assert texts == ["", "TRUE", "5", "5", "1000000000000000", "1234.56", "xy"]


def mutated(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(changed)) if changed else 0
        kind = rng.randrange(4)
        if kind == 0 and changed:
            changed[at] = rng.choice(b'",\n\r\x00\xff\xac;9-P')
        elif kind == 1:
            changed[at:at] = rng.choice([b'"', b"\n", b"\xef\xbb\xbf", b"1e99", b"\xa3", b"\x00"])
        elif kind == 2:
            del changed[at : at + rng.randint(1, 30)]
        else:
            changed[at:at] = changed[max(0, at - 40) : at]
    return bytes(changed)


@pytest.mark.parametrize("kind", ["csv", "zip", "xlsx"])
def test_damaged_files_are_read_or_refused_and_nothing_else(tmp_path: Path, kind: str) -> None:
    plain = b'a,b\n1,"two\nlines"\n3,"4 ""x"""\n,\n5,6\n' * 3
    path = tmp_path / f"x.{kind}"
    if kind == "csv":
        path.write_bytes(plain)
    elif kind == "zip":
        zipped(path, {"x.csv": plain})
    else:
        book(path, {"One": [["a", "b"], [1, 2.5]], "Two": [["c"]]})
    whole = path.read_bytes()
    rng = random.Random(20210401)  # noqa: S311  # repeatable damage, not a secret
    refused = []
    for _ in range(150):
        path.write_bytes(mutated(whole, rng))
        try:
            rows(open_table(path, known))
        except RefusedFileError as refusal:
            refused.append(str(refusal))
    assert refused
    assert all(text.startswith("x.") for text in refused)
