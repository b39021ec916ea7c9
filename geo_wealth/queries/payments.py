"""Where payments stand in their files."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """The line of a payment in its file, and the payer's reference."""

    line: int
    reference: str | None


def payment_lines(connection: Connection, ids: Sequence[int]) -> dict[int, PaymentLine]:
    """Give the lines of payments, by id."""
    rows = connection.execute(
        text("SELECT id, line, reference FROM payment WHERE id = ANY(:ids)"), {"ids": list(ids)}
    )
    return {row.id: PaymentLine(row.line, row.reference) for row in rows}
