"""Data, method and accessibility: what stands behind the pages."""

from flask import Response, request

from geo_wealth.method import CHAPTERS, chapter
from geo_wealth.queries.datasets import dataset_issues, datasets
from geo_wealth.queries.spend import spend_summary
from webmap.database import connection
from webmap.pages.blueprint import blueprint, page, sample_in_use
from webmap.params import Param, read
from webmap.prose import prose
from webmap.templating import STANDARD_ATTRIBUTIONS

KINDS = {
    "boundaries": "Boundaries",
    "lookup": "Lookups between areas",
    "names": "Names of areas",
    "rural-urban": "Rural-urban classes",
    "deprivation": "Deprivation",
    "population": "Residents",
    "postcodes": "Postcodes",
    "ledger": "Payments",
    "supply-chain": "Payments of suppliers",
    "survey": "Surveys",
    "register": "Organisations",
    "assets": "Land and buildings",
    "outcomes": "Outcomes",
}
DATASET = Param("dataset", "Key of a dataset.", maximum=100)


@blueprint.get("/data")
def data() -> Response:
    """List what is loaded, with publisher, licence and counts."""
    key = read(request.args, (DATASET,))["dataset"]
    conn = connection()
    rows = datasets(conn)
    return page(
        "data.html",
        title="Data",
        datasets=[row for row in rows if row.state == "current"],
        superseded=[row for row in rows if row.state != "current"],
        kinds=KINDS,
        spend=spend_summary(conn),
        key=key,
        issues=dataset_issues(conn, key) if key else [],
        sample=sample_in_use(conn),
    )


@blueprint.get("/method")
def method() -> Response:
    """Say what every figure means; shows no figure, so it needs no database."""
    read(request.args, ())
    return page("method.html", title="Method", attributions=STANDARD_ATTRIBUTIONS)


@blueprint.get("/method/choice")
def method_choice() -> Response:
    """Say how a choice is defended; needs no database."""
    read(request.args, ())
    html, headings = prose("\n\n".join(map(chapter, CHAPTERS)))
    return page(
        "method_choice.html",
        title="How a choice is defended",
        html=html,
        headings=headings,
        attributions=STANDARD_ATTRIBUTIONS,
    )


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """State how accessible the pages are; needs no database."""
    read(request.args, ())
    return page(
        "accessibility.html",
        title="Accessibility statement",
        attributions=STANDARD_ATTRIBUTIONS,
    )
