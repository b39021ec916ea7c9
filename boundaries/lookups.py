"""Lookups between areas, and plain lists of the names of areas."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from boundaries.issues import IssueLog


@dataclass(frozen=True, slots=True)
class Lookup:
    """Which area of another kind or vintage each LSOA belongs to.

    ``frame`` has columns from_code, to_code, to_name (None unknown) and change (the ONS
    code U, S, M or X between vintages, else None).
    """

    source_vintage: int
    target_kind: str
    target_vintage: int
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Names:
    """Names of areas without a boundary; ``frame`` has columns code and name."""

    kind: str
    vintage: int
    frame: pd.DataFrame


def read_lookup(path: Path, log: IssueLog, kind: str | None = None) -> list[Lookup]:
    """Read every lookup that one file holds."""
    raise NotImplementedError((path, log, kind))


def read_names(path: Path, log: IssueLog, vintage: int | None = None) -> Names:
    """Read a plain list of codes and names."""
    raise NotImplementedError((path, log, vintage))
