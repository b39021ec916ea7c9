"""How much heavy work one process does at once: a place to work, a short wait, or not now."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from geo_wealth.errors import BusyError


class Room:
    """Places for work that takes seconds, so that the rest of the service goes on.

    A request that waits holds a thread and a database connection, so that few may wait, and
    not for long. What is remembered needs no place.

    Parameters
    ----------
    at_once
        How many may work at once.
    waiting
        How many may wait for a place.
    seconds
        How long they wait.
    busy
        The sentence for whom there is none.
    """

    def __init__(self, at_once: int, waiting: int, seconds: float, busy: str) -> None:
        self._places = BoundedSemaphore(at_once)
        self._door = BoundedSemaphore(at_once + waiting)
        self._seconds = seconds
        self._busy = busy

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place while something is worked out.

        Raises
        ------
        BusyError
            When none is free in time.
        """
        if not self._door.acquire(blocking=False):
            raise BusyError(self._busy)
        try:
            if not self._places.acquire(timeout=self._seconds):
                raise BusyError(self._busy)
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._door.release()


HEAVY = Room(
    at_once=2,
    waiting=4,
    seconds=3.0,
    busy="As many drawings and comparisons are being worked out as may be at once: try again in "
    "a few seconds.",
)
"""For drawings, comparison areas, effects, and evidence gathered anew."""
