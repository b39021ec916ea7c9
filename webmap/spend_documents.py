"""Definitions and rule sets laid out for a page: in words, as TOML, and what two differ in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.memory import Memory
from geo_wealth.queries import membership, named
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.named import NamedDocument
from geo_wealth.spend.definition import Definition, describe, parse_definition
from geo_wealth.spend.rules import RuleSet, parse_rules
from geo_wealth.spend.wording import definition_differences, describe_rules, rule_differences

_NAMES: Memory[Mapping[str, str]] = Memory(size=64)
CALLED = {"definition": "Definition of local", "rules": "Rules of what is in"}


@dataclass(frozen=True, slots=True)
class Told:
    """One document: as it is kept, and in words; ``points`` are its tests or its rules."""

    kept: NamedDocument
    about: str
    sentences: tuple[str, ...]
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One slug: its newest version, and all versions."""

    newest: NamedDocument
    about: str
    versions: tuple[NamedDocument, ...]


def found(conn: Connection, kind: str, slug: str, version: int | None) -> NamedDocument:
    """Find the document of an address.

    Raises
    ------
    NotFoundError
        When there is none, or nothing can be called so.
    """
    reference = slug if version is None else f"{slug}@{version}"
    try:
        return named.named_document(conn, kind, reference)
    except InvalidRequestError as error:
        raise NotFoundError(f"No {CALLED[kind].lower()} can be called so.") from error


def told(conn: Connection, kept: NamedDocument) -> Told:
    """Put a document into words."""
    parsed = parse(kept)
    return Told(kept, parsed.about, *sentences_and_points(words(conn, parsed)))


def sentences_and_points(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part what is said of a document: its sentences, and its tests or rules without marks."""
    points = [line for line in lines if _is_point(line)]
    sentences = [line for line in lines if not _is_point(line)]
    return tuple(sentences), tuple(line.partition(" ")[2] for line in points)


def _is_point(line: str) -> bool:
    """Tell a line of a list from a sentence: ``- a test``, ``3. a rule``."""
    mark = line.partition(" ")[0]
    return mark == "-" or mark.rstrip(".").isdigit()


def parse(kept: NamedDocument) -> Definition | RuleSet:
    """Read a document as it is kept."""
    if kept.kind == "definition":
        return replace(parse_definition(kept.document, kept.slug), version=kept.version)
    return replace(parse_rules(kept.document, kept.slug), version=kept.version)


def words(conn: Connection, parsed: Definition | RuleSet) -> list[str]:
    """Say what a document means."""
    if isinstance(parsed, Definition):
        return describe(parsed, names(conn, parsed.codes))
    return describe_rules(parsed)


def names(conn: Connection, codes: tuple[str, ...]) -> Mapping[str, str]:
    """Name districts, or remember their names: looking for them takes long."""
    key = (str(conn.engine.url), data_version(conn), codes)
    return _NAMES.recall(key, lambda: membership.district_names(conn, codes))


def differences(conn: Connection, old: NamedDocument, new: NamedDocument) -> list[str]:
    """Say what the newer document of a kind means otherwise than the older one."""
    first, second = parse(old), parse(new)
    if isinstance(first, Definition) and isinstance(second, Definition):
        codes = tuple(sorted({*first.codes, *second.codes}))
        return definition_differences(first, second, names(conn, codes))
    if isinstance(first, RuleSet) and isinstance(second, RuleSet):
        return rule_differences(first, second)
    raise TypeError("documents of two kinds cannot be compared")


def listing(conn: Connection, kind: str) -> list[Listed]:
    """List the documents of a kind by slug, newest version first."""
    by_slug: dict[str, list[NamedDocument]] = {}
    for kept in named.named_documents(conn, kind):
        by_slug.setdefault(kept.slug, []).append(kept)
    return [
        Listed(versions[0], parse(versions[0]).about, tuple(versions))
        for versions in by_slug.values()
    ]


def origin(kept: NamedDocument) -> str:
    """Say where a document comes from; who added it is for those who run the service."""
    return "ready-made" if kept.ready_made else "added here"
