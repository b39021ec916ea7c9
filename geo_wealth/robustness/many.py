"""Ranks of all England's areas under many weightings: sorted as numbers, in compiled code."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from geo_wealth.ranking import DECIMALS, Aggregate, Floats, score_draws

Ints = NDArray[np.int64]
Ranks = NDArray[np.uint16]

_UNIT = 10.0**DECIMALS
_CHUNK = 64  # draws at once for a thread, so that ranks are kept by whole lines of memory
_FEW = 2  # draws sorted at once: their keys stay in the processor's cache
_BLOCK = 512  # areas at once


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile when first called; keep what was compiled where there is a place to write."""
    try:
        made: Callable[..., Any] = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no place to write: compiled anew in each process
        made = numba.njit(nogil=True)(function)
    return made


def rank_draws(matrix: Floats, drawn: Floats, aggregate: Aggregate) -> Ranks:
    """Rank many areas under each weighting; ties share the better rank.

    Ranks are those of :func:`geo_wealth.ranking.rank_scores`: scores are added up in the same
    order and rounded alike. A rounded score and the position of its area share one whole
    number, as for a district; to sort those is what takes the time.

    Parameters
    ----------
    matrix, drawn
        (n, k) without NaN, and (d, k).

    Returns
    -------
    NDArray
        (n, d) ranks from 1.
    """
    ranks = np.empty((len(matrix), len(drawn)), dtype=np.uint16)

    bits = len(matrix).bit_length()
    terms = np.ascontiguousarray(matrix.T)
    fits = np.abs(matrix).max(initial=1.0) * _UNIT < 2.0 ** (62 - bits)

    def place(part: Floats, by_draw: Ranks) -> None:
        if aggregate == "linear" and fits:
            keys = np.empty(by_draw.shape, dtype=np.int64)
            _score(terms, part, bits, keys)
        else:  # numpy's own exponential, which may differ from another in the last bit
            scaled = np.rint(score_draws(matrix, part, aggregate) * -_UNIT)
            if not fits:  # z-scores without end
                _place_far(scaled, by_draw)
                return
            keys = (scaled.astype(np.int64) << bits) | np.arange(len(matrix))
        keys.sort(axis=1)
        _place(keys, bits, by_draw)

    def fill(start: int) -> None:
        part = drawn[start : start + _CHUNK]
        by_draw = np.empty((len(part), len(matrix)), dtype=np.uint16)
        for few in range(0, len(part), _FEW):
            place(part[few : few + _FEW], by_draw[few : few + _FEW])
        _turn(by_draw, ranks[:, start : start + _CHUNK])

    _in_threads(fill, range(0, len(drawn), _CHUNK))
    return ranks


def ranks_reached(ranks: Ranks, percents: Sequence[int], tops: Sequence[int]) -> tuple[Ints, Ints]:
    """Find the ranks that so many percent of the draws reach, and count the draws in each top.

    Returns
    -------
    at, counts
        (n, p) ranks, and (n, t) numbers of draws.
    """
    n, draws = ranks.shape
    needed = np.array([-(-percent * draws // 100) for percent in percents], dtype=np.int64)
    limits = np.array(tops, dtype=np.int64)
    at = np.empty((n, needed.size), dtype=np.int64)
    counts = np.zeros((n, limits.size), dtype=np.int64)

    def fill(start: int) -> None:
        part = slice(start, start + _BLOCK)
        _reach(ranks[part], needed, limits, at[part], counts[part])

    _in_threads(fill, range(0, n, _BLOCK))
    return at, counts


def _in_threads(work: Callable[[int], None], starts: range) -> None:
    """Do independent pieces, each of which fills its own rows: the order does not matter."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for _ in pool.map(work, starts):
            pass


@compiled
def _score(terms: Floats, drawn: Floats, bits: int, keys: Ints) -> None:
    """Add up weighted terms, one after another as :func:`score_draws` does, and round.

    A key is the whole number of the last decimal, lowest for the highest score, and behind it
    the position of the area.
    """
    k, n = terms.shape
    row = np.empty(n, np.float64)
    for draw in range(len(drawn)):
        row[:] = 0.0
        for indicator in range(k):
            weight = drawn[draw, indicator]
            for area in range(n):
                row[area] += weight * terms[indicator, area]
        for area in range(n):
            keys[draw, area] = (np.int64(np.rint(row[area] * -_UNIT)) << bits) | area


@compiled
def _place(keys: Ints, bits: int, by_draw: Ranks) -> None:
    """Give each area its rank in sorted rows."""
    draws, n = keys.shape
    for draw in range(draws):
        level = np.int64(-(1 << 62))  # below any key
        rank = 0
        for place in range(n):
            key = keys[draw, place]
            if key >> bits != level:
                level = key >> bits
                rank = place + 1
            by_draw[draw, key & ((1 << bits) - 1)] = rank


@compiled
def _turn(by_draw: Ranks, ranks: Ranks) -> None:
    """Put draws by area into areas by draw."""
    draws, n = by_draw.shape
    for start in range(0, n, 64):  # in squares, which stay in the cache
        for area in range(start, min(start + 64, n)):
            for draw in range(draws):
                ranks[area, draw] = by_draw[draw, area]


def _place_far(scaled: Floats, by_draw: Ranks) -> None:
    """Rank numbers too far apart to be packed."""
    for draw, row in enumerate(scaled):
        by_draw[draw] = 1 + np.searchsorted(np.sort(row), row, side="left")


@compiled
def _reach(ranks: Ranks, needed: Ints, limits: Ints, at: Ints, counts: Ints) -> None:
    """Count the draws at each rank of an area, and add them up from its best to its worst."""
    for area in range(len(ranks)):
        row = ranks[area]
        best = int(row.min())
        times = np.zeros(int(row.max()) - best + 1, np.int32)
        for rank in row:
            times[rank - best] += 1
        for which in range(len(limits)):
            last = min(limits[which] - best + 1, len(times))
            for place in range(last):
                counts[area, which] += times[place]
        total = 0
        which = 0
        for place in range(len(times)):
            total += times[place]
            while which < len(needed) and total >= needed[which]:
                at[area, which] = best + place
                which += 1
