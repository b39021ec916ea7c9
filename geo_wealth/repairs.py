"""Rows whose fields have moved: put right where it can be proved, else rejected by line."""

from collections.abc import Iterator

from boundaries.issues import IssueLog
from geo_wealth import cells
from geo_wealth.layouts import LayoutMatch
from geo_wealth.table import Ragged, Table


def put_right(table: Table[LayoutMatch], log: IssueLog) -> Table[LayoutMatch]:
    """Give the table with its ragged rows mended; those that cannot be are rejected.

    A row is mended by joining an address that an inner quotation mark broke into several
    cells, by inserting one or two empty cells at the layout's ``moves_at`` column, and by
    adding at most ``may_lack`` empty cells at the end; and only when after that its
    ``numbers`` columns hold numbers and its ``dates`` columns hold dates.
    """
    mended: list[Ragged] = []
    short = 0
    for row in table.ragged:
        found = next(_candidates(table.match, row), None)
        if found is None:
            log.read += 1
            log.reject(
                row.line,
                None,
                "field-count",
                " | ".join(row.cells),
                f"The row has {len(row.cells)} fields and the header {len(table.match.names)}; "
                "which are missing cannot be told, and the row was left out.",
            )
            continue
        mended.append(Ragged(row.line, found[0]))
        if found[1] is None:
            short += 1
        else:
            log.note(row.line, found[2], found[1], " | ".join(row.cells), _NOTES[found[1]])
    if short:
        log.note(
            None,
            table.match.names[-1],
            "short-rows",
            short,
            f"{short:,} rows end before the last column; what is missing was taken as empty.",
        )
    return table.with_rows(mended)


_NOTES = {
    "shifted-row": "An empty cell was missing here and the later ones had moved; put right.",
    "broken-quotes": "An inner quotation mark had broken the address apart; put right.",
}

Candidate = tuple[tuple[str, ...], str | None, str | None]


def _candidates(match: LayoutMatch, row: Ragged) -> Iterator[Candidate]:
    """Yield the ways to mend a row that pass: cells, kind of the note, column."""
    options = match.layout.options
    width = len(match.names)
    joined = _joined(match, row.cells)
    whole = joined or row.trimmed(width)
    kind, column = ("broken-quotes", match.column("address")) if joined else (None, None)
    at = match.position(options["moves_at"]) if "moves_at" in options else None
    for missing in (0, 1, 2) if at is not None else (0,):
        fixed = (*whole[:at], *[""] * missing, *whole[at:]) if missing else whole
        lacking = width - len(fixed)
        if not 0 <= lacking <= int(options.get("may_lack", 0)):
            continue
        full = fixed + ("",) * lacking
        if sound(match, full):
            moved = match.names[at] if at is not None and missing else column
            yield full, "shifted-row" if missing else kind, moved


def _joined(match: LayoutMatch, row: tuple[str, ...]) -> tuple[str, ...] | None:
    """Join the address from its cell with a stray quotation mark to the closing one."""
    where = match.positions.get("address")
    if where is None or where[0] >= len(row) or '"' not in row[where[0]]:
        return None
    start = where[0]
    for end in range(start + 1, len(row)):
        if row[end].endswith('"'):
            parts = [" ".join(cell.replace('"', " ").split()) for cell in row[start : end + 1]]
            return (*row[:start], ", ".join(filter(None, parts)), *row[end + 1 :])
    return None


def sound(match: LayoutMatch, row: tuple[str, ...]) -> bool:
    """Tell whether numbers and dates are where the layout has them."""
    options = match.layout.options
    numbers = [match.position(name) for name in options.get("numbers", [])]
    dates = [match.position(name) for name in options.get("dates", [])]
    return all(number_or_blank(row[at]) for at in numbers if at is not None) and all(
        cells.day(row[at]).kind in {"date", "blank", "impossible"} for at in dates if at is not None
    )


def number_or_blank(text: str) -> bool:
    """Tell whether a cell is empty or a number."""
    return cells.known(text) is None or cells.amount(text) is not None
