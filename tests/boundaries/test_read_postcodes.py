"""Postcodes: their form, and the forms that files of them come in."""

import gzip
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from boundary_files import zipped
from hypothesis import given
from hypothesis import strategies as st

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.postcode import canonical, problem
from boundaries.postcodes import read_postcodes

COLUMNS = [
    "postcode",
    "easting",
    "northing",
    "quality",
    "lad",
    "ward",
    "lsoa11",
    "lsoa21",
    "introduced",
    "terminated",
]


def load(path: Path) -> tuple[str, pd.DataFrame, IssueLog]:
    log = IssueLog()
    found = read_postcodes(path, log)
    frame = pd.concat(list(found.chunks), ignore_index=True)
    assert list(frame.columns) == COLUMNS
    assert log.balanced()
    return found.source, frame, log


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hd12tt", "HD1 2TT"),
        ("  HD1  2TT ", "HD1 2TT"),
        ("m11ae", "M1 1AE"),
        ("EC1A1BB", "EC1A 1BB"),
        ("W1M0AA", "W1M 0AA"),
        ("NPT0AD", "NPT 0AD"),
        ("GIR 0AA", "GIR 0AA"),
        ("HD1", None),
        ("HD1 2T", None),
        ("QD1 2TT", None),
        ("HD1 2CT", None),
        ("HD1 2TTX", None),
        ("ＨＤ１ ２ＴＴ", None),
        ("HD1 ٢TT", None),
        ("", None),
    ],
)
def test_canonical(text: str, found: str | None) -> None:
    assert canonical(text) == found
    assert (problem(text) is None) is (found is not None)


@given(st.text(max_size=12))
def test_canonical_is_its_own_canonical_form(text: str) -> None:
    found = canonical(text)
    if found is None:
        assert str(problem(text)).endswith(".")
    else:
        assert canonical(found) == found
        assert canonical(found.replace(" ", "").lower()) == found


HD = (
    '"HD1 1AA",10,414538,416902,"E92000001","E19000001","E18000003","","E08000034","E05001410"\n'
    '"HD1 1AB",90,0,0,"E92000001","E19000001","E18000003","","E08000034","E05001410"\n'
    '"HD1 1AD",10,414692,416974,"E92000001","E19000001","E18000003","","",""\n'
    '"HD11 1A",10,414692,416974,"E92000001","E19000001","E18000003","","E08000034",""\n'
)
BD = '"BD1 1AA",10,416000,433000,"E92000001","E19000001","E18000003","","E08000032","E05001344"\n'


def code_point(path: Path, hd: str = HD, bd: str = BD) -> Path:
    return zipped(
        path,
        {
            "Data/CSV/hd.csv": hd.encode(),
            "Data/CSV/bd.csv": bd.encode(),
            "Doc/Code-Point_Open_Column_Headers.csv": b"PC,PQ\nPostcode,Quality\n",
            "Doc/licence.txt": b"\xa9",
        },
    )


def test_code_point_open(tmp_path: Path) -> None:
    source, frame, log = load(code_point(tmp_path / "codepo_gb.zip"))
    assert source == "codepoint"
    assert frame["postcode"].tolist() == ["BD1 1AA", "HD1 1AA", "HD1 1AB", "HD1 1AD"]
    assert frame["easting"].tolist()[:2] == [416_000, 414_538]
    assert frame["easting"].isna().tolist() == [False, False, True, False]
    assert frame["northing"].isna().tolist() == [False, False, True, False]
    assert frame["lad"].isna().tolist() == [False, False, False, True]
    assert frame["terminated"].isna().all()
    assert (log.read, log.loaded, log.rejected) == (5, 4, 1)
    assert [(i.line, i.field, i.kind, i.value) for i in log.issues] == [
        (4, "hd.csv: postcode", "invalid-postcode", "HD11 1A"),
        (2, "hd.csv: easting", "no-coordinates", "HD1 1AB"),
        (3, "hd.csv: lad", "no-district", "HD1 1AD"),
    ]


def test_a_postcode_may_stand_once_in_all_files(tmp_path: Path) -> None:
    again = HD.splitlines()[0] + "\n"
    _, frame, log = load(code_point(tmp_path / "c.zip", hd=HD + again, bd=again))
    assert sorted(frame["postcode"]) == ["HD1 1AA", "HD1 1AB", "HD1 1AD"]
    assert [i.kind for i in log.rejections()].count("duplicate") == 2


def test_code_point_with_other_columns(tmp_path: Path) -> None:
    path = code_point(tmp_path / "c.zip", bd="a,b,c\n")
    with pytest.raises(RefusedFileError, match="has not the 10 columns"):
        load(path)


