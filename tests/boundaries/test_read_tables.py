"""Deprivation, population, lookups and names: by titles, with every row accounted for."""

import codecs
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries import table
from boundaries.codes import INDEX, kind_of, vintage_of_column
from boundaries.deprivation import Deprivation, read_deprivation
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.layouts import layouts
from boundaries.lookups import read_lookup, read_names
from boundaries.population import read_population

FILE7 = {
    "imd2019": (2011, "2019", "Total population: mid 2015 (excluding prisoners)"),
    "imd2025": (2021, "2024", "Total population: mid 2022"),
}


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_text("\r\n".join(lines) + "\r\n", encoding, newline="")
    return path


def file7(path: Path, index: str, *rows: str) -> Path:
    """A File 7 with two domains: score, rank and decile of each."""
    vintage, lad, people = FILE7[index]
    where = "(where 1 is most deprived"
    titles = [
        f"LSOA code ({vintage})",
        f"LSOA name ({vintage})",
        f"Local Authority District code ({lad})",
        f"Local Authority District name ({lad})",
        "Index of Multiple Deprivation (IMD) Score",
        f"Index of Multiple Deprivation (IMD) Rank {where})",
        f"Index of Multiple Deprivation (IMD) Decile {where} 10% of LSOAs)",
        "Income Score (rate)",
        f"Income Rank {where})",
        f"Income Decile {where} 10% of LSOAs)",
        people,
    ]
    return write(path, ",".join(f'"{title}"' for title in titles), *rows)


def load(path: Path, index: str) -> tuple[Deprivation, IssueLog]:
    log = IssueLog()
    found = read_deprivation(path, index, log)
    assert log.balanced()
    return found, log


GOOD = "E01011140,Kirklees 019C,E08000034,Kirklees,63.016,661,1,0.4,439,1,1500"


@pytest.mark.parametrize("index", ["imd2019", "imd2025"])
def test_file_7_of_either_release(tmp_path: Path, index: str) -> None:
    found, log = load(file7(tmp_path / "f.csv", index, GOOD), index)
    assert found.scores.values.tolist() == [
        ["E01011140", "imd", 63.016, 661, 1],
        ["E01011140", "income", 0.4, 439, 1],
    ]
    assert found.population is not None
    assert found.population.values.tolist() == [["E01011140", 1500]]
    assert found.districts is not None
    lad = 2019 if index == "imd2019" else 2024
    assert found.districts.values.tolist() == [["E01011140", "E08000034", "Kirklees", lad]]
    assert found.names is not None
    assert found.names.values.tolist() == [["E01011140", "Kirklees 019C"]]
    assert (log.read, log.loaded, log.issues) == (1, 1, [])


def test_the_other_index_is_named(tmp_path: Path) -> None:
    path = file7(tmp_path / "f.csv", "imd2019", GOOD)
    with pytest.raises(RefusedFileError, match=r"is of imd2019.*load it with --index imd2019"):
        load(path, "imd2025")
    with pytest.raises(RefusedFileError, match="no index 'imd2010'"):
        load(path, "imd2010")


@pytest.mark.parametrize(
    ("row", "kind", "field"),
    [
        (GOOD.replace("E01011140", "E02011140"), "not-a-lsoa", "LSOA code (2011)"),
        (GOOD.replace("661", "32845"), "rank-out-of-range", "(IMD) Rank"),
        (GOOD.replace("661", "0"), "rank-out-of-range", "(IMD) Rank"),
        (GOOD.replace("661", "6.5"), "rank-out-of-range", "(IMD) Rank"),
        (GOOD.replace("661", "3285"), "decile-differs", "(IMD) Decile"),
        (GOOD.replace("63.016", "high"), "not-a-number", "(IMD) Score"),
        (GOOD.replace("63.016", "inf"), "not-a-number", "(IMD) Score"),
        (GOOD.replace("63.016", "nan"), "not-a-number", "(IMD) Score"),
        (GOOD.replace("1500", "-1"), "not-a-count", "Total population"),
        (GOOD + ",extra", "field-count", None),
        (GOOD.replace("E01011140", "E01011141"), "duplicate", "LSOA code (2011)"),
        ("E01011140,x,,,,,,,,,", "no-figures", "LSOA code (2011)"),
    ],
)
def test_a_doubtful_row_is_left_out(tmp_path: Path, row: str, kind: str, field: str | None) -> None:
    sound = GOOD.replace("E01011140", "E01011141")
    found, log = load(file7(tmp_path / "f.csv", "imd2019", sound, "", row), "imd2019")
    assert sorted(set(found.scores["code"])) == ["E01011141"]
    assert (log.read, log.loaded, log.rejected) == (2, 1, 1)
    (issue,) = log.rejections()
    assert (issue.kind, issue.line) == (kind, 4)  # header, sound row, blank line
    assert (field is None) is (issue.field is None)
    assert field is None or field in str(issue.field)


