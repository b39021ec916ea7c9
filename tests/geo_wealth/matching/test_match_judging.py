from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_wealth.matching import Matcher, Organisations, Payees
from geo_wealth.matching.alignment import align
from geo_wealth.matching.blocks import Blocks, alike
from geo_wealth.matching.judge import Judgement, distinctive, judge_alias, judge_fuzzy
from geo_wealth.matching.rarity import Rarity
from geo_wealth.matching.reading import Reading, readings
from geo_wealth.names import name_key

RARITY = Rarity([])


def first(name: str) -> Reading:
    return readings(name_key(name))[0]


def fuzzy(payee: str, organisation: str) -> Judgement:
    key = name_key(payee)
    return judge_fuzzy(first(payee), first(organisation), RARITY, cut=len(key) >= 20)


@pytest.mark.parametrize(
    ("payee", "organisation", "told"),
    [
        ("ZORBIX QUUXLY ENGINEERIN", "Zorbix Quuxly Engineering", "cut short"),
        ("ZORBIX QUUXLY NHS FOUNDAT", "Zorbix Quuxly NHS Foundation Trust", "cut short"),
        ("Zorbix Engi Ltd", "Zorbix Engineering Ltd", "Engi for Engineering"),
        ("Zorbix Quuxlly Ltd", "Zorbix Quuxly Ltd", "Quuxlly for Quuxly"),
        ("Zorbix Quxuly Ltd", "Zorbix Quuxly Ltd", "Quxuly for Quuxly"),
    ],
)
def test_slips_and_cuts_are_accepted(payee: str, organisation: str, told: str) -> None:
    judged = fuzzy(payee, organisation)
    assert judged.band == "accepted"
    assert told in judged.reason


@pytest.mark.parametrize(
    ("payee", "organisation"),
    [
        ("Zorbicks Ltd", "Zorbiks Ltd"),
        ("Zorbix Engineering Ltd", "Zorbix Ltd"),
        ("Zorbix Holdings Ltd", "Zorbix Ltd"),
        ("Zorbix Quuxly Ltd (Fnord)", "Zorbix Quuxly Ltd"),
    ],
)
def test_a_word_more_or_the_one_word_spelt_otherwise_is_for_review(
    payee: str, organisation: str
) -> None:
    assert fuzzy(payee, organisation).band == "review"


@pytest.mark.parametrize(
    ("payee", "organisation"),
    [
        ("Zorbix Care Ltd", "Quuxly Care Ltd"),
        ("Zorbix Quuxly", "Zorbix Fnord"),
        ("Zorbix Engineering Ltd", "Zorbix Catering Ltd"),
        ("Zorbix Quuxly 2 Ltd", "Zorbix Quuxly 3 Ltd"),
        ("1st Zorbix Quuxly Scouts", "2nd Zorbix Quuxly Scouts"),
        ("Care Homes Services", "Care Homes Service Group"),
        ("Zorbix", "Zorbix Quuxly Fnord"),
    ],
)
def test_other_organisations_are_no_candidates(payee: str, organisation: str) -> None:
    assert fuzzy(payee, organisation).band is None


def test_words_that_registers_know_are_no_slips_of_one_another() -> None:
    both = Rarity([("zorbix", "quuxly"), ("zorbix", "quuxli")])
    one = judge_fuzzy(first("Zorbix Quuxly"), first("Zorbix Quuxli"), RARITY, cut=False)
    two = judge_fuzzy(first("Zorbix Quuxly"), first("Zorbix Quuxli"), both, cut=False)
    assert (one.band, two.band) == ("accepted", "review")


def test_the_same_registered_name_is_accepted_however_common_its_words() -> None:
    judged = judge_alias(
        first("Home Care Help Services Ltd"), first("Homecare Help Services Ltd"), RARITY
    )
    assert judged.band == "accepted"
    judged = judge_alias(
        first("Home Care Help Services"), first("Homecare Help Services Ltd"), RARITY
    )
    assert judged.band == "review"


def test_what_is_aligned() -> None:
    aligned = align(
        ("zorbix", "quuxlly", "care", "fnord"), ("quuxly", "zorbix", "centre"), RARITY, cut=False
    )
    assert (aligned.shared, aligned.slips) == (("zorbix",), ("quuxly",))
    assert (aligned.mine, aligned.theirs) == (("care", "fnord"), ("centre",))


