"""Pilot areas on a small map, worked by hand; what cannot be drawn is refused in a sentence."""

from dataclasses import replace
from decimal import Decimal

import pytest
from drawing_maps import grid
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.drawing.draw import draw
from geo_wealth.drawing.facts import set_facts
from geo_wealth.drawing.ground import Ground
from geo_wealth.drawing.inside import Told, inside_of, told_pounds
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.drawing.words import facts_sentences, findings, pounds_told
from geo_wealth.errors import InvalidRequestError

#  A0 1,000 x 0.9   A1 1,000 x 0.8   A2 1,000 x 0.2
#  B0 1,000 x 0.1   B1   500 x 0.5   B2 1,000 x 0.7
#  C0 not ranked    C1 1,000 x 0.3   C2 1,000 x 0.6
MAP = grid(
    [
        [(1_000, 0.9), (1_000, 0.8), (1_000, 0.2)],
        [(1_000, 0.1), (500, 0.5), (1_000, 0.7)],
        [(1_000, None), (1_000, 0.3), (1_000, 0.6)],
    ]
)


def codes(ground: Ground = MAP, allowed: frozenset[str] | None = None, **asked: object) -> str:
    request = DrawRequest(**({"across": None, "alternatives": 0} | asked))  # type: ignore[arg-type]
    return " ".join(draw(ground, request, allowed).best.facts.codes)


def test_the_area_that_reaches_most_is_drawn() -> None:
    # 900 + 800 + 700 touch; nothing else of 3,000 residents comes to 2,400.
    assert codes(cap=3_000) == "A0 A1 B2"
    assert codes(cap=1_000) == "A0"
    assert codes(cap=4_000) == "A0 A1 B2 C2"
    assert codes(cap=3_500) == "A0 A1 B1 B2"


def test_it_keeps_to_what_was_asked() -> None:
    assert codes(cap=3_000, across=1_500.0) == "A0 A1 B1"  # 900 + 800 + 250, 1,414 m
    assert codes(cap=3_000, exclude=("A0",)) == "A1 B2 C2"
    assert codes(cap=3_000, include=("C1",)) == "A1 B2 C1"
    assert codes(cap=3_000, include=("B0",), exclude=("A1",)) == "A0 B0 C1"
    assert codes(cap=3_000, allowed=frozenset({"B0", "B1", "B2"})) == "B0 B1 B2"


def test_of_equal_areas_fewer_residents_then_lower_codes_win() -> None:
    twice = grid([[(500, 0.8), (1_000, 0.4), (1_000, 0.4), (500, 0.8)]])
    assert codes(twice, cap=1_000) == "A0"
    larger = grid([[(1_000, 0.4), (500, 0.8)]])
    assert codes(larger, cap=1_000) == "A1"


def test_a_best_area_of_negative_scores_is_the_least_bad() -> None:
    # z-scores can all be below 0, and an area must hold something.
    assert codes(grid([[(100, -0.5), (100, -0.2)]]), cap=1_000) == "A1"


def test_facts_of_a_set_that_is_not_connected() -> None:
    chosen = MAP.positions(["A0", "C1", "C2"])
    facts = set_facts(MAP, chosen)
    assert facts.parts == (("C1", "C2"), ("A0",))
    assert not facts.connected
    assert facts.residents == 3_000
    assert facts.reach == pytest.approx(900 + 300 + 600)
    assert facts.mean_score == pytest.approx(0.6)
    assert facts.across_m == pytest.approx(1_000 * 8**0.5)
    assert facts.in_decile_1 == 1  # A0
    assert facts.wards == (("W2", "Row 2", 2), ("W0", "Row 0", 1))
    # Outlines: a square of 4 km and a pair of 6 km, over 3 square km.
    assert facts.compactness == pytest.approx(4 * 3.14159265 * 3e6 / 10_000**2)


def test_residents_live_from_the_middle() -> None:
    facts = set_facts(grid([[(300, 0.5), (100, 0.5)]]), [0, 1])
    # The middle is 250 m from the first: (300 x 250 + 100 x 750) / 400.
    assert facts.from_middle_m == pytest.approx(375.0)


