"""Pilot areas drawn on the sample: from the database to sentences, files and evidence."""

import csv
import io
import json
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas
import numpy as np
import orjson
import pytest
import spopt.region
from libpysal import weights
from sqlalchemy import Connection

from geo_wealth.cli import run
from geo_wealth.drawing.grow import bettered, grown
from geo_wealth.drawing.search import bits, search
from geo_wealth.drawing.sketch import sketch
from geo_wealth.errors import InvalidRequestError
from geo_wealth.evidence import drawing as evidence
from geo_wealth.pipeline.drawing import (
    DrawRequest,
    check_selection,
    draw_pilot,
    drawing_section,
    postcodes_of,
    read_ground,
    set_facts,
)
from geo_wealth.pipeline.drawing_files import area_geojson, area_gpkg, codes_csv, postcodes_csv
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.terrain import Terrain, district_terrain
from geo_wealth.queries.rows import Ranking, RankRequest

KIRKLEES = "E08000034"


@pytest.fixture
def ranking(sample: Connection) -> Ranking:
    return build_ranking(sample, RankRequest(KIRKLEES))


@pytest.fixture
def terrain(sample: Connection, ranking: Ranking) -> Terrain:
    return district_terrain(sample, KIRKLEES, ranking.lsoa_vintage, ranking.request.index)


def test_a_drawing_of_kirklees_is_proved_and_keeps_to_its_request(
    sample: Connection, ranking: Ranking, terrain: Terrain
) -> None:
    found = draw_pilot(sample, ranking, terrain, DrawRequest())
    for area in found.areas:
        chosen = terrain.places(area.facts.codes)
        assert area.proved
        assert terrain.contiguity.connected(chosen)
        assert terrain.residents[chosen].sum() == area.facts.residents
        assert (area.facts.residents or 0) <= 10_000
        assert area.facts.across_m <= 2_400
    score = {area.code: area.score for area in ranking.areas}
    best = found.best.facts
    reach = sum(score[each.code] * (each.residents or 0) for each in best.places)
    assert best.reach == pytest.approx(reach, rel=1e-8)
    assert best.reach >= max(area.facts.reach or 0 for area in found.alternatives)
    assert len({area.facts.codes for area in found.areas}) == 4
    assert found.sample


