"""Where each payee's money goes under one definition: local, leaked, or unlocated and why."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo_wealth.errors import InvalidRequestError
from geo_wealth.spend.book import ADDRESS_KINDS, NONE, Book, Flags, Ints, Sites
from geo_wealth.spend.definition import (
    AreaTest,
    Definition,
    PayerTownTest,
    PostcodeTest,
    Test,
    WithinTest,
)
from geo_wealth.spend.towns import area_part, district_part

LOCAL, LEAKED, UNLOCATED = 1, 2, 0

WHY = (
    "the name is redacted",
    "the ledger gives no name",
    "a person or sole trader, never matched",
    "no register has it",
    "its matches wait for review",
    "its address is known, but not where that is",
    "only a kind of address is known that the definition leaves out",
)
"""Why a payee is unlocated; ``Placing.why`` is a position in it."""

_REDACTED, _BLANK, _INDIVIDUAL, _NO_REGISTER, _REVIEW, _NO_PLACE, _WORSE = range(len(WHY))

# Answers to a test, ordered so that the largest of several answers "does any hold?".
_NO, _UNKNOWN, _YES = np.int8(0), np.int8(1), np.int8(2)

Small = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The LSOAs that meet a test of deprivation.

    Attributes
    ----------
    vintage
        Of the LSOAs: 2011 or 2021.
    lsoas
        Those that meet it.
    answered
        Those of which it is known whether they do; None when it is known of every LSOA.
    closed
        True when whatever is outside the polygons of ``lsoas`` surely does not meet it: all
        that could meet it is answered, and its polygons are loaded.
    """

    vintage: int
    lsoas: frozenset[str]
    answered: frozenset[str] | None
    closed: bool
    districts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """What the tests of one definition need to know besides the sites.

    Attributes
    ----------
    payer
        Whom it was read for; matters only to definitions that are ``of_payer``.
    complete
        Codes of districts, wards and LSOAs all of whose polygons are loaded: a point in none
        of them is known to be elsewhere.
    chosen
        By test of deprivation, the LSOAs that meet it.
    near
        By test of distance, (s,) True where the site is near enough; a site without
        coordinates is False there.
    town
        Postcode districts of the payer's post town; empty when no test asks.
    for_review
        Ids of payees with matches that wait for review.
    """

    payer: str = ""
    complete: frozenset[str] = frozenset()
    chosen: dict[Test, Chosen] = field(default_factory=dict)
    near: dict[Test, Flags] = field(default_factory=dict)
    town: frozenset[str] = frozenset()
    for_review: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Placing:
    """What a definition makes of each payee, (m,) each.

    Attributes
    ----------
    state
        ``LOCAL``, ``LEAKED`` or ``UNLOCATED``.
    site
        Position in ``book.sites`` of the address that counts; ``NONE`` where none does. An
        unlocated payee has one when its address is known, but not where that is.
    why
        Position in :data:`WHY` of unlocated payees; ``NONE`` for the others.
    either
        True where some address of the payee, of any kind, is local and another is not: it
        could be counted either way.
    """

    state: Small
    site: Ints
    why: Small
    either: Flags


def place(book: Book, definition: Definition, context: Context, payer: str = "") -> Placing:
    """Decide for each payee whether money paid to it is local, leaked or unlocated.

    The address that counts is the payee's first of the first kind in ``definition.order``
    that it has. It is local when any test says so; leaked when all say no; unlocated when
    none says yes and one cannot be answered. No other address stands in for it then.

    Parameters
    ----------
    context
        Read for this definition and the sites of this book.
    payer
        Who pays, for definitions that depend on it.

    Raises
    ------
    InvalidRequestError
        When the definition depends on the payer and the context is another's.
    """
    if definition.of_payer and (not payer or context.payer != payer):
        raise InvalidRequestError(
            "payer", f"the definition {definition.slug} depends on who pays: name one payer."
        )
    sites = book.sites
    answers = np.full(len(sites), _NO)
    for test in definition.local:
        answers = np.maximum(answers, _answer(test, sites, context))
    site = _address_that_counts(book, definition)
    # A payee without a site takes the last answer here, and is set right below.
    answer = np.append(answers, _UNKNOWN)[site]
    state = np.where(answer == _YES, LOCAL, np.where(answer == _NO, LEAKED, UNLOCATED))
    return Placing(
        state=state.astype(np.int8),
        site=site,
        why=_why(book, context, site, state == UNLOCATED),
        either=_some(book, answers == _YES) & _some(book, answers == _NO),
    )


