"""A file becomes a dataset: read, checked, stored and made current in one transaction."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from boundaries.issues import Issue, IssueLog
from boundaries.sources import Source
from geo_wealth.errors import DatabaseUnavailableError, GeoWealthError, RefusedFileError
from geo_wealth.store import datasets as store

Writer = Callable[[Connection, int, IssueLog], dict[str, Any]]
Derivation = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class LoadJob:
    """What to do with one file.

    Attributes
    ----------
    kind
        Of dataset: boundaries, lookup, names, rural-urban, deprivation, population, postcodes,
        ledger, supply-chain, survey, register, assets or outcomes.
    parameters
        What the user said about the file; part of the dataset's identity.
    source
        Publisher, release, licence and attribution, as far as the file tells.
    write
        Reads the file, stages and merges its rows, and returns findings.
    derive
        What must be worked out anew afterwards.
    choose
        What the user says anew of a file that is loaded already, if anything.
    sample
        True for invented data.
    """

    kind: str
    path: Path
    parameters: dict[str, Any]
    source: Source
    write: Writer
    derive: tuple[Derivation, ...] = ()
    sample: bool = False
    choose: Callable[[Connection, int], None] | None = None

    @property
    def money(self) -> bool:
        """Tell whether the file's rows carry pounds."""
        return self.kind in {"ledger", "supply-chain"}


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What came of a load, ready to print."""

    dataset: str
    state: str
    already_loaded: bool
    rows: dict[str, Any]
    pounds: dict[str, Any] | None
    issues: tuple[Issue, ...]
    report: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Give the JSON document of ``load --json``."""
        document: dict[str, Any] = {
            "dataset": self.dataset,
            "state": self.state,
            "already_loaded": self.already_loaded,
            "rows": self.rows,
        }
        if self.pounds is not None:
            document["pounds"] = self.pounds
        if self.report:
            document["report"] = self.report
        document["issues"] = [
            {
                "line": issue.line,
                "field": issue.field,
                "kind": issue.kind,
                "value": issue.value,
                "message": issue.message,
            }
            for issue in self.issues
        ]
        return document


def load(engine: Engine, job: LoadJob, *, dry_run: bool = False) -> LoadResult:
    """Load a file, or try to: with ``dry_run`` everything happens and is undone.

    The same bytes with the same parameters are one dataset: a second load stores nothing,
    and makes it current again if something else had taken its place.

    Raises
    ------
    RefusedFileError
        When the file cannot be used; nothing is stored.
    DatabaseUnavailableError
        When the database went away; whether the load happened shows in ``datasets``.
    """
    sha256 = hash_file(job.path)
    spec = _spec(job, sha256)
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            store.lock_loads(connection)
            known = store.find_dataset(connection, spec.key)
            result = (
                _again(connection, known, job)
                if known is not None
                else _first(connection, spec, job)
            )
            if dry_run:
                transaction.rollback()
            return result
    except DBAPIError as error:
        raise told(error.orig, job.path) from error
    except psycopg2.Error as error:  # COPY goes past SQLAlchemy
        raise told(error, job.path) from error


def told(error: BaseException | None, path: Path) -> GeoWealthError:
    """Say in one sentence why the database gave a load up; nothing of it was stored."""
    code = getattr(error, "pgcode", None) or ""
    if code.startswith("53"):
        return DatabaseUnavailableError(
            f"{path.name} was not stored: the database has no room left (disk, memory or "
            "connections). Make room and load it again."
        )
    if code.startswith(("22", "54")):
        return RefusedFileError(
            f"{path.name} was not stored: a value in it is too large or not of its kind "
            f"({str(error).splitlines()[0]})."
        )
    if code.startswith(("08", "57")) or isinstance(error, psycopg2.OperationalError):
        return DatabaseUnavailableError(
            "The database does not answer. Try again in a moment; what the load had done is undone."
        )
    return GeoWealthError(
        f"{path.name} was not stored: the database refused it ({type(error).__name__}); this is "
        "a defect of Geo Wealth, please report it."
    )


