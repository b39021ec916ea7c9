"""Surveys for LM3 as they are loaded, and suppliers' own ledgers (tier 2)."""

from sqlalchemy import Connection, text

from geo_wealth.spend.lm3 import Answer


def survey_rounds(connection: Connection, payer: str) -> tuple[str, ...]:
    """List the rounds of which a survey of a payer is current, by name."""
    rows = connection.execute(
        text("""
            SELECT DISTINCT parameters ->> 'round' AS round FROM dataset
            WHERE kind = 'survey' AND state = 'current' AND parameters ->> 'payer' = :payer
            ORDER BY round
        """),
        {"payer": payer},
    )
    return tuple(rows.scalars())


def survey_answers(
    connection: Connection, payer: str, round_: str, who: str
) -> tuple[tuple[str, ...], tuple[Answer, ...]]:
    """Read the answers of a payer's suppliers or staff in a round.

    Parameters
    ----------
    who
        ``suppliers`` or ``staff``.

    Returns
    -------
    tuple
        Keys of the surveys, and their answers in the order of their lines.
    """
    rows = connection.execute(
        text("""
            SELECT d.key, a.respondent_key, a.received, a.respent_local
            FROM survey_answer a JOIN dataset d ON d.id = a.dataset_id
            WHERE d.kind = 'survey' AND d.state = 'current'
              AND d.parameters ->> 'payer' = :payer AND d.parameters ->> 'round' = :round
              AND d.parameters ->> 'of' = :who
            ORDER BY d.key, a.line
        """),
        {"payer": payer, "round": round_, "who": who},
    ).all()
    keys = tuple(dict.fromkeys(row.key for row in rows))
    return keys, tuple(Answer(row.respondent_key, row.received, row.respent_local) for row in rows)


def supply_chains(connection: Connection, payer: str) -> tuple[str, ...]:
    """List the keys of the ledgers of a payer's suppliers that are current."""
    rows = connection.execute(
        text("""
            SELECT key FROM dataset
            WHERE kind = 'supply-chain' AND state = 'current' AND parameters ->> 'of' = :payer
            ORDER BY key
        """),
        {"payer": payer},
    )
    return tuple(rows.scalars())
