"""Pages for people: thin views, each a dozen lines."""

from webmap.pages import (
    about,
    anchors,
    area,
    buildings,
    compare,
    compare_areas,
    documents,
    draw,
    home,
    lab,
    matches,
    opportunities,
    pilots,
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
    "compare_areas",
    "documents",
    "draw",
    "home",
    "lab",
    "matches",
    "opportunities",
    "pilots",
    "rank",
    "spend",
    "ward",
]