ONS = "pcd7,pcds,dointr,doterm,usertype,oa11cd,lsoa11cd,ladcd,ladnm"
ONS_ROWS = (
    "HD1 1AA,HD1 1AA,198001,,0,E00000001,E01011004,E08000034,Kirklees",
    "HD1 1AB,HD1 1AB,199002,201703,0,E00000001,E01011004,E08000034,Kirklees",
    "BT1 1AA,BT1 1AA,199002,,0,x,95GG01S1,N09000003,Belfast",
    "HD1 1AE,HD1 1AE,soon,,0,E00000001,E01011004,E08000034,Kirklees",
    "HD1 1AD,HD1 1AD,198001,,0,E00000001,E01011004,E08000034",
    "HD1 1A,HD1 1A,198001,,0,E00000001,E01011004,E08000034,Kirklees",
)


def ons(path: Path) -> Path:
    # The names are Latin-1 as ONS has them: columns that are not read do not matter.
    content = ("\n".join([ONS, *ONS_ROWS]) + "\n").replace("Belfast", "B\xe9al").encode("latin-1")
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["PCD.csv", "PCD.csv.gz", "PCD.zip"])
def test_ons_directory(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if path.suffix == ".zip":
        inner = ons(tmp_path / "PCD.csv")
        zipped(
            path,
            {"Data/PCD.csv": inner, "Data/multi_csv/PCD_HD.csv": inner, "Documents/a.csv": b"x"},
        )
    else:
        ons(path)
    source, frame, log = load(path)
    assert source == "ons"
    assert frame["postcode"].tolist() == ["HD1 1AA", "HD1 1AB"]
    assert frame["introduced"].tolist() == [198_001, 199_002]
    assert frame["terminated"].fillna(0).tolist() == [0, 201_703]
    assert frame["lsoa11"].tolist() == ["E01011004"] * 2
    assert frame["easting"].isna().all()
    assert log.excluded == {"Northern Ireland": 1}
    assert sorted((i.line, i.kind) for i in log.rejections()) == [
        (5, "not-a-number"),
        (6, "field-count"),
        (7, "invalid-postcode"),
    ]


def test_ons_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "pcds": ["HD1 1AA", "HD1 1AB"],
            "dointr": [198_001, 199_002],
            "doterm": pa.array([None, 201_703], pa.int64()),
            "lsoa11cd": ["E01011004", ""],
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "p.parquet")
    source, frame, _ = load(tmp_path / "p.parquet")
    assert source == "ons"
    assert frame["terminated"].isna().tolist() == [True, False]
    assert frame["lsoa11"].isna().tolist() == [False, True]


def test_plain_csv_of_longitude_and_latitude(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "\ufeffPostcode,Latitude,Longitude\nNR13 3AA,52.6579786,1.7160739\nHD1 1AA,,\n"
        "HD1 1AB,north,-1.78\nHD1 1AE,10,10\n",
        "utf-8",
    )
    source, frame, log = load(tmp_path / "p.csv")
    assert source == "csv"
    # The OS's worked example: E 651409.9, N 313177.3.
    assert frame.loc[0, ["easting", "northing"]].tolist() == pytest.approx(
        [651_410, 313_177], abs=5
    )
    assert frame["easting"].isna().tolist() == [False, True, True, True]
    assert [(i.line, i.kind) for i in log.issues] == [
        (4, "not-a-number"),
        (3, "no-coordinates"),
        (4, "no-coordinates"),
        (5, "no-coordinates"),
    ]


def test_many_issues_of_a_kind_become_a_count(tmp_path: Path) -> None:
    letters = "ABDEFGHJLN"
    rows = [
        f"HD{a} {b}{c}{d},0,0"
        for a in range(1, 9)
        for b in range(10)
        for c in letters
        for d in letters
    ]
    (tmp_path / "p.csv").write_text("postcode,easting,northing\n" + "\n".join(rows) + "\n")
    _, frame, log = load(tmp_path / "p.csv")
    assert len(frame) == 8_000
    assert len(log.issues) == 5_001
    assert log.issues[-1].line is None
    assert "8,000 rows in all" in log.issues[-1].message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"postcode,easting,northing\n", "holds no postcodes"),
        (b"a,b\n1,2\n", "it has a, b"),
        (b"PAR1broken", "damaged"),
        (b"PK\x03\x04broken", "not a complete zip"),
        (b"\x1f\x8bbroken", "cut short"),
        (b"\x00\x01\x02", "header"),
        (b"postcode\nHD1 1\xff\n", "damaged, cut short or no file of postcodes"),
        (b"<html>\n<body>\n", "it has"),
    ],
)
def test_files_that_are_no_postcodes(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "p.csv").write_bytes(content)
    with pytest.raises(RefusedFileError, match=said) as caught:
        load(tmp_path / "p.csv")
    assert "p.csv" in str(caught.value)


def test_a_truncated_zip_or_parquet(tmp_path: Path) -> None:
    whole = code_point(tmp_path / "c.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RefusedFileError, match="not a complete zip"):
        load(tmp_path / "cut.zip")
    flipped = bytearray(whole)
    flipped[60] ^= 0xFF
    (tmp_path / "flip.zip").write_bytes(bytes(flipped))
    with pytest.raises(RefusedFileError):
        load(tmp_path / "flip.zip")
