"""English Indices of Deprivation 2019 and 2025, in their publishers' layouts."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from boundaries.issues import IssueLog


@dataclass(frozen=True, slots=True)
class Deprivation:
    """One file of an index.

    Attributes
    ----------
    index
        ``imd2019`` or ``imd2025``.
    scores
        Long: code, domain, score (float, NaN where not published), rank (Int64), decile
        (Int64). Rates are shares of 1.
    population
        code, residents: the index's own denominators; None when the file has none.
    districts
        code, lad_code, lad_name, lad_vintage; None when the file has none.
    names
        code, name; None when the file has none.
    """

    index: str
    scores: pd.DataFrame
    population: pd.DataFrame | None
    districts: pd.DataFrame | None
    names: pd.DataFrame | None


def read_deprivation(path: Path, index: str, log: IssueLog) -> Deprivation:
    """Read one file of an index of deprivation."""
    raise NotImplementedError((path, index, log))
