"""Did it work: a pilot and its comparison areas before and after the start."""

from typing import Any

from flask import Response, request

from geo_wealth.evidence.section import Section
from geo_wealth.pipeline.comparison_words import sentences as group_sentences
from geo_wealth.pipeline.effect import Judged
from geo_wealth.pipeline.effect_documents import datasets_of
from geo_wealth.pipeline.effect_words import headline, sentences
from geo_wealth.queries import pilots as records
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.outcomes import outcomes
from webmap import comparison_view, effect_view
from webmap.addresses import address
from webmap.charts import sample as line_sample
from webmap.compared import find_effect
from webmap.comparison_params import EFFECT
from webmap.database import connection
from webmap.errors import status_of
from webmap.pages.blueprint import REFUSALS, blueprint, page
from webmap.params import Values, read
from webmap.spend_choices import Choice


@blueprint.get("/pilots/<slug>/effect")
def effect(slug: str) -> Response:
    """Judge a pilot on record by one of the outcomes that are loaded."""
    values = read(request.args, EFFECT)
    conn = connection()
    found = records.pilot(conn, slug)
    document = records.evidence(conn, records.current_evidence(found))
    compared = document["sections"].get("comparison")
    form = about(slug, document["plan"]["title"], values, known(compared))
    try:
        judged = find_effect(conn, slug, values["measure"])
    except REFUSALS as error:
        return page("effect.html", status_of(error), problem=error, judged=None, **form)
    form["attributions"] = attributions(conn, datasets_of(judged))
    form["sample"] = judged.outcome.sample
    return page("effect.html", problem=None, **form, **answer(judged))


def known(compared: Section | None) -> list[str]:
    """List the outcomes that the pilot can be judged by."""
    if compared is None:
        return []
    return [each.measure for each in outcomes(connection(), compared["inputs"]["vintage"])]


def about(slug: str, title: str, values: Values, measures: list[str]) -> dict[str, Any]:
    """Gather what stands on the page whether or not anything can be said."""
    given = {"measure": values["measure"]} if values["measure"] else {}
    return {
        "slug": slug,
        "title": f"{title}: did it work",
        "section": "pages.pilots",
        "measures": [Choice(name, name, name == values["measure"]) for name in measures],
        "json_href": address("api.pilot_effect", {"slug": slug, **given}),
        "attributions": [],
    }


def answer(judged: Judged) -> dict[str, Any]:
    """Gather what was found, in words, drawn, and as a table."""
    results = judged.results
    has_band = bool(results.get("effect") and results["effect"]["band"])
    return {
        "judged": judged,
        "headline": headline(judged.outcome, results),
        "lines": sentences(judged.outcome, results),
        "warnings": results.get("warnings", []),
        "levels": effect_view.level_chart(judged),
        "gaps": effect_view.gap_chart(judged),
        "has_band": has_band,
        "periods": effect_view.table(judged),
        "legend": [(line_sample(kind), name) for kind, name in effect_view.NAMES.items()],
        "pairs": comparison_view.pairs(judged.comparison),
        "group": group_sentences(judged.comparison),
        "mixed": comparison_view.mix(results, judged.comparison["inputs"]["names"])
        if "synthetic" in results
        else [],
    }
