"""What the page and the API that compare neighbourhoods ask for."""

from flask import request

from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.side_by_side import MOST
from webmap.filters import AGAINST, DISTRICT, KEPT, SCORING
from webmap.params import Param, Values

AREA = Param(
    "area",
    f"A neighbourhood to compare; give two to {MOST}.",
    pattern=AGAINST.pattern,
    example=AGAINST.example,
    many=True,
)
SIDE = (DISTRICT, *SCORING, KEPT, AREA)


def areas_given(values: Values) -> tuple[str, ...]:
    """Give the neighbourhoods to compare, in the order of the address.

    Raises
    ------
    InvalidRequestError
        When one is named twice: of parameters that may be repeated, equal ones were joined.
    """
    codes: tuple[str, ...] = values[AREA.name]
    given = [code.strip() for code in request.args.getlist(AREA.name) if code.strip()]
    for code in codes:
        if given.count(code) > 1:
            raise InvalidRequestError(
                AREA.name, f"name each neighbourhood once; {code} is there twice."
            )
    return codes
