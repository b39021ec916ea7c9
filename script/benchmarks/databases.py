"""A throw-away server on the settings of the private one, and databases to fill."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Engine, text

from geo_wealth.cluster import Cluster, throwaway_cluster
from geo_wealth.db import create_engine
from geo_wealth.migrate import upgrade

_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "wal_level")
_EMPTY = "empty"


@dataclass(frozen=True)
class Server:
    """A running server with a migrated, empty database to copy from."""

    cluster: Cluster
    _numbers: Iterator[int]

    @contextmanager
    def database(self, template: str = _EMPTY) -> Iterator[Engine]:
        """Give a database of one's own, copied from a template, and drop it afterwards."""
        name = f"bench_{next(self._numbers)}"
        self.cluster.create_database(name, template=template)
        engine = create_engine(self.cluster.url(name))
        with engine.connect() as connection:
            # What was written before is not to be paid for by what is timed next.
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT")
        try:
            yield engine
        finally:
            engine.dispose()
            self.cluster.drop_database(name)

    def settings(self) -> str:
        """Tell the settings that matter to what is measured."""
        with self.database() as engine, engine.connect() as connection:
            shown = [
                f"{name}={connection.exec_driver_sql(f'SHOW {name}').scalar_one()}"
                for name in ("server_version", *_SETTINGS)
            ]
        return ", ".join(shown)


@contextmanager
def server() -> Iterator[Server]:
    """Start a server as durable as the one that users get."""
    with throwaway_cluster(fsync=True) as cluster:
        cluster.create_database(_EMPTY)
        upgrade(cluster.url(_EMPTY))
        yield Server(cluster, count())


def value(engine: Engine, query: str) -> Any:
    """Fetch one value."""
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar_one()
