"""The best area drawn anew under other scores, where sets are too many to list."""

from collections.abc import Sequence
from dataclasses import replace

from geo_wealth.drawing.search import Problem, bits, search


def redrawn(
    problem: Problem, values: Sequence[Sequence[int]], start: int, steps: int
) -> tuple[list[int], int]:
    """Search for the best set under one list of scores after the other.

    Each search begins from the best set found under any list before.

    Parameters
    ----------
    problem
        As drawn under the chosen scores.
    values
        (d, m) scores of its areas, in whole numbers.
    start
        An allowed set.
    steps
        Branches tried in all: each search has an equal part of what those before it left.

    Returns
    -------
    best, unproved
        (d,) sets, and of how many the search ended without proof.
    """
    best: list[int] = []
    known, unproved = [start], 0
    for turn, scores in enumerate(values):
        anew, order = _under(problem, scores)
        place = {area: at for at, area in enumerate(order)}
        starts = [_moved(chosen, place) for chosen in known]
        first = max(starts, key=anew.total)
        found = search(anew, first, steps // (len(values) - turn))
        steps -= found.steps
        unproved += not found.proved
        chosen = sum(1 << order[at] for at in bits(found.chosen))
        best.append(chosen)
        if chosen not in known:
            known.append(chosen)
    return best, unproved


def _under(problem: Problem, scores: Sequence[int]) -> tuple[Problem, list[int]]:
    """Put a problem in the order of density of other scores."""
    size = problem.size
    factor = 1 + sum(size)  # as in a sketch: of equal reach fewer residents win
    order = sorted(range(len(size)), key=lambda a: (not size[a], -scores[a], problem.turn[a]))
    place = {area: at for at, area in enumerate(order)}
    anew = replace(
        problem,
        value=tuple(size[area] * (scores[area] * factor - 1) for area in order),
        size=tuple(size[area] for area in order),
        turn=tuple(problem.turn[area] for area in order),
        touches=tuple(_moved(problem.touches[area], place) for area in order),
        close=tuple(_moved(problem.close[area], place) for area in order),
        required=_moved(problem.required, place),
    )
    return anew, order


def _moved(chosen: int, place: dict[int, int]) -> int:
    return sum(1 << place[area] for area in bits(chosen))
