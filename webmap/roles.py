"""Who may ask for what: every route by its role. What is not in the table is refused.

There is no sign-in yet, so nothing on the web writes and every route is for the public. What
officers may do, proposing and approving, is done by the command line.
"""

from flask import Flask, request
from werkzeug.exceptions import Forbidden

PUBLIC = "public"

ROLES: dict[str, str] = {
    f"{group}.{name}": PUBLIC
    for group, names in {
        "api": (
            "anchors",
            "area",
            "areas",
            "assets",
            "clusters",
            "compare_areas",
            "comparison",
            "datasets_",
            "definitions",
            "districts",
            "drawing",
            "explanation",
            "issues",
            "openapi",
            "penetration",
            "pilot",
            "pilot_effect",
            "pilots",
            "rankings",
            "robustness",
            "spend",
            "spend_anchors",
            "spend_compare",
            "spend_lab",
            "spend_opportunities",
            "suppliers",
            "ward",
        ),
        "draw_exports": (
            "codes",
            "geojson",
            "gpkg",
            "postcodes",
        ),
        "exports": (
            "csv_file",
            "geojson",
            "gpkg",
        ),
        "ops": (
            "healthz",
            "metrics",
            "readyz",
        ),
        "pages": (
            "accessibility",
            "anchors",
            "area",
            "buildings",
            "compare",
            "compare_areas",
            "comparison",
            "data",
            "definition",
            "definitions",
            "draw",
            "effect",
            "home",
            "lab",
            "matches",
            "method",
            "method_choice",
            "opportunities",
            "pack_bundle",
            "pack_page",
            "pack_pdf",
            "pilot",
            "pilots",
            "rank",
            "rules",
            "spend",
            "ward",
        ),
        "spend_exports": (
            "lab_rows",
            "matches",
            "opportunities",
            "parts",
            "rows",
        ),
        "static_files": ("static",),
        "styles": ("govuk",),
    }.items()
    for name in names
}


def init_app(app: Flask) -> None:
    """Refuse every route that the table does not know."""
    app.before_request(_refuse_strangers)


def _refuse_strangers() -> None:
    """Deny by default: a route added without a role is closed, and a test says so."""
    if request.endpoint is not None and ROLES.get(request.endpoint) != PUBLIC:
        raise Forbidden
