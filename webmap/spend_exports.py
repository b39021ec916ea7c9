"""Spend as files: all its parts, and every payment behind it."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from flask import Blueprint, Response, request
from sqlalchemy import Connection

from geo_wealth.commands.output import csv_text
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.spend import SpendResult, select
from geo_wealth.pipeline.spend import spend as work_out
from geo_wealth.pipeline.spend_documents import (
    PART_COLUMNS,
    part_rows,
    payment_cells,
    payment_header,
)
from geo_wealth.pipeline.spend_rows import payment_rows
from geo_wealth.pipeline.table import credited
from geo_wealth.queries.datasets import attributions
from geo_wealth.spend.selection import Selection
from webmap.caching import cached
from webmap.database import connection
from webmap.params import Values, read
from webmap.spend_choices import fixed
from webmap.spend_params import SPEND, spend_request

MOST_ROWS = 200_000
_TOLD = ("payers", "from", "to", "definition", "rules", "rules_hash", "data")

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

    def build(conn: Connection) -> Response:
        selection = select(conn, spend_request(values))
        name = f"payments-{selection.definition.slug}.csv"
        return attachment(payments_csv(conn, [selection], np.flatnonzero(selection.asked)), name)

    return cached(fixed(connection(), values), build)


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


def payments_csv(conn: Connection, selections: Sequence[Selection], chosen: Any) -> Iterator[str]:
    """Write payments, one row each, a thousand at a time; the database is read at once.

    Raises
    ------
    InvalidRequestError
        When there are more than a file should hold.
    """
    if len(chosen) > MOST_ROWS:
        raise InvalidRequestError(
            "from",
            f"these are {len(chosen):,} payments, and a file holds {MOST_ROWS:,}: ask for a "
            "shorter period or fewer payers, or use geo-wealth spend --rows FILE.",
        )
    labels = [each.definition.slug for each in selections]
    cells = (payment_cells(row, labels) for row in payment_rows(conn, selections, chosen))
    first = list(itertools.islice(cells, 1000))  # reads the database while it is open
    return _chunks(payment_header(labels), first, cells)


def _chunks(
    header: Sequence[str], first: list[list[Any]], rest: Iterator[list[Any]]
) -> Iterator[str]:
    head = csv_text(header, ())
    yield csv_text(header, first)
    while batch := list(itertools.islice(rest, 1000)):
        yield csv_text(header, batch).removeprefix(head)


def asked(conn: Connection, values: Values) -> int:
    """Count the payments that :func:`rows` would list."""
    return int(np.count_nonzero(select(conn, spend_request(values)).asked))


def attachment(content: Iterator[str] | str, name: str) -> Response:
    """Answer with a CSV file to keep."""
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
