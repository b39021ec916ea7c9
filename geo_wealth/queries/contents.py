"""What stands in each neighbourhood: buildings, anchors, and suppliers with their pounds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from geo_wealth.memory import Memory
from geo_wealth.queries import inputs
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.inputs import dataset_keys
from geo_wealth.queries.penetration import placed_suppliers

# As the points that stand for residents are chosen: live, and not of the directory that
# repeats them.
_LIVE = """
    SELECT p.postcode FROM postcode p
    WHERE p.current AND p.terminated IS NULL AND p.source <> 'ons'
      AND ST_Intersects(a.geom, p.point)
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """Things with a place, by the code of the LSOA they are in; others are left out.

    Attributes
    ----------
    buildings
        Eligibility of each building; None where no register of assets is loaded.
    anchors
        How many sites of anchor institutions; None where no register of them is loaded.
    suppliers
        How many sites where organisations that were paid are placed, persons and sole traders
        never; None where no ledger is loaded.
    paid
        Net pounds of each of those organisations, in units of ``10 ** -scale``; those of one
        name are one: a second site, or entry in a register, is no second supplier.
    datasets
        Keys of what this was read from.
    """

    buildings: dict[str, tuple[str, ...]] | None
    anchors: dict[str, int] | None
    suppliers: dict[str, int] | None
    paid: dict[str, tuple[int, ...]]
    scale: int
    datasets: tuple[str, ...]


_CONTENTS: Memory[Contents] = Memory(size=8)


def contents_of(connection: Connection, vintage: int, codes: Sequence[str]) -> Contents:
    """Read what stands in LSOAs."""
    key = (str(connection.engine.url), data_version(connection), vintage, tuple(codes))
    return _CONTENTS.recall(key, lambda: _read(connection, vintage, codes))


def _read(connection: Connection, vintage: int, codes: Sequence[str]) -> Contents:
    wanted = set(codes)
    assets = inputs.assets(connection, vintage)
    buildings: dict[str, list[str]] = {}
    for code, state in zip(assets.lsoa, assets.state, strict=True):
        if code in wanted:
            buildings.setdefault(code or "", []).append(state)
    placed = placed_suppliers(connection, vintage)
    sites = Counter(code for code in placed.supplies.lsoa if code in wanted)
    registers, anchors = _anchors(connection, vintage, codes)
    paid = _ledgers_loaded(connection)
    return Contents(
        {code: tuple(states) for code, states in buildings.items()} if assets.datasets else None,
        anchors if registers else None,
        {code: count for code, count in sites.items() if code} if paid else None,
        _paid(connection, vintage, codes, placed.scale),
        placed.scale,
        tuple(sorted({*assets.datasets, *registers, *(placed.supplies.datasets if paid else ())})),
    )


def _paid(
    connection: Connection, vintage: int, codes: Sequence[str], scale: int
) -> dict[str, tuple[int, ...]]:
    """Sum what each organisation placed in LSOAs was paid; ``scale`` holds every amount."""
    rows = connection.execute(
        text("""
            WITH paid AS MATERIALIZED (
                SELECT m.site_id, coalesce(nullif(o.name_key, ''), o.id::text) AS who,
                    sum(p.amount) AS amount
                FROM payment p
                JOIN dataset d ON d.id = p.dataset_id
                    AND d.state = 'current' AND d.kind = 'ledger'
                JOIN payee_match m ON m.payee_id = p.payee_id
                JOIN organisation o ON o.id = m.organisation_id AND NOT o.individual
                GROUP BY 1, 2
            ), located AS MATERIALIZED (
                SELECT paid.who, paid.amount, (
                    SELECT min(a.code) FROM area a
                    WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage
                      AND ST_Intersects(a.geom, s.point)
                ) AS code
                FROM paid JOIN site s ON s.id = paid.site_id
            )
            SELECT code, sum(amount) AS amount FROM located
            WHERE code = ANY(:codes) GROUP BY code, who ORDER BY code, amount
        """),
        {"vintage": vintage, "codes": list(codes)},
    )
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(int(row.amount.scaleb(scale)))
    return {code: tuple(units) for code, units in found.items()}


def _ledgers_loaded(connection: Connection) -> bool:
    return bool(
        connection.execute(
            text("SELECT EXISTS (SELECT FROM dataset WHERE kind = 'ledger' AND state = 'current')")
        ).scalar()
    )


def _anchors(
    connection: Connection, vintage: int, codes: Sequence[str]
) -> tuple[tuple[str, ...], dict[str, int]]:
    """Count the sites of anchor institutions: one of a name and postcode is one site."""
    registers = connection.execute(
        text("""
            SELECT id FROM dataset WHERE state = 'current' AND kind = 'register'
              AND parameters ->> 'kind' = 'anchors'
        """)
    ).scalars()
    ids = set(registers)
    rows = connection.execute(
        text("""
            WITH anchor AS (
                SELECT DISTINCT ON (coalesce(o.name, s.use, s.address), s.postcode) s.point
                FROM site s LEFT JOIN organisation o ON o.id = s.organisation_id
                WHERE s.dataset_id = ANY(:ids) AND NOT coalesce(o.individual, false)
                  AND coalesce(o.name, s.use, s.address) IS NOT NULL AND s.point IS NOT NULL
                ORDER BY coalesce(o.name, s.use, s.address), s.postcode, s.dataset_id, s.line
            )
            SELECT (
                SELECT min(a.code) FROM area a
                WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage
                  AND ST_Intersects(a.geom, anchor.point)
            ) AS code, count(*) AS sites FROM anchor GROUP BY 1
        """),
        {"ids": sorted(ids), "vintage": vintage},
    )
    wanted = set(codes)
    found = {row.code: int(row.sites) for row in rows if row.code in wanted}
    return dataset_keys(connection, ids), found


def live_postcodes(connection: Connection, vintage: int, codes: Sequence[str]) -> list[str]:
    """List the live postcodes whose point is in LSOAs, in order."""
    rows = connection.execute(
        text(f"""
            SELECT DISTINCT p.postcode FROM area a
            CROSS JOIN LATERAL ({_LIVE} OFFSET 0) p
            WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage AND a.code = ANY(:codes)
            ORDER BY p.postcode
        """),
        {"vintage": vintage, "codes": list(codes)},
    )
    return list(rows.scalars())


def mostly_in(
    connection: Connection, vintage: int, codes: Sequence[str], districts: Sequence[str]
) -> list[str]:
    """List the LSOAs more than half of whose live postcodes are in some postcode districts."""
    rows = connection.execute(
        text(f"""
            SELECT a.code FROM area a
            CROSS JOIN LATERAL ({_LIVE} OFFSET 0) p
            WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage AND a.code = ANY(:codes)
            GROUP BY a.code
            HAVING 2 * count(*) FILTER (
                WHERE split_part(p.postcode, ' ', 1) = ANY(:districts)) > count(*)
            ORDER BY a.code
        """),
        {"vintage": vintage, "codes": list(codes), "districts": list(districts)},
    )
    return list(rows.scalars())
