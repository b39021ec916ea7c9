"""Home: one box and three doors."""

from flask import Response, request, url_for
from sqlalchemy import Connection

from geo_wealth.errors import GeoWealthError
from geo_wealth.queries import places
from geo_wealth.queries.rows import District, PlaceMatch, PostcodePlace, WardRow
from webmap.database import connection
from webmap.filters import DISTRICT
from webmap.pages.blueprint import blueprint, page, sample_in_use
from webmap.params import Param, read

SEARCH = (
    Param("q", "A postcode, or the name or code of a ward or place.", maximum=100),
    DISTRICT,
)
KINDS = {"lsoa": "neighbourhood", "ward": "ward", "lad": "district", "postcode": "postcode"}


@blueprint.get("/")
def home() -> Response:
    """Show the search box, what it found, and the doors."""
    values = read(request.args, SEARCH)
    text = values["q"] or ""
    conn = connection()
    place, matches, problem = find(conn, text) if text else (None, [], None)
    if "q" in request.args and not text:
        problem = "Enter a postcode, or the name of a ward or district."
    districts = places.districts(conn)
    chosen = values["district"] or (districts[0].code if len(districts) == 1 else None)
    known = [(row, places.wards(conn, row.code)) for row in districts if row.code == chosen]
    return page(
        "home.html",
        title="Where would local spending do most good?",
        text=text,
        place=place,
        matches=[(match, link(match), KINDS[match.kind]) for match in matches],
        problem=problem,
        districts=districts,
        chosen=chosen,
        listed=known,
        examples=examples(known),
        sample=sample_in_use(conn),
    )


def find(conn: Connection, text: str) -> tuple[PostcodePlace | None, list[PlaceMatch], str | None]:
    """Look a text up as a postcode, else as a name; say why when nothing is found."""
    matches = places.search(conn, text)
    postcode = next((match for match in matches if match.kind == "postcode"), None)
    if postcode is not None:
        try:
            place = places.locate(conn, postcode.code)
        except GeoWealthError as error:
            return None, [], str(error)
        return place, [], None if place.lsoas else outside(place)
    if matches:
        return None, matches, None
    return None, [], f"Nothing here is called “{text}”. Check the spelling, or try a postcode."


def outside(place: PostcodePlace) -> str:
    """Say that a postcode exists, but not where anything is loaded."""
    if place.easting is None:
        return f"{place.postcode} is a postcode without a known position, so it cannot be placed."
    where = f" It is in {place.district_name}." if place.district_name else ""
    return f"{place.postcode} is outside the districts that are loaded here.{where}"


def link(match: PlaceMatch) -> str:
    """Where a match leads."""
    if match.kind == "lad":
        return url_for("pages.rank", district=match.code)
    if match.kind == "ward":
        return url_for("pages.ward", code=match.code)
    return url_for("pages.area", code=match.code)


def examples(known: list[tuple[District, list[WardRow]]]) -> list[str]:
    """Give things to type that will be found."""
    wards = [ward.name for _, rows in known for ward in rows[:1]]
    return [*(["HD1 2TT"] if any(d.code == "E08000034" for d, _ in known) else []), *wards[:1]] or [
        "HD1 2TT"
    ]
