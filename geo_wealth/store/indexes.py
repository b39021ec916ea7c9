"""Filling a table fast: indexes after the rows, and no question whose answer is known.

Indexing row by row costs several times the rows themselves. On an empty table, that can wait
until the rows are there, in the same transaction. Checking foreign keys row by row costs as
much again. To drop them would lock the tables that they refer to, and every page reads
``dataset``; so they stay, and are not asked where the statement itself makes them hold.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, text


@contextmanager
def bulk(connection: Connection, table: str) -> Iterator[None]:
    """Set a table's indexes and primary key aside while it is filled, if it is empty.

    A primary key that other tables refer to stays. Nothing happens to a table that has rows:
    others may be reading.
    """
    if has_rows(connection, table):
        yield
        return
    constraints: Sequence[Row[Any]] = []
    if not _is_referred_to(connection, table):
        # New storage: a server that need not replicate then writes no log of the rows.
        connection.execute(text(f"TRUNCATE {table}"))
        constraints = _primary_key(connection, table)
    indexes = _indexes(connection, table)
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


@contextmanager
def references_hold(connection: Connection) -> Iterator[None]:
    """Leave foreign keys unchecked for statements that cannot break them.

    Only for rows that refer to what the statement joins, or to what this transaction made.
    Loads are alone and nothing deletes what they refer to. Only a superuser may do so, which
    the owner of the private database is; for anybody else the checks happen, and take longer.
    """
    allowed = connection.execute(text("SELECT current_setting('is_superuser')")).scalar_one()
    if allowed != "on":
        yield
        return
    connection.execute(text("SET LOCAL session_replication_role = 'replica'"))
    yield
    # After an error nothing can be set, and the end of the transaction does it.
    connection.execute(text("SET LOCAL session_replication_role TO DEFAULT"))


def has_rows(connection: Connection, table: str) -> bool:
    """Tell whether a table has any row, of whatever dataset."""
    return bool(connection.execute(text(f"SELECT EXISTS (SELECT FROM {table})")).scalar_one())


def _is_referred_to(connection: Connection, table: str) -> bool:
    query = """
        SELECT EXISTS (SELECT FROM pg_constraint
            WHERE contype = 'f' AND confrelid = CAST(:table AS regclass))
    """
    return bool(connection.execute(text(query), {"table": table}).scalar_one())


def _primary_key(connection: Connection, table: str) -> Sequence[Row[Any]]:
    return connection.execute(
        text("""
            SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
            WHERE conrelid = CAST(:table AS regclass) AND contype = 'p'
        """),
        {"table": table},
    ).all()


def _indexes(connection: Connection, table: str) -> Sequence[Row[Any]]:
    return connection.execute(
        text("""
            SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = CAST(:table AS regclass) AND NOT i.indisprimary
            ORDER BY c.relname
        """),
        {"table": table},
    ).all()
