"""Ten thousand weightings of a district and of England: ours, and one argsort after another."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from measure import Finding, WrongResultError, interleaved, timed
from numpy.typing import NDArray

from geo_wealth.ranking import normalise_areas
from geo_wealth.robustness import Robustness, Weightings, draw_weights, robustness

_DISTRICT = 260
_ENGLAND = 33_755
_WEIGHTS = (0.5, 0.25, 0.25)
_TOPS = (5, 10, 20)
_HOW = Weightings()
_COLUMNS = 2_000  # areas whose ranks are put in order at once, so that a copy fits in memory
_KILO = 1000.0

Floats = NDArray[np.float64]


def compare(rounds: int) -> list[Finding]:
    """Time intervals and shares of a district's ranks; both sides must agree on all of them."""
    ratio, seconds = _compared(_DISTRICT, rounds)
    return [
        Finding("weightings", f"{_what(_DISTRICT)} / argsort", ratio, "x", 0.4, rounds, seconds),
        Finding("weightings", _what(_DISTRICT), seconds["ours"] * _KILO, "ms", 500, rounds),
    ]


def compare_england(rounds: int) -> list[Finding]:
    """Time the same for England; what is compiled is compiled before it is timed."""
    ratio, seconds = _compared(_ENGLAND, rounds)
    what = f"{_what(_ENGLAND)} / numpy"
    return [Finding("weightings-england", what, ratio, "x", 0.2, rounds, seconds)]


def _what(areas: int) -> str:
    return f"{_HOW.draws:,} weightings, {areas:,} areas"


def _compared(areas: int, rounds: int) -> tuple[float, dict[str, float]]:
    normalised = normalise_areas(np.random.default_rng(1).random((areas, 3)), (1, -1, 1))
    _check_same(_ours(normalised), _plain(normalised))
    seconds = interleaved(
        {
            "ours": partial(timed, partial(_ours, normalised)),
            "numpy": partial(timed, partial(_plain, normalised)),
        },
        rounds,
    )
    return seconds["ours"] / seconds["numpy"], seconds


def _ours(normalised: Floats) -> Robustness:
    return robustness(normalised, _WEIGHTS, _HOW, _TOPS)


def _plain(normalised: Floats) -> tuple[Floats, Floats]:
    """Rank under each weighting in turn; no ties, which random figures do not have."""
    drawn, areas = draw_weights(_WEIGHTS, _HOW), len(normalised)
    ranks = np.empty((len(drawn), areas), dtype=np.uint16)
    for row, weights in zip(ranks, drawn, strict=True):
        row[np.argsort(-(normalised @ weights))] = np.arange(1, areas + 1)
    interval = np.concatenate([_quantiles(part) for part in _parts(ranks)])
    return interval, np.column_stack([(ranks <= top).mean(axis=0) for top in _TOPS])


def _parts(ranks: NDArray[np.uint16]) -> Sequence[NDArray[np.uint16]]:
    return [ranks[:, start : start + _COLUMNS] for start in range(0, ranks.shape[1], _COLUMNS)]


def _quantiles(ranks: NDArray[np.uint16]) -> Floats:
    return np.percentile(ranks, (5, 50, 95), axis=0, method="inverted_cdf").T


def _check_same(ours: Robustness, plain: tuple[Floats, Floats]) -> None:
    low, median, high = plain[0].T
    same = (
        np.array_equal(ours.interval, np.column_stack((low, high)))
        and np.array_equal(ours.median, median)
        and np.array_equal(ours.p_top, plain[1])
    )
    if not same:
        raise WrongResultError("the ranks differ from those of one argsort after another.")
