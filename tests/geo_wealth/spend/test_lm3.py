"""LM3: the published example, answers joined to the ledger, and bounds for any data."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from judged import KIRKLEES, LEEDS, books, judged
from spend_books import At, Paid, make_book

from geo_wealth.spend.book import Book
from geo_wealth.spend.lm3 import (
    Answer,
    Group,
    in_confidence,
    multiplier,
    staff_group,
    suppliers_group,
)


def answer(key: str, received: str, spent: str) -> Answer:
    return Answer(key, Decimal(received), Decimal(spent))


def test_the_published_example() -> None:
    book = make_book(
        [Paid("Near Ltd", "60.00"), Paid("Far PLC", "40.00")],
        sites=[At("Near Ltd"), At("Far PLC", lad=LEEDS)],
    )
    group = suppliers_group(judged(book, KIRKLEES), [answer("near ltd", "60.00", "24.00")])
    assert (group.first, group.local, group.respent) == (Decimal(100), Decimal(60), 24)
    found = multiplier([group])
    assert found is not None
    assert found.low == found.estimate == found.high == Fraction(184, 100)


BOOK = make_book(
    [
        Paid("Near Ltd", "50.00"),
        Paid("Trading Name", "30.00"),
        Paid("Silent Ltd", "20.00"),
        Paid("Far PLC", "60.00"),
        Paid("Nowhere Ltd", "40.00"),
    ],
    sites=[
        *(At(name) for name in ("Near Ltd", "Trading Name", "Silent Ltd")),
        At("Far PLC", lad=LEEDS),
    ],
)


def test_those_who_did_not_answer_bound_and_are_estimated_at_the_mean_rate() -> None:
    answers = [
        answer("near ltd", "500.00", "200.00"),  # another period: its rate counts, 40 %
        answer("trading name", "10.00", "1.00"),
        answer("trading name", "20.00", "8.00"),  # two answers of one are added up: 30 %
        answer("far plc", "60.00", "60.00"),  # no local recipient
        answer("silent ltd", "0.00", "0.00"),  # says nothing
    ]
    group = suppliers_group(judged(BOOK, KIRKLEES), answers)
    assert (group.answers, group.unused) == (2, 2)
    assert (group.answered, group.told) == (Decimal(80), Decimal(530))
    assert group.respent == 29  # .4 of 50 and .3 of 30
    assert group.coverage == Fraction(4, 5)
    assert group.estimate == Fraction(29, 80) * 100
    assert group.most == 49
    found = multiplier([group])
    assert found is not None
    assert found.low == Fraction(200 + 100 + 29, 200)
    # 100 of the 160 located are local; the 40 that are not located are taken to be alike.
    assert found.estimate == 1 + Fraction(100, 160) * (1 + Fraction(29, 80))
    assert found.high == Fraction(200 + 100 + 49 + 2 * 40, 200)


def test_without_answers_there_are_bounds_and_no_estimate() -> None:
    found = multiplier([suppliers_group(judged(BOOK, KIRKLEES), [])])
    assert found is not None
    assert (found.low, found.estimate) == (Fraction(3, 2), None)
    assert found.high == Fraction(200 + 100 + 100 + 80, 200)


def test_nothing_local_is_an_lm3_of_one() -> None:
    book = make_book([Paid("Far PLC", "60.00")], sites=[At("Far PLC", lad=LEEDS)])
    found = multiplier([suppliers_group(judged(book, KIRKLEES), [])])
    assert found is not None
    assert found.low == found.estimate == found.high == 1


def test_credits_that_outweigh_payments_have_no_lm3() -> None:
    book = make_book([Paid("Near Ltd", "-60.00")], sites=[At("Near Ltd")])
    assert multiplier([suppliers_group(judged(book, KIRKLEES), [])]) is None


def test_credits_of_those_who_did_not_answer_take_from_what_counts_as_answered() -> None:
    book = make_book(
        [Paid("Near Ltd", "100.00"), Paid("Silent Ltd", "-20.00")],
        sites=[At("Near Ltd"), At("Silent Ltd")],
    )
    group = suppliers_group(judged(book, KIRKLEES), [answer("near ltd", "100.00", "50.00")])
    assert (group.local, group.answered, group.respent) == (Decimal(80), Decimal(80), 40)
    assert group.coverage == 1


def test_staff_are_a_group_of_their_own() -> None:
    told = [answer("2", "100.00", "50.00"), answer("3", "300.00", "180.00"), answer("4", "0", "0")]
    staff = staff_group(told, Decimal(1000), Decimal(800))
    assert (staff.answers, staff.unused, staff.answered) == (2, 1, Decimal(400))
    assert staff.rate == Fraction(230, 400)
    suppliers = suppliers_group(judged(BOOK, KIRKLEES), [answer("near ltd", "50.00", "20.00")])
    both = multiplier([suppliers, staff])
    assert both is not None
    suppliers_again = 200 * Fraction(100, 160) * (1 + Fraction(2, 5))
    assert both.estimate == (1200 + suppliers_again + 800 * (1 + Fraction(23, 40))) / 1200


def test_staff_who_were_paid_more_than_all_local_pay_count_for_that_alone() -> None:
    staff = staff_group([answer("2", "100.00", "50.00")], Decimal(90), Decimal(80))
    assert (staff.answered, staff.respent) == (Decimal(80), 40)


def test_few_answers_or_one_that_outweighs_the_others_are_not_used() -> None:
    def asked(*pounds: str, told: str = "1.00") -> Group:
        names = [f"Firm {place} Ltd" for place in range(len(pounds))]
        book = make_book(
            [Paid(*each) for each in zip(names, pounds, strict=True)],
            sites=[At(name) for name in names],
        )
        answers = [answer(name.lower(), "1.00", "0.25") for name in names]
        answers[0] = Answer(answers[0].respondent_key, Decimal(told), Decimal("0.25"))
        return in_confidence(suppliers_group(judged(book, KIRKLEES), answers))

    assert not asked("20.00", "10.00", "10.00").withheld  # half, and no more
    few, outweighed = asked("50.00", "50.00"), asked("20.01", "10.00", "10.00")
    by_word = asked("10.00", "10.00", "10.00", told="2.01")
    for group in (few, outweighed, by_word):
        assert group.withheld
        assert (group.answers, group.answered, group.told, group.respent) == (0, 0, 0, 0)
        assert (group.rate, group.estimate, group.coverage) == (None, None, None)
        assert group.most == group.local
    staff = [answer(str(line), pay, "1.00") for line, pay in enumerate(("50.00", "20.00", "20.00"))]
    assert in_confidence(staff_group(staff, Decimal(1000), Decimal(800))).withheld
    assert not in_confidence(staff_group([*staff, staff[0]], Decimal(900), Decimal(800))).withheld


names = st.sampled_from([f"payee {letter} ltd" for letter in "abcde"])
rates = st.integers(0, 100)


@given(books(), st.dictionaries(names, rates))
def test_lm3_is_between_one_and_three_and_in_its_bounds(book: Book, told: dict[str, int]) -> None:
    answers = [Answer(key, Decimal(100), Decimal(rate)) for key, rate in told.items()]
    group = suppliers_group(judged(book, KIRKLEES), answers)
    hidden = multiplier([in_confidence(group)])
    found = multiplier([group])
    if found is None or hidden is None:
        split = judged(book, KIRKLEES).sums().split()
        assert split.total <= 0 or min(split.local, split.leaked, split.unlocated) < 0
        return
    assert 1 <= hidden.low <= found.low <= found.high <= hidden.high <= 3
    if found.estimate is not None:
        assert found.low <= found.estimate <= found.high


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)), min_size=1))
def test_lm3_of_groups_together_is_that_of_their_sums(groups: list[tuple[int, int, int]]) -> None:
    made = [
        Group(
            "g",
            Decimal(a + b + c + 1),
            Decimal(b),
            Decimal(c),
            1,
            Decimal(b),
            Decimal(b),
            Fraction(b, 2),
            0,
        )
        for a, b, c in groups
    ]
    found = multiplier(made)
    first = sum(group.first for group in made)
    local = sum(group.local for group in made)
    assert found is not None
    assert found.low == 1 + Fraction(local) * Fraction(3, 2) / Fraction(first)