def test_no_usable_row_is_a_refusal(tmp_path: Path) -> None:
    path = file7(tmp_path / "f.csv", "imd2019", GOOD.replace("661", "99999"))
    with pytest.raises(RefusedFileError, match="no row that can be used; first, line 2"):
        load(path, "imd2019")


def test_missing_values_stay_missing(tmp_path: Path) -> None:
    row = "E01011140,,,,63.016,661,,,439,,"
    found, _ = load(file7(tmp_path / "f.csv", "imd2019", row), "imd2019")
    income = found.scores[found.scores["domain"] == "income"].iloc[0]
    assert pd.isna(income["score"])
    assert (income["rank"], income["decile"]) == (439, 1)  # the decile follows from the rank
    assert found.population is not None
    assert found.population.empty
    assert found.districts is not None
    assert found.districts.empty


def test_percentages_become_rates(tmp_path: Path) -> None:
    path = write(
        tmp_path / "c.csv",
        "lsoa11_code,IMD_score,IMD_rank,Income_score_pct,Income_rank",
        "E01000001,6.208,29199,0.7000000000000001,32831",
    )
    found, _ = load(path, "imd2019")
    assert found.scores["score"].tolist() == [6.208, 0.007]
    assert found.scores["decile"].tolist() == [9, 10]


