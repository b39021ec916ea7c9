"""How a name may be read: its parts, its form, its places, and what is left of it."""

import re
from functools import lru_cache
from typing import NamedTuple

from geo_wealth.matching.vocabulary import (
    COUNCIL,
    CUT_FORMS,
    FORMS,
    NO_SCHOOL,
    PHRASES,
    PLACES,
    PREFIXES,
    SCHOOL,
    SCHOOL_LEVELS,
    SCHOOL_SLIGHT,
    SEPARATORS,
    SLIGHT,
    SPELLINGS,
    STOP,
)

_SEPARATING = frozenset(words[0] for words, _ in SEPARATORS)
_SCHOOLS = SCHOOL | {"aided", "controlled"}
_SCHOOL_WORDS = SCHOOL_SLIGHT | SCHOOL
_LEVELS = [[word] for word in SCHOOL_LEVELS]
# Three digits and more, or letters and digits mixed as in an order's number.
_REFERENCE = re.compile(r"\d{3,}|(?=\w*\d)(?=\w*[a-z])\w{7,}")
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th)?")


class Reading(NamedTuple):
    """One of the names that stand in a name, taken apart.

    Attributes
    ----------
    words
        What says who it is, spelt out, without form, slight words and stop words.
    form
        Legal form, or None.
    slight
        Words such as UK, which may come and go.
    places
        Towns and counties among ``words``.
    numbers
        Numbers among ``words``: two names with different numbers are two organisations.
    role
        ``""`` for the name itself or its first part, else how it was introduced:
        ``trading as``, ``formerly``, ``also known as``, ``re``, ``paid through``.
    alone
        True when the name has no other part.
    numbered
        True when the number of a shop or an order was taken off its end.
    located
        Those of ``places`` that stand behind the legal form: not part of a company's name.
    """

    words: tuple[str, ...]
    form: str | None
    slight: frozenset[str]
    places: frozenset[str]
    numbers: frozenset[str]
    role: str
    alone: bool
    numbered: bool
    located: frozenset[str]

    @property
    def bare(self) -> tuple[str, ...]:
        """The words without places."""
        return tuple(word for word in self.words if word not in PLACES)


def readings(key: str) -> tuple[Reading, ...]:
    """Read a name key in each of the ways it allows, its first part first.

    Examples
    --------
    >>> [(r.words, r.role) for r in readings("acme widgets ltd t a bestcare")]
    [(('acme', 'widgets'), ''), (('bestcare',), 'trading as')]
    """
    parts = _parts(key.split())
    found = []
    for words, role in parts:
        reading = _read(words, role, alone=len(parts) == 1)
        if reading.words:
            found.append(reading)
    return tuple(found)


def squashed(words: tuple[str, ...]) -> str:
    """Join words without plural endings: ``wood houses`` and ``woodhouse`` are one.

    Examples
    --------
    >>> squashed(("wood", "houses"))
    'woodhouse'
    """
    return "".join(map(singular, words))


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """Take a plural ending off a word of more than three letters."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _parts(words: list[str]) -> list[tuple[list[str], str]]:
    """Cut a name where words such as "trading as" stand between two names."""
    role = ""
    if len(words) > 1 and words[0] in PREFIXES:
        words, role = words[1:], "paid through"
    if _SEPARATING.isdisjoint(words):
        return [(words, role)]
    parts = []
    start = place = 0
    while place < len(words):
        for separator, next_role in SEPARATORS:
            end = place + len(separator)
            if tuple(words[place:end]) == separator and _cuts(words[start:place], words[end:]):
                parts.append((words[start:place], role))
                start, place, role = end, end - 1, next_role
                break
        place += 1
    return [*parts, (words[start:], role)]


def _cuts(left: list[str], right: list[str]) -> bool:
    """Tell whether there is a name on either side, not an initial alone."""
    return any(len(word) > 1 for word in left) and any(len(word) > 1 for word in right)


def _read(words: list[str], role: str, *, alone: bool) -> Reading:
    words, references = _without_references(words)
    if len(words) > 3 and words[-1] == "".join(word[0] for word in words[:-1]):
        words = words[:-1]  # "Example Advice Team (EAT)"
    words = _spelt(words)
    form, behind = None, frozenset[str]()
    if not FORMS.isdisjoint(words):
        form = next(word for word in reversed(words) if word in FORMS)
        behind = PLACES.intersection(words[words.index(form) :])
    if form is None and len(words) > 2 and words[-1] in CUT_FORMS:
        form, words = "ltd", words[:-1]
    if len(words) > 2 and words[-1] == "u":
        words[-1] = "uk"
    plain = [word for word in words if word not in FORMS]
    if "council" in plain:
        plain = [word for word in plain if word not in COUNCIL]
    plain, slight = _school(plain) if _is_school(plain) else (plain, set[str]())
    # "Company Health Ltd" is not "Health & Co Ltd".
    first = {"co"} if plain[:1] == ["co"] else set[str]()
    slight |= references | (SLIGHT.intersection(plain) - first)
    dropped = slight | STOP
    core = tuple(word for word in plain if word not in dropped)
    core = core or tuple(plain)
    return Reading(
        core,
        form,
        frozenset(slight),
        PLACES.intersection(core),
        frozenset(word for word in core if _NUMBER.fullmatch(word)),
        role,
        alone,
        bool(references),
        behind,
    )


def _without_references(words: list[str]) -> tuple[list[str], set[str]]:
    """Take off what is no name at the end: numbers of shops, orders and telephones."""
    end = len(words)
    while end > 1 and _REFERENCE.fullmatch(words[end - 1]):
        end -= 1
    return words[:end], set(words[end:])


def _is_school(words: list[str]) -> bool:
    named = not _SCHOOLS.isdisjoint(words) or words[-1:] in _LEVELS
    return named and NO_SCHOOL.isdisjoint(words)


def _school(words: list[str]) -> tuple[list[str], set[str]]:
    """Spell all kinds of school alike: one on the same site is the same as an academy."""
    slight = set(SCHOOL_SLIGHT.intersection(words))
    return [word for word in words if word not in _SCHOOL_WORDS] + ["school"], slight


def _spelt(words: list[str]) -> list[str]:
    """Spell abbreviations out and join initials: ``a b c`` becomes ``abc``."""
    spelt: list[str] = []
    for word in words:
        spelt.extend(SPELLINGS.get(word, (word,)))
    spelt = _phrased(spelt)
    joined: list[str] = []
    initials = ""
    for word in [*spelt, ""]:
        if len(word) == 1 and word.isalpha():
            initials += word
            continue
        if initials:
            joined.append(initials)
            initials = ""
        joined.append(word)
    return [word for word in joined if word]


def _phrased(words: list[str]) -> list[str]:
    written = f" {' '.join(words)} "
    for phrase, full in PHRASES:
        if phrase in written:
            written = written.replace(phrase, full)
    return written.split()
