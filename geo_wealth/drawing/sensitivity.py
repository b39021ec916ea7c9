"""How far the best pilot area depends on the weights: the same drawing under many weightings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo_wealth.drawing.draw import draw
from geo_wealth.drawing.every import MOST_SETS, Sets, every_set
from geo_wealth.drawing.ground import SCALE, Ground
from geo_wealth.drawing.redraw import redrawn
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.drawing.search import STEPS, bits
from geo_wealth.drawing.sketch import Sketch, sketch
from geo_wealth.ranking import Aggregate, Floats, score_draws
from geo_wealth.robustness.weights import Weightings, draw_weights

Ints = NDArray[np.int64]

USUAL = Weightings()
"""How weights are drawn: as for the ranges of ranks."""

GEOMETRIC_DRAWS = 1_000
MOST_GEOMETRIC = 100_000
"""Weightings and sets under the geometric mean, where no set can be ruled out beforehand."""

REDRAWS = 100
"""Weightings where the area is drawn anew under each; a third of one drawing's branches."""

WORST = 0.05
"""Share of the weightings that the worst reach leaves aside."""

OFTEN = 0.9
HALF = 0.5
"""Shares of the weightings from which an area is said to stay, and to be in it mostly."""

_ROUNDING = 4e-9  # what two rounded scores can gain on two others, for each resident
_CHUNK = 500  # weightings at once


@dataclass(frozen=True, slots=True)
class Scoring:
    """What the scores of areas are made of.

    Attributes
    ----------
    codes, normalised
        (n,) the areas that are ranked, and (n, k) their normalised indicators; None only where
        the weight is 0.
    weights
        (k,) as chosen.
    """

    codes: tuple[str, ...]
    normalised: tuple[tuple[float | None, ...], ...]
    weights: tuple[float, ...]
    aggregate: Aggregate

    def matrix(self, codes: Sequence[str]) -> Floats:
        """Give the normalised indicators of areas, those of weight 0 left out."""
        rows = dict(zip(self.codes, self.normalised, strict=True))
        matrix = np.array([rows[code] for code in codes], dtype=np.float64)
        return matrix.reshape(len(codes), -1)[:, np.array(self.weights) > 0]

    def values(self, codes: Sequence[str], weightings: Floats) -> Ints:
        """Give the scores of areas under weightings, (areas, draws), in billionths."""
        used = weightings[:, np.array(self.weights) > 0]
        scores = score_draws(self.matrix(codes), used, self.aggregate)
        return np.rint(scores.T * SCALE).astype(np.int64)


