"""Spend penetration of a district's neighbourhoods by every measure, with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.errors import InvalidRequestError
from geo_wealth.indicators import DEFAULT_SPEND, SPEND_VARIANTS, measure_name
from geo_wealth.memory import Memory
from geo_wealth.pipeline.documents import spend_document
from geo_wealth.pipeline.indicators import members
from geo_wealth.pipeline.penetration import (
    Ground,
    Measured,
    catchment_gains,
    figures,
    measure,
    measure_catchment,
    read_ground,
)
from geo_wealth.pipeline.people import people_of
from geo_wealth.queries import membership
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.inputs import sample_keys
from geo_wealth.queries.rows import SpendSummary
from geo_wealth.queries.spend import spend_summary
from geo_wealth.spend import penetration as sums

INTERVAL = (
    f"90 % of {sums.DRAWS:,} draws of the same suppliers with replacement: how much rests on "
    "single suppliers, and no confidence interval of a population"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one neighbourhood.

    ``reason`` says why there is no value; it begins with "not applicable" where no data could
    change that. ``low`` and ``high`` are the ends of the interval, None where no supplier is
    there to draw; ``top_share`` is None where the measure is not of pounds.
    """

    value: float | None
    top_share: float | None
    low: float | None
    high: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One LSOA; ``pounds``, ``residents``, ``premises`` and ``paid`` are None where unknown.

    ``suppliers`` counts those placed in it, ``paid`` the rated premises where one was paid.
    """

    code: str
    name: str
    ward_code: str | None
    ward_name: str | None
    pounds: Decimal | None
    suppliers: int
    residents: int | None
    premises: int | None
    paid: int | None
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Penetration:
    """How far spend reaches each neighbourhood of a district.

    Attributes
    ----------
    residents_measure
        Which count of residents was divided by; None where none is loaded.
    elsewhere
        Suppliers in the district whose place is from a register other than business rates:
        they are in the pounds and not in the supplier rate.
    rate
        The district's premises paid by premises rated; None where not known.
    """

    district: str
    district_name: str
    index: str
    lsoa_vintage: int
    residents_measure: str | None
    pounds: Decimal
    suppliers: int
    elsewhere: int
    premises: int | None
    rate: float | None
    draws: int
    seed: int
    datasets: tuple[str, ...]
    sample: bool
    spend: SpendSummary
    areas: tuple[Neighbourhood, ...]


_MEMORY: Memory[Penetration] = Memory(size=8)


def penetration(connection: Connection, district: str, index: str) -> Penetration:
    """Work out, or remember, every measure of spend for the neighbourhoods of a district.

    Parameters
    ----------
    index
        Says which neighbourhoods: those of its census, 2011 for imd2019; no score is used.

    Raises
    ------
    InvalidRequestError
        For an index that does not exist.
    NotFoundError
        When no neighbourhood of the district is loaded.
    """
    if index not in INDEX:
        raise InvalidRequestError("index", f"allowed are {', '.join(INDEX)}; found {index!r}.")
    key = (str(connection.engine.url), data_version(connection), district, index)
    return _MEMORY.recall(key, lambda: _compute(connection, district, index))


def _compute(connection: Connection, district: str, index: str) -> Penetration:
    vintage = INDEX[index].vintage
    codes = members(connection, district, vintage)
    people = people_of(connection, district, vintage, codes, index)
    summary = spend_summary(connection)
    ground = read_ground(connection, vintage, codes, people, summary)
    keys = ground.datasets | ground.registers
    inside = ground.area >= 0
    covered = not np.isnan(ground.premises).all()
    rate = sums.prior(ground.paid, ground.premises).mean
    return Penetration(
        district=district,
        district_name=membership.district_name(connection, district),
        index=index,
        lsoa_vintage=vintage,
        residents_measure=people.measure,
        pounds=_pounds(ground, ground.units.sum()),
        suppliers=int(np.count_nonzero(inside)),
        elsewhere=int(np.count_nonzero(inside & (ground.suppliers.premises < 0))),
        premises=int(np.nansum(ground.premises)) if covered else None,
        rate=rate if covered and ground.nothing is None else None,
        draws=sums.DRAWS,
        seed=sums.SEED,
        datasets=tuple(sorted(keys)),
        sample=bool(sample_keys(connection) & keys),
        spend=summary,
        areas=_neighbourhoods(connection, vintage, ground),
    )


def intervals(ground: Ground, gains: sums.Floats) -> dict[str, sums.Floats]:
    """Draw the suppliers anew and give the ends of each measure's interval, (2, l).

    The suppliers drawn are those that the district's figures are made of: for the catchment
    those within reach of it, for the rest those in it. A premises drawn more than once counts
    as often, but never for more than the premises there are; the rate's prior stays as it is.
    NaN where no supplier that the figure counts is there to draw.
    """
    inside = np.flatnonzero(ground.area >= 0)
    size = len(ground.codes)
    at = np.zeros((len(inside), size))
    at[np.arange(len(inside)), ground.area[inside]] = 1.0
    received = at * ground.suppliers.supplies.amount[inside, None]
    rated = at * sums.once_each(ground.suppliers.premises)[inside, None]
    drawn = sums.resample(np.hstack([received, rated]), sums.DRAWS, sums.SEED)
    pounds = drawn[:, :size]
    ends = [
        sums.interval(each)
        for each in (pounds, sums.shares(pounds), np.minimum(drawn[:, size:], ground.premises))
    ]
    found = {DEFAULT_SPEND: _catchment_interval(gains)}
    for variant in SPEND_VARIANTS.keys() - {DEFAULT_SPEND}:
        found[variant] = figures(ground, variant, *ends)
        counted = rated if variant == "supplier-rate" else at
        found[variant][:, ~counted.any(axis=0)] = np.nan
    return found


def _catchment_interval(every: sums.Floats) -> sums.Floats:
    gains = np.nan_to_num(every)
    reaching = gains.any(axis=1)
    ends = sums.interval(sums.resample(gains[reaching], sums.DRAWS, sums.SEED))
    ends[:, ~gains.any(axis=0)] = np.nan
    return ends


def _neighbourhoods(
    connection: Connection, vintage: int, ground: Ground
) -> tuple[Neighbourhood, ...]:
    names = membership.names(connection, vintage, ground.codes)
    wards = membership.belongs_to(connection, "ward", vintage, ground.codes)
    gains = catchment_gains(ground)
    ends = intervals(ground, gains)
    measured = {
        variant: measure_catchment(ground, gains)
        if variant == DEFAULT_SPEND
        else measure(ground, variant)
        for variant in SPEND_VARIANTS
    }
    known = [
        None if np.isnan(pounds) else units
        for pounds, units in zip(ground.pounds, ground.units, strict=True)
    ]
    return tuple(
        Neighbourhood(
            code=code,
            name=names.get(code, code),
            ward_code=wards.get(code, (None, None))[0],
            ward_name=wards.get(code, (None, None))[1],
            pounds=None if ground.nothing or known[k] is None else _pounds(ground, known[k]),
            suppliers=int(ground.located[k]),
            residents=_whole(ground.residents[k]),
            premises=_whole(ground.premises[k]),
            paid=_whole(ground.paid[k]),
            figures={
                variant: _figure(measured[variant], ends[variant], k) for variant in SPEND_VARIANTS
            },
        )
        for k, code in enumerate(ground.codes)
    )


def _figure(measured: Measured, ends: sums.Floats, place: int) -> Figure:
    reason = measured.reasons[place]
    if reason is not None:
        return Figure(None, None, None, None, reason)
    low, high = ends[:, place]
    return Figure(
        _known(measured.values[place]),
        _known(measured.top_shares[place]),
        _known(low),
        _known(high),
        None,
    )


def _pounds(ground: Ground, units: Any) -> Decimal:
    return Decimal(int(units)).scaleb(-ground.suppliers.scale)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else round(value)


def penetration_document(found: Penetration) -> dict[str, Any]:
    """Give the JSON document of ``penetration --json`` and ``/api/v1/penetration``."""
    return {
        "district": found.district,
        "district_name": found.district_name,
        "index": found.index,
        "lsoa_vintage": found.lsoa_vintage,
        "residents": None
        if found.residents_measure is None
        else measure_name(found.residents_measure),
        "pounds": str(found.pounds),
        "suppliers": found.suppliers,
        "suppliers_not_at_rated_premises": found.elsewhere,
        "premises": found.premises,
        "supplier_rate": found.rate,
        "interval": {"means": INTERVAL, "draws": found.draws, "seed": found.seed},
        "measures": {
            slug: {
                "name": variant.name,
                "unit": variant.unit,
                "denominator": variant.denominator,
                "raises_priority": "high" if variant.direction > 0 else "low",
                "meaning": variant.meaning,
                "caution": variant.caution,
            }
            for slug, variant in SPEND_VARIANTS.items()
        },
        "datasets": list(found.datasets),
        "sample": found.sample,
        "spend": spend_document(found.spend),
        "areas": [_area_document(area) for area in found.areas],
    }


def _area_document(area: Neighbourhood) -> dict[str, Any]:
    return {
        "code": area.code,
        "name": area.name,
        "ward": area.ward_name,
        "ward_code": area.ward_code,
        "pounds": None if area.pounds is None else str(area.pounds),
        "suppliers": area.suppliers,
        "residents": area.residents,
        "premises": area.premises,
        "premises_paid": area.paid,
        "figures": {
            slug: {
                "value": figure.value,
                "top_share": figure.top_share,
                "interval": None if figure.low is None else [figure.low, figure.high],
                "reason": figure.reason,
            }
            for slug, figure in area.figures.items()
        },
    }


def penetration_rows(
    found: Penetration,
) -> tuple[tuple[str, ...], list[Sequence[Any]]]:
    """Give header and rows for CSV; empty cells are unknown, and the reason stands beside them."""
    header = ["code", "name", "ward", "pounds", "suppliers", "residents", "premises"]
    header.append("premises_paid")
    for slug in SPEND_VARIANTS:
        name = slug.replace("-", "_")
        header += [name, f"{name}_unit", f"{name}_top_share", f"{name}_low", f"{name}_high"]
        header.append(f"{name}_missing_because")
    header += ["interval", "data"]
    last = (f"{INTERVAL}; seed {found.seed}", "sample data" if found.sample else "published data")
    rows: list[Sequence[Any]] = []
    for area in found.areas:
        row: list[Any] = [area.code, area.name, area.ward_name, area.pounds, area.suppliers]
        row += [area.residents, area.premises, area.paid]
        for slug, figure in area.figures.items():
            row += [figure.value, SPEND_VARIANTS[slug].unit, figure.top_share]
            row += [figure.low, figure.high, figure.reason]
        rows.append((*row, *last))
    return tuple(header), rows
