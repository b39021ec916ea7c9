"""The best connected set of areas under a cap, by branch and bound: proved, or with a bound.

Sets of areas are whole numbers whose bits are areas. Areas stand in order of density (value
for each resident), so that the lowest bits of a set are what a knapsack takes first.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

STEPS = 200_000
"""Work before a search ends without proof: a count, the same on every machine.

Each branch tried counts, and each area met in looking for ways to required areas.
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Areas that may be drawn, m in order of density, and what a set of them must keep to.

    Attributes
    ----------
    value
        (m,) what each adds: whole numbers, so that sums are exact; may be negative.
    size
        (m,) residents of each, 0 or more.
    turn
        (m,) place of each in the order of codes, which decides between equal sets.
    touches, close
        (m,) the areas that touch each, and those near enough to be in one set with it.
    cap
        Most residents together.
    required
        Areas that must be in the set.
    limits
        Pairs of areas and how many of these the set may hold at most.
    """

    value: tuple[int, ...]
    size: tuple[int, ...]
    turn: tuple[int, ...]
    touches: tuple[int, ...]
    close: tuple[int, ...]
    cap: int
    required: int = 0
    limits: tuple[tuple[int, int], ...] = ()

    def total(self, chosen: int) -> int:
        """Sum the values of a set."""
        return sum(self.value[area] for area in bits(chosen))

    def residents(self, chosen: int) -> int:
        """Sum the residents of a set."""
        return sum(self.size[area] for area in bits(chosen))

    def before(self, one: int, other: int) -> bool:
        """Tell whether of two sets of equal value the first has the lower codes."""
        return sorted(self.turn[area] for area in bits(one)) < sorted(
            self.turn[area] for area in bits(other)
        )

    def within_limits(self, chosen: int) -> bool:
        """Tell whether a set holds no more of some areas than it may."""
        return all((chosen & some).bit_count() <= most for some, most in self.limits)

    def near(self, chosen: int) -> int:
        """Give the areas near enough to all of a set to join it."""
        joining = (1 << len(self.value)) - 1
        for area in bits(chosen):
            joining &= self.close[area]
        return joining & ~chosen

    def beside(self, chosen: int) -> int:
        """Give the areas that touch a set and are not in it."""
        near = 0
        for area in bits(chosen):
            near |= self.touches[area]
        return near & ~chosen

    def connected(self, chosen: int) -> bool:
        """Tell whether one can walk through a set from any of its areas to any other."""
        return spread(self, chosen & -chosen, chosen) == chosen

    def allows(self, chosen: int) -> bool:
        """Tell whether a set keeps to everything."""
        return bool(
            chosen
            and chosen & self.required == self.required
            and self.residents(chosen) <= self.cap
            and all(chosen & ~self.close[area] == 1 << area for area in bits(chosen))
            and self.within_limits(chosen)
            and self.connected(chosen)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """The best set found; see :func:`search`.

    Attributes
    ----------
    chosen
        Its areas; 0 where none was found.
    ceiling
        No allowed set has a higher value; None where nothing is left that could be allowed.
    steps
        Work done: branches tried, and areas met in looking for ways.
    """

    chosen: int
    value: int
    ceiling: int | None
    steps: int

    @property
    def proved(self) -> bool:
        """Tell whether nothing better exists; where nothing was found, nothing at all."""
        return self.ceiling is None or (self.chosen != 0 and self.ceiling <= self.value)


@dataclass(slots=True)
class _Branch:
    """A set, what it has and may have yet, and which neighbours are still to be tried.

    ``way`` are areas through which those that must be in it were reached, at most ``far``
    residents away: while all of these may be taken, they need not be looked for again.
    """

    chosen: int
    value: int
    room: int
    edge: int
    free: int
    way: int = 0
    far: int = 0


def bits(areas: int) -> Iterator[int]:
    """List the areas of a set, in order."""
    while areas:
        lowest = areas & -areas
        yield lowest.bit_length() - 1
        areas ^= lowest


def spread(problem: Problem, start: int, within: int) -> int:
    """Give a set with all that can be walked to from it through areas of another."""
    reached = edge = start
    while edge:
        edge = problem.beside(edge) & within & ~reached
        reached |= edge
    return reached


def ways(problem: Problem, start: int, within: int, most: int) -> dict[int, tuple[int, int]]:
    """Find the ways of fewest residents from a set to other areas.

    Only areas of ``within`` are walked through, and ways of more than ``most`` are left out.

    Returns
    -------
    dict
        For each area reached the residents on its way, its own among them and those of the
        set not, and the area before it; areas of the set have 0 and themselves.
    """
    found = {area: (0, area) for area in bits(start)}
    queue = [(0, area) for area in found]
    while queue:
        sofar, area = heapq.heappop(queue)
        if sofar > found[area][0]:
            continue
        for other in bits(problem.touches[area] & within & ~start):
            there = sofar + problem.size[other]
            if there <= most and (other not in found or there < found[other][0]):
                found[other] = (there, area)
                heapq.heappush(queue, (there, other))
    return found


def search(problem: Problem, start: int = 0, steps: int = STEPS) -> Found:
    """Find the allowed set of highest value; of equal ones that with the lowest codes.

    Every connected set is met at most once: from its densest area (or a required one), by
    taking or leaving one neighbour after the other. A branch ends where even a fractional
    knapsack of all that it could still take does not come up to the best set so far.

    Parameters
    ----------
    start
        An allowed set to do better than; 0 for none.
    steps
        Work to do at most, as :data:`STEPS`.
    """
    return _Search(problem, start, steps).run()


class _Search:
    def __init__(self, problem: Problem, start: int, most: int) -> None:
        self._problem = problem
        self._most = most
        self._steps = 0
        self._best = start
        self._value = problem.total(start)
        self._ceiling: int | None = self._value if start else None

    def run(self) -> Found:
        for root in self._roots():
            self._from_root(root)
        return Found(self._best, self._value, self._ceiling, self._steps)

    def _roots(self) -> range:
        required = self._problem.required
        if not required:
            return range(len(self._problem.value))
        first = next(bits(required))
        return range(first, first + 1)

    def _from_root(self, root: int) -> None:
        problem, one = self._problem, 1 << root
        room = problem.cap - problem.size[root]
        free = problem.near(problem.required | one) | (problem.required & ~one)
        if not problem.required:
            free &= ~(one - 1)  # sets with a denser area were met from that
        if room < 0 or not problem.within_limits(one):
            return
        branch = _Branch(one, problem.value[root], room, problem.touches[root] & free, free)
        above = self._bound(branch)
        if above is None or (self._best and above < self._value):
            return
        self._offer(branch)
        branch.free &= sum(1 << area for area in ways(problem, one, free, room))
        self._grow([branch])

    def _grow(self, branches: list[_Branch]) -> None:
        """Try all that a branch can become, the last one first."""
        problem = self._problem
        while branches:
            branch = branches[-1]
            self._drop_too_big(branch)
            above = self._bound(branch) if branch.edge else None
            if above is None or (self._best and above < self._value):
                branches.pop()
                continue
            if self._steps >= self._most:
                self._raise_ceiling(above)
                branches.pop()
                continue
            self._steps += 1
            one = branch.edge & -branch.edge
            branch.edge ^= one
            branch.free ^= one
            if not problem.limits or problem.within_limits(branch.chosen | one):
                branches.append(self._with(branch, one))
                self._offer(branches[-1])

    def _with(self, branch: _Branch, one: int) -> _Branch:
        problem, area = self._problem, one.bit_length() - 1
        free = branch.free & problem.close[area]
        return _Branch(
            chosen=branch.chosen | one,
            value=branch.value + problem.value[area],
            room=branch.room - problem.size[area],
            edge=(branch.edge | problem.touches[area]) & free,
            free=free,
            way=branch.way,
            far=branch.far,
        )

    def _drop_too_big(self, branch: _Branch) -> None:
        for area in bits(branch.edge):
            if self._problem.size[area] > branch.room:
                branch.edge ^= 1 << area
                branch.free ^= 1 << area

    def _offer(self, branch: _Branch) -> None:
        """Take a branch's set for the best, if it is allowed and better."""
        if branch.value < self._value and self._best:
            return
        problem = self._problem
        if problem.required & ~branch.chosen:
            return
        if (
            not self._best
            or branch.value > self._value
            or problem.before(branch.chosen, self._best)
        ):
            self._best, self._value = branch.chosen, branch.value
            self._raise_ceiling(branch.value)

    def _raise_ceiling(self, value: int) -> None:
        self._ceiling = value if self._ceiling is None else max(self._ceiling, value)

    def _bound(self, branch: _Branch) -> int | None:
        """Give what no set of a branch exceeds; None where none can be allowed."""
        problem, room, total, free = self._problem, branch.room, branch.value, branch.free
        missing = problem.required & ~branch.chosen
        if missing:
            if not self._can_join(branch, missing):
                return None
            free &= ~missing
            for area in bits(missing):
                room -= problem.size[area]
                total += problem.value[area]
        value, size = problem.value, problem.size
        while free:
            lowest = free & -free
            area = lowest.bit_length() - 1
            if value[area] <= 0:
                break
            if size[area] > room:
                return total + room * value[area] // size[area]
            total += value[area]
            room -= size[area]
            free ^= lowest
        return total

    def _can_join(self, branch: _Branch, missing: int) -> bool:
        """Tell whether the areas that must be in it can be reached in the room that is left."""
        if self._problem.residents(missing) > branch.room or missing & ~branch.free:
            return False
        if (
            branch.way
            and branch.far <= branch.room
            and not branch.way & ~(branch.free | branch.chosen)
        ):
            return True
        reached = ways(self._problem, branch.chosen, branch.free, branch.room)
        self._steps += len(reached)
        if any(area not in reached for area in bits(missing)):
            return False
        branch.far = max(reached[area][0] for area in bits(missing))
        branch.way = 0
        for area in bits(missing):
            at = area
            while not branch.chosen >> at & 1:
                branch.way |= 1 << at
                at = reached[at][1]
        return True
