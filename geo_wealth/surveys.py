"""Surveys for LM3: what suppliers or staff received, and how much of it they spent locally."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pandas as pd

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth import cells
from geo_wealth.cells import Row
from geo_wealth.errors import InvalidRequestError
from geo_wealth.layouts import LayoutMatch, from_mapping, open_known, shipped
from geo_wealth.names import name_key, payee_state
from geo_wealth.table import Table

COLUMNS = ("line", "respondent", "respondent_key", "received", "respent_local")

FIELDS = frozenset({"respondent", "received", "respent_local", "share_local"})
"""What a column of a file can be mapped to."""

WHO = ("suppliers", "staff")

_EXAMPLE = (
    "name = 'our-survey', then under [columns] the lines respondent = 'Supplier', "
    "received = 'Income from us', respent_local = 'Spent in the district' "
    "(or share_local = '% spent in the district')"
)
_HIDDEN = "(not shown)"


@dataclass(frozen=True, slots=True)
class SurveyFile:
    """The answers of one file.

    Attributes
    ----------
    layout
        Name of the layout or of the mapping file.
    answers
        Frame with :data:`COLUMNS`: ``line`` int64, ``received`` and ``respent_local`` exact
        pounds (Decimal) with 0 <= respent_local <= received; the rest text.
    """

    layout: str
    answers: pd.DataFrame


def read_survey(path: Path, who: str, log: IssueLog, mapping: Path | None = None) -> SurveyFile:
    """Read one round of a survey: who received how much, and spent how much of it locally.

    LM3 needs both in pounds (New Economics Foundation, *The Money Trail*, 2002). A share is
    turned into pounds: a cell with a percent sign is one of a hundred; the other shares of
    the file are parts of one when none is over 1, else of a hundred. Rows that lack a figure,
    or in which more is spent than was received, are rejected by line: unknown is not zero.

    Of staff nothing that could name them is kept: the line stands for the name, and no cell
    is shown in an issue.

    Parameters
    ----------
    path
        CSV or XLSX, in a layout of ``survey_layouts.toml``.
    who
        ``suppliers`` or ``staff``.
    log
        Where counts and issues go.
    mapping
        A TOML file that says which column is which; see :data:`FIELDS`.

    Raises
    ------
    RefusedFileError
        When the file or the mapping cannot be used.
    InvalidRequestError
        When ``who`` is neither.
    """
    if who not in WHO:
        raise InvalidRequestError("of", f"allowed are {', '.join(WHO)}; found {who!r}.")
    if mapping is None:
        layouts = shipped("survey_layouts.toml", FIELDS)
    else:
        layouts = (from_mapping(mapping, FIELDS, ("received",)),)
    table = open_known(path, layouts, FIELDS, _EXAMPLE).without_surplus()
    _refuse_without_columns(table, who)
    reader = _Reader(table.match, log, who == "staff")
    return SurveyFile(table.match.layout.name, reader.frame(table))


def _refuse_without_columns(table: Table[LayoutMatch], who: str) -> None:
    has = table.match.positions
    if "respondent" not in has and who == "suppliers":
        raise RefusedFileError(
            f"{table.file} has no column that says which supplier answered; add one named "
            "'Supplier', or name it with --mapping FILE.toml."
        )
    if "respent_local" not in has and "share_local" not in has:
        raise RefusedFileError(
            f"{table.file} has no column of what was spent locally, neither in pounds nor as a "
            "share; name it with --mapping FILE.toml."
        )


@dataclass(slots=True)
class _Reader:
    match: LayoutMatch
    log: IssueLog
    nameless: bool
    hundredths: bool = False
    seen: dict[str, int] = field(default_factory=dict)

    def frame(self, table: Table[LayoutMatch]) -> pd.DataFrame:
        """Read all answers, counting each row."""
        for kind, message in table.repairs:
            self.log.note(None, None, kind, None, message)
        width = len(self.match.names)
        for ragged in table.ragged:
            self.log.read += 1
            message = (
                f"The row has {len(ragged.cells)} fields and the header {width}; it was left out."
            )
            self._reject(ragged.line, None, "field-count", " | ".join(ragged.cells), message)
        answers = list(self._answers(table))
        self.hundredths = self._are_hundredths(answers)
        rows = [row for answer in answers if (row := self._row(answer)) is not None]
        self.log.loaded += len(rows)
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
            dict.fromkeys(COLUMNS[1:], object) | {"line": "int64"}
        )

    def _answers(self, table: Table[LayoutMatch]) -> Iterator[Row]:
        for batch in table.batches(10_000):
            self.log.read += len(batch)
            for index, line in enumerate(batch.lines):
                row = batch.row(index)
                found = {name: row[at[0]] for name, at in self.match.positions.items()}
                yield Row(int(line), found)

    def _are_hundredths(self, answers: list[Row]) -> bool:
        """Tell how the file writes shares, and say so."""
        plain = [_number(a.known("share_local")) for a in answers]
        values = [value for value in plain if value is not None]
        if not values:
            return False
        hundredths = any(value > 1 for value in values)
        meant = "hundredths: 40 is 40 %" if hundredths else "parts of one: 0.4 is 40 %"
        column = self.match.column("share_local")
        message = f"The shares of '{column}' were read as {meant}."
        self.log.note(None, column, "shares", None, message)
        return hundredths

    def _row(self, answer: Row) -> tuple[object, ...] | None:
        name = answer.known("respondent")
        if name is not None and name.lower() in {"total", "totals", "grand total"}:
            self.log.exclude("line of totals")
            return None
        received = self._pounds(answer, "received")
        if received is None:
            return None
        spent = self._spent(answer, received)
        if spent is None:
            return None
        if spent > received:
            message = "More was spent locally than was received; the row was left out."
            self._reject_cell(answer, self._spent_field(answer), "more-than-received", message)
            return None
        if self.nameless:
            return (answer.line, str(answer.line), str(answer.line), received, spent)
        return self._named(answer, name, received, spent)

    def _named(
        self, answer: Row, name: str | None, received: Decimal, spent: Decimal
    ) -> tuple[object, ...] | None:
        if name is None or payee_state(name) != "named":
            message = "The row does not say who answered; it was left out."
            self._reject_cell(answer, "respondent", "missing-respondent", message)
            return None
        if len(name) > cells.MAX_NAME:
            self._reject_cell(answer, "respondent", "name-too-long", cells.LONG_NAME)
            return None
        key = name_key(name)
        if key in self.seen:
            message = f"This supplier answered on line {self.seen[key]} too; both answers count."
            self.log.note(
                answer.line, self.match.column("respondent"), "answers-twice", name, message
            )
        self.seen.setdefault(key, answer.line)
        return (answer.line, name, key, received, spent)

    def _spent_field(self, answer: Row) -> str:
        """Give the pounds' column, unless it is empty and a share is there."""
        has = self.match.positions
        if "respent_local" not in has:
            return "share_local"
        empty = answer.known("respent_local") is None
        return "share_local" if empty and "share_local" in has else "respent_local"

    def _spent(self, answer: Row, received: Decimal) -> Decimal | None:
        if self._spent_field(answer) == "respent_local":
            return self._pounds(answer, "respent_local")
        text = answer.known("share_local")
        share = _share(text, hundredths=self.hundredths)
        if share is None or not 0 <= share <= 1:
            message = "There is no share from 0 to 100 % here; the row was left out."
            self._reject_cell(
                answer, "share_local", "missing-share" if text is None else "invalid-share", message
            )
            return None
        return received * share

    def _pounds(self, answer: Row, name: str) -> Decimal | None:
        value = cells.amount(answer.cells.get(name, ""))
        if value is None:
            kind = "missing-amount" if answer.known(name) is None else "invalid-amount"
            message = (
                "There is no amount of pounds here; unknown is not zero, so the row was left out."
            )
        elif value < 0:
            kind, message = "negative-amount", "An amount below zero; the row was left out."
        else:
            return value
        self._reject_cell(answer, name, kind, message)
        return None

    def _reject_cell(self, answer: Row, name: str, kind: str, message: str) -> None:
        column = self.match.column(name)
        self._reject(answer.line, column, kind, answer.cells.get(name), message)

    def _reject(
        self, line: int, column: str | None, kind: str, value: str | None, message: str
    ) -> None:
        shown = _HIDDEN if self.nameless else value
        self.log.reject(line, column, kind, shown, message)


def _number(text: str | None) -> Decimal | None:
    """Read a share that is written without a percent sign."""
    return None if text is None or text.endswith("%") else cells.amount(text)


def _share(text: str | None, *, hundredths: bool) -> Decimal | None:
    if text is None:
        return None
    percent = text.endswith("%")
    value = cells.amount(text.removesuffix("%"))
    if value is None:
        return None
    return value.scaleb(-2) if percent or hundredths else value
