"""What the three indicators are made from: scores, residents, where they live, supplies."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

Floats = NDArray[np.float64]

_MARGIN_M = 2400.0  # twice the widest catchment: whoever competes for what members can reach


@dataclass(frozen=True, slots=True)
class Scores:
    """Index scores by LSOA, and the datasets they are from."""

    score: dict[str, float]
    rank: dict[str, int]
    dataset: dict[str, str]


@dataclass(frozen=True, slots=True)
class DemandPoints:
    """Where residents are taken to live.

    Attributes
    ----------
    lsoas
        (l,) codes of all LSOAs in the district and near it.
    lsoa
        (n,) position in ``lsoas`` of each point.
    xy
        (n, 2) EPSG:27700: the live postcodes of the LSOA, or one point inside it where it
        has none.
    by_postcodes
        (l,) True where postcodes stand for the residents.
    datasets
        Keys of the boundaries and postcodes used.
    """

    lsoas: tuple[str, ...]
    lsoa: NDArray[np.int64]
    xy: Floats
    by_postcodes: NDArray[np.bool_]
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Supplies:
    """Places with an amount: net pounds by supplier's site, or 1 for each building.

    ``state`` is the eligibility of a building and empty for suppliers; ``lsoa`` the code of
    the LSOA that a place is in, None outside those loaded.
    """

    xy: Floats
    amount: Floats
    state: tuple[str, ...]
    lsoa: tuple[str | None, ...]
    datasets: tuple[str, ...]

    def only(self, chosen: NDArray[np.bool_]) -> "Supplies":
        """Keep some of the places; ``chosen`` is (m,)."""
        kept = np.flatnonzero(chosen)
        return Supplies(
            self.xy[kept],
            self.amount[kept],
            tuple(self.state[place] for place in kept) if self.state else (),
            tuple(self.lsoa[place] for place in kept),
            self.datasets,
        )


def scores(connection: Connection, index: str, codes: Sequence[str]) -> Scores:
    """Read the index's score and rank of LSOAs; those without a score are left out."""
    rows = connection.execute(
        text("""
            SELECT d.code, d.score, d.rank, s.key FROM deprivation d
            JOIN dataset s ON s.id = d.dataset_id
            WHERE d.current AND d.index = :index AND d.domain = 'imd' AND d.code = ANY(:codes)
              AND d.score IS NOT NULL
        """),
        {"index": index, "codes": list(codes)},
    ).all()
    return Scores(
        {row.code: row.score for row in rows},
        {row.code: row.rank for row in rows if row.rank is not None},
        {row.code: row.key for row in rows},
    )


def demand_points(connection: Connection, vintage: int, codes: Sequence[str]) -> DemandPoints:
    """Read where the residents of a district, and of what lies near it, live."""
    rows = connection.execute(
        text("""
            WITH box AS (
                SELECT ST_Expand(ST_Extent(geom)::geometry, :margin) AS edge FROM area
                WHERE current AND kind = 'lsoa' AND vintage = :vintage AND code = ANY(:codes)
            ), scope AS (
                SELECT a.code, a.geom, a.dataset_id FROM area a, box
                WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage
                  AND a.geom && ST_SetSRID(box.edge, 27700)
            )
            SELECT s.code, s.dataset_id AS boundary, p.dataset_id AS postcodes,
                coalesce(p.x, ST_X(ST_PointOnSurface(s.geom))) AS x,
                coalesce(p.y, ST_Y(ST_PointOnSurface(s.geom))) AS y
            FROM scope s
            LEFT JOIN LATERAL (
                SELECT p.dataset_id, ST_X(p.point) AS x, ST_Y(p.point) AS y FROM postcode p
                WHERE p.current AND p.terminated IS NULL AND p.source <> 'ons'
                  AND ST_Intersects(s.geom, p.point) OFFSET 0
            ) p ON true
            ORDER BY s.code, x, y
        """),
        {"margin": _MARGIN_M, "vintage": vintage, "codes": list(codes)},
    ).all()
    lsoas = tuple(dict.fromkeys(row.code for row in rows))
    position = {code: place for place, code in enumerate(lsoas)}
    lsoa = np.array([position[row.code] for row in rows], dtype=np.int64)
    by_postcodes = np.zeros(len(lsoas), dtype=np.bool_)
    by_postcodes[[position[row.code] for row in rows if row.postcodes is not None]] = True
    ids = {row.boundary for row in rows} | {row.postcodes for row in rows}
    return DemandPoints(
        lsoas,
        lsoa,
        np.array([(row.x, row.y) for row in rows], dtype=np.float64).reshape(-1, 2),
        by_postcodes,
        dataset_keys(connection, ids - {None}),
    )


def assets(connection: Connection, vintage: int) -> Supplies:
    """Read every building once, with its eligibility; those without a place are left out."""
    rows = connection.execute(
        text("""
            SELECT ST_X(point) AS x, ST_Y(point) AS y, eligibility, dataset_id,
                (SELECT min(a.code) FROM area a
                    WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage
                      AND ST_Intersects(a.geom, building.point)) AS lsoa
            FROM (
                SELECT DISTINCT ON (c.same_as) c.* FROM community_asset c
                JOIN dataset d ON d.id = c.dataset_id AND d.state = 'current'
                WHERE c.point IS NOT NULL
                ORDER BY c.same_as,
                    array_position(ARRAY['not_eligible', 'eligible', 'unknown'], c.eligibility),
                    d.key, c.line
            ) building ORDER BY x, y, same_as
        """),
        {"vintage": vintage},
    ).all()
    registers = connection.execute(
        text("SELECT id FROM dataset WHERE kind = 'assets' AND state = 'current'")
    ).scalars()
    return Supplies(
        np.array([(row.x, row.y) for row in rows], dtype=np.float64).reshape(-1, 2),
        np.ones(len(rows)),
        tuple(row.eligibility for row in rows),
        tuple(row.lsoa for row in rows),
        dataset_keys(connection, set(registers)),
    )


def sample_keys(connection: Connection) -> set[str]:
    """List the keys of the invented datasets."""
    return set(connection.execute(text("SELECT key FROM dataset WHERE sample")).scalars())


def population_datasets(
    connection: Connection, measure: str | None, vintage: int, codes: Sequence[str]
) -> tuple[str, ...]:
    """Name the datasets that residents of these LSOAs are read from."""
    ids = connection.execute(
        text("""
            SELECT DISTINCT dataset_id FROM population
            WHERE current AND measure = :measure AND vintage = :vintage AND code = ANY(:codes)
        """),
        {"measure": measure, "vintage": vintage, "codes": list(codes)},
    ).scalars()
    return dataset_keys(connection, set(ids))


def dataset_keys(connection: Connection, ids: set[int]) -> tuple[str, ...]:
    """Give the public keys of datasets, in order."""
    rows = connection.execute(
        text("SELECT key FROM dataset WHERE id = ANY(:ids) ORDER BY key"), {"ids": sorted(ids)}
    )
    return tuple(rows.scalars())
