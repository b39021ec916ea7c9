"""Lists of payments: no person's payment stands alone, and every penny is in one row."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import KIRKLEES, LEEDS, NO_CARDS, books, judged
from spend_books import At, Paid, Payee, make_book

from geo_wealth.spend.book import Book
from geo_wealth.spend.listing import NOT_SHOWN, PERSONS, Listing, arrange, shown, tells_person

PEOPLE = [Payee(name, individual=True) for name in ("A One", "B Two", "C Three")]
HIDDEN = [Payee("REDACTED", state="redacted"), Payee("", state="blank")]


def arranged(paid: list[Paid]) -> tuple[Listing, Book]:
    book = make_book(paid, [*PEOPLE, *HIDDEN, Payee("Near Ltd")], sites=[At("Near Ltd")])
    selection = judged(book, KIRKLEES, rules=NO_CARDS)
    return arrange([selection], np.arange(len(paid))), book


def told(listing: Listing) -> list[tuple[str, list[int]]]:
    return [(group.payee, sorted(group.payments.tolist())) for group in listing.groups]


def test_three_persons_are_one_row_and_others_stay() -> None:
    listing, _ = arranged(
        [
            Paid("A One", "5"),
            Paid("Near Ltd", "1"),
            Paid("B Two", "6"),
            Paid("REDACTED", "9"),
            Paid("C Three", "7"),
            Paid("A One", "8"),
        ]
    )
    assert told(listing) == [(PERSONS, [0, 2, 4, 5])]
    assert listing.singles.tolist() == [1, 3]
    assert len(listing) == 3


def test_two_persons_are_joined_with_payees_without_a_name() -> None:
    listing, _ = arranged(
        [Paid("A One", "5"), Paid("B Two", "6"), Paid("REDACTED", "9"), Paid("Far Ltd", "1")]
    )
    assert told(listing) == [(NOT_SHOWN, [0, 1, 2])]
    assert listing.singles.tolist() == [3]


def test_one_person_is_joined_with_the_smallest_payments_of_two_others() -> None:
    listing, _ = arranged(
        [
            Paid("A One", "500"),
            Paid("Far Ltd", "30"),
            Paid("Far Ltd", "-2"),
            Paid("Gone Ltd", "40"),
            Paid("Else Ltd", "20"),
            Paid("Near Ltd", "1"),  # local: another outcome
            Paid("Far Ltd", "1", card=True),  # left out: another outcome
        ]
    )
    assert told(listing) == [(NOT_SHOWN, [0, 2, 4])]
    assert listing.singles.tolist() == [1, 3, 5, 6]


def test_each_ledger_and_each_outcome_has_its_own_rows() -> None:
    three = ["A One", "B Two", "C Three"]
    paid = [Paid(name, "1", payer="First") for name in three]
    paid += [Paid(name, "1", payer="Second") for name in three]
    paid += [Paid(name, "1", payer="Second", card=True) for name in three]
    assert told(arranged(paid)[0]) == [
        (PERSONS, [0, 1, 2]),
        (PERSONS, [3, 4, 5]),
        (PERSONS, [6, 7, 8]),
    ]


@given(books(), st.sets(st.integers(0, 4)))
def test_every_payment_is_in_one_row_and_no_person_alone(drawn: Book, persons: set[int]) -> None:
    individual = np.array([place in persons for place in range(len(drawn.payees))])
    book = replace(drawn, payees=replace(drawn.payees, individual=individual))
    both = [judged(book, KIRKLEES, rules=NO_CARDS), judged(book, LEEDS, rules=NO_CARDS)]
    listing = arrange(both, np.arange(len(book.payments)))
    places = [place for group in listing.groups for place in group.payments.tolist()]
    assert sorted([*listing.singles.tolist(), *places]) == list(range(len(book.payments)))
    assert not book.payees.individual[book.payments.payee[listing.singles]].any()
    outcomes = list(zip(*(each for one in both for each in (one.state, one.reason)), strict=True))
    alike = [(int(book.payments.ledger[place]), *each) for place, each in enumerate(outcomes)]
    for group in listing.groups:
        (outcome,) = {alike[place] for place in group.payments.tolist()}
        payees = {int(book.payments.payee[place]) for place in group.payments.tolist()}
        every = [place for place, each in enumerate(alike) if each == outcome]
        assert len(payees) >= min(3, len({int(book.payments.payee[place]) for place in every}))
    pounds = [both[0].pounds(group.payments) for group in listing.groups]
    assert sum(pounds, both[0].pounds(listing.singles)) == both[0].pounds(
        np.arange(len(book.payments))
    )


@pytest.mark.parametrize(
    "text",
    [
        "placement for R Sample",
        "Care of J Sample",
        "CARE OF J SAMPLE",
        "respite, Mrs Sample",
        "Taxi for Mr A. Sample to school",
        "Payment to A.B. Sample",
        "J Sample",
    ],
)
def test_a_text_that_names_a_person_is_not_shown(text: str) -> None:
    assert tells_person(text)
    assert shown(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Placements for adults",
        "Adult Social Care",
        "Care of the elderly",
        "Purchase of Equipment and Tools",
        "IT services for HR",
        "Repairs to Sample House",
        "Transfer to Reserves",
    ],
)
def test_other_texts_are_shown(text: str) -> None:
    assert shown(text) == text
    assert shown(None) is None
