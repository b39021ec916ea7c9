"""What is near a point or in a district: assets, suppliers, anchors.

Distances are straight lines in metres (EPSG:27700). A building that two registers list is one
building; a person's or sole trader's name and place are never given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from geo_wealth.queries.rows import AnchorRow, AssetRow, SupplierRow

# One row for each building. Where registers disagree, the careful one speaks: not eligible,
# then eligible, then unknown; whichever was loaded first makes no difference.
_ASSETS = """
    SELECT DISTINCT ON (c.same_as) c.*, d.key AS dataset, d.sample
    FROM community_asset c JOIN dataset d ON d.id = c.dataset_id AND d.state = 'current'
    WHERE {where}
    ORDER BY c.same_as,
        array_position(ARRAY['not_eligible', 'eligible', 'unknown'], c.eligibility), d.key, c.line
"""

_SUPPLIERS = """
    SELECT o.name, o.individual, s.id, s.postcode, s.use, s.point, m.method, max(m.sites) AS sites,
        sum(p.amount) AS pounds, count(*) AS payments, d.key AS dataset,
        bool_or(l.sample) OR d.sample AS sample
    FROM payee_match m
    JOIN payment p ON p.payee_id = m.payee_id
    JOIN dataset l ON l.id = p.dataset_id AND l.state = 'current' AND l.kind = 'ledger'
    JOIN site s ON s.id = m.site_id
    JOIN organisation o ON o.id = m.organisation_id
    JOIN dataset d ON d.id = s.dataset_id
    WHERE {where}
    GROUP BY o.name, o.individual, s.id, m.method, d.key, d.sample
"""

_ANCHORS = """
    SELECT DISTINCT ON (coalesce(o.name, s.use, s.address), s.postcode)
        coalesce(o.name, s.use, s.address) AS name, s.postcode, s.use, s.point,
        d.key AS dataset, d.sample
    FROM site s JOIN dataset d ON d.id = s.dataset_id AND d.state = 'current'
    LEFT JOIN organisation o ON o.id = s.organisation_id
    WHERE d.kind = 'register' AND d.parameters ->> 'kind' = 'anchors'
      AND NOT coalesce(o.individual, false)
      AND coalesce(o.name, s.use, s.address) IS NOT NULL AND {where}
    ORDER BY coalesce(o.name, s.use, s.address), s.postcode, d.key, s.line
"""

_PLACE = """
    round(ST_X(ST_Transform(point, 4326))::numeric, 6)::float8 AS longitude,
    round(ST_Y(ST_Transform(point, 4326))::numeric, 6)::float8 AS latitude
"""


@dataclass(frozen=True, slots=True)
class DistrictPoints:
    """Everything with a place in a district, for the map's three layers."""

    suppliers: list[SupplierRow]
    anchors: list[AnchorRow]
    assets: list[AssetRow]


def assets_near(
    connection: Connection,
    easting: float,
    northing: float,
    within: float,
    *,
    eligible_only: bool = False,
    limit: int = 1000,
) -> list[AssetRow]:
    """List assets within a distance of a point, nearest first."""
    rows = _near(
        connection,
        _ASSETS,
        "c.point",
        easting,
        northing,
        within,
        limit,
        eligible_only=eligible_only,
    )
    return [_asset(row) for row in rows]


def suppliers_near(
    connection: Connection, easting: float, northing: float, within: float, limit: int = 1000
) -> list[SupplierRow]:
    """List suppliers placed within a distance of a point, nearest first."""
    rows = _near(connection, _SUPPLIERS, "s.point", easting, northing, within, limit)
    return [_supplier(row) for row in rows]


def anchors_near(
    connection: Connection, easting: float, northing: float, within: float, limit: int = 1000
) -> list[AnchorRow]:
    """List sites of anchor institutions within a distance of a point, nearest first."""
    rows = _near(connection, _ANCHORS, "s.point", easting, northing, within, limit)
    return [_anchor(row) for row in rows]


def district_points(connection: Connection, codes: Sequence[str], vintage: int) -> DistrictPoints:
    """List all suppliers, anchors and assets inside the LSOAs given."""
    return DistrictPoints(
        suppliers=[_supplier(row) for row in _inside(connection, _SUPPLIERS, "s", codes, vintage)],
        anchors=[_anchor(row) for row in _inside(connection, _ANCHORS, "s", codes, vintage)],
        assets=[_asset(row) for row in _inside(connection, _ASSETS, "c", codes, vintage)],
    )


def centre(connection: Connection, code: str, vintage: int) -> tuple[float, float] | None:
    """Give a point inside an LSOA from which to measure: easting and northing, metres."""
    row = connection.execute(
        text("""
            SELECT ST_X(ST_PointOnSurface(geom)) AS easting,
                ST_Y(ST_PointOnSurface(geom)) AS northing
            FROM area WHERE current AND kind = 'lsoa' AND vintage = :vintage AND code = :code
        """),
        {"code": code, "vintage": vintage},
    ).first()
    return None if row is None or row.easting is None else (row.easting, row.northing)


def _near(
    connection: Connection,
    source: str,
    column: str,
    easting: float,
    northing: float,
    within: float,
    limit: int,
    *,
    eligible_only: bool = False,
) -> Sequence[Any]:
    here = "ST_SetSRID(ST_MakePoint(:easting, :northing), 27700)"
    inner = source.format(where=f"ST_DWithin({column}, {here}, :within)")
    eligible = "WHERE eligibility = 'eligible'" if eligible_only else ""
    return (
        connection.execute(
            text(f"""
                SELECT found.*, {_PLACE}, ST_Distance(point, {here}) AS distance_m
                FROM ({inner}) found {eligible}
                ORDER BY distance_m, 1, 2 LIMIT :limit
            """),
            {"easting": easting, "northing": northing, "within": within, "limit": limit},
        )
        .mappings()
        .all()
    )


def _inside(
    connection: Connection, source: str, alias: str, codes: Sequence[str], vintage: int
) -> Sequence[Any]:
    inside = f"""EXISTS (
        SELECT FROM area a WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage
          AND a.code = ANY(:codes) AND ST_Intersects(a.geom, {alias}.point))"""
    return (
        connection.execute(
            text(f"""
                SELECT found.*, {_PLACE}, NULL AS distance_m
                FROM ({source.format(where=inside)}) found ORDER BY 1, 2
            """),
            {"codes": list(codes), "vintage": vintage},
        )
        .mappings()
        .all()
    )


def _asset(row: Any) -> AssetRow:
    return AssetRow(**{name: row[name] for name in AssetRow.__slots__})


def _anchor(row: Any) -> AnchorRow:
    return AnchorRow(**{name: row[name] for name in AnchorRow.__slots__})


def _supplier(row: Any) -> SupplierRow:
    hidden = row["individual"]
    values = {name: row[name] for name in SupplierRow.__slots__}
    if hidden:
        values |= {"name": None, "postcode": None, "longitude": None, "latitude": None}
    return SupplierRow(**values)
