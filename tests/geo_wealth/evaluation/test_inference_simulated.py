"""The whole way, from matching to the test, on simulated towns where the truth is known."""

from dataclasses import dataclass

import numpy as np
import pytest

from geo_wealth.evaluation.effect import effect, gaps
from geo_wealth.evaluation.matching import Covariates, Floats, importance, match, space_of
from geo_wealth.evaluation.placebos import connected_design, swapped_design
from geo_wealth.evaluation.trend import pre_trend

SIDE, SIZE, RUNS, PLACEBOS = 16, 6, 500, 59
BEFORE, PERIODS = 4, 7
TRUE = 1.5
"""An effect; outcomes have a standard deviation of 1 about their area's level."""

CODES = tuple(f"A{place:03}" for place in range(SIDE * SIDE))
NAMES = ("income", "health", "crime", "past")
WEIGHTS = np.array(importance(NAMES, ["domain"] * 3 + ["history"], dict.fromkeys(NAMES, 1.0)))


def neighbours(place: int) -> list[int]:
    row, column = divmod(place, SIDE)
    return [
        (row + down) * SIDE + column + across
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
        if (down or across) and 0 <= row + down < SIDE and 0 <= column + across < SIDE
    ]


NEAR = [set(neighbours(place)) for place in range(len(CODES))]
GRAPH = {code: [CODES[other] for other in NEAR[at]] for at, code in enumerate(CODES)}


def smoother(strength: float) -> Floats:
    """Make independent noise resemble that of the neighbours: a spatial autoregression."""
    weights = np.zeros((len(CODES), len(CODES)))
    for place, near in enumerate(NEAR):
        weights[place, list(near)] = strength / len(near)
    mixed = np.linalg.inv(np.eye(len(CODES)) - weights)
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True))


SMOOTHER = smoother(0.6)


@dataclass(frozen=True)
class Run:
    """What one simulated town says, with the effect and without it."""

    value: float
    covered: bool
    found: bool
    false_alarm: bool
    false_trend: bool


