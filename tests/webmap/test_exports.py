"""Files of the ranking on screen."""

import csv
import io
from pathlib import Path

import geopandas
import pyogrio
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from geo_wealth.config import Settings
from webmap import create_app


def rows_of(answer_text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer_text)))


def test_csv_has_every_area_with_its_sources(client: FlaskClient) -> None:
    answer = client.get("/rank.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = rows_of(answer.text)
    assert len(rows) == 259
    assert rows[0]["rank"] == "1"
    assert {row["data"] for row in rows} == {"sample data"}
    assert all("Crown copyright" in row["attribution"] for row in rows)


def test_csv_follows_the_address(client: FlaskClient) -> None:
    rows = rows_of(client.get("/rank.csv?w.deprivation=1&top=5").text)
    assert rows[0]["code"] == "E01011140"
    assert len(rows) == 5
    turned = rows_of(client.get("/rank.csv?sort=name&order=desc&top=3").text)
    assert [row["name"] for row in turned] == sorted((row["name"] for row in turned), reverse=True)


def test_csv_and_api_agree(client: FlaskClient) -> None:
    document = client.get("/api/v1/rankings").json
    assert document is not None
    rows = [row for row in rows_of(client.get("/rank.csv").text) if row["rank"]]
    assert [(row["code"], int(row["rank"]), float(row["score"])) for row in rows] == [
        (area["code"], area["rank"], area["score"]) for area in document["areas"]
    ]


def test_no_cell_is_a_formula(settings: Settings, engine: Engine) -> None:
    from geo_wealth.pipeline.sample import load_sample  # noqa: PLC0415  (slow to import)

    load_sample(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE area SET name = '=HYPERLINK(\"http://x\")'"))
    answer = create_app(settings, engine).test_client().get("/rank.csv")
    names = {row["name"] for row in rows_of(answer.text)}
    assert names == {'\'=HYPERLINK("http://x")'}


def test_geojson_is_longitude_latitude_with_sources(client: FlaskClient) -> None:
    document = client.get("/rank.geojson?top=4").get_json(force=True)
    assert document["sample"] is True
    assert document["attribution"]
    assert len(document["features"]) == 4
    feature = document["features"][0]
    assert feature["properties"]["rank"] == 1
    coordinates = feature["geometry"]["coordinates"]
    while isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    assert -2.2 < coordinates[0] < -1.4
    assert 53.4 < coordinates[1] < 53.9


def test_geopackage_opens_with_its_sources(client: FlaskClient, tmp_path: Path) -> None:
    path = tmp_path / "ranking.gpkg"
    path.write_bytes(client.get("/rank.gpkg?w.deprivation=1").data)
    assert {name for name, _kind in pyogrio.list_layers(path)} == {"ranking", "about"}
    frame = geopandas.read_file(path, layer="ranking")
    assert len(frame) == 259
    assert frame.crs.to_epsg() == 4326
    assert frame.iloc[0]["code"] == "E01011140"
    about = pyogrio.read_dataframe(path, layer="about")
    assert "attribution" in set(about["key"])


@pytest.mark.parametrize("ending", ["csv", "geojson", "gpkg"])
def test_files_may_be_kept_for_five_minutes(client: FlaskClient, ending: str) -> None:
    assert client.get(f"/rank.{ending}?top=1").headers["Cache-Control"] == "public, max-age=300"
