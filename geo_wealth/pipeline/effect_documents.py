"""A judgement of a pilot as a document: what was found, of what, and what cannot be said."""

from typing import Any

from geo_wealth.pipeline.effect import Judged
from geo_wealth.pipeline.effect_words import headline, sentences


def effect_document(judged: Judged) -> dict[str, Any]:
    """Give a judgement as JSON; ``effect`` is null where none can be told."""
    asked, results = judged.comparison["inputs"], judged.results
    names = asked["names"]
    outcome = judged.outcome

    def called(codes: list[str]) -> list[dict[str, str | None]]:
        return [{"code": code, "name": names.get(code)} for code in codes]

    told = ("design", "effect", "pre_trend", "power", "reversion", "synthetic")
    return {
        "pilot": judged.pilot,
        "title": judged.title,
        "measure": outcome.measure,
        "unit": outcome.unit,
        "grain": outcome.grain,
        "started_on": judged.started_on,
        "start": judged.start,
        "partial": judged.partial,
        "headline": headline(outcome, results),
        "sentences": list(sentences(outcome, results)),
        "cannot_be_said": list(judged.notes),
        "warnings": list(results.get("warnings", [])),
        "areas": called(asked["pilot"]),
        "comparison_areas": called(judged.comparison["results"]["areas"]),
        "ring": called(asked["ring"]),
        "periods": results.get("periods", []),
        "pilot_series": results.get("pilot_series", []),
        "comparison_series": results.get("comparison_series", []),
        "left_out": results.get("left_out", []),
        "weighting": results.get("weighting"),
        **{name: results.get(name) for name in told},
        "datasets": datasets_of(judged),
        "sample": outcome.sample,
    }


def datasets_of(judged: Judged) -> list[str]:
    """Name the datasets that a judgement rests on."""
    return sorted({judged.outcome.dataset, *judged.comparison["inputs"]["datasets"]})


def series_rows(judged: Judged) -> list[tuple[Any, ...]]:
    """List each period: pilot, comparison areas, synthetic control, gap, side of the start."""
    results = judged.results
    if "synthetic" not in results:
        return []
    start = judged.start
    columns = zip(
        results["periods"],
        results["pilot_series"],
        results["comparison_series"],
        results["synthetic"]["series"],
        strict=True,
    )
    return [
        (period, pilot, beside, mixed, pilot - beside, _side(period, start))
        for period, pilot, beside, mixed in columns
    ]


def _side(period: str, start: str | None) -> str:
    return "before" if start is None or period < start else "after"
