"""Where comparison areas may be: the pilot's district, its neighbours, or all that is loaded."""

from dataclasses import dataclass

from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.contiguity import contiguity
from geo_wealth.memory import Memory
from geo_wealth.pipeline.terrain import Terrain
from geo_wealth.queries import covariates, membership
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.shapes import lsoa_shapes


@dataclass(frozen=True, slots=True)
class Region:
    """LSOAs to choose from, and which of them touch.

    Attributes
    ----------
    codes
        In order; the pilot's district among them.
    districts
        Code and name of the districts that they are in; empty for all that is loaded.
    neighbours
        By code the codes that touch it; of all that is loaded only around the pilot's
        district, since the whole of England takes too long.
    """

    codes: tuple[str, ...]
    districts: tuple[tuple[str, str], ...]
    neighbours: dict[str, list[str]]


_MEMORY: Memory[Region] = Memory(size=8)


def region_of(connection: Connection, terrain: Terrain, index: str, pool: str) -> Region:
    """Find the LSOAs that a pool (see :data:`geo_wealth.evaluation.request.POOLS`) is made of."""
    if pool == "district":
        here = (terrain.district, terrain.district_name)
        return Region(terrain.codes, (here,), terrain.contiguity.document())
    version = (str(connection.engine.url), data_version(connection))
    key = (*version, terrain.district, terrain.vintage, index, pool)
    return _MEMORY.recall(key, lambda: _read(connection, terrain, index, pool))


def _read(connection: Connection, terrain: Terrain, index: str, pool: str) -> Region:
    vintage = INDEX[index].vintage
    across = covariates.touching(connection, vintage, terrain.codes)
    lads = membership.belongs_to(connection, "lad", vintage, across)
    others = sorted({found[0] for found in lads.values()} - {terrain.district})
    around = {
        code for district in others for code in membership.members(connection, district, vintage)
    }
    shapes = lsoa_shapes(connection, vintage, sorted(around | set(terrain.codes)))
    graph = contiguity(list(shapes), list(shapes.values())).document()
    if pool == "england":
        everyone = set(covariates.ranked_lsoas(connection, index)) | set(terrain.codes)
        return Region(tuple(sorted(everyone)), (), graph)
    names = membership.district_names(connection, [terrain.district, *others])
    return Region(tuple(graph), tuple(sorted(names.items())), graph)
