"""Migrations go up, down and up again, and make what the models say."""

import uuid

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from geo_wealth.cluster import Cluster
from geo_wealth.db import create_engine
from geo_wealth.migrate import current, downgrade, head, upgrade
from geo_wealth.models import metadata


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
                            FROM {name} t) rows)
                        || (SELECT string_agg(column_name || data_type || is_nullable, ','
                                ORDER BY ordinal_position)
                            FROM information_schema.columns
                            WHERE table_schema = 'public' AND table_name = '{name}'
                              AND NOT column_name = ANY(:later))
                        || (SELECT coalesce(string_agg(indexdef, ',' ORDER BY indexname), '')
                            FROM pg_indexes WHERE tablename = '{name}'))
                """),
                {"later": list(ADDED_LATER), "when": WHEN},
            ).scalar_one()
            for name in names
        }


@pytest.mark.parametrize("revision", ["0004", "0003", "0002", "0001", "base"])
def test_down_and_up_on_a_full_database_keeps_what_stays(
    cluster: Cluster, sample_database: str, revision: str
) -> None:
    name = f"updown_{uuid.uuid4().hex[:8]}"
    cluster.create_database(name, template="sample_copy")
    url = cluster.url(name)
    engine = create_engine(url)
    try:
        before = checksums(engine)
        empty = {table: checksums(engine)[table] for table in ("ranking",)}
        downgrade(url, revision)
        left = checksums(engine)
        assert left.items() <= before.items()
        upgrade(url)
        after = checksums(engine)
        assert after.keys() == before.keys()
        assert {table: after[table] for table in left} == left
        if revision != "0004":
            assert after["ranking"] == empty["ranking"]
        if revision == "base":
            assert left == {}
            downgrade(url, "base")
            upgrade(url)
            assert checksums(engine) == after
    finally:
        engine.dispose()
        cluster.drop_database(name)
