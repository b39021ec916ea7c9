"""Filling an empty table fast: indexes and foreign keys are made after the rows, not with them.

Checking and indexing row by row costs several times the rows themselves. On an empty table
nobody reads, both can wait until the rows are there, in the same transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text


@contextmanager
def bulk(connection: Connection, table: str) -> Iterator[None]:
    """Set a table's indexes and foreign keys aside while it is filled, if it is empty.

    The primary key stays. Nothing happens to a table that has rows: others may be reading.
    """
    if connection.execute(text(f"SELECT EXISTS (SELECT FROM {table})")).scalar_one():
        yield
        return
    constraints = connection.execute(
        text("""
            SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
            WHERE conrelid = CAST(:table AS regclass) AND contype = 'f' ORDER BY conname
        """),
        {"table": table},
    ).all()
    indexes = connection.execute(
        text("""
            SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = CAST(:table AS regclass) AND NOT i.indisprimary
            ORDER BY c.relname
        """),
        {"table": table},
    ).all()
    for constraint in constraints:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint.name}"))
    for index in indexes:
        connection.execute(text(f"DROP INDEX {index.name}"))
    yield
    for index in indexes:
        connection.exec_driver_sql(index.definition)
    for constraint in constraints:
        connection.exec_driver_sql(
            f"ALTER TABLE {table} ADD CONSTRAINT {constraint.name} {constraint.definition}"
        )
