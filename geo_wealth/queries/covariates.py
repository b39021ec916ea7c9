"""What comparison areas are chosen by, and where they may be."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from geo_wealth.deprivation import DOMAIN_WEIGHTS


@dataclass(frozen=True, slots=True)
class DomainRanks:
    """National rank by domain of each LSOA, where it is known, and where it is from."""

    ranks: dict[str, dict[str, int]]
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Classes:
    """Rural-urban class by LSOA, where it is known; empty where none is loaded."""

    classes: dict[str, str]
    datasets: tuple[str, ...]


def domain_ranks(connection: Connection, index: str, codes: Sequence[str]) -> DomainRanks:
    """Read the ranks of the seven domains of an index."""
    rows = connection.execute(
        text("""
            SELECT d.code, d.domain, d.rank, s.key FROM deprivation d
            JOIN dataset s ON s.id = d.dataset_id
            WHERE d.current AND d.index = :index AND d.domain = ANY(:domains)
              AND d.code = ANY(:codes) AND d.rank IS NOT NULL
        """),
        {"index": index, "domains": list(DOMAIN_WEIGHTS), "codes": list(codes)},
    ).all()
    ranks: dict[str, dict[str, int]] = {domain: {} for domain in DOMAIN_WEIGHTS}
    for row in rows:
        ranks[row.domain][row.code] = row.rank
    return DomainRanks(ranks, tuple(sorted({row.key for row in rows})))


def rural_urban(connection: Connection, vintage: int, codes: Sequence[str]) -> Classes:
    """Read the rural-urban class of LSOAs."""
    rows = connection.execute(
        text("""
            SELECT c.code, c.class, s.key FROM area_class c JOIN dataset s ON s.id = c.dataset_id
            WHERE c.current AND c.scheme = :scheme AND c.vintage = :vintage
              AND c.code = ANY(:codes)
        """),
        {"scheme": f"ruc{vintage}", "vintage": vintage, "codes": list(codes)},
    ).all()
    found = {row.code: str(getattr(row, "class")) for row in rows}
    return Classes(found, tuple(sorted({row.key for row in rows})))


def ranked_lsoas(connection: Connection, index: str) -> list[str]:
    """List every LSOA that an index is loaded for."""
    rows = connection.execute(
        text("""
            SELECT code FROM deprivation WHERE current AND index = :index AND domain = 'imd'
            ORDER BY code
        """),
        {"index": index},
    )
    return list(rows.scalars())


def touching(connection: Connection, vintage: int, codes: Sequence[str]) -> list[str]:
    """List the LSOAs that touch any of these, whatever district they are in, and are not of them.

    Outlines that share an edge or a corner touch.
    """
    rows = connection.execute(
        text("""
            SELECT DISTINCT other.code FROM area mine
            JOIN area other ON other.geom && mine.geom AND ST_Intersects(other.geom, mine.geom)
            WHERE mine.current AND mine.kind = 'lsoa' AND mine.vintage = :vintage
              AND mine.code = ANY(:codes)
              AND other.current AND other.kind = 'lsoa' AND other.vintage = :vintage
              AND NOT other.code = ANY(:codes)
            ORDER BY other.code
        """),
        {"vintage": vintage, "codes": list(codes)},
    )
    return list(rows.scalars())
