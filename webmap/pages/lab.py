"""The definition lab: the same payments under several definitions, every difference listed."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from geo_wealth.pipeline.lab import LabResult, difference_rows, difference_sentence, lab_selections
from geo_wealth.pipeline.lab import lab as work_out
from geo_wealth.pipeline.spend_rows import STATE_NAMES
from geo_wealth.queries.datasets import attributions
from geo_wealth.spend.lab import ORDER, Difference
from webmap import bars
from webmap.addresses import address
from webmap.database import connection
from webmap.errors import status_of
from webmap.pages.blueprint import REFUSALS, blueprint, page
from webmap.params import Values, read
from webmap.spend_choices import lab_fixed, lab_form, payers, years
from webmap.spend_lab import LAB, LISTING, chosen_of, lab_request
from webmap.spend_params import query_of
from webmap.spend_tabs import tabs
from webmap.spend_view import Breakdown, exact_pounds, lines
from webmap.wording import financial_years

PER_PAGE = 50
CALLED = {"local": "Local", "leaked": "Leaked", "unlocated": "Not located"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a matrix; ``href`` leads to its payments where the two disagree."""

    text: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Where two definitions put the same payments: rows by the first, columns by the second."""

    first: str
    second: str
    sentence: str
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    every: str | None
    csv: str | None


@blueprint.get("/spend/lab")
def lab() -> Response:
    """Show some payments under several definitions."""
    conn = connection()
    values = read(request.args, (*LAB, *LISTING))
    if not payers(conn):
        return page("empty.html", **_EMPTY)
    stated = lab_fixed(conn, values)
    offered = {
        **lab_form(conn, stated),
        "years": years(conn, "pages.lab", query_values(stated)),
        "tabs": tabs("pages.lab", stated),
        "section": "pages.spend",
        "title": "Definitions side by side",
    }
    try:
        result = work_out(conn, lab_request(stated))
    except REFUSALS as error:
        return page(
            "lab.html", status_of(error), problem=error, result=None, attributions=[], **offered
        )
    return page(
        "lab.html",
        problem=None,
        result=result,
        sample=result.sample,
        attributions=attributions(conn),
        **offered,
        **shown(conn, stated, result),
    )


_EMPTY: dict[str, Any] = {
    "title": "Definitions side by side",
    "sentence": "Here you see what several definitions of local make of the same payments.",
    "step": "No ledger is loaded yet: run geo-wealth load ledger FILE --payer NAME, "
    "or geo-wealth sample.",
    "attributions": [],
}


def query_values(values: Values) -> Values:
    """Leave out what says which payments are listed."""
    return values | {param.name: None for param in LISTING}


def shown(conn: Connection, values: Values, result: LabResult) -> dict[str, Any]:
    """Lay a lab out: the definitions in lines, each pair as a matrix, the payments asked for."""
    plain = query_of(query_values(values))
    table = lines(
        [(column.definition.title, column.label, column.split) for column in result.columns]
    )
    return {
        "table_": Breakdown("definitions", table, len(table)),
        "patterns": bars.patterns(),
        "period": financial_years(result.first, result.last),
        "matrices": [matrix(values, result, each) for each in result.differences],
        "torn_href": address("pages.lab", plain | {"pair": "all"}) + "#listing",
        "json_href": address("api.spend_lab", plain),
        "listing": listing(conn, values) if values["pair"] else None,
    }


def matrix(values: Values, result: LabResult, difference: Difference) -> Matrix:
    """Lay out where two definitions put the same payments."""
    first = result.columns[difference.first]
    second = result.columns[difference.second]
    pair = {"pair": f"{first.label}..{second.label}"}
    plain = query_of(query_values(values)) | pair
    cells = {(cell.first, cell.second): cell for cell in difference.cells}

    def cell_at(a: int, b: int) -> Cell:
        cell = cells[a, b]
        text = f"{exact_pounds(cell.pounds)} in {cell.payments:,}" if cell.payments else "none"
        query = plain | {"cell": f"{STATE_NAMES[a]}..{STATE_NAMES[b]}"}
        moved = cell.differs and cell.payments
        return Cell(text, f"{address('pages.lab', query)}#listing" if moved else None)

    return Matrix(
        first.definition.title,
        second.definition.title,
        difference_sentence(result, difference),
        tuple((CALLED[STATE_NAMES[a]], tuple(cell_at(a, b) for b in ORDER)) for a in ORDER),
        f"{address('pages.lab', plain)}#listing" if difference.payments else None,
        address("spend_exports.lab_rows", plain) if difference.payments else None,
    )


def listing(conn: Connection, values: Values) -> dict[str, Any]:
    """List one page of the payments that definitions disagree on."""
    selections, cell = chosen_of(lab_selections(conn, lab_request(values)), values)
    start = values["offset"]
    found = difference_rows(conn, selections, cell, start=start, count=PER_PAGE)
    rows, total = list(found.found), found.rows
    plain = query_of(values, offset=None)

    def at(offset: int) -> str:
        return f"{address('pages.lab', plain | {'offset': str(offset)})}#listing"

    return {
        "labels": [f"{each.definition.slug}@{each.definition.version}" for each in selections],
        "rows": rows,
        "total": total,
        "payments": found.payments,
        "first": start + 1 if rows else 0,
        "last": start + len(rows) if rows else 0,
        "previous": at(max(min(start, total) - PER_PAGE, 0)) if start else None,
        "next": at(start + PER_PAGE) if start + PER_PAGE < total else None,
        "csv": address("spend_exports.lab_rows", plain),
    }
