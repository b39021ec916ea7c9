"""Publishers' column names as data: which column of a file is which field of ours."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from boundaries.errors import RefusedFileError
from geo_wealth.containers import read_content
from geo_wealth.geojson import is_geojson, open_features
from geo_wealth.headers import UnknownLayoutError
from geo_wealth.table import Recogniser, Table
from geo_wealth.tabular import open_table

_KEYS: dict[str, type] = {
    **dict.fromkeys(("name", "title", "channel", "sheet", "address_kind", "moves_at"), str),
    **dict.fromkeys(("required", "has", "header", "dates", "numbers", "exclude"), list),
    **dict.fromkeys(("columns", "join", "pattern", "constant"), dict),
    **dict.fromkeys(("generic", "headerless", "once"), bool),
    "may_lack": int,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """One publisher's way of naming columns.

    Attributes
    ----------
    name, title
        A slug, and the layout in words.
    columns
        Our field to the publisher's names of it, normalised, the preferred one first.
    join
        Our field to columns whose values make it up, in order: lines of an address.
    required
        Fields without which the layout is not recognised.
    generic
        Tried only when no other layout fits.
    options
        What a reader needs besides; each reader's docstring says which.
    """

    name: str
    title: str
    columns: dict[str, tuple[str, ...]]
    join: dict[str, tuple[str, ...]]
    required: tuple[str, ...]
    generic: bool
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LayoutMatch:
    """A layout found in a file: ``positions`` gives each field's columns, from 0."""

    layout: Layout
    names: tuple[str, ...]
    positions: dict[str, tuple[int, ...]]

    @property
    def headerless(self) -> bool:
        """True when the file has no header and was recognised by its values."""
        return bool(self.layout.options.get("headerless"))

    @property
    def sheet(self) -> str | None:
        """Name of the sheet that the layout prefers."""
        sheet: str | None = self.layout.options.get("sheet")
        return sheet

    def column(self, field: str) -> str | None:
        """Give the publisher's own name of a field's first column."""
        found = self.positions.get(field)
        return self.names[found[0]] if found else None

    def position(self, name: str) -> int | None:
        """Find a column by the publisher's name, however it is spaced or cased."""
        wanted = normal(name)
        return next((i for i, each in enumerate(self.names) if normal(each) == wanted), None)


@cache
def normal(name: str) -> str:
    """Reduce a column's name to its letters and digits: ``Date paid`` and ``DatePaid``.

    A column named by the sign of the pound alone keeps a name, and ``% local`` is not
    ``local``; a column without a name has none.
    """
    if name.strip() == "£":
        return "pounds"
    plain = (
        unicodedata.normalize("NFKD", name.replace("%", " percent "))
        .encode("ascii", "ignore")
        .decode()
        .lower()
    )
    return re.sub(r"[^a-z0-9]", "", plain)


def shipped(resource: str, fields: Collection[str]) -> tuple[Layout, ...]:
    """Read the layouts that come with the package."""
    text = resources.files("geo_wealth").joinpath(resource).read_text(encoding="utf-8")
    entries = tomllib.loads(text)["layout"]
    return tuple(_layout(entry, resource, fields, ()) for entry in entries)


