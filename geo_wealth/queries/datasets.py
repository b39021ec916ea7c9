"""What is loaded, in which version, and whom to credit."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, text

from boundaries.issues import Issue
from geo_wealth.credits import said_once
from geo_wealth.errors import NotFoundError
from geo_wealth.queries.rows import DatasetRow


def datasets(connection: Connection) -> list[DatasetRow]:
    """List every dataset, by kind and then newest activation first."""
    rows = connection.execute(
        text("""
            SELECT key, kind, title, publisher, release, licence, attribution, parameters, sha256,
                file_name, rows_read, rows_loaded, rows_rejected, rows_excluded, pounds, report,
                state, sample, loaded_at
            FROM dataset ORDER BY kind, generation DESC, key
        """)
    )
    return [DatasetRow(**row) for row in rows.mappings()]


def data_version(connection: Connection) -> str:
    """Name the state of all data that numbers rest on: equal names, equal numbers.

    All datasets count, with state and generation: which rows are current depends on what was
    loaded, activated and retired, and in which order. Decisions on matches count too.
    """
    rows = connection.execute(
        text("""
            SELECT key || ' ' || state || ' ' || generation AS said FROM dataset
            UNION ALL
            SELECT concat('decision ', id, ' ', revoked_at) FROM match_decision
            ORDER BY said
        """)
    ).scalars()
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def attributions(connection: Connection, keys: Iterable[str] | None = None) -> list[str]:
    """List the credits of the datasets named, or of all that are current; each sentence once."""
    rows = connection.execute(
        text("""
            SELECT DISTINCT attribution FROM dataset
            WHERE attribution IS NOT NULL
              AND (key = ANY(:keys) OR (CAST(:keys AS text[]) IS NULL AND state = 'current'))
            ORDER BY attribution
        """),
        {"keys": None if keys is None else sorted(keys)},
    )
    return said_once(rows.scalars())


def dataset_issues(connection: Connection, key: str, limit: int = 100) -> list[Issue]:
    """List the first issues of a dataset, rejected rows before the rest.

    Raises
    ------
    NotFoundError
        When there is no such dataset.
    """
    dataset_id = connection.execute(
        text("SELECT id FROM dataset WHERE key = :key"), {"key": key}
    ).scalar()
    if dataset_id is None:
        raise NotFoundError(f"There is no dataset {key}.")
    rows = connection.execute(
        text("""
            SELECT line, field, kind, value, message, rejects FROM dataset_issue
            WHERE dataset_id = :id ORDER BY rejects DESC, id LIMIT :limit
        """),
        {"id": dataset_id, "limit": limit},
    )
    return [Issue(*row) for row in rows]
