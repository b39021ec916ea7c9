"""Pilots: all of them, and each as a record that a scrutiny committee can read."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import Connection

from geo_wealth.evidence.changes import Change
from geo_wealth.pack.tables import attributions
from geo_wealth.pilots import state_of
from geo_wealth.pipeline.evidence import as_made, ranking_of
from geo_wealth.pipeline.pilot_documents import summaries
from geo_wealth.pipeline.pilots import changed
from geo_wealth.queries import pilots as queries
from geo_wealth.queries import places
from geo_wealth.queries.rows import Ranking
from webmap import pilot_view as view
from webmap.admission import HEAVY
from webmap.choropleth import MapParts, MapState, legend_of, render
from webmap.database import connection
from webmap.pack_view import area_lines
from webmap.pack_words import outcomes, summary
from webmap.pages.blueprint import blueprint, page, settings
from webmap.params import read
from webmap.ranked import names, score_classes, scores


@blueprint.get("/pilots")
def pilots() -> Response:
    """List all pilots, the newest first."""
    read(request.args, ())
    found = summaries(connection())
    return page(
        "pilots.html",
        title="Pilots",
        pilots=found,
        colours=view.COLOURS,
        sample=any(each["sample"] for each in found),
        attributions=[],
    )


@blueprint.get("/pilots/<slug>")
def pilot(slug: str) -> Response:
    """Tell one pilot: its state, why there, what was logged, and what has changed since."""
    read(request.args, ())
    conn = connection()
    found = queries.pilot(conn, slug)
    evidence = queries.evidence(conn, queries.current_evidence(found))
    changes, unknown = changed(conn, found, HEAVY.place)
    with as_made(evidence):
        return _shown(conn, found, evidence, changes, unknown)


def _shown(
    conn: Connection,
    found: queries.Pilot,
    evidence: Any,
    changes: Sequence[Change] | None,
    unknown: str | None,
) -> Response:
    ranking = ranking_of(evidence)
    lines = area_lines(evidence, ranking)
    return page(
        "pilot.html",
        section="pages.pilots",
        title=evidence["plan"]["title"],
        **told(evidence),
        slug=found.slug,
        state=state_of(found.events),
        colours=view.COLOURS,
        steps=view.steps(found),
        areas=lines,
        compared=compared_names(evidence),
        summary=summary(evidence, ranking, lines),
        log=view.entries(found, names(ranking), ("barrier", "outcome", "note")),
        learning=view.entries(found, names(ranking), ("learning",)),
        frozen=queries.frozen_evidence(found),
        proposed=queries.proposed_evidence(found),
        changes=changes,
        unknown=unknown,
        whole=view.whole(conn, found),
        documents=view.documents(found.slug),
        ranking=ranking,
        legend=legend_of(score_classes(ranking)),
        map=pilot_map(conn, ranking, evidence["plan"]["areas"]),
    )


def told(evidence: Any) -> dict[str, Any]:
    """Give what the template takes from evidence as it is."""
    drawing = evidence["sections"].get("drawing")
    comparison = evidence["sections"].get("comparison")
    return {
        "judged_by": judged_by(evidence),
        "datasets": evidence["datasets"],
        "documents_used": evidence["documents"],
        "alternatives": drawing["results"]["alternatives"] if drawing else [],
        "comparison": comparison["results"] if comparison else None,
        "sample": evidence["sample"],
        "attributions": attributions(evidence),
    }


def judged_by(evidence: Any) -> list[str]:
    """Name the outcomes, saying of which the evidence holds no series."""
    held = {each["measure"]["name"].lower() for each in outcomes(evidence)}
    return [
        name if " ".join(name.split()).lower() in held else f"{name} (no series loaded by then)"
        for name in evidence["plan"]["outcomes"]
    ]


def compared_names(evidence: Any) -> dict[str, str]:
    """Give the names of the district's areas; those of other districts go by their code."""
    return {
        area["code"]: area["name"] for area in evidence["sections"]["ranking"]["inputs"]["areas"]
    }


def pilot_map(conn: Connection, ranking: Ranking, areas: Sequence[str]) -> MapParts:
    """Draw the pilot in its district, by the scores that its evidence holds."""
    known = names(ranking)
    state = MapState(
        values=scores(ranking),
        names=known,
        legend=legend_of(score_classes(ranking)),
        selected=tuple(areas),
        links=url_for("pages.area", code="CODE").replace("CODE", "{code}"),
    )
    return render(places.features(conn, ranking.lsoa_vintage, sorted(known)), state, settings())
