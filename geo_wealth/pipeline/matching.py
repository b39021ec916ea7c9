"""Decisions on matches: read from a file, checked whole, kept, and used at once."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from geo_wealth.errors import RefusedFileError
from geo_wealth.names import company_number
from geo_wealth.queries.matching import ReviewRow, known_organisations, known_payees
from geo_wealth.store.datasets import lock_loads
from geo_wealth.store.decisions import Verdict, add_verdicts, check_person, undo
from geo_wealth.store.derive import match_payees

COLUMNS = (
    "verdict",
    "note",
    "payee",
    "organisation",
    "pounds",
    "payments",
    "registers",
    "postcodes",
    "stage",
    "score",
    "reason",
    "payee_key",
    "payee_number",
    "organisation_key",
    "organisation_number",
)
"""Of the review list as CSV; a person fills in ``verdict`` and may fill in ``note``."""

_NEEDED = ("verdict", "payee_key", "payee_number", "organisation_key", "organisation_number")
_VERDICTS = ("accept", "reject")
_LARGEST = 50_000_000
_LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a file of decisions.

    Attributes
    ----------
    added
        Numbers of the new decisions.
    known
        How many rows said what was decided already.
    open
        How many rows have no verdict yet.
    """

    added: tuple[int, ...]
    known: int
    open: int


def review_cells(row: ReviewRow) -> tuple[object, ...]:
    """Give the cells of one row of the review list, in the order of :data:`COLUMNS`."""
    return (
        "",
        "",
        row.payee,
        row.organisation,
        str(row.pounds),
        row.payments,
        "; ".join(row.registers),
        "; ".join(row.postcodes),
        row.stage,
        row.score,
        row.reason,
        row.payee_key,
        row.payee_number or "",
        row.organisation_key,
        row.organisation_number or "",
    )


def decide(engine: Engine, path: Path, by: str) -> Decided:
    """Take a reviewed list, keep its verdicts, and match those payees anew.

    All of the file counts or nothing does.

    Raises
    ------
    RefusedFileError
        When the file or a row of it cannot be used; the sentence names line and field.
    InvalidRequestError
        When ``by`` is no name.
    """
    person = check_person(by)
    rows, open_ = _read(path)
    with engine.begin() as connection:
        lock_loads(connection)
        _check(connection, path, rows)
        verdicts = [verdict for _, verdict in rows]
        added = add_verdicts(connection, verdicts, person)
        match_payees(connection)
    return Decided(tuple(added), len(verdicts) - len(added), open_)


def undo_decision(engine: Engine, decision: int, by: str) -> None:
    """Undo a decision and match its payee anew.

    Raises
    ------
    NotFoundError
        When there is no such decision, or it was undone before.
    InvalidRequestError
        When ``by`` is no name.
    """
    person = check_person(by)
    with engine.begin() as connection:
        lock_loads(connection)
        undo(connection, decision, person)
        match_payees(connection)


def _read(path: Path) -> tuple[list[tuple[int, Verdict]], int]:
    """Read the verdicts with their lines, and count the rows that have none yet."""
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    rows: list[tuple[int, Verdict]] = []
    open_ = 0
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(path, header)
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                verdict = _verdict(path, line, header, cells)
                if verdict is None:
                    open_ += 1
                else:
                    rows.append((line, verdict))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RefusedFileError(
            f"{path.name}, line {reader.line_num}: not CSV ({error}); save the list as CSV again."
        ) from error
    _refuse_contradictions(path, rows)
    return rows, open_


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise RefusedFileError(f"{path.name} is larger than any list of matches to review.")
        content = path.read_bytes()
    except OSError as error:
        raise RefusedFileError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RefusedFileError(
            f"{path.name}, line {line}: not in UTF-8; save the list as “CSV UTF-8”."
        ) from error
    if "\0" in decoded:
        line = decoded[: decoded.index("\0")].count("\n") + 1
        raise RefusedFileError(
            f"{path.name}, line {line}: holds a NUL; save the list as CSV again."
        )
    return decoded


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise RefusedFileError(
            f"{path.name}, line 1: the column {missing[0]} is missing; use the file that "
            "`geo-wealth match review --csv FILE` writes, and fill in verdict."
        )
    twice = sorted({name for name in header if name in COLUMNS and header.count(name) > 1})
    if twice:
        raise RefusedFileError(
            f"{path.name}, line 1: the column {twice[0]} stands there twice; keep one of them."
        )


