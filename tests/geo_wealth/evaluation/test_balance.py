import math

import numpy as np
import pytest

from geo_wealth.evaluation.balance import balance, verdict, worst
from geo_wealth.evaluation.matching import Covariates


def table(*columns: list[float]) -> Covariates:
    codes = ("P", "Q", "A", "B", "C", "D")
    values = np.column_stack(columns).astype(float)
    names = tuple(f"x{k}" for k in range(len(columns)))
    return Covariates(codes, names, np.ones(len(columns)), values, (None,) * 6)


def test_by_hand() -> None:
    # Pilot 4, 6 (mean 5, variance 2); pool 0, 2, 5, 5 (mean 3, variance 6); matched 5, 5.
    # All six: mean 22/6, sum of squares 106 - 22^2/6, over 5.
    row = balance(["P", "Q"], ["A", "B", "C", "D"], ["C", "D"], table([4, 6, 0, 2, 5, 5]))[0]
    spread = math.sqrt((106 - 22**2 / 6) / 5)
    assert (row.pilot, row.pool, row.matched) == (5, 3, 5)
    assert row.before == pytest.approx(2 / spread)
    assert row.after == 0
    assert row.ratio_before == pytest.approx(2 / 6)
    assert row.ratio_after is None  # the matched do not vary
    assert row.flag == "balanced"


@pytest.mark.parametrize(
    ("matched", "flag", "words"),
    [
        ([5.0, 5.0], "balanced", "Balanced: no covariate"),
        ([4.6, 4.6], "close", "Balanced within"),
        ([0.0, 2.0], "apart", "1 of 1 measures is not alike; matching made it less alike. More"),
    ],
)
def test_flags_and_verdict(matched: list[float], flag: str, words: str) -> None:
    rows = balance(["P", "Q"], ["A", "B", "C", "D"], ["A", "B"], table([4, 6, *matched, 3, 9]))
    assert rows[0].flag == flag
    assert verdict(rows).startswith(words)


def test_a_poor_group_is_counted_before_it_is_named() -> None:
    # x0: pilot 5, pool 3.5, matched 1: further than before. x1: pilot 5, pool 0.5, matched 1.
    told = table([4, 6, 0, 2, 3, 9], [4, 6, 0, 2, 0, 0], [4, 6, 5, 5, 5, 5])
    said = verdict(balance(["P", "Q"], ["A", "B", "C", "D"], ["A", "B"], told))
    assert said == (
        "2 of 3 measures are not alike; on 1 of them matching made them less alike. "
        "More than 0.25 standard deviations apart: x0, x1; less alike than before matching: x0. "
        "A different change after the start may come from that difference."
    )


def test_nothing_to_compare_is_unknown() -> None:
    rows = balance(["P", "Q"], ["A"], [], table([1, 1, 1, 1, 1, 1]))
    assert rows[0].before is None  # all have one value
    assert rows[0].flag == "unknown"
    assert worst(rows) is None
    assert verdict(rows).startswith("Balance is unknown")


@pytest.mark.parametrize(
    ("matched", "start"),
    [
        ([5.0, 5.0], "Balanced: no covariate whose difference is known differs"),
        ([4.6, 4.6], "Balanced within 0.25 standard deviations where known; over 0.1 on x0."),
        ([0.0, 2.0], "1 of 2 measures is not alike"),
    ],
)
def test_a_covariate_that_is_unknown_is_named(matched: list[float], start: str) -> None:
    nan = [math.nan] * 6
    told = table([4, 6, *matched, 3, 9], nan)
    said = verdict(balance(["P", "Q"], ["A", "B", "C", "D"], ["A", "B"], told))
    assert said.startswith(start)
    assert said.endswith("Unknown, since no values can be compared: x1.")
