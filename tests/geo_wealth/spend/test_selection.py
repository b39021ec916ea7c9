"""From payments to a selection: period, rules, states, and every line accounted for."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import KIRKLEES, judged
from spend_books import At, Paid, Payee, make_book

from geo_wealth.spend.book import NONE, Book
from geo_wealth.spend.disclosure import FEW_NAME, UNNAMED
from geo_wealth.spend.kinds import NO, UNKNOWN, YES, supplier_kinds
from geo_wealth.spend.parts import by_address, by_category, by_decile, by_destination, by_kind
from geo_wealth.spend.selection import OUTSIDE_PERIOD, UNDATED, Selection
from geo_wealth.spend.suppliers import NOT_SHOWN, OTHERS, supplier_parts

PERSON = "a person or sole trader, never matched"
NO_CARDS = """
slug = "no-cards"
title = "No cards"
about = "Purchase cards are left out."
[[rule]]
slug = "cards"
reason = "paid by purchase card"
[rule.when]
channel = "card"
"""


def selected(book: Book, first: date | None = None, last: date | None = None) -> Selection:
    return judged(book, KIRKLEES, rules=NO_CARDS, first=first, last=last)


BOOK = make_book(
    [
        Paid("Near Ltd", "100.00", category="Building"),
        Paid("Near Ltd", "-10.00", category="Building"),
        Paid("Far PLC", "50.00", category="Building"),
        Paid("Nowhere Ltd", "30.00"),
        Paid("REDACTED", "20.00", on=None),
        Paid("Near Ltd", "7.00", card=True),
        Paid("Far PLC", "5.00", on=date(2020, 1, 1)),
        Paid("Other payer's", "1000.00", payer="University"),
    ],
    [Payee("REDACTED", state="redacted")],
    [At("Near Ltd"), At("Far PLC", lad="E08000035", kind="registered", postcode="LS1 1UR")],
)


def test_every_pound_is_local_leaked_unlocated_or_left_out() -> None:
    chosen = selected(BOOK)
    spend = chosen.sums().split()
    assert (spend.local, spend.leaked, spend.unlocated) == (
        Decimal("90.00"),
        Decimal("55.00"),
        Decimal("50.00"),
    )
    rows, pounds = chosen.account()
    assert rows == {
        "read": 7,
        "included": 6,
        "excluded": {"paid by purchase card": 1},
        "rejected": 0,
    }
    assert pounds["read"] == Decimal("202.00")
    assert pounds["included"] + pounds["excluded"]["paid by purchase card"] == pounds["read"]


def test_a_month_counts_when_it_has_more_than_a_few_payments() -> None:
    paid = {date(2021, 4, 1): 40, date(2021, 5, 1): 40, date(2021, 6, 1): 2, date(2019, 1, 1): 1}
    book = make_book([Paid("Near Ltd", "1.00", on=day) for day in paid for _ in range(paid[day])])
    chosen = selected(book)
    # The median month has (40 + 2) / 2 = 21 payments, 5 % of which are 1.05.
    assert chosen.paid_months() == [date(2021, 4, 1), date(2021, 5, 1), date(2021, 6, 1)]
    assert chosen.months() == 3
    assert chosen.days() == chosen.covered() == (date(2019, 1, 1), date(2021, 6, 1))
    assert selected(book, first=date(2030, 1, 1)).months() == 0


def test_stray_rows_of_a_month_do_not_make_it_one() -> None:
    paid = {date(2021, 4, 1): 40, date(2021, 5, 1): 40, date(2019, 1, 1): 1}
    book = make_book([Paid("Near Ltd", "1.00", on=day) for day in paid for _ in range(paid[day])])
    assert selected(book).months() == 2  # 1 is less than 5 % of 40


def test_a_period_leaves_out_what_is_outside_it_and_what_has_no_date() -> None:
    chosen = selected(BOOK, first=date(2021, 1, 1), last=date(2021, 4, 1))
    assert {reason: count for reason, (count, _) in chosen.excluded().items()} == {
        OUTSIDE_PERIOD: 1,
        UNDATED: 1,
        "paid by purchase card": 1,
    }


def test_the_last_day_of_a_period_is_in_it() -> None:
    assert selected(BOOK, last=date(2020, 1, 1)).sums().split().total == Decimal("5.00")


def test_unlocated_pounds_have_their_reasons() -> None:
    assert [(reason, pounds) for reason, pounds, _ in selected(BOOK).why_unlocated()] == [
        ("the name is redacted", Decimal("20.00")),
        ("no register has it", Decimal("30.00")),
    ]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("abc", {PERSON: 3}),
        ("abcrz", {"the name is redacted": 1, "the ledger gives no name": 1, PERSON: 3}),
        ("arrz", {UNNAMED: 4}),
        ("abrn", {UNNAMED: 3, "no register has it": 1}),
        ("arn", {f"{UNNAMED}, or no register has it": 3}),
        ("arrnm", {f"{UNNAMED}, or no register has it": 5}),
        ("a", {UNNAMED: 1}),
        ("rn", {"the name is redacted": 1, "no register has it": 1}),
    ],
)
def test_one_or_two_persons_are_no_reason_of_their_own(names: str, told: dict[str, int]) -> None:
    persons = [Payee(name, individual=True) for name in "abc"]
    book = make_book(
        [Paid(name, "1.00") for name in names],
        [*persons, Payee("r", "redacted"), Payee("z", "blank")],
    )
    found = selected(book).why_unlocated()
    assert {reason: int(pounds) for reason, pounds, _ in found} == told
    assert {reason: count for reason, _, count in found} == told


def test_categories_with_a_person_and_fewer_than_three_payees_are_one_part() -> None:
    paid = {
        "Building": {"Near Ltd": 500, "Far PLC": 100},  # of two firms: nothing to hide
        "Care": {"A Person": 40, "Near Ltd": 300},
        "Taxis": {"B Person": 60, "Near Ltd": 1, "Far PLC": 2},
        "Tuition": {"A Person": 9},
        "few": {"Near Ltd": 30},
        "Paper": {"Far PLC": 20},
    }
    book = make_book(
        [
            Paid(who, f"{sum_}", category=of)
            for of, all_ in paid.items()
            for who, sum_ in all_.items()
        ],
        [Payee("A Person", individual=True), Payee("B Person", individual=True)],
        [At("Near Ltd")],
    )
    parts = by_category(selected(book))
    assert [(part.slug, part.name, part.split.total, part.split.payees) for part in parts] == [
        ("Building", "Building", 600, 2),
        ("few-", FEW_NAME, 369, 3),  # Care, Tuition, and Paper for a third payee
        ("Taxis", "Taxis", 63, 3),
        ("few", "few", 30, 1),
    ]
    assert sum(part.split.payments for part in parts) == len(book.payments)


@given(st.lists(st.tuples(st.sampled_from("PQFGH"), st.sampled_from("ABCD"), st.integers(-9, 99))))
def test_no_part_by_category_is_of_a_person_and_fewer_than_three(
    paid: list[tuple[str, str, int]],
) -> None:
    made = [Paid(who, f"{sum_}.00", category=of) for who, of, sum_ in paid]
    book = make_book(
        [Paid("F", "1.00"), *made], [Payee(name, individual=name in "PQ") for name in "PQFGH"]
    )
    parts = by_category(selected(book))
    assert sum(part.split.total for part in parts) == 1 + sum(sum_ for _, _, sum_ in paid)
    everybody = {"F", *(who for who, _, _ in paid)}
    for part in parts:
        of = {who for who, category, _ in paid if category == part.slug}
        assert part.split.payees >= min(3, len(everybody)) or not of & set("PQ")
        if part.name == FEW_NAME:
            assert part.split.payees >= min(3, len(everybody))


def test_what_could_be_counted_either_way_is_told() -> None:
    book = make_book(
        [Paid("Chain Ltd", "80.00"), Paid("Near Ltd", "20.00")],
        sites=[
            At("Chain Ltd", kind="branch"),
            At("Chain Ltd", kind="registered", lad="E09000033"),
            At("Near Ltd"),
        ],
    )
    assert selected(book).either() == Decimal("80.00")


def test_parts_name_category_address_and_destination() -> None:
    chosen = selected(BOOK)
    sums = chosen.sums()
    assert [(part.name, part.split.total) for part in by_category(chosen)] == [
        ("Building", Decimal("140.00")),
        ("No category given", Decimal("55.00")),
    ]
    assert [(part.slug, part.split.total) for part in by_address(chosen, sums)] == [
        ("branch", Decimal("90.00")),
        ("registered", Decimal("55.00")),
        ("", Decimal("50.00")),
    ]
    destinations = by_destination(chosen, sums, {"E08000035": "Leeds"})
    assert [(part.slug, part.name, part.split.leaked) for part in destinations] == [
        ("E08000035", "Leeds", Decimal("55.00"))
    ]


def test_deciles_keep_what_has_none() -> None:
    chosen = selected(BOOK)
    parts = by_decile(chosen, chosen.sums(), np.array([3, NONE]))
    told = {part.slug: part.split.total for part in parts if part.split.payments}
    assert told == {"3": Decimal("90.00"), "": Decimal("105.00")}
    assert len(parts) == 11


def test_a_book_without_any_address_is_all_unlocated() -> None:
    chosen = selected(make_book([Paid("Nowhere Ltd", "30.00")]))
    sums = chosen.sums()
    assert sums.split().unlocated == Decimal("30.00")
    assert [part.name for part in by_address(chosen, sums)] == ["No address that counts"]


# Suppliers, and what is not said of persons ----------------------------------------------------


def test_persons_are_one_sum_with_the_redacted_and_blank() -> None:
    book = make_book(
        [
            Paid("Near Ltd", "500.00"),
            Paid("A Person", "40.00"),
            Paid("REDACTED", "30.00"),
            Paid("", "20.00"),
        ],
        [Payee("A Person", individual=True), Payee("REDACTED", "redacted"), Payee("", "blank")],
        [At("Near Ltd")],
    )
    chosen = selected(book)
    parts = supplier_parts(book, chosen.sums(), chosen.placing)
    assert [(part.name, part.split.total) for part in parts] == [
        ("Near Ltd", Decimal("500.00")),
        (NOT_SHOWN, Decimal("90.00")),
    ]
    assert (parts[0].postcode, parts[0].register) == ("HD1 2TT", "business-rates")


def test_a_sum_of_fewer_than_three_is_joined_by_the_smallest_named() -> None:
    paid = [Paid("A Person", "40.00"), *(Paid(f"Firm {i} Ltd", f"{i}00.00") for i in range(1, 5))]
    book = make_book(paid, [Payee("A Person", individual=True)])
    chosen = selected(book)
    parts = supplier_parts(book, chosen.sums(), chosen.placing)
    assert [(part.name, part.split.total, part.split.payees) for part in parts] == [
        ("Firm 4 Ltd", Decimal("400.00"), 1),
        ("Firm 3 Ltd", Decimal("300.00"), 1),
        (NOT_SHOWN, Decimal("340.00"), 3),
    ]


def test_a_sum_that_nobody_can_join_does_not_count_its_payees() -> None:
    book = make_book([Paid("A Person", "40.00")], [Payee("A Person", individual=True)])
    chosen = selected(book)
    (part,) = supplier_parts(book, chosen.sums(), chosen.placing)
    assert (part.name, part.payees) == (NOT_SHOWN, "fewer than three")


def test_suppliers_beyond_the_list_are_a_sum_and_nothing_is_lost() -> None:
    book = make_book([Paid(f"Firm {i} Ltd", f"{i}.00") for i in range(1, 8)])
    chosen = selected(book)
    parts = supplier_parts(book, chosen.sums(), chosen.placing, shown=2)
    assert [part.name for part in parts] == ["Firm 7 Ltd", "Firm 6 Ltd", OTHERS]
    assert sum(part.split.total for part in parts) == Decimal("28.00")


@pytest.mark.parametrize(("persons", "told"), [("ab", 0), ("abc", 3)])
def test_sole_traders_are_told_of_three_or_more(persons: str, told: int) -> None:
    book = make_book(
        [Paid(name, "1.00") for name in [*persons, "Near Ltd"]],
        [Payee(name, individual=True) for name in "abc"],
    )
    kinds = {part.slug: part for part in by_kind(supplier_kinds(book), selected(book).sums())}
    sole = kinds["sole-trader"]
    assert sole.yes.total == told
    assert sole.yes.total + sole.no.total + sole.unknown.total == len(persons) + 1


# Kinds of supplier -----------------------------------------------------------------------------


def test_kinds_overlap_and_unknown_is_an_answer() -> None:
    payees = [
        Payee("Sample Mill CIC"),
        Payee("Sample Weavers Ltd"),
        Payee("Sample Group PLC"),
        Payee("A Person", individual=True),
        Payee("Flagged Ltd", vcse=1),
        Payee("REDACTED", "redacted"),
    ]
    sites = [
        At("Sample Weavers Ltd", register="cooperatives", form="Co-operative Society"),
        At("Sample Group PLC", register="employers"),
    ]
    book = make_book([Paid(payee.name, "1.00") for payee in payees], payees, sites)
    kinds = supplier_kinds(book)
    told = {
        payee.name: {slug: int(flags[place]) for slug, flags in kinds.items()}
        for place, payee in enumerate(payees)
    }
    assert told["Sample Mill CIC"]["vcse"] == told["Sample Mill CIC"]["community-business"] == YES
    assert told["Sample Weavers Ltd"]["cooperative"] == YES
    assert told["Sample Weavers Ltd"]["sme"] == UNKNOWN
    assert told["Sample Group PLC"] == {
        "business": YES,
        "sme": NO,
        "vcse": NO,
        "cooperative": NO,
        "community-business": NO,
        "sole-trader": UNKNOWN,
    }
    assert told["A Person"]["sole-trader"] == YES
    assert told["Flagged Ltd"]["vcse"] == YES
    assert set(told["REDACTED"].values()) == {UNKNOWN}
