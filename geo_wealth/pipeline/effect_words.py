"""What came of a pilot, in sentences; and what cannot be said, with the reason."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from geo_wealth.evidence.section import Section
from geo_wealth.queries.outcomes import Outcome


def cannot_be_said(
    outcome: Outcome, started: date | None, first: str | None, judged: Section | None, *, said: bool
) -> tuple[str, ...]:
    """Say why no effect can be told, where none can.

    Parameters
    ----------
    started
        The day on record.
    first
        The first whole period after the start.
    said
        Whether the user gave the start.
    """
    if started is None and not said:
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


def headline(outcome: Outcome, results: Mapping[str, Any]) -> str:
    """Say in one line what was found."""
    found = results.get("effect")
    if found is None:
        return "No effect can be told yet"
    value = amount(found["value"], outcome.unit, sign=True)
    if found["smallest_p"] > 0.05:
        return f"A difference of {value}: too few areas to tell it from chance"
    if found["p"] <= 0.05:
        return f"A difference of {value}, beyond what 95 % of placebo pilots show"
    return f"A difference of {value}, not told from chance"


def sentences(outcome: Outcome, results: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what the figures say, one sentence for each thing."""
    if "design" not in results:
        return ()
    return (
        *_effect(outcome, results),
        *_trend(outcome, results),
        *_synthetic(outcome, results),
        *_reversion(outcome, results),
        results["power"]["sentence"],
    )


def amount(value: float, unit: str, *, sign: bool = False) -> str:
    """Write a difference in its unit: +0.12 percentage points, 1,240 (pounds)."""
    text = figure(value, sign=sign)
    return f"{text} percentage points" if unit.startswith("%") else f"{text} ({unit})"


def figure(value: float, *, sign: bool = False) -> str:
    """Write three significant digits, never with an exponent."""
    size = abs(value)
    small = 0.00005 <= size < 0.095
    decimals = 0 if size >= 100 else 1 if size >= 10 else 4 if small else 2
    text = f"{value:+,.{decimals}f}" if sign else f"{value:,.{decimals}f}"
    return text.replace("-", "−")


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
            f"Effects from {ends[0]} to {ends[1]} would not stand out among "
            f"{results['design']['placebos']} placebo pilots, at 5 % (p = {found['p']:.2g} for "
            "no effect)."
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
            f"{amount(found['slope'], outcome.unit, sign=True)} a {outcome.grain} "
            f"(p = {found['p']:.2g})."
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
        p = "" if found["p"] is None else f" (p = {found['p']:.2g})"
        yield (
            f"{fit}, and puts the effect at {amount(found['value'], outcome.unit, sign=True)}{p}."
        )
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


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
