"""Addresses of databases, and what is asked of the database behind one."""

from contextlib import closing
from urllib.parse import unquote, urlsplit

import psycopg2

from geo_wealth.errors import DatabaseUnavailableError, SetupError


def sqlalchemy_url(url: str) -> str:
    """Name the driver, since SQLAlchemy 2.1 reads a bare ``postgresql://`` as psycopg 3.

    Raises
    ------
    SetupError
        When it is not an address of PostgreSQL.
    """
    scheme, separator, rest = url.strip().partition("://")
    known = {"postgres", "postgresql", "postgresql+psycopg2"}
    if not separator or scheme.lower() not in known:
        raise SetupError(
            "DATABASE_URL must look like postgresql://user:password@host:port/database."
        )
    return f"postgresql+psycopg2://{rest}"


def libpq_url(url: str) -> str:
    """Return the same address in the form that psql, pg_dump and psycopg2 read."""
    return "postgresql://" + sqlalchemy_url(url).partition("://")[2]


def check_postgis(url: str) -> None:
    """Connect to the database of ``DATABASE_URL`` and see to it that it has PostGIS.

    Raises
    ------
    DatabaseUnavailableError
        When it does not answer.
    SetupError
        When PostGIS is missing and may not be created, or the address is malformed.
    """
    try:
        with closing(psycopg2.connect(libpq_url(url), connect_timeout=10)) as connection:
            ensure_postgis(connection)
    except psycopg2.OperationalError as error:
        raise DatabaseUnavailableError(
            f"The database of DATABASE_URL does not answer ({first_line(error)}): start it, "
            "or unset DATABASE_URL to use the private one."
        ) from error
    except psycopg2.ProgrammingError as error:
        raise SetupError(f"DATABASE_URL is not a valid address: {first_line(error)}.") from error


def has_postgis(connection: "psycopg2.extensions.connection") -> bool:
    """Tell whether the extension is in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
        return cursor.fetchone() is not None


def ensure_postgis(connection: "psycopg2.extensions.connection") -> None:
    """Create the extension when it is missing.

    Raises
    ------
    SetupError
        When the server has none, or the user may not create it.
    """
    if has_postgis(connection):
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        connection.commit()
    except psycopg2.Error as error:
        connection.rollback()
        if has_postgis(connection):  # another command was quicker
            return
        raise SetupError(
            f"The database has no PostGIS ({first_line(error)}): let its administrator run "
            "`CREATE EXTENSION postgis` there."
        ) from error


def first_line(error: BaseException | str) -> str:
    """Return the first line of a message, without its full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(". ") if lines else "no reason given"


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """Take the password out of an address, since any user of the machine can list commands.

    Returns
    -------
    tuple
        The libpq address without the password, and the environment that carries it instead.
    """
    parts = urlsplit(libpq_url(url))
    user, at, host = parts.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    if not colon:
        return parts.geturl(), {}
    return parts._replace(netloc=f"{name}{at}{host}").geturl(), {"PGPASSWORD": unquote(password)}