@given(st.sampled_from(sorted(INDEX)), st.data())
def test_decile_is_a_tenth_of_the_ranks(index: str, data: st.DataObject) -> None:
    """The cut of the first decile: rank 3,284 in 2019 and 3,375 in 2025."""
    areas = INDEX[index].areas
    rank = data.draw(st.integers(1, areas))
    assert -(-10 * rank // areas) in range(1, 11)
    assert [-(-10 * r // areas) for r in (areas // 10, areas // 10 + 1)] == [1, 2]


# --- population ---


@pytest.mark.parametrize(
    ("header", "vintage", "measure"),
    [
        ("lsoa21_code,total_residents,total_households", 2021, "census2021"),
        ("lsoa11_code,total_population,aged_0_15", 2011, "mid2020"),
        ("geography code,Residence type: Total; measures: Value,date", 2021, "census2021"),
    ],
)
def test_population(tmp_path: Path, header: str, vintage: int, measure: str) -> None:
    rows = ["E01000001,1474,1", 'E01000002,"1,386",1', "E01000003,,1", "E01000004,12.5,1"]
    path = write(tmp_path / "p.csv", header, *rows)
    log = IssueLog()
    found = read_population(path, log, vintage)
    assert (found.measure, found.vintage) == (measure, vintage)
    assert found.frame.values.tolist() == [["E01000001", 1474], ["E01000002", 1386]]
    assert log.balanced()
    assert [(i.line, i.kind) for i in log.rejections()] == [
        (5, "not-a-count"),
        (4, "no-population"),
    ]
    with pytest.raises(RefusedFileError, match=f"load it with --vintage {vintage}"):
        read_population(path, IssueLog(), 2021 + 2011 - vintage)


def test_population_beyond_what_is_stored_is_rejected(tmp_path: Path) -> None:
    rows = ["E01000001,2147483648", "E01000002,2147483647"]
    path = write(tmp_path / "p.csv", "lsoa21_code,total_residents", *rows)
    log = IssueLog()
    assert read_population(path, log, 2021).frame.values.tolist() == [["E01000002", 2147483647]]
    assert [(i.line, i.kind) for i in log.rejections()] == [(2, "not-a-count")]


def test_population_of_unknown_columns(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="it has a, b; give it one of these pairs"):
        read_population(write(tmp_path / "p.csv", "a,b", "1,2"), IssueLog(), 2021)


# --- lookups and names ---


def test_lookup_between_vintages_and_to_districts(tmp_path: Path) -> None:
    """A split, a merge and an unchanged area of Kirklees."""
    path = write(
        tmp_path / "l.csv",
        "lsoa11_code,change_code,lsoa21_name,lsoa21_code,ltla22_name,ltla22_code",
        "E01011209,S,Kirklees 061A,E01034586,Kirklees,E08000034",
        "E01011209,S,Kirklees 061B,E01034587,Kirklees,E08000034",
        "E01011171,M,Kirklees 060C,E01034588,Kirklees,E08000034",
        "E01011172,M,Kirklees 060C,E01034588,Kirklees,E08000034",
        "E01011004,U,Kirklees 040A,E01011004,Kirklees,E08000034",
        "E01011004,U,Kirklees 040A,E01011004,Kirklees,E08000034",
        "S01000001,U,x,S01000001,x,S12000033",
    )
    log = IssueLog()
    vintages, old, new = read_lookup(path, log)
    assert (log.read, log.loaded, log.rejected) == (7, 5, 1)
    assert log.excluded == {"outside England and Wales": 1}
    assert log.balanced()
    assert (vintages.source_vintage, vintages.target_kind, vintages.target_vintage) == (
        2011,
        "lsoa",
        2021,
    )
    assert vintages.frame.iloc[0].tolist() == ["E01011209", "E01034586", "Kirklees 061A", "S"]
    assert len(vintages.frame) == 5
    assert (old.source_vintage, old.target_kind, old.target_vintage) == (2011, "lad", 2022)
    assert len(old.frame) == 4
    assert (new.source_vintage, len(new.frame)) == (2021, 4)
    assert new.frame["change"].isna().all()
    (only,) = read_lookup(path, IssueLog(), "lsoa")
    assert only.target_kind == "lsoa"


def test_lookup_as_ons_spells_it_with_bom(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(
        codecs.BOM_UTF8
        + b"LSOA11CD,LSOA11NM,WD17CD,WD17NM,WD17NMW,LAD17CD,LAD17NM,FID\n"
        + b"E01000001,City of London 001A,E05009288,Aldersgate,,E09000001,City of London,1\n"
        + b"E01000002,City of London 001B,E01009288,Aldersgate,,E09000001,City of London,1\n"
    )
    log = IssueLog()
    ward, lad = read_lookup(path, log)
    assert (ward.target_kind, ward.target_vintage, lad.target_kind) == ("ward", 2017, "lad")
    assert ward.frame.iloc[0].tolist()[:3] == ["E01000001", "E05009288", "Aldersgate"]
    assert [(i.line, i.field, i.kind) for i in log.rejections()] == [(3, "WD17CD", "not-a-ward")]


def test_lookup_that_is_none(tmp_path: Path) -> None:
    path = write(tmp_path / "l.csv", "LSOA21CD,WD24CD", "E01000001,E05000001")
    with pytest.raises(RefusedFileError, match="no column of msoa codes"):
        read_lookup(path, IssueLog(), "msoa")
    with pytest.raises(RefusedFileError, match="no column of LSOA codes: it has a, b"):
        read_lookup(write(tmp_path / "m.csv", "a,b", "1,2"), IssueLog())


def test_names(tmp_path: Path) -> None:
    rows = ["ward_code,ward_name", "E05001389,Ashbrow", "E05001390,"]
    log = IssueLog()
    found = read_names(write(tmp_path / "wards_2025.csv", *rows), log)
    assert (found.kind, found.vintage) == ("ward", 2025)
    assert found.frame.values.tolist() == [["E05001389", "Ashbrow"]]
    assert log.balanced()
    undated = write(tmp_path / "wards.csv", *rows)
    assert read_names(undated, IssueLog(), 2024).vintage == 2024
    with pytest.raises(RefusedFileError, match="does not say the year"):
        read_names(undated, IssueLog())
    dated = write(tmp_path / "x.csv", "LAD24CD,LAD24NM", "E08000034,Kirklees")
    assert (read_names(dated, IssueLog()).kind, read_names(dated, IssueLog()).vintage) == (
        "lad",
        2024,
    )


# --- the forms of a table ---


def test_other_encodings_are_read_and_noted(tmp_path: Path) -> None:
    path = write(tmp_path / "w_2025.csv", "WD25CD,WD25NM", "E05000001,Fî", encoding="cp1252")
    log = IssueLog()
    assert read_names(path, log).frame["name"].tolist() == ["Fî"]
    assert [issue.kind for issue in log.issues] == ["encoding"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "has no header"),
        (b"LSOA21CD,WD24CD\n", "a header and no complete row"),
        (b"LSOA21CD,LSOA21CD\nE01000001,E01000001\n", "two columns called"),
        (b"LSOA21CD,WD24CD\nE01000001,\x00\n", "not a text file"),
        (b'LSOA21CD,WD24CD\nE01000001,"E05\n', "line 2, is not sound CSV"),
        (b"PK\x03\x04broken", "not a complete zip"),
        (b"\x1f\x8bbroken", "cut short"),
        (b"<html><body>Not found</body></html>", "no complete row"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(RefusedFileError, match=said) as caught:
        read_lookup(tmp_path / "t.csv", IssueLog())
    assert "t.csv" in str(caught.value)


def test_a_file_too_large_to_be_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "w_2025.csv", "WD25CD,WD25NM", "E05000001,A", "E05000002,B")
    monkeypatch.setattr(table, "MAX_ROWS", 1)
    with pytest.raises(RefusedFileError, match="over 1 rows"):
        read_names(path, IssueLog())
    monkeypatch.setattr(table, "MAX_BYTES", 10)
    with pytest.raises(RefusedFileError, match="larger than 256 MB"):
        read_names(path, IssueLog())


def test_a_separator_inside_a_name_is_no_new_line(tmp_path: Path) -> None:
    path = write(tmp_path / "w_2025.csv", "WD25CD,WD25NM", 'E05000001,"A\u2028B, C"', "E05000002,D")
    log = IssueLog()
    assert read_names(path, log).frame["name"].tolist() == ["A\u2028B, C", "D"]
    assert log.issues == []


# --- codes ---


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("LSOA21CD", ("lsoa", 2021)),
        ("lsoa11_code", ("lsoa", 2011)),
        ("lsoa11", ("lsoa", 2011)),
        ("ward24_code", ("ward", 2024)),
        ("WD25CD", ("ward", 2025)),
        ("ltla22_code", ("lad", 2022)),
        ("LAD25CD", ("lad", 2025)),
        (" MSOA21CD ", ("msoa", 2021)),
        ("WD13CDO", None),
        ("LSOA21NM", None),
        ("OA21CD", None),
    ],
)
def test_vintage_of_column(column: str, found: tuple[str, int] | None) -> None:
    assert vintage_of_column(column) == found


def test_kind_of() -> None:
    assert [kind_of(c) for c in ("E01011140", "W02000001", "E05001389", "E09000001")] == [
        "lsoa",
        "msoa",
        "ward",
        "lad",
    ]
    assert [kind_of(c) for c in ("S01000001", "E0101114", "E01O11140", "e01011140", "")] == [
        None
    ] * 5
    assert kind_of("E0101114٣") is None


def test_layouts_agree_with_the_indices() -> None:
    for layout in layouts()["deprivation"]:
        assert layout["index"] in INDEX
        assert "imd" in layout["domains"]
