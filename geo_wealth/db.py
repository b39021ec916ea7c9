"""The engine: one per process, lazily connected, made for short transactions."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event
from sqlalchemy import create_engine as sa_create_engine
from sqlalchemy.exc import DBAPIError, OperationalError

from geo_wealth.cluster import database_url
from geo_wealth.config import Settings
from geo_wealth.errors import DatabaseUnavailableError


def create_engine(url: str, statement_timeout_ms: int | None = None) -> Engine:
    """Make an engine that notices a restarted database and never waits for long.

    Parameters
    ----------
    url
        A SQLAlchemy address with the psycopg2 driver.
    statement_timeout_ms
        Longest a query may run, in milliseconds; None for loads, which may take minutes.
    """
    engine = sa_create_engine(
        url,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=8,
        pool_timeout=3,
        hide_parameters=True,  # what people search for does not belong in logs
        connect_args={"connect_timeout": 3},
    )

    @event.listens_for(engine, "connect")
    def _settings(connection, _record) -> None:  # type: ignore[no-untyped-def]
        # Set by statement, not by the "options" start-up parameter: poolers such as
        # pgbouncer refuse the latter. Parallel workers only cost time at our sizes.
        with connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            if statement_timeout_ms is not None:
                cursor.execute("SET statement_timeout = %s", (statement_timeout_ms,))
        connection.commit()

    return engine


def engine_for(settings: Settings, statement_timeout_ms: int | None = None) -> Engine:
    """Find or start the database of these settings and make an engine for it."""
    return create_engine(database_url(settings), statement_timeout_ms)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a read-only transaction with one view of the data from start to end.

    Raises
    ------
    DatabaseUnavailableError
        When the database does not answer.
    """
    try:
        with engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection:
            yield connection
    except OperationalError as error:
        raise unavailable(error) from error


def unavailable(error: DBAPIError) -> DatabaseUnavailableError:
    """Turn a driver's error into one sentence that names no address and no query."""
    if "statement timeout" in str(error.orig):
        return DatabaseUnavailableError("The database took too long to answer. Try again soon.")
    return DatabaseUnavailableError("The database does not answer. Try again in a moment.")
