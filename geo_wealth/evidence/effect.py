"""Did it work, as evidence: outcomes by area and period in; effect, checks and warnings out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from geo_wealth.errors import InvalidRequestError
from geo_wealth.evaluation.balance import balance
from geo_wealth.evaluation.effect import Gaps, effect, gaps
from geo_wealth.evaluation.matching import Floats, Space, space_of, useful
from geo_wealth.evaluation.placebos import Design, bare_design, connected_design, swapped_design
from geo_wealth.evaluation.power import power
from geo_wealth.evaluation.reversion import Reversion, reversion
from geo_wealth.evaluation.synthetic import (
    FLOOR,
    Synthetic,
    rank_p,
    ratio,
    restlessness,
    synthetic,
)
from geo_wealth.evaluation.trend import pre_trend
from geo_wealth.evidence.comparison import covariates_of
from geo_wealth.evidence.digits import to_digits
from geo_wealth.evidence.judgement import foreseen, judged, tested, warnings


@dataclass(frozen=True, slots=True)
class _Study:
    """What is left to judge by: areas with an outcome in every period.

    ``values`` are (n, T) in the order of the design's codes.
    """

    groups: Mapping[str, list[str]]
    design: Design
    values: Floats
    gaps: Gaps
    start: int
    began: bool
    left_out: list[str]


def results(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Judge a pilot by each of its outcomes, as :func:`judge` does.

    Parameters
    ----------
    inputs
        What all outcomes share, as :func:`judge` takes it, with ``measures``: of each outcome
        ``measure``, ``periods`` and ``series``.

    Returns
    -------
    dict
        ``measures``: for each outcome what :func:`judge` gives.
    """
    own = ("measure", "periods", "series")
    return {
        "measures": [
            judge({**inputs, **{name: one[name] for name in own}}) for one in inputs["measures"]
        ]
    }


