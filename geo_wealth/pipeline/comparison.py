"""Comparison areas for a pilot: what is known of every area before the start, and the choice."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.deprivation import DOMAIN_WEIGHTS, exponential, invert
from geo_wealth.errors import InvalidRequestError
from geo_wealth.evaluation.matching import Floats, importance
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.evidence.comparison import results
from geo_wealth.evidence.digits import to_digits
from geo_wealth.evidence.section import Section, canonical, section
from geo_wealth.indicators import measure_name
from geo_wealth.memory import Memory
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.region import region_of
from geo_wealth.pipeline.terrain import Terrain, district_terrain
from geo_wealth.plan import Plan, check_outcome
from geo_wealth.queries import covariates, inputs, membership
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.outcomes import outcome_of, panel
from geo_wealth.queries.rows import RankRequest

DOMAINS = {
    "income": "income deprivation",
    "employment": "employment deprivation",
    "education": "education deprivation",
    "health": "health deprivation",
    "crime": "crime",
    "barriers": "barriers to housing and services",
    "living_environment": "living environment deprivation",
}
RESIDENTS = "number of residents"

_MEMORY: Memory[Section] = Memory(size=16)


def comparison_section(connection: Connection, plan: Plan, terrain: Terrain) -> Section:
    """Choose the comparison areas of a plan, as evidence."""
    return compare_areas(connection, terrain, plan.ranking.index, plan.areas, plan.comparison)


def compare_areas(
    connection: Connection,
    terrain: Terrain,
    index: str,
    areas: Sequence[str],
    request: ComparisonRequest,
    only: Sequence[str] | None = None,
) -> Section:
    """Choose comparison areas for pilot areas, and say how alike they are.

    They are matched on the seven domains of the index on its own exponential scale, the
    logarithm of residents, past outcomes where asked for, within the rural-urban class where
    that is loaded. Areas that touch the pilot are left out, whatever district they are in.

    Parameters
    ----------
    only
        Choose from these codes alone; they are then part of the region too.

    Returns
    -------
    dict
        A section; the inputs hold names, classes and covariates of all areas to choose from,
        the results what :func:`geo_wealth.evidence.comparison.results` gives.

    Raises
    ------
    InvalidRequestError
        When an area is no neighbourhood of the district, or a measure is the index.
    NotFoundError
        When a measure of past outcomes is not loaded.
    """
    check_areas(terrain, areas)
    for measure in request.history:
        check_outcome(measure)
    asked = canonical([sorted(areas), request.matches, request.pool, request.history, only])
    version = (str(connection.engine.url), data_version(connection))
    key = (*version, terrain.district, index, asked)
    return _MEMORY.recall(
        key, lambda: _choose(connection, terrain, index, sorted(areas), request, only)
    )


def ground_of(connection: Connection, district: str, index: str, areas: Sequence[str]) -> Terrain:
    """Read the district of pilot areas, found by the first of them where it is not named.

    Raises
    ------
    InvalidRequestError
        For an index there is not, or an area that no district is known of.
    """
    if index not in INDEX:
        raise InvalidRequestError("index", f"allowed are {', '.join(INDEX)}; found {index!r}.")
    vintage = INDEX[index].vintage
    if not district and areas:
        found = membership.belongs_to(connection, "lad", vintage, areas[:1])
        if areas[0] not in found:
            raise InvalidRequestError(
                "area", f"{areas[0]} is in no district that is loaded of {vintage}; check the code."
            )
        district = found[areas[0]][0]
    return district_terrain(connection, district, vintage, index)


def scores_of(connection: Connection, terrain: Terrain, index: str) -> dict[str, float]:
    """Give the score of each area by the ranking without options: what pilots are chosen by."""
    ranking = build_ranking(connection, RankRequest(terrain.district, index))
    return {area.code: area.score for area in ranking.areas}


def check_areas(terrain: Terrain, areas: Sequence[str]) -> None:
    """Refuse a pilot without areas, and areas that are not of the district.

    Raises
    ------
    InvalidRequestError
        Naming the first that is not.
    """
    if not areas:
        raise InvalidRequestError("area", "name the areas of the pilot, such as E01011140.")
    strange = next((code for code in areas if code not in terrain.codes), None)
    if strange is not None:
        raise InvalidRequestError(
            "area",
            f"{strange} is no neighbourhood of {terrain.district_name} with a boundary of "
            f"{terrain.vintage}; the ranking lists those that are.",
        )


def _choose(
    connection: Connection,
    terrain: Terrain,
    index: str,
    areas: Sequence[str],
    request: ComparisonRequest,
    only: Sequence[str] | None,
) -> Section:
    region = region_of(connection, terrain, index, request.pool)
    codes = sorted({*region.codes} if only is None else {*areas, *only})
    places = [place for place, code in enumerate(terrain.codes) if code in set(areas)]
    inside = {terrain.codes[place] for place in terrain.contiguity.ring(places)}
    ring = sorted(inside | set(covariates.touching(connection, terrain.vintage, areas)))
    here = (terrain.district, terrain.district_name)
    districts = (here,) if set(region.codes) <= set(terrain.codes) else region.districts
    told = _covariates(connection, terrain.vintage, index, codes, request)
    names = membership.names(connection, terrain.vintage, [*codes, *ring])
    residents_from = told.pop("residents_from")
    document = {
        "index": index,
        "vintage": terrain.vintage,
        "district": terrain.district,
        "district_name": terrain.district_name,
        "pool": request.pool,
        "districts": [{"code": code, "name": name} for code, name in districts],
        "residents_from": residents_from,
        "pilot": list(areas),
        "ring": ring,
        "matches": request.matches,
        "names": {code: names[code] for code in (*codes, *ring) if code in names},
        **told,
    }
    return section(results, to_digits(document))


def _covariates(
    connection: Connection,
    vintage: int,
    index: str,
    codes: Sequence[str],
    request: ComparisonRequest,
) -> dict[str, Any]:
    """Gather what is known of areas: columns of numbers, and a class."""
    ranks = covariates.domain_ranks(connection, index, codes)
    classes = covariates.rural_urban(connection, vintage, codes)
    measure, residents = membership.residents_of(connection, vintage, codes, prefer=index)
    columns = _domains(ranks.ranks, codes, INDEX[index].areas)
    columns.append(("residents", RESIDENTS, "natural logarithm", _logarithms(residents, codes)))
    used = {*ranks.datasets, *classes.datasets}
    used.update(inputs.population_datasets(connection, measure, vintage, codes))
    for name in request.history:
        found, past = _past(connection, name, vintage, codes)
        columns.extend(past)
        used.add(found)
    kinds = [kind for kind, *_ in columns]
    titles = [title for _, title, *_ in columns]
    shares = {title: DOMAIN_WEIGHTS[slug] for slug, title in DOMAINS.items()}
    weights = importance(titles, kinds, shares)
    values = np.column_stack([column for *_, column in columns])
    return {
        "residents_from": "not known" if measure is None else measure_name(measure),
        "classes_known": bool(classes.classes),
        "covariates": [
            {"name": title, "kind": kind, "unit": unit, "weight": weight}
            for (kind, title, unit, _), weight in zip(columns, weights, strict=True)
        ],
        "areas": [
            {"code": code, "class": classes.classes.get(code), "values": _plain(row)}
            for code, row in zip(codes, values, strict=True)
        ],
        "datasets": sorted(used),
    }


_Column = tuple[str, str, str, Floats]
"""Kind, title, unit and (n,) values of a covariate."""


def _domains(ranks: Mapping[str, Mapping[str, int]], codes: Sequence[str], n: int) -> list[_Column]:
    columns = []
    for slug, title in DOMAINS.items():
        found = np.array([ranks[slug].get(code, np.nan) for code in codes], dtype=np.float64)
        columns.append(("domain", title, "0 to 100", exponential(invert(found, n) / n)))
    return columns


def _logarithms(residents: Mapping[str, int], codes: Sequence[str]) -> Floats:
    found = np.array([residents.get(code) or np.nan for code in codes], dtype=np.float64)
    return np.asarray(np.log(found))


def _past(
    connection: Connection, measure: str, vintage: int, codes: Sequence[str]
) -> tuple[str, list[_Column]]:
    outcome = outcome_of(connection, measure, vintage)
    values = panel(connection, outcome, codes).values
    return outcome.dataset, [
        ("history", f"{outcome.measure}, {period}", outcome.unit, values[:, place])
        for place, period in enumerate(outcome.periods)
    ]


def _plain(row: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in row]