def from_mapping(path: Path, fields: Collection[str], required: Sequence[str]) -> Layout:
    """Read a mapping file: one layout entry, its keys at the top of the file.

    Raises
    ------
    RefusedFileError
        When it is no TOML or names a key or field that does not exist.
    """
    try:
        entry = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise RefusedFileError(f"{path.name}: there is no such mapping file.") from error
    except OSError as error:
        raise RefusedFileError(
            f"{path.name} cannot be read as a mapping file; give the path of a TOML file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedFileError(f"{path.name} is not a TOML file: {error}.") from error
    entry.setdefault("name", path.stem)
    return _layout(entry, path.name, fields, required)


def open_known(
    path: Path,
    layouts: Sequence[Layout],
    fields: Collection[str],
    example: str,
    what_else: Callable[[tuple[str, ...]], str | None] | None = None,
) -> Table[LayoutMatch]:
    """Open a file in any of the layouts, or say how to describe its columns.

    Parameters
    ----------
    what_else
        Given the columns of a file that no layout fits, says what it is instead and what to
        do with it, if that can be told.

    Raises
    ------
    RefusedFileError
        When no layout fits: with the columns found and how to write a mapping file.
    """
    try:
        content = read_content(path)
        if is_geojson(content):
            return open_features(content, recogniser(layouts))
        return open_table(content, recogniser(layouts))
    except UnknownLayoutError as error:
        other = what_else(error.columns) if what_else is not None else None
        if other is not None:
            raise RefusedFileError(f"{error.name} {other}") from error
        raise RefusedFileError(
            f"{error}; write a mapping file that says which column is which and give it with "
            f"--mapping FILE.toml, for instance: {example} (fields: {', '.join(sorted(fields))})."
        ) from error


def recogniser(layouts: Sequence[Layout]) -> Recogniser[LayoutMatch]:
    """Give the function that finds the layout whose columns a row of names has.

    The layout with the most columns present wins, the earlier one in a tie; generic ones
    count only when no other fits.
    """

    def recognise(cells: tuple[str, ...]) -> LayoutMatch | None:
        found = [match for layout in layouts if (match := _match(layout, cells))]
        named = [match for match in found if not match.layout.generic] or found
        return max(named, key=_specific, default=None)

    return recognise


def _specific(match: LayoutMatch) -> int:
    return len(match.positions) + len(match.layout.options.get("has", []))


def _match(layout: Layout, cells: tuple[str, ...]) -> LayoutMatch | None:
    names = cells
    if layout.options.get("headerless"):
        names = tuple(layout.options["header"])
        if not _looks_like(layout, names, cells):
            return None
    backwards = reversed(list(enumerate(map(normal, names))))
    first = {name: index for index, name in backwards if name}
    if not all(normal(name) in first for name in layout.options.get("has", [])):
        return None
    positions: dict[str, tuple[int, ...]] = {}
    for field, alternatives in layout.columns.items():
        found = next((first[name] for name in alternatives if name in first), None)
        if found is not None:
            positions[field] = (found,)
    for field, parts in layout.join.items():
        together = tuple(first[name] for name in parts if name in first)
        if together:
            positions[field] = together
    if not all(field in positions for field in layout.required):
        return None
    return LayoutMatch(layout, names, positions)


def _looks_like(layout: Layout, names: tuple[str, ...], cells: tuple[str, ...]) -> bool:
    patterns: dict[str, str] = layout.options["pattern"]
    return len(cells) == len(names) and all(
        re.fullmatch(pattern, cells[names.index(name)]) for name, pattern in patterns.items()
    )


def _layout(
    entry: dict[str, Any], source: str, fields: Collection[str], required: Sequence[str]
) -> Layout:
    check = _checker(source)
    for key, value in entry.items():
        check(key in _KEYS, f"there is no key '{key}'")
        check(isinstance(value, _KEYS.get(key, object)), f"the key '{key}' has a wrong type")
    check(all(map(_is_rule, entry.get("exclude", []))), "the key 'exclude' has a wrong type")
    headed = "header" in entry and set(entry.get("pattern", {"": ""})) <= set(entry["header"])
    check(headed or not entry.get("headerless"), "a headerless layout needs header and pattern")
    columns = {field: _names(value) for field, value in entry.get("columns", {}).items()}
    join = {field: _names(value) for field, value in entry.get("join", {}).items()}
    for field in (*columns, *join, *entry.get("constant", {}), *entry.get("required", [])):
        check(field in fields, f"there is no field '{field}'")
    needed = tuple(entry.get("required", required))
    for field in needed:
        check(field in columns or field in join, f"the field '{field}' has no column")
    options = {key: entry[key] for key in entry if key not in {"columns", "join", "required"}}
    name = entry.get("name", "")
    check(bool(name) and bool(columns), "a name and [columns] are needed")
    title = entry.get("title", name)
    return Layout(name, title, columns, join, needed, bool(entry.get("generic")), options)


def _checker(source: str) -> Callable[[bool, str], None]:
    def check(holds: bool, problem: str) -> None:
        if not holds:
            raise RefusedFileError(
                f"{source}: {problem}; the manual shows how a mapping is written."
            )

    return check


def _is_rule(rule: object) -> bool:
    return (
        isinstance(rule, dict)
        and isinstance(rule.get("column"), str)
        and isinstance(rule.get("reason"), str)
        and isinstance(rule.get("values"), list)
        and all(isinstance(value, str) for value in rule["values"])
    )


def _names(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    return tuple(normal(str(name)) for name in names) if isinstance(names, list) else ()
