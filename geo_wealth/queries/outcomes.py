"""Series of outcomes by LSOA: which are loaded, what they hold, and what they must not be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from geo_wealth.errors import NotFoundError
from geo_wealth.outcomes import Known

_LEAST = 10
"""Areas of a period that must agree with the index before a file is taken for it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A series that is current.

    Attributes
    ----------
    grain
        Year, quarter, financial year or month; see :mod:`geo_wealth.periods`.
    periods
        In order of time.
    areas
        How many LSOAs it has a value for, in any period.
    """

    dataset: str
    measure: str
    unit: str
    vintage: int
    grain: str
    periods: tuple[str, ...]
    areas: int
    sample: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """Values of n areas in t periods: (n, t), NaN where there is none."""

    codes: tuple[str, ...]
    periods: tuple[str, ...]
    values: NDArray[np.float64]


def outcomes(connection: Connection, vintage: int | None = None) -> list[Outcome]:
    """List the series that are current, by name."""
    rows = connection.execute(
        text("""
            SELECT key, parameters ->> 'measure' AS measure, report ->> 'unit' AS unit,
                CAST(parameters ->> 'vintage' AS integer) AS vintage,
                report ->> 'grain' AS grain, report -> 'periods' AS periods,
                CAST(report ->> 'areas' AS integer) AS areas, sample
            FROM dataset WHERE kind = 'outcomes' AND state = 'current'
              AND (CAST(:vintage AS integer) IS NULL
                   OR parameters ->> 'vintage' = CAST(:vintage AS text))
            ORDER BY lower(parameters ->> 'measure'), vintage, key
        """),
        {"vintage": vintage},
    ).all()
    return [
        Outcome(
            dataset=row.key,
            measure=row.measure,
            unit=row.unit,
            vintage=row.vintage,
            grain=row.grain,
            periods=tuple(row.periods),
            areas=row.areas,
            sample=row.sample,
        )
        for row in rows
    ]


def outcome_of(connection: Connection, measure: str, vintage: int) -> Outcome:
    """Find a series by its name, in any case.

    Raises
    ------
    NotFoundError
        When none of that name is loaded for LSOAs of this vintage.
    """
    known = outcomes(connection, vintage)
    wanted = " ".join(measure.split()).lower()
    found = next((each for each in known if each.measure.lower() == wanted), None)
    if found is None:
        listed = ", ".join(repr(each.measure) for each in known) or "none"
        raise NotFoundError(
            f"No outcome {measure!r} is loaded for LSOAs of {vintage} (loaded: {listed}); load "
            f"one with `geo-wealth load outcomes FILE --measure NAME --vintage {vintage}`."
        )
    return found


def panel(connection: Connection, outcome: Outcome, codes: Sequence[str]) -> Panel:
    """Read the values of some LSOAs; those without any are rows of NaN."""
    rows = connection.execute(
        text("""
            SELECT o.code, o.period, o.value FROM outcome o
            JOIN dataset d ON d.id = o.dataset_id
            WHERE d.key = :key AND o.code = ANY(:codes)
        """),
        {"key": outcome.dataset, "codes": list(codes)},
    ).all()
    at_code = {code: place for place, code in enumerate(codes)}
    at_period = {period: place for place, period in enumerate(outcome.periods)}
    values = np.full((len(codes), len(outcome.periods)), np.nan)
    for row in rows:
        values[at_code[row.code], at_period[row.period]] = row.value
    return Panel(tuple(codes), outcome.periods, values)


def known_codes(connection: Connection, vintage: int) -> Known:
    """Say which codes are LSOAs of a vintage, and which of the other one only."""
    rows = connection.execute(
        text("""
            SELECT code, bool_or(vintage = :vintage) AS here FROM (
                SELECT code, vintage FROM area WHERE current AND kind = 'lsoa'
                UNION ALL
                SELECT from_code, from_vintage FROM area_lookup WHERE current
                UNION ALL
                SELECT to_code, to_vintage FROM area_lookup WHERE current AND to_kind = 'lsoa'
                UNION ALL
                SELECT code, vintage FROM population WHERE current
            ) known GROUP BY code
        """),
        {"vintage": vintage},
    ).all()
    here = frozenset(row.code for row in rows if row.here)
    return Known(here, frozenset(row.code for row in rows) - here if here else frozenset())


def likeness_to_index(connection: Connection, dataset_id: int) -> str | None:
    """Tell of which index a series is the score, rank or decile, by its values.

    A period counts as the index when nine in ten of at least ten areas, with at least three
    values among them, agree with a domain of it. None where none does.
    """
    row = connection.execute(
        text("""
            SELECT index, period FROM (
                SELECT d.index, d.domain, o.period, count(*) AS areas,
                    count(DISTINCT o.value) AS distinct_values,
                    greatest(
                        count(*) FILTER (WHERE abs(o.value - d.score) < .0005),
                        count(*) FILTER (WHERE o.value = d.rank),
                        count(*) FILTER (WHERE o.value = d.decile)) AS agreed
                FROM outcome o
                JOIN deprivation d ON d.code = o.code AND d.current
                WHERE o.dataset_id = :id
                GROUP BY d.index, d.domain, o.period
            ) compared
            WHERE areas >= :least AND distinct_values >= 3 AND agreed >= .9 * areas
            ORDER BY index, period LIMIT 1
        """),
        {"id": dataset_id, "least": _LEAST},
    ).first()
    return None if row is None else f"{row.index} in {row.period}"


def same_outcomes(connection: Connection, dataset_id: int) -> list[tuple[str, bool]]:
    """List other series of the same measure and vintage: key, and whether it is current."""
    rows = connection.execute(
        text("""
            SELECT o.key, o.state = 'current' AS current FROM dataset mine
            JOIN dataset o ON o.kind = mine.kind AND o.id <> mine.id AND o.sample = mine.sample
                AND lower(o.parameters ->> 'measure') = lower(mine.parameters ->> 'measure')
                AND o.parameters ->> 'vintage' = mine.parameters ->> 'vintage'
            WHERE mine.id = :id ORDER BY o.key
        """),
        {"id": dataset_id},
    )
    return [(row.key, row.current) for row in rows]
