"""Registers of land and buildings, in any known layout, to records with a place."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from boundaries.issues import IssueLog

COLUMNS = (
    "line",
    "owner",
    "ref",
    "uprn",
    "name",
    "address",
    "postcode",
    "easting",
    "northing",
    "use",
    "tenure",
    "occupation",
    "holding",
    "contact",
    "eligibility",
    "eligibility_reason",
)


def read_assets(
    path: Path, owner: str | None, log: IssueLog, mapping: Path | None = None
) -> Iterator[pd.DataFrame]:
    """Recognise an asset register and read it in chunks with :data:`COLUMNS`."""
    raise NotImplementedError
