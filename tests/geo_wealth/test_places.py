"""Places: districts, wards, postcodes and what is near them."""

from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.queries import nearby, places
from geo_wealth.queries.datasets import attributions, data_version, dataset_issues, datasets
from geo_wealth.queries.membership import belongs_to, members
from geo_wealth.queries.spend import spend_summary


def test_the_sample_has_one_district_of_259_neighbourhoods(sample: Connection) -> None:
    (district,) = places.districts(sample)
    assert (district.code, district.name, district.indices) == (
        "E08000034",
        "Kirklees",
        ("imd2019",),
    )
    codes = members(sample, "E08000034", 2011)
    assert len(codes) == 259
    assert codes == sorted(codes)


def test_every_neighbourhood_falls_to_one_of_23_wards(sample: Connection) -> None:
    wards = places.wards(sample, "E08000034")
    assert len(wards) == 23
    assert sum(len(ward.lsoas) for ward in wards) == 259
    assert [ward.name for ward in wards] == sorted(ward.name for ward in wards)
    assert {ward.vintage for ward in wards} == {2025}


def test_old_ashbrow_has_its_twelve_neighbourhoods(sample: Connection) -> None:
    ward = places.ward(sample, "E05001389")
    assert (ward.name, len(ward.lsoas), ward.district_code) == ("Ashbrow", 12, "E08000034")
    assert "postcodes" in ward.how
    with pytest.raises(NotFoundError):
        places.ward(sample, "E05009999")


@pytest.mark.parametrize("spelling", ["HD1 2TT", "hd12tt", " Hd1  2tT "])
def test_a_postcode_in_any_spelling_is_in_its_neighbourhood(
    sample: Connection, spelling: str
) -> None:
    place = places.locate(sample, spelling)
    assert place.postcode == "HD1 2TT"
    assert place.district_code == "E08000034"
    assert place.ward_name == "Newsome"
    code, name = place.lsoas[2011]
    assert name.startswith("Kirklees ")
    # By hand: the polygon that contains the point, and only one does.
    inside = sample.execute(
        text("""
            SELECT code FROM area WHERE kind = 'lsoa' AND current
              AND ST_Contains(geom, ST_SetSRID(ST_MakePoint(:x, :y), 27700))
        """),
        {"x": place.easting, "y": place.northing},
    ).scalars()
    assert list(inside) == [code]


def test_a_malformed_and_an_unknown_postcode_are_told_apart(sample: Connection) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        places.locate(sample, "HD1")
    assert caught.value.parameter == "postcode"
    with pytest.raises(NotFoundError, match="LS1 1UR is not in the postcode files"):
        places.locate(sample, "LS1 1UR")


def test_search_finds_wards_neighbourhoods_and_postcodes(sample: Connection) -> None:
    kinds = {hit.kind for hit in places.search(sample, "dewsbury")}
    assert kinds == {"ward"}
    (hit,) = places.search(sample, "E01011140")
    assert (hit.kind, hit.name) == ("lsoa", "Kirklees 019C")
    (hit,) = places.search(sample, "hd12tt")
    assert (hit.kind, hit.code) == ("postcode", "HD1 2TT")
    assert places.search(sample, "100%") == []
    assert places.search(sample, "no such place") == []


def test_an_area_knows_its_ward_residents_and_domains(sample: Connection) -> None:
    area = places.area(sample, "E01011140")
    assert (area.name, area.vintage, area.district_code) == ("Kirklees 019C", 2011, "E08000034")
    assert area.residents_measure == "imd2019"
    domains = {row.domain: row.rank for row in area.domains["imd2019"]}
    assert domains["imd"] == 661
    assert domains["employment"] == 994
    with pytest.raises(NotFoundError):
        places.area(sample, "E01000001")


def test_features_are_small_valid_wgs84(sample: Connection) -> None:
    codes = members(sample, "E08000034", 2011)
    found = places.features(sample, 2011, codes)
    assert [feature["properties"]["code"] for feature in found["features"]] == codes
    longitude, latitude = found["features"][0]["geometry"]["coordinates"][0][0][0]
    assert -2.1 < longitude < -1.5
    assert 53.5 < latitude < 53.8


def test_near_things_come_nearest_first_and_within_the_radius(sample: Connection) -> None:
    place = places.locate(sample, "HD1 2TT")
    assert place.easting is not None
    assert place.northing is not None
    assets = nearby.assets_near(sample, place.easting, place.northing, 1200)
    distances = [asset.distance_m for asset in assets]
    assert distances == sorted(distances)
    assert max(distances) <= 1200
    assert {asset.sample for asset in assets} == {True}
    eligible = nearby.assets_near(sample, place.easting, place.northing, 1200, eligible_only=True)
    assert {asset.eligibility for asset in eligible} == {"eligible"}
    assert len(eligible) < len(assets)
    suppliers = nearby.suppliers_near(sample, place.easting, place.northing, 400)
    assert suppliers
    assert nearby.anchors_near(sample, place.easting, place.northing, 3000)


def test_no_person_is_named_or_placed(sample: Connection) -> None:
    codes = members(sample, "E08000034", 2011)
    points = nearby.district_points(sample, codes, 2011)
    hidden = [row for row in points.suppliers if row.name is None]
    assert all(row.longitude is None and row.postcode is None for row in hidden)
    individuals = set(
        sample.execute(text("SELECT name FROM organisation WHERE individual")).scalars()
    )
    assert not individuals & {row.name for row in points.suppliers}


def test_spend_is_located_or_unlocated_to_the_penny(sample: Connection) -> None:
    summary = spend_summary(sample)
    assert summary.total == summary.located + summary.unlocated
    total = sample.execute(text("SELECT sum(amount) FROM payment")).scalar_one()
    assert summary.total == Decimal(total)
    assert summary.sample
    assert summary.share_located is not None
    assert 0 < summary.share_located < 1


def test_datasets_say_what_they_are(sample: Connection) -> None:
    rows = {row.kind: row for row in datasets(sample)}
    assert set(rows) == {
        "assets",
        "boundaries",
        "deprivation",
        "ledger",
        "names",
        "outcomes",
        "postcodes",
        "register",
        "survey",
    }
    assert rows["ledger"].sample
    assert not rows["boundaries"].sample
    assert all(len(row.sha256) == 64 for row in rows.values())
    assert any("Crown copyright" in line for line in attributions(sample))
    assert len(data_version(sample)) == 12
    assert dataset_issues(sample, rows["register"].key) is not None
    with pytest.raises(NotFoundError):
        dataset_issues(sample, "nothing")


def test_an_unlocated_neighbourhood_belongs_nowhere(sample: Connection) -> None:
    assert belongs_to(sample, "ward", 2011, ["E01000001"]) == {}
