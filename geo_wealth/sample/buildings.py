"""An invented register of a council's land and buildings, some open to transfer."""

from dataclasses import dataclass

from geo_wealth.sample.chance import Chance
from geo_wealth.sample.organisations import WORDS
from geo_wealth.sample.places import Spot

COUNT = 112

USES: tuple[tuple[str, str, int, int], ...] = (
    ("Community Centre", "Buildings", 55, 10),
    ("Village Hall", "Buildings", 60, 5),
    ("Library", "Buildings", 20, 45),
    ("Youth Centre", "Buildings", 45, 20),
    ("Sports Pavilion", "Buildings", 55, 10),
    ("Former School", "Buildings", 35, 25),
    ("Former Depot", "Buildings", 20, 45),
    ("Day Centre", "Buildings", 20, 40),
    ("Office", "Buildings", 10, 60),
    ("Museum", "Buildings", 25, 40),
    ("Public Convenience", "Buildings", 40, 15),
    ("Recreation Ground", "Land", 35, 15),
    ("Allotments", "Land", 35, 10),
)
"""Use, holding, and of a hundred how many are open to transfer and how many are not."""

OPEN = (
    "surplus to the council's needs",
    "suited to community management",
    "an expression of interest was received",
)
CLOSED = (
    "needed for a statutory service",
    "let on a lease to 2031",
    "in an adopted regeneration scheme",
    "held for disposal",
)
CONTACT = "Sample Assets Team, sample.assets@example.org"


@dataclass(frozen=True, slots=True)
class Building:
    """One entry; empty text where the register has nothing."""

    number: int
    name: str
    use: str
    holding: str
    transfer: str
    reason: str
    spot: Spot


def assets(chance: Chance, spots: list[Spot]) -> list[dict[str, str]]:
    """Invent the register: wards have more or fewer by chance, and places within by postcode.

    The first rows are awkward on purpose: without coordinates, without postcode, without both.
    """
    wards = sorted({spot.ward for spot in spots})
    names = chance.shuffled([(word, use) for word in WORDS for use in USES])
    rows = []
    for number, (word, (use, holding, yes, no)) in enumerate(names[:COUNT], start=1):
        ward = chance.one_of(wards)
        spot = chance.one_of([spot for spot in spots if spot.ward == ward])
        transfer, reason = _transfer(chance, yes, no)
        name = f"Sample {word} {use}"
        rows.append(_row(chance, Building(number, name, use, holding, transfer, reason, spot)))
    for row in rows[:6]:
        row["GeoX"] = row["GeoY"] = ""
    for row in rows[4:8]:
        row["Postcode"] = ""
    return rows


def _transfer(chance: Chance, yes: int, no: int) -> tuple[str, str]:
    """Draw eligible, not eligible or unknown, with a reason unless unknown."""
    draw = chance.whole(1, 100)
    if draw <= yes:
        return "yes", chance.one_of(OPEN)
    return ("no", chance.one_of(CLOSED)) if draw <= yes + no else ("", "")


def _row(chance: Chance, building: Building) -> dict[str, str]:
    spot = building.spot
    return {
        # UPRNs that begin 9999 have not been given out.
        "UPRN": "" if chance.happens(0.1) else str(999_900_000_000 + building.number),
        "Asset Code": f"SAMPLE/{building.number:04d}",
        "Property Name": building.name,
        "Street Number": str(chance.whole(1, 120)) if chance.happens(0.7) else "",
        "Street": f"Sample {chance.one_of(('Street', 'Road', 'Lane', 'Avenue'))}",
        "Post Town": spot.town,
        "Postcode": spot.postcode,
        "GeoX": str(spot.easting + chance.whole(-40, 40)),
        "GeoY": str(spot.northing + chance.whole(-40, 40)),
        "Tenure Type": "Freehold" if chance.happens(0.85) else "Leasehold",
        "Holding Type": building.holding,
        "Use": building.use,
        "Community transfer": building.transfer,
        "Community transfer reason": building.reason,
        "Contact": CONTACT,
        "Note": "sample data",
    }
