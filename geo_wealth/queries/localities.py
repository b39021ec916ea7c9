"""What the tests of a definition of local need to know: polygons, deciles, distances, towns."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from sqlalchemy import Connection, text

from boundaries.codes import INDEX
from geo_wealth.errors import NotFoundError
from geo_wealth.memory import Memory
from geo_wealth.names import name_key
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.membership import members_of
from geo_wealth.spend.book import NONE, Flags, Ints, Sites
from geo_wealth.spend.definition import (
    AreaTest,
    DecileTest,
    Definition,
    FifthTest,
    PayerTownTest,
    Test,
    WithinTest,
)
from geo_wealth.spend.placing import Chosen, Context
from geo_wealth.spend.towns import post_towns, town_of

_VINTAGES = (2021, 2011)
# Districts that got a new code and kept their land, so that either code's LSOAs are theirs.
_RECODED = {"E08000016": "E08000038", "E08000019": "E08000039"}
_RECODED |= {new: old for old, new in _RECODED.items()}


@dataclass(frozen=True, slots=True)
class _Premises:
    postcode: str | None
    easting: float
    northing: float


_LOADED: Memory[bool] = Memory(size=256)
_DECILES: Memory[dict[str, int]] = Memory(size=4)
_OUTLINES: Memory[shapely.Geometry] = Memory(size=16)
_CHOSEN: Memory[Chosen] = Memory(size=32)


def read_context(
    connection: Connection, definition: Definition, payer: str, sites: Sites
) -> Context:
    """Read what :func:`geo_wealth.spend.placing.place` needs for a definition.

    Parameters
    ----------
    payer
        Who pays; matters only to definitions that are ``of_payer``.
    sites
        Those of the book that is to be placed.

    Raises
    ------
    NotFoundError
        When a district's polygons, an index or the payer's premises are not loaded, without
        which a test could not tell local from not local anywhere.
    """
    version = (str(connection.engine.url), data_version(connection))
    tests = definition.local
    return Context(
        payer=payer,
        complete=_complete(connection, version, tests),
        chosen={
            test: _CHOSEN.recall((version, test), partial(_chosen, connection, test))
            for test in tests
            if isinstance(test, DecileTest | FifthTest)
        },
        near={
            test: _near(connection, version, test, payer, sites)
            for test in tests
            if isinstance(test, WithinTest)
        },
        town=_town(connection, payer) if _asks_town(tests) else frozenset(),
        for_review=frozenset(
            connection.execute(
                text("SELECT DISTINCT payee_id FROM payee_candidate WHERE band = 'review'")
            ).scalars()
        ),
    )


def deciles(connection: Connection, sites: Sites) -> tuple[str | None, Ints]:
    """Give the decile of England of the LSOA that each site is in, by the newest index.

    Returns
    -------
    tuple
        The index, None when none is loaded; and (s,) deciles, 1 the most deprived tenth,
        ``NONE`` where the LSOA or its decile is not known.
    """
    version = (str(connection.engine.url), data_version(connection))
    for index in sorted(INDEX, key=lambda name: INDEX[name].vintage, reverse=True):
        by_lsoa = _DECILES.recall((version, index), partial(_read_deciles, connection, index))
        if by_lsoa:
            lsoas = sites.lsoa11 if INDEX[index].vintage == 2011 else sites.lsoa21
            found = [NONE if code is None else by_lsoa.get(code, NONE) for code in lsoas]
            return index, np.array(found, dtype=np.int64)
    return None, np.full(len(sites), NONE, dtype=np.int64)


def _read_deciles(connection: Connection, index: str) -> dict[str, int]:
    rows = connection.execute(
        text("""
            SELECT code, decile FROM deprivation
            WHERE current AND domain = 'imd' AND index = :index AND decile IS NOT NULL
        """),
        {"index": index},
    )
    return {row.code: row.decile for row in rows}


def _complete(
    connection: Connection, version: tuple[str, str], tests: Iterable[Test]
) -> frozenset[str]:
    kinds = {"district": "lad", "ward": "ward", "lsoa": "lsoa"}
    return frozenset(
        code
        for test in tests
        if isinstance(test, AreaTest)
        for code in test.codes
        if _LOADED.recall(
            (version, test.kind, code), partial(_is_loaded, connection, kinds[test.kind], code)
        )
    )


def _is_loaded(connection: Connection, kind: str, code: str) -> bool:
    return any(_lsoas_loaded(connection, kind, code, vintage) for vintage in _VINTAGES)


def _lsoas_loaded(connection: Connection, kind: str, code: str, vintage: int) -> list[str]:
    """List the LSOAs of an area when the polygons of all are loaded, else nothing."""
    lsoas = [code] if kind == "lsoa" else members_of(connection, kind, code, vintage)
    if not lsoas and code in _RECODED:
        lsoas = members_of(connection, kind, _RECODED[code], vintage)
    return lsoas if _all_drawn(connection, vintage, lsoas) else []


def _chosen(connection: Connection, test: DecileTest | FifthTest) -> Chosen:
    vintage = INDEX[test.index].vintage
    if test.district is None:
        tenths = _index(connection, test.index)
        chosen = [code for code, decile in tenths.items() if decile in test.deciles]
        closed = len(tenths) == INDEX[test.index].areas and _all_drawn(connection, vintage, chosen)
        return Chosen(vintage, frozenset(chosen), frozenset(tenths), closed)
    ranked = _ranked(connection, test.index, test.district, vintage)
    if isinstance(test, FifthTest):
        # Of the least ranks come the most deprived; the fifth is rounded down, as deciles are.
        chosen = sorted(ranked, key=lambda code: (ranked[code][0], code))[: len(ranked) // 5]
    else:
        chosen = [code for code, (_, decile) in ranked.items() if decile in test.deciles]
    # Of every LSOA it is known whether it is among those of the district: none is unanswered.
    return Chosen(
        vintage,
        frozenset(chosen),
        None,
        _all_drawn(connection, vintage, chosen),
        _codes_of(connection, test.district, list(ranked)),
    )


def _codes_of(connection: Connection, district: str, lsoas: list[str]) -> frozenset[str]:
    """List all codes that a district goes by: those that any file gives for its LSOAs."""
    known = connection.execute(
        text("""
            SELECT DISTINCT to_code FROM area_lookup
            WHERE current AND to_kind = 'lad' AND from_code = ANY(:codes)
        """),
        {"codes": lsoas},
    ).scalars()
    return frozenset(known) | {district, _RECODED.get(district, district)}


def _index(connection: Connection, index: str) -> dict[str, int]:
    """Give the decile of every LSOA that has one by an index."""
    version = (str(connection.engine.url), data_version(connection))
    tenths = _DECILES.recall((version, index), partial(_read_deciles, connection, index))
    if not tenths:
        raise NotFoundError(
            f"The index {index} is not loaded, which the definition needs: load it with "
            "`geo-wealth load deprivation`."
        )
    return tenths


def _ranked(
    connection: Connection, index: str, district: str, vintage: int
) -> dict[str, tuple[int, int]]:
    """Give rank and decile of every LSOA of a district by an index."""
    lsoas = members_of(connection, "lad", district, vintage)
    rows = connection.execute(
        text("""
            SELECT code, rank, decile FROM deprivation
            WHERE current AND domain = 'imd' AND index = :index AND code = ANY(:codes)
              AND rank IS NOT NULL AND decile IS NOT NULL
        """),
        {"index": index, "codes": lsoas},
    ).all()
    if not lsoas or len(rows) < len(lsoas):
        raise NotFoundError(
            f"The index {index} is not loaded for all neighbourhoods of {district}, which the "
            "definition needs: load it with `geo-wealth load deprivation`."
        )
    return {row.code: (row.rank, row.decile) for row in rows}


def _all_drawn(connection: Connection, vintage: int, lsoas: list[str]) -> bool:
    """Tell whether the polygons of all these LSOAs are loaded."""
    drawn = connection.execute(
        text("""
            SELECT count(*) FROM area WHERE current AND kind = 'lsoa' AND vintage = :vintage
              AND geom IS NOT NULL AND code = ANY(:codes)
        """),
        {"vintage": vintage, "codes": lsoas},
    ).scalar_one()
    return int(drawn) == len(lsoas)


def _near(
    connection: Connection,
    version: tuple[str, str],
    test: WithinTest,
    payer: str,
    sites: Sites,
) -> Flags:
    """Tell of each site whether it is near enough, (s,); many stand at the same point."""
    if test.of == "district":
        district = test.code or ""
        centre = _OUTLINES.recall((version, district), partial(_outline, connection, district))
    elif test.of == "point":
        centre = shapely.Point(test.easting, test.northing)
    else:
        premises = _premises(connection, payer)
        centre = shapely.Point(premises.easting, premises.northing)
    near = np.zeros(len(sites), dtype=np.bool_)
    placed = ~np.isnan(sites.easting)
    points, back = np.unique(
        np.column_stack((sites.easting, sites.northing))[placed], axis=0, return_inverse=True
    )
    near[placed] = shapely.dwithin(centre, shapely.points(points), test.metres)[back]
    return near


def _outline(connection: Connection, district: str) -> shapely.Geometry:
    """Join the LSOAs of a district; prepared for many questions."""
    for vintage in _VINTAGES:
        lsoas = _lsoas_loaded(connection, "lad", district, vintage)
        if lsoas:
            shapes = connection.execute(
                text("""
                    SELECT ST_AsBinary(geom) FROM area
                    WHERE current AND kind = 'lsoa' AND vintage = :vintage AND code = ANY(:codes)
                """),
                {"vintage": vintage, "codes": lsoas},
            ).scalars()
            outline = shapely.union_all([shapely.from_wkb(bytes(shape)) for shape in shapes])
            shapely.prepare(outline)
            return outline
    raise NotFoundError(
        f"The neighbourhoods of {district} are not all loaded, so that no distance from it can "
        "be measured: load its boundaries with `geo-wealth load boundaries`."
    )


def _asks_town(tests: Iterable[Test]) -> bool:
    return any(isinstance(test, PayerTownTest) for test in tests)


def _town(connection: Connection, payer: str) -> frozenset[str]:
    """Give the postcode districts of the post town of the payer's premises."""
    postcode = _premises(connection, payer).postcode
    town = town_of(postcode) if postcode else None
    if town is None:
        raise NotFoundError(
            f"The premises of {payer} have no postcode in a post town of West Yorkshire, so that "
            "its town is not known; name the postcode districts in a definition of your own."
        )
    return post_towns()[town]


def _premises(connection: Connection, payer: str) -> _Premises:
    """Find where a payer is: its premises with the highest rateable value among the anchors."""
    row = connection.execute(
        text("""
            SELECT s.postcode, ST_X(s.point) AS easting, ST_Y(s.point) AS northing
            FROM organisation o
            JOIN dataset d ON d.id = o.dataset_id AND d.state = 'current'
            JOIN site s ON s.organisation_id = o.id
            WHERE o.kind = 'anchors' AND o.name_key = :key AND s.point IS NOT NULL
            ORDER BY s.rateable_value DESC NULLS LAST, s.postcode, s.ref, s.id LIMIT 1
        """),
        {"key": name_key(payer)},
    ).first()
    if row is None:
        raise NotFoundError(
            f"No register of anchors has premises of {payer or 'the payer'} with a place, so "
            "that its place is not known: load one with `geo-wealth load register FILE --kind "
            "anchors`."
        )
    return _Premises(*row)
