"""What alembic runs: on the connection it is handed, else on the configured database."""

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from geo_wealth.cluster import database_url
from geo_wealth.config import load_settings
from geo_wealth.models import metadata


def run(connection: Connection) -> None:
    """Migrate in the caller's transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=alembic_helpers.include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Use the caller's connection; open one when alembic's own command line asks."""
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    engine = create_engine(database_url(load_settings()), poolclass=NullPool)
    with engine.begin() as connection:
        run(connection)


main()
