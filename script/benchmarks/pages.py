"""Re-ranking and the rank page, on the sample."""

import gzip
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import cycle
from pathlib import Path
from typing import Any

import folium
from databases import Server
from flask import Flask, Response, jsonify, request
from flask.testing import FlaskClient
from measure import Finding, expect, interleaved, timed
from sqlalchemy import Engine

from geo_wealth.config import Settings
from geo_wealth.db import reading
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.sample import load_sample
from geo_wealth.queries.places import features
from geo_wealth.queries.rows import Ranking, RankRequest
from webmap import create_app

_PLACE = "district=E08000034&index=imd2019"
_AREAS = 259
_PRINTED = re.compile(r'<(?:link|img)\b[^>]*?(?:href|src)="(/[^"]+)"')
_URL = re.compile(r"url\(['\"]?(/[^)'\"]+)")
_KILO = 1000.0


@contextmanager
def site(server: Server) -> Iterator[tuple[Engine, FlaskClient]]:
    """Give a client of the web service on the sample."""
    with server.database() as engine, tempfile.TemporaryDirectory() as folder:
        load_sample(engine)
        app = create_app(Settings(data_dir=Path(folder), database_url=None), engine)
        yield engine, app.test_client()


def reranking(server: Server, rounds: int) -> list[Finding]:
    """Ask the API for Kirklees with other weights each time: how long the service takes."""
    with site(server) as (engine, client):
        plain = _plain(engine).test_client()
        _check_same(client, plain)
        sides = {
            "API": _asking(client, f"/api/v1/rankings?{_PLACE}&"),
            "dict + jsonify": _asking(plain, "/?"),
        }
        seconds = interleaved(sides, rounds)
    ours, theirs = seconds.values()
    return [
        Finding("reranking", "API, median", ours * _KILO, "ms", 30, rounds, seconds),
        Finding("reranking", "API / dict + jsonify", ours / theirs, "x", None, rounds, seconds),
    ]


def page_weight(server: Server) -> list[Finding]:
    """Weigh the first visit to Kirklees' rank page, compressed, scripts aside."""
    with site(server) as (engine, client):
        page = _weight(client, f"/rank?{_PLACE}")
        embedded = _folium(engine)
    total = sum(page.values())
    sides = {name: size / _KILO for name, size in page.items()}
    raw = {"folium page, not compressed, kB": len(embedded) / _KILO}
    theirs = len(gzip.compress(embedded))
    return [
        Finding("page", "rank page over the wire", total / _KILO, "kB", 400, sides=sides),
        Finding("page", "page with table and styles / folium map", total / theirs, sides=raw),
    ]


def _asking(client: FlaskClient, address: str) -> Callable[[], float]:
    weights = cycle((d, s, 100 - d - s) for d in range(5, 60, 7) for s in range(3, 40, 5))

    def run() -> float:
        d, s, a = next(weights)
        query = f"w.deprivation={d}&w.spend={s}&w.assets={a}"
        seconds = timed(lambda: answers.append(client.get(address + query)))
        answer = answers.pop()
        expect((answer.status_code, len(answer.get_json()["areas"])), (200, _AREAS), query)
        return seconds

    answers: list[Any] = []
    return run


def _plain(engine: Engine) -> Flask:
    """Make the service one would write first: rank, asdict, jsonify."""
    app = Flask("plain")

    @app.get("/")
    def _rank() -> Response:
        names = ("deprivation", "spend", "assets")
        weights = {name: float(request.args[f"w.{name}"]) / 100 for name in names}
        return jsonify(asdict(_ranking(engine, weights)))

    return app


def _ranking(engine: Engine, weights: dict[str, float]) -> Ranking:
    with reading(engine) as connection:
        return build_ranking(connection, RankRequest("E08000034", weights=weights))


def _check_same(client: FlaskClient, plain: FlaskClient) -> None:
    """Insist that both services rank alike before either is timed."""
    query = "w.deprivation=40&w.spend=35&w.assets=25"
    found = [
        [(area["code"], area["rank"]) for area in answer.get_json()["areas"]]
        for answer in (
            client.get(f"/api/v1/rankings?{_PLACE}&{query}"),
            plain.get(f"/?{query}"),
        )
    ]
    expect(found[0], found[1], "ranks of the API and of the plain service")


def _weight(client: FlaskClient, address: str) -> dict[str, int]:
    """Count the bytes of a page and of what its markup and styles refer to."""
    sizes: dict[str, int] = {}
    pictures: set[str] = set()
    waiting = [address]
    while waiting:
        path = waiting.pop()
        if path in sizes:
            continue
        answer = client.get(path, headers={"Accept-Encoding": "br, gzip"})
        if answer.status_code == 404 and path in pictures:
            continue  # of a part that the page does not have: no browser asks for it
        expect(answer.status_code, 200, path)
        sizes[path] = len(answer.data)
        kind = answer.mimetype
        if kind in {"text/html", "text/css"}:
            pattern = _PRINTED if kind == "text/html" else _URL
            found = pattern.findall(client.get(path).get_data(as_text=True))
            pictures.update(found if kind == "text/css" else ())
            waiting += found
    expect(len(sizes) > 1, True, "the page has style sheets")
    return sizes


def _folium(engine: Engine) -> bytes:
    """Draw the ranking as folium does by default: all data inside the page."""
    ranking = _ranking(engine, {"deprivation": 0.5, "spend": 0.25, "assets": 0.25})
    scores = {area.code: area.score for area in ranking.areas}
    with reading(engine) as connection:
        shapes = features(connection, ranking.lsoa_vintage, list(scores))
    for feature in shapes["features"]:
        feature["properties"]["score"] = scores[feature["properties"]["code"]]
    drawn = folium.Map((53.64, -1.78), zoom_start=11)
    folium.Choropleth(
        shapes, data=scores, key_on="feature.properties.code", fill_color="YlGnBu"
    ).add_to(drawn)
    tooltip = folium.GeoJsonTooltip(["name", "score"])
    folium.GeoJson(shapes, tooltip=tooltip).add_to(drawn)
    page: str = drawn.get_root().render()
    return page.encode()
