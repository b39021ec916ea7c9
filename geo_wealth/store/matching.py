"""Candidates of payees kept up to date, and from them where each payee is placed.

Only payees whose registers, decisions or matcher changed are matched anew: what a payee was
matched against stands beside it. Results depend on the current data, not on the order of loads.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from geo_wealth.matching import MATCHER, Candidate, Decision, Matcher, Organisations, Payees
from geo_wealth.memory import Memory
from geo_wealth.names import names_person
from geo_wealth.spend.book import ADDRESS_KINDS, REGISTERS
from geo_wealth.store.copy import copy_frame, stage

# What a payee was matched against: registers and matcher, and of its own the charity numbers
# that ledgers state and the decisions on its name.
_AGAINST = """
    SELECT y.id, y.name, y.name_key, y.company_number, y.state, paid.numbers,
        concat_ws(' ', CAST(:registers AS text), array_to_string(paid.numbers, ' '), said.md5)
            AS against
    FROM payee y
    LEFT JOIN (
        SELECT p.payee_id, array_agg(DISTINCT p.charity_number ORDER BY p.charity_number) AS numbers
        FROM payment p JOIN dataset d ON d.id = p.dataset_id AND d.state = 'current'
        WHERE p.charity_number IS NOT NULL GROUP BY p.payee_id
    ) paid ON paid.payee_id = y.id
    LEFT JOIN (
        SELECT payee_key, md5(string_agg(concat_ws('|', payee_number, '', organisation_key, '',
            organisation_number, '', verdict, decided_by), E'\\n' ORDER BY id)) AS md5
        FROM match_decision WHERE revoked_at IS NULL GROUP BY payee_key
    ) said ON said.payee_key = y.name_key
