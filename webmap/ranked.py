"""A ranking as a table: the same rows for the page, the exports and the map."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from sqlalchemy import Connection

from geo_wealth.errors import NotFoundError
from geo_wealth.indicators import DEFAULT_SPEND, INDICATORS, described
from geo_wealth.pipeline.penetration import applies
from geo_wealth.pipeline.ranking import build_ranking, kept_ranking
from geo_wealth.pipeline.words import contributions_shown
from geo_wealth.queries.places import default_district, districts
from geo_wealth.queries.rows import IndicatorValue, NotRanked, RankedArea, Ranking, RankRequest
from webmap.classes import Classes, classify
from webmap.filters import SHOWN, RankFilters, located
from webmap.robust import Ranges
from webmap.wording import exact_percent, number, pounds

NO_DISTRICT = (
    "No district can be ranked yet: load boundaries, deprivation and population, "
    "or run geo-wealth sample."
)
UNITS = {
    "deprivation": "IMD score",
    "spend": "£ per resident",
    "assets": "per 1,000 residents",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One indicator of one area, ready to print.

    ``part`` is what it adds to the score, so rounded that the parts sum to the score as it is
    printed; ``bar`` is a width from 0 to 100.
    """

    slug: str
    text: str
    unit: str
    value: float | None
    part: float | None
    bar: float
    reason: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One area, ready to print; ``rank`` and ``score`` are None when it is not ranked.

    ``range`` is that of its ranks under other weights; ``meets`` tells whether it is in
    the first k in as many weightings as the address asks.
    """

    code: str
    name: str
    ward_code: str | None
    ward_name: str | None
    rank: int | None
    score: float | None
    cells: tuple[Cell, ...]
    reason: str | None = None
    shown: bool = True
    range: str | None = None
    meets: bool = True


def find_ranking(conn: Connection, filters: RankFilters) -> tuple[RankFilters, Ranking]:
    """Compute, or fetch, the ranking that an address asks for.

    Returns
    -------
    tuple
        The filters with district, index and weights as used, and the ranking.

    Raises
    ------
    NotFoundError
        When nothing is loaded, or the district or the kept ranking is not known.
    """
    if filters.kept is not None:
        kept = kept_ranking(conn, filters.kept)
        points = {slug: round(weight * 100, 6) for slug, weight in kept.request.weights.items()}
        return replace(filters, request=kept.request, points=points), kept
    filled = fill_in(conn, filters)
    return filled, build_ranking(conn, filled.request)


def fill_in(conn: Connection, filters: RankFilters) -> RankFilters:
    """Choose the district with most data, and its newest index, where the address names none."""
    if filters.request.district and filters.request.index:
        return filters
    known = [row for row in districts(conn) if row.indices]
    wanted = filters.request.district
    if not wanted and known:
        wanted = default_district(conn).code
    chosen = next((row for row in known if row.code == wanted), None)
    if chosen is None:
        raise NotFoundError(
            f"{wanted} is not a district that can be ranked." if wanted else NO_DISTRICT
        )
    return located(filters, chosen.code, filters.request.index or max(chosen.indices))


def table(
    ranking: Ranking, filters: RankFilters, found: Ranges | None = None
) -> tuple[list[Row], list[Row]]:
    """Lay out the ranked and the not ranked areas, sorted as asked.

    Rows beyond ``filters.top``, or that do not meet the filter on ranges, are marked as not
    shown rather than left out, so that a script can show them without asking again.
    """
    widest = _widest(ranking)
    units = units_of(ranking.request)
    ranked = [_ranged(_row(area, widest, units), found) for area in ranking.areas]
    ordered = sort_rows(ranked, filters.sort, filters.order)
    top = filters.top or SHOWN
    counted = accumulate(int(row.meets) for row in ordered)
    shown = [
        replace(row, shown=row.meets and place <= top)
        for place, row in zip(counted, ordered, strict=True)
    ]
    left_out = [_row(area, widest, units) for area in ranking.not_ranked]
    return shown, left_out


def _ranged(row: Row, found: Ranges | None) -> Row:
    """Put the range of its ranks beside a row."""
    if found is None:
        return row
    meets = found.meeting is None or row.code in found.meeting
    return replace(row, range=found.text(row.code), meets=meets)


def sort_rows(rows: Sequence[Row], key: str, order: str) -> list[Row]:
    """Sort by a column; rows without a value come last in either direction."""
    by_code = sorted(rows, key=lambda row: row.code)
    known = [row for row in by_code if _sort_value(row, key) is not None]
    unknown = [row for row in by_code if _sort_value(row, key) is None]
    known.sort(key=lambda row: _sort_value(row, key), reverse=order == "desc")  # type: ignore[arg-type,return-value]  # None was taken out above
    return known + unknown


def _sort_value(row: Row, key: str) -> float | int | str | None:
    if key in INDICATORS:
        return next((cell.value for cell in row.cells if cell.slug == key), None)
    if key == "name":
        return row.name
    return row.score if key == "score" else row.rank


def score_classes(ranking: Ranking) -> Classes:
    """Cut the scores into classes; an area that is not ranked is "no data"."""
    missing: list[float | None] = [None] * len(ranking.not_ranked)
    return classify([area.score for area in ranking.areas] + missing)


def scores(ranking: Ranking) -> dict[str, float | None]:
    """Return the score of every area of the district by code; None where not ranked."""
    found: dict[str, float | None] = {area.code: area.score for area in ranking.areas}
    return found | {area.code: None for area in ranking.not_ranked}


def names(ranking: Ranking) -> dict[str, str]:
    """Return the name of every area of the district by code."""
    everyone: list[RankedArea | NotRanked] = [*ranking.areas, *ranking.not_ranked]
    return {area.code: area.name for area in everyone}


def units_of(request: RankRequest) -> dict[str, str]:
    """Give the units of a ranking's indicators, short enough for a column."""
    if request.spend_variant == DEFAULT_SPEND:
        return UNITS
    return UNITS | {"spend": described("spend", request.spend_variant).unit}


