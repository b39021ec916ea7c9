"""Pilots in a real database: its triggers agree with the rules, and nothing is ever changed."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from geo_wealth.backup import backup, restore
from geo_wealth.config import Settings
from geo_wealth.errors import GeoWealthError, InvalidRequestError, RefusedStepError
from geo_wealth.pilots import ENTRIES, STATES, Event, Said, event_hash, follow, person, state_of
from geo_wealth.pipeline.pilots import log_faults
from geo_wealth.queries import pilots as queries
from geo_wealth.store import pilots as store

NOW = datetime.now(UTC)
DAY = NOW.date() - timedelta(30)
DOCUMENT = b'{"plan":{"areas":["E01000001"]}}'
DIGEST = hashlib.sha256(DOCUMENT).hexdigest()
SAID = Said("proposed", "A", DAY, "because", evidence_hash=DIGEST)


@pytest.fixture
def pilot(engine: Engine) -> str:
    """A pilot's place with evidence to rest on, and no event yet."""
    with engine.begin() as connection:
        store.add_pilot(connection, "moor")
        store.keep_evidence(connection, DIGEST, DOCUMENT, "then")
    return "moor"


def write(engine: Engine, kind: str, by: str = "A", days: int = 0) -> Event:
    rests_on = DIGEST if kind in {"proposed", "approved"} else None
    said = Said(kind, by, DAY + timedelta(days), "because", evidence_hash=rests_on)
    with engine.begin() as connection:
        return store.add_event(connection, "moor", said, NOW)


def live(engine: Engine, *kinds: str) -> None:
    for kind in kinds:
        write(engine, kind, "B" if kind == "approved" else "A")


STEP = st.tuples(
    st.sampled_from([*STATES, *ENTRIES]),
    st.sampled_from(["Ann Lee", "  ann  LEE", "Bo"]),
    st.integers(-1, 2),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=9), st.sampled_from([0, 3, 5]))
def test_the_database_accepts_what_the_rules_do(
    engine: Engine, pilot: str, steps: list[tuple[str, str, int]], ahead: int
) -> None:
    """Whatever is tried, whether first by rule or by hand, trigger and rules say the same."""
    usual = [("proposed", "Ann Lee", 0), ("approved", "Bo", 0), ("started", "Bo", 0)]
    usual += [("reviewed", "Bo", 0), ("learning", "Bo", 0)]
    with engine.connect() as connection:
        events: list[Event] = []
        for kind, by, days in [*usual[:ahead], *steps]:
            rests_on = DIGEST if kind in {"proposed", "approved"} else None
            said = Said(kind, by, DAY + timedelta(days), "x", evidence_hash=rests_on)
            try:
                event, allowed = follow(pilot, events, said, NOW), True
            except (RefusedStepError, InvalidRequestError):
                event, allowed = made_by_hand(pilot, events, said), False
            assert accepted(connection, event) == allowed, (kind, state_of(events))
            events += [event] if allowed else []
        connection.rollback()


def made_by_hand(slug: str, events: list[Event], said: Said) -> Event:
    """An event that breaks no rule but the one under test."""
    event = Event(
        number=len(events) + 1,
        kind=said.kind,
        said_by=said.by,
        happened_on=said.on,
        written_at=NOW,
        reason=said.reason,
        area=None,
        stage=state_of(events, said.on),
        evidence_hash=said.evidence_hash,
        previous_hash=events[-1].hash if events else "",
        hash="",
    )
    return replace(event, hash=event_hash(slug, event))


def accepted(connection: Connection, event: Event) -> bool:
    try:
        with connection.begin_nested():
            insert(connection, event)
    except IntegrityError:
        return False
    return True


def insert(connection: Connection, event: Event, at: int | None = None) -> None:
    values = asdict(event) | ({} if at is None else {"id": at})
    names = ", ".join(values)
    given_ = ", ".join(f":{name}" for name in values)
    connection.execute(
        text(f"INSERT INTO pilot_event (pilot_id, {names}) SELECT id, {given_} FROM pilot"), values
    )


@pytest.mark.parametrize(
    "change",
    [
        {"number": 3},
        {"previous_hash": "other"},
        {"stage": "running"},
        {"evidence_hash": None},
        {"said_by": " "},
        {"reason": ""},
        {"kind": "renamed"},
        {"evidence_hash": "0" * 64},
        {"hash": "garbage"},
        {"happened_on": NOW.date() + timedelta(3)},
        {"written_at": NOW - timedelta(2)},
        {"written_at": NOW + timedelta(2)},
        {"said_by": "A\u200b"},
        {"said_by": " \u3000a\u2060"},
    ],
)
def test_the_database_itself_refuses(engine: Engine, pilot: str, change: dict[str, object]) -> None:
    first = write(engine, "proposed")
    said = Said("approved", "B", DAY, "because", evidence_hash=DIGEST)
    event = follow(pilot, [first], said, NOW)
    with engine.begin() as connection:
        assert not accepted(connection, replace(event, **change))
        assert accepted(connection, event)


def test_evidence_has_the_hash_of_what_it_says(engine: Engine, pilot: str) -> None:
    with engine.connect() as connection, pytest.raises(IntegrityError, match="ck_evidence_hash"):
        store.keep_evidence(connection, "deadbeef", b"{}", "then")


