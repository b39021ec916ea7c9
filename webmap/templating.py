"""What every template may use: number formats, asset addresses, the name of the service."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from geo_wealth.config import Settings
from geo_wealth.indicators import INDICATORS
from webmap import wording
from webmap.ranked import UNITS, value_text

SERVICE = "Geo Wealth"
STATIC = Path(__file__).parent / "static"
STANDARD_ATTRIBUTIONS = (
    "Contains OS data © Crown copyright and database right 2025",
    "Contains Royal Mail data © Royal Mail copyright and database right 2025",
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
    "Contains public sector information licensed under the Open Government Licence v3.0",
)
NAVIGATION = (
    ("pages.home", "Home"),
    ("pages.rank", "Choose a pilot"),
    ("pages.buildings", "Find a building"),
    ("pages.data", "Data"),
    ("pages.method", "Method"),
)


def init_app(app: Flask, settings: Settings) -> None:
    """Give the templates their tools."""
    app.jinja_loader = ChoiceLoader(
        [
            PackageLoader("webmap", "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        service=SERVICE,
        navigation=NAVIGATION,
        settings=settings,
        asset=asset,
        indicators=INDICATORS,
        units=UNITS,
    )
    app.jinja_env.filters.update(
        pounds=wording.pounds,
        percent=wording.percent,
        ordinal=wording.ordinal,
        long_date=wording.long_date,
        metres=wording.metres,
        number=wording.number,
        index_name=wording.index_name,
        listed=wording.listed,
        value_text=lambda value, slug: value_text(slug, value),
    )


def asset(name: str) -> str:
    """Address of a static file, with its hash, so that browsers may keep it."""
    return url_for("static", filename=name, v=_digest(name))


@lru_cache(maxsize=64)
def _digest(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"
