"""What every template may use: number formats, asset addresses, the name of the service."""

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from geo_wealth.config import Settings
from geo_wealth.indicators import INDICATORS, SPEND_VARIANTS, measure_name
from webmap import bars, spend_view, wording
from webmap.ranked import UNITS, cell_text
from webmap.static_files import asset
from webmap.styles import govuk_address

SERVICE = "Geo Wealth"
STANDARD_ATTRIBUTIONS = (
    "Contains OS data © Crown copyright and database right 2025",
    "Contains Royal Mail data © Royal Mail copyright and database right 2025",
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
    "Contains public sector information licensed under the Open Government Licence v3.0",
)
NAVIGATION = (
    ("pages.home", "Home"),
    ("pages.spend", "Spend"),
    ("pages.rank", "Choose a pilot"),
    ("pages.pilots", "Pilots"),
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
        govuk_address=govuk_address,
        indicators=INDICATORS,
        units=UNITS,
        spend_variants=SPEND_VARIANTS,
        swatch=bars.swatch,
    )
    app.jinja_env.filters.update(
        pounds=wording.pounds,
        percent=wording.percent,
        ordinal=wording.ordinal,
        long_date=wording.long_date,
        metres=wording.metres,
        number=wording.number,
        index_name=wording.index_name,
        measure_name=measure_name,
        listed=wording.listed,
        cell_text=lambda cell, slug: cell_text(slug, cell),
        whole_pounds=spend_view.whole_pounds,
        exact_pounds=spend_view.exact_pounds,
        one_decimal=spend_view.one_decimal,
        kept=wording.kept,
    )