def cell_text(slug: str, found: IndicatorValue) -> str:
    """Print an indicator's value without its unit; no data and not applicable are two things."""
    if found.value is None and not applies(found.reason):
        return "Not applicable"
    return value_text(slug, found.value, found.beside.get("variant", DEFAULT_SPEND))


def value_text(slug: str, value: float | None, variant: str = DEFAULT_SPEND) -> str:
    """Print the value of an indicator without its unit, as fine as it deserves."""
    if value is None:
        return "No data"
    if variant in {"share", "supplier-rate"}:
        return exact_percent(value)
    if slug == "spend" and variant != "location-quotient":
        return "under £0.01" if 0 < value < 0.005 else pounds(value)
    return number(value, 1 if slug == "deprivation" else 2)


def _widest(ranking: Ranking) -> float:
    """Return the largest contribution, which fills a bar."""
    shares = [
        abs(value.contribution)
        for area in ranking.areas
        for value in area.indicators.values()
        if value.contribution is not None
    ]
    return max(shares, default=0) or 1


def _row(area: RankedArea | NotRanked, widest: float, units: dict[str, str]) -> Row:
    ranked = area if isinstance(area, RankedArea) else None
    parts = contributions_shown(ranked) if ranked else {}
    return Row(
        code=area.code,
        name=area.name,
        ward_code=area.ward_code,
        ward_name=area.ward_name,
        rank=ranked.rank if ranked else None,
        score=ranked.score if ranked else None,
        cells=tuple(
            _cell(slug, area.indicators[slug], widest, units[slug], parts.get(slug))
            for slug in INDICATORS
            if slug in area.indicators
        ),
        reason=None if isinstance(area, RankedArea) else area.reason,
    )


def _cell(slug: str, found: IndicatorValue, widest: float, unit: str, part: float | None) -> Cell:
    share = max(found.contribution or 0, 0)
    return Cell(
        slug=slug,
        text=cell_text(slug, found),
        unit=unit,
        value=found.value,
        part=None if found.contribution is None else part,
        bar=round(100 * share / widest, 1),
        reason=found.reason,
    )
