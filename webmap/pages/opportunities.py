"""Leaks by category: with and without local suppliers known."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from geo_wealth.pipeline.opportunity import METHOD, OpportunityResult, opportunity
from geo_wealth.pipeline.opportunity import opportunity_sentences as sentences
from geo_wealth.queries.datasets import attributions
from geo_wealth.spend.measure import Split
from geo_wealth.spend.opportunity import Opportunity
from webmap import bars, wording
from webmap.addresses import address
from webmap.database import connection
from webmap.errors import status_of
from webmap.pages.blueprint import REFUSALS, blueprint, page
from webmap.params import Param, Values, read
from webmap.spend_choices import fixed, form, payers, years
from webmap.spend_params import SPEND, query_of, spend_request
from webmap.spend_tabs import tabs
from webmap.spend_view import Breakdown, Line, laid_out

SAMPLE = "Sample data: the payments and suppliers are invented."
TITLE = "Leaks in categories where a local supplier is known"
TABLES = ("supplied", "unsupplied")
ALL = Param("all", "Table to show in full; may be repeated.", allowed=TABLES, many=True)


@blueprint.get("/spend/opportunities")
def opportunities() -> Response:
    """List what leaks, by whether somebody local is known to supply it."""
    values = read(request.args, (*SPEND, ALL))
    conn = connection()
    if not payers(conn):
        return page("empty.html", **_EMPTY)
    offered = {
        **form(conn, values),
        "years": years(conn, "pages.opportunities", values),
        "tabs": tabs("pages.opportunities", values),
        "section": "pages.spend",
        "title": TITLE,
    }
    try:
        result = opportunity(conn, spend_request(values))
    except REFUSALS as error:
        return page(
            "opportunities.html", status_of(error), problem=error, result=None, **_BARE, **offered
        )
    return page(
        "opportunities.html",
        problem=None,
        result=result,
        sample=result.sample,
        attributions=attributions(conn),
        **offered,
        **shown(conn, values, result),
    )


_BARE: dict[str, Any] = {"attributions": []}
_EMPTY: dict[str, Any] = {
    "title": TITLE,
    "sentence": "Here you see in which categories money leaks although local suppliers are known.",
    "step": "No ledger is loaded yet: run geo-wealth load ledger FILE --payer NAME, "
    "or geo-wealth sample.",
    **_BARE,
}


def shown(conn: Connection, values: Values, result: OpportunityResult) -> dict[str, Any]:
    """Lay both lists out, most leaked pounds first."""
    stated = fixed(conn, values)

    def link(slug: str) -> str:
        wanted = query_of(stated, all=(*values["all"], slug))
        return f"{address('pages.opportunities', wanted)}#{slug}"

    def table(slug: str, found: Sequence[Opportunity]) -> Breakdown:
        parts = [(each.category, note(each), leaked_only(each)) for each in found]
        laid = laid_out(slug, parts, values["all"], link)
        return replace(laid, lines=tuple(with_received(laid.lines, found)))

    state = query_of(stated, all=None)
    return {
        "supplied": table("supplied", result.found.supplied),
        "unsupplied": table("unsupplied", result.found.unsupplied),
        "headline": headline(result),
        "told": [line for line in sentences(result) if line not in {METHOD, SAMPLE}],
        "method": METHOD,
        "patterns": bars.patterns(),
        "downloads": [
            ("All categories as CSV", address("spend_exports.opportunities", state)),
            ("JSON", address("api.spend_opportunities", state)),
        ],
    }


def headline(result: OpportunityResult) -> str:
    """Say how much leaks with and without local suppliers known."""
    supplied, unsupplied = (
        wording.pounds(sum((each.split.leaked for each in found), Decimal(0)))
        for found in (result.found.supplied, result.found.unsupplied)
    )
    return (
        f"{supplied} leaks although local suppliers of the same category are known; {unsupplied} "
        "where none is"
    )


def with_received(lines: Sequence[Line], found: Sequence[Opportunity]) -> Iterator[Line]:
    """Put what local suppliers got beside what leaks; a last line may be the sum of the rest."""
    for place, line in enumerate(lines):
        rest = place == len(lines) - 1
        mine = found[place:] if rest else found[place : place + 1]
        yield replace(line, beside=sum((each.received for each in mine), Decimal(0)))


def leaked_only(found: Opportunity) -> Split:
    """Draw what leaks and nothing else."""
    return Split(
        Decimal(0), found.split.leaked, Decimal(0), found.split.payments, found.leaked_payees
    )


def note(found: Opportunity) -> str:
    """Say who supplies a category locally."""
    if not found.suppliers:
        return f"Not located besides: {wording.pounds(found.split.unlocated)}."
    named = [f"{each.name} ({each.postcode or 'no postcode'})" for each in found.examples]
    number = wording.count(found.suppliers, "local supplier")
    told = f"{number[:1].upper()}{number[1:]}"
    if named:
        told += f", such as {wording.listed(named)}"
    if found.either:
        told += (
            f". {wording.pounds(found.either)} of the leak went to payees with a local address too"
        )
    return f"{told}."
