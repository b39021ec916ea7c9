"""A newer ledger or survey takes the place of what it corrects; nothing is deleted."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError
from geo_wealth.queries.ledgers import Overlap, ledger_of_payer, overlaps, same_surveys
from geo_wealth.store.datasets import amend_report, forget_replaced


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user said: which ledger this one replaces (its key), or that it stands beside."""

    replaces: str | None = None
    beside: bool = False

    def __post_init__(self) -> None:
        """Refuse to do both.

        Raises
        ------
        InvalidRequestError
            When both are asked for.
        """
        if self.replaces and self.beside:
            raise InvalidRequestError(
                "--replaces", "a file either replaces another or stands beside it, not both."
            )

    @property
    def made(self) -> bool:
        """Tell whether the user chose at all."""
        return bool(self.replaces or self.beside)


def compare(connection: Connection, dataset_id: int, choice: Choice) -> dict[str, Any]:
    """Find what a ledger replaces and what it repeats, for its report.

    It replaces another of the same payer, kind and channel that covers the same calendar
    months and more than half of whose payments it repeats; superseded ones are compared too,
    so that of two such ledgers never both are current, whichever is activated.

    Returns
    -------
    dict
        ``replaces``: datasets that give way, with ``repeats`` of their ``payments``;
        ``counts_twice``: current ones that stay although most of either is in both;
        ``beside``: current ones of the same months that stay and share little.

    Raises
    ------
    InvalidRequestError
        When the user names a ledger to replace that is not there.
    """
    found = overlaps(connection, dataset_id)
    forced = None
    if choice.replaces:
        forced = ledger_of_payer(connection, dataset_id, choice.replaces)
        if forced is None:
            raise InvalidRequestError(
                "--replaces",
                f"no other ledger of this payer, or more than one, has a key that starts "
                f"{choice.replaces!r}; `geo-wealth datasets` lists them.",
            )
    gives_way = {each.dataset for each in found if each.corrected and not choice.beside}
    replaces = [_told(each) for each in found if each.dataset in gives_way | {forced}]
    if forced and forced not in {each["dataset"] for each in replaces}:
        replaces.append({"dataset": forced, "repeats": 0, "payments": None, "current": True})
    stay = [e for e in found if e.current and e.dataset not in {r["dataset"] for r in replaces}]
    return {
        "replaces": replaces,
        "counts_twice": [_told(each) for each in stay if each.twice],
        "beside": [
            _told(each)
            for each in stay
            if each.same_period and each.same_channel and not each.twice
        ],
    }


def compare_survey(connection: Connection, dataset_id: int, choice: Choice) -> dict[str, Any]:
    """Let a survey of the same payer, round and respondents give way to the newest."""
    if choice.beside:
        return {"replaces": []}
    same = same_surveys(connection, dataset_id)
    return {"replaces": [{"dataset": key, "current": current} for key, current in same]}


def choose_again(connection: Connection, dataset_id: int, choice: Choice) -> None:
    """Apply what the user says of a ledger that is loaded already."""
    if choice.beside:
        forget_replaced(connection, dataset_id)
    amend_report(connection, dataset_id, compare(connection, dataset_id, choice))


def choose_survey_again(connection: Connection, dataset_id: int, choice: Choice) -> None:
    """Apply what the user says of a survey that is loaded already."""
    if choice.beside:
        forget_replaced(connection, dataset_id)
    amend_report(connection, dataset_id, compare_survey(connection, dataset_id, choice))


def _told(overlap: Overlap) -> dict[str, Any]:
    return {
        "dataset": overlap.dataset,
        "repeats": overlap.repeats,
        "payments": overlap.payments,
        "current": overlap.current,
    }
