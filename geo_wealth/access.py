"""Access to what is near: floating catchments over straight-line distances in metres.

The two-step floating catchment (2SFCA) is Luo and Wang (2003), Environment and Planning B
30(6), 865-884; the enhanced one with bands (E2SFCA) Luo and Qi (2009), Health & Place 15(4),
1100-1107, whose first set of band weights (Gaussian, 1, .68, .22) is the default here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

WALKING_BANDS: tuple[float, ...] = (400.0, 800.0, 1200.0)
"""Metres: about 5, 10 and 15 minutes on foot."""

BAND_WEIGHTS: tuple[float, ...] = (1.0, 0.68, 0.22)
"""Luo and Qi (2009), the slower of their two decays, for the first, second and third band."""


@dataclass(frozen=True, slots=True)
class Catchment:
    """What reaches each demand point.

    Attributes
    ----------
    access
        (n,) supply per unit of demand: pounds, or buildings, per resident. 0 where nothing
        is in reach, which is a finding and not a gap.
    reach
        (n,) how many supply points lie within the outermost band.
    top
        (n,) position of the supply point that adds most; -1 where none adds anything.
    top_share
        (n,) its share of all that is added (credits, which take away, left out); NaN there.
    stranded
        (m,) True where no demand is in reach of the supply point, so that it reaches nobody.
    pairs, gains
        (p,) what each supply point adds to the access of each demand point in its reach.
    """

    access: Floats
    reach: Indices
    top: Indices
    top_share: Floats
    stranded: NDArray[np.bool_]
    pairs: "Pairs"
    gains: Floats


@dataclass(frozen=True, slots=True)
class Pairs:
    """Demand and supply points within reach of each other, in order of demand, then supply."""

    demand: Indices
    supply: Indices
    distance: Floats


@dataclass(frozen=True, slots=True)
class Gathered:
    """What reaches areas that are made of demand points.

    Attributes
    ----------
    access
        (a,) mean over an area's points; NaN for an area without any.
    top, top_share
        (a,) as in :class:`Catchment`, for the area as a whole.
    """

    access: Floats
    top: Indices
    top_share: Floats


def within(demand_xy: ArrayLike, supply_xy: ArrayLike, distance: float) -> Pairs:
    """Find all pairs no further apart than a distance, the distance itself included.

    Parameters
    ----------
    demand_xy, supply_xy
        (n, 2) and (m, 2) eastings and northings, EPSG:27700 metres, none missing.
    distance
        Metres, straight-line.
    """
    origins, targets = _points(demand_xy), _points(supply_xy)
    if not len(origins) or not len(targets):
        none = np.empty(0, dtype=np.int64)
        return Pairs(none, none, np.empty(0))
    tree = shapely.STRtree(shapely.points(targets))
    found = tree.query(shapely.points(origins), predicate="dwithin", distance=distance)
    demand, supply = found[:, np.lexsort((found[1], found[0]))].astype(np.int64)
    gap = origins[demand] - targets[supply]
    return Pairs(demand, supply, np.hypot(gap[:, 0], gap[:, 1]))


def float_catchment(
    supply_xy: ArrayLike,
    supply: ArrayLike,
    demand_xy: ArrayLike,
    demand: ArrayLike,
    *,
    bands: Sequence[float] = WALKING_BANDS,
    weights: Sequence[float] = BAND_WEIGHTS,
) -> Catchment:
    """Share each supply among the demand in its reach, then add up what reaches each point.

    ``R_j = S_j / sum_k P_k w(d_kj)`` and ``A_i = sum_j R_j w(d_ij)``, so that
    ``sum_i P_i A_i`` equals the supply that is not stranded. One band with weight 1 is the
    plain 2SFCA.

    Parameters
    ----------
    supply_xy, supply
        (m, 2) and (m,): places, EPSG:27700 metres, and their amounts. Negative amounts
        (credits) are allowed.
    demand_xy, demand
        (n, 2) and (n,): places and residents, not negative.
    bands
        Outer edges in metres, ascending; an edge belongs to the band inside it.
    weights
        One for each band, above 0.

    Raises
    ------
    ValueError
        When shapes disagree, a value is missing, or bands or weights make no sense.
    """
    edges, decay = _decay(bands, weights)
    amounts, people = _amounts(supply, supply_xy), _amounts(demand, demand_xy)
    if (people < 0).any():
        raise ValueError("A demand is negative.")
    pairs = within(demand_xy, supply_xy, float(edges[-1]))
    weight = decay[np.minimum(np.searchsorted(edges, pairs.distance), len(edges) - 1)]
    crowd = np.bincount(pairs.supply, people[pairs.demand] * weight, minlength=len(amounts))
    stranded = crowd <= 0
    ratio = np.divide(amounts, crowd, out=np.zeros(len(amounts)), where=~stranded)
    gains = ratio[pairs.supply] * weight
    top, top_share = _largest(pairs, gains, len(people))
    return Catchment(
        access=np.bincount(pairs.demand, gains, minlength=len(people)).astype(np.float64),
        reach=np.bincount(pairs.demand, minlength=len(people)).astype(np.int64),
        top=top,
        top_share=top_share,
        stranded=stranded,
        pairs=pairs,
        gains=gains,
    )


def gather(catchment: Catchment, area: ArrayLike, areas: int) -> Gathered:
    """Average what reaches demand points over the areas they stand for, equally many each.

    Parameters
    ----------
    catchment
        Of n demand points.
    area
        (n,) position of the area of each demand point.
    areas
        How many areas there are.
    """
    of = np.asarray(area, dtype=np.int64)
    points = np.bincount(of, minlength=areas)
    total = np.bincount(of, catchment.access, minlength=areas)
    width = max(len(catchment.stranded), 1)
    both, place = np.unique(
        of[catchment.pairs.demand] * width + catchment.pairs.supply, return_inverse=True
    )
    sums = np.bincount(place, catchment.gains).astype(np.float64)
    merged = Pairs(both // width, both % width, np.empty(0))
    top, top_share = _largest(merged, sums, areas)
    access = np.divide(total, points, out=np.full(areas, np.nan), where=points > 0)
    return Gathered(access, top, top_share)


def _largest(pairs: Pairs, gains: Floats, n: int) -> tuple[Indices, Floats]:
    """Find, for each demand point, the supply that adds most and its share of the gains."""
    positive = np.maximum(gains, 0.0)
    total = np.bincount(pairs.demand, positive, minlength=n)
    top = np.full(n, -1, dtype=np.int64)
    share = np.full(n, np.nan)
    # Ascending by gain, so that the last write to a demand point is its largest; of equal
    # ones the first in the list.
    order = np.lexsort((-pairs.supply, positive))
    top[pairs.demand[order]] = pairs.supply[order]
    best = np.zeros(n)
    best[pairs.demand[order]] = positive[order]
    some = total > 0
    top[~some] = -1
    share[some] = best[some] / total[some]
    return top, share


def _decay(bands: Sequence[float], weights: Sequence[float]) -> tuple[Floats, Floats]:
    edges, decay = np.asarray(bands, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if not len(edges) or edges.shape != decay.shape:
        raise ValueError("There must be one weight for each band, and at least one band.")
    if not (np.diff(edges, prepend=0.0) > 0).all() or not (decay > 0).all():
        raise ValueError("Bands must ascend from above 0, and weights must be above 0.")
    return edges, decay


def _points(xy: ArrayLike) -> Floats:
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(points).all():
        raise ValueError("A point has no coordinates: leave unlocated ones out and count them.")
    return points


def _amounts(amounts: ArrayLike, xy: ArrayLike) -> Floats:
    values = np.asarray(amounts, dtype=np.float64).reshape(-1)
    if len(values) != len(_points(xy)):
        raise ValueError("Amounts and points differ in number.")
    if not np.isfinite(values).all():
        raise ValueError("An amount is missing: unknown is not zero, leave it out and count it.")
    return values
