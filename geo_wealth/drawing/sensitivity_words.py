"""How far the best area depends on the weights, in plain English."""

import math
from collections.abc import Sequence

from geo_wealth.drawing.sensitivity import HALF, OFTEN, OfSet, Sensitivity

LABEL = "sensitivity to the weights, not a confidence interval"


def sure_sentence(found: Sensitivity, codes: Sequence[str]) -> str:
    """Say how a set stands under other weightings, and what of it stays."""
    of = found.of(codes)
    around = "all there are" if found.how.concentration is None else "those chosen"
    head = (
        f"In {found.how.draws:,} weightings drawn {_from(around)} {around} {_best(of)}, and the "
        f"best area holds at least half of its neighbourhoods in {share_text(of.half)}."
    )
    parts = [head, _reach(of), _core(found, codes), _drawn_anew(found), f"This is {LABEL}."]
    return " ".join(part for part in parts if part)


def share_text(share: float) -> str:
    """Print a share in percent; what is neither none nor all never looks so."""
    if 0 < share < 0.01:
        return "less than 1 %"
    if 0.99 < share < 1:
        return "more than 99 %"
    return f"{100 * share:.0f} %"


def _from(around: str) -> str:
    return "from" if around.startswith("all") else "around"


def _best(of: OfSet) -> str:
    return f"it is the best in {share_text(of.best)}" if of.best else "it is never the best"


def _reach(of: OfSet) -> str:
    """Give the reach as bounds, rounded down."""
    if of.median_reach is None or of.worst_reach is None:
        return "Its reach cannot be set against the best's."
    if of.median_reach == 1:
        return (
            "It reaches as much as the best in half of them or more, and at least "
            f"{_down(of.worst_reach)} of it in 95 %."
        )
    return (
        f"It reaches at least {_down(of.median_reach)} of what the best does in half of them, "
        f"and {_down(of.worst_reach)} in 95 %."
    )


def _down(share: float) -> str:
    return f"{math.floor(1000 * share + 1e-6) / 10:.1f} %"


def _core(found: Sensitivity, codes: Sequence[str]) -> str:
    """Count the areas that stay in the best area whatever the weights."""
    stay = len(set(codes).intersection(found.often(OFTEN)))
    mostly = len(set(codes).intersection(found.often(HALF)))
    if not mostly:
        return "None of its neighbourhoods is in the best area in half of them or more."
    verb = "is" if mostly == 1 else "are"
    return (
        f"{mostly} of its {len(set(codes))} {verb} in the best area in at least half of them, "
        f"{stay or 'none'} in at least 90 %."
    )


def _drawn_anew(found: Sensitivity) -> str:
    """Say what is different where there were too many sets to list."""
    if found.sets is not None:
        return ""
    error = 50 / math.sqrt(found.how.draws)
    told = (
        f"The area was drawn anew under each: shares have a standard error of up to {error:.0f} %"
    )
    if not found.unproved:
        return f"{told}."
    return (
        f"{told}; in {found.unproved} the search ended before proof, so that it may be the best "
        "in fewer."
    )
