"""Checks that a file must pass before it becomes current."""

from typing import Any

import numpy as np
import pandas as pd

from boundaries.codes import INDEX
from boundaries.errors import RefusedFileError
from geo_wealth.deprivation import DOMAIN_WEIGHTS, recombine

LARGEST_ERROR = 0.01
"""Points of score: ten times what rounding and ties of published ranks explain."""


def recombination(scores: pd.DataFrame, index: str, file_name: str) -> dict[str, Any] | None:
    """Check that an index's domain ranks give its scores, as the published method says.

    Parameters
    ----------
    scores
        Long: code, domain, score, rank, as ``boundaries.deprivation`` reads them.

    Returns
    -------
    dict or None
        How many LSOAs could be checked and the largest difference in points of score; None
        where a file lacks a domain or the scores, as File 1 and the sub-domains do.

    Raises
    ------
    RefusedFileError
        When a score differs by more: columns were taken for one another.
    """
    needed = [*DOMAIN_WEIGHTS]
    ranks = scores.pivot_table(index="code", columns="domain", values="rank", aggfunc="first")
    if not set(needed) <= set(ranks.columns):
        return None
    published = scores[scores["domain"] == "imd"].set_index("code")["score"].dropna()
    ranks = ranks.loc[ranks.index.intersection(published.index), needed].dropna().astype(float)
    if ranks.empty:
        return None
    computed = recombine({name: ranks[name].to_numpy() for name in needed}, INDEX[index].areas)
    errors = np.abs(computed - published.loc[ranks.index].to_numpy(dtype=float))
    worst = int(np.argmax(errors))
    if errors[worst] > LARGEST_ERROR:
        raise RefusedFileError(
            f"{file_name}: the seven domain ranks of {ranks.index[worst]} give a score of "
            f"{computed[worst]:.3f} and the file says {published[ranks.index[worst]]:.3f}; "
            f"columns may be mixed up, or this is not {index}."
        )
    return {"areas": len(ranks), "largest_error": round(float(errors[worst]), 4)}
