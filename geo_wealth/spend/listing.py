"""Payments for a list: one by one, but those of persons and sole traders only in sums.

File and line are a key into the ledger that the payer published, with all its names; so a
list gives neither for a person, and never fewer than three payees in one sum.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from geo_wealth.names import names_person
from geo_wealth.spend.book import Book, Flags, Ints
from geo_wealth.spend.selection import Selection

PERSONS = "(persons and sole traders)"
NOT_SHOWN = "(not shown)"
FEWEST = 3
"""Fewest payees of one sum that has a person in it."""

_INITIALS = r"(?:[A-Z]\.?\s?){1,3}\s?"
_SURNAME = r"[A-Z][A-Za-z'’-]{2,}"
# Inside a text: "for Mr Sample", "Mrs A Sample, respite", "Care of J Sample".
_EMBEDDED = re.compile(
    rf"\b(?i:mr|mrs|ms|miss|mx|dr|prof|professor|rev|revd|sir|dame|lady)\b\.?\s*(?:{_INITIALS})?"
    rf"{_SURNAME}|\b(?i:for|of|re|to|by|from|with|client|child|pupil|tenant|resident)\b:?\s+"
    rf"(?:[A-Z]\.?\s?){{1,3}}(?<=[\s.])\s?{_SURNAME}"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Payments of one ledger and one outcome that are given as one row; ``payee`` calls them."""

    payee: str
    payments: Ints


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list of payments has for rows: each payment asked for is in one of them.

    Attributes
    ----------
    singles
        (s,) positions of payments given one by one, in the order of ledger key and line.
    groups
        After them, in the order of ledger key.
    """

    singles: Ints
    groups: tuple[Group, ...]

    def __len__(self) -> int:
        return len(self.singles) + len(self.groups)


def arrange(selections: Sequence[Selection], chosen: Ints) -> Listing:
    """Part payments into those given one by one and those given in sums.

    The payments of three or more persons in one ledger and with one outcome (where they went
    and why they are left out, under each selection) are one row. Those of fewer are one row
    with all redacted and blank payees of the same ledger and outcome and, while the row still
    has fewer than three payees, each hidden payment taken for one, with the smallest payments
    of named ones. Where ledger and outcome have fewer than three payees in all, the row is
    their sum, which is the published figure of that outcome as well.

    Parameters
    ----------
    selections
        One or more over the same book.
    chosen
        (n,) positions of the payments.
    """
    book = selections[0].book
    order = _in_order(book, chosen)
    payee = book.payments.payee[order]
    persons: Flags = book.payees.individual[payee]
    outcome = _outcomes(selections, order)
    unnamed = np.array([state != "named" for state in book.payees.state], dtype=np.bool_)
    single = np.ones(len(book.payments), dtype=np.bool_)
    groups = []
    for each in pd.unique(outcome[persons]).tolist():
        group = _group(book, unnamed, order[outcome == each])
        single[group.payments] = False
        groups.append(group)
    return Listing(order[single[order]], tuple(groups))


def shown(word: str | None) -> str | None:
    """Give a text of a ledger, or None where it seems to name a person."""
    return None if word is None or tells_person(word) else word


@lru_cache(maxsize=1 << 16)
def tells_person(text: str) -> bool:
    """Tell whether a free text is a person's name or has one in it.

    Sure signs only: a title, or initials after a word such as ``for``, before a surname. A
    first name and a surname cannot be told from other words.

    Examples
    --------
    >>> tells_person("placement for R Sample"), tells_person("Placements for adults")
    (True, False)
    """
    return names_person(text) or bool(_EMBEDDED.search(text))


def _in_order(book: Book, chosen: Ints) -> Ints:
    """Sort by ledger key and line: within a ledger, ids are given in the order of lines."""
    keys = [ledger.key for ledger in book.ledgers]
    rank = np.argsort(np.argsort(np.array(keys, dtype=object))).astype(np.int64)
    by = np.lexsort((book.payments.id[chosen], rank[book.payments.ledger[chosen]]))
    ordered: Ints = chosen[by]
    return ordered


def _outcomes(selections: Sequence[Selection], order: Ints) -> Ints:
    """Give payments alike in ledger and outcome the same number; (n,)."""
    code = selections[0].book.payments.ledger[order]
    for each in selections:
        code, _ = pd.factorize(code * 3 + each.state[order])
        code, _ = pd.factorize(code * (len(each.reasons) + 1) + each.reason[order] + 1)
    return code.astype(np.int64)


def _group(book: Book, unnamed: Flags, alike: Ints) -> Group:
    """Gather the persons among payments alike in ledger and outcome, and whom they need."""
    payee = book.payments.payee[alike]
    persons = book.payees.individual[payee]
    enough = len(np.unique(payee[persons]))
    if enough >= FEWEST:
        return Group(PERSONS, alike[persons])
    hidden = persons | unnamed[payee]
    lacking = FEWEST - enough - int(unnamed[payee].sum())
    rest = alike[~hidden]
    smallest = rest[np.argsort(np.abs(book.payments.amount[rest]), kind="stable")]
    _, firsts = np.unique(book.payments.payee[smallest], return_index=True)
    added = smallest[np.sort(firsts)[: max(lacking, 0)]]
    return Group(NOT_SHOWN, np.concatenate([alike[hidden], added]))