def _address_that_counts(book: Book, definition: Definition) -> Ints:
    """Find the site that counts for each payee, (m,); ``NONE`` where there is none."""
    sites = book.sites
    kinds = list(definition.order)
    if definition.otherwise == "use":
        kinds += [kind for kind in ADDRESS_KINDS if kind not in kinds]
    turn_of = np.full(len(ADDRESS_KINDS), len(ADDRESS_KINDS), dtype=np.int64)
    turn_of[[ADDRESS_KINDS.index(kind) for kind in kinds]] = np.arange(len(kinds))
    turn = turn_of[sites.address_kind]
    count = len(sites)
    never = len(ADDRESS_KINDS) * count
    # Turn first, position within a turn: the smallest is the one to take.
    best = np.full(len(book.payees), never, dtype=np.int64)
    np.minimum.at(best, sites.payee, turn * count + np.arange(count))
    found = best < never
    site = np.full(len(best), NONE, dtype=np.int64)
    site[found] = best[found] % max(count, 1)
    return site


def _why(book: Book, context: Context, site: Ints, unlocated: Flags) -> Small:
    """Say why payees are unlocated, (m,); what is known first of all wins."""
    payees = book.payees
    states = np.array(payees.state, dtype=object)
    waiting = np.isin(payees.id, np.fromiter(context.for_review, np.int64))
    reasons = (
        (states == "redacted", _REDACTED),
        (states == "blank", _BLANK),
        (site != NONE, _NO_PLACE),
        (_some(book, np.ones(len(book.sites), dtype=np.bool_)), _WORSE),
        (payees.individual, _INDIVIDUAL),
        (waiting, _REVIEW),
    )
    why = np.select(
        [holds for holds, _ in reasons], [reason for _, reason in reasons], _NO_REGISTER
    )
    return np.where(unlocated, why, NONE).astype(np.int8)


def _some(book: Book, flags: Flags) -> Flags:
    """Tell of each payee whether any of its sites is flagged, (m,)."""
    found = np.zeros(len(book.payees), dtype=np.bool_)
    found[book.sites.payee[flags]] = True
    return found


def _answer(test: Test, sites: Sites, context: Context) -> Small:
    """Answer one test for each site: yes, no or unknown, (s,)."""
    if isinstance(test, AreaTest):
        return _in_areas(test, sites, context)
    if isinstance(test, PostcodeTest):
        part = area_part if test.kind == "postcode-area" else district_part
        return _by_postcode(sites, frozenset(test.starts), part)
    if isinstance(test, PayerTownTest):
        return _by_postcode(sites, context.town, district_part)
    if isinstance(test, WithinTest):
        return _answers(context.near[test], _has_point(sites))
    return _in_chosen(context.chosen[test], sites)


def _in_areas(test: AreaTest, sites: Sites, context: Context) -> Small:
    wanted = frozenset(test.codes)
    outside = _has_point(sites) & wanted.issubset(context.complete)
    if test.kind == "lsoa":
        yes = _among(sites.lsoa11, wanted) | _among(sites.lsoa21, wanted)
        return _answers(yes, outside)
    codes = sites.lad if test.kind == "district" else sites.ward
    return _answers(_among(codes, wanted), _known(codes) | outside)


def _in_chosen(chosen: Chosen, sites: Sites) -> Small:
    codes = sites.lsoa11 if chosen.vintage == 2011 else sites.lsoa21
    outside = _has_point(sites) & chosen.closed
    if chosen.districts:
        outside |= _known(sites.lad) & ~_among(sites.lad, chosen.districts)
    known = _known(codes) if chosen.answered is None else _among(codes, chosen.answered)
    return _answers(_among(codes, chosen.lsoas), known | outside)


def _by_postcode(sites: Sites, wanted: frozenset[str], part: Callable[[str], str]) -> Small:
    yes = [code is not None and part(code) in wanted for code in sites.postcode]
    return _answers(np.array(yes, dtype=np.bool_), _known(sites.postcode))


def _answers(yes: Flags, known: Flags) -> Small:
    return np.where(yes, _YES, np.where(known, _NO, _UNKNOWN))


def _has_point(sites: Sites) -> Flags:
    return ~np.isnan(sites.easting)


def _among(codes: tuple[str | None, ...], wanted: frozenset[str]) -> Flags:
    return np.array([code in wanted for code in codes], dtype=np.bool_)


def _known(codes: tuple[str | None, ...]) -> Flags:
    return np.array([code is not None for code in codes], dtype=np.bool_)
