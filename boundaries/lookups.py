"""Lookups between areas, and plain lists of the names of areas."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.codes import kind_of, name_column, vintage_of_column
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.layouts import find, layouts, listed
from boundaries.table import Table, read_table

# Scotland's data zones, Northern Ireland's areas of 2021, and those of 2011 ("95GG01S1").
_ELSEWHERE = re.compile(r"[SN]\d{8}|95[A-Z]{2}\d\d[SW]\d", re.ASCII)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)", re.ASCII)

Texts = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Lookup:
    """Which area of another kind or vintage each LSOA belongs to.

    ``frame`` has columns from_code, to_code, to_name (None unknown) and change (the ONS
    code U, S, M or X between vintages, else None). ``target_kind`` is that of an area, or
    ``ruc``, the rural-urban class.
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


@dataclass(frozen=True, slots=True)
class _Codes:
    """A column of codes and the column of names beside it."""

    column: str
    name: str | None
    kind: str
    vintage: int


def read_lookup(path: Path, log: IssueLog, kind: str | None = None) -> list[Lookup]:
    """Read every lookup that one file holds.

    A file with LSOAs of two vintages gives the lookup between them, with change codes, and
    one from each vintage to every other kind of area in it.

    Parameters
    ----------
    path
        CSV, plain, ``.gz`` or ``.zip``; recognised by titles such as ``LSOA21CD``,
        ``WD24CD``, ``ltla22_code``.
    log
        Receives counts and issues. LSOAs outside England and Wales are excluded; a row with
        a code of the wrong kind, or that says again what a row before it said, is rejected.
    kind
        Only lookups to this kind of area.

    Raises
    ------
    RefusedFileError
        No column of LSOA codes, or nothing beside it that an LSOA could belong to.
    """
    table = read_table(path, log)
    found = list(_code_columns(table.header))
    sources = sorted((c for c in found if c.kind == "lsoa"), key=lambda c: c.vintage)
    targets = [c for c in found if c not in sources]
    pairs = [(source, target) for source in sources for target in targets]
    if len(sources) > 1:
        pairs.insert(0, (sources[0], sources[-1]))
    wanted = [pair for pair in pairs if kind in {None, pair[1].kind}]
    if not wanted:
        what = "column of LSOA codes" if not sources else f"column of {kind or 'other'} codes"
        raise RefusedFileError(
            f"{table.name} has no {what}: it has {listed(table.header)}; a lookup needs titles "
            "such as LSOA21CD and WD24CD."
        )
    _check(table, sources, targets)
    kept = table.finish()
    return [_lookup(table, source, target, kept) for source, target in wanted]


def read_names(path: Path, log: IssueLog, vintage: int | None = None) -> Names:
    """Read a plain list of codes and names.

    Parameters
    ----------
    path
        CSV with titles such as ``WD25CD`` and ``WD25NM``, or ``ward_code`` and ``ward_name``.
    log
        Receives counts and issues.
    vintage
        Year of the codes; otherwise that of the column title or of the file's name.

    Raises
    ------
    RefusedFileError
        Columns that are not known, or a year that is said nowhere.
    """
    table = read_table(path, log)
    dated = next((c for c in _code_columns(table.header) if c.name), None)
    code = dated.column if dated else find(table.header, layouts()["names"]["code"])
    name = dated.name if dated else find(table.header, layouts()["names"]["name"])
    if code is None or name is None:
        raise RefusedFileError(
            f"{table.name} is no list of areas: it has {listed(table.header)}; it needs titles "
            "such as WD25CD and WD25NM, or ward_code and ward_name."
        )
    years = [int(year) for year in _YEAR.findall(path.name)]
    year = vintage or (dated.vintage if dated else None) or (years[0] if len(years) == 1 else None)
    if year is None:
        raise RefusedFileError(f"{table.name} does not say the year of its codes; use --vintage.")
    kind = next((k for k in map(kind_of, table.columns[code]) if k), "ward")
    codes = table.codes(code, kind)
    names = table.text(name)
    table.reject(pd.isna(names), name, "no-name", "says nothing")
    kept = table.finish()
    return Names(kind, year, pd.DataFrame({"code": codes[kept], "name": names[kept]}))


def _code_columns(header: tuple[str, ...]) -> Iterator[_Codes]:
    for column in header:
        dated = vintage_of_column(column)
        if dated:
            yield _Codes(column, name_column(column, header), *dated)
    for other in layouts()["lookup"]["other"]:
        column_found = find(header, other["code"])
        if column_found:
            name = find(header, other["name"])
            yield _Codes(column_found, name, other["kind"], other["vintage"])


def _check(table: Table, sources: list[_Codes], targets: list[_Codes]) -> None:
    for source in sources:
        values = table.columns[source.column]
        table.exclude(_each(values, _elsewhere), "outside England and Wales")
        _reject_kind(table, source)
    for target in targets:
        if target.kind == "ruc":
            blank = pd.isna(table.text(target.column))
            table.reject(blank, target.column, "no-code", "says nothing")
        else:
            _reject_kind(table, target)
    keys = [table.columns[source.column] for source in sources]
    joined = np.array([" and ".join(row) for row in zip(*keys, strict=True)], dtype=object)
    table.reject_repeats(joined, sources[-1].column)


def _reject_kind(table: Table, codes: _Codes) -> None:
    bad = _each(table.columns[codes.column], lambda code: kind_of(code) != codes.kind)
    message = f"is not the code of a {codes.kind}"
    table.reject(bad, codes.column, f"not-a-{codes.kind}", message)


def _lookup(table: Table, source: _Codes, target: _Codes, kept: NDArray[np.bool_]) -> Lookup:
    change = find(table.header, layouts()["lookup"]["change"])
    missing: Texts = np.full(len(kept), None, dtype=object)
    between = target.kind == "lsoa" and change is not None
    frame = pd.DataFrame(
        {
            "from_code": table.columns[source.column][kept],
            "to_code": table.columns[target.column][kept],
            "to_name": (table.text(target.name) if target.name else missing)[kept],
            "change": (table.text(change) if between and change else missing)[kept],
        }
    ).drop_duplicates(["from_code", "to_code"], ignore_index=True)
    return Lookup(source.vintage, target.kind, target.vintage, frame)


def _elsewhere(code: str) -> bool:
    return _ELSEWHERE.fullmatch(code) is not None


def _each(values: Texts, test: Callable[[str], bool]) -> NDArray[np.bool_]:
    return np.array([test(value) for value in values], dtype=bool)