def test_a_cut_needs_all_before_it_to_agree() -> None:
    theirs = ("zorbix", "quuxly", "engineering")
    assert align(("zorbix", "quuxly", "engi"), theirs, RARITY, cut=True).mine == ()
    assert align(("zorbix", "fnord", "engi"), theirs, RARITY, cut=True).mine == ("fnord",)
    assert align(("zorbix", "quuxly", "e"), theirs, RARITY, cut=False).mine == ("e",)


def test_rare_words_weigh_more() -> None:
    rarity = Rarity([("zorbix", "care")] * 3 + [("fnord", "care")])
    weights = [rarity.weight(word) for word in ("care", "st", "zorbix", "fnord", "unheard")]
    assert weights == sorted(weights)
    assert rarity.total(("care", "st")) == pytest.approx(weights[0] + weights[1])
    assert rarity.known("zorbix")
    assert rarity.known("care")
    assert not rarity.known("unheard")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zorbix Care", True),
        ("Care Services", False),
        ("St Marys School", False),
        ("Leeds City Council", True),
        ("Family Support Training Service Agency Network", True),
        ("Holy Trinity Primary School Nursery House", False),
    ],
)
def test_whether_others_have_the_name(name: str, expected: bool) -> None:
    assert distinctive(first(name).words, RARITY) is expected


def test_blocks_find_what_shares_rare_runs_of_letters() -> None:
    names = ["zorbix widgets", "quuxly care", "fnord care", "care home", ""]
    blocks = Blocks(names)
    asked, near = blocks.near(["zorbx widgets", "fnordd", "nothing alike"], keep=1)
    assert list(zip(asked.tolist(), near.tolist(), strict=True))[:2] == [(0, 0), (1, 2)]
    assert [len(each) for each in Blocks([]).near(["a name"])] == [0, 0]
    assert [len(each) for each in blocks.near([])] == [0, 0]


def test_how_alike_names_are() -> None:
    likeness = alike(["a b", "b a", "abcd", "abc"], ["a b", "a b", "wxyz", "abc def"])
    assert likeness[0] == likeness[1] == 100
    assert likeness[2] == 0
    assert likeness[3] == 90
    assert likeness.dtype == np.float32


WORDS = st.sampled_from(
    ["zorbix", "quuxly", "fnord", "care", "st", "marys", "school", "leeds", "t", "a", "ltd", "2"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
NUMBERS = st.sampled_from([None, "01234567", "07654321"])


@given(NAMES, st.lists(st.tuples(NAMES, NUMBERS), min_size=1, max_size=6), NUMBERS)
def test_no_payee_is_two_companies(
    payee: str, listed: list[tuple[str, str | None]], number: str | None
) -> None:
    organisations = Organisations(
        tuple(name for name, _ in listed),
        tuple(number for _, number in listed),
        (None,) * len(listed),
        (frozenset[str](),) * len(listed),
    )
    found = Matcher(organisations).match(Payees((payee,), (number,), ((),)))
    accepted = [each.organisation for each in found if each.band == "accepted"]
    numbers = {listed[each][1] for each in accepted} | {number}
    assert len(numbers - {None}) <= 1
    assert len({each.organisation for each in found}) == len(found)
    assert all(0.0 <= each.score <= 1.0 and each.reason for each in found)


@given(st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_every_name_finds_itself(names: list[str]) -> None:
    asked, near = Blocks(names).near(names)
    pairs = set(zip(asked.tolist(), near.tolist(), strict=True))
    assert {(place, place) for place in range(len(names))} <= pairs


def test_a_name_does_not_depend_on_its_neighbours() -> None:
    """Payees are matched in batches; who else is in one makes no difference."""
    names = ["Zorbix", "Quuxly plc", "Fnord Care", "Zorbix Quuxlly", "Nobody"]
    listed = ("zorbix ltd", "quuxly ltd", "fnord care ltd", "zorbix quuxly ltd")
    nothing = (None,) * len(listed)
    matcher = Matcher(Organisations(listed, nothing, nothing, (frozenset[str](),) * len(listed)))

    def matched(chosen: list[str]) -> set[tuple[str, str, float, str]]:
        keys = tuple(name_key(name) for name in chosen)
        found = matcher.match(Payees(keys, (None,) * len(keys), ((),) * len(keys)))
        return {(keys[c.payee], listed[c.organisation], c.score, c.band) for c in found}

    assert matched(names) == set().union(*(matched([name]) for name in names))
    assert {(a, b) for a, b, *_ in matched(names)} >= set(
        product(["zorbix quuxlly"], ["zorbix quuxly ltd"])
    )
