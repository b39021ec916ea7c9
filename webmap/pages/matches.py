"""Matches for a person to decide: the payees paid most first, with the reason."""

from decimal import Decimal
from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from geo_wealth.memory import Memory
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.matching import MatchCount, match_counts, review_count, review_list
from webmap.addresses import address
from webmap.database import connection
from webmap.pages.blueprint import blueprint, page, sample_in_use
from webmap.params import read
from webmap.spend_params import MIN_POUNDS, OFFSET, query_of
from webmap.spend_tabs import tabs
from webmap.spend_view import exact_pounds

PER_PAGE = 25
_COUNTS: Memory[tuple[MatchCount, ...]] = Memory(size=2)
OUTCOMES = {
    "accepted": "Matched",
    "review": "For review",
    "unlocated": "In no register",
    "individual": "A person or sole trader, never matched",
    "redacted": "Redacted",
    "blank": "Without a name",
}


@blueprint.get("/matches")
def matches() -> Response:
    """List what is for review, and how much is matched already."""
    values = read(request.args, (MIN_POUNDS, OFFSET))
    conn = connection()
    minimum = None if values["min_pounds"] is None else Decimal(values["min_pounds"])
    start = values["offset"]
    total = review_count(conn, minimum)
    rows = review_list(conn, PER_PAGE, start, minimum)
    return page(
        "matches.html",
        title="Matches to review",
        section="pages.spend",
        tabs=tabs("pages.matches"),
        values=values,
        rows=rows,
        total=total,
        first=start + 1 if rows else 0,
        last=start + len(rows),
        counts=[
            (
                OUTCOMES[count.outcome]
                + (f" by {count.stage.replace('-', ' ')}" if count.stage else ""),
                exact_pounds(count.pounds),
                f"{count.payees:,}",
                f"{count.payments:,}",
            )
            for count in counts(conn)
        ],
        csv=address("spend_exports.matches", query_of(values, offset=None)),
        sample=sample_in_use(conn),
        **turns(values, total),
    )


def counts(conn: Connection) -> tuple[MatchCount, ...]:
    """Count what came of matching, or remember it: it takes long and changes with the data."""
    key = (str(conn.engine.url), data_version(conn))
    return _COUNTS.recall(key, lambda: match_counts(conn))


def turns(values: dict[str, Any], total: int) -> dict[str, Any]:
    """Link the rows before and after those shown."""
    start = values["offset"]

    def at(offset: int) -> str:
        return address("pages.matches", query_of(values, offset=offset or None))

    return {
        "previous": at(max(min(start, total) - PER_PAGE, 0)) if start else None,
        "next": at(start + PER_PAGE) if start + PER_PAGE < total else None,
    }
