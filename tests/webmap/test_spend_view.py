"""Tables of spend: what is cut, what is summed, and how pounds and shares are written."""

from decimal import Decimal

import pytest

from geo_wealth.spend.measure import Split
from geo_wealth.spend.parts import Part
from geo_wealth.spend.suppliers import SupplierPart
from webmap.spend_view import (
    exact_pounds,
    laid_out,
    one_decimal,
    supplier_table,
    where_it_went,
    whole_pounds,
    with_the_rest,
)


def split(local: int, leaked: int = 0, unlocated: int = 0) -> Split:
    return Split(Decimal(local), Decimal(leaked), Decimal(unlocated), 1, 1)


def link(slug: str) -> str:
    return f"/all?{slug}"


def test_a_long_table_ends_with_the_sum_of_the_rest() -> None:
    parts = [(f"part {place}", "", split(place)) for place in range(13, 0, -1)]
    table = laid_out("category", parts, (), link)
    assert [line.name for line in table.lines][-2:] == ["part 4", "3 more, together"]
    assert table.lines[-1].split.total == 3 + 2 + 1
    assert table.lines[-1].bar == ""
    assert (table.size, table.show_all) == (13, "/all?category")
    assert sum(line.split.total for line in table.lines) == 91


def test_a_table_asked_for_in_full_is_not_cut() -> None:
    parts = [(f"part {place}", "", split(place)) for place in range(13)]
    table = laid_out("category", parts, ("category",), link)
    assert (len(table.lines), table.show_all) == (13, None)


def test_eleven_lines_are_not_cut_to_say_one_more() -> None:
    parts = [(f"part {place}", "", split(place)) for place in range(11)]
    assert len(laid_out("category", parts, (), link).lines) == 11


def test_suppliers_that_are_cut_join_the_others_and_never_the_persons() -> None:
    named = [SupplierPart(f"Supplier {place}", split(100 - place), place) for place in range(12)]
    sums = [SupplierPart("All other suppliers", split(5)), SupplierPart("Not named", split(7))]
    table = supplier_table([*named, *sums], (), link)
    assert [line.name for line in table.lines][-2:] == ["All other suppliers", "Not named"]
    assert table.lines[-2].split.local == 90 + 89 + 5
    assert table.lines[-1].split.local == 7
    assert table.size == 12


def test_what_is_not_known_has_no_bar() -> None:
    table = with_the_rest("decile", [Part("1", "Decile 1", split(4)), Part("", "None", split(9))])
    assert 'width="100%"' in table.lines[0].bar
    assert table.lines[1].bar == ""


def test_shares_of_what_leaks_sum_to_all_of_it() -> None:
    parts = [("a", "", split(0, 30)), ("b", "", split(0, 10))]
    table = laid_out("destination", parts, (), link)
    assert [line.share for line in table.lines] == [0.75, 0.25]


def test_where_it_went_has_no_shares_where_credits_outweigh() -> None:
    assert [row[2] for row in where_it_went(split(25, 25, 50))] == [
        "25.0\u00a0%",
        "50.0\u00a0%",
        "25.0\u00a0%",
    ]
    assert [row[2] for row in where_it_went(split(-1, 2, 3))] == ["", "", ""]


@pytest.mark.parametrize(
    ("amount", "whole", "exact"),
    [
        ("1234.50", "£1,234", "£1,234.50"),
        ("1235.50", "£1,236", "£1,235.50"),
        ("-12.00", "-£12", "-£12.00"),
        ("-0.40", "£0", "-£0.40"),
        ("0", "£0", "£0.00"),
    ],
)
def test_pounds_are_written_as_people_do(amount: str, whole: str, exact: str) -> None:
    assert whole_pounds(Decimal(amount)) == whole
    assert exact_pounds(Decimal(amount)) == exact


def test_a_share_has_one_decimal() -> None:
    assert one_decimal(0.41249) == "41.2\u00a0%"
    assert one_decimal(None) == "none"
