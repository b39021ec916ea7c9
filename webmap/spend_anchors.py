"""The parameters of payers side by side, each at its own scale."""

from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.anchors import AnchorsRequest
from geo_wealth.queries import named, places
from webmap.params import Param, Values
from webmap.spend_choices import Choice, reference_to
from webmap.spend_params import SPEND

SCALE = Param(
    "scale",
    "A payer's own scale, as PAYER=district:E08000034, ward:CODE, lsoa:CODE, town or a "
    "definition; may be repeated.",
    maximum=400,
    many=True,
)
ALSO = Param(
    "also",
    "Another name under which the others pay a payer, as PAYER=NAME; may be repeated.",
    maximum=600,
    many=True,
)
ANCHORS = (*SPEND, SCALE, ALSO)


def anchors_request(values: Values) -> AnchorsRequest:
    """Gather the parameters of :data:`ANCHORS`."""
    return AnchorsRequest(
        payers=values["payer"],
        scales=tuple(_pair("scale", each) for each in values["scale"]),
        definition=values["definition"],
        rules=values["rules"],
        first=values["from"],
        last=values["to"],
        datasets=values["dataset"],
        also=tuple(_pair("also", each) for each in values["also"]),
    )


def _pair(name: str, text: str) -> tuple[str, str]:
    """Read PAYER=VALUE: a payer's own name may hold an equals sign, a value need not.

    No scale has one, and names are compared without punctuation.
    """
    payer, equals, value = text.rpartition("=")
    if not (payer and equals and value):
        raise InvalidRequestError(name, "must look like PAYER=VALUE.")
    return payer, value


def scales(conn: Connection, payer: str, asked: tuple[str, ...]) -> list[Choice]:
    """List the scales a payer can be put at: its town, a district, a definition."""
    newest = {each.slug: each for each in reversed(named.named_documents(conn, "definition"))}
    known = [
        ("", "the same as the others"),
        ("town", "its town"),
        *((f"district:{row.code}", row.name) for row in places.districts(conn)),
        *((reference_to(each), each.title) for each in newest.values()),
    ]
    listed = [(f"{payer}={value}" if value else "", text) for value, text in known]
    offered = {value for value, _ in listed}
    listed += [
        (each, each.rpartition("=")[2])
        for each in asked
        if each.startswith(f"{payer}=") and each not in offered
    ]
    return [Choice(value, text, value in asked) for value, text in listed]
