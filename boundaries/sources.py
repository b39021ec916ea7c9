"""What can be downloaded, from whom and under which licence, and which of it a file is."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from boundaries.layouts import plain


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file comes from, as a dataset names it; None is unknown.

    ``url`` is the page from which a person gets the current release.
    """

    title: str
    publisher: str | None
    release: str | None
    licence: str | None
    attribution: str | None
    url: str | None = None


def identify(kind: str, file_name: str, columns: Iterable[str] = ()) -> Source:
    """Tell the source of a file from its name, or else from its columns.

    Parameters
    ----------
    kind
        ``boundaries``, ``lookup``, ``names``, ``deprivation``, ``population``, ``postcodes``.
    file_name
        Name without folders. A renamed file of which the columns are not given is unknown.
    columns
        Titles of its columns, where the caller has them.

    Returns
    -------
    Source
        A source that is not known has the file's name as title, no publisher, release or
        licence, and the credit that everything of its kind must carry, whoever passed it on.
    """
    entries = [entry for entry in _catalogue()["source"] if entry["kind"] == kind]
    for entry in entries:
        found = re.search(entry["file"], file_name, re.IGNORECASE) if "file" in entry else None
        if found:
            return _source(entry, found.groupdict().get("release"))
    titles = {plain(column) for column in columns}
    for entry in entries:
        needed = {plain(column) for column in entry.get("columns", ())}
        if needed and needed <= titles:
            return _source(entry, None)
    owed = _catalogue()["credits"].get(kind)
    credit = None if owed is None else _catalogue()["attributions"][owed]
    return Source(file_name, None, None, None, credit)


def catalogue() -> list[tuple[str, Source]]:
    """List every source that is known, with its kind, in the order of ``sources.toml``."""
    return [(str(entry["kind"]), _source(entry, None)) for entry in _catalogue()["source"]]


@cache
def _catalogue() -> dict[str, Any]:
    return tomllib.loads(files("boundaries").joinpath("sources.toml").read_text("utf-8"))


def _source(entry: dict[str, Any], release: str | None) -> Source:
    stated = entry["release"]
    return Source(
        entry["title"],
        entry["publisher"],
        _release(release) if stated == "{release}" else stated,
        _catalogue()["licences"][entry["licence"]],
        _catalogue()["attributions"][entry["attribution"]],
        entry["url"],
    )


def _release(text: str | None) -> str | None:
    """Spell a release out: MAY22, MAY_2022 and 25 become May 2022, May 2022 and 2025."""
    if text is None:
        return None
    parts = re.fullmatch(r"(?:([A-Za-z]{3})_?)?(?:20)?(\d\d)(-\d\d)?", text)
    if parts is None:
        return text
    month = f"{parts[1].title()} " if parts[1] else ""
    return f"{month}20{parts[2]}{parts[3] or ''}"
