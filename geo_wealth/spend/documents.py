"""Named documents: TOML read strictly, so that what is refused names file, key and remedy."""

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from geo_wealth.errors import RefusedFileError

MAX_LENGTH = 100_000
MAX_LINE = 2_000
MAX_ITEMS = 5_000
MAX_TEXT = 2_000
MAX_DOTS = 5

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,59}", re.ASCII)
# A key of many parts makes as many tables, one in the other, before anything can be checked.
_PART = r"""(?:[\w-]++|"[^"]*+"|'[^']*+')"""
_DEEP_KEY = re.compile(
    rf"(?<![\w.-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MAX_DOTS + 1},}}+[ \t]*+[=\]]"
)


@dataclass(frozen=True, slots=True)
class Node:
    """One table of a document; ``where`` says which, for whoever has to mend it.

    Every accessor raises RefusedFileError with one sentence.
    """

    values: dict[str, Any]
    where: str

    def refuse(self, problem: str) -> NoReturn:
        """Refuse the document because of this table."""
        raise RefusedFileError(f"{self.where}: {problem}")

    def only(self, allowed: Collection[str]) -> None:
        """Refuse keys that mean nothing: a misspelt one would silently change the numbers."""
        for key in self.values:
            if key not in allowed:
                self.refuse(f"there is no key {_shown(key)}; the keys here are {listed(allowed)}.")

    def slug(self) -> str:
        """Read ``slug``."""
        value = self.text("slug", required=True)
        if not _SLUG.fullmatch(value):
            self.refuse(
                f"the slug '{value[:60]}' has to be 2 to 60 small letters (a to z), digits and "
                "hyphens, and to begin with a letter, such as my-district."
            )
        return value

    def text(self, key: str, *, required: bool = False, longest: int = MAX_TEXT) -> str:
        """Read a text; empty when it is left out and not required."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            self.refuse(f"'{key}' has to be a text in quotes.")
        if required and not value.strip():
            self.refuse(f"'{key}' is missing; write {key} = \"...\".")
        if len(value) > longest:
            self.refuse(f"'{key}' has {len(value):,} characters; {longest:,} is the most.")
        return self._line(key, value)

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """Read one of several words."""
        value = self.values.get(key, default)
        if not isinstance(value, str) or value not in allowed:
            shown = "is missing" if value is None else f"is {_shown(value)}"
            self.refuse(f"'{key}' {shown}; it has to be one of {listed(allowed)}.")
        return value

    def texts(self, key: str, most: int = MAX_ITEMS) -> tuple[str, ...]:
        """Read a list of one or more different texts."""
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(f"'{key}' has to be a list of texts: {key} = [\"...\"].")
        if not value:
            self.refuse(f"'{key}' is empty; give at least one, or leave the whole table out.")
        if len(value) > most:
            self.refuse(f"'{key}' has {len(value):,} entries; {most:,} is the most.")
        return tuple(dict.fromkeys(self._line(key, item) for item in value))

    def choices(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Read a list of words, each one of several."""
        values = self.texts(key)
        for value in values:
            if value not in allowed:
                self.refuse(f"'{key}' holds {_shown(value)}; allowed are {listed(allowed)}.")
        return values

    def flag(self, key: str) -> bool:
        """Read true or false."""
        value = self.values.get(key)
        if not isinstance(value, bool):
            self.refuse(f"'{key}' has to be true or false, without quotes.")
        return value

    def number(self, key: str, least: float, most: float) -> float:
        """Read a number within bounds."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(f"'{key}' has to be a number without quotes.")
        if not least <= value <= most:  # not a number is within no bounds
            self.refuse(
                f"'{key}' is {_shown(value)}; it has to be from {least:,.15g} to {most:,.15g}."
            )
        return float(value)

    def whole_numbers(self, key: str, least: int, most: int) -> tuple[int, ...]:
        """Read a list of one or more whole numbers within bounds, in ascending order."""
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            self.refuse(f"'{key}' has to be a list of whole numbers: {key} = [{least}].")
        for item in value:
            if isinstance(item, bool) or not isinstance(item, int) or not least <= item <= most:
                self.refuse(f"'{key}' holds {_shown(item)}; allowed are {least} to {most}.")
        return tuple(sorted(set(value)))

    def pounds(self, key: str) -> Decimal:
        """Read an amount of money: whole pounds, or pounds and pence in quotes."""
        value = self.values.get(key)
        try:
            if isinstance(value, bool) or not isinstance(value, int | str):
                raise InvalidOperation
            amount = Decimal(value)
        except InvalidOperation:
            self.refuse(f"'{key}' has to be pounds in quotes, exact: {key} = \"250.00\".")
        exponent = amount.as_tuple().exponent
        if not isinstance(exponent, int) or not 0 <= amount < 10**12 or exponent < -4:
            self.refuse(
                f"'{key}' has to be from 0 to a thousand billion pounds, at most 4 decimals."
            )
        return amount

    def table(self, key: str) -> "Node":
        """Open a table below this one; empty when it is left out."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.refuse(f"'{key}' has to be a table: [{key}].")
        return Node(value, f"{self.where}, [{key}]")

    def tables(self, key: str, most: int) -> "list[Node]":
        """Open the tables of a list, such as every ``[[rule]]``; empty when left out."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.refuse(f"'{key}' has to be a list of tables: [[{key}]].")
        if len(value) > most:
            self.refuse(f"there are {len(value):,} [[{key}]]; {most:,} is the most.")
        return [Node(item, f"{self.where}, [[{key}]] {i}") for i, item in enumerate(value, 1)]

    def _line(self, key: str, value: str) -> str:
        """Bring a text on one line; refuse what no screen shows and no database keeps."""
        line = " ".join(value.split())
        if not line.isprintable():
            self.refuse(f"'{key}' holds a character that cannot be shown; leave it out.")
        return line


def read_toml(text: str, where: str) -> Node:
    """Read a document.

    Raises
    ------
    RefusedFileError
        When it is no TOML, or longer or deeper than anybody writes by hand.
    """
    _check_size(text, where)
    try:
        return Node(tomllib.loads(text), where)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(where, str(error)) from error
    except RecursionError as error:
        raise _no_toml(where, "its brackets are nested too deep") from error


def _check_size(text: str, where: str) -> None:
    """Refuse, before it is parsed, what would take long to parse."""
    if len(text) > MAX_LENGTH:
        raise RefusedFileError(
            f"{where} has {len(text):,} characters; a document may have {MAX_LENGTH:,}."
        )
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise RefusedFileError(
                f"{where}, line {number}, has {len(line):,} characters; a line may have "
                f"{MAX_LINE:,}: break it, as a list may go over several lines."
            )
        if _DEEP_KEY.search(line):
            raise RefusedFileError(
                f"{where}, line {number}, has a key with more than {MAX_DOTS} dots; the manual "
                "shows which keys there are."
            )


def _no_toml(where: str, reason: str) -> RefusedFileError:
    return RefusedFileError(
        f"{where} is not a TOML file: {reason}; the manual shows how one is written."
    )


def short_hash(meaning: Any) -> str:
    """Hash what a document means: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(canonical_json(meaning).encode()).hexdigest()[:16]


def canonical_json(meaning: Any) -> str:
    """Write plain values as JSON in one way only."""
    return json.dumps(meaning, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def listed(words: Collection[str], last: str = "and") -> str:
    """Write words as a list in a sentence: ``a, b and c``."""
    items: Sequence[str] = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def _shown(value: object) -> str:
    return f"'{str(value)[:60]}'"
