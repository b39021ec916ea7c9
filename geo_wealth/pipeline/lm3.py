"""LM3 of a payer in a round of its survey."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.pipeline.spend import SpendRequest, select
from geo_wealth.pipeline.spend_documents import money, named, split_document
from geo_wealth.pipeline.spend_words import day, percent, pounds
from geo_wealth.queries.surveys import survey_answers, survey_rounds
from geo_wealth.spend.definition import Definition
from geo_wealth.spend.lm3 import (
    LEAST,
    STAFF,
    SUPPLIERS,
    Answer,
    Group,
    Multiplier,
    in_confidence,
    multiplier,
    staff_group,
    suppliers_group,
)
from geo_wealth.spend.measure import Split
from geo_wealth.spend.rules import RuleSet
from geo_wealth.spend.selection import Selection


@dataclass(frozen=True, slots=True)
class Lm3Request:
    """What an LM3 depends on, besides the data.

    Attributes
    ----------
    round
        Of the survey; None for the only one there is.
    pay, pay_local
        Pounds paid to the payer's staff, and to those of them who live in the area; both or
        neither. With both, staff are counted beside suppliers.
    """

    payer: str
    round: str | None = None
    definition: str = "kirklees"
    rules: str = "all-payments"
    first: date | None = None
    last: date | None = None
    datasets: tuple[str, ...] = ()
    pay: Decimal | None = None
    pay_local: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Lm3Result:
    """LM3 of a payer's suppliers, of its staff, and of both.

    Attributes
    ----------
    staff
        None when the pay is not given, no staff answered, or too few.
    staff_answers
        How many staff answered, used or not.
    of_suppliers, together
        LM3 of suppliers alone, and with staff; None where there is none.
    """

    request: Lm3Request
    round: str
    definition: Definition
    rules: RuleSet
    first: date | None
    last: date | None
    split: Split
    suppliers: Group
    staff: Group | None
    staff_answers: int
    of_suppliers: Multiplier | None
    together: Multiplier | None
    datasets: tuple[str, ...]
    surveys: tuple[str, ...]
    sample: bool


def lm3(connection: Connection, request: Lm3Request) -> Lm3Result:
    """Work out LM3.

    Raises
    ------
    InvalidRequestError
        For a payer that is not loaded, a round that is not, or one of pay and local pay alone.
    NotFoundError
        When no survey of the payer is loaded.
    """
    _check_pay(request)
    selection = _selection(connection, request)
    round_ = _round(connection, request)
    surveys, answers = survey_answers(connection, request.payer, round_, SUPPLIERS)
    staff_surveys, staff_told = survey_answers(connection, request.payer, round_, STAFF)
    suppliers = in_confidence(suppliers_group(selection, answers))
    staff = _staff(request, staff_told)
    first, last = selection.days()
    return Lm3Result(
        request=request,
        round=round_,
        definition=selection.definition,
        rules=selection.rules,
        first=first,
        last=last,
        split=selection.sums().split(),
        suppliers=suppliers,
        staff=staff,
        staff_answers=len(staff_told),
        of_suppliers=multiplier([suppliers]),
        together=None if staff is None else multiplier([suppliers, staff]),
        datasets=tuple(ledger.key for ledger in selection.ledgers),
        surveys=(*surveys, *staff_surveys),
        sample=any(ledger.sample for ledger in selection.ledgers),
    )


def _selection(connection: Connection, request: Lm3Request) -> Selection:
    return select(
        connection,
        SpendRequest(
            (request.payer,),
            request.datasets,
            request.definition,
            request.rules,
            request.first,
            request.last,
        ),
    )


def _staff(request: Lm3Request, answers: Sequence[Answer]) -> Group | None:
    """Count staff where their pay is given and enough of them answered."""
    if request.pay is None or request.pay_local is None:
        return None
    staff = in_confidence(staff_group(answers, request.pay, request.pay_local))
    return None if staff.withheld else staff


def _check_pay(request: Lm3Request) -> None:
    pay, local = request.pay, request.pay_local
    if (pay is None) != (local is None):
        raise InvalidRequestError(
            "pay", "give both what staff are paid and what those living in the area are paid."
        )
    if pay is not None and local is not None and not 0 <= local <= pay:
        raise InvalidRequestError("pay_local", f"between 0 and all pay; found {local} of {pay}.")


def _round(connection: Connection, request: Lm3Request) -> str:
    rounds = survey_rounds(connection, request.payer)
    if not rounds:
        raise NotFoundError(
            f"No survey of {request.payer} is loaded: `geo-wealth load survey FILE --payer "
            f'"{request.payer}" --round 2024 --of suppliers` loads one.'
        )
    if request.round is None and len(rounds) == 1:
        return rounds[0]
    if request.round not in rounds:
        raise InvalidRequestError("round", f"name one of the rounds loaded: {', '.join(rounds)}.")
    return request.round


def lm3_document(result: Lm3Result) -> dict[str, Any]:
    """Give the JSON document of ``lm3 --json`` and ``/api/v1/lm3``."""
    return {
        "payer": result.request.payer,
        "round": result.round,
        "period": {"first_payment": result.first, "last_payment": result.last},
        "definition": named(result.definition),
        "rules": named(result.rules),
        "lm3": _multiplier_document(result.of_suppliers),
        "lm3_with_staff": _multiplier_document(result.together),
        "suppliers": _group_document(result.suppliers),
        "staff": None if result.staff is None else _group_document(result.staff),
        "spend": split_document(result.split),
        "datasets": list(result.datasets),
        "surveys": list(result.surveys),
        "sample": result.sample,
    }


def _multiplier_document(found: Multiplier | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "at_least": float(found.low),
        "estimate": None if found.estimate is None else float(found.estimate),
        "at_most": float(found.high),
    }


def _group_document(group: Group) -> dict[str, Any]:
    coverage, rate, estimate = group.coverage, group.rate, group.estimate
    shown = not group.withheld
    return {
        "r1": money(group.first),
        "r2": money(group.local),
        "r3": {
            "at_least": money(in_pounds(group.respent)),
            "estimate": None if estimate is None else money(in_pounds(estimate)),
            "at_most": money(in_pounds(group.most)),
        },
        "unlocated": money(group.unlocated),
        "withheld": group.withheld,
        "answers": group.answers if shown else None,
        "answers_not_used": group.unused if shown else None,
        "r2_answered": money(group.answered) if shown else None,
        "received_by_their_word": money(group.told) if shown else None,
        "coverage": None if coverage is None else float(coverage),
        "rate": None if rate is None else float(rate),
    }


def in_pounds(exact: Fraction) -> Decimal:
    """Round an exact sum to the penny."""
    return Decimal(round(exact * 100)).scaleb(-2)


_TOO_FEW = (
    f"Too few answers of {{}} can be used, fewer than {LEAST} or one with more than half of the "
    "pounds: nothing is shown of them."
)


def lm3_sentences(result: Lm3Result) -> list[str]:
    """Tell LM3, what it is made of, how many answered, and what was not used."""
    told = [
        _headline(result.of_suppliers, "", result.suppliers),
        _scope(result),
        *_group(result.suppliers),
    ]
    if result.staff is not None:
        told.append(_headline(result.together, " with staff", result.staff))
        told += _group(result.staff)
    elif result.staff_answers:
        told.append(_why_no_staff(result))
    if result.sample:
        told.append("Sample data: the payments and suppliers are invented.")
    return told


def _headline(found: Multiplier | None, of: str, group: Group) -> str:
    if found is None:
        return f"No LM3{of} can be given: there is no spend, or credits outweigh payments."
    between = f"between {float(found.low):.2f} and {float(found.high):.2f}"
    if found.estimate is None:
        return f"LM3{of} is {between}: too few of the local suppliers answered for an estimate."
    likely = f"LM3{of} is {float(found.estimate):.2f}"
    hold = f"{between}, if the answers and the matches hold"
    if group.withheld:  # nothing is local, so that nothing is spent again
        return f"{likely}; {hold}."
    if group.unlocated:
        return (
            f"{likely}, by those who answered, if what could not be located is local in the same "
            f"part as what could; {hold}."
        )
    return f"{likely}, by those who answered; {hold}."


def _scope(result: Lm3Result) -> str:
    period = (
        f", paid from {day(result.first)} to {day(result.last)}"
        if result.first is not None and result.last is not None
        else ""
    )
    return (
        f"{result.request.payer}, round {result.round}{period}; local as in "
        f"{result.definition.title} ({result.definition.slug} version "
        f"{result.definition.version}); counted by the rules {result.rules.title} "
        f"({result.rules.slug} version {result.rules.version})."
    )


def _group(group: Group) -> Iterator[str]:
    estimate = group.estimate
    likely = "" if estimate is None else f", estimated at {pounds(in_pounds(estimate))}"
    yield (
        f"{group.slug.capitalize()}: {pounds(group.first)} spent (R1), {pounds(group.local)} of "
        f"it local (R2), of which at least {pounds(in_pounds(group.respent))} is spent locally "
        f"again (R3){likely}, at most {pounds(in_pounds(group.most))}."
    )
    coverage, rate = group.coverage, group.rate
    if group.withheld:
        yield _TOO_FEW.format(group.slug)
    if coverage is not None:
        spend = "" if rate is None else f"; they spend {percent(float(rate))} locally"
        yield (
            f"{group.answers:,} answered that received {pounds(group.answered)} (by their own "
            f"word {pounds(group.told)}), {percent(float(coverage))} of the local pounds{spend}."
        )
    if group.unused:
        yield (
            f"{group.unused:,} answers are not used: they are no local recipient's by this "
            "definition, or say nothing of what was received."
        )
    if group.unlocated:
        yield (
            f"{pounds(group.unlocated)} could not be located: the lower bound counts it as "
            "leaked, the upper as local."
        )


def _why_no_staff(result: Lm3Result) -> str:
    if result.request.pay is None:
        return (
            f"{result.staff_answers:,} staff answered: say what staff are paid, and those living "
            "in the area, to count them too (--pay and --pay-local)."
        )
    return _TOO_FEW.format(STAFF)
