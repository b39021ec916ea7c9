"""``geo-wealth db``: the private database, or the one of DATABASE_URL."""

import json
import os
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import psycopg2
import typer
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from geo_wealth import migrate
from geo_wealth.address import libpq_url, sqlalchemy_url, without_password
from geo_wealth.backup import backup as write_backup
from geo_wealth.backup import restore as read_backup
from geo_wealth.cluster import Cluster, database_url, private_cluster
from geo_wealth.config import Settings, load_settings
from geo_wealth.errors import InvalidRequestError, SetupError
from geo_wealth.postgres import client_program

app = typer.Typer(help="The database: the private one, or that of DATABASE_URL.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def _tell(as_json: bool, document: dict[str, Any], sentence: str) -> None:
    typer.echo(json.dumps(document) if as_json else sentence)


@app.command()
def start(*, as_json: Json = False) -> None:
    """Start the private database, making it if needed.

    Example: geo-wealth db start
    """
    settings = load_settings()
    if settings.database_url is not None:
        address = without_password(database_url(settings))[0]
        _tell(as_json, {"started": False, "url": address}, "The database of DATABASE_URL answers.")
        return
    cluster = private_cluster(settings)
    started = cluster.start()
    sentence = f"The database in {cluster.data_dir} {'is up' if started else 'was up already'}."
    _tell(as_json, {"started": started, "url": cluster.libpq_url()}, sentence)


@app.command()
def stop(
    *,
    if_idle: Annotated[
        bool, typer.Option("--if-idle", help="Leave it running while others are connected.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Stop the private database.

    Example: geo-wealth db stop
    """
    settings = load_settings()
    if settings.database_url is not None:
        raise SetupError("The database of DATABASE_URL is not ours to stop: unset it first.")
    cluster = private_cluster(settings)
    if if_idle and _stays_used(cluster):
        _tell(as_json, {"stopped": False}, "The database is in use: it goes on running.")
        return
    stopped = cluster.stop()
    sentence = "The database is stopped." if stopped else "The database was not running."
    _tell(as_json, {"stopped": stopped}, sentence)


def _stays_used(cluster: Cluster) -> bool:
    """Give connections that are just closing two seconds to go."""
    for _ in range(20):
        if not cluster.in_use():
            return False
        time.sleep(0.1)
    return True


@app.command()
def status(*, as_json: Json = False) -> None:
    """Say where the database is, whether it answers, and how far it is migrated.

    Example: geo-wealth db status --json
    """
    found = database_status(load_settings())
    lines = "\n".join(f"{k.replace('_', ' ')}: {_shown(v)}" for k, v in found.items())
    _tell(as_json, found, lines)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)


def database_status(settings: Settings) -> dict[str, Any]:
    """Describe the database without starting or changing anything.

    Returns
    -------
    dict
        ``kind`` (private or given), ``running``, ``url`` (without password), ``data_dir``,
        ``postgresql``, ``postgis``, ``revision``, ``head``; None is unknown.
    """
    cluster = private_cluster(settings)
    given = settings.database_url
    url = cluster.libpq_url() if given is None else libpq_url(given)
    versions = None if given is None and not cluster.running() else _versions(url)
    postgresql, postgis, revision = versions or (None, None, None)
    return {
        "kind": "private" if given is None else "given",
        "running": versions is not None,
        "url": without_password(url)[0],
        "data_dir": str(cluster.data_dir) if given is None else None,
        "postgresql": postgresql,
        "postgis": postgis,
        "revision": revision,
        "head": migrate.head(),
    }


def _versions(url: str) -> tuple[str | None, str | None, str | None] | None:
    try:
        with (
            closing(psycopg2.connect(url, connect_timeout=5)) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT current_setting('server_version'), "
                "(SELECT extversion FROM pg_extension WHERE extname = 'postgis')"
            )
            row = cursor.fetchone() or (None, None)
    except psycopg2.OperationalError:
        return None
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.connect() as conn:
        return row[0], row[1], migrate.current(conn)


@app.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="Where to; the newest by default.")] = "head",
    *,
    as_json: Json = False,
) -> None:
    """Bring the tables up to this version of Geo Wealth.

    Example: geo-wealth db upgrade
    """
    migrate.upgrade(database_url(load_settings()), revision)
    reached = migrate.head() if revision == "head" else revision
    _tell(as_json, {"revision": reached}, f"The database is at revision {reached}.")


@app.command()
def url(
    *,
    sqlalchemy: Annotated[bool, typer.Option(help="With the driver, for SQLAlchemy.")] = False,
    as_json: Json = False,
) -> None:
    """Print the address of the database, for psql, QGIS or DATABASE_URL; start it if needed.

    Example: psql "$(geo-wealth db url)"
    """
    address = database_url(load_settings())
    shown = address if sqlalchemy else libpq_url(address)
    _tell(as_json, {"url": shown}, shown)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open the database in psql; what follows goes to psql.

    Example: geo-wealth db psql -c "SELECT count(*) FROM area"
    """
    settings = load_settings()
    address, secret = without_password(database_url(settings))
    program = client_program(settings, "psql")
    arguments = [program, "--dbname", address, *context.args]
    # In our place: Ctrl-C and the terminal are psql's.
    os.execve(program, arguments, {**os.environ, **secret})  # noqa: S606


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; replaced if it exists.")],
    *,
    as_json: Json = False,
) -> None:
    """Write the whole database to one file.

    Example: geo-wealth db backup geo-wealth.dump
    """
    settings = load_settings()
    size = write_backup(settings, database_url(settings), file)
    sentence = f"Wrote {file} ({size / 1e6:.1f} MB)."
    _tell(as_json, {"file": str(file), "bytes": size}, sentence)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `geo-wealth db backup` wrote.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace everything that the database holds.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fill the database from a backup, in one piece or not at all.

    Example: geo-wealth db restore geo-wealth.dump
    """
    settings = load_settings()
    address = database_url(settings)
    read_backup(settings, address, file, force=force)
    try:
        migrate.upgrade(address)
    except InvalidRequestError as error:
        raise SetupError(
            f"{file} is restored, but a newer version of Geo Wealth wrote it: install that version."
        ) from error
    _tell(as_json, {"file": str(file), "revision": migrate.head()}, f"Restored {file}.")


if __name__ == "__main__":
    app()
