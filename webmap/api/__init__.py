"""The JSON API, version 1."""

from webmap.api import described, penetration, places, points, rankings
from webmap.api.blueprint import blueprint

__all__ = ["blueprint", "described", "penetration", "places", "points", "rankings"]
