"""The parameters of the addresses that draw a pilot area, and the request they become."""

from typing import Any

from geo_wealth.drawing.request import ACROSS_M, CAP, DrawRequest
from webmap.filters import RANKING, RankFilters, query_of
from webmap.params import Param, Values

ANY = "any"
AREA_CODE = r"[EW]01\d{6}"
MOST_ALTERNATIVES = 6
MOST_RESIDENTS = 50_000
"""Of a drawing on the web: larger ones take too long to wait for, and have the command line."""
MOST_NAMED = 20
"""Neighbourhoods that must, and that must not, be in a drawing on the web."""

MOST_AREAS = 60
"""Neighbourhoods in a selection made by hand on the web."""

_DRAWN = DrawRequest()
CAP_PARAM = Param(
    "cap",
    "Most residents that the pilot area may have.",
    kind="integer",
    minimum=1,
    maximum=MOST_RESIDENTS,
    default=CAP,
)
ACROSS = Param(
    "across",
    "Longest straight line in metres between the centres of two of its areas, or any.",
    pattern=rf"{ANY}|\d{{1,6}}(\.\d{{1,3}})?",
    example=f"{ACROSS_M:.0f}, in metres, or {ANY}",
    default=f"{ACROSS_M:.0f}",
)
INCLUDE = Param(
    "include",
    "Code of a neighbourhood that must be in the drawing; may be repeated.",
    pattern=AREA_CODE,
    example="E01011140",
    many=True,
    most=MOST_NAMED,
)
EXCLUDE = Param(
    "exclude",
    "Code of a neighbourhood that must not be in the drawing; may be repeated.",
    pattern=AREA_CODE,
    example="E01011140",
    many=True,
    most=MOST_NAMED,
)
WITHIN = Param(
    "within",
    "Ward to stay in, by its code, or post town, as town: and its name; "
    "left out, the whole district.",
    pattern=r"E05\d{6}|town:.{1,60}",
    example="E05001389 or town:Huddersfield",
)
ALTERNATIVES = Param(
    "alternatives",
    "How many other areas to draw beside the best.",
    kind="integer",
    minimum=0,
    maximum=MOST_ALTERNATIVES,
    default=_DRAWN.alternatives,
)
AREA = Param(
    "area",
    "Code of a neighbourhood in a selection made by hand; may be repeated. "
    "Left out, the best drawing is what is shown.",
    pattern=AREA_CODE,
    example="E01011140",
    many=True,
    most=MOST_AREAS,
)
DRAWING = (CAP_PARAM, ACROSS, INCLUDE, EXCLUDE, WITHIN, ALTERNATIVES, AREA)
DRAW = (*RANKING, *DRAWING)
AFRESH = Param(
    "draw",
    "Draw the best again and drop the selection made by hand.",
    allowed=("best",),
)


def draw_request(values: Values) -> DrawRequest:
    """Gather the parameters of :data:`DRAWING`, the selection aside.

    Raises
    ------
    InvalidRequestError
        When an area is named as included and as excluded, or a number is out of range.
    """
    across = values["across"]
    return DrawRequest(
        cap=values["cap"],
        across=None if across == ANY else float(across),
        include=values["include"],
        exclude=values["exclude"],
        within=values["within"],
        alternatives=values["alternatives"],
    )


def draw_query(filters: RankFilters, values: Values, **changes: Any) -> dict[str, Any]:
    """Write ranking and drawing back as arguments of an address, defaults left out.

    ``changes`` are laid over the parameters of the drawing; None takes one away.
    """
    query: dict[str, Any] = dict(query_of(filters))
    wanted = {param.name: values[param.name] for param in DRAWING} | changes
    for param in DRAWING:
        value = wanted[param.name]
        if value not in (None, (), [], param.default):
            query[param.name] = list(value) if param.many else str(value)
    return query
