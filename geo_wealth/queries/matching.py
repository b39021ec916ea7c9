"""Matches of payees to organisations: what is for review, what was decided, how much is placed.

Persons and sole traders have no candidates, hence stand in none of the lists.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, text

from geo_wealth.names import names_person

# One row for one payee and one organisation, in however many registers that stands.
_REVIEW = """
    WITH paid AS (
        SELECT p.payee_id, sum(p.amount) AS pounds, count(*) AS payments
        FROM payment p
        JOIN dataset d ON d.id = p.dataset_id AND d.kind = 'ledger' AND d.state = 'current'
        WHERE p.payee_id IN (SELECT payee_id FROM payee_candidate WHERE band = 'review')
        GROUP BY p.payee_id
    ), pair AS (
        SELECT y.id AS payee_id, y.name AS payee, y.name_key AS payee_key,
            y.company_number AS payee_number, min(o.name) AS organisation,
            o.name_key AS organisation_key, o.company_number AS organisation_number,
            array_agg(DISTINCT o.kind) AS registers, min(c.stage) AS stage,
            max(c.score) AS score, min(c.reason) AS reason, array_agg(o.id) AS organisations
        FROM payee_candidate c
        JOIN payee y ON y.id = c.payee_id
        JOIN organisation o ON o.id = c.organisation_id AND NOT o.individual
        WHERE c.band = 'review'
        GROUP BY y.id, o.name_key, o.company_number
    )
    SELECT pair.*, paid.pounds, paid.payments FROM pair JOIN paid USING (payee_id)
    WHERE CAST(:minimum AS numeric) IS NULL OR paid.pounds >= :minimum
