"""Local, leaked and unlocated: hand-worked sums, and what must hold for any ledger."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.spend.book import NONE, exact_sums, pair_up
from geo_wealth.spend.measure import (
    PairSums,
    Split,
    join,
    split_payments,
    sum_pairs,
    wide_bounds,
)
from geo_wealth.spend.placing import LEAKED, LOCAL, UNLOCATED


def split(local: str, leaked: str, unlocated: str) -> Split:
    return Split(Decimal(local), Decimal(leaked), Decimal(unlocated), 1, 1)


def test_the_share_is_of_what_could_be_located_and_the_rest_bounds_it() -> None:
    spend = split("30.00", "70.00", "100.00")
    assert spend.total == Decimal("200.00")
    assert spend.share_of_located == 0.3
    assert spend.bounds == (0.15, 0.65)


def test_greater_manchester_is_a_quotient_of_sums_and_no_mean_of_percentages() -> None:
    # Methods, section 2: the mean of the ten published percentages would be 53.8 %.
    local, total = Decimal("619652226.58"), Decimal("1003858435.21")
    spend = Split(local, total - local, Decimal(0), 1, 1)
    assert spend.share_of_located == pytest.approx(0.6173, abs=5e-5)


@pytest.mark.parametrize(
    "spend", [split("0", "0", "50"), split("0", "0", "0"), split("-5", "10", "0")]
)
def test_there_is_no_share_where_nothing_is_located_or_credits_outweigh(spend: Split) -> None:
    assert spend.share_of_located is None


def test_a_net_credit_among_the_parts_leaves_no_bounds() -> None:
    assert split("10", "20", "-5").bounds is None
    assert split("10", "20", "-5").share_of_located == pytest.approx(1 / 3)


def test_bounds_are_wider_when_the_address_that_counts_is_open_too() -> None:
    whole = split("40.00", "30.00", "30.00")
    # Of the local 40, 10 went to payees that have an address elsewhere; of the leaked 30, 5
    # to payees that have a local one.
    assert wide_bounds(whole, split("10.00", "5.00", "0")) == (0.3, 0.75)
    assert wide_bounds(whole, split("0", "0", "0")) == whole.bounds
    assert wide_bounds(whole, split("-1.00", "5.00", "0")) is None


def summed(payee: list[int], category: list[int], state: list[int], amount: list[int]) -> PairSums:
    pair, pairs = pair_up(np.array(payee, dtype=np.int64), np.array(category, dtype=np.int64))
    return sum_pairs(
        pairs, pair, np.array(state, dtype=np.int64), np.array(amount, dtype=np.int64), 2
    )


def test_sums_by_payee_and_state() -> None:
    sums = summed(
        payee=[0, 0, 1, 2],
        category=[5, NONE, 5, 5],
        state=[LOCAL, LOCAL, LEAKED, UNLOCATED],
        amount=[10_000, -2_500, 3_333, 1],
    ).by_payee(3)
    whole = sums.split()
    assert (whole.local, whole.leaked, whole.unlocated) == (
        Decimal("75.00"),
        Decimal("33.33"),
        Decimal("0.01"),
    )
    assert (whole.payments, whole.payees) == (4, 3)
    first, second = sums.by(np.array([0, 1, -1]), 2)
    assert (first.total, first.payments, first.payees) == (Decimal("75.00"), 2, 1)
    assert (second.total, second.payees) == (Decimal("33.33"), 1)


def test_parts_by_category_count_payments_and_payees_once() -> None:
    parts = split_payments(
        group=np.array([0, 0, 1, 0]),
        payee=np.array([4, 4, 4, 5]),
        state=np.array([LOCAL, LEAKED, LOCAL, LOCAL]),
        amount=np.array([100, 200, 400, 800]),
        size=3,
        scale=2,
    )
    assert [(part.total, part.payments, part.payees) for part in parts] == [
        (Decimal("11.00"), 3, 2),
        (Decimal("4.00"), 1, 1),
        (Decimal("0.00"), 0, 0),
    ]


def test_parts_by_category_follow_from_the_pairs() -> None:
    sums = summed([4, 4, 4, 5], [0, 0, NONE, 0], [LOCAL] * 4, [100, 200, 400, 800])
    assert sums.pairs.payee.tolist() == [4, 4, 5]
    assert sums.pairs.category.tolist() == [NONE, 0, 0]
    first, none = sums.by_category(np.array([1, 0, 0]), 2)
    assert (first.total, first.payments, first.payees) == (Decimal("11.00"), 3, 2)
    assert (none.total, none.payments, none.payees) == (Decimal("4.00"), 1, 1)


def test_amounts_too_large_to_be_summed_exactly_are_refused() -> None:
    with pytest.raises(OverflowError):
        exact_sums(np.array([0, 0]), np.array([2**52, 2**52]), 1)


PAYMENTS = st.lists(
    st.tuples(
        st.integers(0, 5), st.sampled_from([LOCAL, LEAKED, UNLOCATED]), st.integers(-(10**9), 10**9)
    ),
    max_size=60,
)


@given(PAYMENTS)
def test_parts_sum_to_the_whole_to_the_penny(rows: list[tuple[int, int, int]]) -> None:
    payee, state, amount = (np.array([row[i] for row in rows], dtype=np.int64) for i in range(3))
    pair, pairs = pair_up(payee, payee % 3 - 1)
    sums = sum_pairs(pairs, pair, state, amount, 2).by_payee(6)
    whole = sums.split()
    assert whole.total == Decimal(sum(row[2] for row in rows)).scaleb(-2)
    by_payee = sums.by(np.arange(6), 6)
    joined = join(by_payee)
    assert (joined.local, joined.leaked, joined.unlocated, joined.payments) == (
        whole.local,
        whole.leaked,
        whole.unlocated,
        whole.payments,
    )
    by_half = split_payments(payee % 2, payee, state, amount, 2, 2)
    assert join(by_half).total == whole.total
    if whole.bounds is not None and whole.share_of_located is not None:
        low, high = whole.bounds
        assert low <= whole.share_of_located <= high
