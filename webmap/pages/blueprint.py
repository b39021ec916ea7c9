"""The blueprint of the pages, and what all of them do alike."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template
from sqlalchemy import Connection

from geo_wealth.config import Settings
from geo_wealth.errors import InvalidRequestError, NotFoundError, RefusedFileError
from geo_wealth.queries.datasets import attributions, datasets
from webmap.database import KEY, Database, connection

blueprint = Blueprint("pages", __name__)

REFUSALS = (InvalidRequestError, NotFoundError, RefusedFileError)
"""What a form that was filled in may be refused for: it is shown again, with the reason."""


def page(template: str, status: int = 200, **context: Any) -> Response:
    """Render a page. It is not stored: a page kept and its nonce would part ways.

    The database is asked for credits only where none are given, so that a page which shows
    no data is served without one.
    """
    context.setdefault("section", None)
    if "attributions" not in context:
        context["attributions"] = attributions(connection())
    response = Response(
        render_template(f"pages/{template}", **context), status=status, mimetype="text/html"
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def sample_in_use(conn: Connection) -> bool:
    """Tell whether anything current is invented."""
    return any(row.sample and row.state == "current" for row in datasets(conn))


def settings() -> Settings:
    """Return the settings the application was made with."""
    database: Database = current_app.extensions[KEY]
    return database.settings
