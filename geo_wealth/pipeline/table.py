"""A ranking as a flat table, for CSV and GeoPackage: one row for each area, ranked or not."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from geo_wealth.indicators import INDICATORS
from geo_wealth.queries.rows import NotRanked, RankedArea, Ranking


def ranking_rows(ranking: Ranking) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Give header and rows; empty cells are unknown, and the reason stands beside them.

    Every row names its ranking, whether it rests on sample data, and each figure's dataset.
    """
    header = ["rank", "code", "name", "ward", "score"]
    for slug in INDICATORS:
        header += [slug, f"{slug}_unit", f"{slug}_normalised", f"{slug}_contribution"]
        header += [f"{slug}_dataset", f"{slug}_missing_because"]
    header += ["not_ranked_because", "ranking", "data"]
    note = "sample data" if ranking.sample else "published data"
    rows: list[tuple[Any, ...]] = []
    for area in ranking.areas:
        head: tuple[Any, ...] = (area.rank, area.code, area.name, area.ward_name, area.score)
        rows.append((*head, *_cells(area), None, ranking.id, note))
    for missing in ranking.not_ranked:
        head = (None, missing.code, missing.name, missing.ward_name, None)
        rows.append((*head, *_cells(missing), missing.reason, ranking.id, note))
    return tuple(header), rows


def credited(
    header: Sequence[str], rows: Iterable[Sequence[Any]], credits_owed: Iterable[str]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Add a last column that names, in every row, whom the licences ask to name."""
    credit = " | ".join(credits_owed)
    return (*header, "attribution"), [(*row, credit) for row in rows]


def _cells(area: RankedArea | NotRanked) -> Iterator[Any]:
    for slug in INDICATORS:
        cell = area.indicators[slug]
        yield from (cell.value, cell.unit, cell.normalised, cell.contribution)
        yield from (cell.dataset, cell.reason)
