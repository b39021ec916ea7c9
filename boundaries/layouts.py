"""Publishers' column titles, read from ``layouts.toml``."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

_NOISE = re.compile(r"[^a-z0-9]+")


@cache
def layouts() -> dict[str, Any]:
    """Load the layouts; the same object each time, to be read only."""
    return tomllib.loads(files("boundaries").joinpath("layouts.toml").read_text("utf-8"))


def plain(title: str) -> str:
    """Reduce a column title to lower-case letters and digits, single spaces between."""
    return _NOISE.sub(" ", title.lower()).strip()


def find(header: Iterable[str], spellings: Iterable[str]) -> str | None:
    """Return the first column whose title is one of the spellings, else None.

    Case, punctuation and spacing do not count: publishers change them between releases.
    """
    by_plain = {plain(title): title for title in reversed(list(header))}
    return next((by_plain[key] for key in map(plain, spellings) if key in by_plain), None)


def listed(header: Iterable[str], limit: int = 12) -> str:
    """Name the columns found, for a sentence."""
    titles = list(header)
    more = f" and {len(titles) - limit} more" if len(titles) > limit else ""
    return ", ".join(title[:60] or "(blank)" for title in titles[:limit]) + more
