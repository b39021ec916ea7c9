"""The JSON API, version 1."""

from webmap.api import described, drawing, penetration, places, points, rankings, spend
from webmap.api.blueprint import blueprint

__all__ = [
    "blueprint",
    "described",
    "drawing",
    "penetration",
    "places",
    "points",
    "rankings",
    "spend",
]
