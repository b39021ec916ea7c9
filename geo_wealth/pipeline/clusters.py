"""Clusters and hidden pockets of a ranked district: section, figures, document and rows."""

import math
from typing import Any

from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.clusters import GI, MORAN, Permutations
from geo_wealth.errors import InvalidRequestError
from geo_wealth.evidence.clusters import results
from geo_wealth.evidence.section import Section, section
from geo_wealth.memory import Memory
from geo_wealth.pipeline.cluster_words import (
    area_cluster_sentences,
    how_sentence,
    summary_sentences,
)
from geo_wealth.pipeline.clusters_found import OF, USUAL, AreaClusters, RankingClusters
from geo_wealth.pipeline.terrain import Terrain, district_terrain
from geo_wealth.pockets import CUT_SCORE
from geo_wealth.queries.rows import NotRanked, RankedArea, Ranking

_MEMORY: Memory[RankingClusters] = Memory(size=32)


def ranking_clusters(
    connection: Connection, ranking: Ranking, of: str = "score", how: Permutations = USUAL
) -> RankingClusters:
    """Find clusters and hidden pockets in a ranked district, or take them from memory.

    Without a boundary nothing says who touches whom, and an area counts as without data.

    Raises
    ------
    InvalidRequestError
        For something that clusters cannot be of.
    """
    request = ranking.request
    terrain = district_terrain(connection, request.district, ranking.lsoa_vintage, request.index)
    ground = (terrain.datasets, terrain.codes, terrain.ward_vintages)
    key = (str(connection.engine.url), ranking.id, *ground, of, how)
    return _MEMORY.recall(key, lambda: _work_out(ranking, terrain, of, how))


def clusters_section(
    ranking: Ranking, terrain: Terrain, of: str = "score", how: Permutations = USUAL
) -> Section:
    """Give clusters and hidden pockets as evidence."""
    if of not in OF:
        raise InvalidRequestError("of", f"allowed are {', '.join(OF)}; found {of!r}.")
    index = ranking.request.index
    residents = dict(zip(terrain.codes, terrain.residents.tolist(), strict=True))
    return section(
        results,
        {
            "of": of,
            "values": {area.code: _value(area, of) for area in _everyone(ranking)},
            "neighbours": terrain.contiguity.document(),
            "permutations": how.permutations,
            "seed": how.seed,
            "alpha": how.alpha,
            "areas": {
                area.code: {
                    "ward": area.ward_code,
                    "score": area.indicators["deprivation"].value,
                    "rank": area.indicators["deprivation"].beside.get("rank"),
                    "residents": _known(residents.get(area.code)),
                }
                for area in _everyone(ranking)
            },
            "residents_from": terrain.residents_from,
            "cut_score": CUT_SCORE[index],
            "ranked_nationally": INDEX[index].areas,
        },
    )


def _work_out(ranking: Ranking, terrain: Terrain, of: str, how: Permutations) -> RankingClusters:
    found = clusters_section(ranking, terrain, of, how)["results"]
    listed = zip(terrain.codes, terrain.wards, terrain.ward_vintages, strict=True)
    years = {(code, ward): year for code, (ward, _name), year in listed}
    areas = {
        area.code: _area(area, of, found, years.get((area.code, area.ward_code)))
        for area in sorted(_everyone(ranking), key=lambda area: area.code)
    }
    return RankingClusters(ranking, of, how, terrain.residents_from, found, areas)


def _area(
    area: RankedArea | NotRanked, of: str, found: dict[str, Any], ward_vintage: int | None
) -> AreaClusters:
    ward = found["wards"].get(area.ward_code, {})
    unclear = area.code in found["pockets_not_known"]
    lacking: dict[str, Any] = dict.fromkeys(("moran", "gi", "p", "q"))
    lacking |= dict.fromkeys(("moran_class", "gi_class"), "no_data")
    return AreaClusters(
        code=area.code,
        name=area.name,
        ward_code=area.ward_code,
        ward_name=area.ward_name,
        ward_vintage=ward_vintage,
        value=_value(area, of),
        **found["areas"].get(area.code, lacking),
        unsettled=area.code in found["unsettled"],
        pocket=None if unclear else area.code in found["pockets"],
        pocket_unknown=_why_unknown(area) if unclear else None,
        ward_average=ward.get("average_score"),
        ward_lsoas=ward.get("lsoas"),
        ward_most_deprived=ward.get("most_deprived"),
    )


