"""Pilot areas grown one neighbour at a time and bettered by swaps: quick, and never proved."""

import heapq
from collections.abc import Iterable

from geo_wealth.drawing.search import Problem, bits, spread, ways

VISITS = 60_000
"""Areas looked at in swaps, over all sets together: a count, the same on every machine."""


def grown(problem: Problem) -> list[int]:
    """Grow a set from every area, always by the densest neighbour that may still join.

    With required areas there is one start: those, joined by the ways of fewest residents.

    Returns
    -------
    list of int
        Allowed sets, each once, the best first.
    """
    if problem.required:
        joined = join(problem, problem.required)
        starts = [joined] if joined else []
    else:
        starts = [1 << area for area in range(len(problem.value))]
    found = {extend(problem, start) for start in starts if problem.allows(start)}
    return _best_first(problem, found)


def bettered(problem: Problem, sets: Iterable[int], most: int = VISITS) -> list[int]:
    """Better each set by swaps of one area for another until none helps.

    Parameters
    ----------
    sets
        Allowed sets, the most promising first: when ``most`` is used up, those after stay as
        they are.
    most
        Areas to look at: taking one out for a try looks at all of its set.

    Returns
    -------
    list of int
        Allowed sets, each once, the best first.
    """
    swaps = _Swaps(problem, most)
    return _best_first(problem, {swaps.better(chosen) for chosen in dict.fromkeys(sets)})


def extend(problem: Problem, chosen: int) -> int:
    """Add the densest neighbour that may join, and adds value, until there is none."""
    room = problem.cap - problem.residents(chosen)
    near, edge = problem.near(chosen), problem.beside(chosen)
    while True:
        one = next(
            (
                area
                for area in bits(edge & near)
                if problem.size[area] <= room
                and problem.value[area] > 0
                and problem.within_limits(chosen | 1 << area)
            ),
            None,
        )
        if one is None:
            return chosen
        chosen |= 1 << one
        room -= problem.size[one]
        near &= problem.close[one] & ~chosen
        edge |= problem.touches[one]


def join(problem: Problem, required: int) -> int:
    """Join areas by ways of few residents, the nearest first; 0 where that is not possible."""
    chosen = 1 << next(bits(required))
    within = problem.near(required) | required
    while missing := required & ~chosen:
        found = ways(problem, chosen, within, problem.cap)
        reached = [area for area in bits(missing) if area in found]
        if not reached:
            return 0
        at = min(reached, key=lambda area: (found[area][0], area))
        while not chosen >> at & 1:
            chosen |= 1 << at
            at = found[at][1]
    return chosen


class _Swaps:
    def __init__(self, problem: Problem, most: int) -> None:
        self._problem = problem
        self._left = most

    def better(self, chosen: int) -> int:
        """Swap, and fill up what room that leaves, until nothing gains."""
        while (swapped := self._best_swap(chosen)) is not None:
            chosen = extend(self._problem, swapped)
        return chosen

    def _best_swap(self, chosen: int) -> int | None:
        """Find the swap that gains most: one area out, one that touches the rest in."""
        problem, best, gain = self._problem, None, 0
        room = problem.cap - problem.residents(chosen)
        for out in bits(chosen & ~problem.required):
            if self._left <= 0:
                break
            self._left -= chosen.bit_count()
            rest = chosen & ~(1 << out)
            if not rest or not problem.connected(rest):
                continue
            for area in bits(problem.near(rest) & problem.beside(rest) & ~(1 << out)):
                more = problem.value[area] - problem.value[out]
                if (
                    more > gain
                    and problem.size[area] <= room + problem.size[out]
                    and problem.within_limits(rest | 1 << area)
                ):
                    best, gain = rest | 1 << area, more
        return best


def _best_first(problem: Problem, sets: Iterable[int]) -> list[int]:
    return sorted(
        sets,
        key=lambda chosen: (
            -problem.total(chosen),
            sorted(problem.turn[area] for area in bits(chosen)),
        ),
    )


EXACT = 7
"""The fewest residents that join areas are exact for so many areas; of more, a lower bound."""


def fewest_residents(problem: Problem, required: int) -> int | None:
    """Count the residents of the smallest connected set that holds some areas.

    By the dynamic programme of Dreyfus and Wagner (1971), with weights on areas instead of
    lines. Whether the set's other areas are near enough to each other is not asked, so that
    it is a lower bound.

    Returns
    -------
    int or None
        None where no connected set holds them all.
    """
    ends = list(bits(required))[:EXACT]
    within = problem.near(required) | required
    if required & ~spread(problem, 1 << ends[0], within):
        return None
    best: list[dict[int, int]] = [{} for _ in range(1 << len(ends))]
    for place, area in enumerate(ends):
        best[1 << place] = _relaxed(problem, {area: problem.size[area]}, within)
    for group in range(1, 1 << len(ends)):
        if group.bit_count() > 1:
            best[group] = _relaxed(problem, _merged(problem, best, group), within)
    return best[-1][ends[0]]


def _merged(problem: Problem, best: list[dict[int, int]], group: int) -> dict[int, int]:
    """Join two smaller groups where they meet."""
    merged: dict[int, int] = {}
    part = (group - 1) & group
    while part:
        if part > group ^ part:
            other = best[group ^ part]
            for area, residents in best[part].items():
                total = residents + other[area] - problem.size[area]
                merged[area] = min(total, merged.get(area, total))
        part = (part - 1) & group
    return merged


def _relaxed(problem: Problem, found: dict[int, int], within: int) -> dict[int, int]:
    """Walk on from where a group ends, one area after the other."""
    queue = [(residents, area) for area, residents in found.items()]
    heapq.heapify(queue)
    while queue:
        sofar, area = heapq.heappop(queue)
        if sofar > found[area]:
            continue
        for other in bits(problem.touches[area] & within):
            there = sofar + problem.size[other]
            if there < found.get(other, there + 1):
                found[other] = there
                heapq.heappush(queue, (there, other))
    return found
