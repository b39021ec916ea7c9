"""Reads the payments book: ledgers, payees and their accepted addresses, as arrays."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from sqlalchemy import Connection, text

from geo_wealth.errors import NotFoundError
from geo_wealth.memory import Memory
from geo_wealth.names import names_person
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.membership import SOURCE_ORDER
from geo_wealth.spend.book import (
    ADDRESS_KINDS,
    NONE,
    REGISTERS,
    Book,
    Ints,
    Ledger,
    Payees,
    Payments,
    Sites,
    pair_up,
)

_BOOKS: Memory[Book] = Memory(size=2)
_BELONGS = f"""
    SELECT DISTINCT ON (from_vintage, from_code) from_vintage, from_code, to_code
    FROM area_lookup WHERE current AND to_kind = '{{kind}}'
    ORDER BY from_vintage, from_code, {SOURCE_ORDER}, to_vintage DESC, to_code
"""


def read_book(
    connection: Connection, datasets: Sequence[str] | None = None, kind: str = "ledger"
) -> Book:
    """Read, or take from memory, the ledgers that count now, or those named.

    Parameters
    ----------
    datasets
        Keys of ledgers, superseded ones too; None for all that are current.
    kind
        ``ledger``, what payers spend, or ``supply-chain``, what their suppliers do: tier 2,
        never in one book with the former.

    Raises
    ------
    NotFoundError
        When a key is no ledger's.
    """
    wanted = None if datasets is None else tuple(sorted(set(datasets)))
    key = (str(connection.engine.url), data_version(connection), wanted, kind)
    return _BOOKS.recall(key, lambda: _read(connection, wanted, kind))


def _read(connection: Connection, wanted: tuple[str, ...] | None, kind: str) -> Book:
    ids, ledgers = _ledgers(connection, wanted, kind)
    table = _payment_table(connection, ids)
    payee_ids, payee = np.unique(_ints(table, "payee_id"), return_inverse=True)
    vocabularies = {name: _codes(table, name) for name in ("category", "department", "purpose")}
    pair, pairs = pair_up(payee.astype(np.int64), vocabularies["category"][0])
    payments = Payments(
        id=_ints(table, "id"),
        ledger=np.searchsorted(np.array(ids, dtype=np.int64), _ints(table, "dataset_id")),
        payee=payee.astype(np.int64),
        amount=_ints(table, "amount"),
        day=_ints(table, "day"),
        category=vocabularies["category"][0],
        department=vocabularies["department"][0],
        purpose=vocabularies["purpose"][0],
        card=_ints(table, "card").astype(np.bool_),
        repeats=_ints(table, "repeats").astype(np.bool_),
        pair=pair,
        scale=_scale(connection, ids),
    )
    vcse = np.full(len(payee_ids), NONE, dtype=np.int64)
    np.maximum.at(vcse, payments.payee, _ints(table, "vcse"))
    return Book(
        version=data_version(connection),
        ledgers=ledgers,
        payments=payments,
        pairs=pairs,
        payees=_payees(connection, payee_ids, vcse),
        sites=_sites(connection, payee_ids),
        categories=vocabularies["category"][1],
        departments=vocabularies["department"][1],
        purposes=vocabularies["purpose"][1],
    )


def _ledgers(
    connection: Connection, wanted: tuple[str, ...] | None, kind: str
) -> tuple[list[int], tuple[Ledger, ...]]:
    rows = connection.execute(
        text("""
            SELECT id, key, parameters ->> 'payer' AS payer, file_name, rows_read, rows_loaded,
                rows_rejected, rows_excluded, pounds, sample
            FROM dataset
            WHERE kind = :kind
              AND CASE WHEN CAST(:keys AS text[]) IS NULL THEN state = 'current'
                  ELSE key = ANY(:keys) END
            ORDER BY id
        """),
        {"kind": kind, "keys": None if wanted is None else list(wanted)},
    ).all()
    missing = set(wanted or ()) - {row.key for row in rows}
    if missing:
        raise NotFoundError(
            f"{min(missing)} is no ledger that is loaded; `geo-wealth datasets` lists them."
        )
    return [row.id for row in rows], tuple(
        Ledger(
            row.key,
            row.payer,
            row.file_name,
            {
                "read": row.rows_read,
                "loaded": row.rows_loaded,
                "excluded": row.rows_excluded,
                "rejected": row.rows_rejected,
            },
            row.pounds,
            row.sample,
        )
        for row in rows
    )


def _scale(connection: Connection, ids: list[int]) -> int:
    """Count the decimals of the amounts: two, unless a publisher gives more."""
    found = connection.execute(
        text("SELECT max(scale(trim_scale(amount))) FROM payment WHERE dataset_id = ANY(:ids)"),
        {"ids": ids},
    ).scalar()
    return max(int(found or 0), 2)


def _payment_table(connection: Connection, ids: list[int]) -> pa.Table:
    """Copy the payments out; text columns come as dictionaries."""
    factor = 10 ** _scale(connection, ids)
    chosen = ", ".join(str(int(each)) for each in ids) or "NULL"
    words = pa.dictionary(pa.int32(), pa.string())
    types: dict[str, Any] = dict.fromkeys(
        ("id", "dataset_id", "payee_id", "amount", "day", "card", "repeats", "vcse"), pa.int64()
    ) | dict.fromkeys(("category", "department", "purpose"), words)
    buffer = io.BytesIO()
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.copy_expert(
            f"""COPY (
                SELECT id, dataset_id, payee_id, (amount * {factor})::bigint AS amount,
                    coalesce(paid_on - DATE '0001-01-01' + 1, 0) AS day,
                    (channel = 'card')::int AS card, repeats::int AS repeats,
                    coalesce(vcse::int, {NONE}) AS vcse, category, department, purpose
                FROM payment WHERE dataset_id IN ({chosen})
            ) TO STDOUT (FORMAT csv)""",
            buffer,
        )
    if not buffer.tell():
        return pa.table({name: pa.array([], kind) for name, kind in types.items()})
    buffer.seek(0)
    return pa_csv.read_csv(
        buffer,
        pa_csv.ReadOptions(column_names=list(types), block_size=1 << 24),
        pa_csv.ParseOptions(newlines_in_values=True),
        pa_csv.ConvertOptions(
            column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def _ints(table: pa.Table, name: str) -> Ints:
    values: Ints = table[name].to_numpy().astype(np.int64, copy=False)
    return values


def _codes(table: pa.Table, name: str) -> tuple[Ints, tuple[str, ...]]:
    """Give a text column as positions in its sorted vocabulary."""
    if not len(table):
        return np.zeros(0, dtype=np.int64), ()
    column = table[name].unify_dictionaries().combine_chunks()
    words = column.dictionary.to_pylist()
    order = sorted(range(len(words)), key=words.__getitem__)
    position = np.empty(len(words) + 1, dtype=np.int64)
    position[order] = np.arange(len(words))
    position[-1] = NONE
    indices = column.indices.fill_null(len(words)).to_numpy()
    return position[indices], tuple(words[place] for place in order)


def _payees(connection: Connection, ids: Ints, vcse: Ints) -> Payees:
    rows = connection.execute(
        text("""
            SELECT p.id, p.name, p.name_key, p.company_number, p.state,
                p.state = 'named' AND EXISTS (
                    SELECT FROM organisation o JOIN dataset d ON d.id = o.dataset_id
                    WHERE o.name_key = p.name_key AND o.individual AND d.state = 'current'
                ) AS person
            FROM payee p WHERE p.id = ANY(:ids) ORDER BY p.id
        """),
        {"ids": ids.tolist()},
    ).all()
    individual = [row.state == "named" and (row.person or names_person(row.name)) for row in rows]
    return Payees(
        id=ids,
        name=tuple(row.name for row in rows),
        key=tuple(row.name_key for row in rows),
        company_number=tuple(row.company_number for row in rows),
        state=tuple(row.state for row in rows),
        individual=np.array(individual, dtype=np.bool_),
        vcse=vcse,
    )


def _sites(connection: Connection, payee_ids: Ints) -> Sites:
    """Read the addresses of all accepted matches, the one to take first of each kind first."""
    rows = connection.execute(
        text(f"""
            WITH chosen AS (
                SELECT s.id, c.payee_id, c.organisation_id, o.name, s.address_kind, c.stage,
                    c.score, o.kind AS register, o.form, o.charity_number IS NOT NULL AS charity,
                    s.postcode, s.point, s.rateable_value, s.ref, s.line, d.key
                FROM payee_candidate c
                JOIN organisation o ON o.id = c.organisation_id AND NOT o.individual
                JOIN site s ON s.organisation_id = o.id
                JOIN dataset d ON d.id = s.dataset_id AND d.state = 'current'
                WHERE c.band = 'accepted' AND c.payee_id = ANY(:ids)
            ), place AS MATERIALIZED (
                SELECT DISTINCT ON (s.id) s.id, {_inside(2011)} AS lsoa11, {_inside(2021)} AS lsoa21
                FROM chosen s
            ), code AS MATERIALIZED (
                SELECT DISTINCT ON (postcode) postcode, lad, ward FROM postcode
                WHERE current AND postcode IN (SELECT postcode FROM chosen) AND lad IS NOT NULL
                ORDER BY postcode, array_position(ARRAY['codepoint', 'ons', 'csv'], source)
            ), district AS MATERIALIZED ({_BELONGS.format(kind="lad")}
            ), ward AS MATERIALIZED ({_BELONGS.format(kind="ward")}
            )
            SELECT s.*, ST_X(s.point) AS x, ST_Y(s.point) AS y, p.lsoa11, p.lsoa21,
                coalesce(code.lad, d21.to_code, d11.to_code) AS lad,
                coalesce(code.ward, w21.to_code, w11.to_code) AS ward
            FROM chosen s
            JOIN place p ON p.id = s.id
            LEFT JOIN code ON code.postcode = s.postcode
            LEFT JOIN district d21 ON d21.from_vintage = 2021 AND d21.from_code = p.lsoa21
            LEFT JOIN district d11 ON d11.from_vintage = 2011 AND d11.from_code = p.lsoa11
            LEFT JOIN ward w21 ON w21.from_vintage = 2021 AND w21.from_code = p.lsoa21
            LEFT JOIN ward w11 ON w11.from_vintage = 2011 AND w11.from_code = p.lsoa11
            ORDER BY s.payee_id, array_position(CAST(:kinds AS text[]), s.address_kind),
                s.point IS NULL, s.score DESC,
                array_position(CAST(:registers AS text[]), s.register),
                s.rateable_value DESC NULLS LAST, s.postcode, s.ref, s.key, s.line
        """),
        {
            "ids": payee_ids.tolist(),
            "kinds": list(ADDRESS_KINDS),
            "registers": list(REGISTERS),
        },
    ).all()
    return Sites(
        id=_column(row.id for row in rows),
        payee=np.searchsorted(payee_ids, _column(row.payee_id for row in rows)),
        organisation=_column(row.organisation_id for row in rows),
        name=tuple(row.name for row in rows),
        address_kind=_column(ADDRESS_KINDS.index(row.address_kind) for row in rows),
        stage=tuple(row.stage for row in rows),
        score=np.array([row.score for row in rows], dtype=np.float64),
        register=tuple(row.register for row in rows),
        form=tuple(row.form for row in rows),
        charity=np.array([row.charity for row in rows], dtype=np.bool_),
        postcode=tuple(row.postcode for row in rows),
        easting=np.array([row.x for row in rows], dtype=np.float64),
        northing=np.array([row.y for row in rows], dtype=np.float64),
        lad=tuple(row.lad for row in rows),
        ward=tuple(row.ward for row in rows),
        lsoa11=tuple(row.lsoa11 for row in rows),
        lsoa21=tuple(row.lsoa21 for row in rows),
        dataset=tuple(row.key for row in rows),
    )


def _inside(vintage: int) -> str:
    """Find in SQL the LSOA of a vintage around the point of a site ``s``."""
    return f"""(
        SELECT min(a.code) FROM area a WHERE a.current AND a.kind = 'lsoa'
          AND a.vintage = {vintage} AND ST_Intersects(a.geom, s.point))"""


def _column(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
