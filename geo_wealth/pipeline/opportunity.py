"""Leakage to opportunity: categories that leak, with or without local suppliers known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from geo_wealth.memory import Memory
from geo_wealth.pipeline.remembered import meaning
from geo_wealth.pipeline.spend import SpendRequest, select
from geo_wealth.pipeline.spend_documents import money, named, split_document
from geo_wealth.pipeline.spend_words import listed, pounds
from geo_wealth.spend.definition import Definition
from geo_wealth.spend.measure import Split
from geo_wealth.spend.opportunity import Opportunities, Opportunity, opportunities
from geo_wealth.spend.rules import RuleSet

OPPORTUNITY_COLUMNS = (
    "category",
    "local_suppliers_known",
    "leaked",
    "leaked_payees",
    "leaked_to_payees_with_a_local_address_too",
    "unlocated",
    "local",
    "local_suppliers_received",
    "examples",
)
METHOD = (
    "A local supplier of a category is a payee with a local address that counts, paid in that "
    "category by any payer loaded, on any day. Categories are the ledgers' own; persons and sole "
    "traders are never matched, so that those who supply it are not counted."
)
_FOUND: Memory["OpportunityResult"] = Memory(size=64)


@dataclass(frozen=True, slots=True)
class OpportunityResult:
    """What leaks, and who could supply it, of some payers' spend."""

    request: SpendRequest
    definition: Definition
    rules: RuleSet
    payers: tuple[str, ...]
    first: date | None
    last: date | None
    datasets: tuple[str, ...]
    sample: bool
    split: Split
    found: Opportunities


def opportunity(connection: Connection, request: SpendRequest) -> OpportunityResult:
    """Find what leaks although local suppliers are known, and what leaks without any.

    Raises
    ------
    InvalidRequestError, NotFoundError
        As :func:`geo_wealth.pipeline.spend.spend`.
    """
    key = meaning(connection, request)
    return _FOUND.recall(key, lambda: _result(connection, request))


def _result(connection: Connection, request: SpendRequest) -> OpportunityResult:
    asked = select(connection, request)
    known = select(connection, replace(request, first=None, last=None))
    first, last = asked.days()
    return OpportunityResult(
        request=request,
        definition=asked.definition,
        rules=asked.rules,
        payers=asked.payers,
        first=first,
        last=last,
        datasets=tuple(ledger.key for ledger in asked.ledgers),
        sample=any(ledger.sample for ledger in asked.book.ledgers),
        split=asked.sums().split(),
        found=opportunities(asked, known),
    )


def opportunity_document(result: OpportunityResult) -> dict[str, Any]:
    """Give the JSON document of ``opportunity --json`` and ``/api/v1/opportunities``."""
    return {
        "payers": list(result.payers),
        "period": {"first_payment": result.first, "last_payment": result.last},
        "definition": named(result.definition),
        "rules": named(result.rules),
        "all": split_document(result.split),
        "with_local_suppliers": [_document(each) for each in result.found.supplied],
        "without_local_suppliers": [_document(each) for each in result.found.unsupplied],
        "nothing_leaks": split_document(result.found.rest),
        "no_category": split_document(result.found.uncategorised),
        "method": METHOD,
        "datasets": list(result.datasets),
        "sample": result.sample,
    }


def _document(each: Opportunity) -> dict[str, Any]:
    return {
        "category": each.category,
        **split_document(each.split),
        "leaked_payees": each.leaked_payees,
        "leaked_to_payees_with_a_local_address_too": money(each.either),
        "local_suppliers": each.suppliers,
        "local_suppliers_received": money(each.received),
        "examples": [
            {"name": one.name, "postcode": one.postcode, "received": money(one.pounds)}
            for one in each.examples
        ],
    }


def opportunity_rows(result: OpportunityResult) -> Iterator[Sequence[Any]]:
    """Give the rows of :data:`OPPORTUNITY_COLUMNS`: with local suppliers first."""
    for each in (*result.found.supplied, *result.found.unsupplied):
        yield [
            each.category,
            each.suppliers,
            money(each.split.leaked),
            each.leaked_payees,
            money(each.either),
            money(each.split.unlocated),
            money(each.split.local),
            money(each.received),
            "; ".join(one.name for one in each.examples),
        ]


def opportunity_sentences(result: OpportunityResult) -> list[str]:
    """Tell how much leaks with and without local suppliers known, and how sure that is."""
    found, split = result.found, result.split
    told = [
        (
            f"{listed(result.payers)}: {pounds(split.leaked)} of {pounds(split.total)} leaked, "
            f"by {result.definition.title} ({result.definition.slug} version "
            f"{result.definition.version}) and the rules {result.rules.title} "
            f"({result.rules.slug} version {result.rules.version})."
        ),
        (
            f"That is {pounds(_leaked(found.supplied))} in {_categories(found.supplied)} of "
            "which local suppliers are known, "
            f"{pounds(_leaked(found.unsupplied))} in {_categories(found.unsupplied)} of which "
            f"none is, {pounds(found.uncategorised.leaked)} in payments without a category, and "
            f"{pounds(found.rest.leaked)} in categories in which nothing leaks, credits "
            "outweigh what leaks, or a person is among fewer than three payees."
        ),
        METHOD,
    ]
    if split.unlocated:
        told.append(
            f"Another {pounds(split.unlocated)} could not be located: some of it may leak, and "
            "some of those it went to may be local suppliers."
        )
    if not result.rules.rules:
        told.append(
            "These rules leave nothing out: salaries, precepts and grants are among the "
            "categories. The rules third-party leave them out."
        )
    if result.sample:
        told.append("Sample data: the payments and suppliers are invented.")
    return told


def _leaked(found: tuple[Opportunity, ...]) -> Decimal:
    return sum((each.split.leaked for each in found), Decimal(0))


def _categories(found: tuple[Opportunity, ...]) -> str:
    return f"{len(found):,} categor{'y' if len(found) == 1 else 'ies'}"
