"""Up to four neighbourhoods side by side: what differs, and what would reverse their order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import Connection

from geo_wealth.clusters import GI, MORAN
from geo_wealth.errors import InvalidRequestError
from geo_wealth.indicators import INDICATORS, described, measure_name
from geo_wealth.pipeline.cluster_words import ward_years
from geo_wealth.pipeline.clusters import area_document, pocket_text, ranking_clusters
from geo_wealth.pipeline.clusters_found import AreaClusters
from geo_wealth.pipeline.documents import indicator_documents, ranking_document, reversal_document
from geo_wealth.pipeline.explain import Reversal, find_area, reversal
from geo_wealth.pipeline.penetration import applies
from geo_wealth.pipeline.reach import WALK, surroundings
from geo_wealth.pipeline.robustness import LABEL, TOP, USUAL, AreaRobustness, area_robustness
from geo_wealth.pipeline.words import contributions_shown, index_name, money, ordinal, percent
from geo_wealth.queries import places
from geo_wealth.queries.rows import AreaRow, IndicatorValue, NotRanked, RankedArea, Ranking

FEWEST, MOST = 2, 4

DOMAINS = {
    "income": "Income",
    "employment": "Employment",
    "education": "Education, skills and training",
    "health": "Health and disability",
    "crime": "Crime",
    "barriers": "Barriers to housing and services",
    "living_environment": "Living environment",
}
STATES = {
    "eligible": "Buildings that may be transferred",
    "unknown": "Buildings of which nobody has said",
    "not_eligible": "Buildings that may not be transferred",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One neighbourhood: its place in the ranking, and what is in it and around it.

    Attributes
    ----------
    robustness
        How much its rank depends on the weights; None where it is not ranked.
    buildings
        Buildings within a walk by eligibility.
    anchors, suppliers
        How many are within a walk; persons are not counted.
    """

    area: RankedArea | NotRanked
    place: AreaRow
    robustness: AreaRobustness | None
    clusters: AreaClusters
    buildings: dict[str, int]
    anchors: int
    suppliers: int


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Neighbourhoods in the order asked for, and what would reverse each two that are ranked."""

    ranking: Ranking
    sides: tuple[Side, ...]
    reversals: tuple[Reversal, ...]
    cluster_documents: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: the same thing of each neighbourhood, in words."""

    group: str
    label: str
    cells: tuple[str, ...]


def side_by_side(connection: Connection, ranking: Ranking, codes: Sequence[str]) -> SideBySide:
    """Gather two to four neighbourhoods of one ranking.

    Raises
    ------
    InvalidRequestError
        For fewer, for more, or for one named twice.
    NotFoundError
        For one that is not in the ranking.
    """
    check_codes(codes)
    areas = [find_area(ranking, code) for code in codes]
    clusters = ranking_clusters(connection, ranking)
    ranked = [area for area in areas if isinstance(area, RankedArea)]
    return SideBySide(
        ranking=ranking,
        sides=tuple(_side(connection, ranking, area, clusters.areas[area.code]) for area in areas),
        reversals=tuple(reversal(ranking, *pair) for pair in combinations(ranked, 2)),
        cluster_documents=tuple(
            area_document(clusters.areas[area.code], clusters) for area in areas
        ),
    )


def check_codes(codes: Sequence[str], parameter: str = "area") -> None:
    """Refuse to compare fewer than two, more than four, or one with itself.

    Raises
    ------
    InvalidRequestError
        Naming what is allowed.
    """
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise InvalidRequestError(
            parameter, f"name each neighbourhood once; {', '.join(twice)} is there twice."
        )
    if not FEWEST <= len(codes) <= MOST:
        raise InvalidRequestError(
            parameter,
            f"name {FEWEST} to {MOST} neighbourhoods to compare; found {len(codes)}.",
        )


def _side(
    connection: Connection,
    ranking: Ranking,
    area: RankedArea | NotRanked,
    clusters: AreaClusters,
) -> Side:
    place = places.area(connection, area.code, ranking.lsoa_vintage)
    around = surroundings(connection, place)
    states = [asset.eligibility for asset in around.assets]
    return Side(
        area=area,
        place=place,
        robustness=area_robustness(ranking, area.code, USUAL),
        clusters=clusters,
        buildings={state: states.count(state) for state in STATES},
        anchors=len(around.anchors),
        suppliers=len(around.suppliers),
    )


def side_by_side_document(found: SideBySide) -> dict[str, Any]:
    """Give the JSON document of ``compare-areas --json`` and ``/api/v1/rankings/compare``."""
    return {
        "ranking": ranking_document(found.ranking)["ranking"],
        "sensitivity": LABEL,
        "areas": [
            _document(side, found.ranking, told)
            for side, told in zip(found.sides, found.cluster_documents, strict=True)
        ],
        "reversals": [reversal_document(each) for each in found.reversals],
        "sample": found.ranking.sample,
    }


