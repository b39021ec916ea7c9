"""What every command that needs data starts with: a database that is up and migrated."""

from sqlalchemy import Engine

from geo_wealth import migrate
from geo_wealth.cluster import database_url
from geo_wealth.config import Settings, load_settings
from geo_wealth.db import create_engine, reading
from geo_wealth.errors import SetupError
from geo_wealth.store.named import seed_ready


def open_database(settings: Settings | None = None) -> Engine:
    """Find or start the database, and bring an empty or private one to the newest schema.

    Raises
    ------
    SetupError
        When a database given by DATABASE_URL holds an older schema: its owner decides.
    """
    settings = settings or load_settings()
    url = database_url(settings)
    engine = create_engine(url)
    with reading(engine) as connection:
        revision = migrate.current(connection)
    if revision != migrate.head():
        if revision is not None and settings.database_url is not None:
            raise SetupError(
                f"The database is at revision {revision} and this program needs "
                f"{migrate.head()}: run `geo-wealth db upgrade`."
            )
        migrate.upgrade(url)
    else:
        # An update of the program may bring ready-made documents without new tables.
        with engine.begin() as connection:
            seed_ready(connection)
    return engine
