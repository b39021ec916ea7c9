"""Areas, wards, districts and datasets over HTTP."""

from dataclasses import asdict
from typing import Any

from flask import Response
from sqlalchemy import Connection

from boundaries.issues import Issue
from geo_wealth.errors import InvalidRequestError
from geo_wealth.queries import places
from geo_wealth.queries.datasets import attributions, dataset_issues, datasets
from geo_wealth.queries.rows import AreaRow, DatasetRow
from webmap.api.blueprint import next_link, paged, route
from webmap.caching import cached, json_response
from webmap.filters import PAGING, POSTCODE, VINTAGE
from webmap.params import Param, Values

PRIVATE = frozenset({"ledger", "supply-chain", "survey", "register", "assets"})
"""Kinds whose rows may name persons: what a cell held is told to the loader alone."""

QUERY = Param("q", "Part of the name, or the code, of a ward or place.", maximum=100)


@route("/districts", "List the districts that can be ranked", (), "Districts")
def districts(values: Values) -> Response:
    """List districts with the releases loaded for each."""
    return cached(
        values,
        lambda conn: json_response({"districts": [asdict(row) for row in places.districts(conn)]}),
    )


@route("/areas", "Find areas by postcode or by name", (POSTCODE, QUERY), "Places")
def areas(values: Values) -> Response:
    """Say in which areas a postcode is, or which areas a text names."""
    if bool(values["postcode"]) == bool(values["q"]):
        raise InvalidRequestError("postcode", "give either postcode or q, and not both.")

    def build(conn: Connection) -> Response:
        if values["q"]:
            found = [asdict(row) for row in places.search(conn, values["q"], 50)]
            return json_response({"postcode": None, "areas": found})
        return json_response(postcode_document(conn, values["postcode"]))

    return cached(values, build)


@route("/areas/<code>", "Describe a neighbourhood (LSOA)", (VINTAGE,), "Area")
def area(values: Values, code: str) -> Response:
    """Describe an LSOA: its places, residents and deprivation."""
    return cached(values, lambda conn: json_response(area_document(conn, code, values["vintage"])))


@route("/wards/<code>", "Describe a ward", (), "Ward")
def ward(values: Values, code: str) -> Response:
    """Describe a ward by the LSOAs that fall to it."""
    return cached(values, lambda conn: json_response(asdict(places.ward(conn, code))))


@route("/datasets", "List what is loaded", PAGING, "Datasets")
def datasets_(values: Values) -> Response:
    """List the datasets, current and superseded."""

    def build(conn: Connection) -> Response:
        rows, more = paged(datasets(conn), values)
        found = [dataset_document(row) for row in rows]
        return json_response({"datasets": found, "next": next_link(values, more)})

    return cached(values, build)


@route("/datasets/<key>/issues", "List what was odd in a file", (PAGING[0],), "Issues")
def issues(values: Values, key: str) -> Response:
    """List the issues of a dataset, in order of line."""

    def build(conn: Connection) -> Response:
        found = dataset_issues(conn, key, values["limit"])
        kind = next(row.kind for row in datasets(conn) if row.key == key)
        shown = [issue_document(issue, kind) for issue in found]
        return json_response({"dataset": key, "issues": shown})

    return cached(values, build)


def issue_document(issue: Issue, kind: str) -> dict[str, Any]:
    """Give an issue as JSON; the cell itself only where no person can be in it."""
    document = asdict(issue)
    if kind in PRIVATE:
        del document["value"]
    return document


def postcode_document(conn: Connection, postcode: str) -> dict[str, Any]:
    """Give where a postcode is."""
    found = asdict(places.locate(conn, postcode))
    lsoas = found.pop("lsoas")
    inside = [
        {"kind": "lsoa", "code": code, "name": name, "vintage": vintage}
        for vintage, (code, name) in sorted(lsoas.items())
    ]
    if found["ward_code"]:
        inside.append({"kind": "ward", "code": found["ward_code"], "name": found["ward_name"]})
    return {**found, "areas": inside, "attribution": attributions(conn)}


def area_document(conn: Connection, code: str, vintage: int | None) -> dict[str, Any]:
    """Give an LSOA as JSON."""
    found: AreaRow = places.area(conn, code, vintage)
    return {**asdict(found), "attribution": attributions(conn)}


def dataset_document(row: DatasetRow) -> dict[str, Any]:
    """Give a dataset as JSON; the key is its public id."""
    document = asdict(row)
    document["dataset"] = document.pop("key")
    return document
