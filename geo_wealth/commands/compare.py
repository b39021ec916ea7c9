"""``geo-wealth compare``: two baselines, like for like or with their change in parts."""

from typing import Annotated

import typer

from geo_wealth.commands.output import Json, print_json, print_table, say
from geo_wealth.commands.session import open_database
from geo_wealth.commands.spend import Datasets, From, Payers, To, day
from geo_wealth.db import reading
from geo_wealth.errors import GeoWealthError
from geo_wealth.pipeline.claims import signed_claim_document
from geo_wealth.pipeline.compare import CompareResult
from geo_wealth.pipeline.compare import compare as work_out
from geo_wealth.pipeline.compare_words import (
    INSTEAD,
    compare_document,
    compare_sentences,
    likeness,
    printed_points,
    printed_pounds,
)
from geo_wealth.pipeline.spend import SpendRequest

_BOTH = "Of both sides, where a side has none of its own."

Several = Annotated[list[str] | None, typer.Option(help="Of this side; may be repeated.")]
One = Annotated[str | None, typer.Option(help="Of this side alone.")]


def compare(
    payer: Payers = None,
    definition: Annotated[str, typer.Option("--definition", help=_BOTH)] = "kirklees",
    rules: Annotated[str, typer.Option("--rules", help=_BOTH)] = "all-payments",
    first: From = None,
    last: To = None,
    dataset: Datasets = None,
    first_payer: Several = None,
    first_definition: One = None,
    first_rules: One = None,
    first_from: One = None,
    first_to: One = None,
    first_dataset: Several = None,
    second_payer: Several = None,
    second_definition: One = None,
    second_rules: One = None,
    second_from: One = None,
    second_to: One = None,
    second_dataset: Several = None,
    *,
    like_for_like: Annotated[
        bool, typer.Option("--like-for-like", help="Refuse what is not like for like: exit 1.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare two baselines; the change is split into definition, coverage, other payments.

    Example: geo-wealth compare --payer "My Council" --first-to 2021-12-31 --second-from 2022-01-01
    """
    one, other = (
        SpendRequest(
            tuple(payers or payer or ()),
            tuple(datasets or dataset or ()),
            definition_ or definition,
            rules_ or rules,
            day(from_ or first),
            day(to or last),
        )
        for payers, definition_, rules_, from_, to, datasets in (
            (first_payer, first_definition, first_rules, first_from, first_to, first_dataset),
            (second_payer, second_definition, second_rules, second_from, second_to, second_dataset),
        )
    )
    with reading(open_database()) as connection:
        result = work_out(connection, one, other)
    if like_for_like and not result.like_for_like:
        raise GeoWealthError(likeness(result).removesuffix(INSTEAD))
    if as_json:
        claims = [signed_claim_document(claim) for claim in result.claims]
        print_json({**compare_document(result), "claims": claims})
        return
    for sentence in compare_sentences(result):
        say(sentence)
    print_table(_HEADINGS, _table(result))


_HEADINGS = (("what changed the share", "left"), ("points", "right"), ("local pounds", "right"))


def _table(result: CompareResult) -> list[list[str]]:
    """List the steps; those whose change of share is not known say so."""
    steps = result.change.steps
    known = all(step.share is not None for step in steps)
    told = [f"{value:+.2f}" for value in printed_points(steps)] if known else []
    sums = printed_pounds(steps)
    return [
        [step.name, told[place] if known else "not known", f"{sums[place]:+,.2f}"]
        for place, step in enumerate(steps)
    ]
