"""The catalogue of indicators: what each means, its unit, its denominator, its direction."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of an LSOA.

    Attributes
    ----------
    slug
        Its name in addresses and on the command line: ``w.<slug>``.
    name, short_name
        For a heading and for a column.
    unit
        As printed after a value.
    decimals
        How many to print.
    direction
        +1: a high value raises priority for a pilot; -1: a low one does. Can be turned.
    denominator
        What the value is divided by, in words.
    meaning
        One or two sentences for a person who meets it first.
    why_direction
        Why a high, or low, value raises priority.
    caution
        What it must not be read as.
    """

    slug: str
    name: str
    short_name: str
    unit: str
    decimals: int
    direction: int
    denominator: str
    meaning: str
    why_direction: str
    caution: str


_ALL = (
    Indicator(
        slug="deprivation",
        name="Deprivation (Index of Multiple Deprivation)",
        short_name="Deprivation",
        unit="IMD score",
        decimals=3,
        direction=1,
        denominator="none: a national score of the neighbourhood as a whole",
        meaning=(
            "The score of the English Indices of Deprivation, made of seven domains: income, "
            "employment, education, health, crime, barriers to housing and services, and living "
            "environment. A higher score means more deprived."
        ),
        why_direction="A more deprived neighbourhood has more to gain, so a high score raises it.",
        caution=(
            "It describes a neighbourhood and not the people in it; a low score does not mean "
            "affluent, and scores of different releases cannot be compared."
        ),
    ),
    Indicator(
        slug="spend",
        name="Local spend penetration",
        short_name="Local spend",
        unit="£ per resident",
        decimals=2,
        direction=-1,
        denominator="residents in reach of the supplier, nearer ones counting for more",
        meaning=(
            "Net pounds that the loaded ledgers paid, over the period they cover, to suppliers "
            "that could be placed within 1,200 metres, each supplier's pounds shared among the "
            "residents around it: those within 400 metres count in full, within 800 metres for "
            "0.68 and within 1,200 metres for 0.22. Straight-line distances."
        ),
        why_direction=(
            "Where little public money reaches nearby suppliers, local buying can change most, "
            "so a low value raises it."
        ),
        caution=(
            "Only payments to suppliers with a known place count; the rest is shown as unlocated. "
            "A head office makes its neighbourhood look rich, so the largest supplier's share "
            "stands beside the value."
        ),
    ),
    Indicator(
        slug="assets",
        name="Asset availability",
        short_name="Buildings",
        unit="buildings per 1,000 residents",
        decimals=2,
        direction=1,
        denominator="1,000 residents in reach of the building, nearer ones counting for more",
        meaning=(
            "Community buildings that may be transferred, or of which it is not known, within "
            "1,200 metres, each shared among the residents around it: those within 400 metres "
            "count in full, within 800 metres for 0.68 and within 1,200 metres for 0.22. "
            "Straight-line distances."
        ),
        why_direction=(
            "A pilot needs a building to start from, so more of them per resident raises it; "
            "turn the direction to look for neighbourhoods that lack them."
        ),
        caution=(
            "Buildings whose eligibility is unknown are counted and their number stands beside "
            "the value; buildings known not to be eligible never count."
        ),
    ),
)

INDICATORS: dict[str, Indicator] = {indicator.slug: indicator for indicator in _ALL}
"""By slug, in the order in which pages and files show them."""

_MEASURES = {
    "imd2019": "mid-2015, as IMD 2019 counts them",
    "imd2025": "as IMD 2025 counts them",
    "census2021": "Census 2021",
    "mid2020": "mid-2020 estimate",
}


def measure_name(measure: str) -> str:
    """Name a count of residents: ``census2021`` is Census 2021."""
    return _MEASURES.get(measure, measure)
