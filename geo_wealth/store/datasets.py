"""Datasets: registered once by their content, current only when their checks passed."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from boundaries.issues import Issue, IssueLog
from geo_wealth.errors import NotFoundError
from geo_wealth.store.copy import insert_rows

# Rows of these tables are current one by one; the key says what replaces what.
ROW_KEYS: dict[str, tuple[str, ...]] = {
    "area": ("kind", "vintage", "code"),
    "area_lookup": ("source", "from_vintage", "to_kind", "to_vintage", "from_code"),
    "deprivation": ("index", "domain", "code"),
    "population": ("measure", "vintage", "code"),
    "postcode": ("source", "postcode"),
    "area_class": ("scheme", "vintage", "code"),
}

# The table that decides whether a dataset of this kind is still in use.
MAIN_TABLE = {
    "boundaries": "area",
    "names": "area",
    "lookup": "area_lookup",
    "deprivation": "deprivation",
    "population": "population",
    "postcodes": "postcode",
    "rural-urban": "area_class",
}

# One loader at a time: the order of activations is then a fact, not a race.
_LOAD_LOCK = 0x6765_6F77
# For sorts and indexes of one load, which is alone; PostgreSQL's defaults spill to disk.
_ROOM = {"work_mem": "64MB", "maintenance_work_mem": "256MB"}


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """What is known of a file before it is read."""

    key: str
    kind: str
    title: str
    publisher: str | None
    release: str | None
    licence: str | None
    attribution: str | None
    parameters: dict[str, Any]
    sha256: str
    file_name: str
    sample: bool


def lock_loads(connection: Connection) -> None:
    """Wait until no other load is under way, then take memory; both end with the transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOAD_LOCK})
    for setting, size in _ROOM.items():
        connection.execute(text(f"SET LOCAL {setting} = '{size}'"))


def find_dataset(connection: Connection, key: str) -> int | None:
    """Return the id of the dataset with this key, or None."""
    found = connection.execute(text("SELECT id FROM dataset WHERE key = :key"), {"key": key})
    return found.scalar()


def insert_dataset(connection: Connection, spec: DatasetSpec) -> int:
    """Register a dataset before its rows; the counts follow by :func:`finish_dataset`."""
    return int(
        connection.execute(
            text("""
                INSERT INTO dataset (key, kind, title, publisher, release, licence, attribution,
                    parameters, sha256, file_name, rows_read, rows_loaded, rows_rejected,
                    rows_excluded, report, state, sample, generation)
                VALUES (:key, :kind, :title, :publisher, :release, :licence, :attribution,
                    :parameters, :sha256, :file_name, 0, 0, 0, '{}', '{}', 'current', :sample,
                    (SELECT coalesce(max(generation), 0) + 1 FROM dataset))
                RETURNING id
            """),
            {
                "key": spec.key,
                "kind": spec.kind,
                "title": spec.title,
                "publisher": spec.publisher,
                "release": spec.release,
                "licence": spec.licence,
                "attribution": spec.attribution,
                "parameters": json.dumps(spec.parameters, sort_keys=True),
                "sha256": spec.sha256,
                "file_name": spec.file_name,
                "sample": spec.sample,
            },
        ).scalar_one()
    )


def finish_dataset(
    connection: Connection, dataset_id: int, log: IssueLog, report: dict[str, Any], *, money: bool
) -> None:
    """Write the counts, the findings and the issues of a dataset that has been read."""
    connection.execute(
        text("""
            UPDATE dataset SET rows_read = :read, rows_loaded = :loaded,
                rows_rejected = :rejected, rows_excluded = :excluded, pounds = :pounds,
                report = :report
            WHERE id = :id
        """),
        {
            "id": dataset_id,
            "read": log.read,
            "loaded": log.loaded,
            "rejected": log.rejected,
            "excluded": json.dumps(dict(log.excluded), sort_keys=True),
            "pounds": json.dumps(pounds(log)) if money else None,
            "report": json.dumps(report, sort_keys=True),
        },
    )
    insert_rows(
        connection,
        """
        INSERT INTO dataset_issue (dataset_id, line, field, kind, value, message, rejects)
        VALUES (:dataset_id, :line, :field, :kind, :value, :message, :rejects)
        """,
        (_issue_row(dataset_id, issue) for issue in log.issues),
    )


def pounds(log: IssueLog) -> dict[str, Any]:
    """Give a ledger's sums as decimal strings: read = loaded + excluded + rejected."""
    return {
        "read": _pounds(log.pounds_read),
        "loaded": _pounds(log.pounds_loaded),
        "excluded": {reason: _pounds(sum_) for reason, sum_ in log.pounds_excluded.items()},
        "rejected": _pounds(log.pounds_rejected),
    }


