"""Did it work: a pilot's outcome beside its comparison areas, before and after the start."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection

from geo_wealth import periods
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.evidence.digits import to_digits
from geo_wealth.evidence.effect import results as results_of
from geo_wealth.evidence.section import Section, section
from geo_wealth.pipeline.comparison import compare_areas, ground_of
from geo_wealth.pipeline.effect_words import (
    cannot_be_said,
    matched_on_later,
    on_no_record,
    one_of_several,
)
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.region import Region, region_of
from geo_wealth.pipeline.terrain import Terrain, district_terrain
from geo_wealth.plan import Plan
from geo_wealth.queries import pilots as records
from geo_wealth.queries.outcomes import Outcome, outcome_of, outcomes, panel

PLACEBOS, SEED = 999, 1
WEIGHTINGS = ("areas", "residents")
"""What counts alike in the mean of a pilot: each area, or each resident."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A pilot judged by one outcome, or what could be seen of it.

    Attributes
    ----------
    pilot, title
        Slug and title of the record; None where areas were named instead.
    started_on
        The day of the record on which it started; None where it has not, or there is none.
    start
        The first whole period after the start; None where nothing after it is loaded.
    partial
        The period in which it started, which is left out since it lies on both sides.
    comparison
        The section that the comparison areas are from.
    section
        Inputs and results; None where no period before the start is loaded.
    notes
        What cannot be said, and why.
    """

    pilot: str | None
    title: str | None
    outcome: Outcome
    started_on: date | None
    start: str | None
    partial: str | None
    comparison: Section
    section: Section | None
    notes: tuple[str, ...]

    @property
    def results(self) -> Mapping[str, Any]:
        """Give the results; empty where there are none."""
        return self.section["results"]["measures"][0] if self.section else {}


def outlook_section(connection: Connection, plan: Plan, comparison: Section) -> Section | None:
    """Say, as evidence, what could be seen of a plan's outcomes: past trend and power.

    The outcomes that the plan names and that are loaded; all that are loaded where it names
    none. None where there are none.
    """
    ranking = build_ranking(connection, plan.ranking)
    scores = {area.code: area.score for area in ranking.areas}
    return outlook(connection, comparison, plan.outcomes, scores)


def outlook(
    connection: Connection,
    comparison: Section,
    names: Sequence[str] = (),
    scores: Mapping[str, float] | None = None,
) -> Section | None:
    """Say what could be seen of outcomes, all of whose periods count as past.

    Parameters
    ----------
    names
        Of outcomes; all that are loaded where there are none.
    scores
        By code, what the pilot is chosen by; None where that is unknown.
    """
    wanted = {name.lower() for name in names}
    chosen = [
        each
        for each in outcomes(connection, comparison["inputs"]["vintage"])
        if not wanted or each.measure.lower() in wanted
    ]
    if not chosen:
        return None
    shared = _shared(comparison, _region(connection, comparison), scores, "areas")
    codes = _codes(comparison, shared["neighbours"])
    measures = [_series(connection, each, codes, each.periods) for each in chosen]
    used = sorted(each.dataset for each in chosen)
    asked = {**shared, "start": None, "measures": measures, "datasets": used}
    return section(results_of, to_digits(asked))


def judge_pilot(
    connection: Connection,
    slug: str,
    measure: str | None = None,
    weighting: str = "areas",
) -> Judged:
    """Judge a pilot on record by an outcome, against the comparison areas that were frozen.

    From the day on record on which it started, and no other: a start chosen after seeing the
    outcome makes the p-value too small. Without one there is no effect.

    Parameters
    ----------
    measure
        Name of an outcome; else the first that the pilot is to be judged by, or the only one
        that is loaded.

    Raises
    ------
    NotFoundError
        When there is no such pilot or outcome, or no comparison group was kept with it.
    InvalidRequestError
        For a measure that is not said.
    """
    found = records.pilot(connection, slug)
    document = records.evidence(connection, records.current_evidence(found))
    comparison = document["sections"].get("comparison")
    if comparison is None:
        raise NotFoundError(
            f"The pilot {slug} has no comparison group on record: name its areas and theirs with "
            "`geo-wealth effect --area CODE --comparison CODE`."
        )
    outcome = _outcome(connection, comparison, measure, document["plan"]["outcomes"])
    day = next((e.happened_on for e in found.events if e.kind == "started"), None)
    first, partial = _start(outcome, None, day)
    scores = _scores(document)
    kept = document["sections"].get("effect")
    region = _kept_region(kept) if kept else _region(connection, comparison)
    shared = _shared(comparison, region, scores, weighting)
    judged = _judge(connection, shared, comparison, outcome, first, partial)
    notes = cannot_be_said(outcome, day, first, judged)
    return Judged(
        pilot=slug,
        title=document["plan"]["title"],
        outcome=outcome,
        started_on=day,
        start=first if judged and judged["inputs"]["start"] else None,
        partial=partial,
        comparison=comparison,
        section=judged,
        notes=(*notes, *_cautions(connection, comparison, first, judged)),
    )


def judge_areas(
    connection: Connection,
    district: str,
    index: str,
    areas: Sequence[str],
    measure: str | None,
    start: str | None,
    request: ComparisonRequest,
    named: Sequence[str] = (),
    weighting: str = "areas",
    scores: Mapping[str, float] | None = None,
) -> Judged:
    """Judge areas that are on no record; without a start, say what could be seen.

    Parameters
    ----------
    named
        Codes of the comparison areas; where there are none they are chosen by ``request``.
    scores
        By code, what the pilot is chosen by; None where that is unknown.

    Raises
    ------
    NotFoundError, InvalidRequestError
        As :func:`judge_pilot`, and for areas of another district.
    """
    terrain = ground_of(connection, district, index, areas)
    if named:
        request = _request_for(terrain, areas, named)
    comparison = compare_areas(connection, terrain, index, areas, request)
    if named:
        comparison = _with_named(connection, terrain, comparison, request, named)
    outcome = _outcome(connection, comparison, measure, ())
    first, partial = _start(outcome, start, None)
    region = region_of(connection, terrain, index, request.pool)
    shared = _shared(comparison, region, scores, weighting)
    judged = _judge(connection, shared, comparison, outcome, first, partial)
    notes = (*cannot_be_said(outcome, None, first, judged), *on_no_record(judged)) if start else ()
    return Judged(
        pilot=None,
        title=None,
        outcome=outcome,
        started_on=None,
        start=first if judged and judged["inputs"]["start"] else None,
        partial=partial,
        comparison=comparison,
        section=judged,
        notes=(*notes, *_cautions(connection, comparison, first, judged)),
    )


def _cautions(
    connection: Connection, comparison: Section, first: str | None, judged: Section | None
) -> tuple[str, ...]:
    """Warn of comparison areas matched on later values, and of several outcomes."""
    results = judged["results"]["measures"][0] if judged else {}
    measures = len(outcomes(connection, comparison["inputs"]["vintage"]))
    return (*matched_on_later(comparison, first), *one_of_several(measures, results))


def _request_for(terrain: Terrain, areas: Sequence[str], named: Sequence[str]) -> ComparisonRequest:
    """Say how named comparison areas are shared out, and where placebos are looked for."""
    if len(set(named)) < len(set(areas)):
        raise InvalidRequestError(
            "comparison", f"name at least as many as pilot areas, {len(set(areas))}."
        )
    pool = "district" if set(named) <= set(terrain.codes) else "england"
    return ComparisonRequest(min(len(set(named)) // len(set(areas)), 10), pool)


def _with_named(
    connection: Connection,
    terrain: Terrain,
    comparison: Section,
    request: ComparisonRequest,
    named: Sequence[str],
) -> Section:
    """Put named comparison areas in the place of those chosen."""
    asked = comparison["inputs"]
    known = {area["code"] for area in asked["areas"]}
    for code in named:
        if code in {*asked["pilot"], *asked["ring"]}:
            what = "is a pilot area" if code in asked["pilot"] else "touches the pilot"
            raise InvalidRequestError("comparison", f"{code} {what}, so it is no comparison.")
        if code not in known:
            raise InvalidRequestError(
                "comparison", f"{code} is no neighbourhood that {asked['index']} is loaded for."
            )
    found = compare_areas(
        connection, terrain, asked["index"], asked["pilot"], request, sorted(set(named))
    )
    return {"inputs": {**asked, "pool": "named"}, "results": found["results"]}


def _outcome(
    connection: Connection, comparison: Section, measure: str | None, planned: Sequence[str]
) -> Outcome:
    vintage = comparison["inputs"]["vintage"]
    if measure or planned:
        return outcome_of(connection, measure or planned[0], vintage)
    known = outcomes(connection, vintage)
    if len(known) == 1:
        return known[0]
    if not known:
        return outcome_of(connection, "of any name", vintage)  # says how one is loaded
    listed = ", ".join(repr(each.measure) for each in known)
    raise InvalidRequestError("measure", f"say which of those loaded it is: {listed}.")


def _start(outcome: Outcome, said: str | None, day: date | None) -> tuple[str | None, str | None]:
    """Give the first whole period after the start, and the one in which it began, if cut."""
    grain = outcome.grain
    if said is not None:
        place = periods.number(said, grain)
        if place is None:
            raise InvalidRequestError(
                "start",
                f"{outcome.measure} is by {grain}, from {outcome.periods[0]} to "
                f"{outcome.periods[-1]}: give one of its periods; found {said[:40]!r}.",
            )
        return periods.write(place, grain), None
    if day is None:
        return None, None
    place = periods.place_of(day, grain)
    if periods.first_day(place, grain) == day:
        return periods.write(place, grain), None
    return periods.write(place + 1, grain), periods.write(place, grain)


def _region(connection: Connection, comparison: Section) -> Region:
    asked = comparison["inputs"]
    terrain = district_terrain(connection, asked["district"], asked["vintage"], asked["index"])
    return region_of(connection, terrain, asked["index"], asked["pool"])


def _kept_region(kept: Section) -> Region:
    """Give which areas touched when the comparison group was frozen."""
    neighbours = kept["inputs"]["neighbours"]
    return Region(tuple(neighbours), (), neighbours)


def _scores(document: Mapping[str, Any]) -> dict[str, float]:
    areas = document["sections"]["ranking"]["results"]["areas"]
    return {area["code"]: area["score"] for area in areas}


def _shared(
    comparison: Section,
    region: Region,
    scores: Mapping[str, float] | None,
    weighting: str,
) -> dict[str, Any]:
    """Gather what is the same for all outcomes."""
    if weighting not in WEIGHTINGS:
        raise InvalidRequestError(
            "weighting", f"allowed are {', '.join(WEIGHTINGS)}; found {weighting!r}."
        )
    codes = _codes(comparison, region.neighbours)
    return {
        "comparison": comparison["inputs"],
        "groups": [
            {"pilot": group["pilot"], "comparisons": group["comparisons"]}
            for group in comparison["results"]["groups"]
        ],
        "neighbours": region.neighbours,
        "weighting": weighting,
        "residents": _residents(comparison) if weighting == "residents" else {},
        "chosen_by": None if scores is None else {code: scores.get(code) for code in codes},
        "placebos": PLACEBOS,
        "seed": SEED,
    }


def _codes(comparison: Section, neighbours: Iterable[str]) -> list[str]:
    """List the areas to judge by: around the pilot, and the comparison areas wherever they are.

    The areas that touch the pilot are among them: no comparison areas, but part of the town
    that placebo pilots are drawn from.
    """
    asked, found = comparison["inputs"], comparison["results"]
    known = {area["code"] for area in asked["areas"]}
    return sorted((known & set(neighbours)) | set(asked["pilot"]) | set(found["areas"]))


def _residents(comparison: Section) -> dict[str, float]:
    """Take residents back out of their logarithms, which all matched areas have."""
    asked = comparison["inputs"]
    at = [one["kind"] for one in asked["covariates"]].index("residents")
    return {
        area["code"]: float(f"{np.exp(area['values'][at]):.6g}")
        for area in asked["areas"]
        if area["values"][at] is not None
    }


def _series(
    connection: Connection, outcome: Outcome, codes: Sequence[str], kept: Sequence[str]
) -> dict[str, Any]:
    places = [place for place, period in enumerate(outcome.periods) if period in set(kept)]
    values = panel(connection, outcome, codes).values[:, places]
    return {
        "measure": {"name": outcome.measure, "unit": outcome.unit, "dataset": outcome.dataset},
        "periods": [outcome.periods[place] for place in places],
        "series": {
            code: [None if np.isnan(value) else float(value) for value in row]
            for code, row in zip(codes, values, strict=True)
        },
    }


def _judge(
    connection: Connection,
    shared: Mapping[str, Any],
    comparison: Section,
    outcome: Outcome,
    start: str | None,
    partial: str | None,
) -> Section | None:
    """Work the effect out; before the start, or without later periods, what could be seen.

    None where no period lies before the start.
    """
    kept = [period for period in outcome.periods if period != partial]
    if start is not None and not any(period < start for period in kept):
        return None
    later = [period for period in kept if start is not None and period >= start]
    codes = _codes(comparison, shared["neighbours"])
    told = _series(connection, outcome, codes, kept)
    first = later[0] if later else None
    asked = {**shared, "start": first, "measures": [told], "datasets": [outcome.dataset]}
    return section(results_of, to_digits(asked))
