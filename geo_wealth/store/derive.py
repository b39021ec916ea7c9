"""What follows from all that is loaded, worked out anew after each load.

The results depend on the current datasets only, never on the order in which they came.
"""

from sqlalchemy import Connection, text

# Which register answers first for a payee: an address where work is done before a head office
# (methods: delivery site, branch, registered office).
_KIND_ORDER = (
    "suppliers",
    "anchors",
    "vcse",
    "business-rates",
    "cooperatives",
    "employers",
)


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


def match_payees(connection: Connection) -> None:
    """Place payees: by company number, then by exact normalised name, else nowhere.

    A payee with several sites is put at one of them: in the register that answers first, the
    premises with the highest rateable value, then by postcode. Redacted payees, individuals,
    and whoever any register calls an individual are never matched by name; two different
    company numbers are never one organisation.
    """
    connection.execute(text("DELETE FROM payee_match"))
    connection.execute(
        text("""
            WITH open_organisation AS (
                SELECT o.*, array_position(CAST(:kinds AS text[]), o.kind) AS turn
                FROM organisation o JOIN dataset d ON d.id = o.dataset_id
                WHERE d.state = 'current' AND NOT o.individual
            ), person AS (
                SELECT o.name_key FROM organisation o JOIN dataset d ON d.id = o.dataset_id
                WHERE d.state = 'current' AND o.individual
            ), pair AS (
                SELECT p.id AS payee_id, o.id AS organisation_id, o.turn, 1 AS stage
                FROM payee p JOIN open_organisation o ON o.company_number = p.company_number
                WHERE p.state = 'named'
                UNION ALL
                SELECT p.id, o.id, o.turn, 2
                FROM payee p JOIN open_organisation o ON o.name_key = p.name_key
                WHERE p.state = 'named' AND p.name_key <> ''
                  AND p.name_key NOT IN (SELECT name_key FROM person)
                  AND (p.company_number IS NULL OR o.company_number IS NULL
                       OR p.company_number = o.company_number)
            ), best AS (
                SELECT payee_id, organisation_id, stage, s.id AS site_id,
                    row_number() OVER (PARTITION BY payee_id ORDER BY stage, turn,
                        s.rateable_value DESC NULLS LAST, s.postcode, s.ref, d.key, s.line
                    ) AS place,
                    count(*) OVER (PARTITION BY payee_id, stage, turn) AS sites
                FROM pair JOIN site s USING (organisation_id)
                JOIN dataset d ON d.id = s.dataset_id
                WHERE s.point IS NOT NULL
            )
            INSERT INTO payee_match (payee_id, organisation_id, site_id, method, sites)
            SELECT payee_id, organisation_id, site_id,
                CASE stage WHEN 1 THEN 'company-number' ELSE 'exact-name' END, sites
            FROM best WHERE place = 1
        """),
        {"kinds": list(_KIND_ORDER)},
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