def hash_file(path: Path) -> str:
    """Hash a file's bytes without holding them.

    Raises
    ------
    RefusedFileError
        When it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except IsADirectoryError as error:
        raise RefusedFileError(f"{path} is a folder; give the file itself.") from error
    except FileNotFoundError as error:
        raise RefusedFileError(f"{path} does not exist; check the name and the folder.") from error
    except OSError as error:
        raise RefusedFileError(f"{path} cannot be read: {error.strerror}.") from error


def _spec(job: LoadJob, sha256: str) -> store.DatasetSpec:
    identity = json.dumps([job.kind, job.parameters, sha256], sort_keys=True)
    digest = hashlib.sha256(identity.encode()).hexdigest()
    return store.DatasetSpec(
        key=f"{job.kind}-{digest[:12]}",
        kind=job.kind,
        title=job.source.title,
        publisher=job.source.publisher,
        release=job.source.release,
        licence=job.source.licence,
        attribution=job.source.attribution,
        parameters=job.parameters,
        sha256=sha256,
        file_name=job.path.name,
        sample=job.sample,
    )


def _first(connection: Connection, spec: store.DatasetSpec, job: LoadJob) -> LoadResult:
    log = IssueLog()
    dataset_id = store.insert_dataset(connection, spec)
    report = job.write(connection, dataset_id, log)
    _check(job, log)
    store.finish_dataset(connection, dataset_id, log, report, money=job.money)
    store.settle_states(connection, spec.kind)
    store.displace(connection, dataset_id)
    for derivation in job.derive:
        derivation(connection)
    return LoadResult(
        dataset=spec.key,
        state=_state(connection, dataset_id),
        already_loaded=False,
        rows=_rows(log.read, log.loaded, dict(log.excluded), log.rejected),
        pounds=store.pounds(log) if job.money else None,
        issues=tuple(log.issues),
        report=report,
    )


def _again(connection: Connection, dataset_id: int, job: LoadJob) -> LoadResult:
    if job.choose is not None:
        job.choose(connection, dataset_id)
    if job.choose is not None or _state(connection, dataset_id) != "current":
        store.activate(connection, dataset_id)
        for derivation in job.derive:
            derivation(connection)
    row = connection.execute(text("SELECT * FROM dataset WHERE id = :id"), {"id": dataset_id}).one()
    issues = connection.execute(
        text("""
            SELECT line, field, kind, value, message, rejects FROM dataset_issue
            WHERE dataset_id = :id ORDER BY id
        """),
        {"id": dataset_id},
    )
    return LoadResult(
        dataset=row.key,
        state=row.state,
        already_loaded=True,
        rows=_rows(row.rows_read, row.rows_loaded, row.rows_excluded, row.rows_rejected),
        pounds=row.pounds,
        issues=tuple(Issue(*issue) for issue in issues),
        report=row.report,
    )


def _check(job: LoadJob, log: IssueLog) -> None:
    """Refuse a file that gave nothing; a sum that does not come out is our defect."""
    if not log.balanced():
        raise GeoWealthError(
            f"{job.path.name}: the rows read, loaded, excluded and rejected do not add up, so "
            "nothing was stored; this is a defect of Geo Wealth, please report it."
        )
    if log.loaded == 0:
        first = next(log.rejections(), None)
        why = f" The first row left out: line {first.line}: {first.message}" if first else ""
        raise RefusedFileError(
            f"{job.path.name} gave no usable row ({log.read} read), so nothing was stored.{why}"
        )


def _rows(read: int, loaded: int, excluded: dict[str, int], rejected: int) -> dict[str, Any]:
    return {"read": read, "loaded": loaded, "excluded": excluded, "rejected": rejected}


def _state(connection: Connection, dataset_id: int) -> str:
    found = connection.execute(text("SELECT state FROM dataset WHERE id = :id"), {"id": dataset_id})
    return str(found.scalar_one())
