"""GSS codes: what kind of area a code stands for, and what a column of codes holds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from boundaries.layouts import find, layouts

_KINDS = {
    "lsoa": ("E01", "W01"),
    "msoa": ("E02", "W02"),
    "ward": ("E05", "W05"),
    "lad": ("E06", "E07", "E08", "E09", "W06"),
}
KINDS = tuple(_KINDS)
_BY_PREFIX = {prefix: kind for kind, prefixes in _KINDS.items() for prefix in prefixes}
_GSS = re.compile(r"[A-Z]\d{8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Index:
    """A release of the English indices: the LSOAs it is on and how many it ranks."""

    vintage: int
    areas: int


INDEX = {"imd2019": Index(vintage=2011, areas=32_844), "imd2025": Index(vintage=2021, areas=33_755)}


def kind_of(code: str) -> str | None:
    """Tell which kind of area a GSS code of England or Wales stands for.

    Parameters
    ----------
    code
        Nine characters such as ``E01011140``.

    Returns
    -------
    str | None
        ``lsoa``, ``msoa``, ``ward`` or ``lad``; None for anything else, Scottish and
        Northern Irish codes included.
    """
    return _BY_PREFIX.get(code[:3]) if _GSS.fullmatch(code) else None


def vintage_of_column(column: str) -> tuple[str, int] | None:
    """Read the kind and vintage out of a column title.

    Parameters
    ----------
    column
        A publisher's title: ``LSOA21CD``, ``ward24_code``, ``WD25CD``, ``ltla22_code``.

    Returns
    -------
    tuple[str, int] | None
        ``("lsoa", 2021)``; None when the title names no dated code.
    """
    found = _dated_column().fullmatch(column.strip())
    if found is None:
        return None
    kind = next(name for name, text in found.groupdict().items() if text and name in KINDS)
    return kind, 2000 + int(found["year"])


def name_column(column: str, header: Iterable[str]) -> str | None:
    """Find the column of names beside a column of codes: LSOA21NM beside LSOA21CD."""
    spelling = layouts()["codes"]
    dated = re.match(r".*\d\d", column.strip())
    return find(header, [dated[0] + end for end in spelling["name_endings"]]) if dated else None


@cache
def _dated_column() -> re.Pattern[str]:
    spelling = layouts()["codes"]
    stems = "|".join(
        f"(?P<{kind}>{'|'.join(map(re.escape, stems))})"
        for kind, stems in spelling["stems"].items()
    )
    endings = "|".join(map(re.escape, spelling["code_endings"]))
    return re.compile(rf"(?:{stems})(?P<year>\d\d)(?:{endings})", re.IGNORECASE | re.ASCII)
