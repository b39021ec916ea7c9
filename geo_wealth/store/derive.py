"""What follows from all that is loaded, worked out anew after each load.

The results depend on the current datasets only, never on the order in which they came.
"""

from sqlalchemy import Connection, text

from geo_wealth.store.matching import match_payees

__all__ = ["fit_wards_and_districts", "locate_by_postcode", "match_payees"]


def locate_by_postcode(connection: Connection) -> None:
    """Give every site and asset without coordinates of its own the point of its postcode."""
    for table in ("site", "community_asset"):
        connection.execute(
            text(f"""
                WITH wanted AS (
                    SELECT DISTINCT postcode FROM {table}
                    WHERE postcode IS NOT NULL AND located_by IS DISTINCT FROM 'given'
                ), found AS (
                    SELECT DISTINCT ON (postcode) postcode, point
                    FROM postcode JOIN wanted USING (postcode)
                    WHERE current AND point IS NOT NULL
                    ORDER BY postcode, array_position(ARRAY['codepoint', 'ons', 'csv'], source)
                )
                UPDATE {table} t
                SET point = found.point,
                    located_by = CASE WHEN found.point IS NOT NULL THEN 'postcode' END
                FROM wanted LEFT JOIN found USING (postcode)
                WHERE t.postcode = wanted.postcode
                  AND t.located_by IS DISTINCT FROM 'given'
                  AND t.point IS DISTINCT FROM found.point
            """)
        )


def fit_wards_and_districts(connection: Connection) -> None:
    """Give each LSOA the ward and district that most of its live postcodes are in.

    A best fit, only for LSOAs of which no publisher's file says it; ties go to the lower code.
    The ward codes are those of the postcode file, hence the vintage of its release.
    """
    connection.execute(text("DELETE FROM area_lookup WHERE source = 'postcodes'"))
    # Tables, because a SELECT into a table may use every core and an INSERT may not. Not a
    # temporary one for what the other cores must read, nor one with an index on the polygons:
    # asked postcode by postcode, the same takes ten times as long.
    connection.execute(
        text(f"""
            CREATE UNLOGGED TABLE unplaced_lsoa AS
            SELECT a.vintage, a.code, a.geom, {_nobody_states("ward")} AS ward,
                {_nobody_states("lad")} AS lad
            FROM area a WHERE a.current AND a.kind = 'lsoa'
        """)
    )
    connection.execute(text("DELETE FROM unplaced_lsoa WHERE NOT ward AND NOT lad"))
    connection.execute(text("ANALYZE unplaced_lsoa (vintage, code)"))
    connection.execute(
        text("""
            CREATE TEMP TABLE lsoa_vote ON COMMIT DROP AS
            SELECT a.vintage, a.code, CASE WHEN a.ward THEN p.ward END AS ward,
                CASE WHEN a.lad THEN p.lad END AS lad, count(*) AS votes,
                max(p.dataset_id) AS dataset_id
            FROM unplaced_lsoa a JOIN postcode p ON ST_Intersects(a.geom, p.point)
            WHERE p.current AND p.terminated IS NULL
            GROUP BY 1, 2, 3, 4
        """)
    )
    connection.execute(text("DROP TABLE unplaced_lsoa"))
    _count_votes(connection)


def _count_votes(connection: Connection) -> None:
    connection.execute(
        text("""
            WITH best AS (
                SELECT DISTINCT ON (vintage, code, to_kind) vintage, code, to_kind, to_code,
                    max(dataset_id) AS dataset_id
                FROM lsoa_vote
                CROSS JOIN LATERAL (VALUES ('ward', ward), ('lad', lad)) k (to_kind, to_code)
                WHERE to_code IS NOT NULL
                GROUP BY vintage, code, to_kind, to_code
                ORDER BY vintage, code, to_kind, sum(votes) DESC, to_code
            )
            INSERT INTO area_lookup (dataset_id, source, from_vintage, from_code, to_kind,
                to_vintage, to_code, to_name, current)
            SELECT b.dataset_id, 'postcodes', b.vintage, b.code, b.to_kind,
                coalesce(substring(d.release FROM '20[0-9][0-9]')::smallint, 0),
                b.to_code, NULL, true
            FROM best b JOIN dataset d ON d.id = b.dataset_id
        """)
    )
    connection.execute(text("DROP TABLE lsoa_vote"))


def _nobody_states(kind: str) -> str:
    """Test in SQL whether no current lookup gives the ward or district of an LSOA ``a``."""
    return f"""NOT EXISTS (
        SELECT FROM area_lookup l
        WHERE l.current AND l.to_kind = '{kind}' AND l.from_vintage = a.vintage
          AND l.from_code = a.code)"""
