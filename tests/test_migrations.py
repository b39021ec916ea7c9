"""Migrations go up, down and up again, and make what the models say."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from geo_wealth.migrate import current, downgrade, head, upgrade
from geo_wealth.models import metadata

TABLES = [table for table in metadata.sorted_tables]


def test_models_equal_the_migrated_schema(connection: Connection) -> None:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_object": lambda _o, name, kind, _r, _c: (kind, name)
            != ("table", "spatial_ref_sys"),
        },
    )
    assert compare_metadata(context, metadata) == []


def test_geometry_columns_and_lookups_have_indexes(connection: Connection) -> None:
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


def test_revisions_are_a_sequence_of_numbers(engine: Engine) -> None:
    with engine.connect() as connection:
        assert current(connection) == head() == "0004"
