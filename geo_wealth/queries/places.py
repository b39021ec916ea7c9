"""Districts, wards, neighbourhoods and postcodes: what is where, and what it is called."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from boundaries import postcode as spelling
from boundaries.codes import INDEX
from geo_wealth.errors import NotFoundError
from geo_wealth.memory import Memory
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.membership import (
    belongs_to,
    district_name,
    district_names,
    members,
    residents_of,
)
from geo_wealth.queries.postcodes import locate
from geo_wealth.queries.rows import (
    AreaRow,
    District,
    DomainRow,
    PlaceMatch,
    WardRow,
)

__all__ = ["area", "districts", "features", "locate", "search", "ward", "wards"]


_DISTRICTS: Memory[tuple[District, ...]] = Memory(size=8)


def districts(connection: Connection) -> tuple[District, ...]:
    """List the districts that can be ranked, by name: those whose LSOAs have an index loaded."""
    key = (str(connection.engine.url), data_version(connection))
    return _DISTRICTS.recall(key, lambda: _find_districts(connection))


_DEFAULTS: Memory[District] = Memory(size=8)


def default_district(connection: Connection) -> District:
    """Choose the district that most suppliers placed and buildings are in, of those listed.

    Raises
    ------
    NotFoundError
        When no district can be ranked.
    """
    known = districts(connection)
    if not known:
        raise NotFoundError("No district can be ranked yet.")
    key = (str(connection.engine.url), data_version(connection))
    return (
        known[0] if len(known) == 1 else _DEFAULTS.recall(key, lambda: _busiest(connection, known))
    )


def _busiest(connection: Connection, known: Sequence[District]) -> District:
    code = connection.execute(
        text("""
            WITH place AS (
                SELECT c.point FROM community_asset c
                JOIN dataset d ON d.id = c.dataset_id AND d.state = 'current'
                WHERE c.point IS NOT NULL
                UNION ALL
                SELECT s.point FROM payee_match m JOIN site s ON s.id = m.site_id
            )
            SELECT l.to_code FROM place
            JOIN area a ON a.current AND a.kind = 'lsoa' AND ST_Intersects(a.geom, place.point)
            JOIN area_lookup l ON l.current AND l.to_kind = 'lad' AND l.from_code = a.code
                AND l.from_vintage = a.vintage
            WHERE l.to_code = ANY(:codes)
            GROUP BY l.to_code ORDER BY count(*) DESC, l.to_code LIMIT 1
        """),
        {"codes": [district.code for district in known]},
    ).scalar()
    return next((district for district in known if district.code == code), known[0])


def _find_districts(connection: Connection) -> tuple[District, ...]:
    rows = connection.execute(
        text("""
            SELECT l.to_code AS code, array_agg(DISTINCT d.index ORDER BY d.index) AS indices
            FROM deprivation d
            JOIN area_lookup l ON l.from_code = d.code AND l.current AND l.to_kind = 'lad'
                AND l.from_vintage = CASE d.index WHEN 'imd2019' THEN 2011 ELSE 2021 END
            JOIN area a ON a.code = d.code AND a.current AND a.vintage = l.from_vintage
            WHERE d.current AND d.domain = 'imd'
            GROUP BY l.to_code
        """)
    ).all()
    called = district_names(connection, [row.code for row in rows])
    found = (District(row.code, called[row.code], tuple(row.indices)) for row in rows)
    return tuple(sorted(found, key=lambda district: (district.name, district.code)))


def search(connection: Connection, query: str, limit: int = 10) -> list[PlaceMatch]:
    """Find wards, neighbourhoods and districts by name or code, and postcodes."""
    canonical = spelling.canonical(query)
    found: list[PlaceMatch] = []
    if canonical is not None:
        found = [PlaceMatch("postcode", canonical, canonical, None)]
    pattern = query.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = connection.execute(
        text("""
            SELECT DISTINCT ON (turn, name, code) kind, code, name, vintage FROM (
                SELECT kind, code, name, vintage,
                    CASE WHEN kind = 'ward' THEN 1 WHEN kind = 'lad' THEN 2 ELSE 3 END AS turn
                FROM area WHERE current AND kind IN ('ward', 'lad', 'lsoa')
                  AND (name ILIKE :start OR name ILIKE :inside OR code = upper(:exact))
                UNION ALL
                SELECT to_kind, to_code, to_name, to_vintage,
                    CASE WHEN to_kind = 'ward' THEN 1 ELSE 2 END
                FROM area_lookup WHERE current AND to_kind IN ('ward', 'lad')
                  AND (to_name ILIKE :start OR to_name ILIKE :inside OR to_code = upper(:exact))
            ) hit
            WHERE kind <> 'ward' OR EXISTS (
                SELECT FROM area_lookup l
                WHERE l.current AND l.to_kind = 'ward' AND l.to_code = hit.code)
            ORDER BY turn, name, code, vintage DESC LIMIT :limit
        """),
        {
            "start": f"{pattern}%",
            "inside": f"% {pattern}%",
            "exact": query.strip(),
            "limit": limit,
        },
    )
    found.extend(PlaceMatch(row.kind, row.code, row.name, row.vintage) for row in rows)
    return found[:limit]


def area(connection: Connection, code: str, vintage: int | None = None) -> AreaRow:
    """Describe an LSOA, in the vintage asked or the newest loaded.

    Raises
    ------
    NotFoundError
        When its boundary is not loaded.
    """
    row = connection.execute(
        text("""
            SELECT code, name, vintage,
                round(ST_X(centre)::numeric, 6)::float8 AS longitude,
                round(ST_Y(centre)::numeric, 6)::float8 AS latitude
            FROM area, LATERAL (SELECT ST_Transform(ST_PointOnSurface(geom), 4326) AS centre) c
            WHERE current AND kind = 'lsoa' AND code = :code
              AND (vintage = :vintage OR CAST(:vintage AS int) IS NULL)
            ORDER BY vintage DESC LIMIT 1
        """),
        {"code": code, "vintage": vintage},
    ).first()
    if row is None:
        raise NotFoundError(f"{code} is not a neighbourhood (LSOA) among those loaded.")
    ward = belongs_to(connection, "ward", row.vintage, [code]).get(code)
    lad = belongs_to(connection, "lad", row.vintage, [code]).get(code)
    residents = residents_of(connection, row.vintage, [code])
    return AreaRow(
        code=row.code,
        name=row.name,
        vintage=row.vintage,
        ward_code=ward[0] if ward else None,
        ward_name=ward[1] if ward else None,
        ward_vintage=ward[2] if ward else None,
        district_code=lad[0] if lad else None,
        district_name=district_name(connection, lad[0]) if lad else None,
        longitude=row.longitude,
        latitude=row.latitude,
        residents=residents[1].get(code),
        residents_measure=residents[0],
        domains=_domains(connection, code, row.vintage),
    )


def wards(connection: Connection, district: str) -> list[WardRow]:
    """List the wards of a district with their LSOAs, in order of name."""
    found: dict[str, WardRow] = {}
    for vintage in (2011, 2021):
        codes = members(connection, district, vintage)
        for row in _group_wards(connection, district, vintage, codes):
            found[row.code] = row
    return sorted(found.values(), key=lambda row: (row.name, row.code))


def ward(connection: Connection, code: str) -> WardRow:
    """Describe a ward by the LSOAs that fall to it, in the newest vintage that has any.

    Raises
    ------
    NotFoundError
        When no LSOA loaded falls to it.
    """
    for vintage in (2021, 2011):
        claims = connection.execute(
            text("""
                SELECT DISTINCT l.from_code FROM area_lookup l
                JOIN area a ON a.code = l.from_code AND a.vintage = l.from_vintage AND a.current
                WHERE l.current AND l.to_kind = 'ward' AND l.to_code = :code
                  AND l.from_vintage = :vintage
            """),
            {"code": code, "vintage": vintage},
        ).scalars()
        for row in _group_wards(connection, None, vintage, list(claims)):
            if row.code == code:
                return row
    raise NotFoundError(f"{code} is not a ward among those loaded.")


def features(connection: Connection, vintage: int, codes: Sequence[str]) -> dict[str, Any]:
    """Give LSOAs as a GeoJSON FeatureCollection for a map.

    Generalised, WGS84 longitude and latitude with 5 decimals (about a metre); properties
    ``code`` and ``name``; in order of code. Areas without a boundary are left out.
    """
    rows = connection.execute(
        text("""
            SELECT code, name, ST_AsGeoJSON(ST_Transform(geom_map, 4326), 5) AS geometry
            FROM area WHERE current AND kind = 'lsoa' AND vintage = :vintage
              AND code = ANY(:codes) AND geom_map IS NOT NULL
            ORDER BY code
        """),
        {"vintage": vintage, "codes": list(codes)},
    )
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row.code,
                "properties": {"code": row.code, "name": row.name},
                "geometry": json.loads(row.geometry),
            }
            for row in rows
        ],
    }


def _group_wards(
    connection: Connection, district: str | None, vintage: int, codes: Sequence[str]
) -> list[WardRow]:
    """Gather LSOAs by the one ward each falls to."""
    fitted = belongs_to(connection, "ward", vintage, codes)
    groups: dict[str, list[str]] = {}
    for lsoa in sorted(fitted):
        groups.setdefault(fitted[lsoa][0], []).append(lsoa)
    rows = []
    for code, lsoas in groups.items():
        _, name, ward_vintage, source = fitted[lsoas[0]]
        lad = district or next(
            (item[0] for item in belongs_to(connection, "lad", vintage, lsoas[:1]).values()), None
        )
        how = (
            "best fit by most of the live postcodes in each neighbourhood"
            if source == "postcodes"
            else "the publisher's best-fit lookup"
        )
        rows.append(WardRow(code, name or code, ward_vintage, lad, vintage, tuple(lsoas), how))
    return rows


def _domains(connection: Connection, code: str, vintage: int) -> dict[str, tuple[DomainRow, ...]]:
    result = {}
    for index, facts in INDEX.items():
        if facts.vintage != vintage:
            continue
        rows = connection.execute(
            text("""
                SELECT domain, score, rank, decile FROM deprivation
                WHERE current AND index = :index AND code = :code
                ORDER BY domain <> 'imd', domain
            """),
            {"index": index, "code": code},
        )
        domains = tuple(DomainRow(*row) for row in rows)
        if domains:
            result[index] = domains
    return result
