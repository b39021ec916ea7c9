"""``geo-wealth opportunity``: what leaks although somebody local is known to supply it."""

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
from geo_wealth.commands.spend import (
    Datasets,
    DefinitionName,
    From,
    Payers,
    RulesName,
    To,
    day,
)
from geo_wealth.db import reading
from geo_wealth.pipeline.opportunity import (
    OPPORTUNITY_COLUMNS,
    opportunity_document,
    opportunity_rows,
    opportunity_sentences,
)
from geo_wealth.pipeline.opportunity import opportunity as work_out
from geo_wealth.pipeline.spend import SpendRequest
from geo_wealth.spend.opportunity import Opportunity


def opportunity(
    payer: Payers = None,
    definition: DefinitionName = "kirklees",
    rules: RulesName = "all-payments",
    first: From = None,
    last: To = None,
    dataset: Datasets = None,
    *,
    top: Annotated[int, typer.Option("--top", min=1, help="How many of each to list.")] = 15,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write all of them to this CSV.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List what leaks although local suppliers are known, and what leaks without any.

    Example: geo-wealth opportunity --payer "My Council" --rules third-party --top 10
    """
    if csv is not None:
        check_place(csv)
    request = SpendRequest(
        tuple(payer or ()), tuple(dataset or ()), definition, rules, day(first), day(last)
    )
    with reading(open_database()) as connection:
        result = work_out(connection, request)
    if csv is not None:
        write_text(csv, csv_text(OPPORTUNITY_COLUMNS, opportunity_rows(result)))
    if as_json:
        print_json(opportunity_document(result))
        return
    for sentence in opportunity_sentences(result):
        say(sentence)
    for heading, found in (
        ("leaks although local suppliers are known", result.found.supplied),
        ("leaks, and no local supplier is known", result.found.unsupplied),
    ):
        if found:
            print_table([(heading, "left"), *_HEADINGS], [_cells(each) for each in found[:top]])


_HEADINGS = (
    ("leaked", "right"),
    ("to payees", "right"),
    ("unlocated", "right"),
    ("local suppliers", "right"),
    ("got", "right"),
    ("such as", "left"),
)


def _cells(each: Opportunity) -> list[str]:
    return [
        each.category,
        f"{each.split.leaked:,.2f}",
        f"{each.leaked_payees:,}",
        f"{each.split.unlocated:,.2f}",
        f"{each.suppliers:,}",
        f"{each.received:,.2f}",
        ", ".join(one.name for one in each.examples),
    ]
