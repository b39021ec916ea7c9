"""Boundary files: what loads, what is mended, what is refused."""

import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from boundary_files import CODES, geojson, square, squares, vector, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries import layers
from boundaries.areas import AreaBatch, read_areas
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.shapes import generalised


def load(
    path: Path, kind: str = "lsoa", vintage: int = 2021, batch: int = 1000
) -> tuple[list[AreaBatch], IssueLog]:
    log = IssueLog()
    batches = list(read_areas(path, kind, vintage, log, batch))
    assert log.balanced()
    return batches, log


def refusal(path: Path, kind: str = "lsoa", vintage: int = 2021) -> str:
    with pytest.raises(RefusedFileError) as caught:
        load(path, kind, vintage)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


@pytest.fixture(params=["geojson", "gpkg", "shp.zip", "gpkg.zip", "geojson.gz", "geojson.zip"])
def four(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The four squares in every form that is read."""
    form: str = request.param
    if form.startswith("geojson"):
        plain = geojson(tmp_path / "four.geojson", squares())
        if form.endswith("gz"):
            import gzip  # noqa: PLC0415

            target = tmp_path / "four.geojson.gz"
            target.write_bytes(gzip.compress(plain.read_bytes()))
            return target
        return zipped(tmp_path / "z.zip", {"a/four.geojson": plain}) if "zip" in form else plain
    if form.startswith("gpkg"):
        plain = vector(tmp_path / "four.gpkg", "GPKG", squares())
        return zipped(tmp_path / "z.zip", {"four.gpkg": plain}) if "zip" in form else plain
    rows = [({k[:10]: v for k, v in p.items()}, shape) for p, shape in squares()]
    vector(tmp_path / "four.shp", "ESRI Shapefile", rows)
    parts = {f"x/four{end}": tmp_path / f"four{end}" for end in (".shp", ".shx", ".dbf", ".prj")}
    return zipped(tmp_path / "z.zip", {**parts, "x/readme.txt": b"hello"})


def test_every_form_gives_the_same_areas(four: Path) -> None:
    (batch,), log = load(four)
    assert batch.codes == list(CODES)
    assert batch.names == ["Square 1", "Square 2", "Square 3", "Square 4"]
    assert log.read == log.loaded == 4
    assert log.issues == []
    assert (shapely.get_type_id(batch.geometries) == 6).all()
    assert (shapely.get_type_id(batch.generalised) == 6).all()
    assert shapely.area(batch.geometries) == pytest.approx([1e6] * 4)
    assert shapely.bounds(batch.geometries[0]) == pytest.approx((414e3, 416e3, 415e3, 417e3))


def test_district_is_what_the_file_says(tmp_path: Path) -> None:
    (batch,), _ = load(geojson(tmp_path / "a.geojson", squares()))
    assert batch.districts == ["E08000034"] * 4
    rows = [({"LSOA21CD": CODES[0]}, square(414e3, 416e3))]
    (batch,), log = load(geojson(tmp_path / "b.geojson", rows))
    assert batch.districts == [None]
    assert batch.names == [CODES[0]]
    assert [issue.kind for issue in log.issues] == ["no-name"]


def test_wards_carry_the_district_of_their_vintage(tmp_path: Path) -> None:
    rows = [
        ({"WD25CD": "E05001389", "WD25NM": "Ashbrow", "LAD25CD": "E08000034"}, square(4e5, 4e5))
    ]
    (batch,), _ = load(geojson(tmp_path / "w.geojson", rows), "ward", 2025)
    assert (batch.codes, batch.districts) == (["E05001389"], ["E08000034"])


def test_without_crs_geojson_is_wgs84(tmp_path: Path) -> None:
    # The OS's worked example for Framingham, in WGS84: E 651409.9, N 313177.3.
    east, north = 1.7160739, 52.6579786
    rows = [({"LSOA21CD": CODES[0]}, square(east, north, 0.01))]
    (batch,), _ = load(geojson(tmp_path / "a.geojson", rows, crs=None))
    corner = shapely.get_coordinates(batch.geometries[0])[0]
    assert corner == pytest.approx([651_409.9, 313_177.3], abs=5)


def test_batches_keep_the_order_and_meet(tmp_path: Path) -> None:
    rows = [
        ({"LSOA21CD": f"E01{i:06d}"}, square(400_000 + 1000 * (i % 9), 400_000 + 1000 * (i // 9)))
        for i in range(81)
    ]
    batches, log = load(geojson(tmp_path / "a.geojson", rows), batch=10)
    assert [code for batch in batches for code in batch.codes] == [r[0]["LSOA21CD"] for r in rows]
    assert [len(batch.codes) for batch in batches] == [10] * 8 + [1]
    everything = np.concatenate([batch.generalised for batch in batches])
    assert shapely.coverage_is_valid(everything)
    assert log.loaded == 81


def test_generalising_keeps_shared_edges() -> None:
    wiggle = [(1000 + 3 * (i % 2), 20 * i) for i in range(51)]
    west = shapely.Polygon([(0, 0), *wiggle, (0, 1000)])
    east = shapely.Polygon([(2000, 0), (2000, 1000), *reversed(wiggle)])
    areas = np.array([shapely.MultiPolygon([west]), shapely.MultiPolygon([east])], dtype=object)
    simple = generalised(areas)
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(areas).sum() / 3
    assert shapely.coverage_is_valid(simple)
    assert shapely.area(shapely.intersection(simple[0], simple[1])) == 0
    assert shapely.area(simple).sum() == pytest.approx(2_000_000)


def test_invalid_geometry_is_repaired_and_named(tmp_path: Path) -> None:
    bow = [[414e3, 416e3], [415e3, 417e3], [415e3, 416e3], [414e3, 417e3], [414e3, 416e3]]
    rows = squares()
    rows[1] = (rows[1][0], {"type": "Polygon", "coordinates": [bow]})
    (batch,), log = load(geojson(tmp_path / "a.geojson", rows))
    assert shapely.is_valid(batch.geometries).all()
    assert [(i.line, i.kind, i.value) for i in log.issues] == [
        (2, "invalid-geometry-repaired", CODES[1])
    ]
    assert shapely.area(batch.geometries[1]) == pytest.approx(500_000)


def test_nested_and_third_dimension(tmp_path: Path) -> None:
    solid = square(414e3, 416e3)
    solid["coordinates"] = [[[*point, 99.0] for point in solid["coordinates"][0]]]
    line = {"type": "LineString", "coordinates": [[414e3, 416e3], [415e3, 417e3]]}
    nested = {
        "type": "GeometryCollection",
        "geometries": [line, {"type": "GeometryCollection", "geometries": [square(416e3, 416e3)]}],
    }
    rows = [({"LSOA21CD": CODES[0]}, solid), ({"LSOA21CD": CODES[1]}, nested)]
    (batch,), log = load(geojson(tmp_path / "a.geojson", rows))
    assert not shapely.has_z(batch.geometries).any()
    assert shapely.area(batch.geometries) == pytest.approx([1e6, 1e6])
    assert "parts-dropped" in {issue.kind for issue in log.issues}


def test_areas_of_other_nations_are_excluded(tmp_path: Path) -> None:
    rows = [
        ({"WD25CD": code, "WD25NM": "x"}, square(4e5 + 1000 * i, 4e5))
        for i, code in enumerate(("E05000001", "S13002516", "N08000101", "W05000001"))
    ]
    (batch,), log = load(geojson(tmp_path / "a.geojson", rows), "ward", 2025)
    assert batch.codes == ["E05000001", "W05000001"]
    assert log.excluded == {"outside England and Wales": 2}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"LSOA21CD": "E02000001"}, "feature 2: LSOA21CD 'E02000001' is not the code of a lsoa"),
        ({"LSOA21CD": CODES[0]}, "feature 2: LSOA21CD E01000001 came before"),
        ({"LSOA21CD": None}, "feature 2: LSOA21CD '' is not the code"),
    ],
)
def test_a_doubtful_code_refuses_the_file(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    rows = squares()
    rows[1] = ({**rows[1][0], **change}, rows[1][1])
    assert said in refusal(geojson(tmp_path / "a.geojson", rows))
    for row in rows:
        row[0].pop("LADCD_ACTIVE")
    assert said in refusal(vector(tmp_path / "a.gpkg", "GPKG", rows))


def polygon(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (None, "E01000002 has no geometry"),
        ({"type": "Polygon", "coordinates": []}, "E01000002 has no geometry"),
        ({"type": "Point", "coordinates": [414e3, 416e3]}, "E01000002 is a point or a line"),
        (square(-1.8, 53.6, 0.1), "E01000001"),
        (square(9e9, 416e3), "E01000002 has coordinates outside Great Britain"),
        (polygon((4e5, 4e5), (4.1e5, 4e5), (4e5, 4e5)), "E01000002"),
    ],
)
def test_doubtful_geometry_refuses_the_file(tmp_path: Path, shape: Any, said: str) -> None:
    rows = squares()
    rows[1] = (rows[1][0], shape)
    if said == "E01000001":  # degrees where metres are stated
        rows = [(row[0], shape) for row in rows]
    assert said in refusal(geojson(tmp_path / "a.geojson", rows))


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity", "null", '"x"'])
def test_coordinates_that_are_no_numbers(tmp_path: Path, number: str) -> None:
    path = geojson(tmp_path / "a.geojson", squares())
    path.write_text(path.read_text().replace("415000", number, 1))
    refusal(path)


def test_nan_in_a_geopackage(tmp_path: Path) -> None:
    path = vector(tmp_path / "a.gpkg", "GPKG", squares())
    sound = shapely.to_wkb(shapely.Polygon([(414e3, 416e3), (777e3, 416e3), (415e3, 417e3)]))
    shape = sound.replace(struct.pack("<d", 777e3), struct.pack("<d", float("nan")))
    blob = b"GP\x00\x01" + (27700).to_bytes(4, "little") + shape
    tamper(path, "UPDATE a SET geom = ? WHERE fid = 2", blob)
    assert "E01000002 has coordinates outside" in refusal(path)


@pytest.mark.parametrize("blob", [b"", b"GP\x00\x01abcd", b"XX" * 40, b"GP\x00\x21" + b"\x00" * 40])
def test_broken_geometry_in_a_geopackage(tmp_path: Path, blob: bytes) -> None:
    path = vector(tmp_path / "a.gpkg", "GPKG", squares())
    tamper(path, "UPDATE a SET geom = ? WHERE fid = 2", blob)
    refusal(path)


def tamper(path: Path, statement: str, *values: Any) -> None:
    with sqlite3.connect(path) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall()
        for (name,) in names:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(statement, values)
    database.close()


def test_another_vintage_says_which(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", squares())
    assert "lsoa codes of 2021, not of 2011; load it with --vintage 2021" in refusal(
        path, vintage=2011
    )
    assert "no column of msoa codes" in refusal(path, kind="msoa")
    assert "no areas of kind 'parish'" in refusal(path, kind="parish")


def test_unknown_columns_are_listed(tmp_path: Path) -> None:
    text = refusal(geojson(tmp_path / "a.geojson", [({"id": "1", "title": "x"}, square(4e5, 4e5))]))
    assert "it has id, title" in text


def test_no_stated_crs(tmp_path: Path) -> None:
    vector(tmp_path / "a.shp", "ESRI Shapefile", [({"LSOA21CD": CODES[0]}, square(4e5, 4e5))])
    parts = {f"a{end}": tmp_path / f"a{end}" for end in (".shp", ".shx", ".dbf")}
    assert "coordinate reference system" in refusal(zipped(tmp_path / "a.zip", parts))
    gpkg = vector(tmp_path / "b.gpkg", "GPKG", squares(), crs=None)
    assert "coordinate reference system" in refusal(gpkg)


def test_a_shapefile_needs_its_parts(tmp_path: Path) -> None:
    vector(tmp_path / "a.shp", "ESRI Shapefile", [({"LSOA21CD": CODES[0]}, square(4e5, 4e5))])
    assert ".dbf" in refusal(zipped(tmp_path / "a.zip", {"a.shp": tmp_path / "a.shp"}))


def test_esri_spelling_of_the_national_grid(tmp_path: Path) -> None:
    rows = [({"LSOA21CD": CODES[0]}, square(414e3, 416e3))]
    vector(tmp_path / "a.shp", "ESRI Shapefile", rows)
    (tmp_path / "a.prj").write_text(
        'PROJCS["British_National_Grid",GEOGCS["GCS_OSGB_1936",DATUM["D_OSGB_1936",'
        'SPHEROID["Airy_1830",6377563.396,299.3249646]],PRIMEM["Greenwich",0.0],'
        'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",-100000.0],'
        'PARAMETER["Central_Meridian",-2.0],PARAMETER["Scale_Factor",0.9996012717],'
        'PARAMETER["Latitude_Of_Origin",49.0],UNIT["Meter",1.0]]'
    )
    (batch,), _ = load(tmp_path / "a.shp")
    bounds = shapely.bounds(batch.geometries[0])
    assert bounds == pytest.approx((414e3, 416e3, 415e3, 417e3), abs=0.01)


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.mark.parametrize(
    "content",
    [
        VRT,
        '{"type": "FeatureCollection", "x": "' + VRT.replace('"', "'") + '", "features": []}',
        "<?xml version='1.0'?><gml/>",
        "code,name\nE01000001,x\n",
        '{"type": "Topology"}',
        "{}",
        '{"type": "FeatureCollection", "features": []}',
        "%PDF-1.4",
    ],
)
@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp"])
def test_disguised_and_strange_files(tmp_path: Path, content: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(content)
    refusal(path)


def test_empty_absent_and_binary_files(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").touch()
    assert "is empty" in refusal(tmp_path / "a.geojson")
    assert "cannot be read" in refusal(tmp_path / "absent.geojson")
    (tmp_path / "b.gpkg").write_bytes(b"SQLite format 3\x00" + b"\x00" * 500)
    refusal(tmp_path / "b.gpkg")


@pytest.mark.parametrize("driver", ["GeoJSON", "GPKG"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(0.01, 0.995))
def test_a_truncated_file_is_refused(tmp_path: Path, driver: str, share: float) -> None:
    if driver == "GPKG":
        path = tmp_path / "whole.gpkg"
        if not path.exists():
            vector(path, driver, squares())
    else:
        path = geojson(tmp_path / "whole.geojson", squares())
    whole = path.read_bytes()
    cut = tmp_path / f"cut{path.suffix}"
    cut.write_bytes(whole[: max(1, int(len(whole) * share))])
    refusal(cut)


def test_geojson_cut_after_any_feature(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", squares(), crs=None)
    text = path.read_text()
    for i, character in enumerate(text[:-1]):
        if character == "}":
            (tmp_path / "cut.geojson").write_text(text[: i + 1])
            refusal(tmp_path / "cut.geojson")


@pytest.mark.parametrize("part", [".shp", ".dbf"])
def test_a_truncated_shapefile_is_refused(tmp_path: Path, part: str) -> None:
    rows = [({"LSOA21CD": p["LSOA21CD"]}, shape) for p, shape in squares()]
    vector(tmp_path / "a.shp", "ESRI Shapefile", rows)
    cut = tmp_path / f"a{part}"
    cut.write_bytes(cut.read_bytes()[:-10])
    assert "cut short" in refusal(tmp_path / "a.shp")


def test_several_layers_and_views(tmp_path: Path) -> None:
    path = vector(tmp_path / "a.gpkg", "GPKG", squares(), layer="one")
    vector(path, "GPKG", squares(), layer="two")
    assert "one layer of areas and has 2 (one, two)" in refusal(path)
    view = vector(tmp_path / "b.gpkg", "GPKG", squares(), layer="real")
    tamper(view, "UPDATE gpkg_contents SET table_name = 'seen'")
    tamper(view, "UPDATE gpkg_geometry_columns SET table_name = 'seen'")
    tamper(view, "CREATE VIEW seen AS SELECT * FROM real")
    assert "has 0 (none)" in refusal(view)


def test_a_catalogue_that_is_a_view(tmp_path: Path) -> None:
    path = vector(tmp_path / "a.gpkg", "GPKG", squares())
    endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)"
    tamper(path, "ALTER TABLE gpkg_contents RENAME TO kept")
    tamper(path, f"CREATE VIEW gpkg_contents AS {endless} SELECT n FROM t")
    assert "has 0 (none)" in refusal(path)


def test_columns_that_are_computed(tmp_path: Path) -> None:
    path = vector(tmp_path / "a.gpkg", "GPKG", squares(), layer="one")
    tamper(path, "ALTER TABLE one ADD COLUMN big TEXT AS (hex(zeroblob(400000000))) VIRTUAL")
    assert "computes some of its columns" in refusal(path)


def test_a_value_too_long_to_be_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "_MAX_VALUE", 5_000)
    path = vector(tmp_path / "a.gpkg", "GPKG", squares(), layer="one")
    tamper(path, "UPDATE one SET LSOA21NM = hex(zeroblob(4000))")
    assert "damaged or cut short" in refusal(path)


def test_areas_that_overlap_stay_areas(tmp_path: Path) -> None:
    rows = [
        ({"LAD25CD": f"E0800000{i}", "LAD25NM": "x"}, square(4e5 + 300 * i, 4e5 + 10 * i))
        for i in range(5)
    ]
    (batch,), _ = load(geojson(tmp_path / "a.geojson", rows), "lad", 2025)
    assert batch.districts == [None] * 5
    assert shapely.is_valid(batch.generalised).all()
    assert not shapely.is_empty(batch.generalised).any()


def test_names_of_any_script_survive(tmp_path: Path) -> None:
    hostile = "<script>${alert(1)}`</script> Ŵ 東 \"quoted\" 'x'"
    rows = [({"LSOA21CD": CODES[0], "LSOA21NM": hostile}, square(4e5, 4e5))]
    for path in (geojson(tmp_path / "a.geojson", rows), vector(tmp_path / "a.gpkg", "GPKG", rows)):
        (batch,), _ = load(path)
        assert batch.names == [hostile]


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", squares())
    path.write_bytes(path.read_bytes().replace(b"Square 2", b"Squ\xe9re 2"))
    assert "not UTF-8" in refusal(path)


def test_deep_nesting_ends_in_a_sentence(tmp_path: Path) -> None:
    depth = 5000
    text = json.dumps({"LSOA21CD": CODES[0]})
    inner = '{"type":"GeometryCollection","geometries":[' * depth + "]}" * depth
    (tmp_path / "a.geojson").write_text(
        f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{text},'
        f'"geometry":{inner}}}]}}'
    )
    refusal(tmp_path / "a.geojson")


def test_a_property_without_a_name(tmp_path: Path) -> None:
    rows = [({"": 1, "LSOA21CD": CODES[0], "LSOA21NM": "x"}, square(4e5, 4e5))]
    assert "cannot be read as GeoJSON" in refusal(geojson(tmp_path / "a.geojson", rows))
