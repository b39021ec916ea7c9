"""The job that loads an outcome: one series of one measure, never the index itself."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from boundaries.issues import IssueLog
from boundaries.sources import Source
from geo_wealth.cells import tidy
from geo_wealth.errors import InvalidRequestError, RefusedFileError
from geo_wealth.outcomes import NO_INDEX, OutcomeFile, check_measure, read_outcomes
from geo_wealth.pipeline.load import LoadJob
from geo_wealth.queries.outcomes import known_codes, likeness_to_index, same_outcomes
from geo_wealth.store.copy import copy_frame

VINTAGES = (2011, 2021)
_SAMPLE_LICENCE = "Sample data, invented; MIT"


def outcomes_job(
    path: Path,
    measure: str,
    vintage: int,
    unit: str | None = None,
    mapping: Path | None = None,
    *,
    sample: bool = False,
) -> LoadJob:
    """Load a measure by LSOA and period; a newer file of the same measure replaces an older.

    Raises
    ------
    InvalidRequestError
        For a measure without a name, or that is the index; for a vintage there is not.
    """
    name = check_measure(measure)
    if vintage not in VINTAGES:
        raise InvalidRequestError("--vintage", f"allowed are 2011 and 2021; found {vintage}.")

    def write(connection: Connection, dataset_id: int, log: IssueLog) -> dict[str, Any]:
        known = known_codes(connection, vintage)
        file = read_outcomes(path, vintage, log, unit, mapping, known)
        copy_frame(connection, "outcome", file.frame.assign(dataset_id=dataset_id))
        _refuse_index(connection, dataset_id, path.name)
        if not known.here:
            message = f"No LSOA of {vintage} is loaded yet, so the codes could not be checked."
            log.note(None, None, "codes-not-checked", None, message)
        same = same_outcomes(connection, dataset_id)
        return _findings(file) | {
            "replaces": [{"dataset": key, "current": current} for key, current in same]
        }

    said = {"measure": name, "unit": None if unit is None else tidy(unit), "vintage": vintage}
    return LoadJob(
        "outcomes",
        path,
        said | ({} if mapping is None else {"mapping": mapping.read_text(encoding="utf-8")}),
        _source(name, path, sample=sample),
        write,
        sample=sample,
    )


def _findings(file: OutcomeFile) -> dict[str, Any]:
    """Say what a series holds; ``incomplete`` are areas that lack a period."""
    counts = file.frame.groupby("code")["period"].size()
    return {
        "layout": file.layout,
        "unit": file.unit,
        "grain": file.grain,
        "periods": file.periods,
        "areas": len(counts),
        "incomplete": int((counts < len(file.periods)).sum()),
    }


def _refuse_index(connection: Connection, dataset_id: int, name: str) -> None:
    found = likeness_to_index(connection, dataset_id)
    if found is not None:
        raise RefusedFileError(
            f"{name} holds the figures of {found}, which are no outcome: {NO_INDEX}."
        )


def _source(measure: str, path: Path, *, sample: bool) -> Source:
    if sample:
        return Source(f"{measure} (sample data)", "Geo Wealth", None, _SAMPLE_LICENCE, None)
    return Source(f"{measure}, {path.stem}", None, None, None, None)
