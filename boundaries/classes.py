"""Classes of LSOAs: how urban or rural each is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from boundaries.codes import vintage_of_column
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.layouts import find, layouts, listed
from boundaries.table import read_table


@dataclass(frozen=True, slots=True)
class AreaClasses:
    """The class of each LSOA under one scheme; ``frame`` has columns code and class.

    ``scheme`` is ``ruc2011`` or ``ruc2021``, the Rural Urban Classification of that census.
    """

    scheme: str
    vintage: int
    frame: pd.DataFrame


def read_rural_urban(path: Path, log: IssueLog, vintage: int) -> AreaClasses:
    """Read the Rural Urban Classification of LSOAs.

    Parameters
    ----------
    path
        CSV, plain, ``.gz`` or ``.zip``, with titles such as ``LSOA21CD`` and ``RUC21NM``.
    log
        Receives counts and issues. A row is rejected when its code is not an LSOA's or came
        before, or it names no class.
    vintage
        Year of the LSOA codes: 2011 or 2021.

    Raises
    ------
    RefusedFileError
        Columns that are not known, or of another vintage.
    """
    table = read_table(path, log)
    layout, class_column = _scheme(table.name, table.header)
    dated = ((column, vintage_of_column(column)) for column in table.header)
    code = next((column for column, said in dated if said == ("lsoa", layout["vintage"])), None)
    if code is None:
        raise RefusedFileError(
            f"{table.name} has no column of LSOA codes of {layout['vintage']}: it has "
            f"{listed(table.header)}; name it LSOA{layout['vintage'] % 100}CD."
        )
    if layout["vintage"] != vintage:
        raise RefusedFileError(
            f"{table.name} is on LSOAs of {layout['vintage']}, going by its columns, not of "
            f"{vintage}; load it with --vintage {layout['vintage']}."
        )
    codes = table.codes(code, "lsoa")
    classes = table.text(class_column)
    table.reject(pd.isna(classes), class_column, "no-class", "names no class")
    kept = table.finish()
    frame = pd.DataFrame({"code": codes[kept], "class": classes[kept]})
    return AreaClasses(str(layout["scheme"]), vintage, frame)


def _scheme(name: str, header: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """Find the scheme of a file and its column of classes, in words where it has them."""
    known = layouts()["classes"]
    for layout in known:
        column = find(header, layout["name"]) or find(header, layout["code"])
        if column is not None:
            return layout, column
    titles = " or ".join(layout["name"][0] for layout in known)
    raise RefusedFileError(
        f"{name} has no column of rural-urban classes: it has {listed(header)}; name it {titles}."
    )
