"""Code-Point Open, the ONS postcode directories and plain lists of postcodes, streamed."""

from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyproj
from numpy.typing import NDArray

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from boundaries.postcode import PATTERN, problem
from boundaries.postcode_files import PostcodeBatch, open_batches

# So many issues of a kind are told one by one; the rest as a count.
_TOLD = 5_000
_NO_POINT = 90
_GRID = (0.0, 700_000.0, 0.0, 1_300_000.0)

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PostcodeFile:
    """A file of postcodes.

    ``source`` is codepoint, ons or csv. Each chunk has columns postcode (canonical), easting
    and northing (float, NaN unknown), quality (Int64), lad, ward, lsoa11, lsoa21 (str or
    missing), introduced and terminated (Int64, yyyymm).
    """

    source: str
    chunks: Iterator[pd.DataFrame]


@dataclass(slots=True)
class _State:
    """What outlives a chunk: the postcodes seen, and how many issues of each kind."""

    log: IssueLog
    seen: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    counts: Counter[str] = field(default_factory=Counter)
    messages: dict[str, str] = field(default_factory=dict)


def read_postcodes(path: Path, log: IssueLog) -> PostcodeFile:
    """Open a file of postcodes.

    Parameters
    ----------
    path
        The Code-Point Open zip; an ONS directory as CSV (also ``.gz`` or in its zip) or
        Parquet; or a plain CSV of postcodes with eastings and northings or longitude and
        latitude.
    log
        Receives counts and issues while the chunks are read. A malformed postcode or one
        that came before costs its row. A point at 0,0, of quality 90, or outside Great
        Britain is unknown: the row is kept and noted as ``no-coordinates``; without a
        district as ``no-district``. Northern Ireland, which is on another grid and under
        another licence, is excluded.

    Raises
    ------
    RefusedFileError
        A form or columns that are not known; while the chunks are read, a damaged file.
    """
    batches = open_batches(path)
    first = next(batches, None)
    if first is None:
        raise RefusedFileError(f"{path.name} holds no postcodes; download it again.")
    return PostcodeFile(first.source, _chunks(path.name, first, batches, log))


def _chunks(
    name: str, first: PostcodeBatch, others: Generator[PostcodeBatch, None, None], log: IssueLog
) -> Iterator[pd.DataFrame]:
    state = _State(log)
    # Closed at once when the caller stops: a temporary copy may be open.
    with closing(others):
        for batch in chain([first], others):
            for line, what in batch.malformed:
                log.read += 1
                log.reject(line, None, "field-count", what, f"The row has {what}; it was left out.")
            log.read += batch.rows
            frame = _clean(batch, state)
            log.loaded += len(frame)
            if len(frame):
                yield frame
    if not log.loaded:
        told = next(log.rejections(), None)
        why = f"; first, line {told.line}: {told.message}" if told else "."
        raise RefusedFileError(f"{name} has no row that can be used{why}")
    for kind, count in state.counts.items():
        if count > _TOLD:
            total = f"{count:,} rows in all: {state.messages[kind]}"
            log.note(None, None, kind, count, total)


def _clean(batch: PostcodeBatch, state: _State) -> pd.DataFrame:
    postcodes, kept = _postcodes(batch, state)
    x, y = _points(batch, state, kept)
    quality, kept = _whole(batch, "quality", state, kept)
    introduced, kept = _whole(batch, "introduced", state, kept)
    terminated, kept = _whole(batch, "terminated", state, kept)
    x, y = _known_points(batch, state, (x, y), quality, kept)
    _note_districts(batch, state, kept)
    columns: dict[str, Any] = {
        "postcode": postcodes,
        "easting": x,
        "northing": y,
        "quality": _integers(quality),
        **{name: _column(batch, name) for name in ("lad", "ward", "lsoa11", "lsoa21")},
        "introduced": _integers(introduced),
        "terminated": _integers(terminated),
    }
    frame: pd.DataFrame = pa.table(columns).to_pandas(
        types_mapper={pa.int64(): pd.Int64Dtype()}.get
    )
    return frame if kept.all() else frame[kept].reset_index(drop=True)


def _postcodes(batch: PostcodeBatch, state: _State) -> tuple[Any, Mask]:
    """Bring the postcodes of a batch into canonical form; mark those that count."""
    given = batch.columns["postcode"]
    squeezed = pc.replace_substring_regex(pc.utf8_upper(given), r"\s+", "")
    spaced = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(squeezed, 0, -3), pc.utf8_slice_codeunits(squeezed, -3), " "
    )
    matches = pc.fill_null(pc.match_substring_regex(spaced, f"^{PATTERN}$"), False)
    kept: Mask = matches.to_numpy(zero_copy_only=False).astype(bool)
    for row in np.flatnonzero(~kept).tolist():
        value = given[row].as_py() or ""
        _reject(batch, state, row, "postcode", ("invalid-postcode", value, problem(value)))
    usable = pc.if_else(matches, spaced, "")
    again = _repeated(usable, state) & kept
    for row in np.flatnonzero(again).tolist():
        message = "The postcode came before in this file."
        _reject(batch, state, row, "postcode", ("duplicate", usable[row].as_py(), message))
    kept &= ~again
    abroad: Mask = pc.starts_with(usable, "BT").to_numpy(zero_copy_only=False) & kept
    if abroad.any():
        state.log.exclude("Northern Ireland", rows=int(abroad.sum()))
    return usable, kept & ~abroad


