"""Classes of a choropleth: quantile breaks, labels for reading, a palette that prints in grey."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

PALETTE = ("#f4f1d0", "#a9d2b2", "#5ba5a6", "#2c739c", "#223871")
"""Light to dark. Lightness falls in even steps, so that the order survives grey printing and
every kind of colour blindness; a test simulates both."""

NO_DATA = "url(#no-data)"


@dataclass(frozen=True, slots=True)
class MapClass:
    """One class: ``low < value <= high``, the first one with its low end included."""

    low: float
    high: float
    colour: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Classes:
    """Up to five classes of some values, from low to high."""

    items: tuple[MapClass, ...]
    missing: int

    def index(self, value: float | None) -> int | None:
        """Find the class of a value; None for a value that is missing."""
        if value is None or not self.items:
            return None
        highs = [item.high for item in self.items]
        return min(bisect_left(highs, value), len(highs) - 1)

    def colour(self, value: float | None) -> str:
        """Return the fill of a value."""
        found = self.index(value)
        return NO_DATA if found is None else self.items[found].colour


def classify(values: Sequence[float | None], count: int = 5) -> Classes:
    """Cut values into at most ``count`` quantile classes.

    Equal values always share a class: many ties make fewer classes, never an empty one and
    never one that holds only the maximum by accident of rounding.

    Parameters
    ----------
    values
        One for each area; None where there is no data.
    count
        Most classes wanted, 1 to 5.
    """
    known = sorted(value for value in values if value is not None)
    missing = len(values) - len(known)
    if not known:
        return Classes((), missing)
    highs = _breaks(known, min(count, len(PALETTE)))
    digits = _digits([known[0], *highs])
    items, start = [], 0
    for position, high in enumerate(highs):
        end = _upper(known, high)
        low = known[0] if position == 0 else highs[position - 1]
        first = known[start] if position == 0 or known[start] == high else None
        label = _label(first, low, high, digits)
        items.append(MapClass(low, high, _colour(position, len(highs)), label, end - start))
        start = end
    return Classes(tuple(items), missing)


def _breaks(known: Sequence[float], count: int) -> list[float]:
    """Return the upper ends of the classes, distinct and rising."""
    last = len(known) - 1
    highs = [known[max(0, math.ceil(len(known) * step / count) - 1)] for step in range(1, count)]
    return sorted({*highs, known[last]})


def _upper(known: Sequence[float], high: float) -> int:
    return next((i for i, value in enumerate(known) if value > high), len(known))


def _colour(position: int, count: int) -> str:
    """Spread few classes over the whole palette."""
    if count == 1:
        return PALETTE[len(PALETTE) // 2]
    return PALETTE[round(position * (len(PALETTE) - 1) / (count - 1))]


def _digits(edges: Sequence[float]) -> int:
    """Find how many decimals keep the edges apart, 2 at least for small numbers."""
    largest = max(abs(edge) for edge in edges)
    start = 2 if largest < 10 else 1 if largest < 100 else 0
    for digits in range(start, 7):
        if len({round(edge, digits) for edge in edges}) == len(set(edges)):
            return digits
    return 6


def _label(first: float | None, low: float, high: float, digits: int) -> str:
    """Word a class: no two classes that follow each other name the same value as theirs."""
    last = f"{high:,.{digits}f}"
    if first is None:
        return f"over {low:,.{digits}f} to {last}"
    least = f"{first:,.{digits}f}"
    return least if least == last else f"{least} to {last}"
