"""What leaks although somebody local supplies it: by hand, and summing for any data."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from judged import KIRKLEES, LEEDS, NO_CARDS, books, judged
from spend_books import At, Paid, Payee, make_book

from geo_wealth.spend.book import Book
from geo_wealth.spend.opportunity import opportunities

THEN, NOW = date(2020, 4, 1), date(2022, 4, 1)
BOOK = make_book(
    [
        Paid("Far PLC", "500.00", NOW, "Building"),
        Paid("Both Ltd", "40.00", NOW, " building"),
        Paid("Near Ltd", "60.00", THEN, "BUILDING"),
        Paid("Elsewhere Known Ltd", "9.00", NOW, "Building", payer="University"),
        Paid("Card Ltd", "8.00", NOW, "Building", card=True),
        Paid("Refunder Ltd", "-1.00", NOW, "Building"),
        Paid("Far PLC", "300.00", NOW, "Software"),
        Paid("Nowhere Ltd", "20.00", NOW, "Software"),
        Paid("Near Ltd", "10.00", NOW, "Paper"),
        Paid("Far PLC", "5.00", NOW),
        Paid("University", "70.00", NOW, "Building"),
    ],
    [Payee("University")],
    [
        At("Far PLC", lad=LEEDS),
        At("Both Ltd", lad=LEEDS, kind="site"),
        At("Both Ltd"),
        *(At(name) for name in ("Near Ltd", "Card Ltd", "Refunder Ltd", "University")),
        At("Elsewhere Known Ltd", postcode="HD3 4AA"),
    ],
)
ASKED = judged(BOOK, KIRKLEES, rules=NO_CARDS, first=date(2022, 1, 1))
KNOWN = judged(BOOK, KIRKLEES, rules=NO_CARDS)
FOUND = opportunities(ASKED, KNOWN)


def test_a_category_by_hand_whatever_its_spelling() -> None:
    (building,) = FOUND.supplied
    assert building.category.strip().casefold() == "building"
    assert building.split.leaked == Decimal("540.00")
    assert building.leaked_payees == 2
    assert building.either == Decimal("40.00")  # delivered from Leeds, with a branch here


def test_suppliers_are_known_from_any_payer_and_day_but_not_from_cards_left_out() -> None:
    (building,) = FOUND.supplied
    assert [(each.name, each.postcode, each.pounds) for each in building.examples] == [
        ("Near Ltd", "HD1 2TT", Decimal("60.00")),
        ("Elsewhere Known Ltd", "HD3 4AA", Decimal("9.00")),
    ]
    assert (building.suppliers, building.received) == (2, Decimal("69.00"))


def test_what_leaks_without_a_local_supplier_keeps_its_unlocated_pounds() -> None:
    (software,) = FOUND.unsupplied
    assert (software.category, software.suppliers) == ("Software", 0)
    assert software.split.leaked == Decimal("300.00")
    assert software.split.unlocated == Decimal("20.00")
    assert FOUND.rest.total == Decimal("10.00")
    assert FOUND.uncategorised.leaked == Decimal("5.00")


def test_a_person_is_never_an_example() -> None:
    paid = {"Far PLC": "5.00", "A Person": "9.00", "Nowhere Ltd": "1.00"}
    book = make_book(
        [Paid(name, pounds, category="Care") for name, pounds in paid.items()],
        [Payee("A Person", individual=True)],
        [At("Far PLC", lad=LEEDS), At("A Person")],
    )
    selection = judged(book, KIRKLEES)
    found = opportunities(selection, selection)
    assert not found.supplied
    assert [each.category for each in found.unsupplied] == ["Care"]


def test_a_category_that_would_tell_what_a_person_was_paid_is_not_listed() -> None:
    book = make_book(
        [
            Paid("Far PLC", "500.00", category="Building"),
            Paid("Far PLC", "5.00", category="Care"),
            Paid("A Person", "9.00", category="Care"),
            Paid("Far PLC", "2.00", category="Paper"),
            Paid("Nowhere Ltd", "1.00"),
        ],
        [Payee("A Person", individual=True)],
        [At("Far PLC", lad=LEEDS)],
    )
    selection = judged(book, KIRKLEES)
    found = opportunities(selection, selection)
    # Care is of two payees: what has no category joins it, the smallest with a third payee.
    assert [each.category for each in found.unsupplied] == ["Building", "Paper"]
    assert (found.rest.leaked, found.rest.unlocated) == (Decimal("5.00"), Decimal("10.00"))
    assert found.uncategorised.payments == 0


@given(books())
def test_every_leaked_pound_is_in_one_part(book: Book) -> None:
    asked = judged(book, KIRKLEES, first=date(2021, 1, 1), last=date(2021, 12, 31))
    found = opportunities(asked, judged(book, KIRKLEES))
    whole = asked.sums().split()
    categories = [*found.supplied, *found.unsupplied]
    for name in ("local", "leaked", "unlocated", "payments"):
        pieces = [each.split for each in categories] + [found.rest, found.uncategorised]
        assert sum(getattr(piece, name) for piece in pieces) == getattr(whole, name)
    ranked = [each.split.leaked for each in found.supplied]
    assert ranked == sorted(ranked, reverse=True)
    assert all(each.received > 0 and each.suppliers for each in found.supplied)
