"""Residents of each LSOA."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.layouts import find, layouts, listed
from boundaries.table import Table, read_table

_MOST = 2_147_483_647
"""What the database holds in a count of residents."""


@dataclass(frozen=True, slots=True)
class Population:
    """Residents by LSOA; ``frame`` has columns code and residents (int)."""

    measure: str
    vintage: int
    frame: pd.DataFrame


def read_population(path: Path, log: IssueLog, vintage: int) -> Population:
    """Read a file of residents per LSOA.

    Parameters
    ----------
    path
        CSV, plain, ``.gz`` or ``.zip``, in a layout of ``layouts.toml``.
    log
        Receives counts and issues. A row is rejected when its code is not an LSOA's or came
        before, or its number is no whole number of people.
    vintage
        Year of the LSOA codes: 2011 or 2021.

    Raises
    ------
    RefusedFileError
        Columns that are not known, or codes of another vintage.
    """
    table = read_table(path, log)
    layout, code_column, residents_column = _columns(table)
    if layout["vintage"] != vintage:
        raise RefusedFileError(
            f"{table.name} is on LSOAs of {layout['vintage']}, going by its columns, not of "
            f"{vintage}; load it with --vintage {layout['vintage']}."
        )
    codes = table.codes(code_column, "lsoa")
    residents = table.count(residents_column)
    too_many = residents > _MOST
    table.reject(too_many, residents_column, "not-a-count", "is more people than there can be")
    missing = np.isnan(residents)
    table.reject(missing, residents_column, "no-population", "says nothing of the residents")
    kept = table.finish()
    frame = pd.DataFrame({"code": codes[kept], "residents": residents[kept].astype(np.int64)})
    return Population(str(layout["measure"]), vintage, frame)


def _columns(table: Table) -> tuple[dict[str, Any], str, str]:
    for layout in layouts()["population"]:
        code = find(table.header, layout["code"])
        residents = find(table.header, layout["residents"])
        if code and residents:
            return layout, code, residents
    raise _unknown(table)


def _unknown(table: Table) -> RefusedFileError:
    known = "; ".join(
        f"{layout['code'][0]} with {layout['residents'][0]}" for layout in layouts()["population"]
    )
    return RefusedFileError(
        f"{table.name} has no known columns of residents: it has {listed(table.header)}; "
        f"give it one of these pairs: {known}."
    )
