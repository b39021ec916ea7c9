"""The supply chain of a payer: what its suppliers pay on (tier 2), apart from its own spend."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.names import name_key, names_person
from geo_wealth.pipeline.spend import SpendRequest, judge, payers_of, select
from geo_wealth.pipeline.spend_documents import money, named, split_document
from geo_wealth.pipeline.spend_words import percent, pounds
from geo_wealth.queries import named as named_queries
from geo_wealth.queries.book import read_book
from geo_wealth.queries.surveys import supply_chains
from geo_wealth.spend.definition import Definition
from geo_wealth.spend.listing import NOT_SHOWN
from geo_wealth.spend.measure import Split
from geo_wealth.spend.rules import RuleSet
from geo_wealth.spend.selection import Selection

APART = "Tier 2 is shown apart: it is never added to what the payer spends itself."


@dataclass(frozen=True, slots=True)
class TierTwo:
    """What one supplier pays on.

    Attributes
    ----------
    supplier
        Not shown where it is a person or sole trader.
    split
        All that the supplier's own ledger has, under the same definition and rules.
    received
        What the payer paid the supplier, by the payer's own ledger (tier 1): to be seen
        beside it. None when no ledger of the payer is loaded.
    """

    supplier: str
    split: Split
    received: Split | None
    first: date | None
    last: date | None
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SupplyChainResult:
    """Tier 2 of a payer, by supplier and in all."""

    payer: str
    request: SpendRequest
    definition: Definition
    rules: RuleSet
    suppliers: tuple[TierTwo, ...]
    split: Split


def supply_chain(connection: Connection, payer: str, request: SpendRequest) -> SupplyChainResult:
    """Say where the suppliers of a payer pay on, under one definition.

    Parameters
    ----------
    request
        Definition, rules and period; ``payers`` are the suppliers, none for all.

    Raises
    ------
    NotFoundError
        When no supplier's ledger is loaded for the payer.
    InvalidRequestError
        For a supplier that is not loaded, or a definition that depends on who pays.
    """
    keys = supply_chains(connection, payer)
    if not keys:
        raise NotFoundError(
            f"No supplier's ledger is loaded for {payer}: `geo-wealth load supply-chain FILE "
            f'--supplier NAME --of "{payer}"` loads one.'
        )
    definition = _definition(connection, request.definition)
    book = read_book(connection, keys, "supply-chain")
    whole = judge(connection, book, request, definition)
    suppliers = payers_of(book, request.payers)
    paid = _tier_one(connection, payer, request)
    return SupplyChainResult(
        payer=payer,
        request=request,
        definition=definition,
        rules=whole.rules,
        suppliers=tuple(
            _tier_two(judge(connection, book, replace(request, payers=(each,)), definition), paid)
            for each in suppliers
        ),
        split=whole.sums().split(),
    )


def _definition(connection: Connection, reference: str) -> Definition:
    definition = named_queries.definition(connection, reference)
    if definition.of_payer:
        raise InvalidRequestError(
            "definition",
            f"{definition.slug} depends on who pays, and here suppliers do: name one that does "
            "not.",
        )
    return definition


def _tier_one(connection: Connection, payer: str, request: SpendRequest) -> Selection | None:
    """Select what the payer itself spends, where a ledger of it is loaded."""
    if payer not in {ledger.payer for ledger in read_book(connection).ledgers}:
        return None
    return select(connection, replace(request, payers=(payer,), datasets=()))


def _tier_two(selection: Selection, paid: Selection | None) -> TierTwo:
    supplier = selection.payers[0]
    received = None
    if paid is not None:
        key = name_key(supplier)
        same = np.array([each == key for each in paid.book.payees.key], dtype=np.bool_)
        same &= ~paid.book.payees.individual
        received = paid.sums(paid.included & same[paid.book.payments.payee]).split()
    first, last = selection.days()
    return TierTwo(
        supplier=NOT_SHOWN if names_person(supplier) else supplier,
        split=selection.sums().split(),
        received=received,
        first=first,
        last=last,
        datasets=tuple(ledger.key for ledger in selection.ledgers),
    )


def supply_chain_document(result: SupplyChainResult) -> dict[str, Any]:
    """Give the JSON document of ``supply-chain --json`` and ``/api/v1/supply-chain``."""
    return {
        "payer": result.payer,
        "tier": 2,
        "definition": named(result.definition),
        "rules": named(result.rules),
        "suppliers": [
            {
                "supplier": each.supplier,
                **split_document(each.split),
                "received_from_payer": None
                if each.received is None
                else money(each.received.total),
                "period": {"first_payment": each.first, "last_payment": each.last},
                "datasets": list(each.datasets),
            }
            for each in result.suppliers
        ],
        "all_suppliers": split_document(result.split),
        "note": APART,
    }


def supply_chain_sentences(result: SupplyChainResult) -> list[str]:
    """Tell where each supplier pays on."""
    told = [
        (
            f"Suppliers of {result.payer}, tier 2: local as in {result.definition.title} "
            f"({result.definition.slug} version {result.definition.version}); counted by the rules "
            f"{result.rules.title} ({result.rules.slug} version {result.rules.version}). {APART}"
        )
    ]
    for each in result.suppliers:
        beside = (
            ""
            if each.received is None or not each.received.payments
            else f" By its own ledger {result.payer} paid it {pounds(each.received.total)}."
        )
        told.append(f"{each.supplier}: {_came_out(each.split)}{beside}")
    if len(result.suppliers) > 1:
        told.append(f"All of them: {_came_out(result.split)}")
    return told


def _came_out(split: Split) -> str:
    sums = (
        f"{pounds(split.local)} local, {pounds(split.leaked)} leaked, "
        f"{pounds(split.unlocated)} unlocated of {pounds(split.total)}"
    )
    share, between = split.share_of_located, split.bounds
    if share is None or between is None:
        return f"{sums}; no local share can be given."
    return (
        f"{sums}; {percent(share)} of the pounds located, between {percent(between[0])} and "
        f"{percent(between[1])} of all."
    )
