"""Where placed suppliers are and what they received; how many premises are rated there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from geo_wealth.memory import Memory
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.inputs import Supplies, dataset_keys

Ints = NDArray[np.int64]

# Which premises a row of a business-rates register stands for: the council's own number, else
# the address. Two editions of a register name the same premises twice.
_WHICH = "coalesce(s.ref, concat_ws(' ', s.address, s.postcode))"

# Net pounds by the site where the payee was placed, in an order that data alone decide.
_PAID = f"""
    WITH paid AS MATERIALIZED (
        SELECT m.site_id, sum(p.amount) AS amount
        FROM payment p
        JOIN dataset d ON d.id = p.dataset_id
            AND d.state = 'current' AND d.kind = 'ledger'
        JOIN payee_match m ON m.payee_id = p.payee_id
        JOIN organisation o ON o.id = m.organisation_id AND NOT o.individual
        GROUP BY m.site_id
    )
    SELECT ST_X(s.point) AS x, ST_Y(s.point) AS y, paid.amount, s.dataset_id AS register,
        CASE WHEN r.parameters ->> 'kind' = 'business-rates'
            THEN {_WHICH} END AS premises,
        (SELECT min(a.code) FROM area a
            WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage
              AND ST_Intersects(a.geom, s.point)) AS lsoa
    FROM paid JOIN site s ON s.id = paid.site_id JOIN dataset r ON r.id = s.dataset_id
    ORDER BY x, y, amount, premises
"""


@dataclass(frozen=True, slots=True)
class Suppliers:
    """Suppliers by the site where they were placed, (m,) each; no individual is among them.

    Payees placed at one site are one supplier.

    Attributes
    ----------
    supplies
        Their places, and their net pounds as floats.
    units
        The same pounds exactly, in units of ``10 ** -scale`` pounds.
    premises
        Which rated premises each is at, as numbered from 0 within an LSOA and a register's
        own number; below 0 where its place is from a register of another kind.
    """

    supplies: Supplies
    units: Ints
    scale: int
    premises: Ints


@dataclass(frozen=True, slots=True)
class Premises:
    """Rated premises by LSOA, occupied or not; LSOAs without any are left out."""

    count: dict[str, int]
    datasets: tuple[str, ...]


_SUPPLIERS: Memory[Suppliers] = Memory(size=4)
_PREMISES_OF: Memory[Premises] = Memory(size=8)


def placed_suppliers(connection: Connection, vintage: int) -> Suppliers:
    """Sum the net pounds of all current ledgers by the site where the payee was placed."""
    key = (str(connection.engine.url), data_version(connection), vintage)
    return _SUPPLIERS.recall(key, lambda: _suppliers(connection, vintage))


def _suppliers(connection: Connection, vintage: int) -> Suppliers:
    rows = connection.execute(
        text(_PAID),
        {"vintage": vintage},
    ).all()
    ledgers = connection.execute(
        text("SELECT id FROM dataset WHERE kind = 'ledger' AND state = 'current'")
    ).scalars()
    # At least pence; "E" exponents of numeric are never positive in PostgreSQL's answers.
    scale = max([2, *(-row.amount.as_tuple().exponent for row in rows)])
    supplies = Supplies(
        np.array([(row.x, row.y) for row in rows], dtype=np.float64).reshape(-1, 2),
        np.array([float(row.amount) for row in rows], dtype=np.float64),
        (),
        tuple(row.lsoa for row in rows),
        dataset_keys(connection, {row.register for row in rows} | set(ledgers)),
    )
    return Suppliers(
        supplies,
        np.array([int(row.amount.scaleb(scale)) for row in rows], dtype=np.int64),
        scale,
        _numbered([None if row.premises is None else (row.lsoa, row.premises) for row in rows]),
    )


def _numbered(names: Sequence[tuple[str | None, str] | None]) -> Ints:
    """Give equal names equal numbers from 0, and -1 where there is no name."""
    numbers = {name: place for place, name in enumerate(dict.fromkeys(filter(None, names)))}
    return np.array([-1 if name is None else numbers[name] for name in names], dtype=np.int64)


def rated_premises(connection: Connection, vintage: int, codes: Sequence[str]) -> Premises:
    """Count the premises in the business-rates registers loaded that lie in each LSOA.

    Every rated premises counts once, whether it is occupied or empty, whoever occupies it,
    and where two registers list it; one without a known place is in no LSOA.
    """
    key = (str(connection.engine.url), data_version(connection), vintage, tuple(codes))
    return _PREMISES_OF.recall(key, lambda: _premises(connection, vintage, codes))


def _premises(connection: Connection, vintage: int, codes: Sequence[str]) -> Premises:
    rows = connection.execute(
        text(f"""
            WITH register AS MATERIALIZED (
                SELECT id FROM dataset WHERE kind = 'register' AND state = 'current'
                  AND parameters ->> 'kind' = 'business-rates'
            )
            SELECT a.code, count(DISTINCT s.premises) AS premises,
                array_agg(DISTINCT s.dataset_id) AS registers
            FROM area a CROSS JOIN LATERAL (
                SELECT s.dataset_id, {_WHICH} AS premises FROM site s
                WHERE ST_Intersects(a.geom, s.point)
                  AND s.dataset_id IN (SELECT id FROM register) OFFSET 0
            ) s
            WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage AND a.code = ANY(:codes)
            GROUP BY a.code
        """),
        {"vintage": vintage, "codes": list(codes)},
    ).all()
    return Premises(
        {row.code: row.premises for row in rows},
        dataset_keys(connection, {key for row in rows for key in row.registers}),
    )
