"""Boundary files to areas in EPSG:27700, with a generalised copy for maps."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaries.issues import IssueLog


@dataclass(frozen=True, slots=True)
class AreaBatch:
    """Some areas of one file; position i of every field is the same area.

    Attributes
    ----------
    codes, names
        GSS code and name.
    districts
        Code of the local authority district as the file has it; None where it does not say.
    geometries
        Valid MultiPolygons in EPSG:27700.
    generalised
        The same for maps: shared edges are simplified alike, the batch's outline is kept.
    """

    codes: list[str]
    names: list[str]
    districts: list[str | None]
    geometries: NDArray[np.object_]
    generalised: NDArray[np.object_]


def read_areas(
    path: Path, kind: str, vintage: int, log: IssueLog, batch: int = 1000
) -> Iterator[AreaBatch]:
    """Stream the areas of a boundary file."""
    raise NotImplementedError((path, kind, vintage, log, batch))
