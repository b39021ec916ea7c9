"""Where two JSON documents differ: every place, with what is said and what is found."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

RELATIVE = 1e-9
"""Two numbers with a fraction agree when they differ by no more than this part of the larger."""

ABSOLUTE = 1e-12
"""Near zero they agree when they differ by no more than this."""

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a pack does not hold.

    Attributes
    ----------
    file
        Its name in the pack.
    path
        The place in it: ``sections.ranking.results.areas[3].score``; empty: the whole file.
    said, found
        What the pack says, and what comes out when it is worked out again.
    """

    file: str
    path: str
    said: str
    found: str


def differences(file: str, said: Any, found: Any, path: str = "") -> Iterator[Difference]:
    """Compare what is said with what is found, place by place.

    Whole numbers, text and truth values must be equal; numbers with a fraction may differ by
    the rounding of another machine.
    """
    if isinstance(said, Mapping) and isinstance(found, Mapping):
        for name in sorted({*said, *found}):
            inner = f"{path}.{name}" if path else str(name)
            if name not in said or name not in found:
                yield Difference(
                    file, inner, shown(said.get(name, "nothing")), shown(found.get(name, "nothing"))
                )
            else:
                yield from differences(file, said[name], found[name], inner)
    elif isinstance(said, list) and isinstance(found, list):
        if len(said) != len(found):
            yield Difference(file, path, f"{len(said)} items", f"{len(found)} items")
        for place, (one, other) in enumerate(zip(said, found, strict=False)):
            yield from differences(file, one, other, f"{path}[{place}]")
    elif not _agree(said, found):
        yield Difference(file, path, shown(said), shown(found))


def _agree(said: Any, found: Any) -> bool:
    if _number(said) and _number(found) and (isinstance(said, float) or isinstance(found, float)):
        return math.isclose(said, found, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return type(said) is type(found) and bool(said == found)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """Write a value so that it fits a line."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
