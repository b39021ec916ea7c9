"""Every connected set of areas that keeps to a request, where they are few enough to list."""

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from geo_wealth.drawing.search import Problem, bits
from geo_wealth.ranking import Floats

MOST_SETS = 500_000
"""Sets met at most: beyond, a list costs more than it tells. A count, not a time."""


@dataclass(slots=True)
class Sets:
    """Sets of areas, each grown from an earlier one by one area, or one area alone.

    Attributes
    ----------
    chosen
        The areas of each.
    parent, area
        The place of the set that each grew from, -1 for none, and the area that came to it.
    """

    chosen: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    area: list[int] = field(default_factory=list)

    def add(self, chosen: int, parent: int, area: int) -> int:
        """Add a set and give its place."""
        self.chosen.append(chosen)
        self.parent.append(parent)
        self.area.append(area)
        return len(self.chosen) - 1

    def totals(self, each: Floats) -> Floats:
        """Sum what each area has, (m, k), over each set, (s, k), in one order for all."""
        parent, area = np.array(self.parent), np.array(self.area)
        totals: Floats = each[area]
        generation = np.flatnonzero(parent >= 0)
        done = parent < 0
        while generation.size:
            ready = done[parent[generation]]
            now = generation[ready]
            totals[now] += totals[parent[now]]
            done[now] = True
            generation = generation[~ready]
        return totals


def every_set(problem: Problem, most: int = MOST_SETS) -> Sets | None:
    """List connected sets that keep to cap and width, each once; None beyond ``most``.

    From each area (or the first that is required), by taking or leaving one neighbour after
    the other, as :func:`geo_wealth.drawing.search.search` does, but with no bound. Those on
    the way that lack a required area are among them.

    Parameters
    ----------
    problem
        Without limits on what it shares with other sets.
    """
    met = Sets()
    for root in _roots(problem):
        _from_root(problem, root, met, most)
        if len(met.chosen) > most:
            return None
    return met


def _roots(problem: Problem) -> range:
    if not problem.required:
        return range(len(problem.value))
    first = next(bits(problem.required))
    return range(first, first + 1)


def _from_root(problem: Problem, root: int, met: Sets, most: int) -> None:
    """Add the sets in which an area is the first, until they are too many."""
    size, touches, close, wanted = problem.size, problem.touches, problem.close, problem.required
    sizes, fitting = _fitting(problem)
    one, room = 1 << root, problem.cap - size[root]
    if room < 0:
        return
    free = close[root] if wanted else close[root] & ~(2 * one - 1)
    branches = [(met.add(one, -1, root), room, touches[root] & free, free)]
    while branches and len(met.chosen) <= most:
        parent, room, edge, free = branches.pop()
        fits = fitting[bisect_right(sizes, room)]
        edge &= fits
        free &= fits
        if not edge or wanted & ~(met.chosen[parent] | free):
            continue
        one = edge & -edge
        edge ^= one
        free ^= one
        branches.append((parent, room, edge, free))
        area = one.bit_length() - 1
        grown = met.add(met.chosen[parent] | one, parent, area)
        near = free & close[area]
        branches.append((grown, room - size[area], (edge | touches[area]) & near, near))


def _fitting(problem: Problem) -> tuple[list[int], list[int]]:
    """Give all sizes in order, and the areas of the first so many of them."""
    order = sorted(range(len(problem.size)), key=problem.size.__getitem__)
    fitting = [0]
    for area in order:
        fitting.append(fitting[-1] | 1 << area)
    return [problem.size[area] for area in order], fitting
