"""Placebo pilots: areas where nothing was done, drawn and matched as the pilot was."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.spatial.distance import cdist

from geo_wealth.evaluation.matching import Floats, Space, allowed_pairs, assign

TRIES = 40
"""Drawings for each placebo asked for, before fewer have to do."""

EXACT = 20_000
"""Assignments up to which all are looked at, not a sample."""

Pairs = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Design:
    """What the pilot is compared with: itself and every placebo as a contrast of areas.

    A contrast is a row of weights over areas: those of the (placebo) pilot areas sum to 1,
    those of their comparison areas to -1. Times a column of outcomes it gives the gap.

    Attributes
    ----------
    codes
        (n,) areas.
    pilot
        (n,) contrast of the pilot.
    placebos
        (m, n) contrasts of the placebos, without the pilot's own.
    exposure
        (m,) what an effect of 1 in every pilot area does to each placebo's gap: 0 where it has
        no pilot area on either side.
    kind
        ``connected``: sets of touching areas, matched anew; ``swapped``: the pilot's label
        given to one area in each matched group. Without placebos ``scattered``: the pilot is
        no set of touching areas; ``named``: its comparison areas follow no rule.
    apart
        An upper bound on how many of them could lie side by side, beside the pilot: areas over
        the pilot's size, whatever their shape; for ``swapped`` how many there are.
    """

    codes: tuple[str, ...]
    pilot: Floats
    placebos: Floats
    exposure: Floats
    kind: str
    apart: int


def connected_design(
    space: Space, groups: Pairs, weights: Mapping[str, float], graph: Pairs, count: int, seed: int
) -> Design:
    """Draw connected placebo pilots, and match each as the pilot was matched.

    A pilot is a set of touching areas, and what touches moves together: placebos scattered
    over the map would vary less than a pilot does, and the test would find too much. So
    placebos are grown over the graph to the pilot's number of areas, about as compact
    (touching pairs, give or take one); each gets comparison areas by the same rule, the areas
    that touch it left out. They may share areas with the pilot, as any two of them may: under
    no effect the pilot is one more drawing, and the test about exact when it was drawn at
    random. Left out, what is near the pilot would make the test find too much.

    Where the pilot's areas do not all touch there are no placebos: sets like it are not drawn.
    Where pilot areas have unlike numbers of comparison areas each placebo area gets the smallest
    of them: a mean over fewer varies more, so that the test finds too little, not too much.

    Parameters
    ----------
    space
        Pilot, the areas that touch it, and pool, as points.
    groups
        Comparison areas by pilot area.
    weights
        What each area counts in a mean: 1, or residents.
    graph
        Areas that touch each area.
    count
        Placebos to draw; fewer come where there are not as many.
    """
    place = {code: at for at, code in enumerate(space.codes)}
    near = [{place[other] for other in graph.get(code, ()) if other in place} for code in place]
    inside = sorted(place[code] for code in groups)
    if not _connected(near, inside):
        return bare_design(space.codes, groups, weights, "scattered")
    drawn = connected_sets(near, len(inside), links(near, set(inside)), count, seed)
    matches = min(len(chosen) for chosen in groups.values())
    load = np.array([weights[code] for code in space.codes])
    found = [
        row
        for places in drawn
        if list(places) != inside
        and (row := _placebo(space, near, places, matches, load)) is not None
    ]
    rows = np.array(found).reshape(len(found), len(place))
    return Design(
        space.codes,
        contrast(groups, weights, place),
        rows,
        rows[:, inside].sum(axis=1),
        "connected",
        sum(1 for its in near if its or len(inside) == 1) // len(inside) - 1,
    )


def swapped_design(groups: Pairs, weights: Mapping[str, float], count: int, seed: int) -> Design:
    """Give the pilot's label to one area in each matched group, in every way there is.

    For areas whose neighbours are not known. It takes areas to move independently of each
    other, which neighbours do not: with a connected pilot it finds too much.

    Parameters
    ----------
    count
        Ways to draw where there are more than :data:`EXACT`.
    """
    members = [(pilot, *sorted(chosen)) for pilot, chosen in sorted(groups.items())]
    codes = tuple(sorted(code for group in members for code in group))
    place = {code: at for at, code in enumerate(codes)}
    pilot = contrast(groups, weights, place)
    rows = np.array(
        [
            contrast(dict(_relabelled(members, way)), weights, place)
            for way in _ways([len(group) for group in members], count, seed)
        ]
    ).reshape(-1, len(codes))
    exposure = rows[:, [place[code] for code in groups]].sum(axis=1)
    return Design(codes, pilot, rows, exposure, "swapped", len(rows))


def bare_design(
    codes: tuple[str, ...], groups: Pairs, weights: Mapping[str, float], kind: str
) -> Design:
    """Give a design without placebos: a difference, and nothing to judge it by."""
    pilot = contrast(groups, weights, {code: at for at, code in enumerate(codes)})
    return Design(codes, pilot, np.empty((0, len(codes))), np.empty(0), kind, 0)


def contrast(groups: Pairs, weights: Mapping[str, float], place: Mapping[str, int]) -> Floats:
    """Write matched groups as one row of weights: pilot areas sum to 1, the others to -1.

    Each group counts what its pilot area counts, so that like is set against like.

    Parameters
    ----------
    weights
        What each area counts in a mean.
    place
        (n,) where each area is in the row.
    """
    row = np.zeros(len(place))
    whole = sum(weights[code] for code in groups)
    for pilot, chosen in groups.items():
        share = weights[pilot] / whole
        row[place[pilot]] += share
        beside = sum(weights[code] for code in chosen)
        for code in chosen:
            row[place[code]] -= share * weights[code] / beside
    return row


def links(near: Sequence[Collection[int]], places: set[int]) -> int:
    """Count the pairs of these areas that touch."""
    return sum(len(places.intersection(near[place])) for place in places) // 2


def _connected(near: Sequence[Collection[int]], places: Sequence[int]) -> bool:
    reached, edge = set(places[:1]), list(places[:1])
    while edge:
        found = set(places).intersection(near[edge.pop()]) - reached
        reached |= found
        edge.extend(found)
    return len(reached) == len(places)


def connected_sets(
    near: Sequence[set[int]], size: int, pairs: int, count: int, seed: int
) -> list[tuple[int, ...]]:
    """Draw connected sets of one size, each different, about as compact as asked.

    From a random area, the neighbour across a random touching pair is added until the set is
    large enough: what touches the set twice is twice as likely.

    Parameters
    ----------
    near
        (n,) areas that touch each.
    pairs
        Touching pairs in a set, give or take one.
    count
        Sets to draw; after :data:`TRIES` times as many tries those found have to do.

    Returns
    -------
    list
        Ascending places, in the order drawn.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    ordered = [sorted(its) for its in near]
    found: dict[tuple[int, ...], None] = {}
    for _ in range(count * TRIES):
        drawn = _grow(ordered, random.random(size).tolist())
        if len(drawn) == size and abs(links(ordered, drawn) - pairs) <= 1:
            found.setdefault(tuple(sorted(drawn)))
        if len(found) == count:
            break
    return list(found)


