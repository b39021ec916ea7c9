"""Going back to an earlier dataset, or taking one out of use."""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, text

from geo_wealth.store import datasets as store
from geo_wealth.store.derive import fit_wards_and_districts, locate_by_postcode, match_payees


def activate(engine: Engine, key: str) -> str:
    """Make a stored dataset current again; returns its whole key.

    Raises
    ------
    NotFoundError
        When no dataset, or more than one, has a key that starts so.
    """
    return _switch(engine, key, store.activate)


def retire(engine: Engine, key: str) -> str:
    """Take a dataset out of use; returns its whole key.

    Raises
    ------
    NotFoundError
        When no dataset, or more than one, has a key that starts so.
    """
    return _switch(engine, key, store.retire)


def _switch(engine: Engine, key: str, change: Callable[[Connection, int], None]) -> str:
    with engine.begin() as connection:
        store.lock_loads(connection)
        dataset_id = store.dataset_id_of(connection, key)
        change(connection, dataset_id)
        for derivation in (fit_wards_and_districts, locate_by_postcode, match_payees):
            derivation(connection)
        found = connection.execute(
            text("SELECT key FROM dataset WHERE id = :id"), {"id": dataset_id}
        )
        return str(found.scalar_one())
