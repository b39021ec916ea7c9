"""How pilots are printed for people."""

from collections.abc import Iterable
from typing import Any

from geo_wealth.commands.output import print_json, say
from geo_wealth.evidence.changes import Change
from geo_wealth.pilots import Event, written_later
from geo_wealth.pipeline.pilot_documents import change_document, event_document
from geo_wealth.pipeline.pilots import Written


def print_written(what: str, done: Written, *, as_json: bool) -> None:
    """Print what a proposal or an approval wrote."""
    if as_json:
        print_json(
            {
                "pilot": done.plan.slug,
                "areas": done.plan.areas,
                "event": event_document(done.event),
                "changes": [change_document(change) for change in done.changes],
                "outcomes_not_loaded": done.lacking,
            }
        )
        return
    say(f"{done.plan.title} is {what}: {', '.join(done.plan.areas)}.")
    say(f"Evidence: {done.event.evidence_hash}")
    for name in done.lacking:
        say(f"No series of the outcome {name} is loaded yet; `geo-wealth load outcomes` loads one.")
    if done.changes:
        say("Changed since the last proposal:")
        print_changes(done.changes)


def print_changes(told: Iterable[Change]) -> None:
    """Print how evidence differs, a sentence a line."""
    for change in told:
        for sentence in change.sentences:
            say(f"  {change.title}: {sentence}")


def print_document(document: dict[str, Any]) -> None:
    """Print what a pilot is, above its log."""
    say(f"{document['title']} ({document['pilot']}), {document['district_name']}")
    say(f"State: {document['state']}")
    for area in document["areas"]:
        say(f"  {area['code']} {area['name']}, rank {area['rank'] or 'none'}")
    frozen = document["evidence"]["frozen"]
    say(f"Frozen evidence: {frozen or 'none until it is approved'}\n")


def print_event(event: Event) -> None:
    """Print one event of a log."""
    about = f" {event.area}" if event.area else ""
    stage = f", while {event.stage}" if event.stage else ""
    later = written_later(event.happened_on, event.written_at)
    written = f" (written down on {later})" if later else ""
    said = f"{event.kind}{about} by {event.said_by}{stage}"
    say(f"{event.number}. {event.happened_on}{written} {said}")
    for line in event.reason.splitlines():
        say(f"     {line}")


def print_faults(wrong: list[str]) -> None:
    """Print what is wrong in a log, or that nothing is."""
    say("\n".join(wrong) if wrong else "The log is whole: every event is as it was written.")
