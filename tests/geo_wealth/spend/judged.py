"""Made books under made definitions: selections whose sums can be worked out on paper."""

from collections.abc import Sequence
from datetime import date

import numpy as np
from hypothesis import strategies as st
from spend_books import At, Paid, make_book

from geo_wealth.spend.book import Book
from geo_wealth.spend.definition import parse_definition
from geo_wealth.spend.placing import Context, place
from geo_wealth.spend.rules import apply, parse_rules
from geo_wealth.spend.selection import Selection, left_out

KIRKLEES, LEEDS, BRADFORD = "E08000034", "E08000035", "E08000032"
ALL = 'slug = "all"\ntitle = "All"\n'
NO_CARDS = """
slug = "no-cards"
title = "No cards"
[[rule]]
slug = "cards"
reason = "paid by purchase card"
[rule.when]
channel = "card"
"""


def judged(
    book: Book,
    *codes: str,
    order: Sequence[str] = ("site", "branch", "registered", "payment"),
    rules: str = ALL,
    first: date | None = None,
    last: date | None = None,
    payers: tuple[str, ...] = ("Council",),
) -> Selection:
    """Judge a book: local is what is in these districts, by the kinds of address in order."""
    quoted = ", ".join(f'"{code}"' for code in codes)
    kinds = ", ".join(f'"{kind}"' for kind in order)
    definition = parse_definition(
        f'slug = "test"\ntitle = "Test"\n[address]\norder = [{kinds}]\n'
        f'[[local]]\nkind = "district"\ncodes = [{quoted}]\n',
        "test",
    )
    ruleset = parse_rules(rules, "test")
    placing = place(book, definition, Context())
    reason, reasons = left_out(book, ruleset, apply(book, ruleset), first, last)
    mine = np.array([ledger.payer in payers for ledger in book.ledgers], dtype=np.bool_)
    return Selection(
        book,
        payers,
        definition,
        ruleset,
        mine[book.payments.ledger],
        reason,
        reasons,
        placing.state.astype(np.int64)[book.payments.payee],
        {payers[0]: placing},
    )


def books() -> st.SearchStrategy[Book]:
    """Draw small books: up to five payees, some with two addresses, paid by two payers."""
    names = [f"Payee {letter} Ltd" for letter in "ABCDE"]
    districts = st.sampled_from([KIRKLEES, LEEDS, BRADFORD])
    sites = st.lists(
        st.builds(
            At,
            st.sampled_from(names),
            lad=districts,
            kind=st.sampled_from(["branch", "registered"]),
        ),
        max_size=6,
    )
    paid = st.lists(
        st.builds(
            Paid,
            st.sampled_from(names),
            st.decimals(-500, 900, places=2).map(str),
            category=st.sampled_from([None, "Building", "building ", "Care"]),
            card=st.booleans(),
            payer=st.sampled_from(["Council", "University"]),
            on=st.sampled_from([None, date(2021, 4, 1), date(2022, 5, 1)]),
        ),
        min_size=1,
        max_size=12,
    )
    return st.builds(_book, paid, sites)


def _book(paid: list[Paid], sites: list[At]) -> Book:
    known = {each.payee for each in paid}
    return make_book(
        [*paid, Paid("Payee A Ltd", "1.00")],
        sites=[at for at in sites if at.payee in known | {"Payee A Ltd"}],
    )
