"""Balance: how alike pilot and comparison areas were before the start."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from geo_wealth.evaluation.matching import Covariates, Floats

CLOSE, FAR = 0.1, 0.25
"""Standardised differences up to which a covariate is balanced, and from which it is not."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One covariate before and after matching.

    Attributes
    ----------
    pilot, pool, matched
        Means over areas, in the covariate's unit; None where there are no areas.
    before, after
        (pilot - pool) and (pilot - matched) over the standard deviation of pilot and pool
        together: one denominator, so that the two compare. Not the pilot's own deviation,
        which of four areas says little. None where all areas have one value.
    ratio_before, ratio_after
        Variance of the pilot areas over that of the pool, and of the matched; None under
        two areas, or without variance.
    flag
        ``balanced`` up to .1, ``close`` up to .25, ``apart`` beyond, ``unknown``.
    """

    name: str
    pilot: float | None
    pool: float | None
    matched: float | None
    before: float | None
    after: float | None
    ratio_before: float | None
    ratio_after: float | None
    flag: str


def balance(
    pilot: Collection[str], pool: Collection[str], matched: Collection[str], covariates: Covariates
) -> tuple[Balance, ...]:
    """Set pilot areas beside the pool and beside their comparison areas.

    Standardised mean differences as Stuart (2010) and Austin (2009): not tests of significance,
    which with few areas find nothing however far apart these are.

    Parameters
    ----------
    pilot, pool, matched
        Codes of the matched pilot areas, of all that could be chosen, and of the chosen.
    """
    inside, around, chosen = (
        covariates.values[[code in set(part) for code in covariates.codes]]
        for part in (pilot, pool, matched)
    )
    return tuple(
        _row(name, inside[:, k], around[:, k], chosen[:, k])
        for k, name in enumerate(covariates.names)
    )


def worst(rows: Sequence[Balance]) -> float | None:
    """Give the largest difference after matching, without sign; None where none is known."""
    return max((abs(row.after) for row in rows if row.after is not None), default=None)


def verdict(rows: Sequence[Balance]) -> str:
    """Say in a sentence how far the comparison areas can be taken for the pilot's likes."""
    close = [row.name for row in rows if row.flag == "close"]
    unknown = [row.name for row in rows if row.flag == "unknown"]
    if not any(row.after is not None for row in rows):
        return "Balance is unknown: there are no comparison areas, or nothing to compare them on."
    if any(row.flag == "apart" for row in rows):
        return f"{_poor(rows)}{_untold(unknown)}"
    of_known = " whose difference is known" if unknown else ""
    if close:
        return (
            f"Balanced within {FAR} standard deviations{' where known' if unknown else ''}; "
            f"over {CLOSE} on {', '.join(close)}.{_untold(unknown)}"
        )
    return (
        f"Balanced: no covariate{of_known} differs by more than {CLOSE} standard deviations."
        f"{_untold(unknown)}"
    )


def _poor(rows: Sequence[Balance]) -> str:
    """Say first how many covariates are not alike, and on how many matching did harm."""
    apart = [row for row in rows if row.flag == "apart"]
    worse = [row.name for row in apart if _less_alike(row)]
    said = f"{len(apart)} of {len(rows)} measures {'is' if len(apart) == 1 else 'are'} not alike"
    named = f"More than {FAR} standard deviations apart: {', '.join(row.name for row in apart)}"
    if worse:
        on = "" if len(apart) == 1 else f"on {len(worse)} of them "
        said += f"; {on}matching made {'it' if len(apart) == 1 else 'them'} less alike"
        named += f"; less alike than before matching: {', '.join(worse)}"
    return f"{said}. {named}. A different change after the start may come from that difference."


def _less_alike(row: Balance) -> bool:
    """Compare sizes to the digits that are the same on every machine."""
    if row.before is None or row.after is None:
        return False
    return round(abs(row.after), 9) > round(abs(row.before), 9)


def _untold(names: Sequence[str]) -> str:
    return f" Unknown, since no values can be compared: {', '.join(names)}." if names else ""


def _row(name: str, inside: Floats, around: Floats, chosen: Floats) -> Balance:
    pilot, pool, matched = _mean(inside), _mean(around), _mean(chosen)
    spread = _variance(np.concatenate([inside, around]))
    scale = math.sqrt(spread) if spread else None
    after = _over(pilot, matched, scale)
    return Balance(
        name,
        pilot,
        pool,
        matched,
        _over(pilot, pool, scale),
        after,
        _ratio(inside, around),
        _ratio(inside, chosen),
        _flag(after),
    )


def _known(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def _mean(values: Floats) -> float | None:
    known = _known(values)
    return float(known.mean()) if known.size else None


def _variance(values: Floats) -> float | None:
    known = _known(values)
    return float(known.var(ddof=1)) if known.size > 1 else None


def _over(one: float | None, other: float | None, scale: float | None) -> float | None:
    return None if one is None or other is None or scale is None else (one - other) / scale


def _ratio(one: Floats, other: Floats) -> float | None:
    above, below = _variance(one), _variance(other)
    return above / below if above is not None and below else None


def _flag(after: float | None) -> str:
    if after is None:
        return "unknown"
    size = round(abs(after), 9)  # that .1 itself is balanced on every machine
    return "balanced" if size <= CLOSE else "close" if size <= FAR else "apart"
