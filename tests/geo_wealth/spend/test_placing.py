"""Placing: every payee is local, leaked or unlocated, for a reason that can be told."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spend_books import At, Paid, Payee, make_book

from geo_wealth.errors import InvalidRequestError
from geo_wealth.spend.book import ADDRESS_KINDS, NONE, Book
from geo_wealth.spend.definition import Definition, parse_definition
from geo_wealth.spend.placing import LEAKED, LOCAL, UNLOCATED, WHY, Chosen, Context, Placing, place

STATES = {LOCAL: "local", LEAKED: "leaked", UNLOCATED: "unlocated"}


def define(local: str, order: str = '["site", "branch", "registered", "payment"]') -> Definition:
    return parse_definition(
        f'slug = "mine"\ntitle = "Mine"\n[address]\norder = {order}\n{local}', "mine.toml"
    )


KIRKLEES = '[[local]]\nkind = "district"\ncodes = ["E08000034"]'
NOWHERE = dict.fromkeys(("lad", "postcode"), None) | dict.fromkeys(
    ("easting", "northing"), math.nan
)


def book_of(*sites: At, payees: tuple[Payee, ...] = ()) -> Book:
    """Make a book in which everybody is paid a pound."""
    names = dict.fromkeys([*(payee.name for payee in payees), *(at.payee for at in sites)])
    return make_book([Paid(name, "1.00") for name in names], payees, sites)


def states(book: Book, placing: Placing) -> dict[str, str]:
    return {
        name: STATES[int(state)]
        for name, state in zip(book.payees.name, placing.state, strict=True)
    }


def only_state(site: At, local: str, context: Context | None = None) -> str:
    """Place one payee with one address."""
    book = book_of(site)
    return states(book, place(book, define(local), context or Context()))["Acme"]


def test_a_head_office_and_a_branch_go_by_the_order_of_addresses() -> None:
    book = book_of(
        At("National", "E09000001", kind="registered"),
        At("National", "E08000034", kind="branch"),
        At("Abroad", "E09000001", kind="branch"),
    )
    by_branch = place(book, define(KIRKLEES), Context())
    by_office = place(book, define(KIRKLEES, '["registered", "branch"]'), Context())
    assert states(book, by_branch) == {"National": "local", "Abroad": "leaked"}
    assert states(book, by_office) == {"National": "leaked", "Abroad": "leaked"}
    assert by_branch.either.tolist() == by_office.either.tolist() == [True, False]
    kinds = [ADDRESS_KINDS[kind] for kind in book.sites.address_kind[by_office.site]]
    assert kinds == ["registered", "branch"]


def test_the_first_address_of_a_kind_counts() -> None:
    book = book_of(At("Acme", "E09000001"), At("Acme", "E08000034"))
    placing = place(book, define(KIRKLEES), Context())
    assert states(book, placing) == {"Acme": "leaked"}
    assert placing.site.tolist() == [0]


def test_only_a_worse_address_is_unlocated_or_used() -> None:
    book = book_of(At("Acme", kind="registered"))
    unlocated = place(book, define(KIRKLEES, '["site", "branch"]'), Context())
    assert unlocated.state.tolist() == [UNLOCATED]
    assert WHY[unlocated.why[0]].startswith("only a kind of address")
    assert unlocated.site.tolist() == [NONE]
    used = place(book, define(KIRKLEES, '["site"]\notherwise = "use"'), Context())
    assert used.state.tolist() == [LOCAL]
    assert used.why.tolist() == [NONE]


def test_every_reason_for_being_unlocated() -> None:
    book = book_of(
        At("Somewhere", **NOWHERE),
        At("Office", kind="payment"),
        payees=(
            Payee("Hidden", state="redacted"),
            Payee("", state="blank"),
            Payee("Person", individual=True),
            Payee("Unheard"),
            Payee("Doubtful"),
        ),
    )
    placing = place(book, define(KIRKLEES, '["branch"]'), Context(for_review=frozenset({5})))
    assert set(placing.state) == {UNLOCATED}
    told = {name: WHY[why] for name, why in zip(book.payees.name, placing.why, strict=True)}
    assert told == {
        "Hidden": "the name is redacted",
        "": "the ledger gives no name",
        "Person": "a person or sole trader, never matched",
        "Unheard": "no register has it",
        "Doubtful": "its matches wait for review",
        "Somewhere": "its address is known, but not where that is",
        "Office": "only a kind of address is known that the definition leaves out",
    }


@pytest.mark.parametrize(
    ("local", "site", "expected"),
    [
        (KIRKLEES, At("Acme", "E08000033"), "leaked"),
        ('[[local]]\nkind = "ward"\ncodes = ["E05001389"]', At("Acme", ward="E05001389"), "local"),
        ('[[local]]\nkind = "ward"\ncodes = ["E05001389"]', At("Acme"), "unlocated"),
        (
            '[[local]]\nkind = "lsoa"\ncodes = ["E01011140"]',
            At("Acme", lsoa11="E01011140"),
            "local",
        ),
        (
            '[[local]]\nkind = "lsoa"\ncodes = ["E01011140"]',
            At("Acme", lsoa21="E01011140"),
            "local",
        ),
        (
            '[[local]]\nkind = "postcode-area"\nareas = ["HD"]',
            At("Acme", postcode="HD1 2TT"),
            "local",
        ),
        (
            '[[local]]\nkind = "postcode-area"\nareas = ["S"]',
            At("Acme", postcode="SE1 7PB"),
            "leaked",
        ),
        (
            '[[local]]\nkind = "postcode-area"\nareas = ["HD"]',
            At("Acme", postcode=None),
            "unlocated",
        ),
        (
            '[[local]]\nkind = "postcode-district"\ndistricts = ["HD1"]',
            At("Acme", postcode="HD10 2TT"),
            "leaked",
        ),
    ],
)
def test_areas_and_postcodes(local: str, site: At, expected: str) -> None:
    assert only_state(site, local) == expected


def test_a_point_outside_all_that_is_loaded_is_elsewhere_only_where_all_is_loaded() -> None:
    far = At("Acme", lad=None)
    assert only_state(far, KIRKLEES) == "unlocated"
    assert only_state(far, KIRKLEES, Context(complete=frozenset({"E08000034"}))) == "leaked"
    two = KIRKLEES.replace('"]', '", "E08000033"]')
    assert only_state(far, two, Context(complete=frozenset({"E08000034"}))) == "unlocated"
    without_point = At("Acme", None, "branch", "HD1 2TT", math.nan, math.nan)
    complete = Context(complete=frozenset({"E08000034"}))
    assert only_state(without_point, KIRKLEES, complete) == "unlocated"


def test_a_test_that_says_yes_outweighs_one_that_cannot_answer() -> None:
    both = f'{KIRKLEES}\n[[local]]\nkind = "postcode-area"\nareas = ["HD"]'
    assert only_state(At("Acme", lad=None, postcode="HD1 2TT"), both) == "local"
    assert only_state(At("Acme", lad=None, postcode="LS1 4AD"), both) == "unlocated"


def test_deciles_and_fifths_go_by_the_lsoas_of_their_index() -> None:
    local = '[[local]]\nkind = "decile"\nindex = "imd2019"\ndeciles = [1]'
    test = define(local).local[0]
    worst, other = frozenset({"E01011140"}), frozenset({"E01011140", "E01011141"})
    context = Context(chosen={test: Chosen(2011, worst, other, closed=False)})
    assert only_state(At("Acme", lsoa11="E01011140"), local, context) == "local"
    assert only_state(At("Acme", lsoa11="E01011141"), local, context) == "leaked"
    assert only_state(At("Acme", lsoa11=None, lsoa21="E01011140"), local, context) == "unlocated"
    closed = Context(chosen={test: Chosen(2011, worst, other, closed=True)})
    assert only_state(At("Acme"), local, closed) == "leaked"


def test_an_address_in_another_district_is_not_in_this_ones_most_deprived() -> None:
    local = '[[local]]\nkind = "decile"\nindex = "imd2019"\nfifth = "district"\n'
    local += 'district = "E08000016"'
    worst, barnsley = frozenset({"E01011140"}), frozenset({"E08000016", "E08000038"})
    context = Context(chosen={define(local).local[0]: Chosen(2011, worst, None, True, barnsley)})
    placeless = {"postcode": "HD1 2TT", "easting": math.nan, "northing": math.nan}
    assert only_state(At("Acme", "E08000033", **placeless), local, context) == "leaked"
    assert only_state(At("Acme", "E08000038", **placeless), local, context) == "unlocated"
    assert only_state(At("Acme", None, **placeless), local, context) == "unlocated"
    assert only_state(At("Acme", lsoa11="E01011141"), local, context) == "leaked"


def test_distances_are_read_beforehand_and_need_a_point() -> None:
    local = '[[local]]\nkind = "within"\nmetres = 10\nof = "district"\ncode = "E08000034"'
    definition = define(local)
    book = book_of(At("Near"), At("Far"), At("Somewhere", **NOWHERE))
    near = {definition.local[0]: np.array([True, False, False])}
    assert states(book, place(book, definition, Context(near=near))) == {
        "Near": "local",
        "Far": "leaked",
        "Somewhere": "unlocated",
    }


def test_the_payers_town_belongs_to_one_payer() -> None:
    local = '[[local]]\nkind = "payer-town"'
    book = book_of(At("Acme", postcode="HD1 2TT"), At("Other", postcode="WF1 1AA"))
    context = Context(payer="Hospital", town=frozenset({"HD1", "HD2"}))
    placing = place(book, define(local), context, "Hospital")
    assert states(book, placing) == {"Acme": "local", "Other": "leaked"}
    with pytest.raises(InvalidRequestError, match="depends on who pays: name one payer"):
        place(book, define(local), context, "College")


LADS = st.sampled_from(["E08000034", "E08000033", "E09000001", None])
SITES = st.lists(
    st.builds(
        At,
        payee=st.sampled_from(["A", "B", "C", "D"]),
        lad=LADS,
        kind=st.sampled_from(ADDRESS_KINDS),
        postcode=st.sampled_from(["HD1 2TT", "WF1 1AA", "LS1 4AD", None]),
        easting=st.sampled_from([414500.0, math.nan]),
        ward=st.sampled_from(["E05001389", "E05001390", None]),
    ),
    max_size=12,
)
TESTS = st.lists(
    st.sampled_from(
        [
            KIRKLEES,
            '[[local]]\nkind = "district"\ncodes = ["E08000033"]',
            '[[local]]\nkind = "ward"\ncodes = ["E05001389"]',
            '[[local]]\nkind = "postcode-area"\nareas = ["WF"]',
        ]
    ),
    min_size=1,
    unique=True,
)
ORDERS = st.lists(st.sampled_from(ADDRESS_KINDS), min_size=1, unique=True)
CONTEXTS = st.builds(
    Context,
    complete=st.frozensets(st.sampled_from(["E08000034", "E08000033", "E05001389"])),
    for_review=st.frozensets(st.integers(1, 4)),
)


def _order(kinds: list[str]) -> str:
    return "[" + ", ".join(f'"{kind}"' for kind in kinds) + "]"


@given(SITES, TESTS, ORDERS, CONTEXTS)
def test_every_payee_is_in_exactly_one_state(
    sites: list[At], tests: list[str], order: list[str], context: Context
) -> None:
    book = book_of(*sites, payees=tuple(Payee(name) for name in "ABCD"))
    placing = place(book, define("\n".join(tests), _order(order)), context)
    lost = placing.state == UNLOCATED
    assert set(placing.state) <= {LOCAL, LEAKED, UNLOCATED}
    assert ((placing.why != NONE) == lost).all()
    assert (placing.site[~lost] != NONE).all()
    have = np.isin(np.arange(4), book.sites.payee)
    assert lost[~have].all(), "a payee without sites is unlocated"
    found = placing.site != NONE
    assert (book.sites.payee[placing.site[found]] == np.flatnonzero(found)).all()


@given(SITES, TESTS, TESTS, ORDERS, CONTEXTS)
def test_more_tests_never_lose_a_local_payee(
    sites: list[At], tests: list[str], more: list[str], order: list[str], context: Context
) -> None:
    book = book_of(*sites, payees=tuple(Payee(name) for name in "ABCD"))
    few = place(book, define("\n".join(tests), _order(order)), context)
    many = place(book, define("\n".join([*tests, *more]), _order(order)), context)
    assert (many.state[few.state == LOCAL] == LOCAL).all()
    assert (many.site == few.site).all()


@given(SITES, TESTS, CONTEXTS)
def test_no_order_of_addresses_places_a_payee_that_could_go_either_way_only_one_way(
    sites: list[At], tests: list[str], context: Context
) -> None:
    """``either`` does not depend on the order: it says what another order could do."""
    book = book_of(*sites, payees=tuple(Payee(name) for name in "ABCD"))
    local = "\n".join(tests)
    by_order = [
        place(book, define(local, _order(list(kinds))), context)
        for kinds in (ADDRESS_KINDS, ADDRESS_KINDS[::-1])
    ]
    assert (by_order[0].either == by_order[1].either).all()
    both_ways = (by_order[0].state == LOCAL) & (by_order[1].state == LEAKED)
    assert by_order[0].either[both_ways].all()
