"""Neighbourhoods side by side: two to four of one ranking, as a table to read and to print."""

from itertools import groupby
from typing import Any

from flask import Response, request

from geo_wealth.pipeline.robustness import LABEL
from geo_wealth.pipeline.side_by_side import MOST, SideBySide, check_codes, lines, side_by_side
from geo_wealth.queries import places
from geo_wealth.queries.datasets import attributions
from webmap.addresses import address
from webmap.database import connection
from webmap.errors import status_of
from webmap.filters import query_of, rank_filters
from webmap.pages.blueprint import REFUSALS, blueprint, page
from webmap.pages.rank import context_line, weights_line
from webmap.params import Values, read
from webmap.ranked import NO_DISTRICT, find_ranking, names
from webmap.side import SIDE, areas_given


@blueprint.get("/rank/compare")
def compare_areas() -> Response:
    """Compare neighbourhoods, or ask which."""
    values = read(request.args, SIDE)
    conn = connection()
    if not places.districts(conn):
        return page("empty.html", **_EMPTY)
    filters, ranking = find_ranking(conn, rank_filters(values))
    query = query_of(filters)
    found, problem = None, None
    try:
        codes = areas_given(values)
        if len(codes) > 1:  # one is where to begin
            check_codes(codes)
            found = side_by_side(conn, ranking, codes)
    except REFUSALS as error:
        problem = error
    return page(
        "compare_areas.html",
        status_of(problem) if problem else 200,
        title=_title(found),
        section="pages.rank",
        problem=problem,
        ranking=ranking,
        context=context_line(ranking),
        weighted=weights_line(ranking),
        found=found,
        groups=grouped(found) if found else [],
        sensitivity=LABEL,
        chosen=chosen(values),
        offered=sorted(names(ranking).items(), key=lambda item: (item[1], item[0])),
        query=query,
        place_query={name: value for name, value in query.items() if name != "id"},
        json_href=address("api.compare_areas", {**query, "area": list(values["area"])}),
        sample=ranking.sample,
        attributions=attributions(conn, ranking.datasets),
    )


_EMPTY: dict[str, Any] = {
    "title": "Neighbourhoods side by side",
    "sentence": "Here up to four neighbourhoods of a district are put side by side.",
    "step": NO_DISTRICT,
    "attributions": [],
}


def _title(found: SideBySide | None) -> str:
    if found is None:
        return "Neighbourhoods side by side"
    *first, last = (side.area.name for side in found.sides)
    return f"{', '.join(first)} and {last} side by side"


def grouped(found: SideBySide) -> list[tuple[str, list[Any]]]:
    """Part the lines of the table by their headings."""
    return [(group, list(part)) for group, part in groupby(lines(found), lambda line: line.group)]


def chosen(values: Values) -> list[str]:
    """Give a code, or nothing, for each box of the form."""
    codes = list(values["area"])[:MOST]
    return codes + [""] * (MOST - len(codes))
