"""Pages for people: thin views, each a dozen lines."""

from webmap.pages import (
    about,
    anchors,
    area,
    buildings,
    compare,
    documents,
    draw,
    home,
    lab,
    matches,
    opportunities,
    rank,
    spend,
    ward,
)
from webmap.pages.blueprint import blueprint

__all__ = [
    "about",
    "anchors",
    "area",
    "blueprint",
    "buildings",
    "compare",
    "documents",
    "draw",
    "home",
    "lab",
    "matches",
    "opportunities",
    "rank",
    "spend",
    "ward",
]
