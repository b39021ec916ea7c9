"""Every geography file of the shared data loads with the counts its README states."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from boundaries.areas import read_areas
from boundaries.deprivation import read_deprivation
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.lookups import read_lookup, read_names
from boundaries.population import read_population
from boundaries.postcodes import read_postcodes
from boundaries.sources import identify

pytestmark = pytest.mark.shared

DISTRICTS = {
    "kirklees_E08000034": (260, 259, 23),
    "leeds_E08000035": (488, 482, 33),
    "bradford_E08000032": (312, 310, 30),
    "calderdale_E08000033": (129, 128, 17),
    "wakefield_E08000036": (215, 209, 21),
    "barnsley_E08000038": (148, 147, 21),
    "oldham_E08000004": (142, 141, 20),
}
INVALID = {
    "lsoa21": {
        "E01017290",
        "E01031952",
        "E01020541",
        "E01019228",
        "E01019900",
        "E01020312",
        "E01024572",
    },
    "lsoa11": {"E01018992", "E01027444", "E01019228", "E01019900", "E01024572"},
}


@pytest.mark.parametrize("district", DISTRICTS)
def test_districts(shared: Path, district: str) -> None:
    kinds = [("lsoa21", "lsoa", 2021), ("lsoa11", "lsoa", 2011), ("ward25", "ward", 2025)]
    for (stem, kind, vintage), expected in zip(kinds, DISTRICTS[district], strict=True):
        log = IssueLog()
        (batch,) = read_areas(shared / f"boundaries/{stem}_{district}.geojson", kind, vintage, log)
        assert len(batch.codes) == log.read == log.loaded == expected
        assert set(batch.districts) == {district.split("_")[1]}


def test_kirklees_of_both_vintages_is_the_same_place(shared: Path) -> None:
    """408.6 square kilometres, no overlaps, no invalid geometry."""
    for name, vintage in (("lsoa21", 2021), ("lsoa11", 2011)):
        log = IssueLog()
        (batch,) = read_areas(
            shared / f"boundaries/{name}_kirklees_E08000034.geojson", "lsoa", vintage, log
        )
        assert log.issues == []
        assert shapely.area(batch.geometries).sum() / 1e6 == pytest.approx(408.6, abs=0.1)
        # Two neighbours of 2011 do not share every corner in the source: no worse afterwards.
        assert shapely.coverage_is_valid(batch.generalised) == (vintage == 2021)
        together = shapely.area(shapely.union_all(batch.generalised))
        assert shapely.area(batch.generalised).sum() == pytest.approx(together, abs=0.01)
        fewer = shapely.get_num_coordinates(batch.generalised).sum()
        assert fewer < 0.9 * shapely.get_num_coordinates(batch.geometries).sum()


@pytest.mark.parametrize(
    ("name", "kind", "vintage", "expected"),
    [
        ("boundaries/msoa21_kirklees_E08000034.geojson", "msoa", 2021, 59),
        ("boundaries/msoa11_kirklees_E08000034.geojson", "msoa", 2011, 59),
        ("boundaries/martinjc_lsoa11_E08000034.json", "lsoa", 2011, 259),
        ("boundaries/martinjc_wards_E08000034.json", "ward", 2013, 23),
        ("sample/lsoa11_kirklees_bsc.geojson", "lsoa", 2011, 259),
    ],
)
def test_other_layouts(shared: Path, name: str, kind: str, vintage: int, expected: int) -> None:
    log = IssueLog()
    batches = list(read_areas(shared / name, kind, vintage, log))
    assert sum(len(batch.codes) for batch in batches) == expected
    assert log.balanced()
    assert identify("boundaries", Path(name).name).licence


@pytest.mark.parametrize(
    ("stem", "vintage", "expected"), [("lsoa21", 2021, 33_594), ("lsoa11", 2011, 32_694)]
)
def test_england_in_little_memory(shared: Path, stem: str, vintage: int, expected: int) -> None:
    """In a process of its own, so that its peak is its own: under 600 MB.

    Read from /proc, since what ``getrusage`` gives begins with the peak of who started it.
    """
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells the peak of one process by itself")
    path = shared / f"boundaries/{stem}_england_bgc_excl_holdout.gpkg.zip"
    script = f"""
import re, sys
from pathlib import Path
import shapely
from boundaries.areas import read_areas
from boundaries.issues import IssueLog
log = IssueLog()
valid = True
for batch in read_areas(Path(sys.argv[1]), "lsoa", {vintage}, log):
    valid = valid and bool(shapely.is_valid(batch.geometries).all())
