"""Writes events of pilots and the evidence they rest on: only ever added, in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from geo_wealth.errors import NotFoundError, RefusedStepError
from geo_wealth.pilots import Event, Said, follow
from geo_wealth.queries.pilots import Pilot, pilot

Check = Callable[[Pilot], None]


def add_pilot(connection: Connection, slug: str) -> None:
    """Make a pilot's place, if it has none; its first event must follow."""
    connection.execute(
        text("INSERT INTO pilot (slug) VALUES (:slug) ON CONFLICT (slug) DO NOTHING"),
        {"slug": slug},
    )


def keep_evidence(connection: Connection, digest: str, document: bytes, data_version: str) -> None:
    """Store evidence under its hash; the same again changes nothing.

    Parameters
    ----------
    data_version
        Of the data that it was gathered from: while that is the same, so is the evidence.
    """
    connection.execute(
        text("""
            INSERT INTO evidence (hash, document, data_version)
            VALUES (:hash, :document, :data_version)
            ON CONFLICT (hash) DO NOTHING
        """),
        {"hash": digest, "document": document.decode(), "data_version": data_version},
    )


def add_event(
    connection: Connection, slug: str, said: Said, now: datetime, check: Check | None = None
) -> Event:
    """Write the next event of a pilot; who writes at the same time waits, and is checked anew.

    Parameters
    ----------
    check
        Looks at the pilot as it is once it is this writer's turn, and raises what is wrong.

    Raises
    ------
    RefusedStepError, InvalidRequestError
        When the event may not follow those that there are.
    """
    place = connection.execute(
        text("SELECT id FROM pilot WHERE slug = :slug FOR UPDATE"), {"slug": slug}
    ).scalar()
    try:
        found = pilot(connection, slug)
    except NotFoundError:
        found = None
    if found is not None and check is not None:
        check(found)
    event = follow(slug, found.events if found else (), said, now)
    with _in_words(slug):
        connection.execute(
            text("""
                INSERT INTO pilot_event (pilot_id, number, kind, said_by, happened_on,
                    written_at, reason, area, stage, evidence_hash, previous_hash, hash)
                VALUES (:pilot_id, :number, :kind, :said_by, :happened_on, :written_at, :reason,
                    :area, :stage, :evidence_hash, :previous_hash, :hash)
            """),
            {"pilot_id": place, **asdict(event)},
        )
    return event


@contextmanager
def _in_words(slug: str) -> Iterator[None]:
    """Tell what the database itself refused, in its words."""
    try:
        yield
    except IntegrityError as error:
        said = getattr(getattr(error.orig, "diag", None), "message_primary", None)
        raise RefusedStepError(
            f"The database refused this step of the pilot {slug}: {said or 'it breaks a rule'}."
        ) from error
