"""Ten thousand weightings of a district: sorted in bulk, and one argsort after another."""

from functools import partial

import numpy as np
from measure import Finding, WrongResultError, interleaved, timed
from numpy.typing import NDArray

from geo_wealth.ranking import normalise_areas
from geo_wealth.robustness import Robustness, Weightings, draw_weights, robustness

_AREAS = 260
_WEIGHTS = (0.5, 0.25, 0.25)
_TOPS = (5, 10, 20)
_HOW = Weightings()
_KILO = 1000.0

Floats = NDArray[np.float64]


def compare(rounds: int) -> list[Finding]:
    """Time intervals and shares of ranks; both sides must agree on all of them."""
    normalised = normalise_areas(np.random.default_rng(1).random((_AREAS, 3)), (1, -1, 1))
    _check_same(_ours(normalised), _plain(normalised))
    seconds = interleaved(
        {
            "ours": partial(timed, partial(_ours, normalised)),
            "argsort": partial(timed, partial(_plain, normalised)),
        },
        rounds,
    )
    what = f"{_HOW.draws:,} weightings, {_AREAS} areas"
    ours = seconds["ours"]
    return [
        Finding(
            "weightings",
            f"{what} / argsort",
            ours / seconds["argsort"],
            target=0.4,
            rounds=rounds,
            sides=seconds,
        ),
        Finding("weightings", what, ours * _KILO, "ms", 500, rounds),
    ]


def _ours(normalised: Floats) -> Robustness:
    return robustness(normalised, _WEIGHTS, _HOW, _TOPS)


def _plain(normalised: Floats) -> tuple[Floats, Floats]:
    """Rank under each weighting in turn; no ties, which random figures do not have."""
    drawn = draw_weights(_WEIGHTS, _HOW)
    ranks = np.empty((len(drawn), _AREAS), dtype=np.int64)
    for row, weights in zip(ranks, drawn, strict=True):
        row[np.argsort(-(normalised @ weights))] = np.arange(1, _AREAS + 1)
    interval = np.percentile(ranks, (5, 95), axis=0, method="inverted_cdf")
    return interval.T, np.column_stack([(ranks <= top).mean(axis=0) for top in _TOPS])


def _check_same(ours: Robustness, plain: tuple[Floats, Floats]) -> None:
    if not (np.array_equal(ours.interval, plain[0]) and np.array_equal(ours.p_top, plain[1])):
        raise WrongResultError("the ranks differ from those of one argsort after another.")