def test_an_area_without_residents_or_score_leaves_sums_unknown() -> None:
    facts = set_facts(MAP, MAP.positions(["B0", "C0"]))
    assert (facts.reach, facts.mean_score) == (None, None)
    unknown = replace(MAP.places[0], residents=None, why_not="how many live there is not known")
    without = replace(MAP, places=(unknown, *MAP.places[1:]))
    facts = set_facts(without, [0, 1])
    assert facts.residents is None
    assert facts.without_residents == ("A0",)
    assert facts.index_score is None
    assert "How many live in A0 is not known." in facts_sentences(facts)[0]


def test_areas_that_cannot_be_drawn_are_listed_with_the_reason() -> None:
    left = draw(MAP, DrawRequest(3_000, None, alternatives=0)).left_out
    assert [(area.code, area.reason) for area in left] == [("C0", "no score")]


def test_alternatives_say_what_they_gain_and_lose() -> None:
    found = draw(MAP, DrawRequest(3_000, None, alternatives=3))
    assert [area.kind for area in found.alternatives] == ["next", "compact", "smaller"]
    # At most one of the three of the best: 900 + 250 + 600.
    following, compact, smaller = found.alternatives
    assert following.facts.codes == ("A0", "B1", "C2")
    assert following.sentence == (
        "It reaches 27.1 % less (1,750 against 2,400). It has 2,500 residents (500 fewer), a mean "
        "score of 0.700 (0.800), and is 2,828 m across (592 m more). "
        "1 of its 3 neighbourhoods is in the best area."
    )
    assert compact.facts.codes == ("A0", "A1")
    assert smaller.facts.codes == ("A0", "B1")
    assert "(1,500 fewer)" in smaller.sentence


def test_no_alternative_lacks_an_area_that_is_too_large_for_half_the_cap() -> None:
    found = draw(MAP, DrawRequest(1_500, None, include=("A0",), alternatives=6))
    assert found.best.facts.codes == ("A0", "B1")
    assert all("A0" in area.facts.codes for area in found.alternatives)


def test_facts_say_how_many_ranks_are_high_and_how_many_are_not_known() -> None:
    unknown = replace(MAP.places[1], index_rank=None, rank=21)
    facts = set_facts(replace(MAP, places=(MAP.places[0], unknown, *MAP.places[2:])), [0, 1, 2])
    assert (facts.in_first, facts.in_decile_1, facts.decile_unknown) == (2, 1, 1)
    told = " ".join(facts_sentences(facts))
    assert "ranks 1 to 21, 2 of 3 among the first 20." in told
    assert "1 of 3 neighbourhoods is in the most deprived tenth of England, of 1 it is not" in told


