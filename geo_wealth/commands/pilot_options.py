"""Options of a proposal, and lists of areas read from a file."""

import re
from pathlib import Path
from typing import Annotated

import typer

from geo_wealth.errors import InvalidRequestError, RefusedFileError
from geo_wealth.evaluation.request import POOLS

Areas = Annotated[list[str] | None, typer.Option("--area", help="Code of an LSOA; again for each.")]
AreasFile = Annotated[Path | None, typer.Option("--areas", help="A file with a code on each line.")]
Cap = Annotated[int, typer.Option("--cap", help="Most residents it may have.")]
Across = Annotated[str, typer.Option("--across", help="Longest straight line in metres, or any.")]
Include = Annotated[
    list[str] | None, typer.Option("--include", help="An LSOA that must be in; again for each.")
]
Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", help="An LSOA that must be out; again for each.")
]
Within = Annotated[
    str | None, typer.Option("--within", help="A ward's code, or town:DEWSBURY, to stay in.")
]
Matches = Annotated[int, typer.Option("--matches", help="Comparison areas to each pilot area.")]
Pool = Annotated[str, typer.Option("--pool", help=f"Where they may be: {', '.join(POOLS)}.")]
History = Annotated[
    list[str] | None, typer.Option("--history", help="A measure whose past they match too.")
]
Outcomes = Annotated[
    list[str] | None, typer.Option("--outcome", help="A measure it is judged by; again for each.")
]
Definition = Annotated[str, typer.Option("--definition", help="Definition of local.")]
Rules = Annotated[str, typer.Option("--rules", help="What counts as spend.")]
Draws = Annotated[int, typer.Option("--draws", help="How many weightings.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed, the same answer.")]

_CODE = re.compile(r"[EW]01\d{6}")
_LONGEST = 200_000


def metres(text: str) -> float | None:
    """Read metres; None for any length.

    Raises
    ------
    InvalidRequestError
        When it is neither.
    """
    if text == "any":
        return None
    try:
        return float(text)
    except ValueError:
        raise InvalidRequestError(
            "--across", f"write metres, such as 2400, or any; found {text!r}."
        ) from None


def codes_given(area: list[str] | None, file: Path | None) -> tuple[str, ...]:
    """Give the areas named one by one, or in a file; none when neither is given.

    Raises
    ------
    InvalidRequestError
        When both are.
    RefusedFileError
        For a file that is no list of codes.
    """
    if area and file:
        raise InvalidRequestError("--areas", "give either --area or --areas, and not both.")
    if file is not None:
        return _read(file)
    return tuple(code.strip().upper() for code in area or ())


def _read(file: Path) -> tuple[str, ...]:
    """Read the first cell of each line; a heading may stand in the first."""
    try:
        text = file.read_bytes()[:_LONGEST].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedFileError(f"{file}: this is no list of codes ({error}).") from error
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        cell = re.split(r"[,;\t]", line)[0].strip().strip('"')
        if _CODE.fullmatch(cell):
            found.append(cell)
        elif cell and number > 1:
            raise RefusedFileError(
                f"{file}, line {number}: {cell[:40]!r} is no code of an LSOA, such as E01011130."
            )
    if not found:
        raise RefusedFileError(f"{file}: it names no LSOA; write a code on each line.")
    return tuple(found)
