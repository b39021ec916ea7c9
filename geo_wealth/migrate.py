"""The schema's version: up, down, where it is and where it ought to be."""

from collections.abc import Callable
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from geo_wealth.errors import DatabaseUnavailableError, InvalidRequestError
from geo_wealth.store.named import seed_ready

# Any number that nothing else in this database locks on: two upgrades at once take turns.
_LOCK = 7_305_041_977


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema of a database up to a revision, in one transaction.

    At the newest one it holds the ready-made definitions and rules of this program.

    Raises
    ------
    InvalidRequestError
        When there is no such revision.
    """
    _migrate(url, lambda config: command.upgrade(config, revision), seed=revision == "head")


def downgrade(url: str, revision: str) -> None:
    """Take the schema of a database back to a revision, in one transaction.

    Raises
    ------
    InvalidRequestError
        When there is no such revision.
    """
    _migrate(url, lambda config: command.downgrade(config, revision))


def head() -> str | None:
    """Return the newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(conn: Connection) -> str | None:
    """Return the revision of a database; None when it was never migrated."""
    return MigrationContext.configure(conn).get_current_revision()


def _config() -> Config:
    config = Config()
    # The package, not the folder of pyproject.toml: that is absent from a wheel.
    location = str(resources.files("migrations"))
    config.set_main_option("script_location", location.replace("%", "%%"))
    return config


def _migrate(url: str, step: Callable[[Config], None], *, seed: bool = False) -> None:
    config = _config()
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            config.attributes["connection"] = connection
            step(config)
            if seed:
                seed_ready(connection)
    except CommandError as error:
        raise InvalidRequestError("revision", f"{error}.") from error
    except OperationalError as error:
        raise DatabaseUnavailableError("The database went away during a migration.") from error
    finally:
        engine.dispose()
