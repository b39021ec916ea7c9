"""Chance that gives the same on every machine and with every version of Python.

Of the standard generator only ``random()`` is promised to stay as it is, and of floating-point
functions only the four operations and the square root are exact everywhere: nothing else is
used.
"""

import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import sqrt
from typing import TypeVar

Item = TypeVar("Item")


class Chance:
    """A seeded source of choices.

    Parameters
    ----------
    seed
        A whole number; the same one gives the same choices.
    """

    def __init__(self, seed: int) -> None:
        self._fraction = random.Random(seed).random  # noqa: S311  # a sample, not a secret

    def happens(self, probability: float) -> bool:
        """Tell whether something of this probability occurs."""
        return self._fraction() < probability

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included."""
        return low + int(self._fraction() * (high - low + 1))

    def one_of(self, items: Sequence[Item]) -> Item:
        """Draw one item, all alike."""
        return items[self.whole(0, len(items) - 1)]

    def weighted(self, items: Sequence[Item], weights: Sequence[float], count: int) -> list[Item]:
        """Draw items by weight, with replacement."""
        ladder = list(accumulate(weights))
        highest = len(items) - 1
        draws = (bisect_right(ladder, self._fraction() * ladder[-1]) for _ in range(count))
        return [items[min(draw, highest)] for draw in draws]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return the items in a new order (Fisher and Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.whole(0, last)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def heavy_tail(self, median: float, highest: float) -> float:
        """Draw from a log-logistic of shape 4/3, cut at ``highest``: few large, many small."""
        return min(median * self._odds_to_three_quarters(), highest)

    def light_tail(self, median: float) -> float:
        """Draw from a log-logistic of shape 2, cut at 20 times the median."""
        return median * min(sqrt(self._odds()), 20.0)

    def _odds(self) -> float:
        fraction = self._fraction()
        return fraction / (1 - fraction)

    def _odds_to_three_quarters(self) -> float:
        root = sqrt(self._odds())
        return root * sqrt(root)
