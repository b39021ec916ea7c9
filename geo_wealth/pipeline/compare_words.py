"""A comparison of two baselines in words and as JSON: the same on command line and page."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from geo_wealth.pipeline.claims import claim_document, claim_sentence
from geo_wealth.pipeline.compare import CompareResult, Side
from geo_wealth.pipeline.spend_documents import money, named, split_document
from geo_wealth.pipeline.spend_words import day, listed, percent, pounds
from geo_wealth.spend.compare import STEPS, Change, Stage, in_pennies, in_points, located_share

FAR_APART = Fraction(5, 100)
"""How far the located shares of two sides may be apart without a warning."""

INSTEAD = " What follows splits their difference instead."
METHOD = (
    "Each part is the mean of two walks, from the first baseline to the second and back, that "
    "change one thing at a time: definition, rules, payers, channels, payments. The parts sum to "
    "the change. Other payments, under the same definition and rules, also change what could be "
    "located and how many months there are: that is in the last part."
)


def compare_document(result: CompareResult) -> dict[str, Any]:
    """Give the JSON document of ``compare --json`` and ``/api/v1/compare``.

    ``points`` are percentage points; ``exact`` is the same change of the share as a quotient,
    so that parts can be seen to sum exactly. Pounds of parts, and of steps, are rounded to the
    penny so that they sum to the change.
    """
    change = result.change
    (whole,) = _change_documents((change.whole,))
    return {
        "like_for_like": result.like_for_like,
        "same_definition": result.same_definition,
        "same_rules": result.same_rules,
        "first": _side_document(result.first),
        "second": _side_document(result.second),
        "change": whole,
        "parts": _change_documents(change.parts),
        "steps": [
            {**step, "part": STEPS[step["code"]][0]} for step in _change_documents(change.steps)
        ],
        "walks": {
            "first_to_second": [_stage_document(stage) for stage in change.forth],
            "second_to_first": [_stage_document(stage) for stage in change.back],
        },
        "method": METHOD,
        "bounds_overlap": result.bounds_overlap,
        "warnings": warnings(result),
        "claims": [claim_document(claim) for claim in result.claims],
        "sample": result.first.sample or result.second.sample,
    }


def _side_document(side: Side) -> dict[str, Any]:
    return {
        **split_document(side.split),
        "payers": list(side.payers),
        "period": {
            "from": side.request.first or side.first,
            "to": side.request.last or side.last,
            "first_payment": side.first,
            "last_payment": side.last,
            "months": side.months,
        },
        "channels": list(side.channels),
        "definition": named(side.definition),
        "rules": named(side.rules),
        "datasets": list(side.datasets),
    }


def _change_documents(changes: tuple[Change, ...]) -> list[dict[str, Any]]:
    return [
        {
            "code": each.slug,
            "name": each.name,
            "points": None if each.share is None else float(100 * each.share),
            "exact": None
            if each.share is None
            else f"{each.share.numerator}/{each.share.denominator}",
            "local_pounds": money(told),
        }
        for each, told in zip(changes, printed_pounds(changes), strict=True)
    ]


def _stage_document(stage: Stage) -> dict[str, Any]:
    return {"step": stage.step, **split_document(stage.split)}


def compare_sentences(result: CompareResult) -> list[str]:
    """Tell both baselines, whether they are like for like, the change and its parts."""
    told = [likeness(result)]
    told += [_side(name, side) for name, side in (("First", result.first), ("Then", result.second))]
    told += list(_changes(result))
    told += warnings(result)
    told += [claim_sentence(claim) for claim in result.claims]
    if result.first.sample or result.second.sample:
        told.append("Sample data: the payments and suppliers are invented.")
    return told


def likeness(result: CompareResult) -> str:
    """Say whether the two may be compared like for like, and why not."""
    first, second = result.first, result.second
    if result.like_for_like:
        return (
            "The two baselines are like for like: the same definition and the same rules, the same "
            f"payers, the same channels and the same number of calendar months ({_months(first)})."
        )
    scope = differing(result)
    if result.same_definition and result.same_rules:
        return (
            "The two baselines have the same definition and rules, but are not like for like: "
            f"{'; '.join(scope)}.{INSTEAD}"
        )
    other = [
        f"{what} differ ({_reference(one)}, hash {one.hash}, and {_reference(two)}, "
        f"hash {two.hash})"
        for what, one, two, same in (
            ("the rules", first.rules, second.rules, result.same_rules),
            (
                "the definitions of local",
                first.definition,
                second.definition,
                result.same_definition,
            ),
        )
        if not same
    ]
    return (
        f"The two baselines cannot be compared like for like: "
        f"{'; '.join([' and '.join(other), *scope])}.{INSTEAD}"
    )


def differing(result: CompareResult) -> list[str]:
    """Name what besides definition and rules keeps two baselines from being like for like."""
    first, second = result.first, result.second
    told = []
    if first.payers != second.payers:
        told.append(f"the payers differ ({listed(first.payers)}; {listed(second.payers)})")
    if first.channels != second.channels:
        told.append(f"the channels differ ({listed(first.channels)}; {listed(second.channels)})")
    if first.months != second.months:
        told.append(f"the numbers of months differ ({_months(first)}; {_months(second)})")
    return told


def warnings(result: CompareResult) -> list[str]:
    """Say what makes the change doubtful even when definition and rules agree."""
    return [*_scope_warnings(result), *_located_warnings(result)]


def _scope_warnings(result: CompareResult) -> Iterator[str]:
    first, second = result.first, result.second
    if first.payers != second.payers:
        yield (
            f"The payers differ: {listed(first.payers)} first, {listed(second.payers)} then, so "
            "that this is not a change over time alone."
        )
    if first.channels and second.channels and first.channels != second.channels:
        yield (
            f"What counts is paid by {listed(first.channels)} first and by "
            f"{listed(second.channels)} then: that difference is one of coverage."
        )
    if first.months == second.months and first.of_year != second.of_year:
        yield (
            "The two do not have the same months of the year: what is paid with the seasons, or "
            "at the end of the year, is in the difference."
        )
    if first.months != second.months:
        yield (
            f"The periods are not of one length: payments in {_months(first)} first, in "
            f"{_months(second)} then; local pounds are not comparable, shares only with care."
        )


def _located_warnings(result: CompareResult) -> Iterator[str]:
    shares = [located_share(side.split) for side in (result.first, result.second)]
    first, second = shares
    if first is not None and second is not None and abs(first - second) > FAR_APART:
        yield (
            f"{percent(float(first))} of the pounds could be located first and "
            f"{percent(float(second))} then, more than {percent(float(FAR_APART))} apart: part "
            "of the change may be of coverage only."
        )
    if result.bounds_overlap and not result.same_payments:
        yield "The ranges of the two overlap: the local shares of all pounds may be the same."


def _side(name: str, side: Side) -> str:
    split = side.split
    period = (
        f", {day(side.first)} to {day(side.last)}"
        if side.first is not None and side.last is not None
        else ""
    )
    share, between = split.share_of_located, split.bounds
    came_out = (
        "no local share can be given"
        if share is None or between is None
        else f"{percent(share)} of the pounds located were local, between {percent(between[0])} "
        f"and {percent(between[1])} of all"
    )
    return (
        f"{name}: {listed(side.payers)}{period}, {_reference(side.definition)}, "
        f"{_reference(side.rules)}: {came_out}; {pounds(split.local)} local, "
        f"{pounds(split.leaked)} leaked, {pounds(split.unlocated)} unlocated of "
        f"{pounds(split.total)}."
    )


def _changes(result: CompareResult) -> Iterator[str]:
    change = result.change
    whole = change.whole.share
    if whole is None:
        yield "No change of the local share can be given, since a side has none."
    elif any(part.share is None for part in change.parts):
        yield (
            f"The local share changed by {points(in_points([whole])[0])}; it cannot be split, "
            "since nothing could be located at some step between the two."
        )
    else:
        told = printed_points(change.parts)
        yield (
            f"The local share changed by {points(sum(told, Decimal(0)))}: "
            + "; ".join(
                f"{part.name.lower()} {points(value)}"
                for part, value in zip(change.parts, told, strict=True)
            )
            + f". {METHOD}"
        )
    pennies = printed_pounds(change.parts)
    sums = "; ".join(
        f"{part.name.lower()} {_signed(value)}"
        for part, value in zip(change.parts, pennies, strict=True)
    )
    yield f"Local pounds changed by {_signed(sum(pennies, Decimal(0)))}: {sums}."


def printed_points(changes: tuple[Change, ...]) -> list[Decimal]:
    """Round the changes of share so that what is printed sums; all must be known."""
    return in_points([part.share for part in changes if part.share is not None])


def printed_pounds(changes: tuple[Change, ...]) -> list[Decimal]:
    """Round the changes of local pounds to the penny so that what is printed sums."""
    return in_pennies([each.pounds for each in changes])


def points(value: Decimal) -> str:
    """Write percentage points with their sign: +1.25 points."""
    return f"{value:+,.2f} percentage points"


def _signed(value: Decimal) -> str:
    return pounds(value) if value < 0 else f"+{pounds(value)}"


def _reference(document: Any) -> str:
    return f"{document.slug} version {document.version}"


def _months(side: Side) -> str:
    return f"{side.months} month{'' if side.months == 1 else 's'}"