def _repeated(postcodes: Any, state: _State) -> Mask:
    """Mark postcodes that came before, in this batch or an earlier one.

    A canonical postcode has at most eight ASCII characters: padded, it is a 64-bit number.
    """
    padded = pc.utf8_rpad(postcodes, 8)
    start = padded.offset
    # Big-endian numbers sort as the text does, and files are mostly in that order.
    raw = np.frombuffer(padded.buffers()[2], dtype=">u8")[start : start + len(padded)]
    unique, first = np.unique(raw.astype(np.uint64), return_index=True)
    at = np.minimum(np.searchsorted(state.seen, unique), max(len(state.seen) - 1, 0))
    known = state.seen[at] == unique if len(state.seen) else np.zeros(len(unique), dtype=bool)
    again = np.ones(len(padded), dtype=bool)
    again[first] = known
    state.seen = np.concatenate([state.seen, unique[~known]])
    state.seen.sort(kind="stable")
    return again


def _points(batch: PostcodeBatch, state: _State, kept: Mask) -> tuple[Numbers, Numbers]:
    """Return eastings and northings, NaN where the file has none."""
    if "easting" in batch.columns and "northing" in batch.columns:
        pair = ("easting", "northing")
    elif "longitude" in batch.columns and "latitude" in batch.columns:
        pair = ("longitude", "latitude")
    else:
        blank = np.full(batch.rows, np.nan)
        return blank, blank
    x, y = (_numbers(batch, name, state, kept) for name in pair)
    if pair[0] == "longitude":
        to_grid = pyproj.Transformer.from_crs("OGC:CRS84", 27700, always_xy=True)
        x, y = to_grid.transform(x, y)
    return x, y


def _known_points(
    batch: PostcodeBatch,
    state: _State,
    points: tuple[Numbers, Numbers],
    quality: Numbers,
    kept: Mask,
) -> tuple[Numbers, Numbers]:
    """Blank the points that are none, and note them."""
    if "easting" not in batch.columns and "longitude" not in batch.columns:
        return points
    x, y = points
    west, east, south, north = _GRID
    # Comparisons with NaN are false: a missing point is unknown as well.
    known = (x > west) & (x < east) & (y > south) & (y < north) & (quality != _NO_POINT)
    message = "The postcode has no usable point; it is kept without one."
    _note(batch, state, ~known & kept, "easting", ("no-coordinates", message))
    return np.where(known, x, np.nan), np.where(known, y, np.nan)


def _note_districts(batch: PostcodeBatch, state: _State, kept: Mask) -> None:
    if batch.source == "codepoint" and "lad" in batch.columns:
        missing = pc.is_null(batch.columns["lad"]).to_numpy(zero_copy_only=False) & kept
        message = "The postcode has no district; it is kept without one."
        _note(batch, state, missing, "lad", ("no-district", message))


def _note(
    batch: PostcodeBatch, state: _State, rows: Mask, name: str, what: tuple[str, str]
) -> None:
    kind, message = what
    found = np.flatnonzero(rows).tolist()
    for row in found[: max(0, _TOLD - state.counts[kind])]:
        value = batch.columns["postcode"][row].as_py()
        state.log.note(batch.line(row), _title(batch, name), kind, value, message)
    state.counts[kind] += len(found)
    state.messages[kind] = message


def _reject(
    batch: PostcodeBatch, state: _State, row: int, name: str, what: tuple[str, str, str | None]
) -> None:
    kind, value, message = what
    told = f"{message or 'The value cannot be used.'} The row was left out."
    state.log.reject(batch.line(row), _title(batch, name), kind, value, told)


def _title(batch: PostcodeBatch, name: str) -> str:
    title = batch.titles.get(name, name)
    return f"{batch.member}: {title}" if batch.member else title


def _whole(batch: PostcodeBatch, name: str, state: _State, kept: Mask) -> tuple[Numbers, Mask]:
    """Return a column of whole numbers; a row with anything else is rejected."""
    if name not in batch.columns:
        return np.full(batch.rows, np.nan), kept
    values = _parsed(batch.columns[name])
    bad = (np.isinf(values) | (values != np.floor(values)) & ~np.isnan(values)) & kept
    for row in np.flatnonzero(bad).tolist():
        given = batch.columns[name][row].as_py()
        message = f"{_title(batch, name)} is not a whole number."
        _reject(batch, state, row, name, ("not-a-number", given, message))
    return np.where(np.isinf(values), np.nan, values), kept & ~bad


def _numbers(batch: PostcodeBatch, name: str, state: _State, kept: Mask) -> Numbers:
    """Return a coordinate; what is no number is noted and unknown."""
    values = _parsed(batch.columns[name])
    message = "The coordinate is not a number; the postcode is kept without a point."
    _note(batch, state, np.isinf(values) & kept, name, ("not-a-number", message))
    return np.where(np.isinf(values), np.nan, values)


def _parsed(column: Any) -> Numbers:
    """Turn text into numbers: NaN where missing, infinite where it is none."""
    try:
        numbers = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        return np.array([_number(text) for text in column.to_pylist()], dtype=np.float64)
    values: Numbers = numbers.to_numpy(zero_copy_only=False)
    missing = pc.is_null(column).to_numpy(zero_copy_only=False)
    return np.where(np.isnan(values) & ~missing, np.inf, values)


def _number(text: str | None) -> float:
    if text is None:
        return np.nan
    try:
        value = float(text)
    except ValueError:
        return np.inf
    return np.inf if np.isnan(value) else value


def _integers(values: Numbers) -> Any:
    return pa.array(values, mask=np.isnan(values)).cast(pa.int64())


def _column(batch: PostcodeBatch, name: str) -> Any:
    return batch.columns[name] if name in batch.columns else pa.nulls(batch.rows, pa.string())
