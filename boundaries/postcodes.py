"""Code-Point Open, the ONS postcode directories and plain lists of postcodes, streamed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from boundaries.issues import IssueLog


@dataclass(frozen=True, slots=True)
class PostcodeFile:
    """A file of postcodes.

    ``source`` is codepoint, ons or csv. Each chunk has columns postcode (canonical), easting
    and northing (float, NaN unknown), quality (Int64), lad, ward, lsoa11, lsoa21 (str or
    missing), introduced and terminated (Int64, yyyymm).
    """

    source: str
    chunks: Iterator[pd.DataFrame]


def read_postcodes(path: Path, log: IssueLog) -> PostcodeFile:
    """Open a file of postcodes."""
    raise NotImplementedError((path, log))
