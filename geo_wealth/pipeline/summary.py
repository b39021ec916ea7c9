"""The summary measures of an area made of LSOAs, with the population they were weighted by."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection

from boundaries.codes import INDEX, kind_of
from geo_wealth.deprivation import SummaryMeasures, summary
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.pipeline.words import index_name
from geo_wealth.queries import inputs, membership


@dataclass(frozen=True, slots=True)
class AreaSummary:
    """Summary measures of one area.

    ``denominator`` names the population; ``note`` says so when it is not the index's own.
    """

    code: str
    name: str
    index: str
    measures: SummaryMeasures
    denominator: str | None
    note: str | None

    def document(self) -> dict[str, Any]:
        """Give the JSON document of ``summary --json``."""
        measures = self.measures
        return {
            "area": self.code,
            "name": self.name,
            "index": self.index,
            "lsoas": measures.lsoas,
            "population": measures.population,
            "average_score": _round(measures.average_score, 3),
            "average_rank": _round(measures.average_rank, 2),
            "proportion_most_deprived": _round(measures.proportion_most_deprived, 4),
            "extent": _round(measures.extent, 4),
            "local_concentration": _round(measures.local_concentration, 2),
            "denominator": self.denominator,
            "note": self.note,
        }

    def sentences(self) -> list[str]:
        """Tell the measures to a person."""
        m = self.measures
        worst = round(m.proportion_most_deprived * m.lsoas)
        residents = "unknown" if m.population is None else f"{m.population:,}"
        lines = [
            f"{self.name} ({self.code}), {index_name(self.index)}",
            f"Neighbourhoods:            {m.lsoas}",
            f"Population:                {residents} ({self.denominator or 'none loaded'})",
            f"Average score:             {_shown(m.average_score, 3)}",
            f"Average rank:              {_shown(m.average_rank, 2)}",
            f"In the most deprived 10 %: {worst} of {m.lsoas} ({m.proportion_most_deprived:.4f})",
            f"Extent:                    {_shown(m.extent, 4)}",
            f"Local concentration:       {_shown(m.local_concentration, 2)}",
        ]
        return lines if self.note is None else [*lines, self.note]


def area_summary(connection: Connection, code: str, index: str) -> AreaSummary:
    """Work out the summary measures of a district, ward or single LSOA.

    Raises
    ------
    InvalidRequestError
        For an index that does not exist.
    NotFoundError
        When the area or its index is not loaded.
    """
    if index not in INDEX:
        raise InvalidRequestError("--index", f"allowed are {', '.join(INDEX)}; found {index!r}.")
    facts = INDEX[index]
    codes = _lsoas(connection, code, facts.vintage)
    scores = inputs.scores(connection, index, codes)
    known = [lsoa for lsoa in codes if lsoa in scores.score and lsoa in scores.rank]
    if not known:
        raise NotFoundError(f"{code}: {index} is not loaded for it.")
    measure, residents = membership.residents_of(connection, facts.vintage, known, prefer=index)
    counted = [lsoa for lsoa in known if lsoa in residents] or known
    measures = summary(
        np.array([scores.score[lsoa] for lsoa in counted]),
        np.array([scores.rank[lsoa] for lsoa in counted]),
        np.array([residents[lsoa] for lsoa in counted]) if residents else None,
        facts.areas,
    )
    return AreaSummary(
        code,
        _name(connection, code, facts.vintage),
        index,
        measures,
        measure,
        _note(index, measure, len(codes), len(counted)),
    )


def _lsoas(connection: Connection, code: str, vintage: int) -> list[str]:
    kind = kind_of(code)
    if kind == "lsoa":
        return [code]
    found = membership.members_of(connection, kind or "", code, vintage)
    if not found:
        raise NotFoundError(f"{code}: no {vintage} neighbourhood of this area is loaded.")
    return found


def _name(connection: Connection, code: str, vintage: int) -> str:
    if kind_of(code) == "lsoa":
        return membership.names(connection, vintage, [code]).get(code, code)
    if kind_of(code) == "lad":
        return membership.district_name(connection, code)
    return membership.ward_name(connection, code) or code


def _note(index: str, measure: str | None, lsoas: int, counted: int) -> str | None:
    notes = []
    if measure is None:
        notes.append(
            "No population is loaded for it, so only the proportion can be worked out: use "
            f"`geo-wealth load population FILE --vintage {INDEX[index].vintage}`."
        )
    elif measure != index:
        notes.append(
            f"Weighted by residents of {measure}, which are not the index's own denominators: "
            "figures that use population differ slightly from those published."
        )
    if counted < lsoas:
        notes.append(f"{lsoas - counted} of {lsoas} neighbourhoods lack a figure and are left out.")
    return " ".join(notes) or None


def _round(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)


def _shown(value: float | None, decimals: int) -> str:
    return "not known" if value is None else f"{value:,.{decimals}f}"
