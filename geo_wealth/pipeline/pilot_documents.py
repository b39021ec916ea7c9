"""Pilots as JSON: for anybody, without the names of officers; for those who run the service."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Connection

from geo_wealth.errors import NotFoundError, OtherVersionError, RefusedFileError
from geo_wealth.evidence.changes import Change
from geo_wealth.pilots import ENTRIES, STATES, Event, state_of
from geo_wealth.pipeline.evidence import as_made
from geo_wealth.queries import pilots as queries
from geo_wealth.queries.pilots import Pilot

Document = dict[str, Any]


def pilot_document(connection: Connection, found: Pilot) -> Document:
    """Tell a pilot to anybody: what was decided and when, and on what; nobody's name.

    Hashes of events are left out, since they would confirm a guess at the name in them; that
    of the evidence, which names nobody, is what a decision pack carries.
    """
    evidence = queries.evidence(connection, queries.current_evidence(found))
    with as_made(evidence):
        return _document(found, evidence)


def _document(found: Pilot, evidence: Mapping[str, Any]) -> Document:
    return {
        **summary(found, evidence),
        "areas": [_area(area) for area in _chosen(evidence)],
        "outcomes": list(evidence["plan"]["outcomes"]),
        "steps": [_step(event) for event in found.events if event.kind in STATES],
        "log": [_entry(event) for event in found.events if event.kind in ENTRIES],
        "evidence": {
            "proposed": queries.proposed_evidence(found),
            "frozen": queries.frozen_evidence(found),
        },
        "plan": evidence["plan"],
    }


def summary(found: Pilot, evidence: Mapping[str, Any]) -> Document:
    """Tell a pilot in a line: title, state, place and dates."""
    inputs = evidence["sections"]["ranking"]["inputs"]
    return {
        "pilot": found.slug,
        "title": evidence["plan"]["title"],
        "state": state_of(found.events),
        "district": inputs["request"]["district"],
        "district_name": inputs["district_name"],
        "neighbourhoods": len(evidence["plan"]["areas"]),
        "residents": residents(evidence),
        "sample": evidence["sample"],
        **dates(found.events),
    }


def summaries(connection: Connection) -> list[Document]:
    """List all pilots, the newest first; one whose evidence is damaged says so in ``fault``."""
    return [_summary(connection, found) for found in queries.pilots(connection)]


def _summary(connection: Connection, found: Pilot) -> Document:
    try:
        evidence = queries.evidence(connection, queries.current_evidence(found))
        with as_made(evidence):
            return {**summary(found, evidence), "fault": None}
    except (NotFoundError, OtherVersionError, RefusedFileError) as error:
        state = state_of(found.events)
        known = {"pilot": found.slug, "title": found.slug, "state": state, "fault": str(error)}
        unknown = ("district", "district_name", "neighbourhoods", "residents", "sample")
        return known | dict.fromkeys(unknown) | dates(found.events)


def dates(events: Sequence[Event]) -> Document:
    """Give the dates that a list shows."""
    return {
        "proposed_on": last_date(events, "proposed"),
        "approved_on": last_date(events, "approved"),
        "changed_on": max(event.happened_on for event in events),
    }


def residents(evidence: Mapping[str, Any]) -> int | None:
    """Give how many live in the pilot, as its evidence has it; None where it does not say."""
    drawing = evidence["sections"].get("drawing")
    chosen = drawing and drawing["results"].get("chosen")
    return chosen["residents"] if chosen else None


def last_date(events: Iterable[Event], kind: str) -> Any:
    """Give the date of the newest event of a kind."""
    dates = [event.happened_on for event in events if event.kind == kind]
    return dates[-1] if dates else None


def signed_document(connection: Connection, found: Pilot) -> Document:
    """Tell a pilot to those who run the service: every event with its author and hash."""
    return {
        **pilot_document(connection, found),
        "events": [event_document(event) for event in found.events],
    }


def event_document(event: Event) -> Document:
    """Give an event as it is kept."""
    return {
        "number": event.number,
        "kind": event.kind,
        "by": event.said_by,
        "on": event.happened_on,
        "written_at": event.written_at,
        "reason": event.reason,
        "area": event.area,
        "stage": event.stage,
        "evidence": event.evidence_hash,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }


def change_document(change: Change) -> Document:
    """Give a change as JSON."""
    return {"section": change.section, "title": change.title, "sentences": list(change.sentences)}


def _step(event: Event) -> Document:
    return {
        "step": event.kind,
        "state": STATES[event.kind],
        "on": event.happened_on,
        "written_on": event.written_at.astimezone(UTC).date(),
        "reason": event.reason,
        "evidence": event.evidence_hash,
    }


def _entry(event: Event) -> Document:
    return {
        "kind": event.kind,
        "on": event.happened_on,
        "written_on": event.written_at.astimezone(UTC).date(),
        "stage": event.stage,
        "area": event.area,
        "text": event.reason,
    }


def _chosen(evidence: Mapping[str, Any]) -> list[Document]:
    """List the areas of the pilot with what the ranking says of each."""
    ranking = evidence["sections"]["ranking"]
    ranks = {area["code"]: area for area in ranking["results"]["areas"]}
    areas = {area["code"]: area for area in ranking["inputs"]["areas"]}
    return [areas[code] | ranks.get(code, {}) for code in evidence["plan"]["areas"]]


def _area(area: Mapping[str, Any]) -> Document:
    return {
        "code": area["code"],
        "name": area["name"],
        "ward": area["ward_name"],
        "rank": area.get("rank"),
        "score": area.get("score"),
    }
