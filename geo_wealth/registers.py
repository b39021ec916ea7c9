"""Registers of organisations and premises, in any known layout, to records with a place."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from boundaries.issues import IssueLog

KINDS = ("suppliers", "anchors", "vcse", "cooperatives", "business-rates", "employers")

COLUMNS = (
    "line",
    "ref",
    "name",
    "company_number",
    "charity_number",
    "form",
    "individual",
    "address_kind",
    "address",
    "postcode",
    "easting",
    "northing",
    "use",
    "rateable_value",
)


def read_register(
    path: Path, kind: str, log: IssueLog, mapping: Path | None = None
) -> Iterator[pd.DataFrame]:
    """Recognise a register and read it in chunks with :data:`COLUMNS`."""
    raise NotImplementedError
