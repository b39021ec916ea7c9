"""Filling an empty table fast: indexes are made after the rows, not with them.

Indexing row by row costs several times the rows themselves. On an empty table, that can wait
until the rows are there, in the same transaction. Foreign keys stay: to drop one locks the
table that it refers to, and every page reads ``dataset``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text


@contextmanager
def bulk(connection: Connection, table: str) -> Iterator[None]:
    """Set a table's indexes and primary key aside while it is filled, if it is empty.

    A primary key that other tables refer to stays. Nothing happens to a table that has rows:
    others may be reading.
    """
    if has_rows(connection, table):
        yield
        return
    constraints = connection.execute(
        text("""
            SELECT conname AS name, pg_get_constraintdef(oid) AS definition
            FROM pg_constraint c
            WHERE conrelid = CAST(:table AS regclass) AND contype = 'p' AND NOT EXISTS (
                SELECT FROM pg_constraint r WHERE r.contype = 'f' AND r.confrelid = c.conrelid)
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
    if constraints:
        # New storage: a server that need not replicate then writes no log of the rows.
        connection.execute(text(f"TRUNCATE {table}"))
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


def has_rows(connection: Connection, table: str) -> bool:
    """Tell whether a table has any row, of whatever dataset."""
    return bool(connection.execute(text(f"SELECT EXISTS (SELECT FROM {table})")).scalar_one())