def activate(connection: Connection, dataset_id: int) -> None:
    """Make a stored dataset current again; what it displaces is superseded."""
    kind = connection.execute(
        text("""
            UPDATE dataset SET state = 'current',
                generation = (SELECT max(generation) + 1 FROM dataset)
            WHERE id = :id RETURNING kind
        """),
        {"id": dataset_id},
    ).scalar_one()
    for table, keys in ROW_KEYS.items():
        same = " AND ".join(f't."{key}" = mine."{key}"' for key in keys)
        connection.execute(
            text(f"""
                UPDATE {table} t SET current = false FROM {table} mine
                WHERE mine.dataset_id = :id AND t.dataset_id <> :id AND t.current AND {same}
            """),
            {"id": dataset_id},
        )
        connection.execute(
            text(f"UPDATE {table} SET current = true WHERE dataset_id = :id AND NOT current"),
            {"id": dataset_id},
        )
    settle_states(connection, kind)
    displace(connection, dataset_id)


def displace(connection: Connection, dataset_id: int) -> None:
    """Supersede the current datasets that a dataset replaces, or that were to replace it.

    Which these are stands in the reports, written when the later of the two was loaded.
    """
    connection.execute(
        text("""
            UPDATE dataset o SET state = 'superseded' FROM dataset mine
            WHERE mine.id = :id AND mine.state = 'current' AND o.state = 'current'
              AND o.id <> mine.id
              AND (mine.report -> 'replaces' @> jsonb_build_array(
                      jsonb_build_object('dataset', o.key))
                   OR o.report -> 'replaces' @> jsonb_build_array(
                      jsonb_build_object('dataset', mine.key)))
        """),
        {"id": dataset_id},
    )


def amend_report(connection: Connection, dataset_id: int, report: dict[str, Any]) -> None:
    """Write findings over those of the same name in a dataset's report."""
    connection.execute(
        text("UPDATE dataset SET report = report || CAST(:report AS jsonb) WHERE id = :id"),
        {"id": dataset_id, "report": json.dumps(report, sort_keys=True)},
    )


def forget_replaced(connection: Connection, dataset_id: int) -> None:
    """Let no other dataset replace this one from now on."""
    connection.execute(
        text("""
            UPDATE dataset o SET report = jsonb_set(o.report, '{replaces}', (
                SELECT coalesce(jsonb_agg(each), '[]')
                FROM jsonb_array_elements(o.report -> 'replaces') each
                WHERE each ->> 'dataset' <> mine.key))
            FROM dataset mine
            WHERE mine.id = :id AND o.report -> 'replaces' @> jsonb_build_array(
                jsonb_build_object('dataset', mine.key))
        """),
        {"id": dataset_id},
    )


def retire(connection: Connection, dataset_id: int) -> None:
    """Take a dataset out of use; nothing takes its place until something is activated.

    The generation rises here too: rows that it displaced stay aside, so the data are not what
    they were before it came, and nothing remembered from then may be shown.
    """
    connection.execute(
        text("""
            UPDATE dataset SET state = 'retired',
                generation = (SELECT max(generation) + 1 FROM dataset)
            WHERE id = :id
        """),
        {"id": dataset_id},
    )
    for table in ROW_KEYS:
        connection.execute(
            text(f"UPDATE {table} SET current = false WHERE dataset_id = :id AND current"),
            {"id": dataset_id},
        )


def dataset_id_of(connection: Connection, key: str) -> int:
    """Return the id of a dataset by its key, or by the start of it when that is unique.

    Raises
    ------
    NotFoundError
        When no dataset, or more than one, has a key that starts so.
    """
    rows = connection.execute(
        text("SELECT id, key FROM dataset WHERE starts_with(key, :key) ORDER BY key LIMIT 2"),
        {"key": key},
    ).all()
    if len(rows) != 1:
        found = "more than one dataset has a key that starts" if rows else "no dataset has a key"
        raise NotFoundError(f"{key}: {found} so; `geo-wealth datasets` lists them.")
    return int(rows[0].id)


def settle_states(connection: Connection, kind: str) -> None:
    """Work out which datasets of this kind are still in use after one became current.

    Rows of geography are replaced one by one, so a dataset is superseded when none of its
    rows is current. Invented ledgers, registers and assets give way to real ones as a whole.
    """
    if kind in MAIN_TABLE:
        table = MAIN_TABLE[kind]
        connection.execute(
            text(f"""
                UPDATE dataset d SET state = 'superseded'
                WHERE d.kind = :kind AND d.state = 'current' AND NOT EXISTS (
                    SELECT FROM {table} t WHERE t.dataset_id = d.id AND t.current)
            """),
            {"kind": kind},
        )
        return
    connection.execute(
        text("""
            UPDATE dataset d SET state = 'superseded'
            WHERE d.kind = :kind AND d.sample AND d.state = 'current' AND EXISTS (
                SELECT FROM dataset r
                WHERE r.kind = :kind AND NOT r.sample AND r.state = 'current')
        """),
        {"kind": kind},
    )


def _issue_row(dataset_id: int, issue: Issue) -> dict[str, Any]:
    return {
        "dataset_id": dataset_id,
        "line": issue.line,
        "field": issue.field,
        "kind": issue.kind,
        "value": issue.value,
        "message": issue.message,
        "rejects": issue.rejects,
    }


def _pounds(value: Decimal) -> str:
    """Write pounds with two decimals, or with all of them where a file has more."""
    text_ = f"{value:f}"
    whole, _, fraction = text_.partition(".")
    return f"{whole}.{fraction.rstrip('0'):0<2}"
