"""Records claims and takes them back."""

from decimal import Decimal

from sqlalchemy import Connection, text

from geo_wealth.errors import NotFoundError


def add_claim(
    connection: Connection,
    payer: str,
    share: Decimal,
    source: str,
    *,
    period: str | None = None,
    about: str | None = None,
    added_by: str | None = None,
) -> tuple[int, bool]:
    """Record a claim; one with the same payer, share and source is not recorded again.

    Parameters
    ----------
    share
        0 to 1.

    Returns
    -------
    tuple
        Its id, and whether it is new.
    """
    given = {"payer": payer, "share": share, "source": source}
    added = connection.execute(
        text("""
            INSERT INTO claim (payer, share, period, about, source, added_by)
            VALUES (:payer, :share, :period, :about, :source, :added_by)
            ON CONFLICT (payer, share, source) DO NOTHING RETURNING id
        """),
        {**given, "period": period, "about": about, "added_by": added_by},
    ).scalar()
    if added is not None:
        return int(added), True
    kept = connection.execute(
        text("""
            SELECT id FROM claim WHERE payer = :payer AND share = :share AND source = :source
        """),
        given,
    )
    return int(kept.scalar_one()), False


def remove_claim(connection: Connection, claim: int) -> None:
    """Take a claim back.

    Raises
    ------
    NotFoundError
        When none has this id.
    """
    gone = connection.execute(text("DELETE FROM claim WHERE id = :id"), {"id": claim})
    if not gone.rowcount:
        raise NotFoundError(f"There is no claim {claim}; `geo-wealth claim list` lists them.")
