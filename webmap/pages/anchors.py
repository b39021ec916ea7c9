"""Payers side by side, each at its scale and all under one definition; LM3 and tier 2 apart."""

from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from geo_wealth.errors import GeoWealthError
from geo_wealth.pipeline.anchors import AnchorsResult, anchors_sentences, kind_share
from geo_wealth.pipeline.anchors import anchors as work_out
from geo_wealth.pipeline.lm3 import Lm3Request, lm3, lm3_sentences
from geo_wealth.pipeline.spend import SpendRequest
from geo_wealth.pipeline.supply_chain import supply_chain, supply_chain_sentences
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.surveys import supply_chains, survey_rounds
from webmap import bars, wording
from webmap.addresses import address
from webmap.database import connection
from webmap.errors import status_of
from webmap.pages.blueprint import REFUSALS, blueprint, page
from webmap.params import Values, read
from webmap.spend_anchors import ANCHORS, anchors_request, scales
from webmap.spend_choices import fixed, form, payers, years
from webmap.spend_params import query_of
from webmap.spend_tabs import tabs
from webmap.spend_view import Breakdown, exact_pounds, lines


@blueprint.get("/spend/anchors")
def anchors() -> Response:
    """Put payers side by side."""
    values = read(request.args, ANCHORS)
    conn = connection()
    known = payers(conn)
    if not known:
        return page("empty.html", **_EMPTY)
    offered: dict[str, Any] = {
        **form(conn, values),
        "years": years(conn, "pages.anchors", values),
        "tabs": tabs("pages.anchors", values),
        "scales": [(payer, scales(conn, payer, values["scale"])) for payer in known],
        "section": "pages.spend",
        "title": "Payers side by side",
    }
    try:
        result = work_out(conn, anchors_request(values))
    except REFUSALS as error:
        return page(
            "anchors.html", status_of(error), problem=error, result=None, attributions=[], **offered
        )
    return page(
        "anchors.html",
        problem=None,
        result=result,
        sample=result.sample,
        attributions=attributions(conn),
        json_href=address("api.spend_anchors", query_of(fixed(conn, values))),
        **offered,
        **shown(conn, values, result),
    )


_EMPTY: dict[str, Any] = {
    "title": "Payers side by side",
    "sentence": "Here the spend of several payers stands side by side, and together.",
    "step": "No ledger is loaded yet: run geo-wealth load ledger FILE --payer NAME, "
    "or geo-wealth sample.",
    "attributions": [],
}


def shown(conn: Connection, values: Values, result: AnchorsResult) -> dict[str, Any]:
    """Lay the payers out: under one definition, at their scales, by kind of supplier."""
    same = lines([(each.payer, _months(each.months), each.same) for each in result.anchors])
    together = lines([], [("Together, without what they pay one another", "", result.joint.split)])
    own = lines([(each.payer, each.scale.title, each.at_scale) for each in result.anchors])
    return {
        "same": Breakdown("same", (*same, *together)),
        "own": Breakdown("own", own),
        "scaled": any(each.scale != result.definition for each in result.anchors),
        "kind_columns": ("Kind", *(each.payer for each in result.anchors), "Together"),
        "kind_rows": kind_rows(result),
        "sentences": anchors_sentences(result)[len(result.anchors) :],
        "transfers": [
            (f"{each.payer} to {each.payee}", exact_pounds(each.pounds), f"{each.payments:,}")
            for each in result.joint.transfers
        ],
        "patterns": bars.patterns(),
        "surveys": surveys(conn, values, result),
        "chains": chains(conn, values, result),
    }


def kind_rows(result: AnchorsResult) -> list[tuple[str, ...]]:
    """List kinds of supplier with the part of each payer's pounds, and of all together."""
    by_kind = [*(each.by_kind for each in result.anchors), result.joint_by_kind]
    return [
        (kinds[0].name, *(wording.kept(kind_share(kind)) for kind in kinds))
        for kinds in zip(*by_kind, strict=True)
    ]


def _months(months: int) -> str:
    return f"payments in {months} month{'' if months == 1 else 's'}"


def surveys(
    conn: Connection, values: Values, result: AnchorsResult
) -> list[tuple[str, str, list[str]]]:
    """Tell LM3 of every payer and round of which a survey is loaded.

    It is that of all current ledgers of the payer, whatever period or files are asked for: the
    difference of two periods would tell what a single supplier answered in confidence.
    """
    definition, rules = values["definition"], values["rules"]
    return [
        (
            each.payer,
            round_,
            lm3_sentences(lm3(conn, Lm3Request(each.payer, round_, definition, rules))),
        )
        for each in result.anchors
        for round_ in survey_rounds(conn, each.payer)
    ]


def chains(conn: Connection, values: Values, result: AnchorsResult) -> list[tuple[str, list[str]]]:
    """Tell what the suppliers of each payer pay on, or why that cannot be told."""
    asked = SpendRequest(
        definition=values["definition"],
        rules=values["rules"],
        first=values["from"],
        last=values["to"],
    )
    told: list[tuple[str, list[str]]] = []
    for each in result.anchors:
        if supply_chains(conn, each.payer):
            try:
                found = supply_chain_sentences(supply_chain(conn, each.payer, asked))
            except GeoWealthError as error:
                found = [str(error)]
            told.append((each.payer, found))
    return told
