"""Pilots from proposal to their end: what is checked, frozen, logged and told."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine

from boundaries.codes import INDEX
from geo_wealth.db import reading
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.errors import (
    InvalidRequestError,
    NotFoundError,
    OtherVersionError,
    RefusedFileError,
    RefusedStepError,
)
from geo_wealth.evidence.changes import Change, changes, matters
from geo_wealth.evidence.section import canonical
from geo_wealth.memory import Memory
from geo_wealth.pilots import Event, Said, clean, event_hash, faults, follow
from geo_wealth.pipeline.drawing import draw_pilot
from geo_wealth.pipeline.evidence import as_made, evidence_hash, gather, plan_of, programme
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.terrain import Terrain, district_terrain
from geo_wealth.plan import Plan, check_slug
from geo_wealth.queries import pilots as queries
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.named import named_document
from geo_wealth.queries.outcomes import outcomes
from geo_wealth.queries.pilots import Pilot
from geo_wealth.queries.rows import Ranking
from geo_wealth.store import pilots as store

Clock = Callable[[], datetime]


def now() -> datetime:
    """Give the time in the zone of this machine, whose date is today's."""
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Written:
    """What a proposal or an approval wrote.

    Attributes
    ----------
    changes
        How its evidence differs from that of the proposal before; empty at the first.
    lacking
        Outcomes of which no series is loaded yet.
    """

    event: Event
    plan: Plan
    changes: tuple[Change, ...]
    lacking: tuple[str, ...]


def propose(
    engine: Engine, plan: Plan, by: str, reason: str, on: date | None = None, clock: Clock = now
) -> Written:
    """Propose a pilot, or propose it anew while it is not approved yet.

    Raises
    ------
    InvalidRequestError, NotFoundError
        For areas that make no pilot, or what is not loaded.
    RefusedStepError
        When it has gone further than a proposal.
    """
    by, reason = clean("by", by), clean("reason", reason)
    with reading(engine) as connection:
        check_areas(connection, plan)
        document = gather(connection, plan)
        data = data_version(connection)
        lacking = lacking_outcomes(connection, plan)
    digest = evidence_hash(document)
    with engine.begin() as connection:
        earlier: list[Mapping[str, Any]] = []

        def look(found: Pilot) -> None:
            earlier.append(queries.evidence(connection, queries.proposed_evidence(found)))

        store.add_pilot(connection, plan.slug)
        store.keep_evidence(connection, digest, canonical(document), data)
        said = Said("proposed", by, on or clock().date(), reason, evidence_hash=digest)
        event = store.add_event(connection, plan.slug, said, clock(), look)
    return Written(event, plan, changes(earlier[0], document) if earlier else (), lacking)


def drawn_areas(connection: Connection, ranking: Ranking, request: DrawRequest) -> tuple[str, ...]:
    """Give the areas of the best drawing."""
    terrain = district_terrain(
        connection, ranking.request.district, ranking.lsoa_vintage, ranking.request.index
    )
    best = draw_pilot(connection, ranking, terrain, request).best
    return best.facts.codes


def check_areas(connection: Connection, plan: Plan) -> None:
    """Refuse areas that are unknown, too many residents, or not one connected set.

    Raises
    ------
    InvalidRequestError
        With the sentence that says which.
    """
    ranking = build_ranking(connection, plan.ranking)
    terrain = district_terrain(
        connection, plan.ranking.district, ranking.lsoa_vintage, plan.ranking.index
    )
    _check_known(plan, terrain)
    _check_chosen(plan)
    places = terrain.places(plan.areas)
    parts = terrain.contiguity.components(places)
    if len(parts) > 1:
        alone = ", ".join(terrain.codes[place] for place in parts[-1])
        raise InvalidRequestError(
            "areas",
            f"they are not connected but fall into {len(parts)} parts; {alone} touches none of "
            "the others. Add areas between them, or leave it out.",
        )
    _check_residents(plan, terrain, places)


