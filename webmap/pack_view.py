"""A decision pack in rows: what the page shows, made of evidence and record alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from geo_wealth.clusters import GI, MORAN
from geo_wealth.evaluation.balance import CLOSE, FAR
from geo_wealth.evidence import SECTIONS
from geo_wealth.indicators import INDICATORS, described
from geo_wealth.pack.bundle import INVENTED
from geo_wealth.pack.record import frozen_hash
from geo_wealth.pack.tables import attributions, names_of
from geo_wealth.pipeline.comparison_words import FLAGS
from geo_wealth.pipeline.evidence import ranking_of
from geo_wealth.pipeline.words import area_sentences, context_line, contribution_sentence
from geo_wealth.queries.rows import NotRanked, RankedArea, Ranking
from webmap import wording
from webmap.choropleth import legend_of
from webmap.pack_chosen import chosen_facts, same_as_best
from webmap.pack_drawing import in_best_area
from webmap.pack_map import picture
from webmap.pack_words import (
    TOP,
    AreaLine,
    Evidence,
    Record,
    asked,
    outcomes,
    reversal_sentence,
    risks,
    standing,
    summary,
    weights_sentence,
)
from webmap.ranked import cell_text, score_classes


def context(evidence: Evidence, record: Record) -> dict[str, Any]:
    """Gather all that the template of the pack shows."""
    ranking = ranking_of(evidence)
    areas = area_lines(evidence, ranking)
    return {
        "evidence": evidence,
        "record": record,
        "plan": evidence["plan"],
        "sections": {name: evidence["sections"].get(name) for name in SECTIONS},
        "sample": evidence["sample"],
        "invented": wording.sentence_case(INVENTED),
        "hash": frozen_hash(record) or "",
        "standing": standing(record),
        "asked": asked(evidence, record, areas),
        "context": context_line(ranking),
        "ranking": ranking,
        "areas": areas,
        "columns": _columns(ranking),
        "summary": summary(evidence, ranking, areas),
        "maps": _maps(evidence, ranking, areas),
        "legend": legend_of(score_classes(ranking)),
        "weights": weights_sentence(ranking.request.weights),
        "risks": risks(ranking),
        "outlooks": outcomes(evidence),
        "names": _names(evidence),
        "attributions": attributions(evidence),
        "chosen": chosen_facts(evidence),
        "in_best_area": in_best_area(evidence),
        "flags": FLAGS,
        "bounds": (CLOSE, FAR),
        "same_as_best": same_as_best(evidence),
        "methods": _methods(evidence),
        "pockets": _pockets(evidence, "pockets"),
        "pockets_not_known": _pockets(evidence, "pockets_not_known"),
        "clusters": _clusters(evidence),
    }


def area_lines(evidence: Evidence, ranking: Ranking) -> list[AreaLine]:
    """Describe the areas of the pilot, best rank first, those not ranked at the end."""
    chosen = set(evidence["plan"]["areas"])
    everyone: list[RankedArea | NotRanked] = [*ranking.areas, *ranking.not_ranked]
    inside = [area for area in everyone if area.code in chosen]
    return [_area_line(evidence, ranking, area, place) for place, area in enumerate(inside, 1)]


def _area_line(
    evidence: Evidence, ranking: Ranking, area: RankedArea | NotRanked, number: int
) -> AreaLine:
    ranked = area if isinstance(area, RankedArea) else None
    sure = _by_code(evidence, "robustness", "areas").get(area.code)
    methods = _method_rows(evidence).get(area.code, {}).get("span")
    sentences = area_sentences(ranking, area)
    if ranked is not None:
        sentences += (contribution_sentence(ranking, ranked),)
    return AreaLine(
        number=number,
        code=area.code,
        name=area.name,
        ward=area.ward_name,
        rank=None if ranked is None else ranked.rank,
        span=None if sure is None else _span(sure["interval"]),
        methods=None if methods is None else _span(methods),
        often=None if sure is None else sure["p_top"].get(TOP),
        residents=_residents(evidence).get(area.code),
        score=None if ranked is None else ranked.score,
        cells=tuple(cell_text(slug, area.indicators[slug]) for slug in INDICATORS),
        sentences=tuple(map(wording.kept, sentences)),
        reversal=reversal_sentence(evidence, ranking, area.code),
    )


def _residents(evidence: Evidence) -> dict[str, int | None]:
    found = chosen_facts(evidence)
    return {} if not found else {area["code"]: area["residents"] for area in found["areas"]}


def _by_code(evidence: Evidence, section: str, rows: str) -> dict[str, Mapping[str, Any]]:
    found = evidence["sections"].get(section)
    return {} if found is None else {row["code"]: row for row in found["results"][rows]}


def _method_rows(evidence: Evidence) -> dict[str, Mapping[str, Any]]:
    methods = _methods(evidence)
    return {row["code"]: row for row in methods["areas"]} if methods else {}


def _methods(evidence: Evidence) -> Mapping[str, Any] | None:
    section = evidence["sections"].get("robustness")
    return None if section is None else section["results"]["methods"]


def _span(ranks: Sequence[int]) -> str:
    low, high = ranks
    return str(low) if low == high else f"{low} to {high}"


def _names(evidence: Evidence) -> dict[str, str]:
    """Give the names of the district's areas, and of comparison areas elsewhere."""
    section = evidence["sections"].get("comparison")
    found = dict(section["inputs"]["names"]) if section else {}
    return found | {code: name for code, (name, _ward) in names_of(evidence).items()}


def _pockets(evidence: Evidence, which: str) -> list[str]:
    """Name the hidden pockets among the areas of the pilot, or those of which it is not known."""
    section = evidence["sections"].get("clusters")
    hidden = set(section["results"][which]) if section else set()
    names = names_of(evidence)
    return [names[code][0] for code in evidence["plan"]["areas"] if code in hidden]


def _clusters(evidence: Evidence) -> list[tuple[str, str]]:
    """Say of each area of the pilot how it stands among its neighbours."""
    section = evidence["sections"].get("clusters")
    if section is None:
        return []
    names, rows = names_of(evidence), section["results"]["areas"]
    return [
        (names[code][0], f"{MORAN[rows[code]['moran_class']]}; Gi*: {GI[rows[code]['gi_class']]}")
        for code in evidence["plan"]["areas"]
        if code in rows
    ]


def _columns(ranking: Ranking) -> list[tuple[str, str]]:
    variant = ranking.request.spend_variant
    found = [described(slug, variant) for slug in INDICATORS]
    return [(each.short_name, each.unit) for each in found]


def _maps(evidence: Evidence, ranking: Ranking, areas: Sequence[AreaLine]) -> dict[str, Any]:
    classes = score_classes(ranking)
    scores = {area.code: area.score for area in ranking.areas}
    section = evidence["sections"].get("comparison")
    compared = section["results"]["areas"] if section else []
    pilot = [area.code for area in areas]
    return {
        name: picture(evidence["outlines"], scores, classes, pilot, compared, close=close)
        for name, close in (("district", False), ("close", True))
    }
