"""The definition lab: one selection of payments under several definitions of local."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError
from geo_wealth.memory import Memory
from geo_wealth.pipeline.remembered import meaning
from geo_wealth.pipeline.spend import SpendRequest, select
from geo_wealth.pipeline.spend_documents import money, named, pounds_document, split_document
from geo_wealth.pipeline.spend_rows import STATE_NAMES, PaymentRow, listed_rows
from geo_wealth.pipeline.spend_words import day, listed, percent, pounds
from geo_wealth.spend.book import Ints
from geo_wealth.spend.definition import Definition
from geo_wealth.spend.lab import Difference, differences, disagreed, torn
from geo_wealth.spend.listing import arrange
from geo_wealth.spend.measure import Split
from geo_wealth.spend.rules import RuleSet
from geo_wealth.spend.selection import Selection

MOST = 8
_LABS: Memory["LabResult"] = Memory(size=64)
_STATES = {name: state for state, name in STATE_NAMES.items()}


@dataclass(frozen=True, slots=True)
class LabRequest:
    """What a lab depends on, besides the data; see :class:`SpendRequest`.

    ``definitions`` are two to eight slugs, each with ``@version`` where it matters.
    """

    definitions: tuple[str, ...]
    payers: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    rules: str = "all-payments"
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class LabColumn:
    """The payments under one definition.

    Attributes
    ----------
    label
        As it was asked for: ``kirklees`` or ``kirklees@2``.
    either
        Pounds, of those located, of payees that have addresses both local and not.
    """

    label: str
    definition: Definition
    split: Split
    either: Decimal
    why_unlocated: tuple[tuple[str, Decimal, int], ...]


@dataclass(frozen=True, slots=True)
class LabResult:
    """One selection of payments under several definitions side by side.

    Attributes
    ----------
    columns
        In the order asked for; all have the same total.
    differences
        Of every pair of columns, by their positions.
    torn
        How many payments, and which net pounds, not all definitions put in the same place.
    """

    request: LabRequest
    rules: RuleSet
    payers: tuple[str, ...]
    first: date | None
    last: date | None
    datasets: tuple[str, ...]
    sample: bool
    rows: dict[str, Any]
    pounds: dict[str, Any]
    columns: tuple[LabColumn, ...]
    differences: tuple[Difference, ...]
    torn: tuple[int, Decimal]


@dataclass(frozen=True, slots=True)
class DifferenceRows:
    """Payments in rows, several in one where persons are among them.

    ``payments`` and ``rows`` count all of them; ``found`` are the rows asked for, in the order
    of the ledgers.
    """

    payments: int
    rows: int
    found: Iterator[PaymentRow]


def lab(connection: Connection, request: LabRequest) -> LabResult:
    """Put some payments under several definitions side by side.

    Raises
    ------
    InvalidRequestError, NotFoundError
        As :func:`geo_wealth.pipeline.spend.spend`, and for fewer than two definitions, more
        than eight, or the same twice.
    """
    key = (request, *(meaning(connection, each) for each in _requests(request)))
    return _LABS.recall(key, lambda: _result(request, lab_selections(connection, request)))


def lab_selections(connection: Connection, request: LabRequest) -> tuple[Selection, ...]:
    """Give the payments under each definition, in the order asked for; see :func:`lab`."""
    selections = tuple(select(connection, each) for each in _requests(request))
    found = [(each.definition.slug, each.definition.version) for each in selections]
    for place, each in enumerate(found):
        if each in found[:place]:
            raise InvalidRequestError(
                "definition", f"{each[0]} version {each[1]} is named twice: name each once."
            )
    return selections


def _requests(request: LabRequest) -> list[SpendRequest]:
    if not 2 <= len(request.definitions) <= MOST:
        raise InvalidRequestError(
            "definition",
            f"name two to {MOST} definitions to compare; found {len(request.definitions)}.",
        )
    return [
        SpendRequest(
            request.payers,
            request.datasets,
            definition,
            request.rules,
            request.first,
            request.last,
        )
        for definition in request.definitions
    ]


def differing(selections: Sequence[Selection], cell: tuple[str, str] | None = None) -> Ints:
    """Give the positions of the payments that definitions put in different places.

    Parameters
    ----------
    selections
        Two of :func:`lab_selections`, or all of them.
    cell
        Of two: only what the first puts in the one state and the second in the other, such
        as ``("local", "leaked")``.

    Raises
    ------
    InvalidRequestError
        For a state of another name.
    """
    if len(selections) == 2:
        return disagreed(selections[0], selections[1], cell and _states(cell))
    return torn(selections)


def difference_rows(
    connection: Connection,
    selections: Sequence[Selection],
    cell: tuple[str, str] | None = None,
    *,
    start: int = 0,
    count: int | None = None,
) -> DifferenceRows:
    """List the payments that definitions put in different places; see :func:`differing`.

    Parameters
    ----------
    start, count
        Which rows of the list, for pages; all of them by default.
    """
    chosen = differing(selections, cell)
    listing = arrange(selections, chosen)
    end = None if count is None else start + count
    found = listed_rows(connection, selections, listing, start, end)
    return DifferenceRows(len(chosen), len(listing), found)


def _states(cell: tuple[str, str]) -> tuple[int, int]:
    for name in cell:
        if name not in _STATES:
            raise InvalidRequestError("cell", f"{name!r} is none of {', '.join(_STATES)}.")
    return _STATES[cell[0]], _STATES[cell[1]]


def _result(request: LabRequest, selections: tuple[Selection, ...]) -> LabResult:
    whole = selections[0]
    first, last = whole.days()
    rows, sums = whole.account()
    apart = torn(selections)
    return LabResult(
        request=request,
        rules=whole.rules,
        payers=whole.payers,
        first=first,
        last=last,
        datasets=tuple(ledger.key for ledger in whole.ledgers),
        sample=any(ledger.sample for ledger in whole.ledgers),
        rows=rows,
        pounds=sums,
        columns=tuple(
            LabColumn(
                label, each.definition, each.sums().split(), each.either(), each.why_unlocated()
            )
            for label, each in zip(request.definitions, selections, strict=True)
        ),
        differences=differences(selections),
        torn=(len(apart), whole.pounds(apart)),
    )


def lab_document(result: LabResult) -> dict[str, Any]:
    """Give the JSON document of ``lab --json`` and ``/api/v1/lab``."""
    return {
        "payers": list(result.payers),
        "period": {"first_payment": result.first, "last_payment": result.last},
        "rules": named(result.rules),
        "rows": result.rows,
        "pounds": pounds_document(result.pounds),
        "definitions": [
            {
                "label": column.label,
                "definition": named(column.definition),
                **split_document(column.split),
                "either_way": money(column.either),
            }
            for column in result.columns
        ],
        "differences": [_difference_document(result, each) for each in result.differences],
        "not_all_agree": {"payments": result.torn[0], "pounds": money(result.torn[1])},
        "datasets": list(result.datasets),
        "sample": result.sample,
    }


def _difference_document(result: LabResult, difference: Difference) -> dict[str, Any]:
    return {
        "first": result.columns[difference.first].label,
        "second": result.columns[difference.second].label,
        "payments": difference.payments,
        "pounds": money(difference.pounds),
        "cells": [
            {
                "first": STATE_NAMES[cell.first],
                "second": STATE_NAMES[cell.second],
                "pounds": money(cell.pounds),
                "payments": cell.payments,
                "payees": cell.payees,
            }
            for cell in difference.cells
        ],
    }


def lab_sentences(result: LabResult) -> list[str]:
    """Tell what the definitions make of the payments, and where each pair disagrees."""
    split = result.columns[0].split
    period = (
        f", paid from {day(result.first)} to {day(result.last)}"
        if result.first is not None and result.last is not None
        else ""
    )
    told = [
        (
            f"{listed(result.payers)}: {pounds(split.total)} in {split.payments:,} payments"
            f"{period}, counted by the rules {result.rules.title} ({result.rules.slug} version "
            f"{result.rules.version}), under {len(result.columns)} definitions of local."
        )
    ]
    told += [_column(column) for column in result.columns]
    told += [difference_sentence(result, each) for each in result.differences]
    if result.sample:
        told.append("Sample data: the payments and suppliers are invented.")
    return told


def _column(column: LabColumn) -> str:
    split, name = column.split, f"{column.definition.title} ({column.label})"
    sums = (
        f"{pounds(split.local)} local, {pounds(split.leaked)} leaked, "
        f"{pounds(split.unlocated)} unlocated"
    )
    share, between = split.share_of_located, split.bounds
    if share is None or between is None:
        return f"{name}: {sums}; no local share can be given of that."
    return (
        f"{name}: {percent(share)} of the pounds located, between {percent(between[0])} and "
        f"{percent(between[1])} of all ({sums})."
    )


def difference_sentence(result: LabResult, difference: Difference) -> str:
    """Tell where two definitions disagree, cell by cell."""
    first = result.columns[difference.first].label
    second = result.columns[difference.second].label
    if not difference.payments:
        return f"{first} and {second} put every payment in the same place."
    moved = "; ".join(
        f"{pounds(cell.pounds)} in {_payments(cell.payments)} {STATE_NAMES[cell.first]} by "
        f"{first} and {STATE_NAMES[cell.second]} by {second}"
        for cell in difference.moved
    )
    return f"{first} and {second} disagree on {_payments(difference.payments)}: {moved}."


def _payments(count: int) -> str:
    return f"{count:,} payment{'' if count == 1 else 's'}"
