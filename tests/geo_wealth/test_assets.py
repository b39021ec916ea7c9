"""Asset registers: the real ones, the Transparency Code's columns, GeoJSON, eligibility."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth.assets import COLUMNS, read_assets


def load(path: Path, owner: str | None = None, **options: Any) -> tuple[pd.DataFrame, IssueLog]:
    log = IssueLog()
    frame = pd.concat(read_assets(path, owner, log, **options))
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
    ("name", "read", "loaded", "located"),
    [
        ("kirklees_community_premises_derived_from_business_rates.csv", 829, 796, 791),
        ("kirklees_council_occupied_premises_derived_from_business_rates.csv", 633, 633, 628),
        ("kirklees_council_libraries_schema.csv", 30, 24, 0),
        ("libraries_england_2023.csv", 3487, 2990, 0),
        ("trafford_land_and_building_assets.csv", 608, 608, 372),
        ("warm_spaces_west_yorkshire_barnsley_oldham.geojson", 447, 447, 447),
    ],
)
def test_real_assets(shared: Path, name: str, read: int, loaded: int, located: int) -> None:
    frame, log = load(shared / "assets" / name)
    assert (log.read, len(frame), log.rejected) == (read, loaded, 0)
    assert int(frame.easting.notna().sum()) == located
    assert set(frame.eligibility) == {"unknown"}
    assert frame.name.str.strip().ne("").all()


@pytest.mark.shared
def test_degrees_in_columns_named_geo_x_and_geo_y(shared: Path) -> None:
    frame, log = load(shared / "assets/trafford_land_and_building_assets.csv")
    hall = frame.loc[2]
    assert (hall.ref, hall.owner, hall.use) == (
        "TMBC0001/T0000003",
        "Trafford Council",
        "Town Hall",
    )
    assert (round(hall.easting, -2), round(hall.northing, -2)) == (376700, 388000)
    assert (hall.tenure, hall.occupation, hall.holding) == (
        "Freehold",
        "Owner Occupied",
        "Buildings",
    )
    assert frame.loc[5].postcode is None
    assert kinds(log) == {"invalid-postcode": 231, "invalid-point": 1}


@pytest.mark.shared
def test_an_owner_given_wins_over_the_file(shared: Path) -> None:
    frame, _ = load(shared / "assets/kirklees_council_libraries_schema.csv", "Kirklees Active")
    assert set(frame.owner) == {"Kirklees Active"}


CODE = (
    "UPRN",
    "Unique Asset ID",
    "Property Name",
    "Street Number",
    "Street",
    "Post Town",
    "Postcode",
    "GeoX",
    "GeoY",
    "Tenure",
    "Use",
    "Contact",
    "Community transfer",
    "Community transfer reason",
)


def asset(name: str, transfer: str = "", reason: str = "", **changes: object) -> tuple[object, ...]:
    usual = dict.fromkeys(CODE, "")
    usual |= {"Property Name": name, "Community transfer": transfer}
    usual |= {"Community transfer reason": reason, "GeoX": "414000", "GeoY": "416500"}
    return tuple((usual | changes).values())


def test_eligibility_has_three_states_and_is_never_guessed(tmp_path: Path) -> None:
    path = write(
        tmp_path / "assets.csv",
        CODE,
        asset("Sample Hall", "Yes"),
        asset("Sample Depot", "no", "Needed for services"),
        asset("Sample Library"),
        asset("Sample Baths", "perhaps"),
    )
    frame, log = load(path, "Sample Council")
    states = ["eligible", "not_eligible", "unknown", "unknown"]
    assert frame.eligibility.tolist() == states
    assert frame.eligibility_reason.tolist() == [None, "Needed for services", None, None]
    assert [(issue.line, issue.kind) for issue in log.issues] == [(5, "unclear-eligibility")]
    assert frame.easting.tolist() == [414000.0] * 4


def test_fields_of_the_transparency_code(tmp_path: Path) -> None:
    changes = {"UPRN": "00083169836", "Street Number": "14", "Street": "Market Place"}
    rest = {"Post Town": "Batley", "Postcode": "wf175da", "Contact": "assets@example.org"}
    odd = asset("Sample Yard", UPRN="A00340")
    frame, log = load(write(tmp_path / "x.csv", CODE, asset("Hall", **changes, **rest), odd))
    hall = frame.loc[2]
    assert (hall.uprn, hall.address, hall.postcode) == (
        "83169836",
        "14, Market Place, Batley",
        "WF17 5DA",
    )
    assert (hall.contact, hall.owner) == ("assets@example.org", None)
    assert frame.loc[3].uprn is None
    assert kinds(log) == {"invalid-uprn": 1}


def test_a_row_without_name_and_address_is_rejected(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", CODE, asset(""), asset("", Street="Sample Lane"))
    frame, log = load(path)
    assert frame.name.tolist() == ["Sample Lane"]
    assert [(issue.line, issue.kind) for issue in log.rejections()] == [(2, "no-name")]


def features(path: Path, *items: dict[str, Any], **more: Any) -> Path:
    document = {"type": "FeatureCollection", "features": list(items), **more}
    path.write_text(json.dumps(document))
    return path


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


POINT = {"type": "Point", "coordinates": [-1.785, 53.645]}
SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[-1.79, 53.64], [-1.78, 53.64], [-1.78, 53.65], [-1.79, 53.65], [-1.79, 53.64]]
    ],
}


def test_geojson_points_polygons_and_nothing(tmp_path: Path) -> None:
    path = features(
        tmp_path / "x.geojson",
        feature(POINT, name="Sample Hall", use="Hall"),
        feature(SQUARE, name="Sample Field"),
        feature(None, name="Sample Nowhere", opening={"mo": "9-5"}),
        feature({"type": "Point", "coordinates": ["x"]}, name="Sample Odd"),
    )
    frame, _ = load(path)
    assert frame.index.tolist() == [1, 2, 3, 4]
    assert frame.easting.notna().tolist() == [True, True, False, False]
    assert abs(frame.easting[1] - frame.easting[2]) < 400
    assert frame.use.tolist() == ["Hall", None, None, None]


def test_geojson_that_is_refused(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    path = features(tmp_path / "x.geojson", feature(POINT, name="Sample"), crs=crs)
    with pytest.raises(RefusedFileError, match="another coordinate system"):
        load(path)
    path.write_text('{"type": "FeatureCollection", "features": [')
    with pytest.raises(RefusedFileError, match="cut short"):
        load(path)
    path.write_text('{"a":' * 100_000)
    with pytest.raises(RefusedFileError, match="not valid GeoJSON"):
        load(path)
    path.write_text('{"a": 1}')
    with pytest.raises(RefusedFileError, match="no GeoJSON feature collection"):
        load(path)
    features(path, feature(POINT, colour="red"))
    with pytest.raises(RefusedFileError, match="columns found are 'colour'"):
        load(path)


@pytest.mark.parametrize("properties", ["name", ["name"], 5])
def test_geojson_properties_that_are_no_object(tmp_path: Path, properties: object) -> None:
    odd = {"type": "Feature", "properties": properties, "geometry": None}
    with pytest.raises(RefusedFileError, match="feature 2: 'properties' must be an object"):
        load(features(tmp_path / "x.geojson", feature(POINT, name="Sample"), odd))


def test_geojson_of_very_many_properties_and_broken_characters(tmp_path: Path) -> None:
    many = [feature(POINT, name="Sample", **{f"p{at}": 1}) for at in range(1_000)]
    with pytest.raises(RefusedFileError, match="different properties"):
        load(features(tmp_path / "x.geojson", *many))
    odd = feature(POINT, name="Sample \ud800", **{"\udfff": 1})
    frame, _ = load(features(tmp_path / "x.geojson", odd))
    assert frame.name.tolist() == ["Sample ?"]


def test_geojson_in_wgs84_by_name(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    frame, _ = load(features(tmp_path / "x.geojson", feature(POINT, name="Sample"), crs=crs))
    assert frame.easting.notna().all()
