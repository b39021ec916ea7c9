"""Migrations go up, down and up again, and make what the models say."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from geo_wealth.cluster import Cluster
from geo_wealth.db import create_engine
from geo_wealth.errors import InvalidRequestError
from geo_wealth.migrate import current, downgrade, head, upgrade
from geo_wealth.models import metadata
from geo_wealth.pilots import Said
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.sample import sample_jobs
from geo_wealth.store import pilots as store


def test_models_equal_the_migrated_schema(connection: Connection) -> None:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_object": lambda _object, name, kind, _reflected, _to: (
                (kind, name) != ("table", "spatial_ref_sys")
            ),
        },
    )
    assert compare_metadata(context, metadata) == []


def test_geometry_columns_have_gist_indexes(connection: Connection) -> None:
    found = connection.execute(
        text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
    ).scalars()
    gist = {line.split(" ON public.")[1] for line in found if "USING gist" in line}
    assert gist == {
        "area USING gist (geom)",
        "postcode USING gist (point)",
        "site USING gist (point)",
        "community_asset USING gist (point)",
    }


def test_the_newest_revision_is_reached(engine: Engine) -> None:
    with engine.connect() as connection:
        assert current(connection) == head()


ADDED_LATER = ("repeats", "vcse", "matched_against")
"""Columns that a later revision adds to tables of earlier ones; going down loses them."""

WHEN = "added_at"
"""When a row came; ready-made documents come anew with each migration to the newest revision."""

GOES = {"dataset": ("outcomes", "rural-urban")}
"""Rows, by table and kind, that go down with the tables that hold what they name."""


def checksums(engine: Engine) -> dict[str, str]:
    """Sum up each table that exists: its definition and its rows, in any order."""
    with engine.connect() as connection:
        names = connection.execute(
            text("""
                SELECT table_name FROM information_schema.tables
                WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
                  AND table_name NOT IN ('spatial_ref_sys', 'alembic_version')
            """)
        ).scalars()
        return {
            name: connection.execute(
                text(f"""
                    SELECT md5(
                        (SELECT coalesce(string_agg(row, '' ORDER BY row), '') FROM (
                            SELECT md5((to_jsonb(t) - CAST(:later AS text[]) - :when)::text) AS row
                            FROM {name} t
                            WHERE NOT coalesce(to_jsonb(t) ->> 'kind' = ANY(:goes), false)) rows)
                        || (SELECT string_agg(column_name || data_type || is_nullable, ','
                                ORDER BY ordinal_position)
                            FROM information_schema.columns
                            WHERE table_schema = 'public' AND table_name = '{name}'
                              AND NOT column_name = ANY(:later))
                        || (SELECT coalesce(string_agg(indexdef, ',' ORDER BY indexname), '')
                            FROM pg_indexes WHERE tablename = '{name}'))
                """),
                {"later": list(ADDED_LATER), "when": WHEN, "goes": list(GOES.get(name, ()))},
            ).scalar_one()
            for name in names
        }


@contextmanager
def full(cluster: Cluster) -> Iterator[tuple[Engine, str]]:
    """A database with the whole sample, to be written to, and its address."""
    name = f"updown_{uuid.uuid4().hex[:8]}"
    cluster.create_database(name, template="sample_copy")
    engine = create_engine(cluster.url(name))
    try:
        yield engine, cluster.url(name)
    finally:
        engine.dispose()
        cluster.drop_database(name)


@pytest.mark.parametrize("revision", ["0005", "0004", "0003", "0002", "0001", "base"])
def test_down_and_up_on_a_full_database_keeps_what_stays(
    cluster: Cluster, sample_database: str, revision: str
) -> None:
    with full(cluster) as (engine, url):
        before = checksums(engine)
        empty = {table: checksums(engine)[table] for table in ("ranking",)}
        downgrade(url, revision)
        left = checksums(engine)
        assert left.items() <= before.items()
        upgrade(url)
        after = checksums(engine)
        assert after.keys() == before.keys()
        assert {table: after[table] for table in left} == left
        if revision not in {"0005", "0004"}:
            assert after["ranking"] == empty["ranking"]
        if revision == "base":
            assert left == {}
            downgrade(url, "base")
            upgrade(url)
            assert checksums(engine) == after


def test_what_went_down_with_its_table_loads_again(cluster: Cluster, sample_database: str) -> None:
    with full(cluster) as (engine, url):
        job = next(job for job in sample_jobs() if job.kind == "outcomes")
        assert load(engine, job).already_loaded
        downgrade(url, "0005")
        upgrade(url)
        assert not load(engine, job).already_loaded
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM outcome")).scalar_one() == 3_108


def test_pilots_on_record_are_not_taken_down(engine: Engine, database: str) -> None:
    digest = hashlib.sha256(b"{}").hexdigest()
    said = Said("proposed", "A", datetime.now(UTC).date(), "because", evidence_hash=digest)
    with engine.begin() as connection:
        store.add_pilot(connection, "moor")
        store.keep_evidence(connection, digest, b"{}", "then")
        store.add_event(connection, "moor", said, datetime.now(UTC))
    with pytest.raises(InvalidRequestError, match="revision: pilots are on record"):
        downgrade(database, "0005")
    with engine.connect() as connection:
        assert current(connection) == head()
        assert connection.execute(text("SELECT count(*) FROM pilot_event")).scalar_one() == 1
