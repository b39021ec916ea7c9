"""What an address that draws asks for: the ranking, the best drawing, and what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from geo_wealth.drawing import words
from geo_wealth.drawing.facts import SetFacts
from geo_wealth.drawing.sensitivity_words import sure_sentence
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.memory import Memory
from geo_wealth.pipeline.drawing import (
    Drawing,
    DrawnArea,
    Selection,
    Sensitivity,
    check_selection,
    draw_pilot,
    drawing_sensitivity,
)
from geo_wealth.pipeline.terrain import Terrain, district_terrain
from geo_wealth.queries.datasets import data_version
from geo_wealth.queries.outcomes import outcomes
from geo_wealth.queries.rows import Ranking
from webmap.admission import HEAVY
from webmap.draw_command import propose
from webmap.draw_params import draw_request
from webmap.draw_rows import touching
from webmap.draw_view import Line, lines, residents_text
from webmap.filters import RankFilters, rank_filters
from webmap.params import Values
from webmap.ranked import find_ranking
from webmap.wording import count, number

_DRAWINGS: Memory[tuple[Drawing, Sensitivity]] = Memory(size=32)
_SELECTIONS: Memory[Selection] = Memory(size=64)


@dataclass(frozen=True, slots=True)
class Shown:
    """The set of areas on screen, ready to print.

    Attributes
    ----------
    by_hand
        Whether it is another set than the best drawing.
    headline
        The answer, in a sentence.
    proof
        How good that is with these weights: all searched, or set against the best drawing.
    sure
        How far it depends on the weights.
    findings
        Everything in which it does not keep to what was asked.
    touching
        Codes of the areas around it.
    command
        What proposes it as a pilot on the command line; None where it does not keep to what
        was asked.
    """

    codes: tuple[str, ...]
    by_hand: bool
    headline: str
    proof: str
    sure: str
    findings: tuple[str, ...]
    lines: tuple[Line, ...]
    touching: tuple[str, ...]
    command: str | None
    facts: SetFacts


@dataclass(frozen=True, slots=True)
class Drawn:
    """All that the page, the API and the files are made from."""

    filters: RankFilters
    ranking: Ranking
    terrain: Terrain
    drawing: Drawing
    selection: Selection | None
    sensitivity: Sensitivity
    shown: Shown


def find_drawing(
    conn: Connection, filters: RankFilters, ranking: Ranking, terrain: Terrain, values: Values
) -> Drawn:
    """Draw what an address asks for; what was drawn before is remembered.

    Raises
    ------
    InvalidRequestError
        When nothing can be drawn so, or a code is not an area of the district.
    BusyError
        When too much is being worked out already.
    """
    request, areas = draw_request(values), values["area"]
    key = (str(conn.engine.url), data_version(conn), ranking.id, request)
    drawing, sensitive = _DRAWINGS.recall(
        key,
        lambda: (
            draw_pilot(conn, ranking, terrain, request),
            drawing_sensitivity(conn, ranking, terrain, request),
        ),
        HEAVY.place,
    )
    selection = None
    if areas and set(areas) != set(drawing.best.facts.codes):
        selection = _SELECTIONS.recall(
            (*key, areas),
            lambda: check_selection(conn, ranking, terrain, areas, request),
            HEAVY.place,
        )
    measures = [each.measure for each in outcomes(conn, ranking.lsoa_vintage)]
    shown = show(ranking, terrain, drawing, selection, sensitive, measures)
    return Drawn(filters, ranking, terrain, drawing, selection, sensitive, shown)


def show(
    ranking: Ranking,
    terrain: Terrain,
    drawing: Drawing,
    selection: Selection | None,
    sensitive: Sensitivity,
    measures: Sequence[str],
) -> Shown:
    """Print a selection, or the best drawing where there is none.

    Parameters
    ----------
    measures
        Names of the outcomes that are loaded, by which it will be judged.
    """
    best = drawing.best.facts
    facts = selection.facts if selection else best
    index = ranking.request.index
    command = propose(ranking, drawing.request, facts.codes, ComparisonRequest(), measures)
    return Shown(
        codes=facts.codes,
        by_hand=selection is not None,
        headline=headline(drawing, facts) if selection else best_headline(drawing),
        proof=(selection.against_best or "") if selection else proof(drawing.best),
        sure=sure_sentence(sensitive, facts.codes),
        findings=selection.findings if selection else (),
        lines=tuple(lines(facts, best if selection else None, index)),
        touching=tuple(touching(terrain, facts.codes)),
        command=None if selection and selection.findings else command,
        facts=facts,
    )


def ground_of(conn: Connection, values: Values) -> tuple[RankFilters, Ranking, Terrain]:
    """Find the ranking that an address draws on, and the district as ground."""
    filters, ranking = find_ranking(conn, rank_filters(values))
    asked = ranking.request
    terrain = district_terrain(conn, asked.district, ranking.lsoa_vintage, asked.index)
    return filters, ranking, terrain


def headline(drawing: Drawing, facts: SetFacts) -> str:
    """Say what is shown in place of the best: an alternative, or a selection made by hand."""
    drawn = (each.label for each in drawing.alternatives if each.facts.codes == facts.codes)
    size = count(len(facts.places), "neighbourhood")
    name = next(drawn, "Your selection")
    return f"{name}: {size} with {residents_text(facts)} residents"


def best_headline(drawing: Drawing) -> str:
    """Say which areas reach furthest, by name where they are few."""
    facts = drawing.best.facts
    areas = facts.places
    who = (
        f"{areas[0].name} with {residents_text(facts)} residents reaches"
        if len(areas) == 1
        else f"These {len(areas)} neighbourhoods with {residents_text(facts)} residents reach"
    )
    where = f" within {drawing.within_name}" if drawing.within_name else ""
    found = "furthest" if drawing.best.proved else "furthest of all that were tried"
    return f"{who} {found} under a cap of {drawing.request.cap:,}{where}"


def proof(best: DrawnArea) -> str:
    """Say how far the best drawing reaches, and how sure it is that nothing better exists."""
    told = f"Reach is residents times score: {number(best.facts.reach, 0)} here."
    return f"{told} {words.proof(best.proved, best.at_most_better)}"
