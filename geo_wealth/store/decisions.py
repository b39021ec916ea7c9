"""Decisions on matches: kept by name and number, so that they outlive every re-load.

None is ever deleted: what is undone says by whom and when.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from geo_wealth.errors import InvalidRequestError, NotFoundError

_LONGEST_NAME = 100

_SAME_PAIR = """
    payee_key = :payee_key AND payee_number IS NOT DISTINCT FROM CAST(:payee_number AS text)
    AND organisation_key = :organisation_key
    AND organisation_number IS NOT DISTINCT FROM CAST(:organisation_number AS text)
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says of a payee and an organisation; numbers None for any or none.

    ``verdict`` is ``accept`` (one and the same) or ``reject``.
    """

    payee_key: str
    payee_number: str | None
    organisation_key: str
    organisation_number: str | None
    verdict: str
    reason: str | None


def check_person(by: str) -> str:
    """Give the name of who decides, in one line.

    Raises
    ------
    InvalidRequestError
        When it is empty, too long or not printable.
    """
    name = " ".join(by.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise InvalidRequestError(
            "--by", f"say who decides, in 1 to {_LONGEST_NAME} printable characters."
        )
    return name


def add_verdicts(connection: Connection, verdicts: Sequence[Verdict], by: str) -> list[int]:
    """Keep decisions; what they overturn is undone in the same name.

    Returns
    -------
    list of int
        The new decisions' numbers. What was decided so already is left as it is.
    """
    added = []
    for verdict in verdicts:
        pair = {
            "payee_key": verdict.payee_key,
            "payee_number": verdict.payee_number,
            "organisation_key": verdict.organisation_key,
            "organisation_number": verdict.organisation_number,
        }
        said = pair | {"verdict": verdict.verdict, "reason": verdict.reason, "by": by}
        known = connection.execute(
            text(f"""
                SELECT verdict FROM match_decision WHERE revoked_at IS NULL AND {_SAME_PAIR}
            """),
            pair,
        ).scalar()
        if known == verdict.verdict:
            continue
        connection.execute(
            text(f"""
                UPDATE match_decision SET revoked_by = :by, revoked_at = now()
                WHERE revoked_at IS NULL AND {_SAME_PAIR}
            """),
            pair | {"by": by},
        )
        added.append(
            connection.execute(
                text("""
                    INSERT INTO match_decision (payee_key, payee_number, organisation_key,
                        organisation_number, verdict, reason, decided_by)
                    VALUES (:payee_key, :payee_number, :organisation_key, :organisation_number,
                        :verdict, :reason, :by)
                    RETURNING id
                """),
                said,
            ).scalar_one()
        )
    return added


def undo(connection: Connection, decision: int, by: str) -> None:
    """Undo a decision; it stays on record.

    Raises
    ------
    NotFoundError
        When there is no such decision, or it was undone before.
    """
    found = connection.execute(
        text("SELECT revoked_by FROM match_decision WHERE id = :id FOR UPDATE"), {"id": decision}
    ).one_or_none()
    if found is None or found.revoked_by is not None:
        how = "there is none" if found is None else f"{found.revoked_by} undid it already"
        raise NotFoundError(
            f"Decision {decision}: {how}; `geo-wealth match decisions` lists those that hold."
        )
    connection.execute(
        text("UPDATE match_decision SET revoked_by = :by, revoked_at = now() WHERE id = :id"),
        {"id": decision, "by": by},
    )