def town(random: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw (n, 3) deprivation and (n, T) outcomes: levels that go with it, common shocks, noise.

    All are alike among neighbours, and the noise from period to period too.
    """
    deprived = SMOOTHER @ random.standard_normal((len(CODES), 3))
    level = 10 + 2 * deprived[:, 0] + SMOOTHER @ random.standard_normal(len(CODES))
    noise = SMOOTHER @ random.standard_normal((len(CODES), PERIODS))
    for period in range(1, PERIODS):
        noise[:, period] = 0.5 * noise[:, period - 1] + np.sqrt(0.75) * noise[:, period]
    return deprived, level[:, None] + noise + 2 * random.standard_normal(PERIODS)


def grown(starts: list[int], random: np.random.Generator) -> list[int]:
    """Draw a connected pilot from one of these areas on."""
    pilot = {starts[int(random.integers(len(starts)))]}
    while len(pilot) < SIZE:
        edge = [near for place in sorted(pilot) for near in sorted(NEAR[place] - pilot)]
        pilot.add(edge[int(random.integers(len(edge)))])
    return sorted(pilot)


def run(seed: int, on: int) -> Run:
    """Draw a pilot among the most deprived areas, match it on some covariates, and judge it."""
    random = np.random.default_rng(seed)
    deprived, outcomes = town(random)
    worst = np.argsort(-deprived[:, 0])[: len(CODES) // 5].tolist()
    pilot = grown(worst, random)
    ring = {near for place in pilot for near in NEAR[place]} - {*pilot}
    pool = [code for at, code in enumerate(CODES) if at not in ring and at not in pilot]
    values = np.column_stack([deprived, outcomes[:, :BEFORE].mean(axis=1)])
    covariates = Covariates(CODES, NAMES[:on], WEIGHTS[:on], values[:, :on], (None,) * len(CODES))
    chosen = [CODES[place] for place in pilot]
    groups = {group.pilot: group.comparisons for group in match(chosen, pool, covariates, 2).groups}
    space = space_of(covariates, CODES)
    design = connected_design(space, groups, dict.fromkeys(CODES, 1.0), GRAPH, PLACEBOS, seed)
    places = [CODES.index(code) for code in design.codes]
    none = gaps(design, outcomes[places])
    outcomes[np.ix_(pilot, range(BEFORE, PERIODS))] += TRUE
    some = effect(gaps(design, outcomes[places]), BEFORE)
    assert some.low is not None
    assert some.high is not None
    return Run(
        some.value,
        some.low <= TRUE <= some.high,
        some.p <= 0.05,
        effect(none, BEFORE).p <= 0.05,
        (pre_trend(none, BEFORE).p or 1) <= 0.05,
    )


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    """Five hundred towns, matched on deprivation.

    In 2,000, with 99 placebos, the test of no effect rejects in 5.0 %, intervals cover in 95.0 %.
    """
    return [run(seed, 3) for seed in range(RUNS)]


@pytest.fixture(scope="module")
def runs_matched_on_past() -> list[Run]:
    """The same towns, matched on past outcomes too: 5.5 % and 94.6 % of 2,000."""
    return [run(seed, 4) for seed in range(RUNS)]


def share(runs: list[Run], name: str) -> float:
    return float(np.mean([getattr(one, name) for one in runs]))


def bias(runs: list[Run]) -> tuple[float, float]:
    values = np.array([one.value for one in runs])
    return float(values.mean() - TRUE), float(values.std(ddof=1) / np.sqrt(len(runs)))


def test_a_known_effect_is_found_without_bias(runs: list[Run]) -> None:
    off, error = bias(runs)
    assert abs(off) < 2 * error
    assert error < 0.03


def test_matching_on_the_past_costs_little_bias_and_no_size(
    runs_matched_on_past: list[Run],
) -> None:
    """Comparison areas found for an extreme pilot are in part so by chance, and fall back."""
    assert abs(bias(runs_matched_on_past)[0]) < 0.1
    assert 0.03 <= share(runs_matched_on_past, "false_alarm") <= 0.07
    assert 0.93 <= share(runs_matched_on_past, "covered") <= 0.97


def test_no_effect_is_called_one_in_5_percent(runs: list[Run]) -> None:
    assert 0.03 <= share(runs, "false_alarm") <= 0.07


def test_like_trends_are_called_different_in_5_percent(runs: list[Run]) -> None:
    assert 0.03 <= share(runs, "false_trend") <= 0.07


def test_intervals_hold_the_effect_in_95_percent(runs: list[Run]) -> None:
    assert 0.93 <= share(runs, "covered") <= 0.97


def test_an_effect_is_found_more_often_than_none(runs: list[Run]) -> None:
    assert share(runs, "found") > 0.6


@pytest.mark.parametrize(("alike", "low", "high"), [(False, 0.03, 0.07), (True, 0.1, 1.0)])
def test_swapped_labels_find_too_much_where_neighbours_are_alike(
    alike: bool, low: float, high: float
) -> None:
    """Why connected placebos are the default: the plain permutation holds only without it."""
    pilot = [0, 1, 2, SIDE, SIDE + 1, SIDE + 2]
    groups = {
        CODES[place]: [CODES[100 + 11 * at], CODES[105 + 11 * at]] for at, place in enumerate(pilot)
    }
    design = swapped_design(groups, dict.fromkeys(CODES, 1.0), 999, 0)
    noise = np.random.default_rng(8).standard_normal((len(CODES), 2 * RUNS))
    noise = (smoother(0.8) @ noise if alike else noise)[
        [CODES.index(code) for code in design.codes]
    ]
    alarms = [effect(gaps(design, noise[:, [at, RUNS + at]]), 1).p <= 0.05 for at in range(RUNS)]
    assert low <= np.mean(alarms) <= high
