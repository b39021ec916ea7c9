"""The JSON API, version 1."""

from webmap.api import (
    clusters,
    comparison,
    described,
    drawing,
    effect,
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
    "comparison",
    "described",
    "drawing",
    "effect",
    "penetration",
    "pilots",
    "places",
    "points",
    "rankings",
    "spend",
]
