"""Pilots as logs of events: their states, the steps allowed, and the chain that shows changes."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from geo_wealth.errors import InvalidRequestError, RefusedStepError
from geo_wealth.evidence.section import canonical

STATES = {
    "proposed": "proposed",
    "approved": "approved",
    "started": "running",
    "reviewed": "reviewed",
    "expanded": "expanded",
    "replicated": "replicated",
    "stopped": "stopped",
}
"""The state that each step leads to, in the order of a pilot's life."""

STEPS = tuple(STATES)
ENTRIES = ("learning", "barrier", "outcome", "note")
"""What is written in the log without a change of state."""

ENDS = frozenset({"expanded", "replicated", "stopped"})

ALLOWED: dict[str, frozenset[str | None]] = {
    "proposed": frozenset({None, "proposed"}),
    "approved": frozenset({"proposed"}),
    "started": frozenset({"approved"}),
    "reviewed": frozenset({"running", "reviewed"}),
    "expanded": frozenset({"reviewed"}),
    "replicated": frozenset({"reviewed"}),
    "stopped": frozenset({"proposed", "approved", "running", "reviewed"}),
    "learning": frozenset({"running", "reviewed"}) | ENDS,
    "barrier": frozenset(STATES.values()),
    "outcome": frozenset({"running", "reviewed"}) | ENDS,
    "note": frozenset(STATES.values()),
}
"""In which states (None: there is no pilot yet) each kind of event may happen."""

LONGEST = {"by": 200, "reason": 10_000, "title": 150, "outcome": 200}
EMPTY = {
    "by": "every event says who and why.",
    "reason": "every event says who and why.",
    "title": "a pilot has one.",
    "outcome": "name a measure.",
}

