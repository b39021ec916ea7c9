"""Text of single cells to money, days and yes or no, as councils write them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

MISSING = frozenset({"", "na", "n/a", "#n/a", "#ref!", "#value!", "null", "none", "(blank)"})
_DASHES = frozenset({"-", "–", "—"})
NIL = _DASHES | {"nil"}
MAX_AMOUNT = 60
"""Most characters of an amount; longer text is not one, and patterns need not try."""

MAX_NAME = 500
"""Most characters of a name; a longer one has swallowed other cells or lines."""

LONG_NAME = (
    f"The name has more than {MAX_NAME} characters (a quotation mark may be missing); the row "
    "was left out."
)

# Controls, marks without width and those that turn the direction of text: nobody sees them,
# and they make one name look like another.
_UNSEEN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]")
_AMOUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.\d{0,8})?|\.\d{1,8}")
_EXPONENT = re.compile(r"\d(?:\.\d{1,15})?[eE][+-]?\d{1,2}")
_CREDIT = re.compile(r"(.*?)\s*(?:CR|C/R|credit)\.?", re.IGNORECASE)
_DEBIT = re.compile(r"(.*?)\s*(?:DR|D/R|debit)\.?", re.IGNORECASE)

_MONTH_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_MONTHS = {name: at for at, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}|\d{{2}}){_TIME}")
_NAMED = re.compile(
    rf"(?:[A-Za-z]{{3,9}},? )?(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]*([A-Za-z]{{3,9}})[-/., ]*"
    rf"(\d{{4}}|\d{{2}}){_TIME}"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")
_PERIOD = re.compile(
    r"(?:[A-Za-z]{3,9}[-/ ']*\d{2,4}|\d{4}\s*[-/]\s*\d{2,4}|q[1-4][\s\d/-]*)"
    r"(?:\s*(?:-|–|to|/)\s*(?:[A-Za-z]{3,9}[-/ ']*)?\d{2,4})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date cell: ``kind`` is date, blank, period, impossible or unknown."""

    kind: str
    value: date | None = None


def tidy(text: str) -> str:
    """Trim a cell, make every run of white space one space, and drop what cannot be seen."""
    plain = " ".join(text.split())
    return plain if plain.isprintable() else " ".join(_UNSEEN.sub("", plain).split())


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, its cells as they are written, by what they hold."""

    line: int
    cells: dict[str, str]

    def known(self, name: str) -> str | None:
        """Give one cell, tidied; None for the ways of writing that there is none."""
        return known(self.cells.get(name, ""))


def known(text: str) -> str | None:
    """Give the tidied text, or None for the ways of writing that there is none."""
    plain = tidy(text)
    return None if plain.lower() in MISSING or plain in _DASHES else plain


def amount(text: str) -> Decimal | None:
    """Read pounds exactly as written, or None when the text is no amount.

    ``1,234.50``, ``£12``, ``(12.00)``, ``12.00-`` and ``12.00 CR`` are understood; ``-`` and
    ``Nil`` are zero; ``NA`` and an empty cell are unknown, hence None.
    """
    plain = text.strip().replace("\u00a0", "").replace("£", "").replace("GBP", "").strip()
    plain = plain.replace("−", "-") if len(plain) <= MAX_AMOUNT else ""
    if plain.lower() in NIL:
        return Decimal(0)
    negative = False
    if credit := _CREDIT.fullmatch(plain):
        negative, plain = True, credit[1]
    elif debit := _DEBIT.fullmatch(plain):
        plain = debit[1]
    if plain.startswith("(") and plain.endswith(")"):
        negative, plain = True, plain[1:-1].strip()
    elif plain.startswith("-"):
        negative, plain = True, plain[1:].strip()
    elif plain.endswith("-"):
        negative, plain = True, plain[:-1].strip()
    plain = plain.removeprefix("+")
    if _AMOUNT.fullmatch(plain):
        value = Decimal(plain.replace(",", ""))
    elif _EXPONENT.fullmatch(plain):
        value = Decimal(f"{Decimal(plain):f}")
        # Beyond this a sum of a million rows would no longer be exact.
        if not _AMOUNT.fullmatch(str(value)):
            return None
    else:
        return None
    return -value if negative else value


def day(text: str, *, month_first: bool = False) -> Day:
    """Read a date in any of the ways councils write one, Excel's day numbers included.

    Years of two digits are of this century. Days count from 30 December 1899 in Excel.
    """
    plain = tidy(text)
    if plain.lower() in MISSING or plain in NIL:
        return Day("blank")
    parts = _day_parts(plain, month_first)
    if parts is not None:
        return _day(*parts)
    if found := _SERIAL.fullmatch(plain):
        return Day("date", date(1899, 12, 30) + timedelta(days=int(found[1])))
    return Day("period" if _PERIOD.fullmatch(plain) else "unknown")


def _day_parts(plain: str, month_first: bool) -> tuple[str, str, str] | None:
    """Give year, month and day of month as written."""
    if found := _YEAR_FIRST.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return found[1], found[2], found[3]
    if found := _YEAR_LAST.fullmatch(plain):
        return (found[3], found[1], found[2]) if month_first else (found[3], found[2], found[1])
    if (found := _NAMED.fullmatch(plain)) and found[2].lower() in _MONTHS:
        return found[3], str(_MONTHS[found[2].lower()]), found[1]
    return None


def months_come_first(texts: Iterable[str]) -> bool:
    """Tell whether a file writes 12/24/2010: some second part over 12, no first part."""
    pairs = [found for text in texts if (found := _YEAR_LAST.fullmatch(tidy(text)))]
    return any(int(found[2]) > 12 for found in pairs) and all(
        int(found[1]) <= 12 for found in pairs
    )


def flag(text: str) -> bool | None:
    """Read yes or no; anything else is unknown."""
    plain = tidy(text).lower()
    if plain in {"yes", "y", "true", "1", "t", "x"}:
        return True
    return False if plain in {"no", "n", "false", "0", "f"} else None


def _day(year: str, month: str, day_of_month: str) -> Day:
    full = int(year) + (2000 if len(year) == 2 else 0)
    try:
        value = date(full, int(month), int(day_of_month))
    except ValueError:
        return Day("impossible")
    return Day("date", value) if 1990 <= full <= 2100 else Day("impossible")