def _verdict(path: Path, line: int, header: list[str], cells: list[str]) -> Verdict | None:
    if len(cells) != len(header):
        raise RefusedFileError(
            f"{path.name}, line {line}: {len(cells)} cells where the header has {len(header)}; "
            "save the list as CSV again."
        )
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    said = row["verdict"].lower()
    if not said:
        return None
    if said not in _VERDICTS:
        raise _refused(path, line, "verdict", row["verdict"], "write accept, reject or nothing")
    note = row.get("note", "")
    if len(note) > _LONGEST_NOTE:
        raise _refused(
            path, line, "note", note, f"write at most {_LONGEST_NOTE:,} characters there"
        )
    return Verdict(
        row["payee_key"],
        _number(path, line, "payee_number", row),
        row["organisation_key"],
        _number(path, line, "organisation_number", row),
        said,
        note or None,
    )


def _number(path: Path, line: int, field: str, row: dict[str, str]) -> str | None:
    """Read a company number, zeros that a spreadsheet took away given back."""
    if not row[field]:
        return None
    number = company_number(row[field])
    if number is None:
        raise _refused(path, line, field, row[field], "that is no company number")
    return number


def _refuse_contradictions(path: Path, rows: list[tuple[int, Verdict]]) -> None:
    said: dict[tuple[str | None, ...], tuple[int, str]] = {}
    for line, verdict in rows:
        pair = (
            verdict.payee_key,
            verdict.payee_number,
            verdict.organisation_key,
            verdict.organisation_number,
        )
        first, other = said.setdefault(pair, (line, verdict.verdict))
        if other != verdict.verdict:
            raise RefusedFileError(
                f"{path.name}, line {line}, verdict: {verdict.verdict}, but line {first} says "
                f"{other} of the same payee and organisation; decide for one."
            )


def _check(connection: Connection, path: Path, rows: list[tuple[int, Verdict]]) -> None:
    """Refuse names that nobody has, and a payee with another company number."""
    payees = known_payees(connection, {verdict.payee_key for _, verdict in rows})
    organisations = known_organisations(
        connection, {verdict.organisation_key for _, verdict in rows}
    )
    for line, verdict in rows:
        if verdict.payee_key not in payees:
            advice = "no payee that may be matched has that name key; leave the cell as it came"
            raise _refused(path, line, "payee_key", verdict.payee_key, advice)
        if verdict.organisation_key not in organisations:
            advice = "no organisation in the registers has that name key; leave the cell as it came"
            raise _refused(path, line, "organisation_key", verdict.organisation_key, advice)
        for field, number, known in (
            ("payee_number", verdict.payee_number, payees[verdict.payee_key]),
            (
                "organisation_number",
                verdict.organisation_number,
                organisations[verdict.organisation_key],
            ),
        ):
            if number is not None and number not in known:
                raise _refused(path, line, field, number, "nobody of that name has that number")
        mine, theirs = verdict.payee_number, verdict.organisation_number
        if verdict.verdict == "accept" and mine and theirs and mine != theirs:
            advice = f"the payee's is {mine}, and two company numbers are never one organisation"
            raise _refused(path, line, "organisation_number", theirs, advice)


def _refused(path: Path, line: int, field: str, value: str, advice: str) -> RefusedFileError:
    shown = value if len(value) <= 60 else f"{value[:60]}…"
    return RefusedFileError(f"{path.name}, line {line}, {field}: “{shown}”: {advice}.")


def lines_of(decided: Decided) -> Iterator[str]:
    """Say in words what came of a file of decisions."""
    added = decided.added
    if len(added) > 1:
        yield f"{len(added):,} decisions kept: {added[0]} to {added[-1]}."
    else:
        yield f"Decision {added[0]} kept." if added else "No new decision."
    if decided.known:
        yield f"Decided so already: {decided.known:,}."
    if decided.open:
        yield f"Without a verdict yet: {decided.open:,}."
