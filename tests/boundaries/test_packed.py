"""Zips and gzips: unpacked under caps, hostile ones refused."""

import gzip
import zipfile
from pathlib import Path

import pytest
from boundary_files import zipped

from boundaries import packed
from boundaries.errors import RefusedFileError
from boundaries.packed import unpacked
from boundaries.sources import Source, catalogue, identify

KINDS = {
    *("boundaries", "lookup", "names", "deprivation", "population", "postcodes"),
    "rural-urban",
}


def content(path: Path, *suffixes: str) -> bytes:
    with unpacked(path, suffixes or (".csv",)) as plain:
        return plain.read_bytes()


def test_plain_files_are_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "a.anything"
    path.write_bytes(b"x")
    with unpacked(path, (".csv",)) as plain:
        assert plain == path


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(gzip.compress(b"text"))
    assert content(tmp_path / "a.csv") == b"text"
    assert content(zipped(tmp_path / "b.dat", {"in/a.CSV": b"text"})) == b"text"


def test_temporary_copies_are_removed(tmp_path: Path) -> None:
    with unpacked(zipped(tmp_path / "z.zip", {"a.csv": b"x"}), (".csv",)) as plain:
        folder = plain.parent
    assert not folder.exists()


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "holds no file of the kinds .csv"),
        ({"a.txt": b"x"}, "holds no file of the kinds .csv"),
        ({"a.csv": b"x", "b.csv": b"y"}, r"several files \(a.csv, b.csv\)"),
        ({"../a.csv": b"x"}, "unsafe name"),
        ({"/etc/a.csv": b"x"}, "unsafe name"),
        ({"x/..\\..\\a.csv": b"x"}, "unsafe name"),
        ({"C:/a.csv": b"x"}, "unsafe name"),
        ({"a.csv": b""}, "is empty"),
    ],
)
def test_doubtful_zips(tmp_path: Path, members: dict[str, bytes], said: str) -> None:
    path = zipped(tmp_path / "z.zip", members or {"folder/": b""})
    with pytest.raises(RefusedFileError, match=said):
        content(path)


def test_bombs(tmp_path: Path) -> None:
    zeros = bytes(20 * 1024**2)
    with pytest.raises(RefusedFileError, match="more than 150 times its size"):
        content(zipped(tmp_path / "z.zip", {"a.csv": zeros}))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(zeros))
    with pytest.raises(RefusedFileError, match="more than 150 times its size"):
        content(tmp_path / "a.csv.gz")


def test_total_size_and_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "z.zip", {"a.csv": b"x" * 60, "b.txt": b"y" * 60})
    monkeypatch.setattr(packed, "MAX_BYTES", 100)
    with pytest.raises(RefusedFileError, match="the limit is 2 GB"):
        content(path)
    monkeypatch.setattr(packed, "MAX_BYTES", 1000)
    monkeypatch.setattr(packed, "MAX_MEMBERS", 1)
    with pytest.raises(RefusedFileError, match="holds 2 files"):
        content(path)


def test_a_directory_that_lies_about_size(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.csv": b"x" * 5000})
    raw = path.read_bytes()
    path.write_bytes(raw.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(RefusedFileError, match="damaged"):
        content(path)


def test_encrypted_and_unknown_packing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.csv": b"x"})
    with zipfile.ZipFile(path) as archive:
        at = archive.start_dir
    raw = bytearray(path.read_bytes())
    raw[at + 8] |= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(RefusedFileError, match="encrypted"):
        content(path)


# --- sources ---


@pytest.mark.parametrize(
    ("kind", "name", "title", "release"),
    [
        ("postcodes", "codepo_gb_2025-05.zip", "Code-Point Open", "2025-05"),
        ("postcodes", "codepo_gb.zip", "Code-Point Open", None),
        ("postcodes", "ONSPD_MAY_2025_UK.zip", "ONS Postcode Directory", "May 2025"),
        ("boundaries", "ward25_kirklees_E08000034.geojson", "Wards Boundaries UK", "2025"),
        ("boundaries", "Wards_May_2025_Boundaries_UK_BGC.geojson", "Wards Boundaries UK", "2025"),
    ],
)
def test_identify_by_name(kind: str, name: str, title: str, release: str | None) -> None:
    found = identify(kind, name)
    assert (found.title, found.release) == (title, release)
    assert found.licence == "Open Government Licence v3.0"
    assert found.attribution


def test_identify_by_columns_or_not_at_all_and_credit_all_the_same() -> None:
    assert identify("boundaries", "x.gpkg", ["fid", "lsoa21cd"]).release == "December 2021"
    unknown = identify("boundaries", "x.gpkg")
    assert unknown == Source("x.gpkg", None, None, None, unknown.attribution)
    assert "Office for National Statistics" in str(unknown.attribution)
    assert "Crown copyright" in str(unknown.attribution)
    assert identify("nonsense", "codepo_gb.zip") == Source("codepo_gb.zip", *[None] * 4)


def test_every_source_says_where_to_get_it() -> None:
    for kind, source in catalogue():
        assert kind in KINDS
        assert str(source.url).startswith("https://")
        assert source.publisher
        assert source.attribution
