"""The parameters of the addresses that choose comparison areas, and the request they become."""

from dataclasses import replace
from typing import Any

from geo_wealth.evaluation.request import POOLS, ComparisonRequest
from webmap.draw_params import AREA, DRAWING, draw_query
from webmap.filters import RANKING, RankFilters
from webmap.params import Param, Values

MOST_COMPARED = 40
"""Neighbourhoods that comparison areas are chosen for on the web."""

MOST_HISTORIES = 5
"""Outcomes whose past is matched on, on the web."""

_DEFAULT = ComparisonRequest()
MATCHES = Param(
    "matches",
    "Comparison areas to each pilot area.",
    kind="integer",
    minimum=1,
    maximum=10,
    default=_DEFAULT.matches,
)
POOL = Param("pool", "Where they may be.", allowed=POOLS, default=_DEFAULT.pool)
HISTORY = Param(
    "history",
    "Name of an outcome whose past values are matched on too; may be repeated.",
    maximum=200,
    many=True,
    most=MOST_HISTORIES,
)
COMPARED = replace(
    AREA, about="Code of a neighbourhood of the pilot; may be repeated.", most=MOST_COMPARED
)
COMPARING = (MATCHES, POOL, HISTORY)
COMPARISON = (
    *RANKING,
    *(COMPARED if param is AREA else param for param in DRAWING),
    *COMPARING,
)
"""The drawing is carried along, for the command that proposes the pilot."""

MEASURE = Param("measure", "Name of the outcome that the pilot is judged by.", maximum=200)
EFFECT = (MEASURE,)


def comparison_request(values: Values) -> ComparisonRequest:
    """Gather the parameters of :data:`COMPARING`."""
    return ComparisonRequest(values["matches"], values["pool"], tuple(values["history"]))


def comparison_query(filters: RankFilters, values: Values, **changes: Any) -> dict[str, Any]:
    """Write ranking, drawing and comparison back as arguments of an address, defaults left out."""
    query = draw_query(filters, values)
    wanted = {param.name: values[param.name] for param in COMPARING} | changes
    for param in COMPARING:
        value = wanted[param.name]
        if value not in (None, (), [], param.default):
            query[param.name] = list(value) if param.many else str(value)
    return query
