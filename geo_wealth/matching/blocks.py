"""Which of many names are worth a closer look: those that share rare runs of three letters."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

_OTHER = 37
_END = 38
_BASE = 39
_CODES = np.full(256, _OTHER, dtype=np.int64)
_CODES[ord("a") : ord("z") + 1] = np.arange(26)
_CODES[ord("0") : ord("9") + 1] = np.arange(26, 36)
_CODES[ord(" ")] = 36
_CODES[ord("\n")] = _END

# How many of a name's rarest runs are looked up, how many names are then compared letter by
# letter, and how many lookups are held in memory at once.
_RUNS = 7
_COMPARED = 12
_AT_ONCE = 2_000_000


class Blocks:
    """Names by the runs of three letters in them.

    Parameters
    ----------
    names
        In lower case letters, digits and single spaces.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        owner, run = _runs(self.names)
        order = np.argsort(run, kind="stable")
        self._owners = owner[order]
        self._counts = np.bincount(run, minlength=_BASE**3)
        self._starts = np.concatenate([[0], np.cumsum(self._counts)[:-1]])

    def near(self, names: Sequence[str], keep: int = _COMPARED) -> tuple[Ints, Ints]:
        """Pair each name with those that share most of its rarest runs.

        Returns
        -------
        tuple
            Positions in ``names`` and, of the same length, positions in ``self.names``;
            up to ``keep`` of the latter for each of the former, sorted by the former.
        """
        asked, run = self._rarest(names)
        ends = np.cumsum(self._counts[run])
        mine, theirs = [], []
        start = 0
        while start < len(run):
            # Whole names at a time, as many as fit.
            limit = (ends[start - 1] if start else 0) + _AT_ONCE
            stop = int(np.searchsorted(ends, limit))
            stop = max(stop, start + 1)
            stop = int(np.searchsorted(asked, asked[stop - 1], side="right"))
            found = self._most_shared(asked[start:stop], run[start:stop], keep)
            mine.append(found[0])
            theirs.append(found[1])
            start = stop
        if not mine:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        return np.concatenate(mine), np.concatenate(theirs)

    def _rarest(self, names: Sequence[str]) -> tuple[Ints, Ints]:
        asked, run = _runs(names)
        known = self._counts[run] > 0
        asked, run = asked[known], run[known]
        order = np.lexsort((run, self._counts[run], asked))
        asked, run = asked[order], run[order]
        first = _rank(asked) < _RUNS
        return asked[first], run[first]

    def _most_shared(self, asked: Ints, run: Ints, keep: int) -> tuple[Ints, Ints]:
        counts = self._counts[run]
        offsets = np.repeat(self._starts[run] - np.cumsum(counts) + counts, counts)
        owners = self._owners[offsets + np.arange(len(offsets))]
        size = len(self.names)
        pairs, shared = _distinct(np.repeat(asked, counts) * size + owners)
        # One number that sorts by name asked, most shared, position.
        ranked = np.sort((pairs // size * (_RUNS + 1) + _RUNS - shared) * size + pairs % size)
        mine = ranked // size // (_RUNS + 1)
        first = _rank(mine) < keep
        return mine[first], ranked[first] % size


def alike(mine: Sequence[str], theirs: Sequence[str]) -> Floats:
    """Compare names pair by pair: 0 to 100, the order and number of words mattering little."""
    whole = process.cpdist(mine, theirs, scorer=fuzz.ratio, dtype=np.float32)
    words = process.cpdist(mine, theirs, scorer=fuzz.token_sort_ratio, dtype=np.float32)
    part = process.cpdist(mine, theirs, scorer=fuzz.token_set_ratio, dtype=np.float32)
    best: Floats = np.maximum(np.maximum(whole, words), part * np.float32(0.9))
    return best


def _runs(names: Sequence[str]) -> tuple[Ints, Ints]:
    """List the distinct runs of each name, its ends counted as spaces: owner and run."""
    text = "".join(f" {name} \n" for name in names).encode("ascii", "replace")
    codes = _CODES[np.frombuffer(text, dtype=np.uint8)]
    if len(codes) < 3:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    ends = codes == _END
    owner = np.cumsum(ends)[:-2]
    whole = ~(ends[:-2] | ends[1:-1] | ends[2:])
    run = (codes[:-2] * _BASE + codes[1:-1]) * _BASE + codes[2:]
    both, _ = _distinct(owner[whole] * _BASE**3 + run[whole])
    return both // _BASE**3, both % _BASE**3


def _distinct(values: Ints) -> tuple[Ints, Ints]:
    """Sort values, each once, and count them; faster than NumPy's own, which hashes."""
    ordered = np.sort(values)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if not len(ordered):
        return ordered, ordered
    return ordered[starts], np.diff(np.append(starts, len(ordered)))


def _rank(groups: Ints) -> Ints:
    """Count from 0 within each group; the members of a group stand together."""
    if not len(groups):
        return groups
    starts = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
    lengths = np.diff(np.append(starts, len(groups)))
    return np.arange(len(groups)) - np.repeat(starts, lengths)
