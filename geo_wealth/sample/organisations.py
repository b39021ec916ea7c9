"""Invented suppliers and anchor institutions. No name is of a person or a real organisation."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from geo_wealth.sample.chance import Chance
from geo_wealth.sample.places import OUTSIDE, Spot, nearest, trade_weight

WORDS = (  # noqa: SIM905  # sixty lines of one word each read worse
    "Anvil Aqueduct Arch Barley Beacon Bellows Bobbin Boulder Bridge Brook Cairn Canal Carder "
    "Chimney Clough Cobble Compass Copper Culvert Dyehouse Ember Fellside Ferry Flint Fulling "
    "Gable Granary Gritstone Harbour Keystone Kiln Lantern Lattice Lever Loom Mallet Mill Moor "
    "Mosaic Orchard Pulley Pinnacle Quarry Quill Ribbon Ridge Saddle Shuttle Sluice Spindle "
    "Spire Terrace Thicket Tiller Turbine Viaduct Warp Weft Weir Windlass"
).split()

TRADES: tuple[tuple[str, str], ...] = (
    ("Joinery", "Construction"),
    ("Roofing", "Construction"),
    ("Electrical", "Construction"),
    ("Plumbing", "Construction"),
    ("Scaffolding", "Construction"),
    ("Surfacing", "Highways"),
    ("Signs", "Highways"),
    ("Coaches", "Transport"),
    ("Taxis", "Transport"),
    ("Tyres", "Transport"),
    ("Home Care", "Social care"),
    ("Supported Living", "Social care"),
    ("Residential Care", "Social care"),
    ("Fostering", "Social care"),
    ("Day Nursery", "Education"),
    ("Training", "Education"),
    ("Books", "Education"),
    ("Catering", "Food"),
    ("Foods", "Food"),
    ("Cleaning", "Facilities"),
    ("Security", "Facilities"),
    ("Landscapes", "Facilities"),
    ("Recycling", "Environment"),
    ("Print", "Office"),
    ("Office Supplies", "Office"),
    ("IT Services", "Technology"),
    ("Consulting", "Professional"),
    ("Surveyors", "Professional"),
)

CAUSES: tuple[tuple[str, str], ...] = (
    ("Community Centre", "Community"),
    ("Youth Project", "Community"),
    ("Food Pantry", "Community"),
    ("Advice Service", "Community"),
    ("Carers Network", "Social care"),
    ("Arts Collective", "Culture"),
    ("Sports Trust", "Culture"),
)

ANCHORS: tuple[tuple[str, str, int, int], ...] = (
    ("Sample University", "Higher education", 414800, 416200),
    ("Sample College", "Further education", 414950, 416750),
    ("Sample College, Dewsbury Campus", "Further education", 424450, 421500),
    ("Sample Sixth Form College", "Further education", 412900, 417300),
    ("Sample Hospital", "Hospital", 411800, 417900),
    ("Sample District Hospital", "Hospital", 423200, 422700),
    ("Sample Community Hospital", "Hospital", 414600, 409100),
    ("Sample Civic Offices", "Local government", 414450, 416500),
    ("Sample Town Hall", "Local government", 424550, 421750),
    ("Sample Police Station", "Police", 414300, 416400),
    ("Sample Fire Station", "Fire and rescue", 415300, 417900),
    ("Sample Housing Association", "Housing", 416200, 418000),
    ("Sample Stadium", "Sport", 415400, 417700),
    ("Sample Leisure Trust", "Sport", 424000, 424400),
    ("Sample Hospice", "Health charity", 413600, 417800),
    ("Sample Building Society", "Finance", 419000, 425500),
)

MANY_SITES = "Sample Many Sites Home Care Ltd"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An invented organisation at one address; empty text where the register has nothing."""

    name: str
    kind: str
    activity: str
    trade: str
    company_number: str = ""
    charity_number: str = ""
    address: str = ""
    postcode: str = ""
    easting: str = ""
    northing: str = ""
    sole_trader: bool = False

    def row(self) -> dict[str, str]:
        """Give the row of a register."""
        return {
            "Name": self.name,
            "Company Number": self.company_number,
            "Charity Number": self.charity_number,
            "Address": self.address,
            "Postcode": self.postcode,
            "Easting": self.easting,
            "Northing": self.northing,
            "Type": self.kind,
            "Activity": self.activity,
            "Sole Trader": "yes" if self.sole_trader else "no",
            "Note": "sample data",
        }


