"""Postcode areas and districts, and the post towns that these make up."""

import re
import tomllib
from functools import cache
from importlib import resources

_AREA = re.compile(r"[A-PR-UWYZ][A-HK-Y]?", re.ASCII)
_DISTRICT = re.compile(r"[A-PR-UWYZ][A-HK-Y]?[0-9](?:[0-9]|[A-HJKMNPR-Y])?", re.ASCII)


def is_area(text: str) -> bool:
    """Tell whether a text has the shape of a postcode area: HD, S."""
    return bool(_AREA.fullmatch(text))


def is_district(text: str) -> bool:
    """Tell whether a text has the shape of a postcode district: HD1, EC1A."""
    return bool(_DISTRICT.fullmatch(text))


def district_part(postcode: str) -> str:
    """Give the postcode district of a canonical postcode: HD1 of HD1 2TT."""
    return postcode.partition(" ")[0]


def area_part(postcode: str) -> str:
    """Give the postcode area of a canonical postcode: HD of HD1 2TT."""
    return district_part(postcode)[:2].rstrip("0123456789")


@cache
def post_towns() -> dict[str, frozenset[str]]:
    """Give the postcode districts of each post town that is shipped."""
    text = resources.files("geo_wealth.spend").joinpath("towns.toml").read_text(encoding="utf-8")
    towns: dict[str, list[str]] = tomllib.loads(text)["towns"]
    return {town: frozenset(districts) for town, districts in towns.items()}


def town_of(postcode: str) -> str | None:
    """Name the post town of a canonical postcode; None outside those shipped."""
    district = district_part(postcode)
    return next((town for town, held in post_towns().items() if district in held), None)
