"""Check a pack: its files, its figures worked out again, its tables, its log."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from geo_wealth.evidence import SECTIONS
from geo_wealth.evidence.section import canonical
from geo_wealth.pack.apart import BROKEN, Work, here, reason_of
from geo_wealth.pack.bundle import HTML, PDF, made_of_evidence
from geo_wealth.pack.differences import Difference, differences, shown
from geo_wealth.pack.joined import joined
from geo_wealth.pack.reading import EVIDENCE, MANIFEST, Pack
from geo_wealth.pack.record import frozen_hash, record_faults

Renderer = Callable[[Mapping[str, Any], Mapping[str, Any]], str]
"""Draws decision.html of evidence and record."""

_MOST = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of checking a pack.

    Attributes
    ----------
    agreed
        What was checked and holds, a sentence each.
    notes
        What could not be checked, and why.
    found
        What differs; at most 200 are told for each file.
    """

    slug: str
    title: str
    state: str
    evidence_hash: str
    agreed: tuple[str, ...]
    notes: tuple[str, ...]
    found: tuple[Difference, ...]


def verify(
    pack: Pack,
    version: str,
    render: Renderer | None = None,
    worker: Callable[[Mapping[str, Any]], Work] = here,
) -> Verdict:
    """Check everything in a pack that can be checked without a database.

    Parameters
    ----------
    version
        Of this programme: prose written by another is not compared, figures always are.
    render
        Draws decision.html again; None where the part that draws is missing.
    worker
        Works sections out: :func:`geo_wealth.pack.apart.apart` for packs from elsewhere.
    """
    found: list[Difference] = []
    agreed: list[str] = []
    notes: list[str] = []
    told = _told(pack, version, render, worker(_sections(pack)), notes)
    for file, sentence, look in told:
        wrong = list(_first(_guarded(file, look)))
        found += wrong
        if not wrong:
            agreed.append(sentence)
    pilot, plan = pack.manifest.get("pilot"), pack.evidence.get("plan")
    return Verdict(
        slug=_text(pilot, "slug"),
        title=_text(plan, "title"),
        state=_text(pilot, "state"),
        evidence_hash=_hash(pack.files[EVIDENCE]),
        agreed=tuple(agreed),
        notes=tuple(notes),
        found=tuple(dict.fromkeys(found)),
    )


Look = Callable[[], Iterator[Difference]]


def _told(
    pack: Pack, version: str, render: Renderer | None, work: Work, notes: list[str]
) -> list[tuple[str, str, Look]]:
    """List what is looked at: the file, what is said when it holds, and how."""
    looks: list[tuple[str, str, Look]] = [
        (MANIFEST, "Every file has the sha256 that the manifest gives.", lambda: _files(pack)),
        (EVIDENCE, "The evidence has the hash that the log names.", lambda: _hashes(pack)),
        (MANIFEST, _log_sentence(pack), lambda: _log(pack)),
        (EVIDENCE, "The sections rest on one plan and one ranking.", lambda: joined(pack.evidence)),
    ]
    looks += [
        (
            EVIDENCE,
            f"Every figure of the {name} section comes out again.",
            _worked_out(pack, name, work),
        )
        for name in SECTIONS
        if name in _sections(pack)
    ]
    same = _text(pack.evidence.get("programme"), "version") == version
    looks.append((EVIDENCE, "The tables follow from the evidence.", lambda: _tables(pack, same)))
    if not same:
        notes.append(
            "The pack was made by another version of the programme: its figures are compared, "
            f"the wording of README.txt and {HTML} is not."
        )
    if HTML in pack.files and same and render is not None:
        draw = render
        looks.append((HTML, f"{HTML} follows from the evidence.", lambda: _page(pack, draw)))
    elif HTML in pack.files and same:
        notes.append(f"{HTML} was not drawn again: the part that draws is missing here.")
    if PDF in pack.files:
        notes.append(
            f"{PDF} is compared by its sha256 alone: fonts make it differ from machine to "
            f"machine. It is made of {HTML}."
        )
    return looks


def _guarded(file: str, look: Look) -> Iterator[Difference]:
    """Look, and take what cannot be worked out at all for a difference."""
    try:
        yield from look()
    except BROKEN as error:
        yield Difference(file, "", "evidence", f"cannot be worked out: {shown(reason_of(error))}")


def _first(found: Iterator[Difference]) -> Iterator[Difference]:
    for number, each in enumerate(found):
        if number >= _MOST:
            return
        yield each


