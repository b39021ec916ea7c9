"""Registers of land and buildings, in any known layout, to records with a place."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from boundaries.issues import IssueLog
from geo_wealth import cells
from geo_wealth.layouts import LayoutMatch, from_mapping, open_known, shipped
from geo_wealth.records import Objects, Records
from geo_wealth.repairs import put_right
from geo_wealth.table import Batch, Table

COLUMNS = (
    "line",
    "owner",
    "ref",
    "uprn",
    "name",
    "address",
    "postcode",
    "easting",
    "northing",
    "use",
    "tenure",
    "occupation",
    "holding",
    "contact",
    "eligibility",
    "eligibility_reason",
)

FIELDS = frozenset(COLUMNS) - {"line", "eligibility", "eligibility_reason"} | frozenset(
    {"longitude", "latitude", "x", "y", "transfer", "transfer_reason"}
)
"""What a column of a file can be mapped to."""

_ROWS = 50_000
_EXAMPLE = (
    "name = 'our-assets', then under [columns] the lines name = 'Building', postcode = 'Post Code'"
)
_NUMBER_ONLY = re.compile(r"(?:unit |no\.? ?)?[\d\s/&-]*[a-z]?", re.IGNORECASE)
_ELIGIBILITY = {True: "eligible", False: "not_eligible", None: "unknown"}


def read_assets(
    path: Path, owner: str | None, log: IssueLog, mapping: Path | None = None
) -> Iterator[pd.DataFrame]:
    """Recognise an asset register and read it in chunks with :data:`COLUMNS`.

    Whether an asset is open to community transfer is taken from a column that says so and
    is ``unknown`` otherwise, never guessed. ``easting`` and ``northing`` are float metres of
    EPSG:27700 or NaN; all other columns but ``line`` have dtype object, None when unknown.

    Parameters
    ----------
    path
        CSV, XLSX or GeoJSON, plain, in a .zip or .gz, in a layout of ``asset_layouts.toml``.
    owner
        Who owns what the file lists; None to take the file's own column.
    log
        Where counts and issues go, while the chunks are read.
    mapping
        A TOML file that says which column is which, for a register that is not known:
        ``name`` and a table ``[columns]`` with lines such as ``name = "Building"``.

    Raises
    ------
    RefusedFileError
        When the file or the mapping cannot be used; at once, before any chunk is read.
    """
    if mapping is None:
        layouts = shipped("asset_layouts.toml", FIELDS)
    else:
        layouts = (from_mapping(mapping, FIELDS, ("name",)),)
    return _chunks(open_known(path, layouts, FIELDS, _EXAMPLE), owner, log)


def _chunks(table: Table[LayoutMatch], owner: str | None, log: IssueLog) -> Iterator[pd.DataFrame]:
    for kind, message in table.repairs:
        log.note(None, None, kind, None, message)
    seen: set[tuple[object, ...]] = set()
    for batch in put_right(table, log).batches(_ROWS):
        frame = _frame(table.match, batch, owner, log, seen)
        if len(frame):
            yield frame


def _frame(
    match: LayoutMatch,
    batch: Batch,
    owner: str | None,
    log: IssueLog,
    seen: set[tuple[object, ...]],
) -> pd.DataFrame:
    records = Records(match, batch, log)
    records.drop_moved()
    records.drop_excluded()
    refs, addresses = records.column("ref"), records.joined("address")
    titles = _titles(records, addresses)
    _reject_nameless(records, titles)
    records.reject_long("name", titles)
    records.drop_repeats(seen, refs, titles, addresses, records.column("postcode"))
    eastings, northings = records.points()
    columns = {
        "owner": records.column("owner") if owner is None else _constant(owner, len(batch)),
        "ref": refs,
        "uprn": _uprns(records),
        "name": titles,
        "address": addresses,
        "postcode": records.postcodes(addresses),
        **{name: records.column(name) for name in ("use", "tenure", "occupation", "holding")},
        "contact": records.joined("contact"),
        "eligibility": _eligibility(records),
        "eligibility_reason": records.column("transfer_reason"),
    }
    frame = pd.DataFrame({name: pd.Series(each, dtype=object) for name, each in columns.items()})
    frame = frame.assign(line=batch.lines, easting=eastings, northing=northings)
    kept = frame.loc[records.keep, list(COLUMNS)].reset_index(drop=True)
    log.loaded += len(kept)
    return kept


def _constant(value: str, rows: int) -> Objects:
    return np.full(rows, value, object)


def _titles(records: Records, addresses: Objects) -> Objects:
    """Give each asset's name; where there is none, the first telling part of its address."""
    titles = records.column("name")
    for index in np.flatnonzero(records.keep):
        if titles[index] is None and addresses[index] is not None:
            titles[index] = _title(addresses[index])
    return titles


def _title(address: str) -> str:
    parts = address.split(", ")
    if len(parts) > 1 and _NUMBER_ONLY.fullmatch(parts[0]):
        return f"{parts[0]} {parts[1]}"
    return parts[0]


def _reject_nameless(records: Records, titles: Objects) -> None:
    for index in np.flatnonzero(records.keep):
        if titles[index] is None:
            records.keep[index] = False
            records.log.reject(
                int(records.batch.lines[index]),
                records.match.column("name"),
                "no-name",
                None,
                "The row has neither a name nor an address; it was left out.",
            )


def _uprns(records: Records) -> Objects:
    found = records.column("uprn", _uprn)
    given = records.column("uprn")
    for index in np.flatnonzero(records.keep):
        if found[index] is None and given[index] is not None:
            message = "This is no property reference number (at most 12 digits); left empty."
            name = records.match.column("uprn")
            records.note(index, name, "invalid-uprn", given[index], message)
    return found


def _uprn(text: str) -> str | None:
    plain = cells.tidy(text).removesuffix(".0").lstrip("0")
    return plain if plain.isascii() and plain.isdigit() and len(plain) <= 12 else None


def _eligibility(records: Records) -> Objects:
    states = records.column("transfer", lambda text: _ELIGIBILITY[cells.flag(text)])
    given = records.column("transfer")
    for index in np.flatnonzero(records.keep):
        if states[index] is None:
            states[index] = "unknown"
        elif states[index] == "unknown" and given[index] is not None:
            message = "Neither yes nor no; the asset's eligibility is unknown."
            name = records.match.column("transfer")
            records.note(index, name, "unclear-eligibility", given[index], message)
    return states
