"""What several parts of the evidence say of the same thing, which must be one thing."""

from collections.abc import Iterator, Mapping
from typing import Any

from geo_wealth.evidence import SECTIONS
from geo_wealth.pack.differences import Difference, differences, shown
from geo_wealth.pack.reading import EVIDENCE
from geo_wealth.spend.definition import parse_definition
from geo_wealth.spend.rules import parse_rules

Evidence = Mapping[str, Any]

_SAME = ("district", "index", "normalise", "aggregate", "eligible_only", "spend_variant")


def joined(evidence: Evidence) -> Iterator[Difference]:
    """Compare what each section was worked out from with the plan, the ranking and the data."""
    unknown = sorted(set(evidence["sections"]) - set(SECTIONS))
    if unknown:
        yield Difference(EVIDENCE, "sections", ", ".join(unknown), "no such section is known")
    yield from _plan(evidence)
    yield from _documents(evidence)
    for name, look in _LOOKS.items():
        section = evidence["sections"].get(name)
        if section is not None:
            said, found = look(evidence, section["inputs"])
            yield from differences(EVIDENCE, said, found, f"sections.{name}.inputs")


def _plan(evidence: Evidence) -> Iterator[Difference]:
    """Compare the plan with the ranking, whose weights sum to 1."""
    plan, ranking = evidence["plan"], evidence["sections"]["ranking"]["inputs"]
    weights = plan["ranking"]["weights"]
    whole = sum(weights.values())
    given = {slug: weight / whole for slug, weight in weights.items()}
    used = {slug: ranking["request"]["weights"][slug] for slug in given}
    yield from differences(EVIDENCE, given, used, "plan.ranking.weights")
    said = {name: plan["ranking"][name] for name in _SAME} | {"areas": plan["areas"]}
    found = {name: ranking["request"][name] for name in _SAME} | {"areas": ranking["chosen"]}
    yield from differences(EVIDENCE, said, found, "plan")
    flagged = any(row["sample"] for row in evidence["datasets"])
    if flagged != evidence["sample"]:
        yield Difference(EVIDENCE, "sample", shown(evidence["sample"]), shown(flagged))
    missing = sorted(set(ranking["datasets"]) - {row["key"] for row in evidence["datasets"]})
    if missing:
        yield Difference(EVIDENCE, "datasets", "all that the ranking names", ", ".join(missing))


def _documents(evidence: Evidence) -> Iterator[Difference]:
    """Work the hashes of definition and rules out from their text."""
    for kind, parse in (("definition", parse_definition), ("rules", parse_rules)):
        told = evidence["documents"][kind]
        found = parse(told["text"], told["slug"]).hash
        if told["hash"] != found:
            yield Difference(EVIDENCE, f"documents.{kind}.hash", shown(told["hash"]), found)


def _robustness(evidence: Evidence, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    ranking, how = evidence["sections"]["ranking"]["inputs"], evidence["plan"]["how"]
    slugs, request = inputs["slugs"], ranking["request"]
    names = ("codes", "values", "weights", "directions", "normalise", "aggregate")
    return {name: inputs[name] for name in (*names, *how)}, {
        "codes": [area["code"] for area in ranking["areas"]],
        "values": [
            [area["indicators"][slug]["value"] for slug in slugs] for area in ranking["areas"]
        ],
        "weights": [request["weights"][slug] for slug in slugs],
        "directions": [request["directions"][slug] for slug in slugs],
        "normalise": request["normalise"],
        "aggregate": request["aggregate"],
        **how,
    }


def _clusters(evidence: Evidence, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    scores = _scores(evidence)
    return {"of": inputs["of"], "values": inputs["values"]}, {
        "of": "score",
        "values": {code: scores.get(code) for code in inputs["values"]},
    }


def _drawing(evidence: Evidence, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    scores = _scores(evidence)
    ground = {area["code"]: area["score"] for area in inputs["ground"]["areas"]}
    said = {"chosen": inputs["chosen"], "request": inputs["request"], "scores": ground}
    return said, {
        "chosen": evidence["plan"]["areas"],
        "request": evidence["plan"]["draw"],
        "scores": {code: scores.get(code) for code in ground},
    }


def _comparison(evidence: Evidence, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    asked = evidence["plan"]["comparison"]
    said = {name: inputs[name] for name in ("pilot", "matches", "pool")}
    found = {"pilot": evidence["plan"]["areas"]}
    return said, found | {name: asked[name] for name in ("matches", "pool")}


def _effect(evidence: Evidence, inputs: Mapping[str, Any]) -> tuple[Any, Any]:
    compared = evidence["sections"]["comparison"]
    groups = [
        {"pilot": group["pilot"], "comparisons": group["comparisons"]}
        for group in compared["results"]["groups"]
    ]
    said = {
        "groups": [
            {"pilot": group["pilot"], "comparisons": group["comparisons"]}
            for group in inputs["groups"]
        ],
        "areas": inputs["comparison"]["areas"],
    }
    return said, {"groups": groups, "areas": compared["inputs"]["areas"]}


def _scores(evidence: Evidence) -> dict[str, float]:
    areas = evidence["sections"]["ranking"]["results"]["areas"]
    return {area["code"]: area["score"] for area in areas}


_LOOKS = {
    "robustness": _robustness,
    "clusters": _clusters,
    "drawing": _drawing,
    "comparison": _comparison,
    "effect": _effect,
}
