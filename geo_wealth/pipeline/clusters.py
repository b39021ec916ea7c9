"""Clusters and hidden pockets of a ranked district: section, figures, document, rows and words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.clusters import GI, MORAN, Permutations
from geo_wealth.errors import InvalidRequestError
from geo_wealth.evidence.clusters import results
from geo_wealth.evidence.section import Section, section
from geo_wealth.memory import Memory
from geo_wealth.pipeline.indicators import SLUGS
from geo_wealth.pipeline.terrain import Terrain, district_terrain
from geo_wealth.pipeline.words import count, index_name, number
from geo_wealth.pockets import CUT_SCORE
from geo_wealth.queries.rows import NotRanked, RankedArea, Ranking

OF = ("score", *SLUGS)
"""What clusters can be of: the score of the ranking, or one of its figures as published."""

USUAL = Permutations()


@dataclass(frozen=True, slots=True)
class AreaClusters:
    """What is said of one area; see :class:`geo_wealth.clusters.Clusters`.

    Attributes
    ----------
    value
        What was judged; None where missing.
    pocket
        Whether it is a hidden pocket; None where that is not known.
    ward_average, ward_lsoas, ward_most_deprived
        What its ward was judged by; None where not known.
    """

    code: str
    name: str
    ward_code: str | None
    ward_name: str | None
    value: float | None
    moran_class: str
    gi_class: str
    moran: float | None
    gi: float | None
    p: float | None
    q: float | None
    pocket: bool | None
    ward_average: float | None
    ward_lsoas: int | None
    ward_most_deprived: int | None

    @property
    def label(self) -> str:
        """The class of local Moran in words."""
        return MORAN[self.moran_class]


@dataclass(frozen=True, slots=True)
class RankingClusters:
    """What is said of a ranked district, the areas in order of code."""

    ranking: Ranking
    of: str
    how: Permutations
    residents_from: str
    results: dict[str, Any]
    areas: dict[str, AreaClusters]

    @property
    def pockets(self) -> tuple[AreaClusters, ...]:
        """The hidden pockets."""
        return tuple(area for area in self.areas.values() if area.pocket)


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
    key = (str(connection.engine.url), ranking.id, terrain.datasets, terrain.codes, of, how)
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
    areas = {
        area.code: _area(area, of, found)
        for area in sorted(_everyone(ranking), key=lambda area: area.code)
    }
    return RankingClusters(ranking, of, how, terrain.residents_from, found, areas)


def _area(area: RankedArea | NotRanked, of: str, found: dict[str, Any]) -> AreaClusters:
    ward = found["wards"].get(area.ward_code, {})
    unclear = area.code in found["pockets_not_known"]
    lacking: dict[str, Any] = dict.fromkeys(("moran", "gi", "p", "q"))
    lacking |= dict.fromkeys(("moran_class", "gi_class"), "no_data")
    return AreaClusters(
        code=area.code,
        name=area.name,
        ward_code=area.ward_code,
        ward_name=area.ward_name,
        value=_value(area, of),
        **found["areas"].get(area.code, lacking),
        pocket=None if unclear else area.code in found["pockets"],
        ward_average=ward.get("average_score"),
        ward_lsoas=ward.get("lsoas"),
        ward_most_deprived=ward.get("most_deprived"),
    )


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
        "counts": told["counts"],
        "summary": list(summary_sentences(found)),
        "areas": [area_document(area, found) for area in found.areas.values()],
        "hidden_pockets": [area.code for area in found.pockets],
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
        "value": area.value,
        "cluster": area.moran_class,
        "cluster_label": MORAN[area.moran_class],
        "gi_star": area.gi_class,
        "gi_star_label": GI[area.gi_class],
        "local_moran": area.moran,
        "gi_star_score": area.gi,
        "p": area.p,
        "q": area.q,
        "hidden_pocket": area.pocket,
        "sentences": list(area_cluster_sentences(area, found)),
    }


def clusters_rows(found: RankingClusters) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Give header and rows for a CSV; empty cells are not known."""
    header = ["code", "name", "ward", "of", "value", "cluster", "local_moran", "gi_star"]
    header += ["gi_star_score", "p", "q", "hidden_pocket", "ward_average_score"]
    note = "sample data" if found.ranking.sample else "published data"
    rows: list[tuple[Any, ...]] = [
        (
            *(area.code, area.name, area.ward_name, found.of, area.value),
            *(MORAN[area.moran_class], area.moran, GI[area.gi_class], area.gi),
            *(area.p, area.q, pocket_text(area.pocket), area.ward_average),
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


def how_sentence(how: Permutations) -> str:
    """Say how significance was judged."""
    return (
        f"Two-sided conditional permutation, {how.permutations:,} permutations (seed {how.seed}), "
        f"false discovery rate {100 * how.alpha:g} %."
    )


def summary_sentences(found: RankingClusters) -> tuple[str, ...]:
    """Say how many areas stand out, how that was judged, and how many pockets are hidden."""
    counts, tested = found.results["counts"], found.results["tested"]
    out = sum(counts["moran"][name] for name in _STANDS_OUT)
    parts = ", ".join(f"{counts['moran'][name]} {MORAN[name]}" for name in _STANDS_OUT)
    which = quantity(found.of, found.ranking)
    fewest = found.results["fewest_at_smallest_p"]
    reach = (
        f" With so few permutations no p-value is under {found.results['smallest_p']:g}, and none "
        f"is significant unless {fewest} areas are at it: take 9,999 or more."
        if fewest > 2
        else ""
    )
    moran = (
        f"{out} of {tested} neighbourhoods stand out with their neighbours by {which}: {parts}. "
        f"{tested - out} are not significant."
    )
    high, low = counts["gi"]["high"], counts["gi"]["low"]
    gi = f"By Gi*, {high} are high and {low} low together with their neighbours."
    return (moran, gi, f"{how_sentence(found.how)}{reach}", pockets_sentence(found))


def pockets_sentence(found: RankingClusters) -> str:
    """Say how many of the most deprived neighbourhoods a ward's average hides."""
    index = found.ranking.request.index
    hidden, wards = found.pockets, found.results["wards"].values()
    deprived = sum(ward["most_deprived"] for ward in wards)
    inside = len({area.ward_code for area in hidden})
    unknown = len(found.results["pockets_not_known"])
    told = (
        f"{len(hidden)} of the {deprived} neighbourhoods in the most deprived tenth of England "
        f"({index_name(index)}) are hidden pockets: they lie in {count(inside, 'ward')} whose "
        f"average score, weighted by residents ({found.residents_from}), is below the "
        f"{CUT_SCORE[index]:.1f} at which that tenth begins."
    )
    return f"{told} Of {number(unknown)} it is not known." if unknown else told


def ward_sentence(found: RankingClusters, ward: str) -> str | None:
    """Say what the average of a ward shows, or hides; None where no neighbourhood is so deprived.

    Of a ward that the ranking knows by another code, nothing is said.
    """
    figures = found.results["wards"].get(ward)
    if not figures or not figures["most_deprived"]:
        return None
    inside = count(figures["most_deprived"], "neighbourhood")
    if figures["average_score"] is None:
        return (
            f"Whether the average of the ward shows its {inside} of the most deprived tenth is "
            "not known, because a score or a number of residents is missing."
        )
    cut = CUT_SCORE[found.ranking.request.index]
    average = f"Its average score of {figures['average_score']:.1f}, weighted by residents,"
    if figures["average_reaches"]:
        return f"{average} reaches the {cut:.1f} at which the most deprived tenth begins."
    pockets = "a hidden pocket" if figures["most_deprived"] == 1 else "hidden pockets"
    return (
        f"{average} is below the {cut:.1f} at which the most deprived tenth begins: it hides "
        f"{inside} of that tenth, {pockets}."
    )


def area_cluster_sentences(area: AreaClusters, found: RankingClusters) -> tuple[str, ...]:
    """Say of one area how it stands among its neighbours, and whether a ward's average hides it."""
    return tuple(_area_sentences(area, found))


def _area_sentences(area: AreaClusters, found: RankingClusters) -> Iterator[str]:
    which = quantity(found.of, found.ranking)
    rate = f"false discovery rate {100 * found.how.alpha:g} %"
    if area.moran_class == "no_data":
        yield f"It has no {which}, or no boundary, to compare with its neighbours'."
    elif area.moran_class == "no_neighbours":
        yield f"No neighbourhood that touches it has a {which} to compare with."
    elif area.moran_class == "not_significant":
        yield (
            f"By {which} it does not stand out together with the neighbourhoods around it: not "
            f"significant (local Moran, {rate})."
        )
    else:
        own, around = area.moran_class.split("_")
        yield (
            f"By {which} it is {MORAN[area.moran_class]}: it is {own}, and the neighbourhoods that "
            f"touch it are {around}, more than chance would have them (local Moran, {rate})."
        )
    if area.pocket:
        cut = CUT_SCORE[found.ranking.request.index]
        yield (
            "It is a hidden pocket: among the most deprived tenth of England, in "
            f"{area.ward_name or area.ward_code} ward, whose average score of "
            f"{area.ward_average or 0:.1f} is below the {cut:.1f} at which that tenth begins."
        )


def quantity(of: str, ranking: Ranking) -> str:
    """Name what clusters are of."""
    if of == "deprivation":
        return f"{index_name(ranking.request.index)} score"
    return {"score": "priority score", "spend": "local spend", "assets": "figure of buildings"}[of]


_STANDS_OUT = ("high_high", "low_low", "high_low", "low_high")


def _everyone(ranking: Ranking) -> tuple[RankedArea | NotRanked, ...]:
    return (*ranking.areas, *ranking.not_ranked)


def _value(area: RankedArea | NotRanked, of: str) -> float | None:
    if of == "score":
        return area.score if isinstance(area, RankedArea) else None
    return area.indicators[of].value


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else value  # noqa: PLR0124  (NaN)
