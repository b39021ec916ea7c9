"""``geo-wealth anchors``: several payers side by side, each at its scale, and together."""

from collections.abc import Sequence
from typing import Annotated

import typer

from geo_wealth.commands.output import Json, print_json, print_table, say
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
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.anchors import (
    AnchorsRequest,
    AnchorsResult,
    anchors_document,
    anchors_sentences,
    kind_share,
)
from geo_wealth.pipeline.anchors import anchors as work_out
from geo_wealth.spend.kinds import KINDS


def anchors(
    payer: Payers = None,
    scale: Annotated[
        list[str] | None,
        typer.Option(
            "--scale",
            help="PAYER=district:E08000034, ward:CODE, lsoa:CODE, town, or a definition's slug.",
        ),
    ] = None,
    definition: DefinitionName = "kirklees",
    rules: RulesName = "all-payments",
    first: From = None,
    last: To = None,
    dataset: Datasets = None,
    also: Annotated[
        list[str] | None,
        typer.Option("--also", help="PAYER=NAME: another name under which the others pay it."),
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Put payers side by side, each at its scale and under one definition, and together.

    Example: geo-wealth anchors --scale "My Council=district:E08000034" --definition kirklees
    """
    request = AnchorsRequest(
        payers=tuple(payer or ()),
        scales=_pairs("--scale", scale or ()),
        definition=definition,
        rules=rules,
        first=day(first),
        last=day(last),
        datasets=tuple(dataset or ()),
        also=_pairs("--also", also or ()),
    )
    with reading(open_database()) as connection:
        result = work_out(connection, request)
    if as_json:
        print_json(anchors_document(result))
        return
    for sentence in anchors_sentences(result):
        say(sentence)
    print_table([("part of the spend that goes to", "left"), *_headings(result)], _table(result))


def _pairs(option: str, given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Read PAYER=VALUE; a payer's name may hold the sign itself."""
    pairs = []
    for text in given:
        payer, sign, value = text.rpartition("=")
        if not sign or not payer.strip() or not value.strip():
            raise InvalidRequestError(option, f"write PAYER=VALUE; found {text!r}.")
        pairs.append((payer.strip(), value.strip()))
    return tuple(pairs)


def _headings(result: AnchorsResult) -> list[tuple[str, str]]:
    return [*((each.payer, "right") for each in result.anchors), ("together", "right")]


def _table(result: AnchorsResult) -> list[list[str]]:
    columns = [*(each.by_kind for each in result.anchors), result.joint_by_kind]
    return [
        [kind.name, *(kind_share(column[place]) for column in columns)]
        for place, kind in enumerate(KINDS)
    ]