def _check_known(plan: Plan, terrain: Terrain) -> None:
    known = set(terrain.codes)
    named = {"areas": plan.areas, "include": plan.draw.include, "exclude": plan.draw.exclude}
    for parameter, codes in named.items():
        unknown = [code for code in codes if code not in known]
        if set(unknown) & set(terrain.without_boundary):
            raise InvalidRequestError(
                parameter, f"{unknown[0]} has no boundary loaded, so nothing says what it touches."
            )
        if unknown:
            raise InvalidRequestError(
                parameter,
                f"{unknown[0]} is no neighbourhood of {terrain.district_name} on boundaries of "
                f"{terrain.vintage}, which {plan.ranking.index} is on.",
            )


def _check_chosen(plan: Plan) -> None:
    lacking = sorted(set(plan.draw.include) - set(plan.areas))
    if lacking:
        raise InvalidRequestError("include", f"{lacking[0]} must be in, and is not in the areas.")
    inside = sorted(set(plan.draw.exclude) & set(plan.areas))
    if inside:
        raise InvalidRequestError("exclude", f"{inside[0]} must be out, and is in the areas.")


def _check_residents(plan: Plan, terrain: Terrain, places: Sequence[int]) -> None:
    residents = terrain.residents[list(places)]
    if np.isnan(residents).any():
        lacking = plan.areas[int(np.flatnonzero(np.isnan(residents))[0])]
        raise InvalidRequestError(
            "areas",
            f"how many live in {lacking} is not known, so the cap cannot be held: load residents "
            "with `geo-wealth load population`.",
        )
    if residents.sum() > plan.draw.cap:
        raise InvalidRequestError(
            "cap",
            f"{residents.sum():,.0f} people live in the areas, and the cap is "
            f"{plan.draw.cap:,}: leave some out, or raise it with --cap.",
        )


def lacking_outcomes(connection: Connection, plan: Plan) -> tuple[str, ...]:
    """List the outcomes of a plan of which no series is loaded for its neighbourhoods."""
    vintage = INDEX[plan.ranking.index].vintage
    known = {found.measure.lower() for found in outcomes(connection, vintage)}
    return tuple(name for name in plan.outcomes if " ".join(name.split()).lower() not in known)


def approve(
    engine: Engine,
    slug: str,
    by: str,
    reason: str,
    on: date | None = None,
    *,
    despite_changes: bool = False,
    clock: Clock = now,
) -> Written:
    """Approve what is proposed, and freeze the evidence as it is today.

    Raises
    ------
    RefusedStepError
        For the proposer; when the evidence is no longer what was proposed; when somebody
        else approved or proposed anew meanwhile.
    """
    said = Said("approved", clean("by", by), on or clock().date(), clean("reason", reason))
    with reading(engine) as connection:
        seen = queries.pilot(connection, slug)
        follow(slug, seen.events, said, clock())  # refused now, before the work
        digest = queries.proposed_evidence(seen)
        proposed = queries.evidence(connection, digest)
        plan = plan_of(proposed)
        check_areas(connection, plan)
        document = gather(connection, plan)
        data = data_version(connection)
        lacking = lacking_outcomes(connection, plan)
    with as_made(proposed):
        found = changes(proposed, document)
    if matters(found) and not despite_changes:
        raise RefusedStepError(_changed(slug, found))

    def unmoved(fresh: Pilot) -> None:
        if queries.proposed_evidence(fresh) != digest:
            raise RefusedStepError(
                f"The pilot {slug} was proposed anew meanwhile: look at it again first."
            )

    said = Said(said.kind, said.by, said.on, said.reason, None, evidence_hash(document))
    with engine.begin() as connection:
        store.keep_evidence(connection, said.evidence_hash or "", canonical(document), data)
        event = store.add_event(connection, slug, said, clock(), unmoved)
    return Written(event, plan, found, lacking)


def _changed(slug: str, found: Sequence[Change]) -> str:
    told = " ".join(f"{each.title}: {each.sentences[0]}" for each in found)
    return (
        f"What {slug} was proposed on has changed since. {told} Propose it again, or approve it "
        "as it is now with --despite-changes."
    )