"""


@dataclass(frozen=True, slots=True)
class _Registers:
    """The registers that count now, ready to be matched against; ``ids`` by position."""

    matcher: Matcher
    ids: tuple[int, ...]
    persons: frozenset[str]


_REGISTERS: Memory[_Registers] = Memory(size=1)


def match_payees(connection: Connection) -> None:
    """Bring candidates up to date, then place every payee by its accepted ones.

    Redacted payees, individuals, and whoever any current register calls an individual have no
    candidates; two different company numbers are never one organisation. A payee is placed at
    one site: a delivery site before a branch, a registered office and a payment address; then
    the surest match; then the register that answers first, the highest rateable value, and the
    postcode.
    """
    current = _current_registers(connection)
    fingerprint = hashlib.sha256(json.dumps([MATCHER, current]).encode()).hexdigest()[:16]
    changed = connection.execute(
        text(f"""
            SELECT a.* FROM ({_AGAINST}) a JOIN payee USING (id)
            WHERE payee.matched_against IS DISTINCT FROM a.against ORDER BY id
        """),
        {"registers": fingerprint},
    ).all()
    if changed:
        key = (str(connection.engine.url), fingerprint)
        registers = _REGISTERS.recall(key, lambda: _read_registers(connection))
        _match(connection, registers, changed)
    _place(connection)


def _match(connection: Connection, registers: _Registers, rows: Sequence[Any]) -> None:
    open_rows = [
        row
        for row in rows
        if row.state == "named"
        and row.name_key
        and row.name_key not in registers.persons
        and not names_person(row.name)
    ]
    payees = Payees(
        tuple(row.name_key for row in open_rows),
        tuple(row.company_number for row in open_rows),
        tuple(tuple(row.numbers or ()) for row in open_rows),
    )
    found = registers.matcher.match(payees, _decisions(connection))
    _store(connection, rows, _frame(found, [row.id for row in open_rows], registers.ids))


def _frame(found: Sequence[Candidate], payees: Sequence[int], ids: Sequence[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "payee_id": [payees[each.payee] for each in found],
            "organisation_id": [ids[each.organisation] for each in found],
            "stage": [each.stage for each in found],
            "score": [each.score for each in found],
            "band": [each.band for each in found],
            "reason": [each.reason for each in found],
        }
    )


def _store(connection: Connection, rows: Sequence[Any], candidates: pd.DataFrame) -> None:
    """Replace the candidates of these payees, and note what they were matched against."""
    stage(connection, "staging_matched", {"id": "bigint", "against": "text"})
    copy_frame(
        connection,
        "staging_matched",
        pd.DataFrame({"id": [row.id for row in rows], "against": [row.against for row in rows]}),
    )
    connection.execute(
        text("DELETE FROM payee_candidate c USING staging_matched s WHERE c.payee_id = s.id")
    )
    copy_frame(connection, "payee_candidate", candidates)
    connection.execute(
        text(
            "UPDATE payee y SET matched_against = s.against FROM staging_matched s "
            "WHERE y.id = s.id"
        )
    )
    connection.execute(text("ANALYZE payee_candidate"))


def _current_registers(connection: Connection) -> list[list[Any]]:
    rows = connection.execute(
        text("""
            SELECT id, key FROM dataset WHERE kind = 'register' AND state = 'current' ORDER BY key
        """)
    )
    return [list(row) for row in rows]


def _read_registers(connection: Connection) -> _Registers:
    rows = connection.execute(
        text("""
            SELECT o.id, o.name_key, o.company_number, o.charity_number, o.individual, s.areas
            FROM organisation o JOIN dataset d ON d.id = o.dataset_id AND d.state = 'current'
            LEFT JOIN (
                SELECT organisation_id, array_agg(DISTINCT substring(postcode FROM '^[A-Z]+'))
                    AS areas
                FROM site WHERE postcode IS NOT NULL GROUP BY organisation_id
            ) s ON s.organisation_id = o.id
            WHERE o.name_key <> ''
            ORDER BY o.name_key, o.company_number, d.key, o.charity_number, o.id
        """)
    ).all()
    listed = [row for row in rows if not row.individual]
    organisations = Organisations(
        tuple(row.name_key for row in listed),
        tuple(row.company_number for row in listed),
        tuple(row.charity_number for row in listed),
        tuple(frozenset(row.areas or ()) for row in listed),
    )
    return _Registers(
        Matcher(organisations),
        tuple(row.id for row in listed),
        frozenset(row.name_key for row in rows if row.individual),
    )


def _decisions(connection: Connection) -> dict[str, list[Decision]]:
    """Read the decisions that were not undone, by payee."""
    rows = connection.execute(
        text("""
            SELECT payee_key, payee_number, organisation_key, organisation_number,
                verdict = 'accept' AS accept, decided_by
            FROM match_decision WHERE revoked_at IS NULL
            ORDER BY payee_key, payee_number NULLS FIRST, organisation_key,
                organisation_number NULLS FIRST
        """)
    )
    decisions: dict[str, list[Decision]] = defaultdict(list)
    for row in rows:
        decisions[row.payee_key].append(Decision(*row))
    return dict(decisions)


def _place(connection: Connection) -> None:
    connection.execute(text("DELETE FROM payee_match"))
    connection.execute(
        text("""
            WITH best AS (
                SELECT c.payee_id, c.organisation_id, c.stage, s.id AS site_id,
                    row_number() OVER (w ORDER BY s.rateable_value DESC NULLS LAST, s.postcode,
                        s.ref, d.key, s.line) AS place,
                    count(*) OVER w AS sites,
                    array_position(CAST(:kinds AS text[]), s.address_kind) AS kind, c.score,
                    array_position(CAST(:registers AS text[]), o.kind) AS turn
                FROM payee_candidate c
                JOIN organisation o ON o.id = c.organisation_id AND NOT o.individual
                JOIN site s ON s.organisation_id = o.id AND s.point IS NOT NULL
                JOIN dataset d ON d.id = s.dataset_id AND d.state = 'current'
                WHERE c.band = 'accepted'
                WINDOW w AS (PARTITION BY c.payee_id, s.address_kind, c.score, o.kind)
            )
            INSERT INTO payee_match (payee_id, organisation_id, site_id, method, sites)
            SELECT DISTINCT ON (payee_id) payee_id, organisation_id, site_id, stage, sites
            FROM best WHERE place = 1
            ORDER BY payee_id, kind, score DESC, turn
        """),
        {"kinds": list(ADDRESS_KINDS), "registers": list(REGISTERS)},
    )
