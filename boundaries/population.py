"""Residents of each LSOA."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from boundaries.issues import IssueLog


@dataclass(frozen=True, slots=True)
class Population:
    """Residents by LSOA; ``frame`` has columns code and residents (int)."""

    measure: str
    vintage: int
    frame: pd.DataFrame


def read_population(path: Path, log: IssueLog, vintage: int) -> Population:
    """Read a file of residents per LSOA."""
    raise NotImplementedError((path, log, vintage))
