"""Spend as files: all its parts, and every payment behind it."""

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from threading import BoundedSemaphore
from typing import Any

import numpy as np
from flask import Blueprint, Response, request
from sqlalchemy import Connection

from geo_wealth.commands.output import csv_text
from geo_wealth.errors import BusyError, InvalidRequestError
from geo_wealth.pipeline.lab import differing, lab_selections
from geo_wealth.pipeline.matching import COLUMNS as REVIEW_COLUMNS
from geo_wealth.pipeline.matching import review_cells
from geo_wealth.pipeline.opportunity import OPPORTUNITY_COLUMNS, opportunity, opportunity_rows
from geo_wealth.pipeline.spend import SpendResult, select
from geo_wealth.pipeline.spend import spend as work_out
from geo_wealth.pipeline.spend_documents import (
    PART_COLUMNS,
    part_rows,
    payment_cells,
    payment_header,
)
from geo_wealth.pipeline.spend_rows import PaymentRow, payment_rows
from geo_wealth.pipeline.table import credited
from geo_wealth.queries.book import read_book
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.matching import review_list
from webmap.caching import cached
from webmap.database import connection
from webmap.params import Values, read
from webmap.spend_choices import fixed, lab_fixed
from webmap.spend_lab import CELL, LAB, PAIR, chosen_of, lab_request
from webmap.spend_params import MIN_POUNDS, SPEND, spend_request

MOST_ROWS = 50_000
AT_ONCE = 2
"""How many lists of payments one process makes and sends at once."""
_TOLD = ("payers", "from", "to", "definition", "rules", "rules_hash", "data")

_ROOM = BoundedSemaphore(AT_ONCE)

blueprint = Blueprint("spend_exports", __name__)


@blueprint.get("/spend.csv")
def parts() -> Response:
    """Give the whole and all its parts as CSV."""
    values = read(request.args, SPEND)

    def build(conn: Connection) -> Response:
        result = work_out(conn, spend_request(values))
        told = provenance(result)
        rows = ([*row, *told] for row in part_rows(result))
        table = credited((*PART_COLUMNS, *_TOLD), rows, attributions(conn))
        return attachment(csv_text(*table), f"spend-{result.definition.slug}.csv")

    return cached(fixed(connection(), values), build)


@blueprint.get("/spend/rows.csv")
def rows() -> Response:
    """Give every payment of the payers asked for, with where it went or why it is left out."""
    values = read(request.args, SPEND)

    def make(conn: Connection) -> Response:
        selection = select(conn, spend_request(values))
        chosen = np.flatnonzero(selection.asked)
        refuse_too_many(len(chosen))
        slug = selection.definition.slug
        listed = payment_rows(conn, [selection], chosen)
        return attachment(payments_csv([slug], listed), f"payments-{slug}.csv")

    return cached(fixed(connection(), values), lambda conn: admitted(lambda: make(conn)))


@blueprint.get("/spend/lab.csv")
def lab_rows() -> Response:
    """Give the payments that definitions put in different places as CSV."""
    conn = connection()
    values = lab_fixed(conn, read(request.args, (*LAB, replace(PAIR, default="all"), CELL)))

    def make(conn: Connection) -> Response:
        selections, cell = chosen_of(lab_selections(conn, lab_request(values)), values)
        chosen = differing(selections, cell)
        refuse_too_many(len(chosen))
        listed = payment_rows(conn, selections, chosen)
        labels = [f"{each.definition.slug}@{each.definition.version}" for each in selections]
        return attachment(payments_csv(labels, listed), "differences.csv")

    return cached(values, lambda conn: admitted(lambda: make(conn)))


@blueprint.get("/spend/opportunities.csv")
def opportunities() -> Response:
    """Give what leaks, with and without local suppliers known, as CSV."""
    values = read(request.args, SPEND)

    def build(conn: Connection) -> Response:
        result = opportunity(conn, spend_request(values))
        credit = attributions(conn)
        table = credited(OPPORTUNITY_COLUMNS, opportunity_rows(result), credit)
        return attachment(csv_text(*table), f"opportunities-{result.definition.slug}.csv")

    return cached(fixed(connection(), values), build)


@blueprint.get("/matches.csv")
def matches() -> Response:
    """Give the matches for a person to decide, as the file that the command line takes."""
    values = read(request.args, (MIN_POUNDS,))
    minimum = None if values["min_pounds"] is None else Decimal(values["min_pounds"])

    def build(conn: Connection) -> Response:
        rows = map(review_cells, review_list(conn, None, minimum=minimum))
        return attachment(csv_text(REVIEW_COLUMNS, rows), "matches-to-review.csv")

    return cached(values, build)


def provenance(result: SpendResult) -> list[Any]:
    """Say in every row by what its figures were made."""
    definition, rules = result.definition, result.rules
    return [
        " | ".join(result.payers),
        result.request.first or result.first,
        result.request.last or result.last,
        f"{definition.slug}@{definition.version}",
        f"{rules.slug}@{rules.version}",
        rules.hash,
        "sample data" if result.sample else "published data",
    ]


def refuse_too_many(count: int) -> None:
    """Refuse a list of more payments than a file should hold.

    Raises
    ------
    InvalidRequestError
        With what to do instead.
    """
    if count > MOST_ROWS:
        raise InvalidRequestError(
            "from",
            f"these are {count:,} payments, and a file holds {MOST_ROWS:,}: choose a shorter "
            "period, or use the command line: geo-wealth spend --rows FILE.",
        )


def admitted(build: Callable[[], Response]) -> Response:
    """Build a long list if not too many are being made and sent already.

    Its place is free again when all is sent, or the caller has gone away, or it failed.

    Raises
    ------
    BusyError
        When as many are being sent as may be.
    """
    if not _ROOM.acquire(blocking=False):
        raise BusyError(
            f"{AT_ONCE} lists of payments are being sent already, as many as may be at once: try "
            "again in a moment."
        )
    with ExitStack() as stack:
        stack.callback(_ROOM.release)
        response = build()
        leave = stack.pop_all().close  # does nothing the second time
    response.response = _until_sent(response.iter_encoded(), leave)
    response.call_on_close(leave)
    return response


def _until_sent(chunks: Iterator[bytes], leave: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from chunks
    finally:
        leave()


def payments_csv(labels: Sequence[str], listed: Iterator[PaymentRow]) -> Iterator[str]:
    """Write payments, one row each, a thousand at a time."""
    header = payment_header(labels)
    head = csv_text(header, ())
    yield head
    while batch := [payment_cells(row, labels) for row in itertools.islice(listed, 1000)]:
        yield csv_text(header, batch).removeprefix(head)


def asked(conn: Connection, values: Values, payers: Collection[str]) -> int:
    """Count the payments that :func:`rows` would list: all that the payers' files gave."""
    ledgers = read_book(conn, values["dataset"] or None).ledgers
    return sum(int(str(each.rows["loaded"])) for each in ledgers if each.payer in payers)


def attachment(content: Iterator[str] | str, name: str) -> Response:
    """Answer with a CSV file to keep."""
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
