"""Did it work, as evidence: outcomes by area and period in; effect, checks and warnings out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from geo_wealth.errors import InvalidRequestError
from geo_wealth.evaluation.balance import balance
from geo_wealth.evaluation.effect import LEVEL, Gaps, effect, gaps
from geo_wealth.evaluation.matching import Floats, Space, space_of, useful
from geo_wealth.evaluation.placebos import Design, connected_design, swapped_design
from geo_wealth.evaluation.power import power
from geo_wealth.evaluation.reversion import RELATED, Reversion, reversion
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

FEW = 20
"""Pilot areas under which the reader is warned that there are few."""


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
    shared = {name: value for name, value in inputs.items() if name != "measures"}
    return {"measures": [judge({**shared, **one}) for one in inputs["measures"]]}


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
        ``design``, ``effect`` (None before the start), ``pre_trend``, ``power``, ``reversion``,
        ``synthetic``, the two series, and ``warnings``; only ``left_out`` and ``warnings`` when
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
    found = {
        **common,
        "pilot_series": np.maximum(study.design.pilot, 0) @ study.values,
        "comparison_series": np.maximum(-study.design.pilot, 0) @ study.values,
        "left_out": study.left_out,
        "design": _design(study),
        "effect": _effect(study) if study.began else None,
        "pre_trend": asdict(pre_trend(study.gaps, study.start)),
        "power": _power(study, inputs["measure"]["unit"]),
        "reversion": asdict(back),
        "synthetic": mixed,
        "warnings": _warnings(inputs, study, back),
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
    if inputs["neighbours"] is None:
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
    return connected_design(
        space.among(whole - others),
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
        "sentence": (
            f"The smallest p-value that can come out is {smallest:.2g}"
            + (": no effect could be called significant." if smallest > LEVEL else ".")
        ),
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
        "sentence": _judged(found.p, found.smallest_p),
    }


def _judged(p: float, smallest: float) -> str:
    if smallest > LEVEL:
        return "There are too few areas to tell an effect from chance, however large."
    if p <= LEVEL:
        return (
            "A difference this large came about by chance in 5 % of placebo pilots or fewer. "
            "It is an effect only as far as the areas would otherwise have changed alike."
        )
    return (
        "Not told from chance. That does not mean that there was no effect: "
        "the interval shows which would not have been seen."
    )


def _power(study: _Study, unit: str) -> dict[str, Any]:
    found = power(study.gaps, study.start)
    size = found.smallest_effect
    if size is None:
        return {
            **asdict(found),
            "sentence": "How large an effect must be to be seen cannot be told: "
            "that takes two past periods, and room for 19 placebo pilots side by side.",
        }
    areas = len(study.groups)
    return {
        **asdict(found),
        "sentence": f"With {areas} area{'s' if areas > 1 else ''}, an effect smaller than "
        f"{_figure(size)} {unit} cannot be seen: it would be missed more than once in five times.",
    }


def _figure(size: float) -> str:
    """Write three significant digits, large sizes without an exponent."""
    return f"{size:,.0f}" if size >= 1000 else f"{size:.3g}"


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
    if study.began and len(periods) > 1 and floor > 0:
        ratios = [ratio(_fit(study, row), floor) for row in study.design.placebos]
        p = rank_p(ratio(found, floor), ratios, study.gaps.smallest_p)
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


def _warnings(inputs: Mapping[str, Any], study: _Study, back: Reversion) -> list[str]:
    found = []
    areas = len(study.groups)
    if areas < FEW:
        found.append(
            f"The pilot has {areas} area{'s' if areas > 1 else ''}: "
            "only a large effect can be told from chance."
        )
    if study.left_out:
        found.append(
            f"Left out, as an outcome is unknown in some period: {', '.join(study.left_out)}."
        )
    if study.design.kind == "swapped":
        found.append(
            "It is not known which areas touch, so they are taken to change independently. "
            "Neighbours do not: the p-value is too small."
        )
    found.extend(_balance_warnings(inputs, study))
    found.extend(_reversion_warnings(back))
    found.append("The index of deprivation is no outcome: no two releases can be compared.")
    return found


def _balance_warnings(inputs: Mapping[str, Any], study: _Study) -> list[str]:
    covariates = covariates_of(inputs["comparison"])
    chosen = {code for rest in study.groups.values() for code in rest}
    away = {*inputs["comparison"]["ring"], *inputs["comparison"]["pilot"]}
    pool = set(covariates.codes) - away
    rows = balance(study.groups, pool, chosen, covariates)
    apart = [row.name for row in rows if row.flag == "apart"]
    return [f"Pilot and comparison areas were not alike in {', '.join(apart)}."] if apart else []


def _reversion_warnings(back: Reversion) -> list[str]:
    if back.related is None:
        return [
            (
                "Whether the pilot was chosen by something that goes with the outcome is unknown: "
                "regression to the mean cannot be ruled out."
            )
        ]
    if abs(back.related) < RELATED:
        return []
    return [
        (
            "The pilot was chosen by what goes with the outcome "
            f"(correlation {back.related:.2f}): part of any change is regression to the mean."
        )
    ]
