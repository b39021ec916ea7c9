"""``geo-wealth spend``: how much is local, leaked and unlocated, under a stated definition."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
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
from geo_wealth.db import reading
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.spend import SpendRequest, SpendResult, select
from geo_wealth.pipeline.spend import spend as work_out
from geo_wealth.pipeline.spend_documents import (
    PART_COLUMNS,
    part_rows,
    payment_cells,
    payment_header,
    spend_document,
)
from geo_wealth.pipeline.spend_rows import payment_rows
from geo_wealth.pipeline.spend_words import spend_sentences
from geo_wealth.spend.measure import Split

BREAKDOWNS = ("kind", "category", "decile", "destination", "supplier", "address", "register")
SHOWN = 15

Payers = Annotated[
    list[str] | None,
    typer.Option("--payer", help="Who paid; may be repeated. Without it, all payers."),
]
Datasets = Annotated[
    list[str] | None,
    typer.Option("--dataset", help="A ledger by its key, superseded ones too; may be repeated."),
]
DefinitionName = Annotated[str, typer.Option("--definition", help="Slug, or slug@version.")]
RulesName = Annotated[str, typer.Option("--rules", help="Slug, or slug@version.")]
From = Annotated[str | None, typer.Option("--from", help="First day paid on: 2021-04-01.")]
To = Annotated[str | None, typer.Option("--to", help="Last day paid on: 2022-03-31.")]


def spend(
    payer: Payers = None,
    definition: DefinitionName = "kirklees",
    rules: RulesName = "all-payments",
    first: From = None,
    last: To = None,
    dataset: Datasets = None,
    *,
    by: Annotated[str | None, typer.Option("--by", help=", ".join(BREAKDOWNS) + ".")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all parts to this CSV.")] = None,
    rows: Annotated[
        Path | None, typer.Option("--rows", help="Write every payment to this CSV.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how much spend is local, leaked and unlocated, with honest bounds.

    Example: geo-wealth spend --payer "Calderdale Council" --definition west-yorkshire
    """
    if by is not None and by not in BREAKDOWNS:
        raise InvalidRequestError("--by", f"allowed are {', '.join(BREAKDOWNS)}; found {by!r}.")
    for path in (csv, rows):
        if path is not None:
            check_place(path)
    request = SpendRequest(
        tuple(payer or ()), tuple(dataset or ()), definition, rules, day(first), day(last)
    )
    with reading(open_database()) as connection:
        result = work_out(connection, request)
        if csv is not None:
            write_text(csv, csv_text(PART_COLUMNS, part_rows(result)))
        if rows is not None:
            selection = select(connection, request)
            listed = payment_rows(connection, [selection], np.flatnonzero(selection.asked))
            label = [result.definition.slug]
            cells = (payment_cells(row, label) for row in listed)
            write_text(rows, csv_text(payment_header(label), cells))
    if as_json:
        print_json(spend_document(result))
        return
    for sentence in spend_sentences(result):
        say(sentence)
    if by is not None and result.split.payments:
        width = len(_HEADINGS) - 2 if by in _SUMS_ONLY else len(_HEADINGS)
        print_table(_HEADINGS[:width], [line[:width] for line in _table(result, by)])


def day(text: str | None) -> date | None:
    """Read a day as people and programs write it: 2021-04-01.

    Raises
    ------
    InvalidRequestError
        When it is no such day.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidRequestError("date", f"write the day as 2021-04-01; found {text!r}.") from None


_SUMS_ONLY = ("decile", "destination")
"""Breakdowns by the place it went to, of which all is located: a range would say nothing."""

_HEADINGS = (
    ("part", "left"),
    ("total", "right"),
    ("local", "right"),
    ("leaked", "right"),
    ("unlocated", "right"),
    ("local, of located", "right"),
    ("between", "right"),
)


def _table(result: SpendResult, by: str) -> list[list[str]]:
    if by == "kind":
        return [
            _cells(f"{kind.name}: {told}", getattr(kind, told))
            for kind in result.by_kind
            for told in ("yes", "no", "unknown")
        ]
    parts: Any = result.suppliers if by == "supplier" else getattr(result, f"by_{by}")
    lines = [_cells(part.name, part.split) for part in parts]
    if len(lines) > SHOWN:
        return [*lines[:SHOWN], [f"and {len(lines) - SHOWN} more: --csv", *[""] * 6]]
    return lines


def _cells(name: str, split: Split) -> list[str]:
    bounds = split.bounds
    return [
        name,
        *(f"{pounds:,.2f}" for pounds in (split.total, split.local, split.leaked, split.unlocated)),
        _percent(split.share_of_located),
        "" if bounds is None else f"{_percent(bounds[0])} and {_percent(bounds[1])}",
    ]


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{share:.1%}"
