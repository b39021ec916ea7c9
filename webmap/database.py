"""One read-only transaction per request, opened when the first query needs it."""

from contextlib import ExitStack
from threading import Lock

from flask import Flask, current_app, g
from sqlalchemy import Connection, Engine

from geo_wealth.config import Settings
from geo_wealth.db import engine_for, reading

KEY = "geo_wealth"


class Database:
    """The engine of one process, found at its first use."""

    def __init__(self, settings: Settings, engine: Engine | None) -> None:
        self.settings = settings
        self._engine = engine
        self._lock = Lock()

    @property
    def engine(self) -> Engine:
        """The engine; the first thread that asks makes it."""
        with self._lock:
            if self._engine is None:
                self._engine = engine_for(self.settings, self.settings.statement_timeout_ms)
            return self._engine


def init_app(app: Flask, settings: Settings, engine: Engine | None) -> None:
    """Give the application its database and close each request's transaction."""
    app.extensions[KEY] = Database(settings, engine)
    app.teardown_appcontext(_close)


def connection() -> Connection:
    """Return the transaction of this request.

    Raises
    ------
    DatabaseUnavailableError
        When the database does not answer.
    """
    if "connection" not in g:
        database: Database = current_app.extensions[KEY]
        with ExitStack() as stack:
            g.connection = stack.enter_context(reading(database.engine))
            g.connection_stack = stack.pop_all()
    opened: Connection = g.connection
    return opened


def _close(_error: BaseException | None) -> None:
    stack: ExitStack | None = g.pop("connection_stack", None)
    g.pop("connection", None)
    if stack is not None:
        stack.close()