def step(engine: Engine, slug: str, said: Said, clock: Clock = now) -> Event:
    """Start, review, expand, replicate or stop a pilot, or write in its log.

    Raises
    ------
    NotFoundError
        When there is no such pilot.
    InvalidRequestError
        For an area that is not one of the pilot's.
    RefusedStepError
        When this may not happen now.
    """
    check_slug(slug)

    def check(found: Pilot) -> None:
        if said.area is None:
            return
        document = queries.evidence(connection, queries.current_evidence(found))
        areas = document["plan"]["areas"]
        if said.area not in areas:
            raise InvalidRequestError(
                "area", f"{said.area} is not in the pilot {slug}: {', '.join(areas)} are."
            )

    with engine.begin() as connection:
        queries.pilot(connection, slug)
        return store.add_event(connection, slug, said, clock(), check)


def learned(text: str | None, tried: str | None, found: str | None, then: str | None) -> str:
    """Put a learning record together: what was tried, what was found, what would be done next.

    Raises
    ------
    InvalidRequestError
        When it is neither a text nor all three answers.
    """
    answers = {"Tried": tried, "Found": found, "Next time": then}
    if text is not None and not any(answers.values()):
        return clean("reason", text)
    if text is not None or not all(answers.values()):
        raise InvalidRequestError(
            "text", "give --text, or all of --tried, --found and --next in its place."
        )
    return "\n".join(f"{name}: {' '.join(str(told).split())}" for name, told in answers.items())


Admission = Callable[[], AbstractContextManager[None]]

_CHANGES: Memory[tuple[Change, ...]] = Memory(size=16)


def since_approval(
    connection: Connection, found: Pilot, admission: Admission = nullcontext
) -> tuple[Change, ...] | None:
    """Compare what the approval froze with today's; None before an approval. Remembered.

    Raises
    ------
    InvalidRequestError, NotFoundError
        When the evidence cannot be gathered any more.
    """
    frozen = queries.frozen_evidence(found)
    return None if frozen is None else _since(connection, frozen, admission)


def changed(
    connection: Connection, found: Pilot, admission: Admission = nullcontext
) -> tuple[tuple[Change, ...] | None, str | None]:
    """Tell what differs from what was approved, or why that cannot be said any more.

    Parameters
    ----------
    admission
        What must let in a thread that gathers the evidence anew.
    """
    try:
        return since_approval(connection, found, admission), None
    except (InvalidRequestError, NotFoundError, OtherVersionError) as error:
        return None, str(error)


def since_proposal(connection: Connection, found: Pilot) -> tuple[Change, ...]:
    """Compare what the newest proposal rests on with today's. Remembered."""
    return _since(connection, queries.proposed_evidence(found))


def _since(
    connection: Connection, digest: str, admission: Admission = nullcontext
) -> tuple[Change, ...]:
    """Compare evidence with today's; from the same data and documents it is the same."""
    document = queries.evidence(connection, digest)
    plan = plan_of(document)
    data = data_version(connection)
    named = [
        (kept.slug, kept.version, kept.hash)
        for kept in (
            named_document(connection, "definition", plan.definition),
            named_document(connection, "rules", plan.rules),
        )
    ]
    with as_made(document):
        frozen = [document["documents"][kind] for kind in ("definition", "rules")]
        as_then = (
            queries.gathered_from(connection, digest) == data
            and [(each["slug"], each["version"], each["hash"]) for each in frozen] == named
            and document["programme"] == programme()
        )
    if as_then:
        return ()
    key = (str(connection.engine.url), data, tuple(named), digest)

    def compare() -> tuple[Change, ...]:
        today = gather(connection, plan)
        with as_made(document):
            return changes(document, today)

    return _CHANGES.recall(key, compare, admission)


def log_faults(connection: Connection, found: Pilot, last: str | None = None) -> list[str]:
    """Say what in a pilot's log, or in the evidence it names, is not as it was written.

    Parameters
    ----------
    last
        Hash of an event, as somebody wrote it down; the log must hold it still.
    """
    told = faults(found.slug, found.events)
    for digest in dict.fromkeys(e.evidence_hash for e in found.events if e.evidence_hash):
        try:
            queries.check_evidence(connection, digest)
        except (NotFoundError, RefusedFileError) as error:
            told.append(str(error))
    if last is not None and last not in {event_hash(found.slug, e) for e in found.events}:
        told.append(f"No event of the log has the hash {last}: the log was altered or cut off.")
    return told
