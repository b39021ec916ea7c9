"""What is within a walk of a neighbourhood: of any postcode in it, as the figures count it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo_wealth.coordinates import to_grid
from geo_wealth.queries import nearby
from geo_wealth.queries.inputs import demand_points
from geo_wealth.queries.rows import AnchorRow, AreaRow, AssetRow, SupplierRow

WALK = 1200

Floats = NDArray[np.float64]
Row = TypeVar("Row", AssetRow, SupplierRow, AnchorRow)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Places within a walk, nearest first; ``distance_m`` is from the nearest postcode."""

    assets: tuple[AssetRow, ...] = ()
    suppliers: tuple[SupplierRow, ...] = ()
    anchors: tuple[AnchorRow, ...] = ()


def surroundings(conn: Connection, found: AreaRow) -> Surroundings:
    """List what can be walked to from any postcode of an area.

    A person's site has no place to measure from and is left out, as it is of the figures.
    """
    middle = nearby.centre(conn, found.code, found.vintage)
    if middle is None:
        return Surroundings()
    points = demand_points(conn, found.vintage, [found.code])
    own = points.xy[points.lsoa == points.lsoas.index(found.code)]
    radius = WALK + float(np.hypot(*(own - np.array(middle)).T).max(initial=0))

    return Surroundings(
        _reached(nearby.assets_near(conn, *middle, radius), own),
        _reached(nearby.suppliers_near(conn, *middle, radius), own),
        _reached(nearby.anchors_near(conn, *middle, radius), own),
    )


def _reached(rows: Sequence[Row], own: Floats) -> tuple[Row, ...]:
    """Measure each row from the nearest point of the area and keep those within a walk."""
    placed = [row for row in rows if row.longitude is not None and row.latitude is not None]
    if not placed:
        return ()
    east, north = to_grid(
        np.array([row.longitude for row in placed], dtype=np.float64),
        np.array([row.latitude for row in placed], dtype=np.float64),
    )
    distances = np.hypot(east[:, None] - own[:, 0], north[:, None] - own[:, 1]).min(axis=1)
    measured = [
        replace(row, distance_m=float(distance))
        for row, distance in zip(placed, distances, strict=True)
        if distance <= WALK
    ]
    return tuple(sorted(measured, key=lambda row: row.distance_m or 0))
