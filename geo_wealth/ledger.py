"""Councils' payments ledgers, in any known layout, to exact, accounted payments."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from boundaries.issues import IssueLog

COLUMNS = (
    "line",
    "paid_on",
    "reference",
    "amount",
    "payee",
    "payee_state",
    "company_number",
    "charity_number",
    "payee_ref",
    "category",
    "department",
    "purpose",
    "channel",
)


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A ledger that has been recognised and can be read once.

    Attributes
    ----------
    layout
        Name of the layout in ``ledger_layouts.toml``, or of the mapping file given.
    title
        The layout in words.
    header
        The publisher's column names.
    chunks
        Payments in the order of the file, as frames with :data:`COLUMNS`.
    """

    layout: str
    title: str
    header: tuple[str, ...]
    chunks: Iterator[pd.DataFrame]


def read_ledger(
    path: Path, log: IssueLog, mapping: Path | None = None, *, chunk_rows: int = 100_000
) -> LedgerFile:
    """Recognise a ledger and read it in chunks."""
    raise NotImplementedError