# Control and format characters and fillers, spaces apart; the database leaves out the same.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Said:
    """An event as somebody tells it.

    Attributes
    ----------
    area
        Code of the LSOA that it is about; None: the pilot as a whole.
    evidence_hash
        Of the evidence that a proposal or an approval rests on.
    """

    kind: str
    by: str
    on: date
    reason: str
    area: str | None = None
    evidence_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is kept.

    Attributes
    ----------
    stage
        The state in which it happened: on its date, whenever it was written down.
    previous_hash
        Of the event before; empty for the first.
    hash
        SHA-256 over the canonical JSON of all else and the slug of the pilot.
    """

    number: int
    kind: str
    said_by: str
    happened_on: date
    written_at: datetime
    reason: str
    area: str | None
    stage: str | None
    evidence_hash: str | None
    previous_hash: str
    hash: str


def state_of(events: Sequence[Event], on: date | None = None) -> str | None:
    """Tell the state after these events, or that of a day; None before the first proposal."""
    steps = [e for e in events if e.kind in STATES and (on is None or e.happened_on <= on)]
    return STATES[steps[-1].kind] if steps else None


def written_later(on: date, written_at: datetime) -> date | None:
    """Give the day in UTC on which an event was written down; None when it was at once."""
    day = written_at.astimezone(UTC).date()
    return day if day > on else None


def follow(slug: str, events: Sequence[Event], said: Said, now: datetime) -> Event:
    """Make the event that follows, or say why there can be none.

    A step is dated no earlier than the step before it, so that states have an order in time;
    an entry may be dated back to the first proposal, and belongs to the state of its day.

    Parameters
    ----------
    slug
        Of the pilot.
    events
        All of its events, in order.
    now
        When it is written down, with its time zone, whose today is the last date allowed.

    Raises
    ------
    InvalidRequestError
        For a text that is empty or too long, or a date that cannot be.
    RefusedStepError
        For a step that may not be taken now, or not by this person.
    """
    said = replace(said, by=clean("by", said.by), reason=clean("reason", said.reason))
    _check_date(events, said, now)
    stage = state_of(events, said.on)
    _check_step(slug, events, said, stage)
    event = Event(
        number=len(events) + 1,
        kind=said.kind,
        said_by=said.by,
        happened_on=said.on,
        written_at=now.astimezone(UTC),
        reason=said.reason,
        area=said.area,
        stage=stage,
        evidence_hash=said.evidence_hash,
        previous_hash=events[-1].hash if events else "",
        hash="",
    )
    return replace(event, hash=event_hash(slug, event))


def _check_date(events: Sequence[Event], said: Said, now: datetime) -> None:
    if said.on > now.date():
        raise InvalidRequestError("on", f"{said.on} is in the future: log what has happened.")
    steps = [event for event in events if event.kind in STATES]
    if not steps:
        return
    before = steps[-1] if said.kind in STATES else steps[0]
    if said.on < before.happened_on:
        raise InvalidRequestError(
            "on", f"{said.on} is before {before.happened_on}, when the pilot was {before.kind}."
        )


def _check_step(slug: str, events: Sequence[Event], said: Said, stage: str | None) -> None:
    if stage not in ALLOWED[said.kind]:
        raise RefusedStepError(_not_now(slug, said.kind, stage))
    if said.kind == "approved" and person(said.by) in _proposers(events):
        raise RefusedStepError(
            f"{said.by} proposed the pilot {slug} and cannot approve it: somebody else must."
        )
    if said.kind in {"expanded", "replicated"} and not any(e.kind == "learning" for e in events):
        raise RefusedStepError(
            f"The pilot {slug} cannot be {said.kind} without a learning record: write one with "
            f"`geo-wealth pilot learn {slug}`."
        )


def _not_now(slug: str, kind: str, stage: str | None) -> str:
    if stage is None:
        return f"There is no pilot {slug}: propose it with `geo-wealth pilot propose {slug}`."
    needed = [state for state in STATES.values() if state in ALLOWED[kind]]
    what = f"has no {kind} record" if kind == "learning" else f"cannot be {kind}"
    if kind == "outcome":
        what = "has no outcomes to log"
    if stage in ENDS and kind in STATES:
        return f"The pilot {slug} is {stage}, which ends it: propose another under a new name."
    return f"The pilot {slug} is {stage} and {what}: it must be {' or '.join(needed)} for that."


def _proposers(events: Sequence[Event]) -> set[str]:
    return {person(event.said_by) for event in events if event.kind == "proposed"}


def person(name: str) -> str:
    """Reduce a name to what tells persons apart: neither case, spaces nor unseen characters do."""
    for _twice in range(2):  # what is left may compose anew, and unfolded case may decompose
        name = unicodedata.normalize("NFKC", name)
        name = "".join(_UNSEEN.sub("", name).split()).casefold()
    return unicodedata.normalize("NFKC", name)


def clean(parameter: str, text: str) -> str:
    """Trim what was written, line by line, and leave out empty lines and what cannot be seen.

    Raises
    ------
    InvalidRequestError
        When nothing is left, more than can be kept, or bytes that are no text.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidRequestError(parameter, "it holds bytes that are not UTF-8: write it again.")
    lines = [" ".join(_UNSEEN.sub("", line).split()) for line in text.splitlines()]
    kept = "\n".join(line for line in lines if line)
    if parameter != "reason":
        kept = " ".join(kept.split())
    if not kept:
        raise InvalidRequestError(parameter, f"it is empty: {EMPTY[parameter]}")
    if len(kept) > LONGEST[parameter]:
        raise InvalidRequestError(
            parameter, f"at most {LONGEST[parameter]:,} characters; found {len(kept):,}."
        )
    return kept


def event_hash(slug: str, event: Event) -> str:
    """Hash an event: SHA-256 over canonical JSON of the slug and every field but the hash."""
    return hashlib.sha256(canonical(event_fields(slug, event))).hexdigest()


def event_fields(slug: str, event: Event) -> dict[str, Any]:
    """Give what the hash is over; a time is UTC with six decimals."""
    return {
        "pilot": slug,
        "number": event.number,
        "kind": event.kind,
        "by": event.said_by,
        "on": event.happened_on.isoformat(),
        "written_at": event.written_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "reason": event.reason,
        "area": event.area,
        "stage": event.stage,
        "evidence": event.evidence_hash,
        "previous": event.previous_hash,
    }


def faults(slug: str, events: Sequence[Event]) -> list[str]:
    """Say which events are not as they were written, or are missing.

    A log that was cut off at its end is whole in itself: compare its last hash with one
    written down elsewhere.
    """
    found = []
    previous = ""
    for place, event in enumerate(events, start=1):
        if event.number != place:
            found.append(f"Event {place} is missing; the next one is event {event.number}.")
            return found
        if event.previous_hash != previous:
            found.append(f"Event {place} does not follow event {place - 1} as that one is now.")
        if event.hash != event_hash(slug, event):
            found.append(f"Event {place} ({event.kind}) is not as it was written.")
        previous = event.hash
    return found
