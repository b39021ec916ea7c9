"""The pages about spend as one row of links that carry the question from page to page."""

from typing import Any

from webmap.addresses import address
from webmap.params import Values
from webmap.spend_params import SPEND, query_of

TABS = (
    ("pages.spend", "Local share"),
    ("pages.opportunities", "Leaks by category"),
    ("pages.lab", "Definitions side by side"),
    ("pages.compare", "Two baselines"),
    ("pages.anchors", "Payers side by side"),
    ("pages.matches", "Matches to review"),
    ("pages.definitions", "Definitions and rules"),
)
_ONE_QUESTION = ("pages.spend", "pages.opportunities", "pages.anchors")
_SEVERAL = "pages.lab"


def tabs(current: str, values: Values | None = None) -> list[tuple[str, str, bool]]:
    """Link every page about spend: name, address, whether it is this one.

    Parameters
    ----------
    values
        The question asked; pages that take its parameters are asked it too.
    """
    asked = {param.name: (values or {}).get(param.name) for param in SPEND}
    definition = asked["definition"]
    if isinstance(definition, tuple):
        asked["definition"] = definition[0] if definition else None
    links = []
    for endpoint, name in TABS:
        query: dict[str, Any] = {}
        if endpoint in _ONE_QUESTION:
            query = query_of(asked)
        elif endpoint == _SEVERAL:
            query = query_of(asked, definition=None)
        links.append((name, address(endpoint, query), endpoint == current))
    return links
