"""Files beside one another: what a new ledger or register repeats."""

from typing import Any

from sqlalchemy import Connection, text

from boundaries.errors import RefusedFileError


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
            FROM dataset mine JOIN dataset other ON other.sha256 = mine.sha256
            WHERE mine.id = :id AND other.kind = 'ledger' AND other.state = 'current'
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


def also_in(connection: Connection, dataset_id: int, payer: str) -> dict[str, Any] | None:
    """Find the current ledger of the same payer that repeats most of this one.

    A payment is the same when reference, date and amount are; those without a reference are
    not compared. A corrected file repeats most of what it corrects, and both would count.

    Returns
    -------
    dict or None
        The other dataset's key and how many payments of this one it has too; None where it
        is no more than half.
    """
    row = connection.execute(
        text("""
            WITH mine AS (
                SELECT id, reference, paid_on, amount FROM payment
                WHERE dataset_id = :id AND reference IS NOT NULL
            )
            SELECT d.key, count(DISTINCT mine.id) AS payments
            FROM mine
            JOIN payment other ON other.reference = mine.reference
                AND other.amount = mine.amount
                AND other.paid_on IS NOT DISTINCT FROM mine.paid_on
            JOIN dataset d ON d.id = other.dataset_id
            WHERE d.kind = 'ledger' AND d.state = 'current' AND d.id <> :id
              AND d.parameters ->> 'payer' = :payer
            GROUP BY d.key
            HAVING count(DISTINCT mine.id) * 2 > (SELECT count(*) FROM mine)
            ORDER BY payments DESC, d.key LIMIT 1
        """),
        {"id": dataset_id, "payer": payer},
    ).first()
    return None if row is None else {"dataset": row.key, "payments": row.payments}
