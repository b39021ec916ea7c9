"""Registers: every real one accounted for, moved fields put right, plain lists read."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth import coordinates
from geo_wealth.errors import InvalidRequestError
from geo_wealth.registers import COLUMNS, read_register

RATES = (
    "Property reference number",
    "Ratepayer",
    "Address",
    "Postcode",
    "Latitude",
    "Longitude",
    "Liability start date",
    "Current Analysis Code Description",
    "Rateable value",
    "Current Relief Type",
)


def load(path: Path, kind: str = "suppliers", **options: Any) -> tuple[pd.DataFrame, IssueLog]:
    log = IssueLog()
    frame = pd.concat(read_register(path, kind, log, **options))
    assert log.balanced()
    assert log.loaded == len(frame)
    assert list(frame.columns) == list(COLUMNS)
    return frame.set_index("line", drop=False), log


def write(path: Path, *rows: tuple[object, ...]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


def kinds(log: IssueLog) -> Counter[str]:
    return Counter(issue.kind for issue in log.issues)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "kind", "read", "loaded", "excluded"),
    [
        ("registers/business_rates_kirklees.csv", "business-rates", 15991, 15840, (151,)),
        ("registers/business_rates_bradford.csv", "business-rates", 19323, 19322, (1,)),
        ("registers/business_rates_calderdale.csv", "business-rates", 9347, 9347, ()),
        (
            "registers/coops_uk_2017-06_open_data_organisations.csv",
            "cooperatives",
            8371,
            6814,
            (1557,),
        ),
        ("registers/coops_uk_2019-06_open_data_outlets.csv", "cooperatives", 5966, 5966, ()),
        ("registers/coops_uk_2023-03_standard.csv", "cooperatives", 7272, 7272, ()),
        ("registers/gender_pay_gap_2021_to_2022.csv", "employers", 10491, 10491, ()),
        (
            "registers/trafford_council_voluntary_sector_grants_360giving.csv",
            "vcse",
            555,
            360,
            (195,),
        ),
        ("anchors/epraccur_2015-11-27.csv", "anchors", 12922, 11598, (361, 6, 957)),
        ("anchors/gias_edubase_leeds.csv", "anchors", 771, 306, (465,)),
        (
            "anchors/kirklees_anchor_premises_derived_from_business_rates.csv",
            "anchors",
            237,
            218,
            (19,),
        ),
        ("anchors/nhs_choices_Hospital_2014.csv", "anchors", 2918, 1761, (1157,)),
        ("anchors/nhs_choices_Trust_2014.csv", "anchors", 702, 702, ()),
    ],
)
def test_real_registers(
    shared: Path, name: str, kind: str, read: int, loaded: int, excluded: tuple[int, ...]
) -> None:
    frame, log = load(shared / name, kind)
    assert (log.read, len(frame), log.rejected) == (read, loaded, 0)
    assert sorted(log.excluded.values()) == sorted(excluded)
    assert frame.name.map(type).eq(str).all()
    points = frame[["easting", "northing"]].dropna()
    assert ((points.easting > 0) & (points.northing < 1_300_000)).all()


@pytest.mark.shared
def test_moved_fields_of_kirklees_are_put_right(shared: Path) -> None:
    frame, log = load(shared / "registers/business_rates_kirklees.csv", "business-rates")
    assert kinds(log)["shifted-row"] == 88
    assert frame.rateable_value.notna().all()
    moved = frame.loc[582]
    assert (moved.use, moved.rateable_value) == ("Warehouses", Decimal(23000))
    assert (moved.postcode, np.isnan(moved.easting)) == ("WF17 9TL", True)
    assert frame.loc[3].address_kind == "branch"


@pytest.mark.shared
def test_short_moved_and_broken_rows_of_calderdale(shared: Path) -> None:
    frame, log = load(shared / "registers/business_rates_calderdale.csv", "business-rates")
    found = kinds(log)
    assert (found["shifted-row"], found["broken-quotes"], found["short-rows"]) == (29, 10, 1)
    whole, moved, two, broken = (frame.loc[line] for line in (2, 1246, 256, 1052))
    assert (whole.rateable_value, whole.postcode) == (Decimal(11000), "HD6 3RB")
    assert (moved.rateable_value, np.isnan(moved.easting)) == (Decimal(890), True)
    assert (two.rateable_value, two.postcode) == (Decimal(3700), None)
    assert broken.address.endswith("River Street, Brighouse HD6 1NL")
    assert (broken.rateable_value, broken.use) == (Decimal(1400), "Store And Premises")


@pytest.mark.shared
def test_ratepayers_that_are_not_published_keep_their_premises(shared: Path) -> None:
    frame, _ = load(shared / "registers/business_rates_kirklees.csv", "business-rates")
    assert int((frame.name == "").sum()) == 6684


def rate(**changes: object) -> tuple[object, ...]:
    usual = dict(
        zip(
            RATES,
            (
                "1N",
                "Sample Ltd",
                "1, Sample Street, HD1 2TT",
                "hd12tt",
                "53.645",
                "-1.785",
                "2015-04-01",
                "Hall",
                "1500",
                "",
            ),
            strict=True,
        )
    )
    return tuple((usual | changes).values())


def test_a_row_that_cannot_be_put_right_is_rejected_by_line(tmp_path: Path) -> None:
    moved = rate(Latitude="", **{"Property reference number": "2N"})
    moved = moved[:5] + moved[6:]
    broken = (*rate()[:4], "2015-04-01")
    text = rate(**{"Rateable value": "Hall"})
    frame, log = load(write(tmp_path / "x.csv", RATES, rate(), moved, broken, text), "anchors")
    assert frame.index.tolist() == [2, 3]
    assert frame.loc[3, "rateable_value"] == Decimal(1500)
    assert {issue.line: issue.kind for issue in log.rejections()} == {
        4: "field-count",
        5: "not-a-number",
    }


def test_points_and_postcodes_that_cannot_be(tmp_path: Path) -> None:
    frame, log = load(
        write(
            tmp_path / "x.csv",
            RATES,
            rate(),
            rate(Latitude="-1.785", Longitude="53.645", Ratepayer="B"),
            rate(Latitude="", Longitude="", Ratepayer="C", Postcode=""),
            rate(Ratepayer="D", Postcode="HX"),
        )
    )
    assert frame.postcode.tolist() == ["HD1 2TT", "HD1 2TT", "HD1 2TT", None]
    assert frame.easting.isna().tolist() == [False, True, True, False]
    assert kinds(log) == {"invalid-point": 1, "invalid-postcode": 1}
    assert [issue.line for issue in log.issues] == [3, 5]


def test_premises_listed_twice_count_once(tmp_path: Path) -> None:
    frame, log = load(write(tmp_path / "x.csv", RATES, rate(), rate(), rate(Ratepayer="B")))
    assert frame.name.tolist() == ["Sample Ltd", "B"]
    assert log.excluded == {"repeats an earlier row": 1}


LIST = (
    "Name",
    "Company Number",
    "Charity Number",
    "Address",
    "Postcode",
    "Easting",
    "Northing",
    "Type",
    "Activity",
    "Sole Trader",
)


def test_plain_list_of_organisations(tmp_path: Path) -> None:
    path = write(
        tmp_path / "suppliers.csv",
        ("Sample data, invented",),
        LIST,
        (
            "Sample One Ltd",
            "1234567",
            "",
            "1 Sample Road",
            "HD1 2TT",
            414000,
            416500,
            "Ltd",
            "",
            "",
        ),
        ("J B Sample", "", "", "", "", "", "", "", "Joinery", "yes"),
        ("Mr Sample", "", "1091263", "", "", 0, 0, "", "", "no"),
        ("Mrs Sample", "", "", "", "", "", "", "", "", ""),
    )
    frame, log = load(path)
    assert frame.index.tolist() == [3, 4, 5, 6]
    assert frame.company_number.tolist() == ["01234567", None, None, None]
    assert frame.charity_number.tolist() == [None, None, "1091263", None]
    assert frame.individual.tolist() == [False, True, False, True]
    assert (frame.easting[3], frame.form[3], frame.use[4]) == (414000.0, "Ltd", "Joinery")
    assert frame.easting[[4, 5, 6]].isna().all()
    assert kinds(log) == {"invalid-point": 1}


@pytest.mark.parametrize(
    ("form", "stated", "person"),
    [
        ("", "Y", True),
        ("", "true", True),
        ("", "1", True),
        ("", "Sole Trader", True),
        ("SOLE TRADER", "", True),
        ("Self-employed", "no", True),
        ("Individual", "", True),
        ("Ltd", "", False),
        ("Ltd", "no", False),
    ],
)
def test_sole_traders_are_persons(tmp_path: Path, form: str, stated: str, person: bool) -> None:
    row = ("Sample Joinery", "", "", "", "", "", "", form, "", stated)
    frame, _ = load(write(tmp_path / "x.csv", LIST, row))
    assert frame.individual.tolist() == [person]


def test_a_name_too_long_to_be_one_is_rejected(tmp_path: Path) -> None:
    rest = ("",) * 9
    path = write(tmp_path / "x.csv", LIST, ("n" * 501, *rest), ("n" * 500, *rest))
    frame, log = load(path)
    assert frame.name.tolist() == ["n" * 500]
    assert [(issue.line, issue.kind) for issue in log.rejections()] == [(2, "name-too-long")]


def test_unknown_register_and_its_mapping(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", ("Outfit", "Where"), ("Sample CIC", "HD1 2TT"))
    with pytest.raises(RefusedFileError, match=r"x\.csv .*'Outfit', 'Where'.*--mapping"):
        load(path)
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\nname = "Outfit"\npostcode = "Where"\n')
    frame, _ = load(path, mapping=mapping)
    assert frame[["name", "postcode"]].to_numpy().tolist() == [["Sample CIC", "HD1 2TT"]]


def test_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="'shops' is none of suppliers"):
        load(tmp_path / "x.csv", "shops")


@pytest.mark.shared
def test_degrees_fall_on_the_points_that_ordnance_survey_gives(shared: Path) -> None:
    """The register's degrees are its postcodes' centroids, which Code-Point has in metres."""
    frame, _ = load(shared / "registers/business_rates_kirklees.csv", "business-rates")
    path = shared / "sample/codepoint_open_2025_kirklees.csv.gz"
    points = pd.read_csv(path).set_index("postcode")[["eastings", "northings"]]
    points.index = [f"{each.replace(' ', '')[:-3]} {each[-3:]}" for each in points.index]
    both = frame.join(points, on="postcode", how="inner").dropna(subset=["easting"])
    apart = np.hypot(both.easting - both.eastings, both.northing - both.northings)
    assert len(both) > 14_000
    assert apart.median() < 10


def test_degrees_become_metres() -> None:
    """Huddersfield station, to within the transformation's few metres."""
    east, north = coordinates.to_grid(np.array([-1.78462]), np.array([53.64857]))
    assert abs(east[0] - 414336) < 15
    assert abs(north[0] - 416945) < 60


def test_degrees_and_metres_are_told_apart_by_size() -> None:
    xs = np.array([-1.785, 414000.0, 0.0, 5e6, np.nan])
    ys = np.array([53.645, 416500.0, 0.0, 416500.0, 53.0])
    east, north = coordinates.either(xs, ys)
    assert np.isfinite(east).tolist() == [True, True, False, False, False]
    assert np.isfinite(north).tolist() == np.isfinite(east).tolist()
    assert (east[1], north[1]) == (414000.0, 416500.0)
