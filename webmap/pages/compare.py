"""Two baselines: like for like or not, and what their difference is made of."""

from decimal import Decimal
from typing import Any

from flask import Response, request

from geo_wealth.pipeline.claims import claim_sentence
from geo_wealth.pipeline.compare import CompareResult, Side
from geo_wealth.pipeline.compare import compare as work_out
from geo_wealth.pipeline.compare_words import (
    METHOD,
    likeness,
    points,
    printed_points,
    printed_pounds,
    warnings,
)
from geo_wealth.queries.datasets import attributions
from geo_wealth.spend.compare import Change
from webmap import bars
from webmap.addresses import address
from webmap.database import connection
from webmap.errors import status_of
from webmap.pages.blueprint import REFUSALS, blueprint, page
from webmap.params import read
from webmap.spend_choices import form, payers
from webmap.spend_compare import COMPARE, SIDES, compare_fixed, side_of
from webmap.spend_params import query_of, spend_request
from webmap.spend_tabs import tabs
from webmap.spend_view import Breakdown, exact_pounds, lines
from webmap.wording import listed, long_date

CALLED = {"first": "First baseline", "second": "Second baseline"}


@blueprint.get("/spend/compare")
def compare() -> Response:
    """Compare two baselines."""
    conn = connection()
    values = read(request.args, COMPARE)
    if not payers(conn):
        return page("empty.html", **_EMPTY)
    stated = compare_fixed(conn, values)
    offered: dict[str, Any] = {
        "sides": [(side, CALLED[side], form(conn, side_of(stated, side))) for side in SIDES],
        "known_payers": payers(conn),
        "tabs": tabs("pages.compare"),
        "section": "pages.spend",
        "title": "Two baselines",
    }
    first, second = (spend_request(side_of(stated, side)) for side in SIDES)
    try:
        result = work_out(conn, first, second)
    except REFUSALS as error:
        return page(
            "compare.html", status_of(error), problem=error, result=None, attributions=[], **offered
        )
    return page(
        "compare.html",
        problem=None,
        result=result,
        sample=result.first.sample or result.second.sample,
        attributions=attributions(conn),
        json_href=address("api.spend_compare", query_of(stated)),
        **offered,
        **shown(result),
    )


_EMPTY: dict[str, Any] = {
    "title": "Two baselines",
    "sentence": "Here two baselines are compared: what changed because of the definition, of "
    "coverage, and of other payments.",
    "step": "No ledger is loaded yet: run geo-wealth load ledger FILE --payer NAME, "
    "or geo-wealth sample.",
    "attributions": [],
}


def shown(result: CompareResult) -> dict[str, Any]:
    """Lay a comparison out: both sides in lines, the change in parts, what makes it doubtful."""
    change = result.change
    sides = lines(
        [
            (CALLED[name], side_note(side), side.split)
            for name, side in zip(SIDES, (result.first, result.second), strict=True)
        ]
    )
    return {
        "table_": Breakdown("baselines", sides, len(sides)),
        "patterns": bars.patterns(),
        "likeness": likeness(result),
        "headline": headline(result),
        "parts": change_rows(change.parts),
        "steps": change_rows(change.steps),
        "whole": change_row(
            change.whole,
            _total(change.parts, change.whole),
            sum(printed_pounds(change.parts), Decimal(0)),
        ),
        "method": METHOD,
        "warnings": warnings(result),
        "claims": [claim_sentence(claim) for claim in result.claims],
    }


def headline(result: CompareResult) -> str:
    """Say what changed; of what is not like for like, that it is no change at all."""
    change = result.change.whole.share
    if change is None:
        return "No change of the local share can be given, since a side has none"
    told = points(_total_points(result.change.parts, result.change.whole))
    if result.like_for_like:
        return f"The local share of what could be located changed by {told}"
    if result.same_definition and result.same_rules:
        return f"Same definition and rules, but not like for like: a difference of {told}"
    return f"Not like for like: a difference of {told} that is no change by itself"


def side_note(side: Side) -> str:
    """Say whose spend a side is, when, and by which definition and rules."""
    period = (
        f"{long_date(side.first)} to {long_date(side.last)}" if side.first else "without a date"
    )
    return (
        f"{listed(side.payers)}, {period}. {side.definition.title} (version "
        f"{side.definition.version}), {side.rules.title} (version {side.rules.version})"
    )


def change_rows(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    """List changes: name, percentage points, local pounds; rounded so that they sum."""
    known = all(change.share is not None for change in changes)
    told = [f"{value:+,.2f}" for value in printed_points(changes)] if known else []
    return [
        change_row(change, told[place] if known else None, pounds)
        for place, (change, pounds) in enumerate(zip(changes, printed_pounds(changes), strict=True))
    ]


def change_row(change: Change, told: str | None, pounds: Decimal) -> tuple[str, str, str]:
    """List one change."""
    name = change.name[:1].upper() + change.name[1:]
    sign = "+" if pounds > 0 else ""
    return name, told or "not known", f"{sign}{exact_pounds(pounds)}"


def _total(parts: tuple[Change, ...], whole: Change) -> str | None:
    return None if whole.share is None else f"{_total_points(parts, whole):+,.2f}"


def _total_points(parts: tuple[Change, ...], whole: Change) -> Any:
    """Round the whole as its printed parts sum."""
    known = all(part.share is not None for part in parts)
    return sum(printed_points(parts if known else (whole,)))
