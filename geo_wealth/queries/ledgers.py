"""Files beside one another: what a new ledger, survey or register repeats or replaces."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from boundaries.errors import RefusedFileError


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another ledger of the same payer and kind, as seen from a new one.

    Attributes
    ----------
    same_period
        Both begin in the same calendar month and end in the same one.
    same_channel
        Both are mostly of purchase cards, or both mostly not.
    repeats
        How many payments are in both: the same day, amount, payee and reference (or none);
        a payment that either lists n times is counted n times at most.
    payments
        Of the other ledger.
    mine
        Payments of the new ledger.
    """

    dataset: str
    current: bool
    same_period: bool
    same_channel: bool
    repeats: int
    payments: int
    mine: int

    @property
    def corrected(self) -> bool:
        """Tell whether the new ledger is the other one, published again."""
        return self.same_period and self.same_channel and 2 * self.repeats > self.payments

    @property
    def twice(self) -> bool:
        """Tell whether most of either ledger would count twice."""
        return 2 * self.repeats > min(self.payments, self.mine)


def overlaps(connection: Connection, dataset_id: int) -> list[Overlap]:
    """Compare a ledger with every other of its payer, kind and sort that shares days with it.

    Those without any dates are compared with each other.
    """
    rows = connection.execute(
        text("""
            WITH family AS MATERIALIZED (
                SELECT o.id, o.key, o.state FROM dataset mine
                JOIN dataset o ON o.kind = mine.kind AND o.sample = mine.sample
                    AND o.parameters ->> 'payer' = mine.parameters ->> 'payer'
                    AND o.parameters ->> 'of' IS NOT DISTINCT FROM mine.parameters ->> 'of'
                WHERE mine.id = :id AND EXISTS (
                    SELECT FROM dataset x WHERE x.kind = mine.kind AND x.id <> mine.id
                      AND x.parameters ->> 'payer' = mine.parameters ->> 'payer')
            ), extent AS MATERIALIZED (
                SELECT f.id, f.key, f.state, count(*) AS payments,
                    min(p.paid_on) AS first, max(p.paid_on) AS last,
                    2 * count(*) FILTER (WHERE p.channel = 'card') > count(*) AS by_card
                FROM family f JOIN payment p ON p.dataset_id = f.id
                GROUP BY f.id, f.key, f.state
            ), other AS MATERIALIZED (
                SELECT o.id, o.key, o.state = 'current' AS current, o.payments,
                    mine.payments AS mine, o.by_card = mine.by_card AS same_channel,
                    date_trunc('month', o.first) IS NOT DISTINCT FROM
                        date_trunc('month', mine.first)
                    AND date_trunc('month', o.last) IS NOT DISTINCT FROM
                        date_trunc('month', mine.last) AS same_period
                FROM extent o JOIN extent mine ON mine.id = :id
                WHERE o.id <> :id AND ((o.first <= mine.last AND mine.first <= o.last)
                    OR (o.first IS NULL AND mine.first IS NULL))
            ), compared AS (
                SELECT p.dataset_id AS id, y.name_key, y.state, p.amount,
                    coalesce(p.paid_on, '0001-01-01') AS paid_on,
                    coalesce(p.reference, '') AS reference, count(*) AS times
                FROM payment p JOIN payee y ON y.id = p.payee_id
                WHERE p.dataset_id IN (SELECT id FROM other)
                   OR (p.dataset_id = :id AND EXISTS (SELECT FROM other))
                GROUP BY 1, 2, 3, 4, 5, 6
            ), shared AS (
                SELECT theirs.id, sum(least(theirs.times, ours.times)) AS repeats
                FROM compared theirs
                JOIN compared ours USING (name_key, state, amount, paid_on, reference)
                WHERE ours.id = :id AND theirs.id <> :id GROUP BY theirs.id
            )
            SELECT o.key AS dataset, o.current, o.same_period, o.same_channel,
                coalesce(s.repeats, 0)::bigint AS repeats, o.payments, o.mine
            FROM other o LEFT JOIN shared s USING (id) ORDER BY o.key
        """),
        {"id": dataset_id},
    )
    return [Overlap(**row) for row in rows.mappings()]


def ledger_of_payer(connection: Connection, dataset_id: int, key: str) -> str | None:
    """Give the whole key of another ledger of the same payer by the start of it, or None."""
    rows = connection.execute(
        text("""
            SELECT o.key FROM dataset mine JOIN dataset o ON o.kind = mine.kind AND o.id <> mine.id
                AND o.parameters ->> 'payer' = mine.parameters ->> 'payer'
            WHERE mine.id = :id AND starts_with(o.key, :key) LIMIT 2
        """),
        {"id": dataset_id, "key": key},
    )
    found = list(rows.scalars())
    return str(found[0]) if len(found) == 1 else None


def refuse_other_payer(connection: Connection, dataset_id: int, payer: str) -> None:
    """Refuse the very bytes that count already under another payer's name.

    Raises
    ------
    RefusedFileError
        Naming the other payer, and how to change a name.
    """
    row = connection.execute(
        text("""
            SELECT other.key, other.parameters ->> 'payer' AS payer, other.file_name
            FROM dataset mine
            JOIN dataset other ON other.sha256 = mine.sha256 AND other.kind = mine.kind
            WHERE mine.id = :id AND other.state = 'current'
              AND other.parameters ->> 'payer' <> :payer
            ORDER BY other.key LIMIT 1
        """),
        {"id": dataset_id, "payer": payer},
    ).first()
    if row is not None:
        raise RefusedFileError(
            f"{row.file_name} is loaded already with the payer {row.payer!r}; its payments would "
            f"count twice: run `geo-wealth datasets retire {row.key}` first to change the payer."
        )


def other_editions(connection: Connection, dataset_id: int) -> list[str]:
    """List the current asset lists of the same owner, which go on counting beside this one."""
    rows = connection.execute(
        text("""
            SELECT other.key FROM dataset mine
            JOIN dataset other ON other.kind = mine.kind AND other.id <> mine.id
                AND other.parameters ->> 'owner' = mine.parameters ->> 'owner'
            WHERE mine.id = :id AND other.state = 'current' AND other.sample = mine.sample
            ORDER BY other.key
        """),
        {"id": dataset_id},
    )
    return list(rows.scalars())


def same_surveys(connection: Connection, dataset_id: int) -> list[tuple[str, bool]]:
    """List the other surveys of the same payer, round and respondents: key, and if current."""
    rows = connection.execute(
        text("""
            SELECT o.key, o.state = 'current' AS current FROM dataset mine
            JOIN dataset o ON o.kind = mine.kind AND o.id <> mine.id AND o.sample = mine.sample
                AND o.parameters - 'mapping' = mine.parameters - 'mapping'
            WHERE mine.id = :id ORDER BY o.key
        """),
        {"id": dataset_id},
    )
    return [(row.key, row.current) for row in rows]
