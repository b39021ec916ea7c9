"""Word patterns looked up in a vocabulary: every text's words are indexed once.

A pattern is words as people type them. They have to follow one another in the text, whole and
in any case; a ``*`` at the end of a word lets it go on (``salar*``: salary, salaries), and
``=`` at the start wants the whole text to be just these words. Anything but letters and digits
parts words, apostrophes aside; "and" counts as little as "&". There are no regular expressions
in it, hence none that could be made slow on purpose.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np

from geo_wealth.memory import Memory
from geo_wealth.spend.book import Flags

LONGEST_PATTERN = 80

_APOSTROPHES = re.compile("['`’]")
_PATTERN_WORD = re.compile(r"[a-z0-9]+\*?")
_WORD = re.compile(r"[a-z0-9]+")

Words = tuple[str, ...]


def words_of(text: str) -> Words:
    """Split a text into its words: lower case, without accents and apostrophes."""
    return tuple(word for word in _WORD.findall(_plain(text)) if word != "and")


def pattern_problem(pattern: str) -> str | None:
    """Say what is wrong with a pattern; None when it can be used."""
    if len(pattern) > LONGEST_PATTERN:
        return f"is {len(pattern)} characters long; {LONGEST_PATTERN} is the most"
    if not _pattern_words(pattern):
        return "has no word to look for; write one, such as salar*"
    if re.search(r"(?<![^\W_])\*|\*[^\W_]", _plain(pattern)) or "=" in pattern[1:]:
        return "may have * only at the end of a word, and = only at its start"
    return None


def canonical_pattern(pattern: str) -> str:
    """Write a pattern in one way only: patterns that mean the same become equal."""
    exact = "=" if pattern.startswith("=") else ""
    return exact + " ".join(_pattern_words(pattern))


class Vocabulary:
    """Texts that patterns are looked up in.

    Parameters
    ----------
    texts
        (v,) texts; equal ones may repeat.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [words_of(text) for text in texts]
        self._holders: dict[str, list[int]] = {}
        for position, words in enumerate(self._texts):
            for word in dict.fromkeys(words):
                self._holders.setdefault(word, []).append(position)
        self._sorted = sorted(self._holders)

    def matches(self, patterns: Iterable[str]) -> Flags:
        """Tell of each text whether any of the patterns matches it, (v,)."""
        found = np.zeros(len(self._texts), dtype=np.bool_)
        for pattern in patterns:
            found[self._holding(pattern)] = True
        return found

    def _holding(self, pattern: str) -> list[int]:
        exact = pattern.startswith("=")
        words = _pattern_words(pattern)
        if len(words) == 1 and not exact:
            return [position for word in self._meant(words[0]) for position in self._holders[word]]
        candidates = min((self._any_of(word) for word in words), key=len)
        return [i for i in sorted(candidates) if _follows(words, self._texts[i], exact=exact)]

    def _any_of(self, pattern_word: str) -> set[int]:
        return {i for word in self._meant(pattern_word) for i in self._holders[word]}

    def _meant(self, pattern_word: str) -> list[str]:
        """List the words of the vocabulary that a word of a pattern means."""
        if not pattern_word.endswith("*"):
            return [pattern_word] if pattern_word in self._holders else []
        stem = pattern_word[:-1]
        start = bisect_left(self._sorted, stem)
        # Words are a-z and 0-9, all below "{".
        return self._sorted[start : bisect_left(self._sorted, stem + "{", start)]


_VOCABULARIES: Memory[Vocabulary] = Memory(size=8)  # some 30 MB each where payees are many


def vocabulary(texts: tuple[str, ...]) -> Vocabulary:
    """Index texts, or recall the index of equal ones."""
    return _VOCABULARIES.recall(texts, lambda: Vocabulary(texts))


def _plain(text: str) -> str:
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _APOSTROPHES.sub("", ascii_).lower()


def _pattern_words(pattern: str) -> Words:
    return tuple(word for word in _PATTERN_WORD.findall(_plain(pattern)) if word != "and")


def _follows(pattern: Words, text: Words, *, exact: bool) -> bool:
    if exact and len(pattern) != len(text):
        return False
    return any(
        all(map(_means, pattern, text[start:])) for start in range(len(text) - len(pattern) + 1)
    )


def _means(pattern_word: str, word: str) -> bool:
    if pattern_word.endswith("*"):
        return word.startswith(pattern_word[:-1])
    return word == pattern_word