def _grow(near: Sequence[Sequence[int]], draws: Sequence[float]) -> set[int]:
    first = int(draws[0] * len(near))
    grown = {first}
    edge = list(near[first])
    for draw in draws[1:]:
        if not edge:
            break
        added = edge[int(draw * len(edge))]
        grown.add(added)
        edge = [place for place in edge if place != added]
        edge.extend(place for place in near[added] if place not in grown)
    return grown


def _placebo(
    space: Space,
    near: Sequence[set[int]],
    found: Sequence[int],
    matches: int,
    load: Floats,
) -> Floats | None:
    """Match a placebo as the pilot was; None where there are too few areas to choose from."""
    barred = np.zeros(len(near), dtype=np.bool_)
    for place in found:
        barred[list(near[place])] = True
    barred[list(found)] = True
    rows, columns = np.array(found), np.flatnonzero(~barred)
    if len(columns) < len(rows) * matches:
        return None
    apart = cdist(space.points[rows], space.points)
    allowed, _ = allowed_pairs(space.classes[rows], space.classes[columns], matches)
    try:
        chosen = columns[assign(apart[:, columns], allowed, matches)]
    except ValueError:  # classes that only together have too few areas
        return None
    share = load[rows] / load[rows].sum()
    row = np.zeros(len(near))
    row[rows] = share
    row[chosen] -= share[:, None] * load[chosen] / load[chosen].sum(axis=1, keepdims=True)
    return row


def _ways(sizes: Sequence[int], count: int, seed: int) -> Iterator[tuple[int, ...]]:
    """List which member of each group is labelled: all ways but the real one, or a sample."""
    if math.prod(sizes) <= EXACT:
        yield from (way for way in product(*map(range, sizes)) if any(way))
        return
    random = np.random.Generator(np.random.PCG64(seed))
    for _ in range(count):
        draws = random.random(len(sizes)).tolist()
        yield tuple(int(draw * size) for draw, size in zip(draws, sizes, strict=True))


def _relabelled(
    members: Sequence[Sequence[str]], way: Sequence[int]
) -> Iterator[tuple[str, list[str]]]:
    for group, chosen in zip(members, way, strict=True):
        yield group[chosen], [code for at, code in enumerate(group) if at != chosen]
