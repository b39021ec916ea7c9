"""``geo-wealth definition`` and ``geo-wealth rules``: one set of commands for both."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from geo_wealth.commands.output import Json, print_json, print_table, say
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.errors import RefusedFileError
from geo_wealth.queries import membership
from geo_wealth.queries.named import NamedDocument, named_document, named_documents
from geo_wealth.spend import definition as definitions
from geo_wealth.spend import rules as rule_sets
from geo_wealth.spend.definition import Definition
from geo_wealth.spend.documents import MAX_LENGTH
from geo_wealth.spend.rules import RuleSet
from geo_wealth.spend.wording import definition_differences, describe_rules, rule_differences
from geo_wealth.store.named import PARSERS, add_document

_WHICH = "Its slug, or slug@2 for version 2."
Reference = Annotated[str, typer.Argument(metavar="SLUG", help=_WHICH)]
Old = Annotated[str, typer.Argument(metavar="OLD", help=_WHICH)]
New = Annotated[str, typer.Argument(metavar="NEW", help=_WHICH)]
By = Annotated[str | None, typer.Option("--by", help="Who adds it; kept beside it.")]
File = Annotated[Path, typer.Argument(help="A TOML file; the manual shows how it is written.")]
Toml = Annotated[bool, typer.Option("--toml", help="Print the document itself, to be changed.")]


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the two groups of commands."""

    kind: str
    command: str
    called: str
    plural: str
    example: str
    other: str


def commands(kind: Kind) -> typer.Typer:
    """Make the group of commands for one kind of document."""
    example = f"\n\nExample: geo-wealth {kind.command}"
    app = typer.Typer(help=f"{kind.plural}.{example} show {kind.example}", no_args_is_help=True)

    def add(file: File, by: By = None, *, as_json: Json = False) -> None:
        _add(kind, file, by, as_json=as_json)

    def list_(*, as_json: Json = False) -> None:
        _list(kind, as_json=as_json)

    def show(reference: Reference, *, toml: Toml = False, as_json: Json = False) -> None:
        _show(kind, reference, toml=toml, as_json=as_json)

    def diff(old: Old, new: New, *, as_json: Json = False) -> None:
        _diff(kind, old, new, as_json=as_json)

    for name, command, says, arguments in (
        ("add", add, f"Keep a {kind.called} as a new version.", "my.toml --by 'An officer'"),
        ("list", list_, f"List the {kind.called}s, every version.", "--json"),
        ("show", show, f"Say what a {kind.called} means.", kind.example),
        ("diff", diff, f"Say what two {kind.called}s differ in.", f"{kind.other} {kind.example}"),
    ):
        app.command(name, help=f"{says}{example} {name} {arguments}")(command)
    return app


def _add(kind: Kind, file: Path, by: str | None, *, as_json: bool) -> None:
    document = _read(file)
    PARSERS[kind.kind](document, file.name)  # refused before a database is started for it
    with open_database().begin() as connection:
        kept, new = add_document(connection, kind.kind, document, file.name, by)
    if as_json:
        print_json({"slug": kept.slug, "version": kept.version, "hash": kept.hash, "added": new})
    elif new:
        say(f"Added {kept.slug}@{kept.version} ({kept.hash}).")
    else:
        say(f"{kept.slug}@{kept.version} means the same ({kept.hash}): nothing was added.")


def _list(kind: Kind, *, as_json: bool) -> None:
    with reading(open_database()) as connection:
        kept = named_documents(connection, kind.kind)
    if as_json:
        print_json([_facts(document) for document in kept])
        return
    print_table(
        [(heading, "left") for heading in ("slug", "title", "hash", "from", "added")],
        [
            [
                f"{document.slug}@{document.version}",
                document.title,
                document.hash,
                _origin(document),
                f"{document.added_at:%Y-%m-%d}",
            ]
            for document in kept
        ],
    )


def _show(kind: Kind, reference: str, *, toml: bool, as_json: bool) -> None:
    with reading(open_database()) as connection:
        kept = named_document(connection, kind.kind, reference)
        parsed = _parsed(kept)
        words = _words(parsed, _names(connection, parsed))
    if as_json:
        meaning = json.loads(_canonical(parsed))
        print_json(
            {
                **_facts(kept),
                "about": parsed.about,
                "words": words,
                "meaning": meaning,
                "document": kept.document,
            }
        )
    elif toml:
        say(kept.document.rstrip("\n"))
    else:
        say(f"{kept.title} ({kept.slug}@{kept.version}, {_origin(kept)}, {kept.hash})")
        say("\n".join([parsed.about, *words] if parsed.about else words))


def _diff(kind: Kind, old: str, new: str, *, as_json: bool) -> None:
    with reading(open_database()) as connection:
        first, second = (
            _parsed(named_document(connection, kind.kind, reference)) for reference in (old, new)
        )
        names = {**_names(connection, first), **_names(connection, second)}
    lines = _differences(first, second, names)
    same = first.hash == second.hash
    if as_json:
        print_json(
            {"from": _identity(first), "to": _identity(second), "same": same, "differences": lines}
        )
    else:
        say("\n".join(lines) or f"{_reference(first)} and {_reference(second)} mean the same.")


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(4 * MAX_LENGTH + 1)  # four bytes a character at most
        return content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise RefusedFileError(f"{file.name}: there is no such file.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedFileError(
            f"{file.name} cannot be read as text; give the path of a TOML file in UTF-8."
        ) from error


def _parsed(kept: NamedDocument) -> Definition | RuleSet:
    return replace(PARSERS[kept.kind](kept.document, kept.slug), version=kept.version)


def _words(parsed: Definition | RuleSet, names: Mapping[str, str]) -> list[str]:
    if isinstance(parsed, Definition):
        return definitions.describe(parsed, names)
    return describe_rules(parsed)


def _canonical(parsed: Definition | RuleSet) -> str:
    if isinstance(parsed, Definition):
        return definitions.canonical(parsed)
    return rule_sets.canonical(parsed)


def _differences(
    first: Definition | RuleSet, second: Definition | RuleSet, names: Mapping[str, str]
) -> list[str]:
    if isinstance(first, Definition) and isinstance(second, Definition):
        return definition_differences(first, second, names)
    if isinstance(first, RuleSet) and isinstance(second, RuleSet):
        return rule_differences(first, second)
    raise TypeError("documents of two kinds cannot be compared")


def _names(connection: Connection, parsed: Definition | RuleSet) -> dict[str, str]:
    if isinstance(parsed, RuleSet):
        return {}
    return membership.district_names(connection, parsed.codes)


def _reference(parsed: Definition | RuleSet) -> str:
    return f"{parsed.slug}@{parsed.version}"


def _identity(parsed: Definition | RuleSet) -> dict[str, Any]:
    return {"slug": parsed.slug, "version": parsed.version, "hash": parsed.hash}


def _facts(kept: NamedDocument) -> dict[str, Any]:
    return {
        "slug": kept.slug,
        "version": kept.version,
        "title": kept.title,
        "hash": kept.hash,
        "ready_made": kept.ready_made,
        "added_by": kept.added_by,
        "added_at": kept.added_at,
    }


def _origin(kept: NamedDocument) -> str:
    return "ready-made" if kept.ready_made else kept.added_by or "not known who"
