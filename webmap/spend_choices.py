"""What the form about spend offers: payers, definitions and rule sets with their versions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from geo_wealth.memory import Memory
from geo_wealth.pipeline.spend import book_key
from geo_wealth.queries import named
from geo_wealth.queries.book import read_book
from webmap.addresses import address
from webmap.params import Values
from webmap.spend_params import query_of
from webmap.spend_view import years_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a select: what the address takes, and what people read."""

    value: str
    text: str
    chosen: bool = False


def payers(conn: Connection) -> tuple[str, ...]:
    """List whose ledgers are loaded, by name."""
    return tuple(sorted({ledger.payer for ledger in read_book(conn).ledgers}))


def form(conn: Connection, values: Values) -> dict[str, Any]:
    """Gather what a form about spend offers, and what of it is chosen."""
    return {
        "values": values,
        "known_payers": payers(conn),
        "definitions": choices(conn, "definition", values["definition"]),
        "rule_sets": choices(conn, "rules", values["rules"]),
    }


_YEARS: Memory[list[tuple[str, date, date]]] = Memory(size=32)
DEFAULT_LAB = ("kirklees", "kirklees-registered-office", "west-yorkshire")


def lab_fixed(conn: Connection, values: Values) -> Values:
    """Name the versions that the address of a lab means; some definitions where it names none."""
    documents = named.named_documents(conn, "definition")
    known = {each.slug for each in documents}
    asked = values["definition"] or tuple(slug for slug in DEFAULT_LAB if slug in known)
    return {
        **values,
        "definition": tuple(
            reference_to(named.named_document(conn, "definition", each)) for each in asked
        ),
        "rules": reference_to(named.named_document(conn, "rules", values["rules"])),
    }


def lab_form(conn: Connection, values: Values) -> dict[str, Any]:
    """Gather what the form of a lab offers: several definitions at once."""
    asked = values["definition"]
    newest = {each.slug: each for each in reversed(named.named_documents(conn, "definition"))}
    listed = dict.fromkeys([*map(reference_to, newest.values()), *asked])
    offered = [named.named_document(conn, "definition", each) for each in listed]
    return {
        "values": values,
        "known_payers": payers(conn),
        "definitions": [
            Choice(
                reference_to(each),
                f"{each.title} (version {each.version})",
                reference_to(each) in asked,
            )
            for each in sorted(offered, key=lambda each: (each.title, -each.version))
        ],
        "rule_sets": choices(conn, "rules", values["rules"]),
    }


def years(conn: Connection, endpoint: str, values: Values) -> list[tuple[str, str, bool]]:
    """Link the page for all time and for each financial year: name, address, whether shown."""
    asked = (values["from"], values["to"])
    book = read_book(conn, values["dataset"] or None)
    payers_ = values["payer"]
    key = (*book_key(conn, book), payers_)
    known = _YEARS.recall(key, lambda: years_of(book, payers_))
    spans = [("all", None, None), *known]
    return [
        (name, address(endpoint, query_of(values, from_=first, to=last)), asked == (first, last))
        for name, first, last in spans
    ]


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
