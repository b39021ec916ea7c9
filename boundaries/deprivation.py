"""English Indices of Deprivation 2019 and 2025, in their publishers' layouts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from boundaries.codes import INDEX
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.layouts import find, layouts, listed
from boundaries.table import Table, read_table

Numbers = NDArray[np.float64]


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


@dataclass(frozen=True, slots=True)
class _Domain:
    """The columns of one domain; ``scale`` turns a published score into the index's own unit."""

    slug: str
    score: str | None
    scale: float
    rank: str | None
    decile: str | None


def read_deprivation(path: Path, index: str, log: IssueLog) -> Deprivation:
    """Read one file of an index of deprivation.

    Parameters
    ----------
    path
        CSV, plain, ``.gz`` or ``.zip``, in a layout of ``layouts.toml``: File 7, or a mirror.
    index
        ``imd2019`` (on LSOAs of 2011) or ``imd2025`` (on LSOAs of 2021).
    log
        Receives counts and issues. A row is rejected when its code is not an LSOA's or came
        before, when a number cannot be read, a rank is outside 1 to N, or a decile is not
        ceil(10 rank / N).

    Returns
    -------
    Deprivation
        Every domain with a score or a rank. Deciles that the file lacks follow from the rank.

    Raises
    ------
    RefusedFileError
        A layout that is not known, or the file of another index.
    """
    if index not in INDEX:
        raise RefusedFileError(f"There is no index {index!r}; use {' or '.join(INDEX)}.")
    table = read_table(path, log)
    layout = _layout(table, index)
    code_column = find(table.header, layout["code"]) or ""
    codes = table.codes(code_column, "lsoa")
    scores = _scores(table, codes, _domains(table.header, layout), INDEX[index].areas)
    residents = _residents(table, layout)
    blank = np.all([frame["score"].isna() & frame["rank"].isna() for frame in scores], axis=0)
    table.reject(blank, code_column, "no-figures", "has neither a score nor a rank")
    kept = table.finish()
    frames = [frame[kept] for frame in scores]
    long = pd.concat(frames, ignore_index=True)
    return Deprivation(
        index,
        long[long["score"].notna() | long["rank"].notna()].reset_index(drop=True),
        None if residents is None else _population(codes[kept], residents[kept]),
        _districts(table, layout, codes, kept),
        _names(table, layout, codes, kept),
    )


def _layout(table: Table, index: str) -> dict[str, Any]:
    """Choose the layout that has the code column and the most domains."""
    fitting: list[tuple[int, dict[str, Any]]] = [
        (len(_domains(table.header, layout)), layout)
        for layout in layouts()["deprivation"]
        if find(table.header, layout["code"])
    ]
    domains, layout = max(fitting, key=lambda pair: pair[0], default=(0, {}))
    if not domains:
        raise RefusedFileError(
            f"{table.name} has no layout known here: it has {listed(table.header)}; load File 7 "
            "of the Indices of Deprivation, or add its titles to boundaries/layouts.toml."
        )
    if layout["index"] != index:
        raise RefusedFileError(
            f"{table.name} is of {layout['index']}, going by its columns, not of {index}; "
            f"load it with --index {layout['index']}."
        )
    return layout


def _domains(header: tuple[str, ...], layout: dict[str, Any]) -> list[_Domain]:
    found = []
    for slug, title in layout["domains"].items():
        columns = {
            role: find(header, [spelling.replace("{}", title) for spelling in layout[role]])
            for role in ("score", "percent", "rank", "decile")
        }
        if columns["score"] or columns["percent"] or columns["rank"]:
            found.append(
                _Domain(
                    slug,
                    columns["score"] or columns["percent"],
                    1.0 if columns["score"] else 0.01,
                    columns["rank"],
                    columns["decile"],
                )
            )
    return found


def _scores(
    table: Table, codes: NDArray[np.object_], domains: list[_Domain], areas: int
) -> list[pd.DataFrame]:
    """Read every domain, checking as it goes; rows rejected later are dropped by the caller."""
    blank = np.full(len(codes), np.nan)
    frames = []
    for domain in domains:
        score = table.number(domain.score) if domain.score else blank
        rank = _ranks(table, domain.rank, areas) if domain.rank else blank
        decile = _deciles(table, domain.decile, rank, areas)
        frames.append(
            pd.DataFrame(
                {
                    "code": codes,
                    "domain": domain.slug,
                    # Twelve decimals: 0.7000000000000001 percent is 0.7 percent.
                    "score": np.round(score * domain.scale, 12),
                    "rank": _integers(rank),
                    "decile": _integers(decile),
                }
            )
        )
    return frames


def _ranks(table: Table, column: str, areas: int) -> Numbers:
    rank = table.number(column)
    bad = ~np.isnan(rank) & ((rank < 1) | (rank > areas) | (rank % 1 != 0))
    table.reject(bad, column, "rank-out-of-range", f"is not a rank from 1 to {areas:,}")
    rank[bad] = np.nan
    return rank


def _deciles(table: Table, column: str | None, rank: Numbers, areas: int) -> Numbers:
    derived = np.ceil(10 * rank / areas)
    if column is None:
        return derived
    decile = table.number(column)
    differ = ~np.isnan(decile) & ~np.isnan(derived) & (decile != derived)
    message = f"is not the decile of the rank beside it among {areas:,}"
    table.reject(differ, column, "decile-differs", message)
    outside = ~np.isnan(decile) & np.isnan(derived) & ~np.isin(decile, range(1, 11))
    table.reject(outside, column, "decile-out-of-range", "is not a decile from 1 to 10")
    decile[outside] = np.nan
    return np.where(np.isnan(decile), derived, decile)


def _residents(table: Table, layout: dict[str, Any]) -> Numbers | None:
    column = find(table.header, layout["residents"])
    return table.count(column) if column else None


def _population(codes: NDArray[np.object_], residents: Numbers) -> pd.DataFrame:
    known = ~np.isnan(residents)
    return pd.DataFrame({"code": codes[known], "residents": residents[known].astype(np.int64)})


def _districts(
    table: Table, layout: dict[str, Any], codes: NDArray[np.object_], kept: NDArray[np.bool_]
) -> pd.DataFrame | None:
    code, name = find(table.header, layout["lad_code"]), find(table.header, layout["lad_name"])
    if code is None:
        return None
    names = table.text(name) if name else np.full(len(codes), None)
    frame = pd.DataFrame({"code": codes, "lad_code": table.text(code), "lad_name": names})[kept]
    frame["lad_vintage"] = layout["lad_vintage"]
    return frame[frame["lad_code"].notna()].reset_index(drop=True)


def _names(
    table: Table, layout: dict[str, Any], codes: NDArray[np.object_], kept: NDArray[np.bool_]
) -> pd.DataFrame | None:
    column = find(table.header, layout["name"])
    if column is None:
        return None
    frame = pd.DataFrame({"code": codes, "name": table.text(column)})[kept]
    return frame[frame["name"].notna()].reset_index(drop=True)


def _integers(values: Numbers) -> "pd.Series[int]":
    return pd.Series(values).astype("Int64")