NAME = st.text(
    st.characters(categories=["Lu", "Ll", "Nd", "Pd", "Mn", "Zs", "Cf"], max_codepoint=0x2FFF)
    | st.sampled_from("Aa \u200b\u2060\u3000\ufeff\u034f\U000e0041"),
    max_size=8,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAME, st.lists(st.sampled_from(" \t\u00a0\u200b\u2007\u2060\u3164\ufeff"), max_size=4))
def test_program_and_database_take_the_same_for_one_person(
    sample: Connection, name: str, unseen: list[str]
) -> None:
    """Whatever is put between the letters of a name."""
    other = "".join(one + two for one, two in zip_longest(name, unseen, fillvalue=""))
    theirs = [
        sample.execute(text("SELECT pilot_person(:name)"), {"name": each}).scalar_one()
        for each in (name, other)
    ]
    assert (theirs[0] == theirs[1]) == (person(name) == person(other))


@pytest.mark.parametrize("table", ["pilot", "pilot_event", "evidence"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_nothing_is_changed_or_taken_out(
    engine: Engine, pilot: str, table: str, statement: str
) -> None:
    write(engine, "proposed")
    column = {"pilot": "slug", "pilot_event": "reason", "evidence": "document"}[table]
    with (
        engine.begin() as connection,
        pytest.raises(DBAPIError, match="are only ever added"),
        connection.begin_nested(),
    ):
        connection.execute(text(statement.format(table, column, column)))


def test_what_is_read_is_what_was_written(engine: Engine, pilot: str) -> None:
    written = [write(engine, "proposed"), write(engine, "approved", "B"), write(engine, "note")]
    with engine.connect() as connection:
        found = queries.pilot(connection, pilot)
        before = queries.pilots_version(connection)
    assert list(found.events) == written
    assert queries.frozen_evidence(found) == DIGEST
    write(engine, "note")
    with engine.connect() as connection:
        assert queries.pilots_version(connection) != before


def test_the_public_version_says_nothing_of_who_wrote(engine: Engine, pilot: str) -> None:
    versions = set()
    for name in ("Ann Lee", "Bo"):
        event = follow(pilot, (), replace(SAID, by=name), NOW)
        with engine.connect() as connection:
            insert(connection, event, at=1)
            versions.add(queries.pilots_version(connection))
    assert len(versions) == 1


def test_of_two_that_approve_at_once_one_does(engine: Engine, pilot: str) -> None:
    write(engine, "proposed")
    together = Barrier(2)

    def approve(name: str) -> str:
        together.wait()
        try:
            write(engine, "approved", name)
        except GeoWealthError as error:
            return str(error)
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(approve, ["B", "C"]), key=len)
    assert told[0] == "approved"
    assert told[1].startswith("The pilot moor is approved and cannot be approved")
    with engine.connect() as connection:
        assert len(queries.pilot(connection, pilot).events) == 2


@pytest.fixture
def tampering(engine: Engine, pilot: str) -> Iterator[Connection]:
    """A connection of somebody who may switch the triggers off."""
    live(engine, "proposed", "approved", "started", "barrier")
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("ALTER TABLE evidence DROP CONSTRAINT ck_evidence_hash"))
        yield connection


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE pilot_event SET reason = 'other' WHERE number = 2", "Event 2 (approved) is not"),
        ("UPDATE pilot_event SET said_by = 'Z' WHERE number = 1", "Event 1 (proposed) is not"),
        ("DELETE FROM pilot_event WHERE number = 3", "Event 3 is missing"),
        ("UPDATE evidence SET document = '{}'", "was changed after it was stored"),
        ("UPDATE pilot SET slug = 'hill'", "is not as it was written"),
    ],
)
def test_who_switches_the_triggers_off_is_seen(
    tampering: Connection, statement: str, sentence: str
) -> None:
    found = queries.pilots(tampering)[0]
    assert log_faults(tampering, found) == []
    tampering.execute(text(statement))
    found = queries.pilots(tampering)[0]
    assert any(sentence in told for told in log_faults(tampering, found))


def test_a_log_cut_off_at_its_end_is_seen_by_the_hash_written_down(tampering: Connection) -> None:
    last = queries.pilots(tampering)[0].events[-1].hash
    assert not any(
        "cut off" in f for f in log_faults(tampering, queries.pilots(tampering)[0], last)
    )
    tampering.execute(text("DELETE FROM pilot_event WHERE number = 4"))
    told = log_faults(tampering, queries.pilots(tampering)[0], last)
    assert any("the log was altered or cut off" in each for each in told)


def test_a_backup_keeps_pilots_and_what_guards_them(
    engine: Engine, pilot: str, database: str, tmp_path: Path
) -> None:
    live(engine, "proposed", "approved", "started", "learning", "barrier")
    with engine.connect() as connection:
        before = queries.pilots(connection)
    file = tmp_path / "all.backup"
    backup(Settings(), database, file)
    write(engine, "note")
    engine.dispose()
    restore(Settings(), database, file, force=True)
    with engine.connect() as connection:
        assert queries.pilots(connection) == before
    assert write(engine, "reviewed").stage == "running"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("UPDATE pilot_event SET reason = 'other'"))
