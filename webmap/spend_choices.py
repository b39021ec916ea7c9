"""What the form about spend offers: payers, definitions and rule sets with their versions."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from boundaries.codes import kind_of
from geo_wealth.queries import membership, named
from geo_wealth.queries.book import read_book
from geo_wealth.spend.definition import Definition, describe
from webmap.params import Values


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a select: what the address takes, and what people read."""

    value: str
    text: str
    chosen: bool = False


def payers(conn: Connection) -> tuple[str, ...]:
    """List whose ledgers are loaded, by name."""
    return tuple(sorted({ledger.payer for ledger in read_book(conn).ledgers}))


def choices(conn: Connection, kind: str, reference: str) -> list[Choice]:
    """List a kind of document, newest versions only, and the one chosen whatever its version."""
    chosen = named.named_document(conn, kind, reference)
    newest: dict[str, named.NamedDocument] = {}
    for document in named.named_documents(conn, kind):
        newest.setdefault(document.slug, document)
    listed = [*newest.values()]
    if chosen not in listed:
        listed.append(chosen)
    return [
        Choice(reference_to(each), f"{each.title} (version {each.version})", each == chosen)
        for each in sorted(listed, key=lambda each: (each.title, -each.version))
    ]


def fixed(conn: Connection, values: Values) -> Values:
    """Name the versions that an address means: what depends on them may change without it."""
    return {
        **values,
        "definition": reference_to(named.named_document(conn, "definition", values["definition"])),
        "rules": reference_to(named.named_document(conn, "rules", values["rules"])),
    }


def reference_to(document: named.NamedDocument) -> str:
    """Write ``slug@version``."""
    return f"{document.slug}@{document.version}"


def definition_words(conn: Connection, definition: Definition) -> tuple[list[str], list[str]]:
    """Say what a definition counts: sentences, and the tests of which any makes it local."""
    districts = [code for code in definition.codes if kind_of(code) == "lad"]
    told = describe(definition, membership.district_names(conn, districts))
    return _split(told)


def _split(told: Iterable[str]) -> tuple[list[str], list[str]]:
    sentences, tests = [], []
    for line in told:
        if line.startswith("- "):
            tests.append(line.removeprefix("- "))
        else:
            sentences.append(line)
    return sentences, tests
