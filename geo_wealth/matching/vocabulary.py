"""Words that say little of who somebody is: legal forms, trades, places, ways of writing."""

import tomllib
from importlib import resources
from typing import Any

_WORDS: dict[str, Any] = tomllib.loads(
    (resources.files("geo_wealth.matching") / "vocabulary.toml").read_text(encoding="utf-8")
)


def _set(name: str) -> frozenset[str]:
    return frozenset(_WORDS[name].split())


FORMS = _set("forms")
CUT_FORMS = _set("cut_forms")
STOP = _set("stop")
SLIGHT = _set("slight")
PREFIXES = _set("prefixes")
COUNCIL = _set("council")
GENERIC = _set("generic")
TITULAR = _set("titular")
PLACES = _set("places")
EVERYWHERE = _set("everywhere")
SCHOOL = _set("school")
SCHOOL_LEVELS = _set("school_levels")
SCHOOL_SLIGHT = _set("school_slight")
SCHOOL_FAITHS = _set("school_faiths")
NO_SCHOOL = _set("no_school")
NATIONS = _set("nations")
PHRASES: tuple[tuple[str, str], ...] = tuple(
    (f" {written} ", f" {full} ")
    for written, full in [
        *_WORDS["phrases"],
        *((name, name.replace(" ", "")) for name in _WORDS["known"]),
    ]
)
SEPARATORS: tuple[tuple[tuple[str, ...], str], ...] = tuple(
    (tuple(words.split()), role) for words, role in _WORDS["separators"]
)
SPELLINGS: dict[str, tuple[str, ...]] = {
    short: tuple(full.split()) for short, full in _WORDS["spellings"].items()
}
