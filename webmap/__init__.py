"""The Flask application: pages, API and exports over ``geo_wealth``; maps by folium."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

    from geo_wealth.config import Settings


def create_app(settings: "Settings", engine: "Engine | None" = None) -> "Flask":
    """Make the application; see :func:`webmap.app.create_app`.

    Imported only when called: the command line shares this package and needs no maps.
    """
    from webmap.app import create_app as make  # noqa: PLC0415

    return make(settings, engine)
