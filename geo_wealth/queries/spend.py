"""What the loaded ledgers hold, and where the money could be placed."""

from decimal import Decimal

from sqlalchemy import Connection, text

from geo_wealth.memory import Memory
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.rows import SpendSummary

_SUMMARIES: Memory[SpendSummary] = Memory(size=8)


def spend_summary(connection: Connection) -> SpendSummary:
    """Sum all current ledgers: total = located + unlocated, to the penny."""
    key = (str(connection.engine.url), data_version(connection))
    return _SUMMARIES.recall(key, lambda: _sum_up(connection))


def _sum_up(connection: Connection) -> SpendSummary:
    row = connection.execute(
        text("""
            WITH far AS MATERIALIZED (
                SELECT s.id FROM site s
                WHERE s.id IN (SELECT site_id FROM payee_match) AND NOT EXISTS (
                    SELECT FROM area a WHERE a.current AND a.kind = 'lsoa'
                      AND ST_Intersects(a.geom, s.point))
            )
            SELECT count(*) AS payments, min(p.paid_on) AS first, max(p.paid_on) AS last,
                coalesce(sum(p.amount), 0) AS total,
                coalesce(sum(p.amount) FILTER (WHERE m.payee_id IS NOT NULL), 0) AS located,
                coalesce(sum(p.amount) FILTER (WHERE y.state <> 'named'), 0) AS redacted,
                coalesce(sum(p.amount) FILTER (WHERE m.site_id IN (SELECT id FROM far)), 0)
                    AS outside
            FROM payment p
            JOIN dataset d ON d.id = p.dataset_id AND d.state = 'current' AND d.kind = 'ledger'
            JOIN payee y ON y.id = p.payee_id
            LEFT JOIN payee_match m ON m.payee_id = p.payee_id
        """)
    ).one()
    ledgers = connection.execute(
        text("""
            SELECT key, parameters ->> 'payer' AS payer, sample FROM dataset
            WHERE kind = 'ledger' AND state = 'current' ORDER BY key
        """)
    ).all()
    total, located = Decimal(row.total), Decimal(row.located)
    return SpendSummary(
        payers=tuple(sorted({ledger.payer for ledger in ledgers})),
        first=row.first,
        last=row.last,
        payments=row.payments,
        total=total,
        located=located,
        unlocated=total - located,
        redacted=Decimal(row.redacted),
        share_located=float(located / total) if total > 0 else None,
        datasets=tuple(ledger.key for ledger in ledgers),
        sample=any(ledger.sample for ledger in ledgers),
        outside=Decimal(row.outside),
    )
