"""Definitions and rule sets as they are kept: by slug, or slug and version."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, text

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.spend.definition import Definition, parse_definition
from geo_wealth.spend.rules import RuleSet, parse_rules

KINDS = ("definition", "rules")

_REFERENCE = re.compile(r"([a-z0-9-]{2,60})(?:@([1-9]\d{0,8}))?", re.ASCII)
# Parsed once: a page asks for the same documents over and over.
_definition = lru_cache(maxsize=256)(parse_definition)
_rules = lru_cache(maxsize=256)(parse_rules)

_CALLED = {"definition": "definition", "rules": "rule set"}


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A definition or rule set as it is kept; ``document`` is its TOML, byte for byte."""

    kind: str
    slug: str
    version: int
    title: str
    document: str
    hash: str
    ready_made: bool
    added_by: str | None
    added_at: datetime


def definition(connection: Connection, reference: str) -> Definition:
    """Give a definition by ``slug``, in its newest version, or by ``slug@version``.

    Raises
    ------
    InvalidRequestError
        When the reference has another form.
    NotFoundError
        When there is none: the sentence lists those that there are.
    """
    kept = named_document(connection, "definition", reference)
    return replace(_definition(kept.document, kept.slug), version=kept.version)


def rules(connection: Connection, reference: str) -> RuleSet:
    """Give a rule set by ``slug``, in its newest version, or by ``slug@version``.

    Raises
    ------
    InvalidRequestError
        When the reference has another form.
    NotFoundError
        When there is none: the sentence lists those that there are.
    """
    kept = named_document(connection, "rules", reference)
    return replace(_rules(kept.document, kept.slug), version=kept.version)


def named_document(connection: Connection, kind: str, reference: str) -> NamedDocument:
    """Give a document of a kind by ``slug`` or ``slug@version``; raises as its readers do."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise InvalidRequestError(
            kind, f"write a slug such as {_EXAMPLE[kind]}, or {_EXAMPLE[kind]}@1 for a version."
        )
    row = connection.execute(
        text("""
            SELECT kind, slug, version, title, document, hash, ready_made, added_by, added_at
            FROM named_document WHERE kind = :kind AND slug = :slug
              AND (version = :version OR CAST(:version AS int) IS NULL)
            ORDER BY version DESC LIMIT 1
        """),
        {"kind": kind, "slug": found[1], "version": found[2] and int(found[2])},
    ).first()
    if row is None:
        slugs = dict.fromkeys(each.slug for each in named_documents(connection, kind))
        there_are = ", ".join(slugs) or "none yet"
        raise NotFoundError(f"There is no {_CALLED[kind]} {reference}; there are: {there_are}.")
    return NamedDocument(*row)


def named_documents(connection: Connection, kind: str) -> list[NamedDocument]:
    """List all versions of a kind of document, by slug, newest version first."""
    rows = connection.execute(
        text("""
            SELECT kind, slug, version, title, document, hash, ready_made, added_by, added_at
            FROM named_document WHERE kind = :kind ORDER BY slug, version DESC
        """),
        {"kind": kind},
    )
    return [NamedDocument(*row) for row in rows]


_EXAMPLE = {"definition": "kirklees", "rules": "all-payments"}
