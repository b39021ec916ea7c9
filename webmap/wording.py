"""Numbers, dates and sentences as a reader expects them."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from geo_wealth.pipeline import words
from geo_wealth.pipeline.words import count, index_name, ordinal, spend_measure
from geo_wealth.pipeline.words import number as number_in_words

__all__ = ["count", "index_name", "number_in_words", "ordinal", "spend_measure"]

NBSP = "\u00a0"


def pounds(amount: Decimal | float | None) -> str:
    """Write money for reading, kept on one line: £1.2 million, £12,300, £41, £4.12."""
    return "not known" if amount is None else words.money(amount).replace(" ", NBSP)


def percent(share: float | None) -> str:
    """Write a share, kept on one line: 41 %, less than 1 %, not known."""
    return "not known" if share is None else words.percent(share).replace(" ", NBSP)


def exact_percent(share: float) -> str:
    """Write a share to two decimals, kept on one line, small ones as such: under 0.01 %."""
    value = 100 * share
    return f"under 0.01{NBSP}%" if 0 < value < 0.005 else f"{value:.2f}{NBSP}%"


def long_date(day: date | None) -> str:
    """Write 7 March 2017."""
    return "not known" if day is None else f"{day.day} {day:%B %Y}"


def metres(distance: float | None) -> str:
    """Write a distance: 340 m, 1.2 km; tens of metres are as fine as the data."""
    if distance is None:
        return "not known"
    if distance < 10:
        return f"under 10{NBSP}m"
    if distance < 995:
        return f"{round(distance, -1):.0f}{NBSP}m"
    return f"{distance / 1000:.1f}{NBSP}km"


def number(value: float | None, decimals: int) -> str:
    """Write a number with so many decimals."""
    return "not known" if value is None else f"{value:,.{decimals}f}"


def financial_years(first: date | None, last: date | None) -> str:
    """Name the financial years the ledgers cover: 2021-22, 2019-20 to 2021-22."""
    if first is None or last is None:
        return "dates not known"
    start, end = (day.year - (day.month < 4) for day in (first, last))
    names = [f"{year}-{(year + 1) % 100:02d}" for year in (start, end)]
    return names[0] if start == end else f"{names[0]} to {names[1]}"


def listed(names: Iterable[str]) -> str:
    """Join names: a, b and c."""
    known: Sequence[str] = list(names)
    if len(known) < 2:
        return "".join(known)
    return f"{', '.join(known[:-1])} and {known[-1]}"


def kept(sentence: str) -> str:
    """Keep percentages of a sentence on one line."""
    return sentence.replace(" %", f"{NBSP}%")


def sentence_case(text: str) -> str:
    """Raise the first letter and leave the rest alone."""
    return text[:1].upper() + text[1:]
