"""What is missing or wrong on this machine, and the command that mends it."""

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import psycopg2
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from geo_wealth import migrate, pdf
from geo_wealth.address import first_line, has_postgis, libpq_url, sqlalchemy_url
from geo_wealth.cluster import private_cluster
from geo_wealth.cluster_files import check_reachable
from geo_wealth.config import Settings
from geo_wealth.errors import GeoWealthError, SetupError
from geo_wealth.postgres import find_bindir, install_hint, server_account

State = Literal["ok", "optional", "wrong"]
OLDEST_PYTHON = (3, 11)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ASSETS = ("leaflet/leaflet.js", "jquery/jquery.min.js", "govuk/govuk-frontend.min.css")


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Parameters
    ----------
    name
        What was looked at.
    state
        ``ok``; ``optional`` when it is missing and only some uses need it; ``wrong``.
    message
        What was found, in one sentence.
    remedy
        The command that mends it; None when nothing is to be done.
    """

    name: str
    state: State
    message: str
    remedy: str | None = None


def examine(settings: Settings) -> list[Finding]:
    """Look at everything, start nothing, change nothing."""
    checks: list[Callable[[Settings], Finding]] = [
        _python,
        _packages,
        _assets,
        _data_dir,
        _programs,
        _database,
        _migrations,
        _pdf,
        _chromium,
    ]
    return [check(settings) for check in checks]


def healthy(findings: list[Finding]) -> bool:
    """Tell whether nothing is wrong; what is optional may be missing."""
    return all(finding.state != "wrong" for finding in findings)


def _python(_: Settings) -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info >= OLDEST_PYTHON:
        return Finding("Python", "ok", f"Python {found}.")
    return Finding("Python", "wrong", f"Python {found} is too old.", "install Python 3.11 or newer")


def _packages(_: Settings) -> Finding:
    try:
        return Finding("Packages", "ok", f"geo-wealth {version('geo-wealth')} is installed.")
    except PackageNotFoundError:
        message = "The package geo-wealth is not installed in this environment."
        return Finding("Packages", "wrong", message, "script/bootstrap")


def _assets(_: Settings) -> Finding:
    # Found without importing: this package may not depend on the web.
    spec = find_spec("webmap")
    folders = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    for folder in folders:
        if all((folder / "static" / "vendor" / asset).is_file() for asset in ASSETS):
            return Finding("Front-end assets", "ok", "Leaflet, jQuery and govuk-frontend are here.")
    message = "The pages lack their scripts and styles."
    return Finding("Front-end assets", "wrong", message, "script/assets")


def _data_dir(settings: Settings) -> Finding:
    if settings.database_url is not None:
        return Finding("Data folder", "ok", "Not needed: DATABASE_URL is set.")
    folder = settings.data_dir.expanduser().absolute()
    # Not exists(), which fails below a folder that is closed to us.
    existing = next(path for path in (folder, *folder.parents) if os.access(path, os.F_OK))
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        message = f"The data folder {folder} cannot be written."
        remedy = "set GEO_WEALTH_DATA_DIR to a folder that can be written"
        return Finding("Data folder", "wrong", message, remedy)
    closed = _closed_to_server(folder, existing)
    if closed is not None:
        return Finding("Data folder", "wrong", closed, "set GEO_WEALTH_DATA_DIR")
    free = shutil.disk_usage(existing).free / 1e9
    if free < 1:
        message = f"Only {free:.1f} GB is free for the data folder {folder}."
        return Finding("Data folder", "wrong", message, "free at least 1 GB")
    return Finding("Data folder", "ok", f"{folder} can be written, {free:.0f} GB free.")


def _closed_to_server(folder: Path, existing: Path) -> str | None:
    """Say why the server, which as root is another account, could not enter the data folder."""
    try:
        account = server_account(folder / "postgres")
    except SetupError:  # PostgreSQL is not installed yet, which is told elsewhere
        return None
    try:
        check_reachable(existing, account)
    except SetupError as error:
        return str(error)
    return None


def _programs(settings: Settings) -> Finding:
    if settings.database_url is not None:
        return Finding("PostGIS", "ok", "Not needed here: DATABASE_URL is set.")
    try:
        return Finding("PostGIS", "ok", f"PostgreSQL with PostGIS in {find_bindir(settings)}.")
    except GeoWealthError as error:
        return Finding("PostGIS", "wrong", str(error), install_hint())


def _database(settings: Settings) -> Finding:
    if settings.database_url is not None:
        return _given_database(settings.database_url)
    cluster = private_cluster(settings)
    if cluster.running():
        return Finding("Database", "ok", f"The private database in {cluster.data_dir} answers.")
    message = "The private database is not running; each command starts it by itself."
    return Finding("Database", "optional", message, "geo-wealth db start")


def _given_database(url: str) -> Finding:
    try:
        with closing(psycopg2.connect(libpq_url(url), connect_timeout=5)) as connection:
            found = has_postgis(connection)
    except (GeoWealthError, psycopg2.Error) as error:
        message = f"The database of DATABASE_URL does not answer ({first_line(error)})."
        return Finding("Database", "wrong", message, "correct DATABASE_URL, or unset it")
    if not found:
        message = "The database of DATABASE_URL has no PostGIS."
        return Finding("Database", "wrong", message, "geo-wealth db upgrade")
    return Finding("Database", "ok", "The database of DATABASE_URL answers and has PostGIS.")


def _migrations(settings: Settings) -> Finding:
    name, wanted = "Tables", migrate.head()
    if settings.database_url is None and not private_cluster(settings).running():
        message = "Not looked at: the private database is not running."
        return Finding(name, "optional", message, "geo-wealth db start")
    try:
        url = sqlalchemy_url(settings.database_url or private_cluster(settings).url())
        found = _revision(url)
    except (GeoWealthError, DBAPIError, psycopg2.Error) as error:
        message = f"Not looked at: {first_line(error)}."
        return Finding(name, "wrong", message, "geo-wealth db status")
    if found == wanted:
        return Finding(name, "ok", f"At revision {wanted}, the newest.")
    message = f"At revision {found or 'none'}; this version needs {wanted}."
    # The private one is brought up to date by the first command that needs data.
    state: State = "wrong" if settings.database_url is not None else "optional"
    return Finding(name, state, message, "geo-wealth db upgrade")


def _revision(url: str) -> str | None:
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as conn:
        return migrate.current(conn)


def _pdf(_: Settings) -> Finding:
    lacking = pdf.missing()
    if lacking is None:
        return Finding("PDF", "ok", "A tagged PDF of a decision can be made.")
    return Finding("PDF", "optional", lacking, pdf.remedy())


def _chromium(_: Settings) -> Finding:
    for name in CHROMIUM:
        found = shutil.which(name)
        if found:
            return Finding("Chromium", "ok", f"{found} is here for the browser tests.")
    remedy = "sudo apt-get install chromium" if shutil.which("apt-get") else "install Chromium"
    return Finding("Chromium", "optional", "Missing; only the browser tests need it.", remedy)
