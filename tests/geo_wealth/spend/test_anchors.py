"""Anchors together: transfers among them found, listed and counted once."""

from decimal import Decimal

import pytest
from hypothesis import given
from judged import KIRKLEES, books, judged
from spend_books import At, Paid, Payee, make_book

from geo_wealth.errors import InvalidRequestError
from geo_wealth.spend.anchors import anchors_among, council_of, joint, scale_document
from geo_wealth.spend.book import NONE, Book
from geo_wealth.spend.definition import AreaTest, PayerTownTest, parse_definition

PAYERS = ("Sample Council", "Sample University")
BOOK = make_book(
    [
        Paid("Near Ltd", "100.00", payer="Sample Council"),
        Paid("Sample University", "40.00", payer="Sample Council"),
        Paid("University of Sample Finance", "5.00", payer="Sample Council"),
        Paid("Sample MBC", "-3.00", payer="Sample Council"),
        Paid("Sample Metropolitan Borough Council", "7.00", payer="Sample University"),
        Paid("Sample Council of Mosques", "2.00", payer="Sample University"),
        Paid("Nowhere Ltd", "11.00", payer="Sample University"),
    ],
    sites=[At("Near Ltd")],
)


def named(book: Book, also: dict[str, list[str]] | None = None) -> dict[str, str]:
    found = anchors_among(book, PAYERS, also)
    return {
        book.payees.name[place]: PAYERS[anchor]
        for place, anchor in enumerate(found.tolist())
        if anchor != NONE
    }


def test_an_anchor_is_known_by_the_names_of_one_council() -> None:
    assert named(BOOK) == {
        "Sample University": "Sample University",
        "Sample MBC": "Sample Council",
        "Sample Metropolitan Borough Council": "Sample Council",
    }


def test_and_by_a_name_that_the_user_gives() -> None:
    also = {"Sample University": ["University of Sample - Finance"]}
    assert named(BOOK, also)["University of Sample Finance"] == "Sample University"


def test_and_by_a_company_number_or_an_entry_among_the_anchors() -> None:
    book = make_book(
        [Paid(name, "1.00") for name in ("Sample University", "SU Estates", "SU Labs", "Other")],
        [
            Payee("Sample University", company_number="01234567"),
            Payee("SU Estates", company_number="01234567"),
        ],
        [At("SU Labs", register="anchors"), At("Other", register="suppliers")],
    )
    assert set(named(book)) == {"Sample University", "SU Estates"}
    shared = make_book([Paid("SU Labs", "1.00")], sites=[At("SU Labs", register="anchors")])
    assert named(shared, {"Sample University": ["SU Labs"]}) == {"SU Labs": "Sample University"}


def test_no_name_that_is_given_finds_a_person() -> None:
    people = ("A Person", "Sample MBC", "Partner", "Tenant")
    book = make_book(
        [Paid(name, "9.00") for name in ("SU Estates", *people)],
        [
            Payee("SU Estates", company_number="01234567"),
            *(Payee(name, individual=True, company_number="01234567") for name in people),
        ],
        [At("A Person", register="anchors"), At("Tenant", register="anchors")],
    )
    also = {"Sample University": ["A Person", "Tenant", "SU Estates"]}
    assert named(book, also) == {"SU Estates": "Sample University"}
    asked = judged(book, KIRKLEES)
    nobody, person = (
        joint(asked, anchors_among(book, PAYERS, {"Sample University": [name]}))
        for name in ("Nobody", "A Person")
    )
    assert person == nobody


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("sample council", "sample"),
        ("city of sample metropolitan district council", "sample"),
        ("sample mbc", "sample"),
        ("sample council of mosques", "sample mosques"),
        ("sample city football club", None),
        ("council", None),
        ("", None),
    ],
)
def test_which_council_a_name_is(key: str, place: str | None) -> None:
    assert council_of(key) == place


def test_transfers_are_left_out_of_the_joint_total() -> None:
    selection = judged(BOOK, KIRKLEES, payers=PAYERS)
    found = joint(selection, anchors_among(BOOK, PAYERS))
    assert [(each.payer, each.payee, each.pounds) for each in found.transfers] == [
        ("Sample Council", "Sample Council", Decimal("-3.00")),
        ("Sample Council", "Sample University", Decimal("40.00")),
        ("Sample University", "Sample Council", Decimal("7.00")),
    ]
    assert found.transferred.total == Decimal("44.00")
    assert (found.split.local, found.split.unlocated) == (Decimal("100.00"), Decimal("18.00"))


@given(books())
def test_joint_and_transfers_sum_to_the_anchors_one_by_one(book: Book) -> None:
    payers = tuple(sorted({ledger.payer for ledger in book.ledgers}))
    also = {payers[0]: ["Payee B Ltd"], payers[-1]: ["Payee C Ltd"]}
    found = joint(judged(book, KIRKLEES, payers=payers), anchors_among(book, payers, also))
    alone = [judged(book, KIRKLEES, payers=(payer,)).sums().split() for payer in payers]
    for name in ("local", "leaked", "unlocated", "payments"):
        both = getattr(found.split, name) + getattr(found.transferred, name)
        assert both == sum(getattr(each, name) for each in alone)
    listed = sum((each.pounds for each in found.transfers), Decimal(0))
    assert listed == found.transferred.total


def test_scales_are_definitions() -> None:
    document = scale_document("district:e08000034, E08000035")
    assert document is not None
    definition = parse_definition(document, "scale")
    assert definition.local == (AreaTest("district", ("E08000034", "E08000035")),)
    town = scale_document("town")
    assert town is not None
    assert isinstance(parse_definition(town, "scale").local[0], PayerTownTest)
    assert scale_document("west-yorkshire") is None


@pytest.mark.parametrize("scale", ["county:E10000014", "district:", 'ward:E05"001389', "lsoa: ,"])
def test_other_scales_are_refused(scale: str) -> None:
    with pytest.raises(InvalidRequestError, match="district:CODE"):
        scale_document(scale)
