"""What spend penetration is made from in one district, and its measures without intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from geo_wealth.indicators import DEFAULT_SPEND
from geo_wealth.pipeline.people import People
from geo_wealth.pipeline.words import count
from geo_wealth.queries.inputs import Supplies
from geo_wealth.queries.penetration import Suppliers, placed_suppliers, rated_premises
from geo_wealth.queries.rows import SpendSummary
from geo_wealth.spend import penetration as sums
from geo_wealth.spend.book import exact_sums

COVERED = 0.5
"""A register of business rates covers a district when it has premises in half of its LSOAs."""

PER_PREMISES = frozenset({"per-business", "location-quotient", "supplier-rate"})

_NOT_APPLICABLE = "not applicable"
_UNCOVERED = "no register of business rates covers this district"
_NOTHING_RECEIVED = f"{_NOT_APPLICABLE}: on balance the district's suppliers received nothing"


@dataclass(frozen=True, slots=True)
class Ground:
    """The district's neighbourhoods in order of ``codes``, (l,) each, and the suppliers, (m,).

    Attributes
    ----------
    area
        (m,) position in ``codes`` of where each supplier is; below 0 for elsewhere.
    units
        (l,) net pounds received, exactly, in units of ``10 ** -suppliers.scale``.
    pounds
        (l,) the same as floats; NaN where a boundary is not loaded.
    located
        (l,) how many suppliers are there.
    residents
        (l,) NaN where not known.
    premises, paid
        (l,) rated premises, and those of them where a supplier was paid; NaN where no
        register covers the district.
    nothing
        Why no measure of spend can be worked out at all; None where they can.
    datasets
        Keys of what all this is from, the business-rates registers aside.
    registers
        Keys of the business-rates registers.
    """

    codes: tuple[str, ...]
    people: People
    suppliers: Suppliers
    area: sums.Ints
    units: sums.Ints
    pounds: sums.Floats
    located: sums.Ints
    residents: sums.Floats
    premises: sums.Floats
    paid: sums.Floats
    nothing: str | None
    datasets: frozenset[str]
    registers: frozenset[str]

    def keys(self, variant: str) -> frozenset[str]:
        """Name the datasets that a measure rests on."""
        return self.datasets | self.registers if variant in PER_PREMISES else self.datasets


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of spend for each neighbourhood, (l,).

    ``values`` is NaN where there is none, and ``reasons`` says why; it begins with
    "not applicable" where no data could change that. ``top_shares`` is NaN where the measure
    is not of pounds.
    """

    values: sums.Floats
    top_shares: sums.Floats
    reasons: tuple[str | None, ...]


def read_ground(
    connection: Connection,
    vintage: int,
    codes: Sequence[str],
    people: People,
    summary: SpendSummary,
) -> Ground:
    """Read what the measures of a district are made from."""
    suppliers = placed_suppliers(connection, vintage)
    rated = rated_premises(connection, vintage, codes)
    place = {code: position for position, code in enumerate(codes)}
    area = np.array([place.get(lsoa or "", -1) for lsoa in suppliers.supplies.lsoa], dtype=np.int64)
    drawn = np.array([code in people.points.lsoas for code in codes], dtype=np.bool_)
    units = exact_sums(area, suppliers.units, len(codes))
    premises = np.array([rated.count.get(code, 0) for code in codes], dtype=np.float64)
    uncovered = np.count_nonzero(premises) < COVERED * len(codes)
    premises[uncovered | ~drawn] = np.nan
    paid = sums.by_area(area, sums.once_each(suppliers.premises), len(codes))
    return Ground(
        codes=tuple(codes),
        people=people,
        suppliers=suppliers,
        area=area,
        units=units,
        pounds=np.where(drawn, units / 10.0**suppliers.scale, np.nan),
        located=np.bincount(area[area >= 0], minlength=len(codes)),
        residents=np.array([people.residents.get(code, np.nan) for code in codes]),
        premises=premises,
        paid=np.where(np.isnan(premises), np.nan, paid),
        nothing=spend_gap(codes, suppliers.supplies, summary),
        datasets=frozenset({*suppliers.supplies.datasets, *people.datasets}),
        registers=frozenset(rated.datasets),
    )


def applies(reason: str | None) -> bool:
    """Tell data that lack from a figure that would mean nothing, by the reason for its absence."""
    return reason is None or not reason.startswith(_NOT_APPLICABLE)


