"""Where the invented organisations and buildings stand: real postcodes of Kirklees."""

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

import boundaries

REAL = Path(boundaries.__file__).parent / "sample"

CENTRES: tuple[tuple[int, int, float], ...] = (
    (414450, 416700, 12.0),  # Huddersfield
    (424500, 421700, 11.0),  # Dewsbury
    (424300, 424200, 8.0),  # Batley
    (421500, 423300, 6.0),  # Heckmondwike
    (419000, 425500, 6.0),  # Cleckheaton
    (422700, 426300, 6.0),  # Birstall
    (414300, 408200, 9.0),  # Holmfirth
    (420200, 419600, 6.0),  # Mirfield
    (408000, 413900, 6.0),  # Slaithwaite
    (404700, 411600, 6.0),  # Marsden
    (410000, 410600, 5.0),  # Meltham
    (413800, 411900, 4.0),  # Honley
    (422800, 408500, 5.0),  # Denby Dale
    (419800, 412600, 5.0),  # Kirkburton
    (411800, 418100, 3.0),  # Lindley
    (416000, 418900, 4.0),  # works along Leeds Road
)
"""Easting, northing and pull of town and village centres, where suppliers gather."""

CENTRE_RADIUS = 700

QUIET: tuple[tuple[int, int], ...] = (
    (423020, 421330),
    (414980, 418460),
    (423960, 424690),
    (416490, 417350),
    (410540, 416320),
    (426750, 421380),
    (422620, 427240),
    (417230, 415810),
    (413420, 415220),
    (422620, 420340),
    (414070, 414280),
    (424450, 418790),
)
"""Middles of some, not all, of the most deprived neighbourhoods: hardly a supplier there."""

QUIET_RADIUS = 650
QUIET_FACTOR = 0.04

POST_TOWNS = {
    "HD9": "Holmfirth",
    "WF12": "Dewsbury",
    "WF13": "Dewsbury",
    "WF14": "Mirfield",
    "WF15": "Liversedge",
    "WF16": "Heckmondwike",
    "WF17": "Batley",
    "BD19": "Cleckheaton",
    "BD11": "Bradford",
    "BD12": "Bradford",
    "BD4": "Bradford",
    "WF4": "Wakefield",
    "WF5": "Ossett",
    "HX4": "Halifax",
}

OUTSIDE: tuple[tuple[str, int, int], ...] = (
    ("LS1 4AD", 430195, 433246),
    ("LS11 5AB", 429720, 432211),
    ("M1 4AB", 384103, 397964),
    ("M2 3AE", 383958, 397883),
    ("BD1 1AG", 416352, 433047),
    ("BD1 5AA", 416769, 432975),
    ("WF1 2AB", 432540, 421883),
    ("HX1 1AD", 409258, 425086),
    ("S1 2AL", 435805, 387560),
    ("OL1 1AD", 392764, 404929),
    ("B1 1BA", 406875, 286393),
    ("EC2A 4AD", 533040, 182425),
)
"""Real postcodes of head offices elsewhere; codepoint_open_2025_elsewhere.csv says in which
district each is."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A postcode with its point, EPSG:27700 metres."""

    postcode: str
    easting: int
    northing: int
    ward: str

    @property
    def town(self) -> str:
        """Post town, by the outward code."""
        return POST_TOWNS.get(self.postcode.split()[0], "Huddersfield")


def read_spots() -> list[Spot]:
    """Read the postcodes of Kirklees, in the order of their file, with the names of wards."""
    with (REAL / "wards_kirklees_2025.csv").open(encoding="utf-8", newline="") as file:
        wards = {row["ward_code"]: row["ward_name"] for row in csv.DictReader(file)}
    packed = (REAL / "codepoint_open_2025_kirklees.csv.gz").read_bytes()
    rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode()))
    return [
        Spot(
            row["postcode"],
            int(row["eastings"]),
            int(row["northings"]),
            wards[row["admin_ward_code"]],
        )
        for row in rows
    ]


def nearest(spots: list[Spot], easting: int, northing: int) -> Spot:
    """Find the postcode nearest to a point; of equals the first in the file."""
    return min(spots, key=lambda spot: _square(spot, easting, northing))


def trade_weight(spot: Spot) -> float:
    """How likely a supplier is at a postcode: more in centres, hardly any in quiet places."""
    weight = 1.0
    for easting, northing, pull in CENTRES:
        near = 1 - _square(spot, easting, northing) / CENTRE_RADIUS**2
        weight += pull * max(0.0, near)
    quiet = any(_square(spot, *middle) <= QUIET_RADIUS**2 for middle in QUIET)
    return weight * QUIET_FACTOR if quiet else weight


def _square(spot: Spot, easting: int, northing: int) -> int:
    return (spot.easting - easting) ** 2 + (spot.northing - northing) ** 2
