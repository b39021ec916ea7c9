"""The three indicators of every LSOA of a district, from what is loaded."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.access import WALKING_BANDS, float_catchment, within
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.indicators import INDICATORS, measure_name
from geo_wealth.memory import Memory
from geo_wealth.queries import inputs, membership
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.rows import IndicatorValue, SpendSummary
from geo_wealth.queries.spend import spend_summary

SLUGS = tuple(INDICATORS)
REACH_M = WALKING_BANDS[-1]


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
    connection: Connection, district: str, index: str, *, eligible_only: bool
) -> DistrictInputs:
    """Compute, or take from memory, what a ranking of a district weighs.

    Raises
    ------
    InvalidRequestError
        For an index that does not exist.
    NotFoundError
        When no LSOA of the district is loaded, or none has the index.
    """
    if index not in INDEX:
        raise InvalidRequestError("index", f"allowed are {', '.join(INDEX)}; found {index!r}.")
    key = (str(connection.engine.url), data_version(connection), district, index, eligible_only)
    return _MEMORY.recall(
        key, lambda: _compute(connection, district, index, eligible_only=eligible_only)
    )


def _compute(
    connection: Connection, district: str, index: str, *, eligible_only: bool
) -> DistrictInputs:
    vintage = INDEX[index].vintage
    codes = membership.members(connection, district, vintage)
    if not codes:
        raise NotFoundError(
            f"{district}: no {vintage} neighbourhood of this district is loaded; load boundaries, "
            "a lookup or an index that names it."
        )
    scores = inputs.scores(connection, index, codes)
    if not scores.score:
        raise NotFoundError(
            f"{district}: {index} is not loaded for it; "
            f"use `geo-wealth load deprivation FILE --index {index}`."
        )
    people = _People.read(connection, vintage, codes, index)
    summary = spend_summary(connection)
    sets: dict[str, tuple[str, ...]] = {}
    columns = [
        _deprivation(codes, scores),
        _spend(codes, people, inputs.supplier_pounds(connection, vintage), summary, sets),
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
        values=np.array(
            [
                [np.nan if cell.value is None else cell.value for cell in column]
                for column in columns
            ]
        ).T,
        indicators=tuple(
            dict(zip(SLUGS, cells, strict=True)) for cells in zip(*columns, strict=True)
        ),
        datasets=tuple(used),
        dataset_sets=sets,
        sample=bool(inputs.sample_keys(connection) & set(used)),
        spend=summary,
    )


@dataclass(frozen=True, slots=True)
class _People:
    """Residents by LSOA, spread evenly over their LSOA's points."""

    residents: dict[str, int]
    measure: str | None
    points: inputs.DemandPoints
    demand: NDArray[np.float64]
    keep: NDArray[np.bool_]
    datasets: tuple[str, ...]

    @classmethod
    def read(
        cls, connection: Connection, vintage: int, codes: Sequence[str], index: str
    ) -> "_People":
        points = inputs.demand_points(connection, vintage, codes)
        everyone = sorted({*points.lsoas, *codes})
        measure, _ = membership.residents_of(connection, vintage, codes, prefer=index)
        _, residents = membership.residents_of(connection, vintage, everyone, prefer=measure)
        count = np.bincount(points.lsoa, minlength=len(points.lsoas))
        by_lsoa = np.array([residents.get(code, 0) for code in points.lsoas], dtype=np.float64)
        known = np.array([code in residents for code in points.lsoas], dtype=np.bool_)
        demand = by_lsoa[points.lsoa] / count[points.lsoa] if len(points.lsoa) else np.empty(0)
        return cls(
            residents,
            measure,
            points,
            demand,
            known[points.lsoa] if len(points.lsoa) else np.empty(0, dtype=np.bool_),
            (*points.datasets, *inputs.population_datasets(connection, measure, vintage, codes)),
        )

    def missing(self, code: str) -> str | None:
        """Say why nothing per resident can be worked out for an LSOA."""
        if code not in self.points.lsoas:
            return "its boundary is not loaded"
        if code not in self.residents:
            return "its number of residents is not loaded"
        return None

    def access(self, supplies: inputs.Supplies) -> dict[str, float]:
        """Average, over an LSOA's points, what reaches each resident from the supplies."""
        xy, lsoa = self.points.xy[self.keep], self.points.lsoa[self.keep]
        reached = float_catchment(supplies.xy, supplies.amount, xy, self.demand[self.keep]).access
        count = np.bincount(lsoa, minlength=len(self.points.lsoas))
        total = np.bincount(lsoa, reached, minlength=len(self.points.lsoas))
        return {
            code: float(total[place] / count[place])
            for place, code in enumerate(self.points.lsoas)
            if count[place]
        }

    def in_reach(self, supplies: inputs.Supplies) -> dict[str, NDArray[np.int64]]:
        """List, by LSOA, the positions of the supplies that any of its points can reach."""
        pairs = within(self.points.xy, supplies.xy, REACH_M)
        width = max(len(supplies.amount), 1)
        both = np.unique(self.points.lsoa[pairs.demand] * width + pairs.supply)
        edges = np.searchsorted(both, np.arange(len(self.points.lsoas) + 1) * width)
        return {
            code: both[edges[place] : edges[place + 1]] % width
            for place, code in enumerate(self.points.lsoas)
        }


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
    codes: Sequence[str],
    people: _People,
    pounds: inputs.Supplies,
    summary: SpendSummary,
    sets: dict[str, tuple[str, ...]],
) -> list[IndicatorValue]:
    dataset = _name_set(sets, {*pounds.datasets, *people.datasets})
    nothing = None
    if not summary.datasets:
        nothing = "no ledger is loaded"
    elif not len(pounds.amount):
        nothing = "no payee of the ledgers loaded could be placed; load a register of suppliers"
    access = people.access(pounds)
    reach = people.in_reach(pounds)
    if nothing is None and not set(codes) & set(pounds.lsoa):
        nothing = "no ledger covers this area: none of the suppliers placed is in the district"
    return [
        _missing("spend", reason)
        if (reason := nothing or people.missing(code))
        else _value(
            "spend",
            access[code],
            dataset,
            None,
            denominator=_residents_text("spend", people),
            beside={"suppliers_in_reach": len(reach[code])},
        )
        for code in codes
    ]


def _assets(
    codes: Sequence[str],
    people: _People,
    every: inputs.Supplies,
    sets: dict[str, tuple[str, ...]],
    *,
    eligible_only: bool,
) -> list[IndicatorValue]:
    counted = ("eligible",) if eligible_only else ("eligible", "unknown")
    chosen = np.array([state in counted for state in every.state], dtype=np.bool_)
    supplies = inputs.Supplies(every.xy[chosen], every.amount[chosen], (), (), every.datasets)
    dataset = _name_set(sets, {*every.datasets, *people.datasets})
    nothing = None if every.datasets else "no register of land and buildings is loaded"
    access = people.access(supplies)
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
            1000 * access[code],
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


def _residents_text(slug: str, people: _People) -> str:
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
