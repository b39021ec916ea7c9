"""The parts of a selection: by kind of supplier, category, decile, destination, address.

Parts of one breakdown sum to the whole, but for kinds of supplier, which overlap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo_wealth.spend.book import ADDRESS_KINDS, NONE, REGISTERS, Ints, exact_sums
from geo_wealth.spend.disclosure import FEW, FEW_NAME, LEAST, payees_of, to_join
from geo_wealth.spend.kinds import KINDS, NO, UNKNOWN, YES
from geo_wealth.spend.measure import Split, Sums
from geo_wealth.spend.placing import LEAKED
from geo_wealth.spend.selection import Selection

SOLE_TRADER = "sole-trader"
NO_CATEGORY = "No category given"
NO_ADDRESS = "No address that counts"
NO_DECILE = "Not in a neighbourhood with a decile"
NO_DISTRICT = "A district that is not known"

_ADDRESSES = {
    "site": "Delivery site",
    "branch": "Branch or premises",
    "registered": "Registered office",
    "payment": "Payment address",
}
_REGISTERS = {
    "suppliers": "Registers of suppliers",
    "anchors": "Registers of anchor institutions",
    "vcse": "Registers of voluntary and community bodies",
    "business-rates": "Business rates",
    "cooperatives": "Registers of co-operatives",
    "employers": "Registers of employers",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the spend: ``slug`` for programs, ``name`` for people."""

    slug: str
    name: str
    split: Split


@dataclass(frozen=True, slots=True)
class KindPart:
    """What is known of one kind of supplier; ``evidence`` says what counts as knowing."""

    slug: str
    name: str
    evidence: str
    yes: Split
    no: Split
    unknown: Split


def by_kind(kinds: Mapping[str, Ints], sums: Sums) -> tuple[KindPart, ...]:
    """Split by kind of supplier; kinds overlap, and each has its own unknown.

    Sole traders are unknown where fewer than three were paid: theirs would be a person's sum.
    """
    kinds = {**kinds, SOLE_TRADER: _untold(kinds[SOLE_TRADER], sums)}
    return tuple(
        KindPart(
            kind.slug,
            kind.name,
            kind.evidence,
            *(sums.split(kinds[kind.slug] == told) for told in (YES, NO, UNKNOWN)),
        )
        for kind in KINDS
    )


def _untold(told: Ints, sums: Sums) -> Ints:
    paid = np.count_nonzero(sums.payments.any(axis=1) & (told == YES))
    return np.where(told == YES, UNKNOWN, told) if paid < LEAST else told


def by_category(selection: Selection) -> tuple[Part, ...]:
    """Split by the ledgers' own categories, most pounds first; those without one as such.

    Categories that would tell what a person was paid are one part: see ``to_join``.
    """
    pairs, sums = selection.book.pairs, selection.pair_sums
    names = (*selection.book.categories, NO_CATEGORY)
    slugs = (*selection.book.categories, "")
    group = np.where(pairs.category == NONE, len(names) - 1, pairs.category)
    paid = sums.payments.any(axis=1)
    total = exact_sums(group, sums.amount.sum(axis=1), len(names))
    individual = selection.book.payees.individual
    few = to_join(group[paid], pairs.payee[paid], individual, total)
    splits = sums.by_category(np.where(few[group], len(names), group), len(names) + 1)
    parts = [
        Part(*part) for part in zip(slugs, names, splits[:-1], strict=True) if part[2].payments
    ]
    if few.any():
        payees = payees_of(group[paid], pairs.payee[paid], few)
        parts.append(Part(_slug_among(slugs), FEW_NAME, replace(splits[-1], payees=payees)))
    return tuple(sorted(parts, key=lambda part: (-part.split.total, part.name)))


def _slug_among(taken: Sequence[str]) -> str:
    """Give the part of few payees a slug that no category of a ledger has."""
    slug = FEW
    while slug in taken:
        slug += "-"
    return slug


def by_address(selection: Selection, sums: Sums) -> tuple[Part, ...]:
    """Split by the kind of address that counted, best first."""
    site = selection.placing.site
    kind = (
        np.where(site == NONE, NONE, selection.book.sites.address_kind[site])
        if len(selection.book.sites)
        else site
    )
    names = [*(_ADDRESSES[slug] for slug in ADDRESS_KINDS), NO_ADDRESS]
    splits = sums.by(np.where(kind == NONE, len(ADDRESS_KINDS), kind), len(names))
    parts = zip((*ADDRESS_KINDS, ""), names, splits, strict=True)
    return tuple(Part(*part) for part in parts if part[2].payments)


def by_register(selection: Selection, sums: Sums) -> tuple[Part, ...]:
    """Split by the kind of register that gave the address: each finds some places only."""
    kinds = np.array([REGISTERS.index(kind) for kind in selection.book.sites.register], np.int64)
    splits = sums.by(_of_site(selection, kinds), len(REGISTERS))
    return tuple(
        Part(slug, _REGISTERS[slug], split)
        for slug, split in zip(REGISTERS, splits, strict=True)
        if split.payments
    )


def by_decile(selection: Selection, sums: Sums, decile: Ints) -> tuple[Part, ...]:
    """Split by the deprivation decile of the LSOA that receives it, 1 the most deprived.

    Parameters
    ----------
    decile
        (s,) of each site of the book; ``NONE`` where not known.
    """
    tenth = _of_site(selection, decile)
    splits = sums.by(np.where(tenth == NONE, 0, tenth), 11)
    known = [Part(str(place), f"Decile {place}", splits[place]) for place in range(1, 11)]
    return (*known, Part("", NO_DECILE, splits[0]))


def by_destination(selection: Selection, sums: Sums, names: Mapping[str, str]) -> tuple[Part, ...]:
    """Split what leaks by the district it goes to, most pounds first.

    Parameters
    ----------
    names
        Of districts, by code; one without is called by its code.
    """
    lads = np.array([lad or "" for lad in selection.book.sites.lad], dtype=object)
    codes = sorted({str(lad) for lad in lads} | {""})
    position = {code: place for place, code in enumerate(codes)}
    where = np.array([position[str(lad)] for lad in lads], dtype=np.int64)
    leaked = np.zeros_like(sums.amount)
    leaked[:, LEAKED] = sums.amount[:, LEAKED]
    counts = np.zeros_like(sums.payments)
    counts[:, LEAKED] = sums.payments[:, LEAKED]
    splits = Sums(leaked, counts, sums.scale).by(_of_site(selection, where), len(codes))
    parts = [
        Part(code, names.get(code, code) if code else NO_DISTRICT, split)
        for code, split in zip(codes, splits, strict=True)
        if split.payments
    ]
    return tuple(sorted(parts, key=lambda part: (-part.split.leaked, part.name)))


def _of_site(selection: Selection, values: Ints) -> Ints:
    """Lift values of sites, (s,), to payees, (m,), by the address that counts."""
    site = selection.placing.site
    lifted: Ints = np.append(values, NONE)[site]
    return lifted
