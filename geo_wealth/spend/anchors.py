"""Anchors side by side: who among the payees is an anchor itself, and what they spend jointly.

What one anchor pays another is no spend of the two together: it is spent when the other pays
it out. Such transfers are listed, and left out of the joint total. An anchor is known among
the payees by its name; by another name of the same council (Sample MBC, Sample Metropolitan
Borough Council, City of Sample MDC are Sample Council); by a name that the user gives; or by
sharing with one so known a company number or an entry in a register of anchors. A person or
sole trader is never one, whatever name is given: it would tell what the person was paid.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from geo_wealth.errors import InvalidRequestError
from geo_wealth.names import name_key
from geo_wealth.spend.book import NONE, Book, Flags, Ints
from geo_wealth.spend.measure import Split
from geo_wealth.spend.selection import Selection

_AUTHORITY = frozenset(
    ["council", "mbc", "mdc", "met", "metropolitan", "borough", "district", "city", "county", "of"]
)
_SURELY = _AUTHORITY - {"city", "county", "of", "district", "borough"}
_AREAS = ("district", "ward", "lsoa")


@dataclass(frozen=True, slots=True)
class Transfer:
    """What an anchor paid another, or itself: ``payee`` is the anchor's name as payer."""

    payer: str
    payee: str
    pounds: Decimal
    payments: int


@dataclass(frozen=True, slots=True)
class Joint:
    """What several anchors spend together.

    ``split`` and ``transferred`` sum to what they spend one by one, exactly.
    """

    split: Split
    transferred: Split
    transfers: tuple[Transfer, ...]


def joint(selection: Selection, anchors: Ints) -> Joint:
    """Sum what anchors spend together, less what they pay one another.

    Parameters
    ----------
    selection
        Of all the anchors' payments.
    anchors
        (m,) position in ``selection.payers`` of the anchor that a payee is, else ``NONE``.
    """
    moved = transfers_among(selection, anchors)
    return Joint(
        selection.sums(selection.included & ~moved).split(),
        selection.sums(moved).split(),
        tuple(_transfers(selection, anchors, moved)),
    )


def transfers_among(selection: Selection, anchors: Ints) -> Flags:
    """Tell which payments that count go to an anchor, (n,)."""
    flags: Flags = selection.included & (anchors[selection.book.payments.payee] != NONE)
    return flags


def _transfers(selection: Selection, anchors: Ints, moved: Flags) -> Iterable[Transfer]:
    book, payers = selection.book, selection.payers
    of_ledger = np.array([_index(payers, each.payer) for each in book.ledgers], dtype=np.int64)
    payer = of_ledger[book.payments.ledger]
    payee = anchors[book.payments.payee]
    for a, giver in enumerate(payers):
        for b, taker in enumerate(payers):
            mine = np.flatnonzero(moved & (payer == a) & (payee == b))
            if len(mine):
                yield Transfer(giver, taker, selection.pounds(mine), len(mine))


def anchors_among(
    book: Book, payers: Sequence[str], also: Mapping[str, Sequence[str]] | None = None
) -> Ints:
    """Tell which payees are anchors themselves.

    Parameters
    ----------
    payers
        The anchors, as their ledgers call them.
    also
        By anchor, further names under which payers know it.

    Returns
    -------
    (m,) int64
        Position in ``payers``; ``NONE`` for all other payees.
    """
    found = np.full(len(book.payees), NONE, dtype=np.int64)
    named = np.array([state == "named" for state in book.payees.state], dtype=np.bool_)
    open_ = named & ~book.payees.individual
    for place, payer in enumerate(payers):
        keys = {name_key(payer), *(name_key(name) for name in (also or {}).get(payer, ()))}
        council = council_of(name_key(payer))
        called = np.array(
            [
                key in keys or (council is not None and council_of(key) == council)
                for key in book.payees.key
            ],
            dtype=np.bool_,
        )
        same = _with_the_same(book, called & open_, keys, open_)
        found[same & (found == NONE)] = place
    return found


def council_of(key: str) -> str | None:
    """Give the place whose council a name says to be, else None.

    Examples
    --------
    >>> council_of("sample mbc"), council_of("city of sample metropolitan district council")
    ('sample', 'sample')
    >>> council_of("sample council of mosques")
    'sample mosques'
    """
    words = key.split()
    place = " ".join(word for word in words if word not in _AUTHORITY)
    return place if place and not _SURELY.isdisjoint(words) else None


def _with_the_same(book: Book, named: Flags, keys: set[str], open_: Flags) -> Flags:
    """Add the payees with the same company number or entry in a register of anchors.

    Parameters
    ----------
    open_
        (m,) True for payees that may be named: no other is added, nor leads to one.
    """
    numbers = {book.payees.company_number[place] for place in np.flatnonzero(named)} - {None}
    numbered = np.array(
        [number in numbers for number in book.payees.company_number], dtype=np.bool_
    )
    same = named | (numbered & open_)
    sites = book.sites
    anchor = np.array([register == "anchors" for register in sites.register], dtype=np.bool_)
    called = np.array([name_key(name) in keys for name in sites.name], dtype=np.bool_)
    ours = anchor & (called | same[sites.payee])
    listed = np.isin(sites.organisation, sites.organisation[ours]) & anchor
    same[sites.payee[listed]] = True
    return same & open_


def scale_document(scale: str) -> str | None:
    """Write the definition that a scale stands for, in TOML; None for a definition's slug.

    Parameters
    ----------
    scale
        ``district:E08000034``, ``ward:``, ``lsoa:`` with one or more codes between commas,
        ``town`` for the anchor's own town, or the slug of a definition.

    Raises
    ------
    InvalidRequestError
        For a scale of another kind.
    """
    kind, colon, codes = scale.partition(":")
    if scale == "town":
        return _document("own-town", "The anchor's own town", 'kind = "payer-town"')
    if not colon:
        return None
    given = [code.strip().upper() for code in codes.split(",") if code.strip()]
    if kind not in _AREAS or not given or not all(code.isalnum() for code in given):
        raise InvalidRequestError(
            "scale",
            f"write a definition's slug, town, or {', '.join(f'{area}:CODE' for area in _AREAS)}; "
            f"found {scale[:60]!r}.",
        )
    listed = ", ".join(f'"{code}"' for code in given)
    title = f"{kind if kind != 'lsoa' else 'LSOA'} {', '.join(given)}"
    title = title if len(title) <= 120 else f"{len(given)} areas of kind {kind}"
    slug = f"{kind}-{given[0].lower()}"
    return _document(slug, title, f'kind = "{kind}"\ncodes = [{listed}]')


def _document(slug: str, title: str, test: str) -> str:
    order = '["site", "branch", "registered", "payment"]'
    return (
        f'slug = "{slug}"\ntitle = "{title}"\n[address]\norder = {order}\n'
        f'otherwise = "unlocated"\n[[local]]\n{test}\n'
    )


def _index(payers: Sequence[str], payer: str) -> int:
    return payers.index(payer) if payer in payers else NONE
