"""The JSON API, version 1."""

from webmap.api import described, penetration, places, points, rankings, spend
from webmap.api.blueprint import blueprint

__all__ = ["blueprint", "described", "penetration", "places", "points", "rankings", "spend"]
