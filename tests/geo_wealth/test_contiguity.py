"""Which areas touch, worked out by hand and on Kirklees."""

from pathlib import Path

import geopandas
import pytest
import shapely
from sqlalchemy import Connection

from geo_wealth.contiguity import Contiguity, contiguity, from_document
from geo_wealth.pipeline.terrain import district_terrain


def squares(*corners: tuple[int, int]) -> list[shapely.Polygon]:
    return [shapely.box(x, y, x + 1, y + 1) for x, y in corners]


@pytest.fixture
def corner() -> Contiguity:
    """a and b share an edge, b and c a corner, d is an island.

    . . c . .
    a b . . d
    """
    return contiguity(["a", "b", "c", "d"], squares((0, 0), (1, 0), (2, 1), (5, 0)))


def test_areas_touch_by_an_edge_or_a_corner(corner: Contiguity) -> None:
    assert corner.neighbours == ((1,), (0, 2), (1,), ())


def test_components_come_largest_first(corner: Contiguity) -> None:
    assert corner.components() == [[0, 1, 2], [3]]
    assert corner.components([0, 2, 3]) == [[0], [2], [3]]


def test_a_selection_is_connected_through_its_own_areas_alone(corner: Contiguity) -> None:
    assert corner.connected([0, 1, 2])
    assert not corner.connected([0, 2])


def test_the_ring_is_what_touches_from_outside(corner: Contiguity) -> None:
    assert corner.ring([0]) == [1]
    assert corner.ring([1]) == [0, 2]
    assert corner.ring([3]) == []


def test_a_graph_survives_json(corner: Contiguity) -> None:
    assert from_document(corner.document()) == corner


def test_one_area_alone_is_an_island() -> None:
    assert contiguity(["a"], squares((0, 0))).neighbours == ((),)


def test_kirklees_is_in_one_piece_and_a_neighbourhood_touches_5_58_others(shared: Path) -> None:
    frame = geopandas.read_file(shared / "boundaries" / "lsoa21_kirklees_E08000034.geojson")
    found = contiguity(list(frame["LSOA21CD"]), list(frame.to_crs(27700).geometry))
    assert len(found.components()) == 1
    assert round(sum(map(len, found.neighbours)) / 260, 2) == 5.58


def test_the_ground_of_a_district(sample: Connection) -> None:
    found = district_terrain(sample, "E08000034", 2011, "imd2019")
    assert (found.district_name, len(found.codes)) == ("Kirklees", 259)
    assert found.residents.sum() == 432_855
    assert found.residents_from == "mid-2015, as IMD 2019 counts them"
    assert found.without_boundary == ()
    inside = shapely.points(found.centres[0])
    assert abs(inside.x - 415_000) < 20_000
    assert abs(inside.y - 415_000) < 20_000
    assert len(found.contiguity.components()) == 1
