"""The map: nothing that was typed becomes script, and the stand-alone file needs no host."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Connection

from geo_wealth.config import Settings
from geo_wealth.errors import SetupError
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.queries import places
from geo_wealth.queries.rows import RankRequest
from webmap import standalone
from webmap.choropleth import MapPoint, MapState, inert, render
from webmap.cli import write_map
from webmap.standalone import standalone_map

HOSTILE = "<script>alert(1)</script>${alert(2)}`+alert(3)+`'\"</script><img src=x onerror=alert(4)>"
SQUARE = {"type": "Polygon", "coordinates": [[[0, 50], [1, 50], [1, 51], [0, 50]]]}


def collection(name: str) -> dict[str, object]:
    properties = {"code": "E01000001", "name": name}
    feature = {"type": "Feature", "properties": properties, "geometry": SQUARE}
    return {"type": "FeatureCollection", "features": [feature]}


def test_hostile_text_stays_text() -> None:
    state = MapState(
        values={"E01000001": 0.5},
        names={"E01000001": HOSTILE},
        points=(MapPoint("asset", HOSTILE, 0.5, 50.5, (HOSTILE,)),),
    )
    parts = render(collection(HOSTILE), state)
    assert "<script" not in parts.container + parts.script
    assert "</script" not in parts.script
    assert "<img" not in parts.script
    attached = re.search(r"geoWealthMap\.attach\(\w+, \w+, (\{.*\})\);", parts.script)
    assert attached is not None
    assert json.loads(attached[1])["names"]["E01000001"] == HOSTILE


@pytest.mark.parametrize(
    "name",
    ["{{7*7}}", "{% raw %}", "{# x #}", "{{cycler.__init__.__globals__}}", "}}{{", "${{7*7}}"],
)
def test_no_name_is_a_template(name: str) -> None:
    """branca compiles what it printed as a template: text in it would run on the server."""
    state = MapState(
        values={"E01000001": 0.5},
        names={"E01000001": name},
        points=(MapPoint("asset", name, 0.5, 50.5, (name,)),),
    )
    parts = render(collection(name), state)
    attached = re.search(r"geoWealthMap\.attach\(\w+, \w+, (\{.*\})\);", parts.script)
    assert attached is not None
    told = json.loads(attached[1])
    assert told["names"]["E01000001"] == told["points"][0]["name"] == name


def test_a_basemap_credit_is_no_template(settings: Settings) -> None:
    tiled = settings.model_copy(
        update={"tile_url": "https://t/{z}/{x}/{y}.png", "tile_attribution": "{{7*7}} maps"}
    )
    assert "49 maps" not in render(collection("x"), MapState(), tiled).script


def test_names_never_reach_the_layer() -> None:
    parts = render(collection("Visible name"), MapState())
    assert "Visible name" not in parts.script


def test_the_map_refers_to_no_host() -> None:
    parts = render(collection("x"), MapState())
    assert "http" not in parts.container + parts.script


def test_a_hostile_basemap_credit_is_inert() -> None:
    text = inert("`${alert(1)}`<b>\\")
    assert not set("`$<>{}\\") & set(text)


def test_a_basemap_is_drawn_from_its_address(settings: Settings) -> None:
    tiled = settings.model_copy(
        update={"tile_url": "https://tiles.example/{z}/{x}/{y}.png", "tile_attribution": HOSTILE}
    )
    script = render(collection("x"), MapState(), tiled).script
    assert "https://tiles.example/{z}/{x}/{y}.png" in script
    assert "${alert" not in script


def test_the_file_needs_no_host_and_names_its_sources(sample: Connection, tmp_path: Path) -> None:
    ranking = build_ranking(sample, RankRequest(district="E08000034"))
    path = tmp_path / "map.html"
    write_map(sample, ranking, path)
    html = path.read_text(encoding="utf-8")
    outside = re.findall(r'(?:src|href)\s*=\s*["\']?(?:https?:)?//[^"\'> ]+', html)
    assert [address for address in outside if "leafletjs" not in address] == []
    assert "url(" not in html.replace("url(#no-data)", "").split("<script>")[0]
    assert "Sample data" in html
    assert "Crown copyright" in html
    assert "highest priority" in html
    assert html.count("<tr>") == 260
    assert "default-src 'none'" in unescape(html)
    assert not list(tmp_path.glob(".*"))


def test_the_same_ranking_draws_the_same_rows(sample: Connection, tmp_path: Path) -> None:
    ranking = build_ranking(sample, RankRequest(district="E08000034"))
    codes = [area.code for area in ranking.areas]
    features = places.features(sample, ranking.lsoa_vintage, codes)
    standalone_map(ranking, features, tmp_path / "a.html")
    rows = re.findall(r'<th scope="row">.*?<small>(\w+)</small>', (tmp_path / "a.html").read_text())
    assert rows == codes


def test_missing_assets_are_told_with_the_remedy(
    sample: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = build_ranking(sample, RankRequest(district="E08000034"))
    monkeypatch.setattr(standalone, "STATIC", tmp_path)
    with pytest.raises(SetupError, match="script/bootstrap"):
        standalone_map(ranking, collection("x"), tmp_path / "a.html")
