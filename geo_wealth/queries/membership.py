"""Which district and ward each LSOA belongs to, what they are called, who lives there."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

# Which statement of an LSOA's district or ward counts first: a published lookup, newest
# first; what the boundary file says; what the index says; the best fit by postcodes.
SOURCE_ORDER = "array_position(ARRAY['lookup', 'boundaries', 'deprivation', 'postcodes'], source)"

# One district and one ward for each LSOA of a vintage, with names where they are known.
_MEMBERSHIP = f"""
    SELECT DISTINCT ON (l.from_code) l.from_code, l.to_code, l.to_vintage, l.source,
        coalesce(l.to_name, a.name) AS to_name
    FROM area_lookup l
    LEFT JOIN LATERAL (
        SELECT name FROM area WHERE area.code = l.to_code AND area.kind = l.to_kind AND current
        ORDER BY abs(vintage - l.to_vintage), vintage DESC LIMIT 1
    ) a ON true
    WHERE l.current AND l.to_kind = :kind AND l.from_vintage = :vintage
      AND l.from_code = ANY(:codes)
    ORDER BY l.from_code, {SOURCE_ORDER}, l.to_vintage DESC, l.to_code
"""


def members(connection: Connection, district: str, vintage: int) -> list[str]:
    """List the LSOAs of a district, in order of code; empty when nothing says."""
    return members_of(connection, "lad", district, vintage)


def members_of(connection: Connection, kind: str, code: str, vintage: int) -> list[str]:
    """List the LSOAs of a district, ward or MSOA, in order of code; empty when nothing says.

    District codes differ between releases (Barnsley is E08000016 and E08000038), so the first
    source that knows this very code answers for all of it.
    """
    rows = connection.execute(
        text(f"""
            WITH claim AS (
                SELECT from_code,
                    dense_rank() OVER (ORDER BY {SOURCE_ORDER}, to_vintage DESC) AS turn
                FROM area_lookup
                WHERE current AND to_kind = :kind AND to_code = :code AND from_vintage = :vintage
            )
            SELECT DISTINCT from_code FROM claim WHERE turn = 1 ORDER BY from_code
        """),
        {"kind": kind, "code": code, "vintage": vintage},
    )
    return list(rows.scalars())


def district_name(connection: Connection, district: str) -> str:
    """Name a district; see :func:`district_names`."""
    return district_names(connection, [district])[district]


def district_names(connection: Connection, districts: Sequence[str]) -> dict[str, str]:
    """Name districts: by boundary, by lookup, else by the common start of their LSOAs' names.

    One that nothing names is called by its code.
    """
    rows = connection.execute(
        text("""
            SELECT DISTINCT ON (code) code, name FROM (
                SELECT code, name, 1 AS turn, vintage FROM area
                WHERE current AND kind = 'lad' AND code = ANY(:codes)
                UNION ALL
                SELECT to_code, to_name, 2, to_vintage FROM area_lookup
                WHERE current AND to_kind = 'lad' AND to_code = ANY(:codes)
                  AND to_name IS NOT NULL
                UNION ALL
                SELECT l.to_code, regexp_replace(a.name, ' [0-9]+[A-Z]$', ''), 3, a.vintage
                FROM area_lookup l JOIN area a ON a.code = l.from_code AND a.current
                WHERE l.current AND l.to_kind = 'lad' AND l.to_code = ANY(:codes)
            ) known ORDER BY code, turn, vintage DESC, name
        """),
        {"codes": list(districts)},
    )
    found = {row.code: str(row.name) for row in rows}
    return {code: found.get(code, code) for code in districts}


def belongs_to(
    connection: Connection, kind: str, vintage: int, codes: Sequence[str]
) -> dict[str, tuple[str, str | None, int, str]]:
    """Give each LSOA its ward or district: code, name, vintage and source."""
    rows = connection.execute(
        text(_MEMBERSHIP), {"kind": kind, "vintage": vintage, "codes": list(codes)}
    )
    return {row.from_code: (row.to_code, row.to_name, row.to_vintage, row.source) for row in rows}


def names(connection: Connection, vintage: int, codes: Sequence[str]) -> dict[str, str]:
    """Name LSOAs; those without a boundary loaded are left out."""
    rows = connection.execute(
        text("""
            SELECT code, name FROM area
            WHERE current AND kind = 'lsoa' AND vintage = :vintage AND code = ANY(:codes)
        """),
        {"vintage": vintage, "codes": list(codes)},
    )
    return {row.code: row.name for row in rows}


def residents_of(
    connection: Connection, vintage: int, codes: Sequence[str], prefer: str | None = None
) -> tuple[str | None, dict[str, int]]:
    """Give residents by LSOA, all of one measure: that which covers most of the codes.

    Parameters
    ----------
    prefer
        The measure to take among those that cover equally many, such as an index's own.

    Returns
    -------
    measure, residents
        None and nothing where no population is loaded.
    """
    measure = connection.execute(
        text("""
            SELECT measure FROM population
            WHERE current AND vintage = :vintage AND code = ANY(:codes)
            GROUP BY measure
            ORDER BY count(*) DESC, measure = :prefer DESC, measure DESC LIMIT 1
        """),
        {"vintage": vintage, "codes": list(codes), "prefer": prefer or ""},
    ).scalar()
    rows = connection.execute(
        text("""
            SELECT code, residents FROM population
            WHERE current AND measure = :measure AND vintage = :vintage AND code = ANY(:codes)
        """),
        {"measure": measure, "vintage": vintage, "codes": list(codes)},
    )
    return measure, {row.code: row.residents for row in rows}


def ward_name(connection: Connection, code: str) -> str | None:
    """Name a ward by its newest list or boundary."""
    name = connection.execute(
        text("""
            SELECT name FROM area WHERE current AND kind = 'ward' AND code = :code
            ORDER BY vintage DESC LIMIT 1
        """),
        {"code": code},
    ).scalar()
    return None if name is None else str(name)