def spend_gap(codes: Sequence[str], supplies: Supplies, summary: SpendSummary) -> str | None:
    """Say why a district's spend is unknown, and not none; None where it is known."""
    if not summary.datasets:
        return "no ledger is loaded"
    if not len(supplies.amount):
        return "no payee of the ledgers loaded could be placed; load a register of suppliers"
    if not set(codes) & set(supplies.lsoa):
        return "no ledger covers this area: none of the suppliers placed is in the district"
    return None


def measure(ground: Ground, variant: str) -> Measured:
    """Work out a measure of what suppliers in each neighbourhood itself received.

    Parameters
    ----------
    variant
        One of :data:`geo_wealth.indicators.SPEND_VARIANTS` other than the catchment.
    """
    share = sums.shares(ground.pounds)
    values = figures(ground, variant, ground.pounds, share, ground.paid)
    tops = located_tops(ground)
    if variant == "supplier-rate":
        tops = np.full(len(ground.codes), np.nan)
    return _measured(ground, variant, values, tops)


def measure_catchment(ground: Ground, gains: sums.Floats) -> Measured:
    """Add up what reaches each neighbourhood, from :func:`catchment_gains`."""
    return _measured(ground, DEFAULT_SPEND, gains.sum(axis=0), sums.top_shares(gains))


def _measured(ground: Ground, variant: str, values: sums.Floats, tops: sums.Floats) -> Measured:
    reasons = tuple(_reason(ground, variant, place) for place in range(len(ground.codes)))
    known = np.array([reason is None for reason in reasons], dtype=np.bool_)
    return Measured(np.where(known, values, np.nan), np.where(known, tops, np.nan), reasons)


def figures(
    ground: Ground, variant: str, pounds: sums.Floats, share: sums.Floats, paid: sums.Floats
) -> sums.Floats:
    """Turn pounds, their shares and premises paid into a measure other than the catchment.

    All are (..., l). Each measure is linear in the one it uses, so that it can be taken of
    the ends of an interval too.
    """
    if variant == "per-head":
        return sums.per_unit(pounds, ground.residents)
    if variant == "share":
        return share
    if variant == "per-business":
        return sums.per_unit(pounds, ground.premises)
    if variant == "location-quotient":
        return sums.location_quotients(share, ground.premises)
    return sums.smooth(paid, ground.premises, sums.prior(ground.paid, ground.premises))


def located_tops(ground: Ground) -> sums.Floats:
    """Give the largest supplier's share of what those in each neighbourhood received."""
    inside = np.flatnonzero(ground.area >= 0)
    gains = np.zeros((len(inside), len(ground.codes)))
    gains[np.arange(len(inside)), ground.area[inside]] = ground.suppliers.supplies.amount[inside]
    return sums.top_shares(gains)


def catchment_gains(ground: Ground) -> sums.Floats:
    """Give the pounds per resident that each supplier brings to each neighbourhood, (m, l)."""
    supplies = ground.suppliers.supplies
    return ground.people.weights(supplies, ground.codes) * supplies.amount[:, None]


def _reason(ground: Ground, variant: str, place: int) -> str | None:
    """Say why a neighbourhood has no such figure; None where it has."""
    return (
        ground.nothing
        or _place_reason(ground, variant, ground.codes[place])
        or _pounds_reason(ground, variant)
        or (_premises_reason(ground.premises[place]) if variant in PER_PREMISES else None)
    )


def _place_reason(ground: Ground, variant: str, code: str) -> str | None:
    if variant in {DEFAULT_SPEND, "per-head"}:
        missing = ground.people.missing(code)
        nobody = variant == "per-head" and ground.people.residents.get(code) == 0
        return missing or (f"{_NOT_APPLICABLE}: nobody lives there" if nobody else None)
    return None if code in ground.people.points.lsoas else ground.people.missing(code)


def _pounds_reason(ground: Ground, variant: str) -> str | None:
    relative = variant in {"share", "location-quotient"}
    return _NOTHING_RECEIVED if relative and not ground.units.sum() > 0 else None


def _premises_reason(premises: float) -> str | None:
    if np.isnan(premises):
        return _UNCOVERED
    if premises < sums.MIN_PREMISES:
        rated = count(int(premises), "rated premises", "rated premises")
        return (
            f"{_NOT_APPLICABLE}: it has {rated}, "
            f"fewer than the {sums.MIN_PREMISES} that a figure per business needs"
        )
    return None
