"""What a test of a pilot says, what it could see, and what makes it doubtful, in sentences."""

from collections.abc import Mapping, Sequence

from geo_wealth.evaluation.effect import LEVEL
from geo_wealth.evaluation.placebos import Design
from geo_wealth.evaluation.power import Power
from geo_wealth.evaluation.reversion import RELATED, Reversion
from geo_wealth.evidence.amounts import amount

FEW = 20
"""Pilot areas under which the reader is warned that there are few."""

SIDE_BY_SIDE = 19
"""Placebos that it takes for a p-value of 5 %."""

BARE = {
    "named": "The comparison areas were named by hand, and placebo pilots cannot be given theirs "
    "by the same rule",
    "scattered": "The pilot areas in use are not one set of touching areas, as placebo pilots are",
    "connected": "No placebo pilot as large and as compact could be drawn and matched",
}
"""Why a design has no placebos, by its kind."""


def tested(design: Design, smallest: float | None) -> str:
    """Say by how many placebos the pilot is judged, and the smallest p; or why by none."""
    if smallest is None:
        return f"{BARE[design.kind]}: so there is no p-value, interval or range of chance."
    return f"{_used(design)}: the smallest p-value that can come out is {smallest:.2g}" + (
        ", and no effect could be called significant." if smallest > LEVEL else "."
    )


def judged(p: float | None, smallest: float | None) -> str:
    """Say what a p-value means, and what it does not."""
    if p is None or smallest is None:
        return "Whether that is more than chance cannot be told."
    if smallest > LEVEL:
        return "There are too few areas to tell an effect from chance, however large."
    if p <= LEVEL:
        return (
            "A difference this large came about by chance in 5 % of placebo pilots or fewer. "
            "It is an effect only as far as the areas would otherwise have changed alike."
        )
    return (
        "Not told from chance. That does not mean that there was no effect: "
        "the interval shows which effects are not ruled out."
    )


def foreseen(found: Power, design: Design, smallest: float | None, areas: int, unit: str) -> str:
    """Say which effects cannot be counted on to be seen, or why that cannot be told."""
    unknown = "How large an effect must be to be seen cannot be told: "
    if smallest is None:
        return f"{unknown}{BARE[design.kind][0].lower()}{BARE[design.kind][1:]}."
    if smallest > LEVEL:
        return (
            f"{unknown}{_used(design)}, and a p-value of 5 % takes {SIDE_BY_SIDE}. "
            "No effect could be called significant, however large."
        )
    if not found.after:
        return f"{unknown}that takes two past periods."
    if found.smallest_effect is None:
        return "No effect, however large, can be counted on to stand out among placebo pilots."
    return (
        f"With {areas} area{'s' if areas > 1 else ''} an effect smaller than "
        f"{amount(found.smallest_effect, unit)} cannot be counted on to be seen: it would be "
        f"missed more than once in five times, judging by {_periods(found.before)} before and "
        f"{found.after} after in the past."
    )


def warnings(
    areas: int,
    design: Design,
    smallest: float | None,
    left_out: Sequence[str],
    alike: Mapping[str, Sequence[str]],
    back: Reversion,
) -> list[str]:
    """List what makes a judgement doubtful.

    Parameters
    ----------
    alike
        ``apart`` and ``unknown``: the covariates on which the areas were not alike, and those
        of which that is not known.
    """
    found = []
    if areas < FEW:
        found.append(
            f"The pilot has {areas} area{'s' if areas > 1 else ''}: "
            + (
                "with so few, large differences come about by chance."
                if smallest is None
                else "only a large effect can be told from chance."
            )
        )
    if left_out:
        found.append(f"Left out, as an outcome is unknown in some period: {', '.join(left_out)}.")
    if design.kind == "swapped":
        found.append(
            "It is not known which areas touch, so they are taken to change independently. "
            "Neighbours do not: the p-value is too small."
        )
    found.extend(_unlike(alike))
    found.extend(_reverting(back))
    found.append("The index of deprivation is no outcome: no two releases can be compared.")
    return found


def _used(design: Design) -> str:
    number = len(design.placebos)
    used = f"{number} placebo pilot{' is' if number == 1 else 's are'} used"
    aside = min(design.apart, number)
    return used if design.kind == "swapped" else f"{used}, at most {aside} of them side by side"


def _periods(number: int) -> str:
    return f"{number} period{'s' if number > 1 else ''}"


def _unlike(alike: Mapping[str, Sequence[str]]) -> list[str]:
    found = []
    if alike["apart"]:
        found.append(f"Pilot and comparison areas were not alike in {', '.join(alike['apart'])}.")
    if alike["unknown"]:
        found.append(
            "Whether pilot and comparison areas were alike is unknown of "
            f"{', '.join(alike['unknown'])}."
        )
    return found


def _reverting(back: Reversion) -> list[str]:
    if back.related is None:
        return [
            (
                "Whether the pilot was chosen by something that goes with the outcome is unknown: "
                "regression to the mean cannot be ruled out."
            )
        ]
    if abs(back.related) < RELATED:
        return []
    return [
        (
            "The pilot was chosen by what goes with the outcome "
            f"(correlation {back.related:.2f}): part of any change is regression to the mean."
        )
    ]
