"""What came of a pilot, in sentences; and what cannot be said, with the reason."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from geo_wealth.evaluation.effect import LEVEL
from geo_wealth.evidence.amounts import amount, figure
from geo_wealth.evidence.section import Section
from geo_wealth.queries.outcomes import Outcome

MEANS = {
    "areas": "All means are over areas: each area counts alike.",
    "residents": "All means are over residents: an area counts as its residents do.",
}


def cannot_be_said(
    outcome: Outcome, started: date | None, first: str | None, judged: Section | None
) -> tuple[str, ...]:
    """Say why no effect can be told, where none can.

    Parameters
    ----------
    started
        The day on record.
    first
        The first whole period after the start; None where it has not started.
    """
    if first is None:
        return ("The pilot has not started, so there is no effect to measure.",)
    if judged is None:
        told = (
            f"No period before the start is loaded of {outcome.measure} (from "
            f"{outcome.periods[0]}): what changed cannot be said, now or later."
        )
        return (told,)
    if judged["inputs"]["start"] is None:
        begun = "" if started is None else f" It started on {_day(started)}."
        told = (
            f"Nothing can be said yet of what the pilot did.{begun} {outcome.measure} is loaded "
            f"up to {outcome.periods[-1]}, and the first whole {outcome.grain} after the start is "
            f"{first}: load a file that reaches further."
        )
        return (told,)
    return ()


def matched_on_later(comparison: Section, first: str | None) -> tuple[str, ...]:
    """Warn of comparison areas that were matched on outcomes after the start."""
    titles = [
        one["name"]
        for one in comparison["inputs"]["covariates"]
        if one["kind"] == "history"
        and first is not None
        and one["name"].rpartition(", ")[2] >= first
    ]
    if not titles:
        return ()
    told = (
        "The comparison areas were matched on values from after the start "
        f"({', '.join(titles[:3])}{' and more' if len(titles) > 3 else ''}), which hides an "
        "effect: take a comparison group that was fixed before it."
    )
    return (told,)


def on_no_record(judged: Section | None) -> tuple[str, ...]:
    """Warn of a start, or areas, that may have been chosen after the outcome was seen."""
    found = judged["results"]["measures"][0].get("effect") if judged else None
    if not found:
        return ()
    told = (
        "Areas and start are on no record: chosen after the outcome was seen, they make a "
        "difference look like more than it is"
    )
    return (f"{told}." if found["p"] is None else f"{told}, and the p-value too small.",)


def one_of_several(measures: int, results: Mapping[str, Any]) -> tuple[str, ...]:
    """Warn that an outcome is tested as if it were the only one."""
    found = results.get("effect")
    if measures < 2 or not found or found["p"] is None:
        return ()
    told = (
        f"{measures} outcomes are loaded, and each is tested alone, with no correction for their "
        "number: of twenty that nothing changed about one stands out at 5 % by chance."
    )
    return (told,)


def headline(outcome: Outcome, results: Mapping[str, Any]) -> str:
    """Say in one line what was found, with what speaks against taking it for an effect."""
    found = results.get("effect")
    if found is None:
        return "No effect can be told yet"
    value = f"A difference of {amount(found['value'], outcome.unit, sign=True)}"
    doubts = " and ".join(_doubts(results))
    if found["p"] is None:
        told = f"{value}; whether it is more than chance cannot be told"
    elif found["smallest_p"] > LEVEL:
        told = f"{value}: too few areas to tell it from chance"
    elif found["p"] <= LEVEL:
        return f"{value} stands out at 5 %{doubts and f', but {doubts}'}"
    else:
        told = f"{value}, not told from chance"
    return f"{told}{doubts and f'; {doubts}'}"


def _doubts(results: Mapping[str, Any]) -> Iterator[str]:
    trend, tested = results["pre_trend"]["p"], results["effect"]["p"]
    if trend is not None and trend <= LEVEL:
        yield "trends differed before the start"
    elif trend is None and tested is not None and tested <= LEVEL:
        yield "trends before the start could not be checked"
    if results["balance"]["apart"]:
        yield "the areas were not alike"


def sentences(outcome: Outcome, results: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what the figures say, one sentence for each thing."""
    if "design" not in results:
        return ()
    return (
        *_effect(outcome, results),
        results["design"]["sentence"],
        *_trend(outcome, results),
        *_synthetic(outcome, results),
        *_reversion(outcome, results),
        *([results["power"]["sentence"]] if results["power"] else []),
        MEANS[results["weighting"]],
    )


def _effect(outcome: Outcome, results: Mapping[str, Any]) -> Iterator[str]:
    found = results["effect"]
    if found is None:
        return
    unit = outcome.unit
    yield (
        f"{outcome.measure} ({unit}), {_after(results)} against {_before(results)}: pilot areas "
        "went from "
        f"{figure(found['pilot_before'])} to {figure(found['pilot_after'])}, their comparison "
        f"areas from {figure(found['comparison_before'])} to {figure(found['comparison_after'])}, "
        f"a difference of {amount(found['value'], unit, sign=True)}."
    )
    if found["low"] is not None or found["high"] is not None:
        ends = [
            "any size" if end is None else amount(end, unit, sign=True)
            for end in (found["low"], found["high"])
        ]
        yield (
            f"Effects from {ends[0]} to {ends[1]} are not ruled out: once taken off the pilot, "
            f"what is left does not stand out at 5 % among {results['design']['placebos']} "
            f"placebo pilots (p = {found['p']:.2g} for no effect)."
        )
    yield found["sentence"]


def _before(results: Mapping[str, Any]) -> str:
    periods = results["periods"]
    return _span(periods[0], periods[periods.index(results["start"]) - 1])


def _after(results: Mapping[str, Any]) -> str:
    return _span(results["start"], results["periods"][-1])


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _trend(outcome: Outcome, results: Mapping[str, Any]) -> Iterator[str]:
    found = results["pre_trend"]
    if found["slope"] is not None:
        yield (
            "Before the start the gap between pilot and comparison areas moved by "
            f"{amount(found['slope'], outcome.unit, sign=True)} a {outcome.grain}"
            f"{_p(found['p'])}."
        )
    yield found["sentence"]


def _synthetic(outcome: Outcome, results: Mapping[str, Any]) -> Iterator[str]:
    found = results["synthetic"]
    used = sum(weight > 0 for weight in found["weights"].values())
    fit = (
        f"A synthetic control, a mix of {used} of the comparison areas, was off by "
        f"{amount(found['error_before'], outcome.unit)} before the start (root mean square)"
    )
    if found["value"] is None:
        yield f"{fit}."
    else:
        value = amount(found["value"], outcome.unit, sign=True)
        yield f"{fit}, and puts the effect at {value}{_p(found['p'])}."
    yield from found["notes"]


def _reversion(outcome: Outcome, results: Mapping[str, Any]) -> Iterator[str]:
    found = results["reversion"]
    if found["expected"] is None:
        return
    yield (
        "Regression to the mean: areas that stood as far from the others would by themselves be "
        f"expected to change by {amount(found['expected'], outcome.unit, sign=True)} against "
        "them; a before-and-after comparison would take that for an effect."
    )


def _p(value: float | None) -> str:
    return "" if value is None else f" (p = {value:.2g})"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
