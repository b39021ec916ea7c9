"""The tables. Migrations create them; a test keeps both equal.

Rows of geography, deprivation, population, postcodes and lookups carry ``current``: for one
key only the row of the newest checked dataset is current, and what it replaced stays, so that
one can go back. Payments, organisations, assets and outcomes are current with their whole
dataset. Events of pilots are only ever added.
"""

from geo_wealth.models import assets, pilots, places, spend
from geo_wealth.models.base import BNG, metadata

__all__ = ["BNG", "assets", "metadata", "pilots", "places", "spend"]
