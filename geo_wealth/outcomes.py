"""Series of an outcome: one number for each LSOA and period, as officers write them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from boundaries.codes import kind_of, vintage_of_column
from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth import cells, periods
from geo_wealth.cells import Row
from geo_wealth.errors import InvalidRequestError
from geo_wealth.layouts import LayoutMatch, from_mapping, open_known, shipped
from geo_wealth.table import Table

COLUMNS = ("line", "code", "period", "value")

FIELDS = frozenset({"area", "period", "value", "unit"})
"""What a column of a file can be mapped to."""

REQUIRED = ("area", "period", "value")

NO_INDEX = (
    "the Indices of Deprivation cannot show whether a pilot worked: they rank areas against "
    "each other at single dates, years apart, by definitions that change between releases, and "
    "releases may not be differenced; load a series measured in the same way all along, such "
    "as claimants of a benefit or visits to a service"
)

_EXAMPLE = (
    "name = 'our-outcomes', then under [columns] the lines area = 'Neighbourhood', "
    "period = 'Quarter', value = 'Rate'"
)
_INDEX = re.compile(
    r"\b(?:imd|iod|i\.m\.d|eimd)(?:\s*20\d\d)?\b|"
    r"\bind(?:ex|ices)\s+of\s+(?:multiple\s+)?deprivation\b|"
    r"\bmultiple\s+deprivation\b|\bdeprivation\s+(?:score|rank|decile|index)s?\b|"
    r"\b(?:idaci|idaopi)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d{1,15})?(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?", re.ASCII
)
_MOST = 1e15


@dataclass(frozen=True, slots=True)
class Known:
    """Which codes are LSOAs, as far as what is loaded tells.

    Attributes
    ----------
    here
        Of the vintage that the file is said to be of; empty where none is loaded.
    elsewhere
        Of the other vintage only.
    """

    here: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OutcomeFile:
    """The series of one file.

    Attributes
    ----------
    unit
        What the numbers count.
    grain
        One of :data:`geo_wealth.periods.GRAINS`.
    frame
        :data:`COLUMNS`; ``line`` int64, ``value`` float64 and finite, one row for each area
        and period, in order of line.
    """

    layout: str
    unit: str
    grain: str
    frame: pd.DataFrame

    @property
    def periods(self) -> list[str]:
        """List the periods in order of time."""
        return sorted(set(self.frame["period"]))


def check_measure(measure: str) -> str:
    """Give the name of a measure without blanks around it.

    Raises
    ------
    InvalidRequestError
        When it is empty, too long, or the index itself.
    """
    plain = cells.tidy(measure)
    if not plain or len(plain) > 200:
        raise InvalidRequestError(
            "--measure", "give a name of up to 200 characters, such as 'claimants'."
        )
    if _INDEX.search(plain):
        raise InvalidRequestError("--measure", f"{plain!r} is no outcome: {NO_INDEX}.")
    return plain


def read_outcomes(
    path: Path,
    vintage: int,
    log: IssueLog,
    unit: str | None = None,
    mapping: Path | None = None,
    known: Known | None = None,
) -> OutcomeFile:
    """Read an outcome by LSOA and period; nothing is filled in.

    Parameters
    ----------
    path
        CSV or XLSX, in a layout of ``outcome_layouts.toml``.
    vintage
        Year of the LSOA codes: 2011 or 2021.
    log
        Receives counts and issues. A row is rejected whose code is no LSOA's, whose period is
        none, or whose value is not a finite number; one that says the same as an earlier one
        is counted and left out. Areas that lack periods are noted.
    unit
        What the values count, where no column says so.
    mapping
        A TOML file that says which column is which; see :data:`FIELDS`.
    known
        Codes that are loaded; a row whose code is not among those of this vintage is left out
        and noted. Nothing is checked without them.

    Raises
    ------
    RefusedFileError
        When the file or the mapping cannot be used: codes of the other vintage, two values
        for one area and period, periods of two kinds, or a unit that is not said or not one.
    """
    layouts = (
        shipped("outcome_layouts.toml", FIELDS)
        if mapping is None
        else (from_mapping(mapping, FIELDS, REQUIRED),)
    )
    table = open_known(path, layouts, FIELDS, _EXAMPLE).without_surplus()
    _check_column(table, vintage)
    reader = _Reader(table.file, table.match, log, vintage, known or Known())
    return reader.read(table, unit)


def _check_column(table: Table[LayoutMatch], vintage: int) -> None:
    column = table.match.column("area") or ""
    said = vintage_of_column(re.sub(r"\s+", "_", column.strip()))
    years = {said[1]} if said else {int(year) for year in re.findall(r"20[12]1", column)}
    if years and years != {vintage}:
        other = years.pop()
        raise RefusedFileError(
            f"{table.file} has codes of {other}, going by its column '{column}', not of "
            f"{vintage}; load it with --vintage {other}."
        )


@dataclass(slots=True)
class _Reader:
    file: str
    match: LayoutMatch
    log: IssueLog
    vintage: int
    known: Known
    seen: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    strangers: dict[str, int] = field(default_factory=dict)

    def read(self, table: Table[LayoutMatch], unit: str | None) -> OutcomeFile:
        """Read all rows, counting each."""
        for kind, message in table.repairs:
            self.log.note(None, None, kind, None, message)
        width = len(self.match.names)
        for ragged in table.ragged:
            self.log.read += 1
            message = (
                f"The row has {len(ragged.cells)} fields and the header {width}; it was left out."
            )
            self.log.reject(ragged.line, None, "field-count", " | ".join(ragged.cells), message)
        rows = list(self._rows(table))
        said = self._unit(rows, unit)
        spelt = self._periods(rows)
        kept = [found for row in rows if (found := self._row(row, spelt)) is not None]
        self.log.loaded += len(kept)
        frame = pd.DataFrame(kept, columns=list(COLUMNS)).astype(
            {"line": "int64", "value": "float64"}
        )
        grain = spelt.grain or "year"
        self._tell_strangers()
        self._tell_gaps(frame, grain)
        return OutcomeFile(self.match.layout.name, said, grain, frame)

    def _rows(self, table: Table[LayoutMatch]) -> Iterator[Row]:
        for batch in table.batches(10_000):
            self.log.read += len(batch)
            for index, line in enumerate(batch.lines):
                row = batch.row(index)
                found = {name: row[at[0]] for name, at in self.match.positions.items()}
                yield Row(int(line), found)

    def _unit(self, rows: list[Row], given: str | None) -> str:
        """Give the one unit of the file."""
        said: dict[str, int] = {}
        for row in rows:
            if (text := row.known("unit")) is not None:
                said.setdefault(text, row.line)
        if given is not None and (plain := cells.tidy(given)):
            said.setdefault(plain, 0)
        if not said:
            raise RefusedFileError(
                f"{self.file} does not say what its values count; say it with --unit, such as "
                "--unit '% of residents aged 16 to 64'."
            )
        if len(said) > 1:
            (one, first), (other, second) = sorted(said.items(), key=lambda item: item[1])[:2]
            where = f"line {first} has" if first else "--unit says"
            raise RefusedFileError(
                f"{self.file} has values in two units: {where} {one[:60]!r} and line {second} "
                f"{other[:60]!r}; keep one in a file."
            )
        return next(iter(said))

    def _periods(self, rows: list[Row]) -> periods.Spellings:
        """Find the one kind of period of the file."""
        lines: dict[str, int] = {}
        for row in rows:
            if (text := row.known("period")) is not None:
                lines.setdefault(text, row.line)
        spelt = periods.read_periods(lines)
        if spelt.clash is not None:
            one, other = spelt.clash
            raise RefusedFileError(
                f"{self.file} has periods of two kinds: line {lines[one]} has {one[:40]!r} and "
                f"line {lines[other]} {other[:40]!r}; keep years, quarters and months in files "
                "of their own."
            )
        return spelt

    def _row(self, row: Row, spelt: periods.Spellings) -> tuple[object, ...] | None:
        code = (row.known("area") or "").upper()
        if kind_of(code) != "lsoa":
            self._reject(row, "area", "not-an-lsoa", "is not the code of an LSOA")
            return None
        period = spelt.periods.get(row.known("period") or "")
        if period is None:
            message = "is no period such as 2024, 2024-Q1, 2024-01 or 2023-24"
            self._reject(row, "period", "not-a-period", message)
            return None
        value = _number(row.known("value"))
        if value is None:
            message = "is not a number; what is not known stays unknown"
            self._reject(row, "value", "not-a-number", message)
            return None
        if not self._is_here(row, code) or not self._is_new(row, code, period, value):
            return None
        return row.line, code, period, value

    def _is_here(self, row: Row, code: str) -> bool:
        """Tell whether a code is one of this vintage; of the other one is refused."""
        if not self.known.here or code in self.known.here:
            return True
        if code in self.known.elsewhere:
            other = {2011: 2021, 2021: 2011}[self.vintage]
            raise RefusedFileError(
                f"{self.file}, line {row.line}: {code} is an LSOA of {other} and none of "
                f"{self.vintage}, so the file is of the other vintage; load it with --vintage "
                f"{other}, or bring it to {self.vintage} with the lookup first."
            )
        self.strangers.setdefault(code, row.line)
        self.log.exclude(f"LSOA that is not among those loaded of {self.vintage}")
        return False

    def _is_new(self, row: Row, code: str, period: str, value: float) -> bool:
        """Tell whether an area and period come for the first time; another value is refused."""
        before = self.seen.setdefault((code, period), (row.line, value))
        if before[0] == row.line:
            return True
        if before[1] != value:
            raise RefusedFileError(
                f"{self.file}, line {row.line}, gives {code} the value {value:g} in {period}, "
                f"and line {before[0]} gave it {before[1]:g}; keep the one that is right."
            )
        message = f"Line {before[0]} says the same of {code} in {period}; it was counted once."
        self.log.note(row.line, self.match.column("area"), "doubled-row", code, message)
        self.log.exclude("repeats an earlier row")
        return False

    def _tell_strangers(self) -> None:
        column = self.match.column("area")
        for code, line in self.strangers.items():
            message = (
                f"{code} is not among the LSOAs loaded of {self.vintage}; check the code, or load "
                "the boundaries or lookup that has it and this file again."
            )
            self.log.note(line, column, "unknown-area", code, message)

    def _tell_gaps(self, frame: pd.DataFrame, grain: str) -> None:
        """Note periods that lack: for everyone, and for single areas."""
        every = sorted(set(frame["period"]))
        column = self.match.column("period")
        if len(every) == 1:
            message = f"There is one period only, {every[0]}: an effect cannot be measured with it."
            self.log.note(None, column, "one-period", every[0], message)
        for period in periods.gaps(every, grain):
            message = f"No area has a value for {period}, between {every[0]} and {every[-1]}."
            self.log.note(None, column, "missing-period", period, message)
        for code, rows in frame.groupby("code", sort=False):
            lacking = sorted(set(every) - set(rows["period"]))
            if lacking:
                message = (
                    f"{code} has no value for {_listed(lacking)}; it is left out of an effect "
                    "that needs them, and nothing is filled in."
                )
                line = int(rows["line"].iloc[0])
                self.log.note(line, column, "missing-period", str(code), message)

    def _reject(self, row: Row, name: str, kind: str, message: str) -> None:
        value = row.cells.get(name, "")
        column = self.match.column(name)
        self.log.reject(
            row.line, column, kind, value, f"{value!r:.80} {message}; the row was left out."
        )


def _listed(names: list[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _number(text: str | None) -> float | None:
    """Read a finite number, with thousands commas, a pound or a percent sign or without."""
    plain = (text or "").replace("−", "-").removeprefix("£").removesuffix("%").strip()
    if not any(map(str.isdigit, plain)) or len(plain) > 40 or not _NUMBER.fullmatch(plain):
        return None
    value = float(plain.replace(",", ""))
    return value if abs(value) <= _MOST else None
