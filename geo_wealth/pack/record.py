"""What happened to a pilot, as a pack tells it: state and log, with or without names."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from geo_wealth.pilots import (
    ALLOWED,
    STATES,
    Event,
    event_fields,
    faults,
    state_of,
    written_later,
)

Record = dict[str, Any]

_NAMING = ("by", "hash", "previous")
_DAY = len("2026-01-01")


def pilot_record(slug: str, events: Sequence[Event], *, with_names: bool) -> Record:
    """Tell a pilot's state and log as plain JSON.

    Parameters
    ----------
    with_names
        Whether to say who wrote each event, with the hashes that chain the events. Without
        names there are no hashes either, since they would confirm a guess at a name, and of
        the time of writing only the day.
    """
    return {
        "slug": slug,
        "state": state_of(events),
        "with_names": with_names,
        "events": [_event(slug, event, with_names=with_names) for event in events],
    }


def _event(slug: str, event: Event, *, with_names: bool) -> dict[str, Any]:
    told = event_fields(slug, event) | {"hash": event.hash}
    if not with_names:
        told["written_at"] = told["written_at"][:_DAY]
    left_out = ("pilot",) if with_names else ("pilot", *_NAMING)
    return {name: value for name, value in told.items() if name not in left_out}


def record_faults(record: Mapping[str, Any]) -> list[str]:
    """Say in which way a log is not as it was written, as far as it can be seen."""
    events = [_read(event) for event in record["events"]]
    wrong = _out_of_order(events)
    if not wrong and record["with_names"]:
        wrong = faults(record["slug"], events)
    if record["state"] != state_of(events):
        wrong.append(f"The log leads to the state {state_of(events)}, not {record['state']}.")
    return wrong


def frozen_hash(record: Mapping[str, Any]) -> str | None:
    """Give the hash of what was approved or, until then, of what is proposed."""
    hashes = [event["evidence"] for event in record["events"] if event["evidence"]]
    return hashes[-1] if hashes else None


def newest(record: Mapping[str, Any], kind: str) -> Mapping[str, Any] | None:
    """Give the newest event of a kind."""
    events = [event for event in record["events"] if event["kind"] == kind]
    return events[-1] if events else None


def written_down(event: Mapping[str, Any]) -> date | None:
    """Give the day on which an event was written down; None when it was at once."""
    return written_later(date.fromisoformat(event["on"]), _moment(event["written_at"]))


def _out_of_order(events: Sequence[Event]) -> list[str]:
    """Say which events are missing, or could not have happened when they are said to have."""
    for place, event in enumerate(events, start=1):
        if event.number != place:
            return [f"Event {place} is missing; the next one is event {event.number}."]
        stage = state_of(events[: place - 1], event.happened_on)
        if event.kind not in ALLOWED or stage not in ALLOWED[event.kind] or stage != event.stage:
            was = stage or "not there yet"
            return [f"Event {place} ({event.kind}) cannot have happened: the pilot was {was}."]
    steps = [event for event in events if event.kind in STATES]
    late = [e.number for e, after in pairwise(steps) if _later(e, after)]
    return [f"Event {number} is dated after the step that follows it." for number in late]


def _later(event: Event, other: Event) -> bool:
    return event.happened_on > other.happened_on


def _moment(text: str) -> datetime:
    """Read a time with its zone, or a day in UTC."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _read(told: Mapping[str, Any]) -> Event:
    return Event(
        number=told["number"],
        kind=told["kind"],
        said_by=told.get("by", ""),
        happened_on=date.fromisoformat(told["on"]),
        written_at=_moment(told["written_at"]),
        reason=told["reason"],
        area=told["area"],
        stage=told["stage"],
        evidence_hash=told["evidence"],
        previous_hash=told.get("previous", ""),
        hash=told.get("hash", ""),
    )
