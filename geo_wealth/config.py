"""Settings, from the environment, typed; every one is documented in the README."""

import os
import sys
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo_wealth.errors import SetupError


def default_data_dir() -> Path:
    """Where the private database and its files live when nobody says otherwise.

    PostgreSQL refuses to run as root, and its own user cannot enter root's home: as root
    the data goes below /var/lib.
    """
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/geo-wealth")
    base = os.environ.get("XDG_DATA_HOME")
    return Path(base) / "geo-wealth" if base else Path.home() / ".local/share/geo-wealth"


class Settings(BaseSettings):
    """What an operator may set. Names in the environment are given by ``alias``."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    database_url: Annotated[
        str | None,
        Field(alias="DATABASE_URL", description="A PostGIS database to use as it is."),
    ] = None
    data_dir: Annotated[
        Path,
        Field(
            alias="GEO_WEALTH_DATA_DIR",
            default_factory=default_data_dir,
            description="Folder of the private database.",
        ),
    ]
    pg_bindir: Annotated[
        Path | None,
        Field(alias="PG_BINDIR", description="PostgreSQL programs to use, looked at first."),
    ] = None
    host: Annotated[str, Field(alias="HOST", description="Address the web service binds.")] = (
        "127.0.0.1"
    )
    port: Annotated[
        int, Field(alias="PORT", ge=0, le=65535, description="Port the web service binds.")
    ] = 8000
    tile_url: Annotated[
        str | None,
        Field(
            alias="GEO_WEALTH_TILE_URL",
            description="Basemap tiles, as https://host/{z}/{x}/{y}.png; none by default.",
        ),
    ] = None
    tile_attribution: Annotated[
        str,
        Field(alias="GEO_WEALTH_TILE_ATTRIBUTION", description="Credit of the basemap."),
    ] = ""
    statement_timeout_ms: Annotated[
        int,
        Field(
            alias="GEO_WEALTH_STATEMENT_TIMEOUT_MS",
            ge=1,
            description="Longest a query of the web service may run, in milliseconds.",
        ),
    ] = 5000
    force_https: Annotated[
        bool,
        Field(
            alias="GEO_WEALTH_FORCE_HTTPS",
            description="Send readers from plain HTTP to HTTPS; a proxy with TLS does so itself.",
        ),
    ] = False


def load_settings() -> Settings:
    """Read the settings, or say in one sentence which one is wrong.

    Raises
    ------
    SetupError
        When a variable holds a value that is not allowed.
    """
    try:
        return Settings()  # type: ignore[call-arg]  # data_dir has a factory
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise SetupError(f"The environment variable {name} is wrong: {first['msg']}.") from error
