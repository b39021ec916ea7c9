"""The comparison group as evidence: covariates in; groups, balance and a verdict out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from geo_wealth.evaluation.balance import Balance, balance, verdict, worst
from geo_wealth.evaluation.matching import Covariates, match
from geo_wealth.evidence.digits import to_digits


def results(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Choose comparison areas for a pilot, and say how alike they are.

    Parameters
    ----------
    inputs
        ``pilot`` and ``ring``: codes; ``matches``: to each pilot area; ``covariates``: each with
        ``name`` and ``weight``; ``areas``: of pilot and pool, each with ``code``, ``class``
        (None: unknown) and ``values``, one for each covariate (None: unknown). Areas of the
        ring are left out.

    Returns
    -------
    dict
        See :class:`geo_wealth.evaluation.matching.Matched` and
        :class:`geo_wealth.evaluation.balance.Balance` (``balance``, ``worst``, ``verdict``).
        Means of residents, which are matched as logarithms, are geometric means.
    """
    covariates = covariates_of(inputs)
    pilot = set(inputs["pilot"])
    pool = set(covariates.codes) - pilot - set(inputs["ring"])
    matched = match(pilot, pool, covariates, inputs["matches"])
    rows = balance(
        [group.pilot for group in matched.groups], matched.pool, matched.areas, covariates
    )
    found = {
        "groups": [asdict(group) for group in matched.groups],
        "areas": list(matched.areas),
        "matches": matched.matches,
        "pool_size": len(matched.pool),
        "covariates": list(matched.names),
        "dropped": list(matched.dropped),
        "lacking": list(matched.lacking),
        "unmatched": list(matched.unmatched),
        "loosened": list(matched.loosened),
        "balance": [_row(row, inputs["covariates"]) for row in rows],
        "worst": worst(rows),
        "verdict": verdict(rows),
        "notes": list(matched.notes),
    }
    return dict(to_digits(found))


def _row(row: Balance, asked: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Take means of logarithms back to a number of people."""
    told = asdict(row)
    if row.name in {one["name"] for one in asked if one.get("kind") == "residents"}:
        for part in ("pilot", "pool", "matched"):
            told[part] = None if told[part] is None else math.exp(told[part])
    return told


def covariates_of(inputs: Mapping[str, Any]) -> Covariates:
    """Read covariates from plain JSON: see :func:`results`."""
    areas, asked = inputs["areas"], inputs["covariates"]
    return Covariates(
        tuple(area["code"] for area in areas),
        tuple(one["name"] for one in asked),
        np.array([one["weight"] for one in asked], dtype=np.float64),
        np.array([area["values"] for area in areas], dtype=np.float64).reshape(
            len(areas), len(asked)
        ),  # None becomes NaN
        tuple(area["class"] for area in areas),
    )