def _files(pack: Pack) -> Iterator[Difference]:
    listed: Mapping[str, Any] = pack.manifest["files"]
    for name in sorted({*listed, *pack.files} - {MANIFEST}):
        said = listed[name]["sha256"] if name in listed else "nothing"
        is_here = name in pack.files
        found = _hash(pack.files[name]) if is_here else "no such file"
        if said != found:
            yield Difference(name, "sha256", shown(said), found)
        elif listed[name]["bytes"] != len(pack.files[name]):
            size = str(len(pack.files[name]))
            yield Difference(name, "bytes", shown(listed[name]["bytes"]), size)


def _hashes(pack: Pack) -> Iterator[Difference]:
    found = _hash(pack.files[EVIDENCE])
    said = {
        "evidence_hash": pack.manifest.get("evidence_hash"),
        "pilot.events: evidence": frozen_hash(pack.manifest["pilot"]),
    }
    for path, each in said.items():
        if each != found:
            yield Difference(MANIFEST, path, shown(each), found)
    if canonical(pack.evidence) != pack.files[EVIDENCE]:
        yield Difference(EVIDENCE, "", "canonical JSON", "the same written in another way")


def _log_sentence(pack: Pack) -> str:
    pilot = pack.manifest.get("pilot")
    named = isinstance(pilot, dict) and pilot.get("with_names")
    chained = "; each event has its hash" if named else " (without names it carries no hashes)"
    return f"The log of the pilot is in order{chained}."


def _log(pack: Pack) -> Iterator[Difference]:
    record = pack.manifest["pilot"]
    for sentence in record_faults(record):
        yield Difference(MANIFEST, "pilot.events", "as written", sentence)
    yield from differences(
        MANIFEST,
        {name: pack.manifest[name] for name in ("title", "sample", "made_by")}
        | {"slug": record["slug"]},
        {
            "title": pack.evidence["plan"]["title"],
            "sample": pack.evidence["sample"],
            "made_by": pack.evidence["programme"],
            "slug": pack.evidence["plan"]["slug"],
        },
    )


def _sections(pack: Pack) -> Mapping[str, Any]:
    sections = pack.evidence.get("sections")
    return sections if isinstance(sections, dict) else {}


def _worked_out(pack: Pack, name: str, work: Work) -> Look:
    def look() -> Iterator[Difference]:
        said = pack.evidence["sections"][name]["results"]
        yield from differences(EVIDENCE, said, work(name), f"sections.{name}.results")

    return look


def _tables(pack: Pack, same_version: bool) -> Iterator[Difference]:
    made = made_of_evidence(pack.evidence, pack.manifest["pilot"])
    for name, data in made.items():
        said = pack.files.get(name)
        if said is None:
            yield Difference(name, "", "no such file", "it follows from the evidence")
        elif said != data and name.endswith(".csv"):
            yield from _cells(name, said, data)
        elif said != data and (same_version or not name.endswith(".txt")):
            yield _line(name, said, data)


def _cells(name: str, said: bytes, found: bytes) -> Iterator[Difference]:
    """Name the cells in which two tables differ."""
    ours, theirs = _rows(found), _rows(said)
    header = ours[0] if ours else []
    some = False
    for line in range(max(len(ours), len(theirs))):
        one, other = _at(theirs, line), _at(ours, line)
        for place in range(max(len(one), len(other))):
            cell, expected = (row[place] if place < len(row) else "nothing" for row in (one, other))
            if cell != expected:
                some = True
                column = header[place] if place < len(header) else f"column {place + 1}"
                where = f"line {line + 1}, {column}"
                yield Difference(name, where, shown(cell), shown(expected))
    if not some:
        yield _line(name, said, found)


def _rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(_decoded(data), newline="")))


def _at(rows: list[list[str]], line: int) -> list[str]:
    return rows[line] if line < len(rows) else []


def _line(name: str, said: bytes, found: bytes) -> Difference:
    """Name the first line in which two texts differ."""
    lines = zip_longest(
        _decoded(said).split("\n"), _decoded(found).split("\n"), fillvalue="nothing"
    )
    for number, (one, other) in enumerate(lines, start=1):
        if one != other:
            at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
            start = max(0, at - 20)
            return Difference(name, f"line {number}", shown(one[start:]), shown(other[start:]))
    return Difference(name, "", "other bytes", "the same text")


def _page(pack: Pack, render: Renderer) -> Iterator[Difference]:
    drawn = render(pack.evidence, pack.manifest["pilot"]).encode()
    if drawn != pack.files[HTML]:
        yield _line(HTML, pack.files[HTML], drawn)


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _text(document: Any, name: str) -> str:
    value = document.get(name) if isinstance(document, dict) else None
    return value if isinstance(value, str) else "not known"
