"""Named documents: definitions and rule sets, kept in versions that never change."""

from collections.abc import Callable
from dataclasses import replace
from importlib import resources

from sqlalchemy import Connection, text

from geo_wealth.spend.definition import Definition, parse_definition
from geo_wealth.spend.rules import RuleSet, parse_rules

Parsed = Definition | RuleSet

PARSERS: dict[str, Callable[[str, str], Parsed]] = {
    "definition": parse_definition,
    "rules": parse_rules,
}

_FOLDERS = {"definition": "definitions", "rules": "rules"}
# One writer at a time: the next version is then a fact, not a race.
_LOCK = 0x6765_6F6E


def add_document(
    connection: Connection,
    kind: str,
    document: str,
    where: str,
    added_by: str | None = None,
) -> tuple[Parsed, bool]:
    """Keep a document as the newest version of its slug.

    One that means the same as the newest version is not kept again.

    Parameters
    ----------
    kind
        ``definition`` or ``rules``.
    document
        TOML.
    where
        What to call it in a refusal: the file's name.

    Returns
    -------
    tuple
        The document with its version, and whether that is new.

    Raises
    ------
    RefusedFileError
        When it is malformed.
    """
    parsed = PARSERS[kind](document, where)
    _lock(connection)
    newest = _newest(connection, kind).get(parsed.slug)
    if newest is not None and newest[1] == parsed.hash:
        return replace(parsed, version=newest[0]), False
    version = 1 + (newest[0] if newest else 0)
    _insert(connection, kind, document, replace(parsed, version=version), added_by, ready=False)
    return replace(parsed, version=version), True


def seed_ready(connection: Connection) -> int:
    """Keep the ready-made documents that are not kept yet; return how many that were.

    A ready-made document that changed becomes a new version, unless users have made its slug
    their own: their newest version stays the newest.
    """
    missing = _missing(connection)
    if missing:
        _lock(connection)
        missing = _missing(connection)  # others may have been here first
    for kind, document, parsed in missing:
        _insert(connection, kind, document, parsed, None, ready=True)
    return len(missing)


def ready_made() -> list[tuple[str, str, Parsed]]:
    """Read the documents that are shipped: kind, TOML and what it says, by kind and slug."""
    found = []
    for kind, folder in _FOLDERS.items():
        files = resources.files("geo_wealth.spend").joinpath("ready", folder).iterdir()
        for file in sorted(files, key=lambda entry: entry.name):
            if file.name.endswith(".toml"):
                document = file.read_text(encoding="utf-8")
                found.append((kind, document, PARSERS[kind](document, file.name)))
    return found


def _missing(connection: Connection) -> list[tuple[str, str, Parsed]]:
    newest = {kind: _newest(connection, kind) for kind in PARSERS}
    missing = []
    for kind, document, parsed in ready_made():
        version, hash_, ready = newest[kind].get(parsed.slug, (0, "", True))
        if ready and hash_ != parsed.hash:
            missing.append((kind, document, replace(parsed, version=version + 1)))
    return missing


def _newest(connection: Connection, kind: str) -> dict[str, tuple[int, str, bool]]:
    """Give version, hash and whether it is ready-made of the newest version of each slug."""
    rows = connection.execute(
        text("""
            SELECT DISTINCT ON (slug) slug, version, hash, ready_made FROM named_document
            WHERE kind = :kind ORDER BY slug, version DESC
        """),
        {"kind": kind},
    )
    return {row.slug: (row.version, row.hash, row.ready_made) for row in rows}


def _insert(
    connection: Connection,
    kind: str,
    document: str,
    parsed: Parsed,
    added_by: str | None,
    *,
    ready: bool,
) -> None:
    connection.execute(
        text("""
            INSERT INTO named_document
                (kind, slug, version, title, document, hash, ready_made, added_by)
            VALUES (:kind, :slug, :version, :title, :document, :hash, :ready, :added_by)
        """),
        {
            "kind": kind,
            "slug": parsed.slug,
            "version": parsed.version,
            "title": parsed.title,
            "document": document,
            "hash": parsed.hash,
            "ready": ready,
            "added_by": added_by,
        },
    )


def _lock(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
