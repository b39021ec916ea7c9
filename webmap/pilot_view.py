"""A pilot ready to print: its life step by step, its areas and why, and what has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app, url_for
from sqlalchemy import Connection

from geo_wealth.pilots import ENDS, ENTRIES, STATES, Event, state_of, written_later
from geo_wealth.pipeline.pilots import log_faults
from geo_wealth.queries.pilots import Pilot
from webmap.wording import long_date

COLOURS = {
    "proposed": "blue",
    "approved": "turquoise",
    "running": "green",
    "reviewed": "purple",
    "expanded": "green",
    "replicated": "green",
    "stopped": "grey",
}
"""Of the tag that says the state, whose text says the same."""

PACKS = (
    ("/pilots/<slug>/pack.html", "Decision pack, to read"),
    ("/pilots/<slug>/pack.pdf", "Decision pack, PDF"),
    ("/pilots/<slug>/pack.zip", "Decision pack with all its figures, to recompute (zip)"),
    ("/pilots/<slug>/effect", "Whether it worked"),
)
_USUAL = ("proposed", "approved", "running", "reviewed")
_TO_COME = {
    "approved": "Approval, by another person than the one who proposed it",
    "running": "Start",
    "reviewed": "Review",
}
_TITLES = {
    "proposed": "Proposed",
    "approved": "Approved",
    "started": "Started",
    "reviewed": "Reviewed",
    "expanded": "Expanded",
    "replicated": "Replicated",
    "stopped": "Stopped",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a pilot's life: done on a day, or still to come.

    Attributes
    ----------
    note
        What makes it valid, or when it was written down if that was later.
    """

    title: str
    on: date | None = None
    reason: Sequence[str] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the log that is no step, as shown; ``written_on`` if that was later."""

    kind: str
    on: date
    stage: str
    area: str | None
    place: str
    lines: Sequence[str]
    written_on: date | None


def steps(found: Pilot) -> list[Step]:
    """Tell the steps taken, in order, and then those that usually follow."""
    proposals = sum(event.kind == "proposed" for event in found.events)
    taken = []
    version = 0
    for event in found.events:
        if event.kind in STATES:
            version += event.kind == "proposed"
            taken.append(_step(event, version if proposals > 1 else 0))
    state = state_of(found.events)
    if state in ENDS or state is None:
        return taken
    left = _USUAL[_USUAL.index(state) + 1 :]
    coming = [Step(_TO_COME[name]) for name in left]
    return [*taken, *coming, Step("Expansion or replication, with a learning record, or a stop")]


def _step(event: Event, version: int) -> Step:
    notes = []
    if event.kind == "approved":
        notes.append("By another person than the one who proposed it.")
    later = written_later(event.happened_on, event.written_at)
    if later is not None:
        notes.append(f"Written down on {long_date(later)}.")
    title = _TITLES[event.kind]
    if event.kind == "proposed" and version:
        title += f", version {version}"
    return Step(title, event.happened_on, event.reason.splitlines(), " ".join(notes) or None)


def entries(found: Pilot, names: Mapping[str, str], kinds: Sequence[str] = ENTRIES) -> list[Entry]:
    """List what was logged, by area and then by date."""
    told = [
        Entry(
            event.kind,
            event.happened_on,
            event.stage or "",
            event.area,
            names.get(event.area, event.area) if event.area else "The pilot as a whole",
            event.reason.splitlines(),
            written_later(event.happened_on, event.written_at),
        )
        for event in found.events
        if event.kind in kinds
    ]
    return sorted(told, key=lambda entry: (entry.area or "", entry.on))


def whole(conn: Connection, found: Pilot) -> bool:
    """Tell whether the log and its evidence are as they were written."""
    return not log_faults(conn, found)


def documents(slug: str) -> list[tuple[str, str]]:
    """List the addresses that belong to a pilot, of those that this service has."""
    rules = {rule.rule: rule.endpoint for rule in current_app.url_map.iter_rules()}
    return [(url_for(rules[rule], slug=slug), text) for rule, text in PACKS if rule in rules]
