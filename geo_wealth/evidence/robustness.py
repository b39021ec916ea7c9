"""How sure the ranks are: the same areas under other weights and by other methods."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geo_wealth.ranking import Floats, score_areas
from geo_wealth.robustness import Robustness, Weightings, robustness
from geo_wealth.robustness.methods import (
    MethodRobustness,
    Move,
    Variant,
    method_robustness,
)


def results(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Work out how much each rank depends on the weights, and on the method.

    Parameters
    ----------
    inputs
        ``codes`` of n areas in order; ``slugs`` of k indicators; ``values`` (n rows of k, None
        where missing); ``directions`` and ``weights`` (k each); ``normalise``, ``aggregate``;
        ``draws``, ``seed``, ``concentration`` (None: the whole simplex); ``tops``; ``chosen``,
        the choices of the ranking by name; ``variants``, a list of ``choices`` and ``values``,
        the chosen one among them, or empty: then methods are not compared.

    Returns
    -------
    dict
        ``areas`` (those ranked, in the order of the ranking) and ``methods`` (None without
        variants). Shares are of the draws, or methods; None where there are none.
    """
    values, slugs, tops = matrix(inputs["values"], inputs["slugs"]), inputs["slugs"], inputs["tops"]
    how = Weightings(inputs["draws"], inputs["seed"], inputs["concentration"])
    scored = score_areas(
        values, inputs["directions"], inputs["weights"], inputs["normalise"], inputs["aggregate"]
    )
    found = robustness(
        scored.normalised[scored.order], inputs["weights"], how, tops, inputs["aggregate"]
    )
    codes = [inputs["codes"][place] for place in scored.order]
    ranks = [int(scored.rank[place]) for place in scored.order]
    areas = [
        {"code": code, "rank": rank} | figures(found, place, tops, slugs)
        for place, (code, rank) in enumerate(zip(codes, ranks, strict=True))
    ]
    return {"areas": areas, "methods": _methods(inputs, how)}


def matrix(rows: Sequence[Sequence[float | None]], slugs: Sequence[str]) -> Floats:
    """Give rows as an array; None becomes NaN."""
    return np.array(rows, dtype=np.float64).reshape(-1, len(slugs))


def figures(
    found: Robustness | MethodRobustness, place: int, tops: Sequence[int], slugs: Sequence[str]
) -> dict[str, Any]:
    """Give what the draws say of the area in one row; None where it never came first."""
    factor = float(found.confidence_factor[place])
    central = [float(weight) for weight in found.central_weights[place]]
    never = math.isnan(factor)
    return {
        "interval": [int(rank) for rank in found.interval[place]],
        "median": int(found.median[place]),
        "p_first": float(found.p_first[place]),
        "p_top": _by_top(tops, found.p_top[place]),
        "central_weights": None if never else dict(zip(slugs, central, strict=True)),
        "confidence_factor": None if never else factor,
    }


def methods_figures(
    found: MethodRobustness, place: int, tops: Sequence[int], slugs: Sequence[str]
) -> dict[str, Any]:
    """Give what the methods say of the area in one row: alone, and jointly with weights."""
    some = bool(found.methods_ranked[place])
    return {
        "ranked_by": int(found.methods_ranked[place]),
        "span": [int(rank) for rank in found.span[place]] if some else None,
        "p_top": _by_top(tops, found.p_top_methods[place]),
        "moves_most": _move(found.moves[place]),
        "jointly": figures(found, place, tops, slugs) if some else None,
    }


def methods_used(found: MethodRobustness) -> dict[str, Any]:
    """Say which methods were compared, and which were not, with the reason."""
    names = dict.fromkeys(name for choices in found.methods for name, _ in choices)
    return {
        "count": len(found.methods),
        "choices": {
            name: list(dict.fromkeys(dict(choices)[name] for choices in found.methods))
            for name in names
        },
        "left_out": [
            {"choices": dict(choices), "reason": reason} for choices, reason in found.left_out
        ],
    }


def _methods(inputs: Mapping[str, Any], how: Weightings) -> dict[str, Any] | None:
    if not inputs["variants"]:
        return None
    slugs, tops = inputs["slugs"], inputs["tops"]
    variants = [
        Variant(tuple(each["choices"].items()), matrix(each["values"], slugs))
        for each in inputs["variants"]
    ]
    found = method_robustness(
        variants, inputs["directions"], inputs["weights"], inputs["chosen"], how, tops
    )
    areas = [
        {"code": code} | methods_figures(found, place, tops, slugs)
        for place, code in enumerate(inputs["codes"])
    ]
    return methods_used(found) | {"areas": areas}


def _by_top(tops: Sequence[int], shares: Floats) -> dict[str, float | None]:
    return {
        str(top): None if math.isnan(share) else float(share)
        for top, share in zip(tops, shares, strict=True)
    }


def _move(move: Move | None) -> dict[str, Any] | None:
    return None if move is None else {"choice": move.choice, "to": move.to, "rank": move.rank}
