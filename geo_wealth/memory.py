"""The last few results of something slow, by what they depend on."""

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")


@dataclass(slots=True)
class _Turn:
    """Whose turn it is to work one result out, and how many threads are in it."""

    lock: Lock = field(default_factory=Lock)
    askers: int = 0


class Memory(Generic[Result]):
    """Remembers so many results; the one put in first is forgotten first.

    What a result depends on must all be in its key, the version of the data included. Of
    several threads that ask for the same new thing one works it out and the others wait for
    it; an error goes to the thread that met it, and the next one tries anew.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[Hashable, Result] = {}
        self._turns: dict[Hashable, _Turn] = {}
        self._lock = Lock()

    def recall(
        self,
        key: Hashable,
        compute: Callable[[], Result],
        admission: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> Result:
        """Give the result for a key, working it out if it is not remembered.

        Parameters
        ----------
        admission
            What must let in a thread that works it out or waits for another that does.
        """
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        with admission():
            return self._in_turn(key, compute)

    def _in_turn(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.askers += 1
        try:
            with turn.lock:
                return self._worked_out(key, compute)
        finally:
            with self._lock:
                turn.askers -= 1
                if not turn.askers:
                    del self._turns[key]

    def _worked_out(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        with self._lock:
            if key in self._kept:  # by the thread that had the turn before
                return self._kept[key]
        result = compute()
        with self._lock:
            while len(self._kept) >= self._size:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = result
        return result
