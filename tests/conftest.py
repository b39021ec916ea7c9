"""A real PostGIS for every test that asks: one throw-away cluster, one database per test."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine

from geo_wealth.cluster import Cluster, throwaway_cluster
from geo_wealth.db import create_engine
from geo_wealth.migrate import upgrade

# How long an example takes says nothing here: speed is measured by script/bench.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data; tests that read it are skipped, loudly, where it is absent."""
    folder = Path(os.environ.get("GEO_WEALTH_SHARED", str(ROOT.parent / "shared"))) / "data"
    if not folder.is_dir():
        pytest.skip(f"real data absent: set GEO_WEALTH_SHARED (looked in {folder})")
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private cluster, careless about power cuts, removed afterwards."""
    with throwaway_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """The name of an empty database at the newest migration, to copy from."""
    cluster.create_database("migrated")
    upgrade(cluster.url("migrated"))
    return "migrated"


@pytest.fixture
def database(cluster: Cluster, migrated: str) -> Iterator[str]:
    """The address of an empty, migrated database of this test's own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    cluster.create_database(name, template=migrated)
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An engine on an empty, migrated database of this test's own."""
    engine = create_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection to an empty database, in a transaction that is rolled back."""
    with engine.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def sample_database(cluster: Cluster, migrated: str) -> str:
    """The address of a database with the whole sample; to be read, never written.

    ``sample_copy`` is another, which tests take as a template for databases to write to.
    """
    from geo_wealth.pipeline.sample import load_sample  # noqa: PLC0415  (slow to import)

    cluster.create_database("sample", template=migrated)
    url = cluster.url("sample")
    engine = create_engine(url)
    load_sample(engine)
    engine.dispose()
    # A template must have no connections, and tests keep some open to "sample".
    cluster.create_database("sample_copy", template="sample")
    return url


@pytest.fixture(scope="session")
def sample_engine(sample_database: str) -> Iterator[Engine]:
    """An engine on the database with the whole sample."""
    engine = create_engine(sample_database)
    yield engine
    engine.dispose()


@pytest.fixture
def sample(sample_engine: Engine) -> Iterator[Connection]:
    """A connection to the sample, in a transaction that is rolled back."""
    with sample_engine.connect() as connection:
        yield connection
