"""``geo-wealth claim``: shares that somebody states, kept as claims."""

from typing import Annotated

import typer

from geo_wealth.commands.output import Json, print_json, say
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.pipeline.claims import (
    claim_sentence,
    record_claim,
    signed_claim_document,
    take_back,
)
from geo_wealth.queries.claims import claims

app = typer.Typer(
    help="Shares with no ledger behind them. Example: geo-wealth claim list", no_args_is_help=True
)


@app.command()
def add(
    payer: Annotated[str, typer.Option("--payer", help="Whose spend it is about.")],
    share: Annotated[str, typer.Option("--share", help="As stated: 31% or 0.31.")],
    source: Annotated[str, typer.Option("--source", help="Who states it, and where.")],
    period: Annotated[str | None, typer.Option("--period", help="As the source words it.")] = None,
    about: Annotated[str | None, typer.Option("--about", help="A share of what.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who records it.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Record a share that a source states; it is shown beside baselines, as a claim.

    Example: geo-wealth claim add --payer "My Council" --share 31% --source "Scrutiny panel, item 7"
    """
    number, new = record_claim(open_database(), payer, share, source, period, about, by)
    if as_json:
        print_json({"id": number, "new": new})
    else:
        say(f"Claim {number} is recorded." if new else f"Claim {number} says the same already.")


@app.command("list")
def list_claims(
    payer: Annotated[list[str] | None, typer.Option("--payer", help="About whom.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """List what has been claimed.

    Example: geo-wealth claim list --json
    """
    with reading(open_database()) as connection:
        found = claims(connection, payer)
    if as_json:
        print_json([signed_claim_document(each) for each in found])
        return
    for each in found:
        say(f"{each.id}: {claim_sentence(each)}")
    if not found:
        say("No claim is recorded.")


@app.command()
def remove(claim: Annotated[int, typer.Argument(help="Its number.", metavar="ID")]) -> None:
    """Take a claim back.

    Example: geo-wealth claim remove 3
    """
    take_back(open_database(), claim)
    say(f"Claim {claim} is removed.")
