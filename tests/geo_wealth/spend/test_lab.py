"""Definitions side by side: every difference is a matrix whose sums are the two sides."""

from decimal import Decimal

from hypothesis import given
from judged import BRADFORD, KIRKLEES, LEEDS, NO_CARDS, books, judged
from spend_books import At, Paid, make_book

from geo_wealth.spend.book import Book
from geo_wealth.spend.lab import ORDER, differences, disagreed, torn
from geo_wealth.spend.placing import LEAKED, LOCAL, UNLOCATED

BOOK = make_book(
    [
        Paid("Near Ltd", "100.00"),
        Paid("Near Ltd", "-10.00"),
        Paid("Far PLC", "50.00"),
        Paid("Both Ltd", "7.00"),
        Paid("Office Ltd", "3.50"),
        Paid("Nowhere Ltd", "30.00"),
        Paid("Far PLC", "5.00", card=True),
    ],
    sites=[
        At("Near Ltd"),
        At("Far PLC", lad=LEEDS),
        At("Both Ltd", lad=LEEDS, kind="registered"),
        At("Both Ltd"),
        At("Office Ltd", kind="registered"),
    ],
)
BRANCH = judged(BOOK, KIRKLEES, order=("branch",), rules=NO_CARDS)
REGISTERED = judged(BOOK, KIRKLEES, order=("registered", "branch"), rules=NO_CARDS)
WIDE = judged(BOOK, KIRKLEES, LEEDS, rules=NO_CARDS)


def test_a_difference_by_hand() -> None:
    (difference,) = differences([BRANCH, REGISTERED])
    cells = {(cell.first, cell.second): cell for cell in difference.cells}
    assert {at: cell.pounds for at, cell in cells.items() if cell.payments} == {
        (LOCAL, LOCAL): Decimal("90.00"),
        (LOCAL, LEAKED): Decimal("7.00"),  # a branch here, the registered office elsewhere
        (LEAKED, LEAKED): Decimal("50.00"),
        (UNLOCATED, LOCAL): Decimal("3.50"),  # a registered office alone
        (UNLOCATED, UNLOCATED): Decimal("30.00"),
    }
    assert (cells[LOCAL, LOCAL].payments, cells[LOCAL, LOCAL].payees) == (2, 1)
    assert (difference.payments, difference.pounds) == (2, Decimal("10.50"))


def test_the_payments_of_a_difference_and_of_one_cell() -> None:
    assert disagreed(BRANCH, REGISTERED).tolist() == [3, 4]
    assert disagreed(BRANCH, REGISTERED, (UNLOCATED, LOCAL)).tolist() == [4]
    assert disagreed(BRANCH, REGISTERED, (LOCAL, LOCAL)).tolist() == [0, 1]
    assert torn([BRANCH, REGISTERED, WIDE]).tolist() == [2, 3, 4]


def test_every_pair_of_several_definitions_once() -> None:
    found = differences([BRANCH, REGISTERED, WIDE])
    assert [(each.first, each.second) for each in found] == [(0, 1), (0, 2), (1, 2)]
    assert not differences([BRANCH])


@given(books())
def test_rows_and_columns_sum_to_the_two_sides(book: Book) -> None:
    first = judged(book, KIRKLEES, order=("branch",), rules=NO_CARDS)
    second = judged(book, BRADFORD, LEEDS, order=("registered", "branch"), rules=NO_CARDS)
    (difference,) = differences([first, second])
    for which, selection in (("first", first), ("second", second)):
        split = selection.sums().split()
        sides = dict(zip(ORDER, (split.local, split.leaked, split.unlocated), strict=True))
        for state, pounds in sides.items():
            mine = [cell for cell in difference.cells if getattr(cell, which) == state]
            assert sum((cell.pounds for cell in mine), Decimal(0)) == pounds
    assert sum(cell.payments for cell in difference.cells) == first.sums().split().payments


@given(books())
def test_each_cell_is_the_sum_of_the_payments_listed_for_it(book: Book) -> None:
    first, second = judged(book, KIRKLEES), judged(book, KIRKLEES, LEEDS)
    (difference,) = differences([first, second])
    for cell in difference.cells:
        listed = disagreed(first, second, (cell.first, cell.second))
        assert (len(listed), first.pounds(listed)) == (cell.payments, cell.pounds)
    assert len(disagreed(first, second)) == difference.payments


@given(books())
def test_swapping_the_definitions_turns_the_matrix(book: Book) -> None:
    first, second = judged(book, KIRKLEES), judged(book, LEEDS, order=("registered",))
    (there,), (back,) = differences([first, second]), differences([second, first])
    turned = {(cell.second, cell.first): (cell.pounds, cell.payees) for cell in back.cells}
    assert {(cell.first, cell.second): (cell.pounds, cell.payees) for cell in there.cells} == turned
