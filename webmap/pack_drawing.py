"""How far the drawing in a decision pack depends on the weights, from its evidence."""

from collections.abc import Mapping
from math import floor
from typing import Any

from webmap.wording import percent

SOME = 0.1
"""Share of the weightings from which an area that was not chosen is named as drawn."""


def sensitivity(evidence: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give how far the drawing depends on the weights; None where that was not worked out."""
    section = evidence["sections"].get("drawing")
    return None if section is None else section["results"].get("sensitivity")


def drawn_again(evidence: Mapping[str, Any]) -> str:
    """Say how the areas chosen stand when the pilot area is drawn again."""
    found = sensitivity(evidence)
    if found is None:
        return "It was not worked out which area other weights draw."
    of = found["chosen"]
    best = f"is the best in {percent(of['best'])}" if of["best"] else "is never the best"
    reach = ""
    if of["worst_reach"] is not None:
        least = floor(1000 * of["worst_reach"] + 1e-6) / 10
        reach = f"; in 95 % of them it reaches at least {least:.1f} % of what the best does"
    return (
        f"Drawn again under {found['draws']:,} weightings, the area as chosen {best}, and the "
        f"best holds at least half of it in {percent(of['half'])}{reach}."
    )


def in_best_area(evidence: Mapping[str, Any]) -> list[tuple[str, float]]:
    """List the areas chosen, and others often drawn, with how often: the most often first."""
    found = sensitivity(evidence)
    if found is None:
        return []
    chosen = set(evidence["plan"]["areas"])
    shares = dict.fromkeys(chosen, 0.0) | found["in_best_area"]
    rows = [(code, share) for code, share in shares.items() if code in chosen or share >= SOME]
    return sorted(rows, key=lambda row: (-row[1], row[0]))
