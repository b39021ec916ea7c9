"""Spend: what is local, what is in, how much leaks and where, and who receives it."""

from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from geo_wealth.pipeline.claims import claim_sentence
from geo_wealth.pipeline.spend import SpendResult
from geo_wealth.pipeline.spend import spend as work_out
from geo_wealth.pipeline.spend_words import LEANS, either_way, headline, scope
from geo_wealth.queries.claims import claims
from geo_wealth.queries.datasets import attributions
from webmap import bars
from webmap.addresses import address
from webmap.database import connection
from webmap.errors import status_of
from webmap.pages.blueprint import REFUSALS, blueprint, page
from webmap.params import Values, read
from webmap.spend_choices import fixed, form, payers, years
from webmap.spend_documents import sentences_and_points, words
from webmap.spend_exports import MOST_ROWS, asked
from webmap.spend_params import ALL, SPEND, query_of, spend_request
from webmap.spend_tabs import tabs
from webmap.spend_view import account_lines, breakdowns, where_it_went, why_unlocated

EMPTY: dict[str, Any] = {
    "title": "Spend",
    "sentence": "Here you see how much of a payer's spending is local, how much leaks and where "
    "to, under a definition of local that you choose.",
    "step": "No ledger is loaded yet: run geo-wealth load ledger FILE --payer NAME, "
    "or geo-wealth sample.",
    "attributions": [],
}


@blueprint.get("/spend")
def spend() -> Response:
    """Show the spend of some payers under a definition and rules."""
    values = read(request.args, (*SPEND, ALL))
    conn = connection()
    if not payers(conn):
        return page("empty.html", **EMPTY)
    offered = {
        **form(conn, values),
        "years": years(conn, "pages.spend", values),
        "tabs": tabs("pages.spend", values),
    }
    try:
        result = work_out(conn, spend_request(values))
    except REFUSALS as error:
        return page(
            "spend.html",
            status_of(error),
            title="Spend",
            problem=error,
            result=None,
            attributions=[],
            sample=False,
            **offered,
        )
    return page(
        "spend.html",
        title="How much of the spend is local",
        problem=None,
        result=result,
        sample=result.sample,
        attributions=attributions(conn),
        **offered,
        **shown(conn, values, result),
    )


def shown(conn: Connection, values: Values, result: SpendResult) -> dict[str, Any]:
    """Lay a result out."""
    stated = fixed(conn, values)
    state = query_of(stated, all=None)

    def link(slug: str) -> str:
        wanted = query_of(stated, all=(*values["all"], slug))
        return f"{address('pages.spend', wanted)}#{slug}"

    headline_ = headline(result)
    sentences, tests = sentences_and_points(words(conn, result.definition))
    return {
        "headline": headline_,
        "scope": scope(result),
        "words": sentences,
        "tests": tests,
        "chart": bars.whole_bar(result.split, headline_),
        "patterns": bars.patterns(),
        "tables": breakdowns(result, values["all"], link),
        "where_it_went": where_it_went(result.split),
        "account": account_lines(result),
        "unlocated": why_unlocated(result),
        "leans": LEANS,
        "either_way": either_way(result),
        "too_many": asked(conn, values, result.payers) > MOST_ROWS,
        "most_rows": MOST_ROWS,
        "state": state,
        "claims": [claim_sentence(claim) for claim in claims(conn, result.payers)],
        "permanent": address(
            "pages.spend", query_of(stated, dataset=tuple(result.datasets), all=None)
        ),
        "downloads": [
            (name, address(endpoint, state))
            for name, endpoint in (
                ("All tables as CSV", "spend_exports.parts"),
                ("Every payment as CSV", "spend_exports.rows"),
                ("JSON", "api.spend"),
            )
        ],
    }
