"""The Flask application: pages, API and exports over ``geo_wealth``; maps by folium."""

from webmap.app import create_app

__all__ = ["create_app"]
