"""COPY of frames and geometries into staging tables that vanish with the transaction."""

import io
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import shapely
from numpy.typing import NDArray
from psycopg2.extras import execute_batch
from sqlalchemy import Connection, text

from geo_wealth.models import BNG

_BINARY_HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0)
_BINARY_TRAILER = struct.pack("!h", -1)


def stage(connection: Connection, name: str, columns: dict[str, str]) -> None:
    """Create a staging table, dropped at the end of the transaction.

    Parameters
    ----------
    name
        Of the table; prefixed with ``staging_`` by convention.
    columns
        SQL types by column name, all ours, never a user's text.
    """
    body = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    connection.execute(text(f"DROP TABLE IF EXISTS pg_temp.{name}"))
    connection.execute(text(f"CREATE TEMP TABLE {name} ({body}) ON COMMIT DROP"))


def copy_frame(connection: Connection, name: str, frame: pd.DataFrame) -> None:
    """Append the rows of a frame to a staging table whose columns have the same names.

    Missing values become NULL; an empty string stays an empty string.
    """
    if frame.empty:
        return
    table = pa.Table.from_pydict({str(column): _arrow(frame[column]) for column in frame.columns})
    buffer = io.BytesIO()
    pa_csv.write_csv(table, buffer, pa_csv.WriteOptions(include_header=False))
    buffer.seek(0)
    columns = ", ".join(f'"{column}"' for column in frame.columns)
    _copy(connection, f"COPY {name} ({columns}) FROM STDIN (FORMAT csv)", buffer)


def copy_geometries(
    connection: Connection,
    name: str,
    texts: Sequence[Sequence[str | None]],
    geometries: Sequence[NDArray[np.object_]],
) -> None:
    """Append rows of text columns followed by geometry columns, in binary.

    Parameters
    ----------
    texts
        One sequence per text column, each with one value per row; None becomes NULL.
    geometries
        One array of shapely geometries in EPSG:27700 per geometry column, in the same order
        as the table's columns.
    """
    wkbs = [
        shapely.to_wkb(shapely.set_srid(column, BNG), include_srid=True) for column in geometries
    ]
    fields = struct.pack("!h", len(texts) + len(wkbs))
    parts: list[bytes] = [_BINARY_HEADER]
    for row in zip(*texts, *wkbs, strict=True):
        parts.append(fields)
        parts.extend(_binary_field(value) for value in row)
    parts.append(_BINARY_TRAILER)
    _copy(connection, f"COPY {name} FROM STDIN (FORMAT binary)", io.BytesIO(b"".join(parts)))


def insert_rows(connection: Connection, statement: str, rows: Iterable[dict[str, Any]]) -> None:
    """Run one parametrised statement for each of some thousand rows, few round trips in all."""
    values = list(rows)
    if not values:
        return
    command = str(text(statement).compile(dialect=connection.dialect))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        execute_batch(cursor, command, values, page_size=500)


def _copy(connection: Connection, statement: str, data: io.BytesIO) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.copy_expert(statement, data)


def _binary_field(value: str | bytes | None) -> bytes:
    if value is None:
        return b"\xff\xff\xff\xff"
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack("!i", len(raw)) + raw


def _arrow(column: pd.Series) -> pa.Array:
    """Make an arrow array; Decimals and dates as text, which COPY reads exactly."""
    if column.dtype != object:
        return pa.Array.from_pandas(column)
    values = column.to_numpy()
    try:
        return pa.array(values, pa.string(), from_pandas=True)
    except (pa.ArrowTypeError, pa.ArrowInvalid):  # not text: each object is written out once
        same, ids = pd.factorize(np.fromiter(map(id, values), np.int64, len(values)))
        first = np.empty(len(ids), np.int64)
        first[same[::-1]] = np.arange(len(values))[::-1]
        texts = [None if _missing(value) else str(value) for value in values[first]]
        return pa.array(texts, pa.string()).take(pa.array(same))


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value  # noqa: PLR0124