REFUSED = {
    "cap: 400 residents are fewer than the smallest neighbourhood has (B1": {"cap": 400},
    "include: X9 is not among the 9 neighbourhoods": {"include": ("X9",)},
    "exclude: X8, X9 are not among": {"exclude": ("X8", "X9")},
    "include: C0 cannot be drawn: no score.": {"include": ("C0",)},
    "include: A0 Square A0 alone has 1,000 residents, more than the cap of 600.": {
        "cap": 600,
        "include": ("A0",),
    },
    "include: A0 and C2 cannot be joined under a cap of 2,400: any connected set that holds "
    "them has at least 2,500 residents.": {"cap": 2_400, "include": ("A0", "C2")},
    "include: A0 and C2 lie 2,828 m apart, more than the 2,000 m": {
        "include": ("A0", "C2"),
        "across": 2_000.0,
    },
    "include: A0 and C1 cannot be joined: no connected set": {
        "include": ("A0", "C1"),
        "exclude": ("B0", "B1", "B2"),
    },
    "exclude: no neighbourhood is left that can be drawn": {
        "exclude": tuple(place.code for place in MAP.places)
    },
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(said: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        codes(**REFUSED[said])
    assert str(refused.value).startswith(said)


def test_areas_that_can_be_joined_only_too_widely_are_refused() -> None:
    # From one end to the other only by the far corner: A0 A1 A2 B2 C2 C1 C0.
    bent = grid([[(100, 0.5)] * 5, [(100, None)] * 4 + [(100, 0.5)], [(100, 0.5)] * 5])
    with pytest.raises(InvalidRequestError, match="cannot be joined: no connected set"):
        codes(bent, include=("A0", "C0"), across=2_500.0)
    assert codes(bent, include=("A0", "C0"), across=None).split()[0] == "A0"


def test_an_area_included_and_excluded_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="A0 is named as included and as excluded"):
        codes(include=("A0",), exclude=("A0",))


def test_findings_tell_all_that_a_set_does_not_keep_to() -> None:
    request = DrawRequest(1_800, 1_000.0, include=("A1",), exclude=("C2",), within="W2")
    facts = set_facts(MAP, MAP.positions(["A0", "C0", "C2"]))
    told = findings(facts, request, frozenset({"C0", "C1", "C2"}))
    assert [sentence.split(":")[0] for sentence in told] == [
        "C0 Square C0 cannot be in a pilot area",
        "It is not connected",
        "It has 3,000 residents, 1,200 more than the cap of 1,800.",
        (
            "It is 2,828 m across, more than the 1,000 m asked for (a straight line between the "
            "centres of its neighbourhoods)."
        ),
        "It lacks A1, which must be in it.",
        "It holds C2, which must not be in it.",
        "A0 lies outside W2.",
    ]
    best = draw(MAP, DrawRequest(3_000, None)).best.facts
    assert findings(best, DrawRequest(3_000, None), None) == []


CELLS = {
    "A": (100, 200, 301),  # 6.01
    "B": (100, -50, 1),  # 0.51: the largest is 66 % of 151
    "C": (100, 200),  # two suppliers
    "D": (1_000, 100, 100),  # one has 83 %
    "E": (-900, 500, 100),  # -3.00: the largest is 60 % of 1,500
    "F": (900, -100, -100),  # one has 82 %, though the net is 7.00
    "G": (300, 50, 50),  # 4.00: exactly 75 %
}


def test_pounds_are_told_only_of_areas_where_they_tell_of_no_one() -> None:
    assert told_pounds([CELLS["A"]], 2) == Told("6.01", 1, 0)
    assert told_pounds([CELLS["B"]], 2) == Told("0.51", 1, 0)
    assert told_pounds([CELLS["G"]], 2) == Told("4.00", 1, 0)
    assert told_pounds([CELLS["C"]], 2) == Told(None, 0, 1)
    assert told_pounds([CELLS["D"], CELLS["F"], ()], 2) == Told(None, 0, 2)
    assert told_pounds([], 2) == Told(None, 0, 0)
    assert told_pounds(list(CELLS.values()), 2) == Told("7.52", 4, 3)
    # The lone suppliers of C and D cannot be subtracted out of anything.
    assert told_pounds([CELLS["A"], CELLS["C"], CELLS["D"]], 2).pounds == "6.01"


def test_what_is_not_told_is_said() -> None:
    some = inside_of("ACD", {}, {}, {"A": 4, "C": 2, "D": 3}, CELLS, 2)
    assert (some.suppliers, some.pounds, some.pounds_areas, some.pounds_withheld) == (
        9,
        "6.01",
        1,
        2,
    )
    facts = set_facts(MAP, [0, 1, 2], some)
    assert pounds_told(facts, some) == (
        "net £6.01 from the payers loaded to those in 1 of its 3 neighbourhoods; not shown: fewer "
        "than 3 suppliers, or one that outweighs the rest, in 2 of its neighbourhoods"
    )
    whole = inside_of("AE", {}, {}, {"A": 4, "E": 3}, CELLS, 2)
    assert pounds_told(facts, whole) == "net £3.01 from the payers loaded to them"
    nobody = inside_of("H", {"H": ["unknown"]}, None, {}, CELLS, 2)
    assert nobody.pounds_because == "no supplier is placed in it"
    assert (nobody.eligible, nobody.unknown, nobody.anchors) == (0, 1, None)
    assert inside_of("A", None, None, None, {}, 2).pounds_because == "no ledger is loaded"


@given(
    st.lists(st.lists(st.integers(-500, 500), max_size=6), min_size=1, max_size=8),
    st.data(),
)
def test_the_difference_of_two_selections_is_of_areas_that_may_be_told(
    cells: list[list[int]], data: st.DataObject
) -> None:
    areas = st.sets(st.integers(0, len(cells) - 1))
    one, other = data.draw(areas), data.draw(areas)

    def told(chosen: set[int]) -> Decimal:
        return Decimal(told_pounds([cells[at] for at in chosen], 2).pounds or 0)

    def alone(chosen: set[int]) -> Decimal:
        shown = (told_pounds([cells[at]], 2).pounds for at in chosen)
        return sum((Decimal(pounds) for pounds in shown if pounds), Decimal(0))

    assert told(one) - told(other) == alone(one - other) - alone(other - one)
