"""GSS codes: what kind of area a code stands for, and what a column of codes holds."""

import re
from dataclasses import dataclass

_KINDS = {
    "lsoa": ("E01", "W01"),
    "msoa": ("E02", "W02"),
    "ward": ("E05", "W05"),
    "lad": ("E06", "E07", "E08", "E09", "W06"),
}
KINDS = tuple(_KINDS)
_BY_PREFIX = {prefix: kind for kind, prefixes in _KINDS.items() for prefix in prefixes}
_GSS = re.compile(r"[A-Z]\d{8}", re.ASCII)

# The publishers' own spellings: ONS "LSOA21CD", its directories "lsoa21", humaniverse
# "lsoa21_code" and "ltla24_code", the project's sample "lsoa11cd".
_COLUMN = re.compile(r"(lsoa|msoa|wd|ward|lad|ltla)(\d\d)(?:cd|_code)?", re.IGNORECASE | re.ASCII)
_STEMS = {"wd": "ward", "ltla": "lad"}


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
    found = _COLUMN.fullmatch(column.strip())
    if found is None:
        return None
    stem = found[1].lower()
    return _STEMS.get(stem, stem), 2000 + int(found[2])
