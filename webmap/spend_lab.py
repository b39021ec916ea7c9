"""The parameters of the definition lab, and what they ask for."""

from collections.abc import Sequence
from dataclasses import replace

from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.lab import LabRequest
from geo_wealth.spend.selection import Selection
from webmap.params import Param, Values
from webmap.spend_params import DATASET, DEFINITION, FROM, OFFSET, PAYER, REFERENCE, RULES, TO

_STATE = "(local|leaked|unlocated)"
DEFINITIONS = replace(
    DEFINITION, about="Definitions to compare, two to eight: slug or slug@version.", many=True
)
LAB = (PAYER, DEFINITIONS, RULES, FROM, TO, DATASET)
PAIR = Param(
    "pair",
    "Whose differences to list: two of the definitions, or all.",
    pattern=rf"{REFERENCE}\.\.{REFERENCE}|all",
    example="kirklees@1..west-yorkshire@1",
    maximum=150,
)
CELL = Param(
    "cell",
    "Where the first and the second of the pair put a payment.",
    pattern=rf"{_STATE}\.\.{_STATE}",
    example="local..leaked",
)
LISTING = (PAIR, CELL, OFFSET)


def lab_request(values: Values) -> LabRequest:
    """Gather the parameters of :data:`LAB`."""
    return LabRequest(
        definitions=values["definition"],
        payers=values["payer"],
        datasets=values["dataset"],
        rules=values["rules"],
        first=values["from"],
        last=values["to"],
    )


def chosen_of(
    selections: Sequence[Selection], values: Values
) -> tuple[list[Selection], tuple[str, str] | None]:
    """Give the selections whose differences are asked for, and the cell of the matrix.

    Raises
    ------
    InvalidRequestError
        When the pair is not of the definitions compared.
    """
    labels = list(values["definition"])
    if values["pair"] == "all":
        return list(selections), None
    pair = str(values["pair"]).split("..")
    if len(set(pair)) != 2 or not set(pair) <= set(labels):
        raise InvalidRequestError("pair", f"name two of {', '.join(labels)}, as a..b, or all.")
    first, _, second = str(values["cell"] or "").partition("..")
    return [selections[labels.index(label)] for label in pair], ((first, second) if first else None)
