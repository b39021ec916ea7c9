"""Sides of a comparison, run in turn, and what comes of it."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

Run = Callable[[], float]
"""Does the work once, checks what came out and returns the seconds that count."""


class WrongResultError(Exception):
    """What was measured did not do what it should: its time means nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table.

    Attributes
    ----------
    value, unit
        A ratio (``x``), milliseconds, kilobytes or megabytes; less is better.
    target
        What ``value`` may be at most; None where nothing was promised.
    rounds
        How often each side ran.
    """

    name: str
    what: str
    value: float
    unit: str = "x"
    target: float | None = None
    rounds: int = 1
    sides: dict[str, float] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """Say whether the target is met."""
        if self.target is None:
            return "-"
        return "met" if self.value <= self.target else "MISSED"


def interleaved(sides: dict[str, Run], rounds: int) -> dict[str, float]:
    """Run the sides in turn, A B A B, and give the median seconds of each."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            gc.collect()
            taken[name].append(run())
    return {name: median(seconds) for name, seconds in taken.items()}


def timed(work: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def expect(found: object, wanted: object, what: str) -> None:
    """Insist on a result.

    Raises
    ------
    WrongResultError
        When it is another.
    """
    if found != wanted:
        raise WrongResultError(f"{what}: {found!r:.200} instead of {wanted!r:.200}")
