"""Find a building: a postcode, how far, which use; a list by distance, then the map."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.queries import nearby, places
from geo_wealth.queries.rows import AssetRow, PostcodePlace
from webmap.choropleth import MapParts, MapPoint, MapState, render
from webmap.database import connection
from webmap.filters import ELIGIBLE_ONLY, POSTCODE, RADII, USE, WITHIN
from webmap.nearest import ELIGIBILITY, asset_point
from webmap.pages.blueprint import blueprint, page, sample_in_use, settings
from webmap.params import Values, read

PARAMS = (replace(POSTCODE, maximum=60), WITHIN, USE, ELIGIBLE_ONLY)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; ``problem`` is set when the postcode was of no use.

    ``covered`` is False where no register lists anything within 5 km: then we do not know.
    """

    place: PostcodePlace | None = None
    assets: tuple[AssetRow, ...] = ()
    uses: tuple[str, ...] = ()
    problem: str | None = None
    covered: bool = True


FAR = 5000
"""Metres without a listed building after which no register can be said to cover a place."""


@blueprint.get("/buildings")
def buildings() -> Response:
    """Search, list, map."""
    values = read(request.args, PARAMS)
    conn = connection()
    found = find(conn, values) if "postcode" in request.args else Found()
    return page(
        "buildings.html",
        status=400 if found.problem else 200,
        title=f"Buildings near {found.place.postcode}" if found.place else "Find a building",
        values=values,
        found=found,
        radii=RADII,
        eligibility=ELIGIBILITY,
        map=buildings_map(conn, found) if found.place and found.assets else None,
        sample=sample_in_use(conn),
    )


def find(conn: Connection, values: Values) -> Found:
    """Look the postcode up, then the buildings around it."""
    if not values["postcode"]:
        return Found(problem="Enter a postcode, such as HD1 2TT.")
    try:
        place = places.locate(conn, values["postcode"])
    except InvalidRequestError as error:
        return Found(problem=error.reason[:1].upper() + error.reason[1:])
    except NotFoundError as error:
        return Found(problem=str(error))
    if place.easting is None or place.northing is None:
        return Found(problem=f"{place.postcode} has no known position, so nothing can be measured.")
    if not place.lsoas:
        return Found(problem=_outside(place))
    rows = nearby.assets_near(
        conn,
        place.easting,
        place.northing,
        values["within"],
        eligible_only=values["eligible_only"],
    )
    uses = tuple(sorted({row.use for row in rows if row.use}))
    found = tuple(row for row in rows if of_use(row, values["use"]))
    covered = bool(rows or nearby.assets_near(conn, place.easting, place.northing, FAR, limit=1))
    return Found(place, found, uses, covered=covered)


def of_use(row: AssetRow, wanted: str | None) -> bool:
    """Tell whether a building's use has the words that were asked for."""
    return wanted is None or wanted.casefold() in (row.use or "").casefold()


def _outside(place: PostcodePlace) -> str:
    where = f" in {place.district_name}" if place.district_name else ""
    return f"{place.postcode} is a real postcode{where}, outside the districts loaded here."


def buildings_map(conn: Connection, found: Found) -> MapParts:
    """Draw the buildings around the postcode, over the neighbourhoods they stand in."""
    place = found.place
    points: list[Any] = [asset_point(asset) for asset in found.assets]
    codes: list[str] = []
    vintage = 2011
    if place is not None and place.longitude is not None and place.latitude is not None:
        points.append(MapPoint("place", place.postcode, place.longitude, place.latitude))
        vintage, (code, _name) = max(place.lsoas.items())
        codes = neighbours(conn, code, vintage)
    state = MapState(points=tuple(point for point in points if point))
    return render(places.features(conn, vintage, codes), state, settings())


def neighbours(conn: Connection, code: str, vintage: int) -> list[str]:
    """List the neighbourhoods of the same ward, as a backdrop."""
    area = places.area(conn, code, vintage)
    if area.ward_code is None:
        return [code]
    return list({code, *places.ward(conn, area.ward_code).lsoas})
