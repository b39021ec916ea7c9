"""Filling empty tables fast must leave no trace but the rows."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from geo_wealth.pipeline.ahead import ahead
from geo_wealth.pipeline.sample import load_sample
from geo_wealth.store.indexes import bulk

DEFINITIONS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2, 3
"""


def definitions(connection: Connection) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in connection.execute(text(DEFINITIONS))]  # type: ignore[misc]


def test_every_key_and_index_is_there_again_after_loads(engine: Engine) -> None:
    with engine.connect() as connection:
        before = definitions(connection)
    load_sample(engine)
    with engine.connect() as connection:
        assert definitions(connection) == before


def test_keys_hold_for_what_was_written_without_them(connection: Connection) -> None:
    row = "(:id, 'census2021', 2021, 'E01011004', 1500, true)"
    with (
        pytest.raises(IntegrityError, match=r"pk_population|uq_population_current|population"),
        bulk(connection, "population"),
    ):
        connection.execute(text(f"INSERT INTO population VALUES {row}, {row}"), {"id": 1})


def test_a_key_that_others_refer_to_stays(connection: Connection) -> None:
    kept = "SELECT count(*) FROM pg_constraint WHERE conname = 'pk_organisation'"
    with bulk(connection, "organisation"):
        assert connection.execute(text(kept)).scalar_one() == 1


def test_reading_ahead_changes_neither_order_nor_errors() -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise ValueError("the file ends early")

    found: list[int] = []
    with pytest.raises(ValueError, match="ends early"):
        found.extend(ahead(items()))
    assert found == [0, 1, 2, 3, 4]
    assert list(ahead(iter([]))) == []