def test_it_is_no_worse_than_growth_swaps_or_max_p(
    sample: Connection, ranking: Ranking, terrain: Terrain
) -> None:
    problem = sketch(read_ground(sample, ranking, terrain), DrawRequest(), None).problem
    best = search(problem)
    assert best.proved
    assert best.value >= problem.total(bettered(problem, grown(problem), most=10**9)[0])
    frame = geopandas.GeoDataFrame(
        {
            "people": list(problem.size),
            "score": [
                value / size for value, size in zip(problem.value, problem.size, strict=True)
            ],
        }
    )
    near = {area: list(bits(each)) for area, each in enumerate(problem.touches)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = spopt.region.MaxPHeuristic(
            frame, weights.W(near), ["score"], "people", 8_000, 1, max_iterations_construction=5
        )
        np.random.seed(1)  # noqa: NPY002  (spopt draws from it)
        model.solve()
    regions = [
        sum(1 << int(area) for area in np.flatnonzero(np.array(model.labels_) == label))
        for label in sorted(set(model.labels_))
    ]
    allowed = [problem.total(region) for region in regions if problem.allows(region)]
    assert allowed
    assert best.value >= max(allowed)


def test_a_ward_or_a_town_bounds_the_area(
    sample: Connection, ranking: Ranking, terrain: Terrain
) -> None:
    ward = next(code for code, _name in terrain.wards if code is not None)
    inside = draw_pilot(sample, ranking, terrain, DrawRequest(within=ward, alternatives=0))
    assert {each.ward_code for each in inside.best.facts.places} == {ward}
    town = draw_pilot(sample, ranking, terrain, DrawRequest(within="town:dewsbury"))
    assert town.within_name == "Dewsbury"
    postcodes = postcodes_of(sample, terrain, town.best.facts.codes)
    dewsbury = [each for each in postcodes if each.startswith(("WF12 ", "WF13 "))]
    assert len(dewsbury) > len(postcodes) / 2


@pytest.mark.parametrize(
    ("within", "said"),
    [
        ("E05000001", "E05000001 is not a ward of Kirklees"),
        ("town:Atlantis", "'Atlantis' is not a post town known here"),
        ("town:Pontefract", "no neighbourhood of Kirklees has most of its live postcodes in"),
    ],
)
def test_a_place_that_is_not_in_the_district_is_refused(
    sample: Connection, ranking: Ranking, terrain: Terrain, within: str, said: str
) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        draw_pilot(sample, ranking, terrain, DrawRequest(within=within))


def test_an_area_chosen_by_hand_is_told_what_it_does_not_keep_to(
    sample: Connection, ranking: Ranking, terrain: Terrain
) -> None:
    best = draw_pilot(sample, ranking, terrain, DrawRequest()).best.facts
    kept = check_selection(sample, ranking, terrain, best.codes, DrawRequest())
    assert kept.keeps
    assert kept.facts == best
    far = [terrain.codes[0], terrain.codes[-1]]
    loose = check_selection(sample, ranking, terrain, far, DrawRequest())
    assert not loose.keeps
    assert loose.findings[0].startswith("It is not connected: it has 2 parts.")
    assert (loose.against_best or "").startswith("It reaches ")
    with pytest.raises(InvalidRequestError, match="E01999999 is not among"):
        check_selection(sample, ranking, terrain, ["E01999999"], DrawRequest())
    with pytest.raises(InvalidRequestError, match="at least one"):
        check_selection(sample, ranking, terrain, [], DrawRequest())


def test_what_stands_in_the_parts_of_a_district_adds_up(
    sample: Connection, ranking: Ranking, terrain: Terrain
) -> None:
    half = len(terrain.codes) // 2
    parts = [terrain.codes[:half], terrain.codes[half:], terrain.codes]
    first, second, whole = (set_facts(sample, ranking, terrain, part).inside for part in parts)
    assert first is not None
    assert second is not None
    assert whole is not None
    for name in ("eligible", "unknown", "not_eligible", "anchors", "suppliers"):
        assert getattr(first, name) + getattr(second, name) == getattr(whole, name) >= 0
    assert (whole.eligible or 0) > 0
    assert (whole.anchors or 0) > 0
    assert (whole.suppliers or 0) > 0


def test_the_evidence_works_itself_out_again(
    sample: Connection, ranking: Ranking, terrain: Terrain
) -> None:
    chosen = terrain.codes[:2]
    found = drawing_section(sample, ranking, terrain, DrawRequest(alternatives=1), chosen)
    read_back = orjson.loads(orjson.dumps(found))
    assert evidence.results(read_back["inputs"]) == read_back["results"]
    assert read_back["results"]["chosen"]["codes"] == list(chosen)
    assert read_back["results"]["chosen"]["inside"] is not None
    assert read_back["results"]["best"]["inside"] is not None
    sensitive = read_back["results"]["sensitivity"]
    assert sensitive["best"] == pytest.approx(0.65, abs=0.02)
    assert sensitive["chosen"]["best"] == 0
    assert sensitive["in_best_area"][found["results"]["best"]["codes"][0]] >= sensitive["best"]
    none = drawing_section(sample, ranking, terrain, DrawRequest(cap=1), chosen)["results"]
    assert none["best"] is None
    assert none["none_because"].startswith("cap: 1 residents are fewer")


def test_files_hold_the_area_and_its_sources(
    sample: Connection, ranking: Ranking, terrain: Terrain, tmp_path: Path
) -> None:
    facts = draw_pilot(sample, ranking, terrain, DrawRequest(alternatives=0)).best.facts
    document = json.loads(area_geojson(sample, ranking, terrain, facts))
    assert [feature["id"] for feature in document["features"]] == list(facts.codes)
    assert document["data"] == "sample data"
    assert document["attribution"]
    path = tmp_path / "pilot.gpkg"
    path.write_bytes(area_gpkg(sample, ranking, terrain, facts))
    whole = geopandas.read_file(path, layer="pilot_area")
    each = geopandas.read_file(path, layer="neighbourhoods")
    assert whole.geometry.area[0] == pytest.approx(each.geometry.area.sum())
    assert list(each["code"]) == list(facts.codes)
    about = geopandas.read_file(path, layer="about")
    assert "attribution" in set(about["key"])
    codes = list(csv.DictReader(io.StringIO(codes_csv(sample, ranking, terrain, facts))))
    assert [row["code"] for row in codes] == list(facts.codes)
    assert sum(int(row["residents"]) for row in codes) == facts.residents
    postcodes = list(csv.DictReader(io.StringIO(postcodes_csv(sample, ranking, terrain, facts))))
    assert {row["postcode"] for row in postcodes} == set(postcodes_of(sample, terrain, facts.codes))
    assert all(row["data"] == "sample data" and row["attribution"] for row in postcodes)


@pytest.fixture
def command(sample_database: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setenv("DATABASE_URL", sample_database)
    return lambda *words: run(["draw", "--district", KIRKLEES, *words])


def test_the_command_draws_writes_and_prints(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "codes.csv"
    assert command("--json", "--alternatives", "1", "--codes", str(path)) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["best"]["proved"] is True
    assert document["sensitivity"]["draws"] == 10_000
    assert "In 10,000 weightings" in document["sensitivity"]["sentence"]
    assert len(document["alternatives"]) == 1
    with path.open(newline="", encoding="utf-8") as file:
        assert [row["code"] for row in csv.DictReader(file)] == document["best"]["codes"]
    chosen = [part for code in document["best"]["codes"][:1] for part in ("--area", code)]
    assert command(*chosen, "--across", "any") == 0
    told = capsys.readouterr().out
    assert "It keeps to all that was asked for." in told
    assert "it is never the best" in told
    assert command("--alternatives", "0") == 0
    assert "The best area" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cap", "5"), "cap: 5 residents are fewer than the smallest neighbourhood has"),
        (("--across", "far"), "--across: give metres or any; found 'far'."),
        (("--across", "nan"), "across: give metres above 0"),
        (("--include", "E01"), "include: E01 is not among the"),
        (("--within", "E05"), "within: E05 is not a ward of Kirklees"),
        (("--alternatives", "7"), "alternatives: give a whole number from 0 to 6"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(
    command: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    assert command(*words) == 2
    assert capsys.readouterr().err.startswith(said)
