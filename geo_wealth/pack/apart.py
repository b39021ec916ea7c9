"""Sections of a pack worked out in a process of their own, which may be ended."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from geo_wealth.errors import GeoWealthError, InvalidRequestError
from geo_wealth.evidence import SECTIONS, results_of
from geo_wealth.evidence.section import canonical

Work = Callable[[str], dict[str, Any]]
"""Gives the results of a section by its name, or raises why there are none."""

BROKEN = (
    *(GeoWealthError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError),
    *(RecursionError, AssertionError, MemoryError),
)
"""What arithmetic raises over inputs that were never written by it."""

_COUNTS = {"draws", "permutations", "placebos"}
_MOST_DRAWN = 100_000
"""Numbers of random draws that inputs give, and the most of them that is worked out."""

_MOST_MEASURES = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may take: seconds by the clock, and bytes of addresses."""

    seconds: int = 900
    memory: int = 8_000_000_000


def here(sections: Mapping[str, Any]) -> Work:
    """Work sections out in this process, which is for packs of our own."""
    return lambda name: _worked_out(name, sections[name]["inputs"])


def apart(sections: Mapping[str, Any], limits: Limits | None = None) -> Work:
    """Work sections out in another process: whatever they ask for, this one goes on.

    Parameters
    ----------
    sections
        By name, as evidence has them; from wherever they come.
    limits
        Of that process, for all sections together.
    """
    held = limits or Limits()

    @cache
    def answers() -> dict[str, Mapping[str, Any]]:
        asked = {name: sections[name]["inputs"] for name in SECTIONS if name in sections}
        told = (orjson.loads(line) for line in _whole_lines(_run(canonical(asked), held)))
        return {each["section"]: each for each in told}

    def work(name: str) -> dict[str, Any]:
        found = answers().get(name)
        if found is None:
            raise GeoWealthError(
                f"it takes over {held.seconds} s or {held.memory // 10**6:,} MB, and was ended"
            )
        if found["results"] is None:
            raise GeoWealthError(found["reason"])
        results: dict[str, Any] = found["results"]
        return results

    return work


def reason_of(error: BaseException) -> str:
    """Say why something could not be worked out."""
    return str(error) if isinstance(error, GeoWealthError) else type(error).__name__


def _run(asked: bytes, limits: Limits) -> bytes:
    """Give what the other process wrote until it came to its end, or was brought to it."""
    # Our own modules and no others: not those that lie where the command is typed.
    known = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-P", "-m", __name__, str(limits.memory)]
    try:
        done = subprocess.run(
            command,
            input=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": known},
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return late.stdout or b""
    return done.stdout


def _whole_lines(written: bytes) -> list[bytes]:
    return written.split(b"\n")[:-1]


def _worked_out(name: str, inputs: Any) -> dict[str, Any]:
    _refuse_endless(inputs)
    found: dict[str, Any] = orjson.loads(canonical(results_of(name)(inputs)))
    return found


def _refuse_endless(inputs: Mapping[str, Any]) -> None:
    """Refuse inputs that ask for more work than any pack of ours does."""
    for name, value in _members(inputs):
        if name in _COUNTS and not 0 <= value <= _MOST_DRAWN:
            raise InvalidRequestError(name, f"a pack has at most {_MOST_DRAWN:,}; found {value}.")
        if name == "measures" and len(value) > _MOST_MEASURES:
            raise InvalidRequestError(
                name, f"a pack has at most {_MOST_MEASURES}; found {len(value):,}."
            )


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Walk to every member that has a name, however deep."""
    if isinstance(value, dict):
        yield from value.items()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        if isinstance(each, dict | list):
            yield from _members(each)


def main() -> None:
    """Answer for each section asked for on standard input, a line each, within the limits."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name, inputs in orjson.loads(sys.stdin.buffer.read()).items():
        try:
            answer: dict[str, Any] = {"results": _worked_out(name, inputs)}
        except BROKEN as error:
            answer = {"results": None, "reason": reason_of(error)}
        sys.stdout.buffer.write(canonical({"section": name, **answer}) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
