"""The JSON API, version 1."""

from webmap.api import (
    clusters,
    described,
    drawing,
    penetration,
    pilots,
    places,
    points,
    rankings,
    spend,
)
from webmap.api.blueprint import blueprint

__all__ = [
    "blueprint",
    "clusters",
    "described",
    "drawing",
    "penetration",
    "pilots",
    "places",
    "points",
    "rankings",
    "spend",
]
