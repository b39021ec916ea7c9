"""The last few results of something slow, by what they depend on."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Memory(Generic[Result]):
    """Remembers so many results; the one put in first is forgotten first.

    What a result depends on must all be in its key, the version of the data included. Two
    threads that ask for the same new thing may both work it out; both get the same.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[Hashable, Result] = {}
        self._lock = Lock()

    def recall(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """Give the result for a key, working it out if it is not remembered."""
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        result = compute()
        with self._lock:
            while len(self._kept) >= self._size:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = result
        return result
