"""Whom licences ask to name: statements of several datasets, each said once."""

import re
from collections.abc import Iterable

_ENDS = re.compile(r"(?<=\.)\s+(?=[A-Z])")


def said_once(lines: Iterable[str]) -> list[str]:
    """Leave out every sentence that another one holds word for word.

    Parameters
    ----------
    lines
        What each licence asks to be said: one or more sentences.

    Returns
    -------
    list of str
        The lines in their order, without what is said elsewhere already; of two equal
        sentences the first is kept.
    """
    parted = [_ENDS.split(line.strip()) for line in lines]
    every = dict.fromkeys(_words(sentence) for line in parted for sentence in line)
    left = {one for one in every if not any(one in other and one != other for other in every)}
    found = []
    for line in parted:
        new = dict.fromkeys(sentence for sentence in line if _words(sentence) in left)
        left.difference_update(map(_words, new))
        found.append(" ".join(new))
    return [line for line in found if line]


def _words(sentence: str) -> str:
    return f" {' '.join(sentence.rstrip(' .').split())} "
