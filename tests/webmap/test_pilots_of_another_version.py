"""Evidence that another version of the programme froze: told in a sentence, never a fault."""

import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from geo_wealth.cli import run
from geo_wealth.cluster import Cluster
from geo_wealth.config import Settings
from geo_wealth.db import create_engine
from geo_wealth.evidence.section import canonical
from geo_wealth.pilots import Said
from geo_wealth.pipeline.evidence import evidence_hash, gather
from geo_wealth.plan import Plan
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings
from geo_wealth.store import pilots as store
from webmap import create_app

AREAS = ("E01011133", "E01011134", "E01011144")
Document = dict[str, Any]


@pytest.fixture(scope="module")
def evidence(sample_engine: Engine) -> Document:
    plan = Plan("then", "The moor", AREAS, RankRequest("E08000034"), how=Weightings(100))
    with sample_engine.connect() as connection:
        return gather(connection, plan)


def _newer(document: Document) -> None:
    document["programme"]["version"] = "99.1"


def _asked_more(document: Document) -> None:
    document["plan"]["draw"]["colour"] = "red"


def _ranked_otherwise(document: Document) -> None:
    document["sections"]["ranking"]["inputs"]["request"]["colour"] = "red"


def _other_indicator(document: Document) -> None:
    _newer(document)
    for area in document["sections"]["ranking"]["inputs"]["areas"]:
        area["indicators"]["happiness"] = area["indicators"].pop("deprivation")


def _no_drawing_asked(document: Document) -> None:
    _newer(document)
    del document["plan"]["draw"]


def _no_datasets(document: Document) -> None:
    _newer(document)
    del document["datasets"], document["documents"]


def _other_results(document: Document) -> None:
    _newer(document)
    document["sections"]["robustness"]["results"] = {"spans": {}}


CHANGES = (
    *(_newer, _asked_more, _ranked_otherwise, _other_indicator),
    *(_no_drawing_asked, _no_datasets, _other_results),
)
READ = {_newer, _asked_more}
"""What differs without harm: it can be read still."""


def slug(change: Callable[[Document], None]) -> str:
    return change.__name__.strip("_").replace("_", "-")


@pytest.fixture(scope="module")
def address(cluster: Cluster, sample_database: str, evidence: Document) -> Iterator[str]:
    """The sample with a pilot for each change, approved on evidence that has it."""
    cluster.create_database("other_version", template="sample_copy")
    engine = create_engine(cluster.url("other_version"))
    now = datetime.now(UTC)
    for change in CHANGES:
        document = copy.deepcopy(evidence)
        change(document)
        digest = evidence_hash(document)
        with engine.begin() as connection:
            store.add_pilot(connection, slug(change))
            store.keep_evidence(connection, digest, canonical(document), "then")
            for kind, by in (("proposed", "A"), ("approved", "B")):
                said = Said(kind, by, now.date(), "because", None, digest)
                store.add_event(connection, slug(change), said, now)
    engine.dispose()
    yield cluster.libpq_url("other_version")
    cluster.drop_database("other_version")


@pytest.fixture(scope="module")
def pilots(settings: Settings, cluster: Cluster, address: str) -> Iterator[FlaskClient]:
    engine = create_engine(cluster.url("other_version"))
    yield create_app(settings, engine).test_client()
    engine.dispose()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("form", ["", "/pack.html", "/pack.zip"])
def test_what_cannot_be_read_is_told(
    pilots: FlaskClient, change: Callable[[Document], None], form: str
) -> None:
    answer = pilots.get(f"/pilots/{slug(change)}{form}")
    assert answer.status_code in ({200} if change in READ else {200, 422}), answer.text[:300]
    if answer.status_code == 422:
        assert "made by another version (" in answer.text
    if change is _ranked_otherwise:
        assert answer.status_code == 422


@pytest.mark.parametrize("change", CHANGES)
def test_the_list_and_the_interface_never_fail(
    pilots: FlaskClient, change: Callable[[Document], None]
) -> None:
    assert len((pilots.get("/api/v1/pilots").json or {})["pilots"]) == len(CHANGES)
    assert pilots.get("/pilots").status_code == 200
    answer = pilots.get(f"/api/v1/pilots/{slug(change)}")
    assert answer.status_code == 200, answer.text
    told = answer.json or {}
    assert bool(told["changes_since_approval"]) != bool(told["changes_unknown_because"])
    if change in {_no_drawing_asked, _no_datasets}:
        assert "made by another version (99.1)" in told["changes_unknown_because"]


@pytest.mark.parametrize("change", CHANGES)
def test_the_command_tells_it_too(
    address: str,
    change: Callable[[Document], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    unknown = change in {_no_drawing_asked, _no_datasets}
    assert run(["pilot", "changes", slug(change)]) == unknown
    told = capsys.readouterr()
    assert ("made by another version (99.1)" in told.err) == unknown