def _document(side: Side, ranking: Ranking, told: dict[str, Any]) -> dict[str, Any]:
    area, sure = side.area, side.robustness
    ranked = area if isinstance(area, RankedArea) else None
    return {
        "code": area.code,
        "name": area.name,
        "ward": area.ward_name,
        "ward_code": area.ward_code,
        "ward_vintage": side.clusters.ward_vintage,
        "rank": ranked.rank if ranked else None,
        "score": ranked.score if ranked else None,
        "not_ranked_because": None if isinstance(area, RankedArea) else area.reason,
        "interval": None if sure is None else list(sure.interval),
        "p_top": None if sure is None else {str(top): part for top, part in sure.p_top.items()},
        "indicators": indicator_documents(area.indicators),
        "residents": side.place.residents,
        "residents_measure": side.place.residents_measure,
        "domains": {
            row.domain: {"rank": row.rank, "decile": row.decile}
            for row in side.place.domains.get(ranking.request.index, ())
        },
        "within_metres": WALK,
        "buildings": side.buildings,
        "anchors": side.anchors,
        "suppliers": side.suppliers,
        "clusters": {
            name: value
            for name, value in told.items()
            if name not in {"code", "name", "ward", "ward_code", "ward_vintage", "value"}
        },
    }


def lines(found: SideBySide) -> tuple[Line, ...]:
    """Lay all of it out as a table, one line for each thing and one cell for each area."""
    return tuple(
        Line(group, label, tuple(row))
        for group, part in (
            ("Rank", _ranks),
            ("Figures", _figures),
            ("What makes the score", _contributions),
            ("Deprivation, tenth of England (1 is the most deprived)", _deciles),
            ("People who live in it", _residents),
            ("Places within 1.2 km", _around),
            ("Among its neighbours", _neighbours),
        )
        for label, row in part(found)
    )


Rows = Iterator[tuple[str, list[str]]]


def _ranks(found: SideBySide) -> Rows:
    total = len(found.ranking.areas)
    sides = [(side.area, side.robustness) for side in found.sides]
    yield (
        "Rank",
        [
            f"{ordinal(area.rank)} of {total}" if isinstance(area, RankedArea) else "not ranked"
            for area, _ in sides
        ],
    )
    if any(isinstance(area, NotRanked) for area, _ in sides):
        yield (
            "Not ranked because",
            [area.reason if isinstance(area, NotRanked) else "–" for area, _ in sides],
        )
    yield (
        "Range of ranks under other weights",
        ["–" if sure is None else _range(sure.interval) for _, sure in sides],
    )
    yield (
        f"In the first {TOP}, of the weightings",
        [
            "–" if sure is None or TOP not in sure.p_top else percent(sure.p_top[TOP])
            for _, sure in sides
        ],
    )
    yield "Ward", [_ward(side) for side in found.sides]


def _ward(side: Side) -> str:
    name = side.area.ward_name or side.area.ward_code
    return "not known" if name is None else f"{name} ({ward_years([side.clusters])})"


def _range(interval: tuple[int, int]) -> str:
    low, high = interval
    return ordinal(low) if low == high else f"{ordinal(low)} to {ordinal(high)}"


def _figures(found: SideBySide) -> Rows:
    variant = found.ranking.request.spend_variant
    for slug in INDICATORS:
        about = described(slug, variant)
        cells = [side.area.indicators[slug] for side in found.sides]
        pounds, unit = about.unit.startswith("£ "), about.unit.removeprefix("£ ")
        label = about.name if about.name.endswith(unit) else f"{about.name}, {unit}"
        yield label, [_figure(cell, about.decimals, pounds=pounds) for cell in cells]


def _figure(cell: IndicatorValue, decimals: int, *, pounds: bool) -> str:
    if cell.value is None:
        what = "no data" if applies(cell.reason) else "not applicable"
        return f"{what}: {cell.reason}" if cell.reason else what
    return money(cell.value) if pounds else f"{cell.value:,.{decimals}f}"


def _contributions(found: SideBySide) -> Rows:
    shown = [
        contributions_shown(side.area) if isinstance(side.area, RankedArea) else None
        for side in found.sides
    ]
    weights = found.ranking.request.weights
    for slug, indicator in INDICATORS.items():
        yield (
            f"{indicator.short_name}, weight {percent(weights[slug])}",
            ["–" if parts is None else f"{parts[slug]:.3f}" for parts in shown],
        )
    yield "Score", ["–" if parts is None else f"{sum(parts.values()):.3f}" for parts in shown]


def _deciles(found: SideBySide) -> Rows:
    index = found.ranking.request.index
    rows = [
        {row.domain: row.decile for row in side.place.domains.get(index, ())}
        for side in found.sides
    ]
    for domain, label in {"imd": index_name(index), **DOMAINS}.items():
        yield label, [_count(row.get(domain)) for row in rows]


def _residents(found: SideBySide) -> Rows:
    measure = found.sides[0].place.residents_measure
    yield (
        f"Residents ({measure_name(measure)})" if measure else "Residents",
        [_count(side.place.residents) for side in found.sides],
    )


def _around(found: SideBySide) -> Rows:
    for state, label in STATES.items():
        yield label, [str(side.buildings[state]) for side in found.sides]
    yield "Anchor institutions", [str(side.anchors) for side in found.sides]
    yield "Suppliers of the payers loaded", [str(side.suppliers) for side in found.sides]


def _neighbours(found: SideBySide) -> Rows:
    yield "Local Moran", [MORAN[side.clusters.moran_class] for side in found.sides]
    yield "Gi*", [GI[side.clusters.gi_class] for side in found.sides]
    yield "Hidden pocket", [pocket_text(side.clusters.pocket) for side in found.sides]


def _count(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"
