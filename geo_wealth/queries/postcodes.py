"""Where a postcode is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from boundaries import postcode as spelling
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.queries.membership import belongs_to, district_name, ward_name
from geo_wealth.queries.rows import PostcodePlace


def locate(connection: Connection, query: str) -> PostcodePlace:
    """Find a postcode's point and the areas that the point is in.

    Raises
    ------
    InvalidRequestError
        When it cannot be a postcode.
    NotFoundError
        When no postcode file loaded has it.
    """
    canonical = spelling.canonical(query)
    if canonical is None:
        raise InvalidRequestError("postcode", spelling.problem(query) or "not a postcode.")
    rows = (
        connection.execute(
            text("""
                SELECT p.*, ST_X(p.point) AS easting, ST_Y(p.point) AS northing,
                    round(ST_X(ST_Transform(p.point, 4326))::numeric, 6)::float8 AS longitude,
                    round(ST_Y(ST_Transform(p.point, 4326))::numeric, 6)::float8 AS latitude
                FROM postcode p WHERE p.current AND p.postcode = :postcode
                ORDER BY p.point IS NULL,
                    array_position(ARRAY['codepoint', 'ons', 'csv'], p.source)
            """),
            {"postcode": canonical},
        )
        .mappings()
        .all()
    )
    if not rows:
        raise NotFoundError(
            f"{canonical} is not in the postcode files loaded; check it, or load a newer file."
        )
    return _place(connection, canonical, rows)


def agreement(connection: Connection) -> dict[str, dict[str, float]]:
    """Compare a publisher's own LSOA of a live postcode with the polygon its point is in.

    Returns
    -------
    dict
        By vintage: postcodes compared, those that agree, and the share. Postcodes without a
        point, or outside the boundaries loaded, are not compared.
    """
    result: dict[str, dict[str, float]] = {}
    for vintage, column in ((2011, "lsoa11"), (2021, "lsoa21")):
        compared, agreed = connection.execute(
            text(f"""
                WITH assigned AS MATERIALIZED (
                    SELECT DISTINCT ON (postcode) postcode, {column} AS code FROM postcode
                    WHERE current AND {column} IS NOT NULL AND terminated IS NULL
                    ORDER BY postcode, source
                ), inside AS (
                    SELECT a.code, p.postcode FROM area a
                    CROSS JOIN LATERAL (
                        SELECT p.postcode FROM postcode p
                        WHERE p.current AND ST_Intersects(a.geom, p.point) OFFSET 0
                    ) p
                    WHERE a.current AND a.kind = 'lsoa' AND a.vintage = :vintage
                )
                SELECT count(*), count(*) FILTER (WHERE inside.code = assigned.code)
                FROM inside JOIN assigned USING (postcode)
                WHERE EXISTS (SELECT FROM assigned)
            """),
            {"vintage": vintage},
        ).one()
        if compared:
            result[str(vintage)] = {
                "compared": compared,
                "agreed": agreed,
                "share": round(agreed / compared, 4),
            }
    return result


def _place(connection: Connection, canonical: str, rows: Sequence[Any]) -> PostcodePlace:
    best = rows[0]

    def first(column: str) -> Any:
        return next((row[column] for row in rows if row[column] is not None), None)

    lsoas = connection.execute(
        text("""
            SELECT DISTINCT ON (vintage) vintage, code, name FROM area
            WHERE current AND kind = 'lsoa'
              AND ST_Intersects(geom, ST_SetSRID(ST_MakePoint(:easting, :northing), 27700))
            ORDER BY vintage, code
        """),
        {"easting": best["easting"], "northing": best["northing"]},
    ).all()
    inside = {row.vintage: (row.code, row.name) for row in lsoas}
    district, ward = first("lad"), first("ward")
    fitted_name = None
    for vintage, (code, _name) in sorted(inside.items(), reverse=True):
        if district is None:
            district = belongs_to(connection, "lad", vintage, [code]).get(code, (None,))[0]
        fitted = belongs_to(connection, "ward", vintage, [code]).get(code)
        if ward is None and fitted is not None:
            ward = fitted[0]
        if fitted is not None and fitted[0] == ward:
            fitted_name = fitted[1]
    live = any(row["terminated"] is None for row in rows)
    return PostcodePlace(
        postcode=canonical,
        easting=best["easting"],
        northing=best["northing"],
        longitude=best["longitude"],
        latitude=best["latitude"],
        terminated=None if live else first("terminated"),
        district_code=district,
        district_name=None if district is None else district_name(connection, district),
        ward_code=ward,
        ward_name=fitted_name or (None if ward is None else ward_name(connection, ward)),
        lsoas=inside,
    )
