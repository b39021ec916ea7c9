"""A district as ground for a pilot: who touches whom, how many live where, in which ward."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo_wealth.contiguity import Contiguity, contiguity
from geo_wealth.indicators import measure_name
from geo_wealth.memory import Memory
from geo_wealth.pipeline.indicators import members
from geo_wealth.queries import inputs, membership
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.shapes import lsoa_shapes

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Terrain:
    """The n LSOAs of a district that have a boundary, in order of code.

    Attributes
    ----------
    wards
        (n,) code and name of each one's ward; None where nothing says.
    ward_vintages
        (n,) year of the list that the ward is from; None where nothing says.
    residents
        (n,) NaN where not known.
    residents_from
        Which count of residents it is, in words.
    centres
        (n, 2) EPSG:27700 metres: the mean of the live postcodes, or where there are none a
        point inside.
    contiguity
        Queen contiguity of these n.
    without_boundary
        Codes of the district's LSOAs that are left out, having no boundary.
    datasets
        Keys of what all this was read from.
    """

    district: str
    district_name: str
    vintage: int
    codes: tuple[str, ...]
    names: tuple[str, ...]
    wards: tuple[tuple[str | None, str | None], ...]
    ward_vintages: tuple[int | None, ...]
    residents: Floats
    residents_from: str
    centres: Floats
    contiguity: Contiguity
    without_boundary: tuple[str, ...]
    datasets: tuple[str, ...]

    def places(self, codes: Sequence[str]) -> list[int]:
        """Give the positions of codes, all of which are here."""
        position = {code: place for place, code in enumerate(self.codes)}
        return [position[code] for code in codes]


_MEMORY: Memory[Terrain] = Memory(size=16)


def district_terrain(
    connection: Connection, district: str, vintage: int, index: str | None = None
) -> Terrain:
    """Read a district as ground for a pilot.

    Parameters
    ----------
    index
        Of two counts of residents that are equally complete, take this index's own.

    Raises
    ------
    NotFoundError
        When no neighbourhood of the district is loaded in this vintage.
    """
    key = (str(connection.engine.url), data_version(connection), district, vintage, index)
    return _MEMORY.recall(key, lambda: _read(connection, district, vintage, index))


def _read(connection: Connection, district: str, vintage: int, index: str | None) -> Terrain:
    everyone = members(connection, district, vintage)
    shapes = lsoa_shapes(connection, vintage, everyone)
    codes = list(shapes)
    measure, residents = membership.residents_of(connection, vintage, everyone, prefer=index)
    names = membership.names(connection, vintage, codes)
    wards = membership.belongs_to(connection, "ward", vintage, codes)
    points = inputs.demand_points(connection, vintage, codes)
    counted = inputs.population_datasets(connection, measure, vintage, codes)
    return Terrain(
        district=district,
        district_name=membership.district_name(connection, district),
        vintage=vintage,
        codes=tuple(codes),
        names=tuple(names.get(code, code) for code in codes),
        wards=tuple(wards.get(code, (None, None))[:2] for code in codes),
        ward_vintages=tuple(wards[code][2] if code in wards else None for code in codes),
        residents=np.array([residents.get(code, np.nan) for code in codes], dtype=np.float64),
        residents_from="not known" if measure is None else measure_name(measure),
        centres=_centres(points, codes),
        contiguity=contiguity(codes, list(shapes.values())),
        without_boundary=tuple(code for code in everyone if code not in shapes),
        datasets=tuple(sorted({*points.datasets, *counted})),
    )


def _centres(points: inputs.DemandPoints, codes: Sequence[str]) -> Floats:
    """Take the mean of the points of each LSOA."""
    n = len(points.lsoas)
    count = np.bincount(points.lsoa, minlength=n)
    sums = np.column_stack(
        [np.bincount(points.lsoa, points.xy[:, axis], minlength=n) for axis in (0, 1)]
    )
    position = {code: place for place, code in enumerate(points.lsoas)}
    kept = [position[code] for code in codes]
    return np.asarray(sums[kept] / count[kept, None])
