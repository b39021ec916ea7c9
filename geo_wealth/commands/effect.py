"""``geo-wealth effect`` and ``power``: whether a pilot worked, and what could be seen of it."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from geo_wealth.commands.output import (
    Json,
    check_place,
    csv_text,
    print_json,
    print_table,
    say,
    write_text,
)
from geo_wealth.commands.pilot_options import Areas, AreasFile, History, Matches, Pool, codes_given
from geo_wealth.commands.ranking_options import District, Index
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.errors import InvalidRequestError
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.evidence.amounts import figure
from geo_wealth.pipeline.comparison import ground_of, scores_of
from geo_wealth.pipeline.comparison_words import sentences as group_sentences
from geo_wealth.pipeline.effect import WEIGHTINGS, Judged, judge_areas, judge_pilot
from geo_wealth.pipeline.effect_documents import datasets_of, effect_document, series_rows
from geo_wealth.pipeline.effect_words import headline, sentences
from geo_wealth.queries.datasets import attributions

_DEFAULT = ComparisonRequest()
COLUMNS = ("period", "pilot", "comparison", "synthetic", "gap", "side")

Measure = Annotated[str | None, typer.Option("--measure", help="The outcome, by its name.")]
Weighting = Annotated[
    str, typer.Option("--weighting", help=f"What counts alike: {' or '.join(WEIGHTINGS)}.")
]


def effect(
    slug: Annotated[
        str | None, typer.Argument(metavar="[SLUG]", help="A pilot on record.", show_default=False)
    ] = None,
    measure: Measure = None,
    start: Annotated[
        str | None,
        typer.Option("--start", help="First period after the start, for --area: 2024-Q1."),
    ] = None,
    area: Areas = None,
    areas: AreasFile = None,
    comparison: Annotated[
        list[str] | None,
        typer.Option("--comparison", help="Code of a comparison area; again for each."),
    ] = None,
    district: District = "",
    index: Index = "imd2019",
    matches: Matches = _DEFAULT.matches,
    pool: Pool = _DEFAULT.pool,
    weighting: Weighting = WEIGHTINGS[0],
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the series to this CSV.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Say whether a pilot worked: it and its comparison areas, before and after the start.

    A pilot on record is judged from its start on record, against the comparison areas that were
    frozen with it; areas named by --area against those matched now, or named by --comparison:
    these give a difference, but no p-value.

    Example: geo-wealth effect dewsbury-moor --measure claimants
    """
    if csv is not None:
        check_place(csv)
    chosen = codes_given(area, areas)
    if bool(slug) == bool(chosen):
        raise InvalidRequestError("SLUG", "name a pilot on record, or its areas with --area.")
    with reading(open_database()) as connection:
        if slug:
            _refuse_what_is_on_record(comparison, start)
            judged = judge_pilot(connection, slug, measure, weighting)
        else:
            if start is None:
                raise InvalidRequestError("--start", "give the first period after the start.")
            named = [code.strip().upper() for code in comparison or ()]
            request = ComparisonRequest(matches, pool)
            judged = judge_areas(
                connection, district, index, chosen, measure, start, request, named, weighting
            )
        _show(connection, judged, csv, as_json=as_json)


def power(
    area: Areas = None,
    areas: AreasFile = None,
    measure: Measure = None,
    district: District = "",
    index: Index = "imd2019",
    matches: Matches = _DEFAULT.matches,
    pool: Pool = _DEFAULT.pool,
    history: History = None,
    weighting: Weighting = WEIGHTINGS[0],
    *,
    as_json: Json = False,
) -> None:
    """Say, before a pilot starts, how large an effect must be to be seen.

    The areas are taken to be chosen by the ranking as it is without options.

    Example: geo-wealth power --area E01011130 --area E01011131 --measure claimants
    """
    chosen = codes_given(area, areas)
    request = ComparisonRequest(matches, pool, tuple(history or ()))
    with reading(open_database()) as connection:
        scores = scores_of(connection, ground_of(connection, district, index, chosen), index)
        judged = judge_areas(
            connection, district, index, chosen, measure, None, request, (), weighting, scores
        )
        foreseen = judged.results.get("power")
        lead = f"{judged.outcome.measure}: {foreseen['sentence']}" if foreseen else None
        _show(connection, judged, None, lead, as_json=as_json)


def _refuse_what_is_on_record(comparison: list[str] | None, start: str | None) -> None:
    if comparison:
        raise InvalidRequestError(
            "--comparison", "a pilot on record has its own, frozen with it: leave this out."
        )
    if start is not None:
        raise InvalidRequestError(
            "--start",
            "a pilot on record is judged from the day on record, since a start chosen after seeing "
            "the outcome makes the p-value too small: leave this out.",
        )


def _show(
    connection: Connection,
    judged: Judged,
    csv: Path | None,
    lead: str | None = None,
    *,
    as_json: bool,
) -> None:
    if csv is not None:
        write_text(csv, csv_text(COLUMNS, series_rows(judged)))
    if as_json:
        owed = attributions(connection, datasets_of(judged))
        print_json({**effect_document(judged), "attribution": owed})
    else:
        _print(judged, lead or f"{headline(judged.outcome, judged.results)}.")


def _print(judged: Judged, lead: str) -> None:
    say(lead)
    for line in (*judged.notes, *sentences(judged.outcome, judged.results)):
        if not lead.endswith(line):
            say(line)
    if judged.partial:
        say(f"{judged.partial}, in which it started, is left out: it lies on both sides.")
    for line in judged.results.get("warnings", []):
        say(f"Warning: {line}")
    rows = series_rows(judged)
    if rows:
        say("")
        print_table(
            [(name, "right" if 0 < at < 5 else "left") for at, name in enumerate(COLUMNS)],
            [[row[0], *(figure(value) for value in row[1:5]), row[5]] for row in rows],
        )
    say("")
    for line in group_sentences(judged.comparison):
        say(line)
