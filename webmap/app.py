"""The application factory: everything is wired here, nothing at import."""

from flask import Flask
from flask_compress import Compress
from sqlalchemy import Engine

from geo_wealth.config import Settings
from webmap import (
    api,
    database,
    draw_exports,
    errors,
    exports,
    logs,
    ops,
    pages,
    roles,
    security,
    spend_exports,
    static_files,
    styles,
    templating,
)

COMPRESSED = [
    "application/geo+json",
    "application/javascript",
    "application/json",
    "application/problem+json",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
]


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """Build the web service.

    Parameters
    ----------
    settings
        Database, basemap and limits.
    engine
        A database to use instead of the one the settings name; it is found, or started,
        at the first request otherwise, so that a forked worker opens its own connections.

    Returns
    -------
    Flask
        Ready to be served; ``/healthz`` answers without a database.
    """
    app = Flask("webmap", static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=1_000_000,
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIN_SIZE=500,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    logs.init_app(app)
    ops.init_app(app)
    database.init_app(app, settings, engine)
    security.init_app(app, settings)
    roles.init_app(app)
    errors.init_app(app)
    templating.init_app(app, settings)
    Compress(app)
    for module in (
        *(pages, api, exports, draw_exports, spend_exports),
        *(ops, styles, static_files),
    ):
        app.register_blueprint(module.blueprint)
    return app