def _why_unknown(area: RankedArea | NotRanked) -> str:
    """Say why nothing tells whether an area is a hidden pocket."""
    if area.indicators["deprivation"].beside.get("rank") is None:
        return "its rank in England is not loaded"
    if area.ward_code is None:
        return "nothing says which ward it falls to"
    return "a score or a number of residents of its ward is missing"


def clusters_document(found: RankingClusters) -> dict[str, Any]:
    """Give the JSON document of ``clusters --json`` and ``/api/v1/clusters``."""
    request, told = found.ranking.request, found.results
    return {
        "ranking": found.ranking.id,
        "district": request.district,
        "index": request.index,
        "of": found.of,
        "permutations": found.how.permutations,
        "seed": found.how.seed,
        "false_discovery_rate": found.how.alpha,
        "tested": told["tested"],
        "smallest_p": told["smallest_p"],
        "fewest_at_smallest_p": told["fewest_at_smallest_p"],
        "within_monte_carlo_error": told["unsettled"],
        "counts": told["counts"],
        "summary": list(summary_sentences(found)),
        "areas": [area_document(area, found) for area in found.areas.values()],
        "hidden_pockets": [area.code for area in found.pockets],
        "hidden_pockets_not_known": told["pockets_not_known"],
        "most_deprived": told["most_deprived"],
        "without_rank": told["without_rank"],
        "without_ward": told["without_ward"],
        "cut_score": CUT_SCORE[request.index],
        "wards": told["wards"],
        "residents": found.residents_from,
        "sample": found.ranking.sample,
    }


def area_document(area: AreaClusters, found: RankingClusters) -> dict[str, Any]:
    """Give what is said of one area."""
    return {
        "code": area.code,
        "name": area.name,
        "ward": area.ward_name,
        "ward_code": area.ward_code,
        "ward_vintage": area.ward_vintage,
        "value": area.value,
        "cluster": area.moran_class,
        "cluster_label": MORAN[area.moran_class],
        "gi_star": area.gi_class,
        "gi_star_label": GI[area.gi_class],
        "local_moran": area.moran,
        "gi_star_score": area.gi,
        "p": area.p,
        "q": area.q,
        "within_monte_carlo_error": area.unsettled,
        "hidden_pocket": area.pocket,
        "sentences": list(area_cluster_sentences(area, found)),
    }


def clusters_rows(found: RankingClusters) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Give header and rows for a CSV; empty cells are not known."""
    header = ["code", "name", "ward", "ward_vintage", "of", "value", "cluster", "local_moran"]
    header += ["gi_star", "gi_star_score", "p", "q", "within_monte_carlo_error"]
    header += ["hidden_pocket", "ward_average_score"]
    note = "sample data" if found.ranking.sample else "published data"
    rows: list[tuple[Any, ...]] = [
        (
            *(area.code, area.name, area.ward_name, area.ward_vintage, found.of, area.value),
            *(MORAN[area.moran_class], area.moran, GI[area.gi_class], area.gi),
            *(area.p, area.q, "yes" if area.unsettled else "no"),
            *(pocket_text(area.pocket), area.ward_average),
            *(how_sentence(found.how), found.ranking.id, note),
        )
        for area in found.areas.values()
    ]
    return (*header, "how", "ranking", "data"), rows


def cluster_columns() -> tuple[str, ...]:
    """Name the columns that a ranking has beside its own, of clusters and hidden pockets."""
    return ("cluster", "gi_star", "cluster_q", "hidden_pocket", "clusters")


def cluster_cells(found: RankingClusters, code: str) -> tuple[Any, ...]:
    """Give the cells of an area under :func:`cluster_columns`."""
    area = found.areas[code]
    classes = (MORAN[area.moran_class], GI[area.gi_class])
    return (*classes, area.q, pocket_text(area.pocket), how_sentence(found.how))


def pocket_text(pocket: bool | None) -> str:
    """Write yes, no or not known."""
    return "not known" if pocket is None else "yes" if pocket else "no"


def _everyone(ranking: Ranking) -> tuple[RankedArea | NotRanked, ...]:
    return (*ranking.areas, *ranking.not_ranked)


def _value(area: RankedArea | NotRanked, of: str) -> float | None:
    if of == "score":
        return area.score if isinstance(area, RankedArea) else None
    return area.indicators[of].value


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
