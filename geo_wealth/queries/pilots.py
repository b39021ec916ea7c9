"""Pilots as they are kept: their events, and the evidence that decisions rest on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, text

from geo_wealth.errors import NotFoundError, RefusedFileError
from geo_wealth.memory import Memory
from geo_wealth.pilots import STEPS, Event


@dataclass(frozen=True, slots=True)
class Pilot:
    """A pilot and all of its events, in order; there is at least one."""

    slug: str
    added_at: datetime
    events: tuple[Event, ...]


_EVENTS = """
    SELECT p.slug, p.added_at, e.number, e.kind, e.said_by, e.happened_on, e.written_at,
        e.reason, e.area, e.stage, e.evidence_hash, e.previous_hash, e.hash
    FROM pilot p JOIN pilot_event e ON e.pilot_id = p.id
    WHERE p.slug = :slug OR CAST(:slug AS text) IS NULL
    ORDER BY p.added_at DESC, p.id DESC, e.number
"""


def pilots(connection: Connection) -> list[Pilot]:
    """List all pilots, the newest first."""
    return _read(connection, None)


def pilot(connection: Connection, slug: str) -> Pilot:
    """Give one pilot.

    Raises
    ------
    NotFoundError
        When there is none of this name.
    """
    found = _read(connection, slug)
    if not found:
        raise NotFoundError(f"There is no pilot {slug}; `geo-wealth pilot list` lists them.")
    return found[0]


def _read(connection: Connection, slug: str | None) -> list[Pilot]:
    gathered: dict[str, tuple[datetime, list[Event]]] = {}
    for name, added_at, *event in connection.execute(text(_EVENTS), {"slug": slug}):
        gathered.setdefault(name, (added_at, []))[1].append(Event(*event))
    return [Pilot(name, added, tuple(events)) for name, (added, events) in gathered.items()]


def pilots_version(connection: Connection) -> str:
    """Name the state of all pilots, and of the definitions and rules they are compared by.

    It is public, so it holds no hash of an event: that would confirm a guess at the name in it.
    """
    last = connection.execute(
        text("""
            SELECT concat(count(*), ' ', max(id), ' ', max(written_at), ' ',
                (SELECT concat(count(*), ' ', max(id)) FROM named_document))
            FROM pilot_event
        """)
    ).scalar_one()
    return hashlib.sha256(str(last).encode()).hexdigest()[:12]


def proposed_evidence(found: Pilot) -> str:
    """Give the hash of the evidence of the newest proposal."""
    return _last(found, ("proposed",)) or ""


def frozen_evidence(found: Pilot) -> str | None:
    """Give the hash of the evidence that the approval froze; None before an approval."""
    return _last(found, ("approved",))


def current_evidence(found: Pilot) -> str:
    """Give the hash of what stands now: what was approved or, until then, what is proposed."""
    return _last(found, STEPS) or ""


def _last(found: Pilot, kinds: tuple[str, ...]) -> str | None:
    hashes = [e.evidence_hash for e in found.events if e.kind in kinds and e.evidence_hash]
    return hashes[-1] if hashes else None


def gathered_from(connection: Connection, digest: str) -> str | None:
    """Name the state of the data that evidence was first gathered from."""
    found = connection.execute(
        text("SELECT data_version FROM evidence WHERE hash = :hash"), {"hash": digest}
    ).scalar()
    return None if found is None else str(found)


def evidence(connection: Connection, digest: str) -> Mapping[str, Any]:
    """Read evidence back, having checked it against its hash; it is not to be changed.

    Raises
    ------
    NotFoundError
        When none is kept under this hash.
    RefusedFileError
        When what is kept is not what was stored.
    """
    kept = check_evidence(connection, digest)
    return _READ.recall(digest, lambda: orjson.loads(kept))


def check_evidence(connection: Connection, digest: str) -> str:
    """Give evidence as text, having checked it against its hash; raises as :func:`evidence`."""
    kept = connection.execute(
        text("SELECT document FROM evidence WHERE hash = :hash"), {"hash": digest}
    ).scalar()
    if kept is None:
        raise NotFoundError(f"No evidence is kept under {digest}.")
    if hashlib.sha256(kept.encode()).hexdigest() != digest:
        raise RefusedFileError(
            f"The evidence kept under {digest} was changed after it was stored: its hash is "
            "another. Restore it from a backup."
        )
    return str(kept)


_READ: Memory[Mapping[str, Any]] = Memory(size=8)
"""Evidence that was read, by its hash: what has the same hash says the same."""
