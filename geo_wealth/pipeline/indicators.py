"""The three indicators of every LSOA of a district, from what is loaded."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.indicators import DEFAULT_SPEND, INDICATORS, Indicator, described, measure_name
from geo_wealth.memory import Memory
from geo_wealth.pipeline.penetration import PER_PREMISES, measure, read_ground, spend_gap
from geo_wealth.pipeline.people import People, people_of
from geo_wealth.queries import inputs, membership
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.penetration import placed_suppliers
from geo_wealth.queries.rows import IndicatorValue, SpendSummary
from geo_wealth.queries.spend import spend_summary

SLUGS = tuple(INDICATORS)


@dataclass(frozen=True, slots=True)
class DistrictInputs:
    """Everything about a district that a ranking weighs, before weights.

    Attributes
    ----------
    values
        (n, 3) in the order of :data:`SLUGS`; NaN where missing.
    indicators
        One dict by slug for each LSOA, without normalised value and contribution.
    dataset_sets
        What a ``set-…`` in an indicator's ``dataset`` stands for.
    """

    name: str
    vintage: int
    codes: tuple[str, ...]
    names: tuple[str, ...]
    wards: tuple[tuple[str | None, str | None], ...]
    values: NDArray[np.float64]
    indicators: tuple[dict[str, IndicatorValue], ...]
    datasets: tuple[str, ...]
    dataset_sets: dict[str, tuple[str, ...]]
    sample: bool
    spend: SpendSummary


_MEMORY: Memory[DistrictInputs] = Memory(size=32)


def district_inputs(
    connection: Connection,
    district: str,
    index: str,
    *,
    eligible_only: bool,
    spend_variant: str = DEFAULT_SPEND,
) -> DistrictInputs:
    """Compute, or take from memory, what a ranking of a district weighs.

    Raises
    ------
    InvalidRequestError
        For an index, or a measure of spend, that does not exist.
    NotFoundError
        When no LSOA of the district is loaded, or none has the index.
    """
    if index not in INDEX:
        raise InvalidRequestError("index", f"allowed are {', '.join(INDEX)}; found {index!r}.")
    spend = described("spend", spend_variant)
    version = (str(connection.engine.url), data_version(connection))
    return _MEMORY.recall(
        (*version, district, index, eligible_only, spend_variant),
        lambda: _compute(connection, district, index, spend, eligible_only=eligible_only),
    )


def _compute(
    connection: Connection, district: str, index: str, spend: Indicator, *, eligible_only: bool
) -> DistrictInputs:
    vintage = INDEX[index].vintage
    codes = members(connection, district, vintage)
    scores = inputs.scores(connection, index, codes)
    if not scores.score:
        raise NotFoundError(
            f"{district}: {index} is not loaded for it; "
            f"use `geo-wealth load deprivation FILE --index {index}`."
        )
    people = people_of(connection, district, vintage, codes, index)
    summary = spend_summary(connection)
    sets: dict[str, tuple[str, ...]] = {}
    columns = [
        _deprivation(codes, scores),
        _spend(connection, spend, codes, people, summary, sets),
        _assets(
            codes, people, inputs.assets(connection, vintage), sets, eligible_only=eligible_only
        ),
    ]
    names = membership.names(connection, vintage, codes)
    wards = membership.belongs_to(connection, "ward", vintage, codes)
    used = sorted({*scores.dataset.values(), *(key for keys in sets.values() for key in keys)})
    return DistrictInputs(
        name=membership.district_name(connection, district),
        vintage=vintage,
        codes=tuple(codes),
        names=tuple(names.get(code, code) for code in codes),
        wards=tuple(wards.get(code, (None, None))[:2] for code in codes),
        values=_values(columns),
        indicators=tuple(
            dict(zip(SLUGS, cells, strict=True)) for cells in zip(*columns, strict=True)
        ),
        datasets=tuple(used),
        dataset_sets=sets,
        sample=bool(inputs.sample_keys(connection) & set(used)),
        spend=summary,
    )


def _values(columns: Sequence[Sequence[IndicatorValue]]) -> NDArray[np.float64]:
    return np.array(
        [[np.nan if cell.value is None else cell.value for cell in column] for column in columns]
    ).T


def members(connection: Connection, district: str, vintage: int) -> list[str]:
    """List the neighbourhoods of a district in order of code.

    Raises
    ------
    NotFoundError
        When none is loaded.
    """
    codes = membership.members(connection, district, vintage)
    if not codes:
        raise NotFoundError(
            f"{district}: no {vintage} neighbourhood of this district is loaded; load boundaries, "
            "a lookup or an index that names it."
        )
    return codes


def _deprivation(codes: Sequence[str], scores: inputs.Scores) -> list[IndicatorValue]:
    return [
        _value(
            "deprivation",
            scores.score.get(code),
            scores.dataset.get(code),
            None if code in scores.score else "the index has no score for it",
            beside={"rank": scores.rank.get(code)},
        )
        for code in codes
    ]


def _spend(
    connection: Connection,
    spend: Indicator,
    codes: Sequence[str],
    people: People,
    summary: SpendSummary,
    sets: dict[str, tuple[str, ...]],
) -> list[IndicatorValue]:
    if spend.slug != DEFAULT_SPEND:
        return _located_spend(connection, spend, codes, people, summary, sets)
    pounds = placed_suppliers(connection, people.vintage).supplies
    dataset = _name_set(sets, {*pounds.datasets, *people.datasets})
    nothing = spend_gap(codes, pounds, summary)
    reached = people.reached_by(pounds)
    reach = people.in_reach(pounds)
    return [
        _missing("spend", reason)
        if (reason := nothing or people.missing(code))
        else _value(
            "spend",
            reached[code].value,
            dataset,
            None,
            denominator=_residents_text("spend", people),
            beside={
                "suppliers_in_reach": len(reach[code]),
                "top_share": reached[code].top_share,
            },
        )
        for code in codes
    ]


def _located_spend(
    connection: Connection,
    spend: Indicator,
    codes: Sequence[str],
    people: People,
    summary: SpendSummary,
    sets: dict[str, tuple[str, ...]],
) -> list[IndicatorValue]:
    """Measure spend by what suppliers in the neighbourhood itself received."""
    ground = read_ground(connection, people.vintage, codes, people, summary)
    measured = measure(ground, spend.slug)
    dataset = _name_set(sets, set(ground.keys(spend.slug)))
    rated = spend.slug in PER_PREMISES
    residents = f" (residents: {measure_name(people.measure or 'not known')})"
    return [
        IndicatorValue(
            value=None if reason else float(measured.values[place]),
            unit=spend.unit,
            normalised=None,
            contribution=None,
            dataset=None if reason else dataset,
            denominator=spend.denominator + (residents if spend.slug == "per-head" else ""),
            reason=reason,
            beside={
                "variant": spend.slug,
                "suppliers_located": int(ground.located[place]),
                "top_share": _known(measured.top_shares[place]),
            }
            | ({"premises": _known(ground.premises[place])} if rated else {}),
        )
        for place, reason in enumerate(measured.reasons)
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _assets(
    codes: Sequence[str],
    people: People,
    every: inputs.Supplies,
    sets: dict[str, tuple[str, ...]],
    *,
    eligible_only: bool,
) -> list[IndicatorValue]:
    counted = ("eligible",) if eligible_only else ("eligible", "unknown")
    chosen = np.array([state in counted for state in every.state], dtype=np.bool_)
    supplies = every.only(chosen)
    dataset = _name_set(sets, {*every.datasets, *people.datasets})
    nothing = None if every.datasets else "no register of land and buildings is loaded"
    reached = people.reached_by(supplies)
    reach = people.in_reach(every)
    states = np.array(every.state, dtype=np.str_)
    if nothing is None:
        members = set(codes)
        inside = {
            state for state, lsoa in zip(every.state, every.lsoa, strict=True) if lsoa in members
        }
        nothing = _uncovered(inside, eligible_only=eligible_only)
    return [
        _missing("assets", reason)
        if (reason := nothing or people.missing(code))
        else _value(
            "assets",
            1000 * reached[code].value,
            dataset,
            None,
            denominator=_residents_text("assets", people),
            beside={
                f"{state}_in_reach": int(np.count_nonzero(states[reach[code]] == state))
                for state in ("eligible", "unknown", "not_eligible")
            }
            | {"counted": list(counted)},
        )
        for code in codes
    ]


def _uncovered(states: set[str], *, eligible_only: bool) -> str | None:
    """Say why a district's buildings are unknown, and not none; None where some are known."""
    if not states:
        return "no register of land and buildings covers this area"
    if eligible_only and states == {"unknown"}:
        return "no register loaded says which buildings here may be transferred"
    return None


def _residents_text(slug: str, people: People) -> str:
    measure = "not known" if people.measure is None else measure_name(people.measure)
    return f"{INDICATORS[slug].denominator} (residents: {measure})"


def _value(
    slug: str,
    value: float | None,
    dataset: str | None,
    reason: str | None,
    *,
    denominator: str | None = None,
    beside: dict[str, object] | None = None,
) -> IndicatorValue:
    indicator = INDICATORS[slug]
    return IndicatorValue(
        value=value,
        unit=indicator.unit,
        normalised=None,
        contribution=None,
        dataset=dataset,
        denominator=denominator or indicator.denominator,
        reason=reason,
        beside=beside or {},
    )


def _missing(slug: str, reason: str) -> IndicatorValue:
    return _value(slug, None, None, reason)


def _name_set(sets: dict[str, tuple[str, ...]], keys: set[str]) -> str | None:
    """Give several datasets one name, so that every cell can say where it comes from."""
    if not keys:
        return None
    ordered = tuple(sorted(keys))
    name = f"set-{hashlib.sha256(' '.join(ordered).encode()).hexdigest()[:12]}"
    sets[name] = ordered
    return name
