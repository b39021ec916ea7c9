"""A comparison group in sentences, as rows and as a document."""

from collections.abc import Mapping, Sequence
from typing import Any

from geo_wealth.evaluation.balance import CLOSE, FAR
from geo_wealth.evidence.section import Section
from geo_wealth.pipeline.words import count

POOL_NAMES = {
    "district": "the pilot's district",
    "neighbours": "the pilot's district and those that touch it",
    "england": "all of England that is loaded",
    "named": "those that were named",
}
FLAGS = {
    "balanced": "balanced",
    "close": "nearly balanced",
    "apart": "apart",
    "unknown": "not known",
}
SCALE = (
    "Differences are in standard deviations of pilot and pool together: up to "
    f"{CLOSE} is balanced, over {FAR} is apart. Residents are compared on a logarithmic scale, so "
    "their means are geometric."
)


def accounting(found: Section) -> dict[str, int]:
    """Count who was considered, who was left out and why, and who could be chosen."""
    asked, results = found["inputs"], found["results"]
    codes = {area["code"] for area in asked["areas"]}
    pilot, ring = codes & set(asked["pilot"]), codes & set(asked["ring"])
    return {
        "considered": len(codes),
        "pilot": len(pilot),
        "touch_the_pilot": len(ring),
        "value_unknown": len(results["lacking"]),
        "could_be_chosen": results["pool_size"],
        "chosen": len(results["areas"]),
    }


def sentences(found: Section, advised: Sequence[str] = ()) -> tuple[str, ...]:
    """Say how alike they are, what is advised of that, then who is compared, and on what."""
    asked, results = found["inputs"], found["results"]
    counted = accounting(found)
    chosen = count(counted["chosen"], "comparison area")
    touching = count(len(asked["ring"]), "area that touches", "areas that touch")
    who = (
        f"{chosen[:1].upper()}{chosen[1:]} for {count(len(asked['pilot']), 'pilot area')}, chosen "
        f"among {counted['could_be_chosen']:,} of {_pool(asked)}."
    )
    out = f"Left out: {touching} the pilot{_lacking(counted)}."
    on = f"Matched on {_matched_on(asked)}{_classes(asked)}."
    lead, stop, rest = results["verdict"].partition(". ")
    told = [rest] if rest else []
    return f"{lead}{stop.strip()}", *told, *advised, who, out, on, *results["notes"]


def advice(found: Section, measures: Sequence[str]) -> tuple[str, ...]:
    """Say what could make the comparison areas more alike.

    Parameters
    ----------
    measures
        Names of the outcomes that are loaded.
    """
    asked, results = found["inputs"], found["results"]
    matched = {
        one["name"].rpartition(", ")[0].lower()
        for one in asked["covariates"]
        if one["kind"] == "history"
    }
    told = [
        f"The past of {measure} is loaded and not matched on; it can be, with "
        "“Match the past of” or --history."
        for measure in measures
        if measure.lower() not in matched
    ]
    apart = any(row["flag"] == "apart" for row in results["balance"])
    if apart and [each["code"] for each in asked["districts"]] == [asked["district"]]:
        told.append(
            f"All were chosen from {asked['district_name']}: with more districts loaded, and "
            "chosen from, the areas may be more alike."
        )
    return tuple(told)


def pair_rows(found: Section) -> list[tuple[str, str, str, str, float]]:
    """List pilot area and comparison area with their names and distance, nearest first."""
    names = found["inputs"]["names"]
    return [
        (group["pilot"], names.get(group["pilot"], ""), code, names.get(code, ""), apart)
        for group in found["results"]["groups"]
        for code, apart in zip(group["comparisons"], group["distances"], strict=True)
    ]


def signed(value: float | None) -> str:
    """Write a difference with its sign; one that rounds to nothing as +0.00."""
    if value is None:
        return "not known"
    return f"{round(value, 2) + 0.0:+,.2f}".replace("-", "−")  # -0.0 + 0.0 is 0.0


def document(found: Section, seen: Section | None = None) -> dict[str, Any]:
    """Give a comparison group as JSON: without the covariates of every area of the pool.

    Parameters
    ----------
    seen
        What could be seen of outcomes, as :func:`geo_wealth.pipeline.effect.outlook` gives it.
    """
    asked, results = found["inputs"], found["results"]
    names = asked["names"]
    outcomes = [] if seen is None else [_seen(each) for each in seen["results"]["measures"]]

    def called(code: str) -> dict[str, str | None]:
        return {"code": code, "name": names.get(code)}

    return {
        **{name: asked[name] for name in ("district", "district_name", "index", "vintage")},
        **{name: asked[name] for name in ("pool", "districts", "residents_from", "datasets")},
        "rural_urban": asked["classes_known"],
        "pilot": [called(code) for code in asked["pilot"]],
        "ring": [called(code) for code in asked["ring"]],
        "matches": results["matches"],
        "groups": [
            {
                "pilot": called(group["pilot"]),
                "comparisons": [
                    {**called(code), "distance": apart}
                    for code, apart in zip(group["comparisons"], group["distances"], strict=True)
                ],
            }
            for group in results["groups"]
        ],
        "accounting": accounting(found),
        "covariates": asked["covariates"],
        "balance": results["balance"],
        "worst": results["worst"],
        "verdict": results["verdict"],
        "notes": results["notes"],
        "sentences": list(sentences(found)),
        "advice": list(advice(found, measures_of(seen))),
        "outcomes": outcomes,
    }


def measures_of(seen: Section | None) -> list[str]:
    """Name the outcomes of which something could be seen."""
    return [] if seen is None else [one["measure"]["name"] for one in seen["results"]["measures"]]


def _seen(results: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("measure", "periods", "pre_trend", "power", "reversion", "synthetic", "warnings")
    return {name: results[name] for name in kept if name in results}


def _pool(asked: Mapping[str, Any]) -> str:
    """Say where they may be, and where a wide pool is no more than the district."""
    names = [each["name"] for each in asked["districts"]]
    if len(names) == 1 and asked["pool"] == "england":
        return f"{names[0]}, as no other district is loaded"
    if len(names) == 1 and asked["pool"] == "neighbours":
        return f"{names[0]}, as no district that touches it is loaded"
    where = f" ({', '.join(names)})" if len(names) > 1 else ""
    return f"{POOL_NAMES[asked['pool']]}{where}"


def _lacking(counted: Mapping[str, int]) -> str:
    lacking = counted["value_unknown"]
    return f", and {count(lacking, 'area')} of which a value is unknown" if lacking else ""


def _matched_on(asked: Mapping[str, Any]) -> str:
    kinds = [one["kind"] for one in asked["covariates"]]
    parts = [f"the {kinds.count('domain')} domains of the index", "residents"]
    past = kinds.count("history")
    if past:
        parts.append(f"{past} past values of outcomes (all that are loaded)")
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _classes(asked: Mapping[str, Any]) -> str:
    if asked["classes_known"]:
        return ", within the same rural-urban class"
    return "; rural-urban classes are not loaded, so they were not matched"