def judge(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Judge a pilot by one outcome; before its start, say what could be seen.

    Parameters
    ----------
    inputs
        ``comparison``: the inputs of the comparison section; ``groups``: each with ``pilot`` and
        ``comparisons``, as frozen; ``neighbours``: by code the codes that touch it (None:
        unknown); ``weighting``: ``areas`` or ``residents``, and ``residents`` by code;
        ``measure``: ``name`` and ``unit``; ``periods``: in order; ``start``: the first period
        after the start (None: not begun); ``series``: by code a value for each period (None:
        unknown); ``chosen_by``: by code what the pilot was chosen by (None: unknown);
        ``placebos`` and ``seed``.

    Returns
    -------
    dict
        ``design``, ``effect`` (None before the start), ``pre_trend``, ``power`` (None from the
        start on: it is judged by other periods than the effect), ``balance`` (names of the
        covariates that are ``apart`` or ``unknown``), ``reversion``, ``synthetic``, the two
        series, and ``warnings``; no p-value, interval or band where the comparison areas were
        named by hand or no placebo can be drawn; only ``left_out`` and ``warnings`` when
        no pilot area and comparison area have an outcome in every period.

    Raises
    ------
    InvalidRequestError
        When the start is no period, or the first, or a group's area has no covariates.
    """
    study = _study(inputs)
    common = {key: inputs[key] for key in ("measure", "periods", "start", "weighting")}
    if isinstance(study, list):
        return {
            **common,
            "left_out": study,
            "warnings": [
                (
                    "Nothing can be said: no pilot area with a comparison area has an outcome "
                    "in every period."
                )
            ],
        }
    mixed = _synthetic(study, inputs["periods"])
    back = _reversion(study, inputs["chosen_by"])
    alike = _alike(inputs, study)
    found = {
        **common,
        "pilot_series": np.maximum(study.design.pilot, 0) @ study.values,
        "comparison_series": np.maximum(-study.design.pilot, 0) @ study.values,
        "left_out": study.left_out,
        "design": _design(study),
        "effect": _effect(study) if study.began else None,
        "pre_trend": asdict(pre_trend(study.gaps, study.start)),
        "power": None if study.began else _power(study, inputs["measure"]["unit"]),
        "balance": alike,
        "reversion": asdict(back),
        "synthetic": mixed,
        "warnings": warnings(
            len(study.groups), study.design, study.gaps.smallest_p, study.left_out, alike, back
        ),
    }
    return dict(to_digits(found))


def _study(inputs: Mapping[str, Any]) -> _Study | list[str]:
    """Keep what has an outcome in every period; only the codes left out when nothing has."""
    start = _start(inputs)
    series = inputs["series"]
    whole = {code for code, values in series.items() if None not in values}
    groups = {
        group["pilot"]: [code for code in group["comparisons"] if code in whole]
        for group in inputs["groups"]
        if group["pilot"] in whole
    }
    groups = {pilot: chosen for pilot, chosen in groups.items() if chosen}
    asked = {code for group in inputs["groups"] for code in (group["pilot"], *group["comparisons"])}
    left_out = sorted(asked - {code for one, rest in groups.items() for code in (one, *rest)})
    if not groups:
        return left_out
    design = _draw(inputs, groups, whole)
    values = np.array([series[code] for code in design.codes], dtype=np.float64)
    return _Study(
        groups,
        design,
        values,
        gaps(design, values),
        start,
        inputs["start"] is not None,
        left_out,
    )


def _start(inputs: Mapping[str, Any]) -> int:
    periods, start = inputs["periods"], inputs["start"]
    if start is None:
        return len(periods)
    if start not in periods[1:]:
        raise InvalidRequestError(
            "start",
            f"needs outcomes of at least one period before it, and of itself; found {start!r} "
            f"with periods {', '.join(map(str, periods))}.",
        )
    return int(periods.index(start))


def _draw(inputs: Mapping[str, Any], groups: Mapping[str, list[str]], whole: set[str]) -> Design:
    weights = (
        inputs["residents"] if inputs["weighting"] == "residents" else dict.fromkeys(whole, 1.0)
    )
    named = inputs["comparison"]["pool"] == "named"
    if inputs["neighbours"] is None and not named:
        return swapped_design(groups, weights, inputs["placebos"], inputs["seed"])
    space = _space(inputs)
    strange = sorted(
        {code for one, rest in groups.items() for code in (one, *rest)} - {*space.codes}
    )
    if strange:
        raise InvalidRequestError(
            "groups", f"{', '.join(strange)} lacks a covariate: match again, then judge."
        )
    others = set(inputs["comparison"]["pilot"]) - groups.keys()
    around = space.among(whole - others)
    if named:  # no rule to match placebos by: matched otherwise they vary less than the pilot
        return bare_design(around.codes, groups, weights, "named")
    return connected_design(
        around,
        groups,
        weights,
        inputs["neighbours"],
        inputs["placebos"],
        inputs["seed"],
    )


def _space(inputs: Mapping[str, Any]) -> Space:
    covariates = covariates_of(inputs["comparison"])
    return space_of(useful(covariates, covariates.codes)[0], covariates.codes)


def _design(study: _Study) -> dict[str, Any]:
    design, smallest = study.design, study.gaps.smallest_p
    return {
        "kind": design.kind,
        "pilot_areas": len(study.groups),
        "comparison_areas": sum(map(len, study.groups.values())),
        "areas": len(design.codes),
        "placebos": len(design.placebos),
        "apart": design.apart,
        "smallest_p": smallest,
        "sentence": tested(design, smallest),
    }


def _effect(study: _Study) -> dict[str, Any]:
    found = effect(study.gaps, study.start)
    pilot = np.maximum(study.design.pilot, 0) @ study.values
    beside = np.maximum(-study.design.pilot, 0) @ study.values
    return {
        **asdict(found),
        "pilot_before": float(pilot[: study.start].mean()),
        "pilot_after": float(pilot[study.start :].mean()),
        "comparison_before": float(beside[: study.start].mean()),
        "comparison_after": float(beside[study.start :].mean()),
        "sentence": judged(found.p, found.smallest_p),
    }


def _power(study: _Study, unit: str) -> dict[str, Any]:
    found = power(study.gaps, study.start)
    return {
        **asdict(found),
        "sentence": foreseen(found, study.design, study.gaps.smallest_p, len(study.groups), unit),
    }


def _alike(inputs: Mapping[str, Any], study: _Study) -> dict[str, list[str]]:
    """Name the covariates on which the areas in use were apart, and the unknown."""
    covariates = covariates_of(inputs["comparison"])
    chosen = {code for rest in study.groups.values() for code in rest}
    away = {*inputs["comparison"]["ring"], *inputs["comparison"]["pilot"]}
    rows = balance(study.groups, set(covariates.codes) - away, chosen, covariates)
    return {flag: [row.name for row in rows if row.flag == flag] for flag in ("apart", "unknown")}


def _reversion(study: _Study, chosen_by: Mapping[str, float | None] | None) -> Reversion:
    past = study.values[:, : study.start]
    inside = [at for at, code in enumerate(study.design.codes) if code in study.groups]
    around = [at for at, code in enumerate(study.design.codes) if code not in study.groups]
    by = (
        np.array(
            [chosen_by.get(study.design.codes[at]) for at in inside + around], dtype=np.float64
        )
        if chosen_by is not None
        else None
    )
    return reversion(past[inside], past[around], by)


def _synthetic(study: _Study, periods: list[Any]) -> dict[str, Any]:
    found = _fit(study, study.design.pilot)
    donors = [
        code for code, part in zip(study.design.codes, study.design.pilot, strict=True) if part < 0
    ]
    others = np.array([code not in study.groups for code in study.design.codes])
    floor = FLOOR * restlessness(study.values[others], study.start)
    p = None
    smallest = study.gaps.smallest_p
    if smallest is not None and study.began and len(periods) > 1 and floor > 0:
        ratios = [ratio(_fit(study, row), floor) for row in study.design.placebos]
        p = rank_p(ratio(found, floor), ratios, smallest)
    notes = []
    if len(donors) >= study.start:
        notes.append(
            f"{len(donors)} areas are fitted to {study.start} periods: "
            "a close fit before the start says little."
        )
    if found.outside:
        notes.append(
            "The pilot lies beyond all its comparison areas before the start: "
            "no mix of them can be like it."
        )
    return {
        **asdict(found),
        "weights": dict(zip(donors, found.weights.tolist(), strict=True)),
        "floor": floor,
        "p": p,
        "notes": notes,
    }


def _fit(study: _Study, row: Floats) -> Synthetic:
    return synthetic(
        np.maximum(row, 0) @ study.values, study.values[np.flatnonzero(row < 0)], study.start
    )
