"""Outlines of LSOAs, as arithmetic needs them: EPSG:27700, full detail."""

from collections.abc import Sequence
from typing import Any

import shapely
from sqlalchemy import Connection, text


def lsoa_shapes(connection: Connection, vintage: int, codes: Sequence[str]) -> dict[str, Any]:
    """Read the outlines of LSOAs; those without a boundary loaded are left out."""
    rows = connection.execute(
        text("""
            SELECT code, ST_AsBinary(geom) AS outline FROM area
            WHERE current AND kind = 'lsoa' AND vintage = :vintage AND code = ANY(:codes)
              AND geom IS NOT NULL
            ORDER BY code
        """),
        {"vintage": vintage, "codes": list(codes)},
    ).all()
    outlines = shapely.from_wkb([bytes(row.outline) for row in rows])
    return dict(zip((row.code for row in rows), outlines, strict=True))
