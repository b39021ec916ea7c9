"""``geo-wealth lab``: one ledger under several definitions of local, and each difference."""

from pathlib import Path
from typing import Annotated

import typer

from geo_wealth.commands.output import (
    Json,
    check_place,
    csv_text,
    print_json,
    print_table,
    say,
    write_text,
)
from geo_wealth.commands.session import open_database
from geo_wealth.commands.spend import Datasets, From, Payers, RulesName, To, day
from geo_wealth.db import reading
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.lab import (
    LabRequest,
    LabResult,
    difference_rows,
    lab_document,
    lab_selections,
    lab_sentences,
)
from geo_wealth.pipeline.lab import lab as work_out
from geo_wealth.pipeline.spend_documents import payment_cells, payment_header
from geo_wealth.pipeline.spend_rows import STATE_NAMES
from geo_wealth.spend.lab import ORDER


def lab(
    definition: Annotated[
        list[str], typer.Option("--definition", help="Slug, or slug@version; two to eight.")
    ],
    payer: Payers = None,
    rules: RulesName = "all-payments",
    first: From = None,
    last: To = None,
    dataset: Datasets = None,
    *,
    rows: Annotated[
        tuple[str, Path] | None,
        typer.Option(
            "--rows",
            metavar="A..B FILE",
            help="Write the payments that A and B disagree on to this CSV; 'all' for any two.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Put the same payments under several definitions of local, and say where they disagree.

    Example: geo-wealth lab --definition kirklees --definition west-yorkshire --payer "My Council"
    """
    if rows is not None:
        check_place(rows[1])
    request = LabRequest(
        tuple(definition), tuple(payer or ()), tuple(dataset or ()), rules, day(first), day(last)
    )
    with reading(open_database()) as connection:
        result = work_out(connection, request)
        if rows is not None:
            labels = _pair(rows[0], request.definitions)
            selections = lab_selections(connection, request)
            chosen = [selections[request.definitions.index(label)] for label in labels]
            listed = difference_rows(connection, chosen).found
            cells = (payment_cells(row, labels) for row in listed)
            write_text(rows[1], csv_text(payment_header(labels), cells))
    if as_json:
        print_json(lab_document(result))
        return
    for sentence in lab_sentences(result):
        say(sentence)
    for place in range(len(result.differences)):
        print_table(*_matrix(result, place))


def _pair(text: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Read ``A..B``, or ``all``."""
    if text == "all":
        return labels
    first, _, second = text.partition("..")
    if first not in labels or second not in labels or first == second:
        raise InvalidRequestError(
            "--rows",
            f"write two of the definitions as {labels[0]}..{labels[1]}, or all; found {text!r}.",
        )
    return first, second


def _matrix(result: LabResult, place: int) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """Lay out one difference: rows by the first definition, columns by the second."""
    difference = result.differences[place]
    first = result.columns[difference.first].label
    second = result.columns[difference.second].label
    pounds = {(cell.first, cell.second): cell for cell in difference.cells}
    heading = [(f"{first}, by {second}:", "left")]
    heading += [(STATE_NAMES[state], "right") for state in ORDER]
    lines = [
        [
            STATE_NAMES[a],
            *(f"{pounds[a, b].pounds:,.2f} ({pounds[a, b].payments:,})" for b in ORDER),
        ]
        for a in ORDER
    ]
    return heading, lines
