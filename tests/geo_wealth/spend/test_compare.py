"""The change between two baselines: parts worked out by hand, and summing for any data."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.spend.compare import (
    STEPS,
    Change,
    Decomposition,
    Stage,
    decompose,
    in_pennies,
    in_points,
    local_share,
    located_share,
)
from geo_wealth.spend.measure import Split


def split(local: int | Decimal, leaked: int | Decimal, unlocated: int | Decimal = 0) -> Split:
    return Split(Decimal(local), Decimal(leaked), Decimal(unlocated), 1, 1)


# First 100 of 200; by the second definition 160 of 200; by the second rules 160 of 160; with
# the second payments 200 of 200. Back: 100 of 200, then 100 of 400, then 100 of 200.
FORTH = [
    Stage("start", split(100, 100)),
    Stage("definition", split(160, 40)),
    Stage("rules", split(160, 0)),
    Stage("payments", split(200, 0)),
]
BACK = [
    Stage("start", split(200, 0)),
    Stage("definition", split(100, 100)),
    Stage("rules", split(100, 300)),
    Stage("payments", split(100, 100)),
]


def parts(found: Decomposition) -> dict[str, Change]:
    return {part.slug: part for part in found.parts}


def test_parts_by_hand() -> None:
    found = decompose(FORTH, BACK)
    assert found.whole.share == Fraction(1, 2)
    assert {slug: part.share for slug, part in parts(found).items()} == {
        "definition": Fraction(2, 5),  # (3/10 + 1/2) / 2
        "coverage": Fraction(9, 40),  # (1/5 + 1/4) / 2
        "real": Fraction(-1, 8),  # (0 - 1/4) / 2
    }
    assert {slug: part.pounds for slug, part in parts(found).items()} == {
        "definition": Decimal(80),  # (60 + 100) / 2
        "coverage": Decimal(0),
        "real": Decimal(20),  # (40 + 0) / 2
    }
    assert found.whole.pounds == Decimal(100)


def test_what_only_one_definition_can_locate_is_coverage() -> None:
    forth = [
        Stage("start", split(30, 70, 100)),
        Stage("located", split(30, 30, 100)),  # the 40 that only the first can locate
        Stage("definition", split(45, 15)),
        Stage("located", split(45, 55)),
    ]
    back = [
        Stage("start", split(45, 55)),
        Stage("located", split(45, 15)),
        Stage("definition", split(30, 30)),
        Stage("located", split(30, 70)),
    ]
    found = parts(decompose(forth, back))
    assert found["definition"].share == Fraction(1, 4)
    assert found["coverage"].share == Fraction(1, 5) - Fraction(3, 10)
    assert found["real"].share == 0
    assert [step.slug for step in decompose(forth, back).steps] == ["definition", "located"]


def test_a_stop_without_a_share_leaves_pounds_alone() -> None:
    forth = [FORTH[0], Stage("rules", split(0, 0, 5)), Stage("payments", split(50, 150))]
    back = [forth[-1], Stage("rules", split(20, 80)), Stage("payments", split(100, 100))]
    found = decompose(forth, back)
    assert found.whole.share == Fraction(-1, 4)
    assert [part.share for part in found.parts] == [0, None, None]
    assert sum((part.pounds for part in found.parts), Decimal(0)) == found.whole.pounds == -50


def test_shares_are_exact_and_none_where_credits_outweigh() -> None:
    assert local_share(split(1, 2)) == Fraction(1, 3)
    assert located_share(split(1, 2, 3)) == Fraction(1, 2)
    assert local_share(split(-1, 2)) is None
    assert local_share(split(0, 0, 9)) is None
    assert located_share(split(1, 1, -3)) is None


pounds = st.decimals(0, 10_000, places=2)
splits = st.builds(split, pounds, st.decimals(1, 10_000, places=2), pounds)
walks = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), splits), max_size=6)


@st.composite
def two_walks(draw: st.DrawFn) -> tuple[list[Stage], list[Stage]]:
    first, last = draw(splits), draw(splits)

    def walk(a: Split, b: Split) -> list[Stage]:
        between = [Stage(step, stop) for step, stop in draw(walks)]
        return [Stage("start", a), *between, Stage(draw(st.sampled_from(sorted(STEPS))), b)]

    return walk(first, last), walk(last, first)


@given(two_walks())
def test_parts_and_steps_sum_exactly(both: tuple[list[Stage], list[Stage]]) -> None:
    found = decompose(*both)
    for pieces in (found.parts, found.steps):
        assert sum((piece.share or 0 for piece in pieces), Fraction(0)) == found.whole.share
        assert sum((piece.pounds for piece in pieces), Decimal(0)) == found.whole.pounds


@given(two_walks())
def test_swapping_the_baselines_turns_every_sign(both: tuple[list[Stage], list[Stage]]) -> None:
    there, back = decompose(*both), decompose(both[1], both[0])
    for a, b in zip((there.whole, *there.parts), (back.whole, *back.parts), strict=True):
        assert a.share is not None
        assert b.share is not None
        assert (a.share, a.pounds) == (-b.share, -b.pounds)


def test_printed_points_by_hand() -> None:
    thirds = [Fraction(1, 300), Fraction(1, 300), Fraction(1, 300)]
    assert in_points(thirds) == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]
    assert in_points([Fraction(2, 5), Fraction(-1, 8)]) == [Decimal("40.00"), Decimal("-12.50")]
    assert in_points([]) == []


@given(st.lists(st.fractions(-1, 1), max_size=6), st.integers(0, 3))
def test_printed_points_sum_and_are_never_a_unit_off(shares: list[Fraction], places: int) -> None:
    printed = in_points(shares, places)
    unit = Fraction(1, 10**places)
    for value, share in zip(printed, shares, strict=True):
        assert abs(Fraction(value) - share * 100) <= unit
    total = sum(shares, Fraction(0)) * 100
    assert abs(sum((Fraction(value) for value in printed), Fraction(0)) - total) <= unit / 2


def test_half_pennies_are_rounded_so_that_they_sum() -> None:
    halves = [Decimal("0.005"), Decimal("0.005"), Decimal("-0.5")]
    assert in_pennies(halves) == [Decimal("0.01"), Decimal("0.00"), Decimal("-0.50")]


@given(two_walks())
def test_printed_pounds_sum_to_the_change(both: tuple[list[Stage], list[Stage]]) -> None:
    found = decompose(*both)
    for pieces in (found.parts, found.steps):
        assert sum(in_pennies([piece.pounds for piece in pieces])) == found.whole.pounds


@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_step_belongs_to_a_part(step: str) -> None:
    walk = [Stage("start", split(1, 1)), Stage(step, split(3, 1))]
    found = decompose(walk, [Stage("start", split(3, 1)), Stage(step, split(1, 1))])
    assert [part.share for part in found.parts if part.share] == [Fraction(1, 4)]
