"""``geo-wealth lm3`` and ``geo-wealth supply-chain``: what becomes of local pounds afterwards."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from geo_wealth.commands.output import Json, print_json, say
from geo_wealth.commands.session import open_database
from geo_wealth.commands.spend import Datasets, DefinitionName, From, RulesName, To, day
from geo_wealth.db import reading
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.lm3 import Lm3Request, lm3_document, lm3_sentences
from geo_wealth.pipeline.lm3 import lm3 as work_out
from geo_wealth.pipeline.spend import SpendRequest
from geo_wealth.pipeline.supply_chain import supply_chain as follow
from geo_wealth.pipeline.supply_chain import supply_chain_document, supply_chain_sentences

Payer = Annotated[str, typer.Option("--payer", help="Whose spend, as its ledger is loaded.")]


def lm3(
    payer: Payer,
    round_: Annotated[
        str | None, typer.Option("--round", help="Of the survey; left out where there is one.")
    ] = None,
    definition: DefinitionName = "kirklees",
    rules: RulesName = "all-payments",
    first: From = None,
    last: To = None,
    dataset: Datasets = None,
    pay: Annotated[
        str | None, typer.Option("--pay", help="Pounds paid to staff, to count them too.")
    ] = None,
    pay_local: Annotated[
        str | None, typer.Option("--pay-local", help="Pounds paid to staff living in the area.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Work out LM3, the local multiplier, with the survey's coverage and bounds.

    Example: geo-wealth lm3 --payer "My Council" --round 2024 --rules third-party
    """
    request = Lm3Request(
        payer,
        round_,
        definition,
        rules,
        day(first),
        day(last),
        tuple(dataset or ()),
        _pounds("--pay", pay),
        _pounds("--pay-local", pay_local),
    )
    with reading(open_database()) as connection:
        result = work_out(connection, request)
    if as_json:
        print_json(lm3_document(result))
        return
    for sentence in lm3_sentences(result):
        say(sentence)


def supply_chain(
    payer: Payer,
    supplier: Annotated[
        list[str] | None, typer.Option("--supplier", help="Which supplier; repeat it, or all.")
    ] = None,
    definition: DefinitionName = "kirklees",
    rules: RulesName = "all-payments",
    first: From = None,
    last: To = None,
    *,
    as_json: Json = False,
) -> None:
    """Say where a payer's suppliers pay on (tier 2), apart from what it spends itself.

    Example: geo-wealth supply-chain --payer "My Council" --definition west-yorkshire
    """
    request = SpendRequest(
        payers=tuple(supplier or ()),
        definition=definition,
        rules=rules,
        first=day(first),
        last=day(last),
    )
    with reading(open_database()) as connection:
        result = follow(connection, payer, request)
    if as_json:
        print_json(supply_chain_document(result))
        return
    for sentence in supply_chain_sentences(result):
        say(sentence)


def _pounds(option: str, text: str | None) -> Decimal | None:
    """Read pounds as people write them: 12000000 or £12,000,000."""
    if text is None:
        return None
    try:
        value = Decimal(text.strip().removeprefix("£").replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise InvalidRequestError(option, f"write pounds as 12000000; found {text[:40]!r}.")
    return value
