"""Periods of a series: years, financial years, quarters and months, read and put in order."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

GRAINS = ("year", "quarter", "financial year", "month")
"""Before months: 2011-12 among financial years alone is one, not the December of 2011."""

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_YEAR = re.compile(r"\d{4}")
_YEAR_QUARTER = re.compile(r"(\d{4})[\s/-]*Q([1-4])", re.IGNORECASE)
_QUARTER_YEAR = re.compile(r"Q([1-4])[\s/-]*(\d{4})", re.IGNORECASE)
_TWO_YEARS = re.compile(r"(\d{4})\s*[-/–]\s*(\d{4}|\d{2})")
_YEAR_MONTH = re.compile(r"(\d{4})[-/](\d{2})")
_NAMED_MONTH = re.compile(r"([A-Za-z]{3,9})[\s./'-]*(\d{4}|\d{2})")
_FIRST, _LAST = 1900, 2100


@dataclass(frozen=True, slots=True)
class Spellings:
    """Periods as a file writes them.

    Attributes
    ----------
    grain
        One of :data:`GRAINS`; None where nothing is a period, or not all are of one grain.
    periods
        The canonical form of each text: 2024, 2024-Q1, 2023-24 or 2024-01. Within one grain
        their order as text is their order in time.
    unknown
        Texts that are no period.
    clash
        Two texts that no one grain reads; None where there are none.
    """

    grain: str | None
    periods: dict[str, str]
    unknown: frozenset[str]
    clash: tuple[str, str] | None = None


def read_periods(texts: Iterable[str]) -> Spellings:
    """Read the periods of one file, which are all of one grain."""
    found = {text: _readings(text) for text in dict.fromkeys(texts)}
    unknown = frozenset(text for text, readings in found.items() if not readings)
    known = {text: readings for text, readings in found.items() if readings}
    if not known:
        return Spellings(None, {}, unknown)
    shared = set(GRAINS)
    for text, readings in known.items():
        if not shared & readings.keys():
            return Spellings(None, {}, unknown, (next(iter(known)), text))
        shared &= readings.keys()
    grain = next(each for each in GRAINS if each in shared)
    numbers = {text: readings[grain] for text, readings in known.items()}
    return Spellings(grain, {text: write(at, grain) for text, at in numbers.items()}, unknown)


def number(period: str, grain: str) -> int | None:
    """Give the place of a period in time, one more for the next; None where it is none."""
    return _readings(period).get(grain)


def write(place: int, grain: str) -> str:
    """Write the period at a place in time."""
    if grain == "quarter":
        return f"{place // 4}-Q{place % 4 + 1}"
    if grain == "month":
        return f"{place // 12}-{place % 12 + 1:02d}"
    return str(place) if grain == "year" else f"{place}-{(place + 1) % 100:02d}"


def first_day(place: int, grain: str) -> date:
    """Give the first day of a period; a financial year begins on 1 April."""
    if grain == "quarter":
        return date(place // 4, 3 * (place % 4) + 1, 1)
    if grain == "month":
        return date(place // 12, place % 12 + 1, 1)
    return date(place, 4 if grain == "financial year" else 1, 1)


def place_of(day: date, grain: str) -> int:
    """Give the place in time of the period in which a day lies."""
    if grain == "quarter":
        return 4 * day.year + (day.month - 1) // 3
    if grain == "month":
        return 12 * day.year + day.month - 1
    return day.year - (grain == "financial year" and day.month < 4)


def gaps(periods: Iterable[str], grain: str) -> list[str]:
    """List the periods that lack between the first and the last."""
    places = {place for each in periods if (place := number(each, grain)) is not None}
    if not places:
        return []
    return [write(at, grain) for at in range(min(places), max(places)) if at not in places]


def _readings(text: str) -> dict[str, int]:
    """Give the place in time under every grain that can read the text."""
    plain = " ".join(text.split())
    found: dict[str, int] = {}
    if _YEAR.fullmatch(plain):
        found["year"] = int(plain)
    if hit := _YEAR_QUARTER.fullmatch(plain):
        found["quarter"] = 4 * int(hit[1]) + int(hit[2]) - 1
    elif hit := _QUARTER_YEAR.fullmatch(plain):
        found["quarter"] = 4 * int(hit[2]) + int(hit[1]) - 1
    if (hit := _TWO_YEARS.fullmatch(plain)) and (int(hit[1]) + 1) % 100 == int(hit[2]) % 100:
        found["financial year"] = int(hit[1])
    if (hit := _YEAR_MONTH.fullmatch(plain)) and 1 <= int(hit[2]) <= 12:
        found["month"] = 12 * int(hit[1]) + int(hit[2]) - 1
    elif (hit := _NAMED_MONTH.fullmatch(plain)) and (month := _month(hit[1])) is not None:
        found["month"] = 12 * (int(hit[2]) + (2000 if len(hit[2]) == 2 else 0)) + month
    return {grain: at for grain, at in found.items() if _FIRST <= _year(at, grain) <= _LAST}


def _month(name: str) -> int | None:
    plain = name.lower()
    found = [at for at, month in enumerate(_MONTHS) if plain in {month, month[:3]}]
    if plain == "sept":
        return 8
    return found[0] if found else None


def _year(place: int, grain: str) -> int:
    return place // {"quarter": 4, "month": 12}.get(grain, 1)
