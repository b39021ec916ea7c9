"""How much a word says of who somebody is."""

from collections.abc import Iterable
from math import log

from geo_wealth.matching.vocabulary import GENERIC, PLACES, TITULAR

# As if so many other names were known too, so that a register of three is no measure.
_OTHERS = 30_000
_GENERIC_OTHERS = 1_500
_TITULAR_OTHERS = 150
_NUMBER_OTHERS = 300


class Rarity:
    """Weights of words: the logarithm of how rare they are among registers' names.

    Weights rest on the registers alone: with payees counted too, a match would depend on
    which ledger was loaded first.

    Parameters
    ----------
    names
        The words of each name.
    """

    def __init__(self, names: Iterable[tuple[str, ...]]) -> None:
        self._counts: dict[str, int] = {}
        self._names = _OTHERS
        self._weights: dict[str, float] = {}
        for words in names:
            self._names += 1
            for word in set(words):
                self._counts[word] = self._counts.get(word, 0) + 1

    def weight(self, word: str) -> float:
        """Weigh a word: about 2 for a trade, 10 for a name that nobody else has."""
        known = self._weights.get(word)
        if known is None:
            seen = self._counts.get(word, 0) + _others(word)
            known = self._weights[word] = log(self._names / (seen + 1))
        return known

    def known(self, word: str) -> bool:
        """Tell whether a register has the word, or it is one of the language's."""
        return word in self._counts or _others(word) > 0

    def total(self, words: Iterable[str]) -> float:
        """Add up the weights of words."""
        return sum(map(self.weight, words))


def _others(word: str) -> int:
    if word in GENERIC:
        return _GENERIC_OTHERS
    if word in TITULAR or word in PLACES:
        return _TITULAR_OTHERS
    if word.isdigit() or len(word) < 3:
        return _NUMBER_OTHERS
    return 0
