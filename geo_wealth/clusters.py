"""Clusters of high and low values among neighbours: local Moran and Getis-Ord Gi*.

Significance is by conditional permutation: the value of the area stays, those of its
neighbours are drawn anew from all other areas. esda's own engine of permutations is not used:
its pseudo p-values are one-sided in whichever direction the data point, which its authors
advise against, and it compiles for some 20 seconds in every process.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_wealth.contiguity import Contiguity
from geo_wealth.errors import InvalidRequestError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]

DECIMALS = 9
"""Sums of standardised values that agree to so many decimals are equal: the rest is noise."""

CHUNK = 1_000
"""Permutations drawn at a time: the same seed gives the same draws, however many are asked."""

_AT_ONCE = 8_000
_EQUAL = 0.5 * 10**-DECIMALS

MORAN = {
    "high_high": "high among high",
    "low_low": "low among low",
    "high_low": "high among low",
    "low_high": "low among high",
    "not_significant": "not significant",
    "not_tested": "not tested",
    "no_neighbours": "no neighbours",
    "no_data": "no data",
}
"""Classes of local Moran: the area itself among its neighbours, against the mean of all."""

GI = {
    "high": "high",
    "low": "low",
    "not_significant": "not significant",
    "not_tested": "not tested",
    "no_neighbours": "no neighbours",
    "no_data": "no data",
}
"""Classes of Gi*: the area and its neighbours together, against the mean of all."""

_PERMUTATIONS = (99, 999_999)
_FEWEST = 3
_ERRORS = 2


@dataclass(frozen=True, slots=True)
class Permutations:
    """How significance is judged.

    Attributes
    ----------
    permutations
        How many, 99 to 999,999. The smallest pseudo p-value is 2 / (permutations + 1): with 999
        it is .002, and of 260 areas no one is significant at 5 % until 11 are at it; with 9,999
        the areas found near the line still differ from seed to seed; hence more.
    seed
        Of the generator (PCG64): the same seed draws the same permutations.
    alpha
        Share of false findings among all areas called significant that is accepted on average
        (Benjamini and Hochberg), above 0 and up to .2.

    Raises
    ------
    InvalidRequestError
        For a number that is not allowed.
    """

    permutations: int = 99_999
    seed: int = 1
    alpha: float = 0.05

    def __post_init__(self) -> None:
        low, high = _PERMUTATIONS
        if not low <= self.permutations <= high:
            raise InvalidRequestError(
                "permutations",
                f"give a whole number from {low} to {high:,}; found {self.permutations}.",
            )
        if self.seed < 0:
            raise InvalidRequestError(
                "seed", f"give a whole number of 0 or more; found {self.seed}."
            )
        if not 0 < self.alpha <= 0.2:
            raise InvalidRequestError("alpha", f"give a number up to 0.2; found {self.alpha}.")

    @property
    def smallest(self) -> float:
        """The smallest pseudo p-value that so many permutations can give."""
        return 2 / (self.permutations + 1)

    def fewest(self, areas: int) -> int:
        """Say how many areas must be at the smallest p-value before any is significant."""
        return int(np.ceil(round(self.smallest * areas / self.alpha, DECIMALS)))


@dataclass(frozen=True, slots=True)
class Clusters:
    """What n areas and their neighbours show.

    Attributes
    ----------
    moran
        (n,) I_i = (z_i / m2) sum of w_ij z_j, m2 = sum of z^2 / n, w row-standardised; NaN
        without data or neighbours.
    gi
        (n,) Gi* as a standard score, binary weights, the area itself included; NaN likewise, and
        where an area touches all others, so that its sum is the same for all.
    p
        (n,) two-sided pseudo p-values. Given the value of an area both statistics rise with
        the sum of its neighbours' values, so that one p-value serves both.
    q
        (n,) the same, adjusted for the false discovery rate over all areas tested.
    moran_class, gi_class
        (n,) keys of :data:`MORAN` and :data:`GI`.
    unsettled
        (n,) whether q is within two Monte Carlo standard errors of the rate, so that other
        draws may call the area otherwise.
    tested
        How many areas have a value and a neighbour that has one; of fewer than three nothing
        can be tested, and it is 0.
    """

    moran: Floats
    gi: Floats
    p: Floats
    q: Floats
    moran_class: tuple[str, ...]
    gi_class: tuple[str, ...]
    unsettled: NDArray[np.bool_]
    tested: int


def local_clusters(
    values: ArrayLike, contiguity: Contiguity, how: Permutations | None = None
) -> Clusters:
    """Find where high, or low, values stand among neighbours more than chance would have it.

    Local Moran after Anselin, "Local indicators of spatial association", Geographical Analysis
    27 (1995), 93-115; Gi* after Ord and Getis, "Local spatial autocorrelation statistics", ibid.
    286-306; false discovery rate after Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995).

    Parameters
    ----------
    values
        (n,) in the order of ``contiguity.codes``; NaN where missing. Missing areas take no part
        and are nobody's neighbour.
    how
        Permutations, seed and rate; 99,999, 1 and .05 unless given.
    """
    how = how or Permutations()
    column = np.asarray(values, dtype=np.float64)
    n, known = column.size, np.isfinite(column)
    near = [[other for other in contiguity.neighbours[i] if known[other]] for i in range(n)]
    tested = np.flatnonzero([known[i] and bool(near[i]) for i in range(n)])
    blank = np.full(n, np.nan)
    moran, gi, p, q = (blank.copy() for _ in range(4))
    unsettled = np.zeros(n, dtype=bool)
    if tested.size >= _FEWEST:
        position = {int(place): row for row, place in enumerate(tested)}
        rows = [[position[other] for other in near[place]] for place in tested]
        found = _tested(column[tested], rows, how)
        moran[tested], gi[tested], p[tested], q[tested], unsettled[tested], labels = found
    else:
        labels = [("not_tested", "not_tested")] * tested.size
    classes = {int(place): label for place, label in zip(tested, labels, strict=True)}
    for i in range(n):
        lacking = "no_neighbours" if known[i] else "no_data"
        classes.setdefault(i, (lacking, lacking))
    return Clusters(
        moran=moran,
        gi=gi,
        p=p,
        q=q,
        moran_class=tuple(classes[i][0] for i in range(n)),
        gi_class=tuple(classes[i][1] for i in range(n)),
        unsettled=unsettled,
        tested=int(tested.size) if tested.size >= _FEWEST else 0,
    )


def _tested(
    y: Floats, rows: Sequence[Sequence[int]], how: Permutations
) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.bool_], list[tuple[str, str]]]:
    """Judge areas that all have a value and neighbours."""
    spread = y.std()
    if np.ptp(y) == 0 or spread == 0:  # nothing varies: nothing can cluster
        nought, one = np.zeros(y.size), np.ones(y.size)
        labels = [("not_significant", "not_significant")] * y.size
        return nought, nought, one, one, np.zeros(y.size, dtype=bool), labels
    z = (y - y.mean()) / spread
    moran, gi = _statistics(z, rows)
    above, below = _extremes(z, rows, how)
    p = np.minimum(1.0, 2 * (1 + np.minimum(above, below)) / (how.permutations + 1))
    q, unsettled = _adjusted(p, how)
    significant, upper = np.round(q, DECIMALS) <= how.alpha, above < below
    labels = [
        (_moran_class(z[i], z[list(near)].mean(), upper[i]), _gi_class(gi[i], upper[i]))
        if significant[i]
        else ("not_significant", "not_significant")
        for i, near in enumerate(rows)
    ]
    return moran, gi, p, q, unsettled, labels


def _adjusted(p: Floats, how: Permutations) -> tuple[Floats, NDArray[np.bool_]]:
    """Adjust p-values after Benjamini and Hochberg; tell which are too near the rate to call.

    The q of an area is m p / k of the area at some place k at or after its own, and has that
    one's Monte Carlo error: p / 2 is a share of the permutations.
    """
    order, places = np.argsort(p, kind="stable"), np.arange(p.size)
    ratio = p[order] * p.size / (places + 1)
    least = np.minimum.accumulate(ratio[::-1])[::-1]
    reached = np.where(ratio == least, places, p.size)
    deciding = np.minimum.accumulate(reached[::-1])[::-1]
    half = p[order][deciding] / 2
    error = least * np.sqrt((1 - half) / (half * how.permutations))
    q, unsettled = np.empty(p.size), np.empty(p.size, dtype=bool)
    q[order] = np.minimum(least, 1)
    unsettled[order] = np.abs(least - how.alpha) <= _ERRORS * error
    return q, unsettled


def _statistics(z: Floats, rows: Sequence[Sequence[int]]) -> tuple[Floats, Floats]:
    """Have esda work out I_i and the standard scores of Gi*."""
    # Imported here: esda brings scikit-learn with it, and most commands need neither.
    from esda.getisord import G_Local  # noqa: PLC0415  (slow to import)
    from esda.moran import Moran_Local  # noqa: PLC0415  (as above)

    with warnings.catch_warnings():  # esda turns a warning of scipy's on for everyone
        moran = Moran_Local(z, _graph(rows), transformation="r", permutations=0)
        # Gi* divides by the sum of the values; to add a constant changes no score of it.
        positive = z - z.min() + 1
        with np.errstate(divide="ignore", invalid="ignore"):
            gi = G_Local(positive, _graph(rows), transform="B", star=True, permutations=0)
    whole = np.array([len(near) == z.size - 1 for near in rows])
    scores = np.where(whole, np.nan, gi.Zs)  # 0 / 0: the sum over all is the same for any order
    # esda divides by n - 1 where Anselin's m2 divides by n.
    return np.asarray(moran.Is) * z.size / (z.size - 1), scores


def _graph(rows: Sequence[Sequence[int]]) -> Any:
    """Give the neighbours as binary weights of libpysal."""
    from libpysal.graph import Graph  # noqa: PLC0415  (slow to import)

    focal = np.repeat(np.arange(len(rows)), [len(near) for near in rows])
    other = np.concatenate([np.asarray(near, dtype=np.int64) for near in rows])
    return Graph.from_arrays(focal, other, np.ones(focal.size))


def _extremes(z: Floats, rows: Sequence[Sequence[int]], how: Permutations) -> tuple[Ints, Ints]:
    """Count the permutations in which neighbours sum to as much or more, and as little or less."""
    most = max(len(near) for near in rows)
    observed = np.array([z[list(near)].sum() for near in rows])
    above, below = np.zeros(z.size, dtype=np.int64), np.zeros(z.size, dtype=np.int64)
    drawn = _draws(z.size - 1, most, how.permutations, how.seed)
    for start in range(0, how.permutations, _AT_ONCE):
        part = drawn[:, start : start + _AT_ONCE].astype(np.intp)
        for i, near in enumerate(rows):
            sums = np.delete(z, i).take(part[: len(near)]).sum(axis=0)
            above[i] += np.count_nonzero(sums >= observed[i] - _EQUAL)
            below[i] += np.count_nonzero(sums <= observed[i] + _EQUAL)
    return above, below


@lru_cache(maxsize=4)
def _draws(others: int, most: int, permutations: int, seed: int) -> Ints32:
    """Draw positions of neighbours, (most, permutations), the same for every area and value."""
    generator = np.random.Generator(np.random.PCG64(seed))
    unmoved = np.broadcast_to(np.arange(others, dtype=np.int32), (CHUNK, others))
    drawn = np.empty((most, permutations), dtype=np.int32)
    for start in range(0, permutations, CHUNK):
        chunk = generator.permuted(unmoved, axis=1)[: permutations - start, :most]
        drawn[:, start : start + CHUNK] = chunk.T
    drawn.flags.writeable = False  # it is remembered, and shared
    return drawn


def _moran_class(own: float, around: float, upper: np.bool_) -> str:
    """Name the area, and its neighbours where their mean and the test point the same way."""
    if (around > 0) != upper:
        return "not_significant"
    return f"{'high' if own > 0 else 'low'}_{'high' if upper else 'low'}"


def _gi_class(score: float, upper: np.bool_) -> str:
    """Name the direction in which area and neighbours together, and the test, both point."""
    if upper:
        return "high" if score > 0 else "not_significant"
    return "low" if score < 0 else "not_significant"