"""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A payee and an organisation that it may be, for a person to decide.

    Attributes
    ----------
    pounds, payments
        Net, of all current ledgers, whatever the payee's other candidates.
    registers
        Kinds of register that list the organisation, sorted.
    postcodes
        Up to three of its addresses' postcodes, sorted; of all, ``addresses`` are known.
    score
        0 to 1, the surer the higher.
    reason
        What differs between the names, in words.
    """

    payee: str
    payee_key: str
    payee_number: str | None
    pounds: Decimal
    payments: int
    organisation: str
    organisation_key: str
    organisation_number: str | None
    registers: tuple[str, ...]
    postcodes: tuple[str, ...]
    addresses: int
    stage: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision that holds, or held until it was undone."""

    id: int
    payee_key: str
    payee_number: str | None
    organisation_key: str
    organisation_number: str | None
    verdict: str
    reason: str | None
    decided_by: str
    decided_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class MatchCount:
    """Payees of one outcome, with their payments in the current ledgers; pounds net.

    ``outcome`` is accepted, review, unlocated (no candidate), individual, redacted or blank;
    ``stage`` that of the surest accepted candidate, None with every other outcome.
    """

    outcome: str
    stage: str | None
    payees: int
    payments: int
    pounds: Decimal


def review_list(
    connection: Connection, limit: int | None, offset: int = 0, minimum: Decimal | None = None
) -> tuple[ReviewRow, ...]:
    """List what is for review: the payees paid most first, the surest candidate first.

    Parameters
    ----------
    limit
        Greatest number of rows; None for all.
    minimum
        Least net pounds of a payee; None for any, credits too.
    """
    rows = connection.execute(
        text(f"""
            SELECT r.*, place.postcodes, place.addresses FROM (
                {_REVIEW}
                ORDER BY paid.pounds DESC, pair.payee_key, pair.payee_number, pair.score DESC,
                    pair.organisation_key, pair.organisation_number
                LIMIT :limit OFFSET :offset
            ) r
            CROSS JOIN LATERAL (
                SELECT count(*) AS addresses, array(
                    SELECT DISTINCT postcode FROM site WHERE organisation_id = ANY(r.organisations)
                      AND postcode IS NOT NULL ORDER BY postcode LIMIT 3) AS postcodes
                FROM site WHERE organisation_id = ANY(r.organisations)
            ) place
            ORDER BY r.pounds DESC, r.payee_key, r.payee_number, r.score DESC,
                r.organisation_key, r.organisation_number
        """),
        {"limit": limit, "offset": offset, "minimum": minimum},
    )
    return tuple(
        ReviewRow(
            row.payee,
            row.payee_key,
            row.payee_number,
            row.pounds,
            row.payments,
            row.organisation,
            row.organisation_key,
            row.organisation_number,
            tuple(sorted(row.registers)),
            tuple(row.postcodes),
            row.addresses,
            row.stage,
            row.score,
            row.reason,
        )
        for row in rows
    )


def review_count(connection: Connection, minimum: Decimal | None = None) -> int:
    """Count the rows of :func:`review_list` without a limit."""
    found = connection.execute(text(f"SELECT count(*) FROM ({_REVIEW}) r"), {"minimum": minimum})
    return int(found.scalar_one())


def decision_list(connection: Connection, *, undone: bool = False) -> tuple[DecisionRow, ...]:
    """List the decisions that hold, newest first; with ``undone`` those that do not, too."""
    rows = connection.execute(
        text("""
            SELECT id, payee_key, payee_number, organisation_key, organisation_number, verdict,
                reason, decided_by, decided_at, revoked_by, revoked_at
            FROM match_decision WHERE :undone OR revoked_at IS NULL ORDER BY id DESC
        """),
        {"undone": undone},
    )
    return tuple(DecisionRow(*row) for row in rows)


def known_payees(connection: Connection, keys: set[str]) -> dict[str, set[str | None]]:
    """Give the company numbers, None among them, of those payees that may be matched."""
    rows = connection.execute(
        text("""
            SELECT y.name, y.name_key, y.company_number FROM payee y
            WHERE y.state = 'named' AND y.name_key = ANY(:keys) AND NOT EXISTS (
                SELECT FROM organisation o JOIN dataset d ON d.id = o.dataset_id
                WHERE o.name_key = y.name_key AND o.individual AND d.state = 'current')
        """),
        {"keys": sorted(keys)},
    )
    known: dict[str, set[str | None]] = {}
    for row in rows:
        if not names_person(row.name):
            known.setdefault(row.name_key, set()).add(row.company_number)
    return known


def known_organisations(connection: Connection, keys: set[str]) -> dict[str, set[str | None]]:
    """Give the company numbers, None among them, of organisations in the current registers."""
    rows = connection.execute(
        text("""
            SELECT DISTINCT o.name_key, o.company_number
            FROM organisation o JOIN dataset d ON d.id = o.dataset_id AND d.state = 'current'
            WHERE NOT o.individual AND o.name_key = ANY(:keys)
        """),
        {"keys": sorted(keys)},
    )
    known: dict[str, set[str | None]] = {}
    for row in rows:
        known.setdefault(row.name_key, set()).add(row.company_number)
    return known


def match_counts(connection: Connection) -> tuple[MatchCount, ...]:
    """Count payees of the current ledgers by what came of matching; all add up to the total."""
    rows = connection.execute(
        text("""
            SELECT y.name, y.state, c.band, c.stage, paid.payments, paid.pounds,
                EXISTS (
                    SELECT FROM organisation o JOIN dataset d ON d.id = o.dataset_id
                    WHERE o.name_key = y.name_key AND o.individual AND d.state = 'current'
                ) AS person
            FROM payee y JOIN (
                SELECT p.payee_id, count(*) AS payments, sum(p.amount) AS pounds FROM payment p
                JOIN dataset d ON d.id = p.dataset_id AND d.kind = 'ledger'
                    AND d.state = 'current'
                GROUP BY p.payee_id
            ) paid ON paid.payee_id = y.id
            LEFT JOIN (
                SELECT DISTINCT ON (payee_id) payee_id, band, stage FROM payee_candidate
                WHERE band <> 'rejected' ORDER BY payee_id, band, score DESC, stage
            ) c ON c.payee_id = y.id
        """)
    )
    counts: dict[tuple[str, str | None], tuple[int, int, Decimal]] = {}
    for row in rows:
        outcome = row.state if row.state != "named" else row.band or "unlocated"
        if row.state == "named" and (row.person or names_person(row.name)):
            outcome = "individual"
        key = (outcome, row.stage if outcome == "accepted" else None)
        payees, payments, pounds = counts.get(key, (0, 0, Decimal(0)))
        counts[key] = (payees + 1, payments + row.payments, pounds + row.pounds)
    return tuple(
        MatchCount(key[0], key[1], *counts[key])
        for key in sorted(counts, key=lambda key: (_OUTCOMES.index(key[0]), key[1] or ""))
    )


_OUTCOMES = ("accepted", "review", "unlocated", "individual", "redacted", "blank")
