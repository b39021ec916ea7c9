"""The ranking as evidence: indicators in; scores, ranks and reversals out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geo_wealth.flips import Flip, smallest_flip
from geo_wealth.indicators import INDICATORS
from geo_wealth.ranking import (
    DECIMALS,
    Aggregate,
    Floats,
    Scored,
    score_areas,
)

SLUGS = tuple(INDICATORS)


def results(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Rank the areas of a district, and find what would put others before those chosen.

    Parameters
    ----------
    inputs
        ``request``: weights, directions, normalise and aggregate, as
        :func:`geo_wealth.ranking.score_areas` takes them; ``areas``: in order of code, each
        with ``code`` and ``indicators``, by slug a ``value`` (None: unknown) and the ``reason``
        why it is; ``chosen``: codes of the pilot area.

    Returns
    -------
    dict
        ``areas``: best first, each with rank, score, and by indicator the normalised value and
        the contribution (the contributions sum to the score); ``not_ranked``: codes and
        reasons; ``reversals``: for each chosen area that is ranked, see :func:`_reversal`.
    """
    request, areas = inputs["request"], inputs["areas"]
    values = [[area["indicators"][slug]["value"] for slug in SLUGS] for area in areas]
    scored = score_areas(
        np.array(values, dtype=np.float64).reshape(-1, len(SLUGS)),  # None becomes NaN
        [request["directions"][slug] for slug in SLUGS],
        [request["weights"].get(slug, 0.0) for slug in SLUGS],
        request["normalise"],
        request["aggregate"],
    )
    codes = [area["code"] for area in areas]
    ranked = [int(place) for place in scored.order]
    chosen = {place for place, code in enumerate(codes) if code in set(inputs["chosen"])}
    left_out = [place for place in ranked if place not in chosen]
    return {
        "areas": [_ranked(codes[place], scored, place) for place in ranked],
        "not_ranked": [
            {
                "code": codes[place],
                "reason": _reason(areas[place]["indicators"], scored.weights),
                "normalised": _by_slug(scored.normalised[place]),
            }
            for place in map(int, np.flatnonzero(~scored.ranked_mask))
        ],
        "reversals": [
            _reversal(codes, scored, place, left_out, request["aggregate"])
            for place in ranked
            if place in chosen
        ],
    }


def _ranked(code: str, scored: Scored, place: int) -> dict[str, Any]:
    return {
        "code": code,
        "rank": int(scored.rank[place]),
        "score": float(scored.score[place]),
        "normalised": _by_slug(scored.normalised[place]),
        "contributions": _by_slug(scored.contributions[place]),
    }


def _by_slug(row: Floats) -> dict[str, float | None]:
    """Name the parts of a row; what is not known is None."""
    return {
        slug: None if np.isnan(value) else float(value)
        for slug, value in zip(SLUGS, row, strict=True)
    }


def _reason(cells: Mapping[str, Any], weights: Floats) -> str:
    """Say which indicators with weight an area lacks, and why."""
    reasons = dict.fromkeys(
        f"{INDICATORS[slug].short_name.lower()}: {cells[slug]['reason']}"
        for slug, weight in zip(SLUGS, weights, strict=True)
        if weight > 0 and cells[slug]["value"] is None
    )
    return "; ".join(reasons)


def _reversal(
    codes: Sequence[str], scored: Scored, place: int, left_out: Sequence[int], aggregate: Aggregate
) -> dict[str, Any]:
    """Find the smallest change of weights that puts an area left out before a chosen one.

    Looked at are the areas left out that rank behind the chosen one or tie with it; of changes
    equally small that of the better ranked area is given. ``change`` is the sum of the absolute
    changes of the weights (0 to 2); ``weights`` are those after it. All three are None where
    no choice of weights does it. ``ahead`` counts the areas left out that rank before it now.
    """
    behind = [other for other in left_out if scored.rank[other] >= scored.rank[place]]
    best: tuple[float, int, Flip] | None = None
    for other in behind:
        flip = smallest_flip(
            scored.normalised[place], scored.normalised[other], scored.weights, aggregate
        )
        change = None if flip is None else round(flip.distance_l1, DECIMALS)
        if flip is not None and change is not None and (best is None or change < best[0]):
            best = (change, other, flip)
    return {
        "code": codes[place],
        "ahead": len(left_out) - len(behind),
        "against": None if best is None else codes[best[1]],
        "change": None if best is None else best[0],
        "weights": None if best is None else _by_slug(best[2].weights),
    }