peak = int(re.search("VmHWM:[^0-9]*([0-9]+)", Path("/proc/self/status").read_text())[1]) // 1024
repaired = sorted(i.value for i in log.issues if i.kind == "invalid-geometry-repaired")
print(log.read, log.loaded, len(log.issues), valid, peak, *repaired)
"""
    printed = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    read, loaded, issues, valid, peak, *repaired = printed.stdout.split()
    assert (int(read), int(loaded), valid) == (expected, expected, "True")
    assert set(repaired) == INVALID[stem]
    assert int(issues) == len(repaired)
    assert int(peak) < 600


@pytest.mark.parametrize(
    ("name", "index", "rows", "domains", "with_score"),
    [
        ("imd2019_file7_kirklees.csv", "imd2019", 259, 16, 16),
        ("imd2019_england_lsoa11_compiled_excl_holdout.csv", "imd2019", 32_694, 8, 3),
        ("imd2025_england_lsoa21_excl_holdout.csv", "imd2025", 33_594, 8, 8),
        ("imd2025_england_lsoa21_subdomains_excl_holdout.csv", "imd2025", 33_594, 6, 6),
        ("../sample/imd2019_kirklees_figures.csv", "imd2019", 259, 8, 1),
    ],
)
def test_deprivation(
    shared: Path, name: str, index: str, rows: int, domains: int, with_score: int
) -> None:
    log = IssueLog()
    found = read_deprivation(shared / "imd" / name, index, log)
    assert (log.read, log.loaded, log.issues) == (rows, rows, [])
    assert log.balanced()
    assert len(found.scores) == rows * domains
    assert found.scores["score"].notna().sum() == rows * with_score
    assert found.scores[["rank", "decile"]].notna().all(axis=None)
    if rows == 259:
        assert found.population is not None
        assert found.population["residents"].sum() == 432_855


def test_decile_one_of_kirklees(shared: Path) -> None:
    """31 of 259 in 2019; 35 of 260 in 2025."""
    with (shared / "imd/imd2025_england_lsoa21_excl_holdout.csv").open() as file:
        kirklees = {
            r["lsoa21_code"] for r in csv.DictReader(file) if r["ltla24_name"] == "Kirklees"
        }
    for name, index, of, worst in (
        ("imd2019_file7_kirklees.csv", "imd2019", 259, 31),
        ("imd2025_england_lsoa21_excl_holdout.csv", "imd2025", 260, 35),
    ):
        scores = read_deprivation(shared / "imd" / name, index, IssueLog()).scores
        scores = scores[scores["domain"] == "imd"]
        here = scores if of == 259 else scores[scores["code"].isin(kirklees)]
        assert (len(here), int((here["decile"] == 1).sum())) == (of, worst)


def test_compiled_2019_agrees_with_file_7(shared: Path) -> None:
    frames = [
        read_deprivation(shared / "imd" / name, "imd2019", IssueLog()).scores
        for name in (
            "imd2019_file7_kirklees.csv",
            "imd2019_england_lsoa11_compiled_excl_holdout.csv",
        )
    ]
    both = frames[0].merge(frames[1], on=["domain", "code"], suffixes=("", "_compiled"))
    assert len(both) == 259 * 8
    assert (both["rank"] == both["rank_compiled"]).all()
    scored = both[both["score_compiled"].notna()]
    assert len(scored) == 259 * 3
    # File 7 gives rates to three decimals, the other to one decimal of a percent.
    assert np.abs(scored["score"] - scored["score_compiled"]).max() < 0.0011


@pytest.mark.parametrize(
    "name",
    [
        "community_needs_index_2023_lsoa21_excl_holdout.csv",
        "imd2025_indicators_west_yorkshire_barnsley_oldham.csv",
    ],
)
def test_what_is_no_index_of_deprivation(shared: Path, name: str) -> None:
    with pytest.raises(RefusedFileError, match="no layout known"):
        read_deprivation(shared / "imd" / name, "imd2025", IssueLog())


@pytest.mark.parametrize(
    ("name", "vintage", "rows", "measure"),
    [
        (
            "census2021_residents_households_lsoa21_england_excl_holdout.csv",
            2021,
            33_594,
            "census2021",
        ),
        ("population_mid2020_lsoa11_england_excl_holdout.csv", 2011, 32_694, "mid2020"),
    ],
)
def test_population(shared: Path, name: str, vintage: int, rows: int, measure: str) -> None:
    log = IssueLog()
    found = read_population(shared / "imd" / name, log, vintage)
    assert (found.measure, len(found.frame), log.loaded, log.issues) == (measure, rows, rows, [])


WARD17 = "Lower_Layer_Super_Output_Area_2011_to_Ward_2017_Lookup_in_England_and_Wales.csv"


@pytest.mark.parametrize(
    ("name", "read", "excluded", "found"),
    [
        (
            "lookup_lsoa11_lsoa21_ltla22.csv",
            35_795,
            0,
            [
                (2011, "lsoa", 2021, 35_795),
                (2011, "lad", 2022, 34_756),
                (2021, "lad", 2022, 35_672),
            ],
        ),
        (
            "lookup_lsoa21_ward24_ltla24.csv",
            35_672,
            0,
            [(2021, "ward", 2024, 35_672), (2021, "lad", 2024, 35_672)],
        ),
        ("lookup_lsoa11_msoa11.csv", 41_729, 6_976, [(2011, "msoa", 2011, 34_753)]),
        ("lookup_lsoa11_ltla21.csv", 34_753, 0, [(2011, "lad", 2021, 34_753)]),
        ("ruc21_lsoa21.csv", 35_672, 0, [(2021, "ruc", 2021, 35_672)]),
        (WARD17, 34_753, 0, [(2011, "ward", 2017, 34_753), (2011, "lad", 2017, 34_753)]),
    ],
)
def test_lookups(
    shared: Path, name: str, read: int, excluded: int, found: list[tuple[int, str, int, int]]
) -> None:
    log = IssueLog()
    lookups = read_lookup(shared / "lookups" / name, log)
    assert (log.read, sum(log.excluded.values()), log.rejected) == (read, excluded, 0)
    assert log.balanced()
    assert [
        (item.source_vintage, item.target_kind, item.target_vintage, len(item.frame))
        for item in lookups
    ] == found


def test_kirklees_in_the_change_lookup(shared: Path) -> None:
    """261 rows: 255 unchanged, two splits, one merge."""
    lookups = read_lookup(shared / "lookups/lookup_lsoa11_lsoa21_ltla22.csv", IssueLog())
    change, _, districts = lookups
    codes = districts.frame.loc[districts.frame["to_code"] == "E08000034", "from_code"]
    here = change.frame[change.frame["to_code"].isin(codes)]
    assert here["change"].value_counts().to_dict() == {"U": 255, "S": 4, "M": 2}


def test_ward_names(shared: Path) -> None:
    found = read_names(shared / "sample/wards_kirklees_2025.csv", IssueLog())
    assert (found.kind, found.vintage, len(found.frame)) == ("ward", 2025, 23)


def test_code_point_open(shared: Path) -> None:
    log = IssueLog()
    found = read_postcodes(shared / "postcodes/codepo_gb_2025-05.zip", log)
    rows = pointless = kirklees = 0
    for chunk in found.chunks:
        rows += len(chunk)
        pointless += int(chunk["easting"].isna().sum())
        kirklees += int((chunk["lad"] == "E08000034").sum())
    assert (found.source, rows, pointless, kirklees) == ("codepoint", 1_743_449, 811, 11_502)
    kinds = [issue.kind for issue in log.issues]
    assert (kinds.count("no-coordinates"), kinds.count("no-district")) == (811, 1_043)
    assert (log.read, log.loaded, log.rejected) == (1_743_449, 1_743_449, 0)


@pytest.mark.parametrize(
    ("name", "rows", "live"),
    [
        ("PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU_codes_only_GB.parquet", 2_613_852, 1_737_747),
        ("PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU_HD_WF_BD_HX_LS_OL_S_HG_M.csv.gz", 225_640, None),
    ],
)
def test_ons_directory(shared: Path, name: str, rows: int, live: int | None) -> None:
    log = IssueLog()
    found = read_postcodes(shared / "postcodes" / name, log)
    chunks = [(len(chunk), int(chunk["terminated"].isna().sum())) for chunk in found.chunks]
    assert found.source == "ons"
    assert sum(count for count, _ in chunks) == log.loaded == log.read == rows
    assert live in {None, sum(count for _, count in chunks)}
    assert log.issues == []


def test_sample_postcodes(shared: Path) -> None:
    log = IssueLog()
    found = read_postcodes(shared / "sample/codepoint_open_2025_kirklees.csv.gz", log)
    (chunk,) = found.chunks
    assert (found.source, len(chunk), log.issues) == ("codepoint", 11_502, [])
    assert set(chunk["lad"]) == {"E08000034"}
