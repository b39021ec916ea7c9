"""``geo-wealth draw``: the best pilot area and others beside it, or one chosen by hand."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from geo_wealth.commands.output import (
    Json,
    check_place,
    print_json,
    print_table,
    say,
    write_text,
)
from geo_wealth.commands.ranking_options import build, takes_ranking
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.drawing.sensitivity_words import share_text, sure_sentence
from geo_wealth.drawing.words import facts_sentences
from geo_wealth.errors import InvalidRequestError
from geo_wealth.evidence.drawing import (
    area_document,
    facts_document,
    request_document,
    sensitivity_document,
)
from geo_wealth.pipeline.documents import ranking_document
from geo_wealth.pipeline.drawing import (
    Drawing,
    DrawRequest,
    Place,
    Selection,
    Sensitivity,
    SetFacts,
    check_selection,
    draw_pilot,
    drawing_sensitivity,
)
from geo_wealth.pipeline.drawing_files import area_geojson, area_gpkg, codes_csv, postcodes_csv
from geo_wealth.pipeline.ranking import kept_ranking
from geo_wealth.pipeline.terrain import Terrain, district_terrain
from geo_wealth.pipeline.words import context_line
from geo_wealth.queries.rows import Ranking, RankRequest

_DEFAULT = DrawRequest()
_ANY = "any"

_Write = Callable[[Connection, Ranking, Terrain, SetFacts], str | bytes]


@takes_ranking
def draw(
    request: RankRequest,
    *,
    kept: Annotated[str | None, typer.Option("--id", help="On a ranking that was kept.")] = None,
    cap: Annotated[int, typer.Option(help="Most residents it may have.")] = _DEFAULT.cap,
    across: Annotated[
        str,
        typer.Option(
            help="Longest straight line in metres between the centres of two of its areas, or any."
        ),
    ] = f"{_DEFAULT.across:g}",
    include: Annotated[
        list[str] | None, typer.Option(help="Code of an area that must be in it; repeat it.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(help="Code of an area that must not be; repeat it.")
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(help="Stay in a ward (its code) or a post town (town:NAME)."),
    ] = None,
    alternatives: Annotated[
        int, typer.Option(help="How many other areas to draw, 0 to 6.")
    ] = _DEFAULT.alternatives,
    area: Annotated[
        list[str] | None,
        typer.Option(help="Check areas chosen by hand instead: the code of each; repeat it."),
    ] = None,
    geojson: Annotated[Path | None, typer.Option(help="Write the area as GeoJSON.")] = None,
    gpkg: Annotated[Path | None, typer.Option(help="Write it as a GeoPackage.")] = None,
    codes: Annotated[Path | None, typer.Option(help="Write its LSOAs as CSV.")] = None,
    postcodes: Annotated[Path | None, typer.Option(help="Write its postcodes as CSV.")] = None,
    as_json: Json = False,
) -> None:
    """Draw the connected area of most residents times score, and tell what other weights draw.

    It fills the cap: neighbourhoods of middling rank may be in it.

    Example: geo-wealth draw --district E08000034 --index imd2025 --cap 10000 --geojson pilot.json
    """
    files: list[tuple[Path | None, _Write]] = [
        (geojson, area_geojson),
        (gpkg, area_gpkg),
        (codes, codes_csv),
        (postcodes, postcodes_csv),
    ]
    wanted = [(path, write) for path, write in files if path is not None]
    for path, _write in wanted:
        check_place(path)
    asked = DrawRequest(
        cap=cap,
        across=_metres(across),
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        within=within,
        alternatives=alternatives,
    )
    with reading(open_database()) as connection:
        ranking = kept_ranking(connection, kept) if kept else build(connection, request)
        terrain = district_terrain(
            connection, ranking.request.district, ranking.lsoa_vintage, ranking.request.index
        )
        found: Drawing | Selection = (
            check_selection(connection, ranking, terrain, area, asked)
            if area
            else draw_pilot(connection, ranking, terrain, asked)
        )
        sensitive = _sensitivity(connection, ranking, terrain, found)
        facts = found.facts if isinstance(found, Selection) else found.best.facts
        for path, write in wanted:
            write_text(path, write(connection, ranking, terrain, facts))
    if as_json:
        print_json(_document(ranking, asked, found, sensitive))
    else:
        say(context_line(ranking))
        _print(found, sensitive)


def _sensitivity(
    connection: Connection, ranking: Ranking, terrain: Terrain, found: Drawing | Selection
) -> Sensitivity | None:
    """Tell how far the best area depends on the weights; None where none can be drawn."""
    try:
        return drawing_sensitivity(connection, ranking, terrain, found.request)
    except InvalidRequestError:
        return None


def _metres(text: str) -> float | None:
    if text == _ANY:
        return None
    try:
        return float(text)
    except ValueError:
        raise InvalidRequestError("--across", f"give metres or {_ANY}; found {text!r}.") from None


def _document(
    ranking: Ranking,
    asked: DrawRequest,
    found: Drawing | Selection,
    sensitive: Sensitivity | None,
) -> dict[str, Any]:
    codes = found.facts.codes if isinstance(found, Selection) else found.best.facts.codes
    head = {
        "ranking": ranking_document(ranking)["ranking"],
        "request": request_document(asked),
        "sensitivity": None if sensitive is None else sensitivity_document(sensitive, codes),
    }
    if isinstance(found, Selection):
        return head | {
            "selection": facts_document(found.facts),
            "keeps": found.keeps,
            "findings": list(found.findings),
            "against_best": found.against_best,
        }
    return head | {
        "best": area_document(found.best),
        "alternatives": [area_document(other) for other in found.alternatives],
        "left_out": [asdict(area) for area in found.left_out],
        "datasets": list(found.datasets),
        "sample": found.sample,
    }


def _print(found: Drawing | Selection, sensitive: Sensitivity | None) -> None:
    if isinstance(found, Selection):
        say("\nThe area chosen")
        _print_facts(found.facts, sensitive)
        say("\n".join(found.findings or ["It keeps to all that was asked for."]))
        if found.against_best is not None:
            say(f"Against the best area drawn: {found.against_best}")
        return
    for drawn in found.areas:
        say(f"\n{drawn.label}\n{drawn.sentence}")
        _print_facts(drawn.facts, sensitive)
    if found.left_out:
        say(f"\nCannot be drawn: {len(found.left_out)}")
        for area in found.left_out:
            say(f"  {area.code} {area.name}: {area.reason}")


def _print_facts(facts: SetFacts, sensitive: Sensitivity | None) -> None:
    print_table(
        [
            *(("code", "left"), ("neighbourhood", "left"), ("ward", "left")),
            *(("rank", "right"), ("score", "right"), ("residents", "right")),
            ("in best area", "right"),
        ],
        [
            [
                *(place.code, place.name, place.ward_name or ""),
                "not ranked" if place.rank is None else str(place.rank),
                "" if place.score is None else f"{place.score:.3f}",
                "not known" if place.residents is None else f"{place.residents:,}",
                _stays(place, sensitive),
            ]
            for place in facts.places
        ],
    )
    say("\n".join(facts_sentences(facts)))
    if sensitive is not None:
        say(sure_sentence(sensitive, facts.codes))


def _stays(place: Place, sensitive: Sensitivity | None) -> str:
    """Print in which share of the weightings an area is in the best area."""
    if sensitive is None or place.why_not is not None:
        return ""
    return share_text(sensitive.shares.get(place.code, 0.0))
