"""Claims: shares that somebody has stated, with no ledger behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, text

from geo_wealth.names import name_key


@dataclass(frozen=True, slots=True)
class Claim:
    """A share that a source states; never more than a claim.

    Attributes
    ----------
    share
        0 to 1, as stated.
    period, about
        In the source's words: when, and a share of what; None where it does not say.
    """

    id: int
    payer: str
    share: Decimal
    period: str | None
    about: str | None
    source: str
    added_by: str | None
    added_at: datetime


def claims(connection: Connection, payers: Iterable[str] | None = None) -> tuple[Claim, ...]:
    """List claims in the order they were recorded: about some payers, or all.

    Parameters
    ----------
    payers
        Their names; case, punctuation and the spelling of Limited do not matter.
    """
    rows = connection.execute(
        text("""
            SELECT id, payer, share, period, about, source, added_by, added_at
            FROM claim ORDER BY id
        """)
    )
    found = (Claim(*row) for row in rows)
    if payers is None:
        return tuple(found)
    wanted = {name_key(payer) for payer in payers}
    return tuple(claim for claim in found if name_key(claim.payer) in wanted)