def suppliers(chance: Chance, spots: list[Spot], local: int, outside: int) -> list[Organisation]:
    """Invent a register of suppliers, most in Kirklees, some with head offices elsewhere.

    Five rows are of one supplier with five sites, and the last five are awkward: postcodes
    malformed or unknown, or no address at all.
    """
    made = nameless()
    homes = chance.weighted(spots, [trade_weight(spot) for spot in spots], local + 5)
    rows = [_at_home(chance, next(made), home) for home in homes[5:]]
    rows += [_head_office(chance, next(made)) for _ in range(outside)]
    chain = Organisation(MANY_SITES, "Limited company", "Social care", "Home Care", "99000001")
    rows += [_placed(chance, chain, home) for home in homes[:5]]
    rows += [_elsewhere(next(made), postcode) for postcode in ("HD1 2T", "HD1 9ZZ", "WF", "", "")]
    return rows


def unregistered(skip: int, count: int) -> list[Organisation]:
    """Invent payees that no register has; their names follow those of the register."""
    made = nameless()
    for _ in range(skip):
        next(made)
    return [next(made) for _ in range(count)]


def anchors(chance: Chance, spots: list[Spot]) -> list[Organisation]:
    """Invent anchor institutions at the real postcode nearest to where one would be."""
    return [
        _placed(
            chance,
            Organisation(name, "Anchor institution", activity, activity),
            nearest(spots, easting, northing),
        )
        for name, activity, easting, northing in ANCHORS
    ]


def nameless() -> Iterator[Organisation]:
    """Invent organisations without an address, none twice.

    The order of names hangs on a seed of its own, so that the register and the payees that it
    lacks never share one.
    """
    fixed = Chance(1844)
    trades = fixed.shuffled([(word, *trade) for word in WORDS for trade in TRADES])
    causes = iter(fixed.shuffled([(word, *cause) for word in WORDS for cause in CAUSES]))
    for number, (word, trade, activity) in enumerate(trades, start=2):
        draw = fixed.whole(1, 100)
        if draw <= 12:
            yield _charity(number, *next(causes))
        elif draw <= 24:
            name = f"Sample Sole Trader {number:04d} {trade}"
            yield Organisation(name, "Sole trader", activity, trade, sole_trader=True)
        else:
            yield _company(number, draw, f"Sample {word} {trade}", activity, trade)


def _company(number: int, draw: int, name: str, activity: str, trade: str) -> Organisation:
    # Numbers from 99 million and charity numbers from 9.9 million have not been given out.
    kind, ending = "Limited company", " Ltd"
    if draw <= 28:
        kind, ending = "Co-operative", " Co-operative Ltd"
    elif draw <= 34:
        kind, ending = "Partnership", " LLP"
    elif draw <= 40:
        kind, ending = "Public limited company", " PLC"
    return Organisation(name + ending, kind, activity, trade, str(99_000_000 + number))


def _charity(number: int, word: str, cause: str, activity: str) -> Organisation:
    name = f"Sample {word} {cause}"
    if number % 3 == 0:
        company = str(99_000_000 + number)
        return Organisation(f"{name} CIC", "Community interest company", activity, cause, company)
    return Organisation(name, "Charity", activity, cause, charity_number=str(9_900_000 + number))


def _placed(chance: Chance, organisation: Organisation, home: Spot) -> Organisation:
    street = chance.one_of(("Street", "Road", "Lane", "Works", "Mills", "Parade"))
    address = f"{chance.whole(1, 140)} Sample {street}, {home.ward}, {home.town}"
    return replace(organisation, address=address, postcode=home.postcode)


def _at_home(chance: Chance, organisation: Organisation, home: Spot) -> Organisation:
    placed = _placed(chance, organisation, home)
    if chance.happens(0.8):
        return placed
    east, north = home.easting + chance.whole(-30, 30), home.northing + chance.whole(-30, 30)
    return replace(placed, easting=str(east), northing=str(north))


def _head_office(chance: Chance, organisation: Organisation) -> Organisation:
    postcode, easting, northing = chance.one_of(OUTSIDE)
    there = _elsewhere(organisation, postcode)
    if chance.happens(0.5):
        return there
    return replace(there, easting=str(easting), northing=str(northing))


def _elsewhere(organisation: Organisation, postcode: str) -> Organisation:
    address = "Sample House, Sample Street" if postcode else ""
    return replace(organisation, address=address, postcode=postcode)
