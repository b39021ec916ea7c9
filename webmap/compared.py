"""Comparison areas and effects as addresses ask for them: remembered, and few at once."""

from sqlalchemy import Connection

from geo_wealth.evidence.section import Section
from geo_wealth.memory import Memory
from geo_wealth.pipeline.comparison import compare_areas
from geo_wealth.pipeline.effect import Judged, judge_pilot, outlook
from geo_wealth.pipeline.terrain import Terrain
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.pilots import pilots_version
from geo_wealth.queries.rows import Ranking
from webmap.admission import HEAVY
from webmap.comparison_params import comparison_request
from webmap.params import Values

_COMPARED: Memory[tuple[Section, Section | None]] = Memory(size=16)
_JUDGED: Memory[Judged] = Memory(size=16)


def find_comparison(
    conn: Connection, ranking: Ranking, terrain: Terrain, values: Values
) -> tuple[Section, Section | None]:
    """Choose the comparison areas of an address, and say what could be seen of outcomes.

    Raises
    ------
    InvalidRequestError
        As :func:`geo_wealth.pipeline.comparison.compare_areas`.
    BusyError
        When too much is being worked out already.
    """
    request, areas = comparison_request(values), values["area"]

    def build() -> tuple[Section, Section | None]:
        found = compare_areas(conn, terrain, ranking.request.index, areas, request)
        return found, outlook(conn, found, (), {area.code: area.score for area in ranking.areas})

    key = (str(conn.engine.url), data_version(conn), ranking.id, areas, request)
    return _COMPARED.recall(key, build, HEAVY.place)


def find_effect(conn: Connection, slug: str, measure: str | None) -> Judged:
    """Judge a pilot by an outcome.

    Raises
    ------
    NotFoundError, InvalidRequestError
        As :func:`geo_wealth.pipeline.effect.judge_pilot`.
    BusyError
        When too much is being worked out already.
    """
    key = (str(conn.engine.url), data_version(conn), pilots_version(conn), slug, measure)
    return _JUDGED.recall(key, lambda: judge_pilot(conn, slug, measure), HEAVY.place)
