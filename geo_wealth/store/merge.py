"""From staging into the tables, one statement or two for each kind of record."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from geo_wealth.store.datasets import ROW_KEYS
from geo_wealth.store.indexes import bulk, has_rows, references_hold


@dataclass(frozen=True, slots=True)
class Merge:
    """How a staging table goes into a table whose rows are current one by one.

    Attributes
    ----------
    columns
        SQL expression over the staging row ``s``, by column of the table.
    """

    table: str
    staging: str
    columns: Mapping[str, str]


AREAS = Merge(
    "area",
    "staging_area",
    {name: f"s.{name}" for name in ("kind", "vintage", "code", "name", "geom", "geom_map")},
)
LOOKUPS = Merge(
    "area_lookup",
    "staging_lookup",
    {
        name: f"s.{name}"
        for name in (
            "source",
            "from_vintage",
            "from_code",
            "to_kind",
            "to_vintage",
            "to_code",
            "to_name",
            "change",
        )
    },
)
DEPRIVATION = Merge(
    "deprivation",
    "staging_deprivation",
    {name: f's."{name}"' for name in ("index", "code", "domain", "score", "rank", "decile")},
)
POPULATION = Merge(
    "population",
    "staging_population",
    {name: f"s.{name}" for name in ("measure", "vintage", "code", "residents")},
)
CLASSES = Merge(
    "area_class",
    "staging_class",
    {name: f's."{name}"' for name in ("scheme", "vintage", "code", "class")},
)
POSTCODES = Merge(
    "postcode",
    "staging_postcode",
    {
        name: f"s.{name}"
        for name in (
            "source",
            "postcode",
            "quality",
            "lad",
            "ward",
            "lsoa11",
            "lsoa21",
            "introduced",
            "terminated",
        )
    }
    | {"point": "ST_SetSRID(ST_MakePoint(s.easting, s.northing), 27700)"},
)


def merge(connection: Connection, how: Merge, dataset_id: int, *, gives_way: bool = False) -> None:
    """Insert the staged rows as the current ones of a dataset.

    Parameters
    ----------
    gives_way
        True for the sample: a row that something else already answers for stays aside.
    """
    replaces = has_rows(connection, how.table)
    if replaces:
        connection.execute(text(f"ANALYZE {how.staging}"))
    keys = ROW_KEYS[how.table]
    same = " AND ".join(f't."{key}" = {how.columns[key]}' for key in keys)
    taken = f"SELECT FROM {how.table} t WHERE t.current AND t.dataset_id <> :id AND {same}"
    current = f"NOT EXISTS ({taken})" if gives_way and replaces else "true"
    if replaces and not gives_way:
        connection.execute(
            text(f"""
                UPDATE {how.table} t SET current = false FROM {how.staging} s
                WHERE t.current AND t.dataset_id <> :id AND {same}
            """),
            {"id": dataset_id},
        )
    targets = ", ".join(f'"{name}"' for name in how.columns)
    with bulk(connection, how.table), references_hold(connection):
        connection.execute(
            text(f"""
                INSERT INTO {how.table} (dataset_id, {targets}, current)
                SELECT :id, {", ".join(how.columns.values())}, {current} FROM {how.staging} s
            """),
            {"id": dataset_id},
        )
    connection.execute(text(f"ANALYZE {how.table}"))


def merge_register(connection: Connection, dataset_id: int, kind: str) -> None:
    """Insert organisations, one for each name and number, and all their sites."""
    connection.execute(
        text("""
            INSERT INTO organisation (dataset_id, kind, ref, name, name_key, company_number,
                charity_number, form, individual)
            SELECT DISTINCT ON (s.name_key, s.company_number, s.individual)
                :id, :kind, s.ref, s.name, s.name_key, s.company_number, s.charity_number,
                s.form, s.individual
            FROM staging_site s WHERE s.name <> ''
            ORDER BY s.name_key, s.company_number, s.individual, s.line
        """),
        {"id": dataset_id, "kind": kind},
    )
    connection.execute(
        text("""
            INSERT INTO site (dataset_id, organisation_id, line, ref, address_kind, address,
                postcode, point, located_by, use, rateable_value)
            SELECT :id, o.id, s.line, s.ref, s.address_kind, s.address, s.postcode,
                ST_SetSRID(ST_MakePoint(s.easting, s.northing), 27700),
                CASE WHEN s.easting IS NOT NULL THEN 'given' END, s.use, s.rateable_value
            FROM staging_site s
            LEFT JOIN organisation o ON o.dataset_id = :id AND o.name_key = s.name_key
                AND o.company_number IS NOT DISTINCT FROM s.company_number
                AND o.individual = s.individual AND s.name <> ''
            ORDER BY s.line
        """),
        {"id": dataset_id},
    )


def merge_assets(connection: Connection, dataset_id: int) -> None:
    """Insert the community assets of one register."""
    connection.execute(
        text("""
            INSERT INTO community_asset (dataset_id, line, owner, ref, uprn, name, address,
                postcode, point, located_by, use, tenure, occupation, holding, contact,
                eligibility, eligibility_reason, same_as)
            SELECT :id, s.line, s.owner, s.ref, s.uprn, s.name, s.address, s.postcode,
                ST_SetSRID(ST_MakePoint(s.easting, s.northing), 27700),
                CASE WHEN s.easting IS NOT NULL THEN 'given' END, s.use, s.tenure, s.occupation,
                s.holding, s.contact, s.eligibility, s.eligibility_reason, s.same_as
            FROM staging_asset s ORDER BY s.line
        """),
        {"id": dataset_id},
    )
