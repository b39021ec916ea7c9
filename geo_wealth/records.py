"""What registers and asset lists share: texts, postcodes, points and rows left out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaries import postcode
from boundaries.issues import IssueLog
from geo_wealth import cells, coordinates, repairs
from geo_wealth.layouts import LayoutMatch
from geo_wealth.table import Batch

Objects = NDArray[np.object_]

_TAIL = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})\W*$", re.IGNORECASE)


@dataclass(slots=True)
class Records:
    """One batch of a register: cleaned columns on request, and a mask of what is kept."""

    match: LayoutMatch
    batch: Batch
    log: IssueLog
    keep: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        """Count the rows as read and keep them all at first."""
        self.keep = np.ones(len(self.batch), bool)
        self.log.read += len(self.batch)

    def column(self, name: str, clean: Callable[[str], object] = cells.known) -> Objects:
        """Clean a field's single column; its constant, or None, where there is no column."""
        where = self.match.positions.get(name)
        if where is None:
            constant = self.match.layout.options.get("constant", {}).get(name)
            return np.full(len(self.batch), constant, object)
        return self.batch.columns[where[0]].mapped(clean)

    def joined(self, name: str) -> Objects:
        """Join a field's columns by comma and space, leaving out what is empty."""
        where = self.match.positions.get(name, ())
        if len(where) <= 1:
            return self.column(name, _address)
        parts = [self.batch.columns[at].mapped(_address) for at in where]
        texts = (", ".join(dict.fromkeys(filter(None, row))) for row in zip(*parts, strict=True))
        return _objects([text or None for text in texts])

    def postcodes(self, addresses: Objects) -> Objects:
        """Give canonical postcodes; where the column is empty, from the address's end."""
        found = self.column("postcode", postcode.canonical)
        given = self.column("postcode")
        name = self.match.column("postcode")
        for index in np.flatnonzero(self.keep):
            if found[index] is not None:
                continue
            if given[index] is not None:
                problem = (postcode.problem(given[index]) or "").split(";")[0]
                self.note(index, name, "invalid-postcode", given[index], f"{problem}; left empty.")
            elif addresses[index] and (tail := _TAIL.search(addresses[index])):
                found[index] = postcode.canonical(tail[1])
        return found

    def points(self) -> tuple[coordinates.Floats, coordinates.Floats]:
        """Give eastings and northings, NaN where the register has none that can be."""
        has = self.match.positions
        convert, x_name, y_name = next(
            (
                each
                for each in (
                    (coordinates.on_grid, "easting", "northing"),
                    (coordinates.to_grid, "longitude", "latitude"),
                    (coordinates.either, "x", "y"),
                )
                if each[1] in has and each[2] in has
            ),
            (coordinates.either, "", ""),
        )
        xs, ys = self._floats(x_name), self._floats(y_name)
        eastings, northings = convert(xs, ys)
        given = self._given(x_name) | self._given(y_name)
        for index in np.flatnonzero(self.keep & given & np.isnan(eastings)):
            value = f"{self._text(x_name, index)}, {self._text(y_name, index)}"
            message = "The point is not in Great Britain or not a pair of numbers; left empty."
            self.note(index, self.match.column(x_name), "invalid-point", value, message)
        return eastings, northings

    def drop_excluded(self) -> None:
        """Leave out the rows that the layout's ``exclude`` names: closed, dissolved."""
        for rule in self.match.layout.options.get("exclude", []):
            at = self.match.position(rule["column"])
            if at is None:
                continue
            values = {value.lower() for value in rule["values"]}
            hit = self.batch.columns[at].mapped(lambda text: _hit(text, values))  # noqa: B023
            hit = self.keep & hit.astype(bool)
            self.keep &= ~hit
            if hit.any():
                self.log.exclude(rule["reason"], rows=int(hit.sum()))

    def drop_moved(self) -> None:
        """Reject rows of full width whose numbers are not numbers: their fields moved."""
        for name in self.match.layout.options.get("numbers", []):
            at = self.match.position(name)
            if at is None:
                continue
            good = self.batch.columns[at].mapped(repairs.number_or_blank).astype(bool)
            for index in np.flatnonzero(self.keep & ~good):
                self.keep[index] = False
                self.log.reject(
                    int(self.batch.lines[index]),
                    name,
                    "not-a-number",
                    self.batch.columns[at].text(int(index)),
                    "A number belongs here; the fields may have moved, and the row was left out.",
                )

    def drop_repeats(self, seen: set[tuple[object, ...]], *columns: Objects) -> None:
        """Leave out rows that say the same as an earlier one: reference, name and place."""
        if not self.match.layout.options.get("once"):
            return
        repeats = 0
        for index in np.flatnonzero(self.keep):
            key = tuple(column[index] for column in columns)
            if key in seen:
                self.keep[index] = False
                repeats += 1
            seen.add(key)
        if repeats:
            self.log.exclude("repeats an earlier row", rows=repeats)

    def reject_long(self, name: str, values: Objects) -> None:
        """Reject rows whose name is too long to be one."""
        for index in np.flatnonzero(self.keep):
            if values[index] is not None and len(values[index]) > cells.MAX_NAME:
                self.keep[index] = False
                line = int(self.batch.lines[index])
                column = self.match.column(name)
                self.log.reject(line, column, "name-too-long", values[index], cells.LONG_NAME)

    def note(self, index: Any, name: str | None, kind: str, value: object, message: str) -> None:
        """Note something odd about a row of the batch."""
        self.log.note(int(self.batch.lines[index]), name, kind, value, message)

    def _floats(self, name: str) -> coordinates.Floats:
        return self.column(name, _number).astype(np.float64)

    def _given(self, name: str) -> NDArray[np.bool_]:
        values = self.column(name)
        return np.fromiter((value is not None for value in values), bool, len(values))

    def _text(self, name: str, index: Any) -> str:
        at = self.match.positions[name][0]
        text: str = self.batch.columns[at].text(int(index))
        return text.strip()


def _objects(values: list[str | None]) -> Objects:
    array = np.empty(len(values), object)
    array[:] = values
    return array


def _hit(text: str, values: set[str]) -> bool:
    plain = cells.tidy(text).lower()
    return plain in values or ("*" in values and bool(plain))


def _number(text: str) -> float:
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def _address(text: str) -> str | None:
    """Write an address of several lines on one, without empty parts and place holders."""
    parts = [cells.tidy(part).strip(" ,_") for part in re.split(r"[\r\n]+|,", text)]
    return cells.known(", ".join(part for part in parts if part))