@dataclass(frozen=True, slots=True)
class OfSet:
    """How a set of areas stands under the weightings; shares are of the weightings.

    Attributes
    ----------
    best
        Share in which it is the best area.
    half
        Share in which the best area holds at least half of its LSOAs.
    median_reach, worst_reach
        Its reach as a share of the best area's: at least so much in half of the weightings, and
        in 95 %. None where an area is not ranked, or the best reach is not above 0.
    """

    best: float
    half: float
    median_reach: float | None
    worst_reach: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """The best areas under many weightings.

    Attributes
    ----------
    sets
        How many sets keep to the request; all were compared under every weighting. None where
        they are too many, and the area was drawn anew under each.
    unproved
        In how many weightings the search ended without proof that its area is the best.
    winners
        The codes of each set that is best under some weighting, the most often first.
    which
        (draws,) the winner of each weighting.
    reach
        (draws,) its reach, in billionths.
    shares
        By code: share of the weightings in which the area is in the best set; those of 0 are
        left out.
    """

    how: Weightings
    sets: int | None
    unproved: int
    winners: tuple[tuple[str, ...], ...]
    which: Ints
    reach: Ints
    shares: dict[str, float]
    ground: Ground
    scoring: Scoring

    def often(self, share: float) -> tuple[str, ...]:
        """Give the codes of areas that are in the best set in at least that share."""
        return tuple(code for code, found in self.shares.items() if found >= share)

    def of(self, codes: Sequence[str]) -> OfSet:
        """Say how a set stands under the weightings."""
        draws = self.how.draws
        wins = np.bincount(self.which, minlength=len(self.winners))
        chosen = set(codes)
        same = sum(int(wins[at]) for at, each in enumerate(self.winners) if set(each) == chosen)
        half = sum(
            int(wins[at])
            for at, each in enumerate(self.winners)
            if 2 * len(chosen.intersection(each)) >= len(chosen)
        )
        ratio = self._ratio(codes)
        return OfSet(
            best=same / draws,
            half=half / draws,
            median_reach=None if ratio is None else float(ratio[draws // 2]),
            worst_reach=None if ratio is None else float(ratio[int(WORST * draws)]),
        )

    def _ratio(self, codes: Sequence[str]) -> Floats | None:
        """Give the reach of a set as a share of the best's under each weighting, ascending."""
        places = [self.ground.places[at] for at in self.ground.positions(codes)]
        if any(place.why_not is not None for place in places) or self.reach.min() <= 0:
            return None
        people = np.array([place.residents or 0 for place in places])
        weightings = draw_weights(self.scoring.weights, self.how)
        values = self.scoring.values([place.code for place in places], weightings)
        return np.sort((people @ values) / self.reach)


@lru_cache(maxsize=16)
def sensitivity(
    ground: Ground,
    request: DrawRequest,
    allowed: frozenset[str] | None,
    scoring: Scoring,
    how: Weightings = USUAL,
    most: int = MOST_SETS,
) -> Sensitivity:
    """Find the best area under each of many weightings drawn around the chosen ones.

    All sets that keep to the request are listed once. Under the linear mean the reach of a set
    is linear in the weights: those that another set beats on every indicator are never best
    and fall away. The rest are compared in whole numbers; ties fall as in the drawing. Where
    the sets are too many, the area is drawn anew under 100 weightings.

    Parameters
    ----------
    most
        Sets met at most before it is drawn anew; fewer under the geometric mean.

    Raises
    ------
    InvalidRequestError
        When no set of areas can keep to the request.
    """
    best = ground.positions(draw(ground, request, allowed).best.facts.codes)
    drawn_on = sketch(ground, request, allowed)
    linear = scoring.aggregate == "linear"
    met = every_set(drawn_on.problem, most if linear else min(most, MOST_GEOMETRIC))
    if met is None:
        return _redrawn(ground, drawn_on, best, scoring, how)
    kept = _that_hold(met, drawn_on.problem.required)
    sets = len(kept)
    how = how if linear else replace(how, draws=min(how.draws, GEOMETRIC_DRAWS))
    codes = _codes(ground, drawn_on)
    if linear:
        kept = _unbeaten(met, kept, drawn_on, scoring.matrix(codes))
    listed = _in_order([met.chosen[at] for at in kept], drawn_on)
    values = scoring.values(codes, draw_weights(scoring.weights, how))
    which, reach = _best(listed, drawn_on, values)
    found = Sensitivity(how, sets, 0, (), which, reach, {}, ground, scoring)
    return _told(found, drawn_on, listed)


def _redrawn(
    ground: Ground, drawn_on: Sketch, start: Sequence[int], scoring: Scoring, how: Weightings
) -> Sensitivity:
    """Draw anew under fewer weightings, from the area drawn under the chosen one."""
    place = {at: area for area, at in enumerate(drawn_on.places)}
    how = replace(how, draws=REDRAWS)
    values = scoring.values(_codes(ground, drawn_on), draw_weights(scoring.weights, how))
    best, unproved = redrawn(
        drawn_on.problem, values.T.tolist(), sum(1 << place[at] for at in start), STEPS // 3
    )
    listed = sorted(set(best))
    which = np.array([listed.index(chosen) for chosen in best])
    reach = _totals(listed, drawn_on, values)[which, np.arange(len(which))]
    found = Sensitivity(how, None, unproved, (), which, reach, {}, ground, scoring)
    return _told(found, drawn_on, listed)


def _codes(ground: Ground, drawn_on: Sketch) -> list[str]:
    return [ground.places[at].code for at in drawn_on.places]


def _that_hold(met: Sets, required: int) -> Ints:
    """Give the places of the sets that hold what must be in them."""
    return np.array(
        [at for at, chosen in enumerate(met.chosen) if chosen & required == required],
        dtype=np.int64,
    )


def _unbeaten(met: Sets, kept: Ints, drawn_on: Sketch, matrix: Floats) -> Ints:
    """Keep the sets that no other beats on every indicator by more than rounding can undo."""
    people = np.array(drawn_on.problem.size, dtype=np.float64)[:, None]
    reach = met.totals(people * matrix)[kept]
    margin = _ROUNDING * drawn_on.problem.cap
    left = np.argsort(-reach.sum(axis=1), kind="stable")
    found = []
    while left.size:
        first, left = left[0], left[1:]
        found.append(int(kept[first]))
        left = left[~(reach[first] >= reach[left] + margin).all(axis=1)]
    return np.array(found, dtype=np.int64)


def _in_order(sets: Sequence[int], drawn_on: Sketch) -> list[int]:
    """Put first what wins a tie: fewer residents, then lower codes."""
    problem = drawn_on.problem
    return sorted(
        sets,
        key=lambda chosen: (
            problem.residents(chosen),
            sorted(problem.turn[area] for area in bits(chosen)),
        ),
    )


def _best(sets: Sequence[int], drawn_on: Sketch, values: Ints) -> tuple[Ints, Ints]:
    """Give the best set of each weighting, by its place, and its reach."""
    which, reach = [], []
    for start in range(0, values.shape[1], _CHUNK):
        totals = _totals(sets, drawn_on, values[:, start : start + _CHUNK])
        first = totals.argmax(axis=0)
        which.append(first)
        reach.append(totals[first, np.arange(len(first))])
    return np.concatenate(which), np.concatenate(reach)


def _totals(sets: Sequence[int], drawn_on: Sketch, values: Ints) -> Ints:
    """Give the reach of each set under each weighting, (s, d), in billionths."""
    people = np.array(drawn_on.problem.size, dtype=np.int64)[:, None]
    listed = [list(bits(chosen)) for chosen in sets]
    starts = np.concatenate([[0], np.cumsum([len(each) for each in listed])])
    columns = np.array([area for each in listed for area in each])
    ones = np.ones(len(columns), dtype=np.int64)
    members = csr_array((ones, columns, starts), shape=(len(listed), len(people)))
    return np.asarray(members @ (people * values), dtype=np.int64)


def _told(found: Sensitivity, drawn_on: Sketch, best: Sequence[int]) -> Sensitivity:
    """Name the winners, the most often first, and count each area in them."""
    wins = np.bincount(found.which, minlength=len(best))
    order = np.argsort(-wins, kind="stable")[: np.count_nonzero(wins)]
    turn = np.zeros(len(wins), dtype=np.int64)
    turn[order] = np.arange(len(order))
    codes = _codes(found.ground, drawn_on)
    winners = tuple(tuple(sorted(codes[area] for area in bits(best[at]))) for at in order)
    counts = Counter[str]()
    for at, each in zip(order, winners, strict=True):
        counts.update(dict.fromkeys(each, int(wins[at])))
    shares = {code: counts[code] / found.how.draws for code in sorted(counts)}
    return replace(found, winners=winners, which=turn[found.which], shares=shares)
