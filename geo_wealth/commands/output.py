"""How results are printed: one JSON document, or text for people."""

import csv
import io
import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from geo_wealth.errors import SetupError

# Control characters, and those that turn the direction of text: a terminal obeys them.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def print_json(document: Any) -> None:
    """Print a document as JSON on standard output."""
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")


def printable(text: str) -> str:
    """Take out what a terminal would obey: publishers' names are printed, not run."""
    return _CONTROLS.sub("", text)


def say(text: str, *, err: bool = False) -> None:
    """Print text for people, on standard output or error."""
    typer.echo(printable(text), err=err)


def print_table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; each column has a heading and is justified ``left`` or ``right``."""
    table = Table(box=None, pad_edge=False)
    for heading, justify in columns:
        table.add_column(heading, justify="right" if justify == "right" else "left")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    console.print(table)


def write_text(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all, saying so on standard error."""
    write_whole(path, content)
    say(f"Wrote {path}.", err=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; text as UTF-8, its line ends as they are.

    Raises
    ------
    SetupError
        When the folder is absent or may not be written, or the disk is full.
    """
    check_place(path)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(content if isinstance(content, bytes) else content.encode())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SetupError(
            f"{path} cannot be written ({error.strerror}): name a file elsewhere."
        ) from error


def check_place(path: Path) -> None:
    """Refuse a file whose folder cannot take it, before any work is done for it.

    Raises
    ------
    SetupError
        When the folder is absent or may not be written, or the path is a folder itself.
    """
    if path.is_dir():
        raise SetupError(f"{path} is a folder: name a file in it.")
    if not path.parent.is_dir():
        raise SetupError(f"The folder {path.parent} does not exist: make it first.")
    if not os.access(path.parent, os.W_OK):
        raise SetupError(f"The folder {path.parent} may not be written: name a file elsewhere.")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write CSV whose cells no spreadsheet takes for a formula; numbers stay numbers."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def safe_cell(value: Any) -> Any:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Numbers, and text that is a number such as ``-12.50``, are left alone.
    """
    if not isinstance(value, str) or not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def _plain(cell: str) -> str:
    """Keep what a publisher wrote from being taken for rich's mark-up, or for the terminal's."""
    return printable(cell).replace("[", "\\[")
