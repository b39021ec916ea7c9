"""``geo-wealth pack`` and ``verify``: from a pilot on record to a checked bundle."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from geo_wealth.cli import run
from geo_wealth.cluster import Cluster
from geo_wealth.commands import pack as command
from geo_wealth.db import create_engine
from geo_wealth.evidence.section import canonical
from geo_wealth.pack.reading import EVIDENCE
from geo_wealth.pilots import Said
from geo_wealth.pipeline.evidence import evidence_hash, gather
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.plan import Plan
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings
from geo_wealth.store import pilots as store
from webmap.pack import render

NOW = datetime.now(UTC)
REQUEST = RankRequest("E08000034", "imd2019")


@pytest.fixture(scope="module")
def address(cluster: Cluster, sample_engine: Engine, sample_database: str) -> Iterator[str]:
    """A copy of the sample in which a pilot was proposed."""
    with sample_engine.connect() as connection:
        first = [area.code for area in build_ranking(connection, REQUEST).areas[:2]]
        plan = Plan("try", "A try", tuple(sorted(first)), REQUEST, Weightings(draws=100))
        document: dict[str, Any] = gather(connection, plan)
    cluster.create_database("packed", template="sample_copy")
    engine = create_engine(cluster.url("packed"))
    digest = evidence_hash(document)
    with engine.begin() as connection:
        store.add_pilot(connection, "try")
        store.keep_evidence(connection, digest, canonical(document), "x")
        said = Said("proposed", "A. Officer", date(2026, 11, 20), "Most deprived", None, digest)
        store.add_event(connection, "try", said, NOW)
    engine.dispose()
    yield cluster.libpq_url("packed")
    cluster.drop_database("packed")


@pytest.fixture
def bundle(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setattr(command, "renderer", render)
    path = tmp_path / "try.zip"
    assert run(["pack", "try", "--out", str(path)]) == 0
    return path


def test_a_pack_is_written_and_holds(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["verify", str(bundle), "--database"]) == 0
    said = capsys.readouterr().out
    assert "agrees with itself and with what the database froze" in said
    assert "A. Officer" not in said


def test_names_are_in_it_only_when_asked_for(bundle: Path, tmp_path: Path) -> None:
    named = tmp_path / "named.zip"
    assert run(["pack", "try", "--out", str(named), "--with-names"]) == 0
    for path, some in ((bundle, False), (named, True)):
        with zipfile.ZipFile(path) as archive:
            text = b"".join(map(archive.read, archive.namelist()))
        assert (b"A. Officer" in text) is some
    assert run(["verify", str(named), "--database"]) == 0


def test_the_page_alone_and_its_manifest(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    page = tmp_path / "decision.html"
    assert run(["pack", "try", "--html", str(page), "--json"]) == 0
    manifest = orjson.loads(capsys.readouterr().out)
    assert manifest["pilot"]["state"] == "proposed"
    assert "Proposal, not approved" in page.read_text(encoding="utf-8")


def test_what_differs_is_told_with_exit_1(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "opened"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder)
    document = orjson.loads((folder / EVIDENCE).read_bytes())
    document["sections"]["ranking"]["results"]["areas"][0]["rank"] = 2
    (folder / EVIDENCE).write_bytes(canonical(document))
    capsys.readouterr()
    assert run(["verify", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "sections.ranking.results.areas[0].rank: said 2; found 1" in said
    assert run(["verify", str(folder), "--json"]) == 1
    told = orjson.loads(capsys.readouterr().out)
    assert told["agrees"] is False
    assert {"file", "path", "said", "found"} == set(told["differences"][0])


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["pack", "try"], 2, "name a file to write"),
        (["pack", "nowhere", "--out", "{folder}/x.zip"], 1, "There is no pilot nowhere"),
        (["pack", "try", "--out", "{folder}/absent/x.zip"], 1, "does not exist"),
        (["verify", "{folder}/absent.zip"], 1, "there is no such file or folder"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    bundle: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    words: str,
) -> None:
    capsys.readouterr()
    assert run([part.format(folder=tmp_path) for part in arguments]) == status
    assert words in capsys.readouterr().err
