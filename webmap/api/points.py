"""Assets, suppliers and anchors over HTTP: near a postcode, or all of a district."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from flask import Response
from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.queries import nearby, places
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.membership import members
from geo_wealth.queries.rows import AnchorRow, AssetRow, SupplierRow
from webmap.api.blueprint import next_link, paged, route
from webmap.caching import cached, json_response
from webmap.filters import DATA_INDEX, DISTRICT, ELIGIBLE_ONLY, PAGING, POSTCODE, USE, WITHIN
from webmap.params import Values

NEAR = (POSTCODE, WITHIN, DISTRICT, DATA_INDEX, *PAGING)
MOST = 100_000

PointRow = AssetRow | SupplierRow | AnchorRow


@route("/assets", "List buildings, nearest first", (*NEAR, USE, ELIGIBLE_ONLY), "Assets")
def assets(values: Values) -> Response:
    """List assets."""

    def wanted(row: PointRow) -> bool:
        if not isinstance(row, AssetRow):
            return False
        eligible = row.eligibility == "eligible" or not values["eligible_only"]
        return eligible and (values["use"] or "").casefold() in (row.use or "").casefold()

    return listing("assets", values, nearby.assets_near, wanted)


@route("/suppliers", "List suppliers that could be placed, nearest first", NEAR, "Suppliers")
def suppliers(values: Values) -> Response:
    """List suppliers; individuals have neither name nor place."""
    return listing("suppliers", values, nearby.suppliers_near)


@route("/anchors", "List sites of anchor institutions, nearest first", NEAR, "Anchors")
def anchors(values: Values) -> Response:
    """List anchors."""
    return listing("anchors", values, nearby.anchors_near)


def listing(
    kind: str,
    values: Values,
    near: Callable[..., Sequence[PointRow]],
    wanted: Callable[[PointRow], bool] = lambda _row: True,
) -> Response:
    """Answer with one page of points of a kind."""
    if bool(values["postcode"]) == bool(values["district"]):
        raise InvalidRequestError("postcode", "give either postcode or district, and not both.")

    def build(conn: Connection) -> Response:
        if values["postcode"]:
            found = around(conn, values, near)
        else:
            found = getattr(inside(conn, values), kind)
        rows, more = paged([row for row in found if wanted(row)], values)
        return json_response(
            {
                kind: [point_document(row) for row in rows],
                "next": next_link(values, more),
                "attribution": attributions(conn),
                "sample": any(row.sample for row in rows),
            }
        )

    return cached(values, build)


def around(
    conn: Connection, values: Values, near: Callable[..., Sequence[PointRow]]
) -> Sequence[PointRow]:
    """Find points around a postcode."""
    place = places.locate(conn, values["postcode"])
    if place.easting is None or place.northing is None:
        raise InvalidRequestError("postcode", f"{place.postcode} has no known position.")
    return near(conn, place.easting, place.northing, values["within"], limit=MOST)


def inside(conn: Connection, values: Values) -> nearby.DistrictPoints:
    """Find all points of a district, on the boundaries of an index."""
    loaded = next((row for row in places.districts(conn) if row.code == values["district"]), None)
    if loaded is None:
        raise NotFoundError(f"{values['district']} is not a district that can be ranked.")
    vintage = INDEX[values["index"] or max(loaded.indices)].vintage
    return nearby.district_points(conn, members(conn, loaded.code, vintage), vintage)


def point_document(row: PointRow) -> dict[str, Any]:
    """Give a point as JSON, with the lines that the map's popup shows."""
    document = asdict(row)
    for name in ("longitude", "latitude"):
        value = document[name]
        document[name] = None if value is None else round(value, 6)
    distance = document["distance_m"]
    document["distance_m"] = None if distance is None else round(distance, 1)
    return document
