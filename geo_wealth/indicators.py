"""The catalogue of indicators: what each means, its unit, its denominator, its direction."""

from dataclasses import dataclass, replace

from geo_wealth.errors import InvalidRequestError
from geo_wealth.spend.penetration import MIN_PREMISES


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

_RECEIVED = (
    "Net pounds that the loaded ledgers paid, over the period they cover, to suppliers that "
    "could be placed in the neighbourhood itself"
)
_PREMISES = (
    "Premises are those in the business-rates registers loaded, occupied or empty, whoever "
    "occupies them; hoardings, masts and parking spaces that are rated count too."
)
_LUMPY = (
    "Only payments to suppliers with a known place count. One head office makes its "
    "neighbourhood look rich and its neighbours poor, so the largest supplier's share stands "
    "beside the value."
)
_FEW = f"Not applicable where fewer than {MIN_PREMISES} premises are rated."

_OTHERS = (
    replace(
        INDICATORS["spend"],
        slug="per-head",
        name="Local spend per resident",
        short_name="Spend per resident",
        denominator="residents of the neighbourhood itself",
        meaning=f"{_RECEIVED}, divided by its residents.",
        caution=f"{_LUMPY} Most residents do not live where suppliers are.",
    ),
    replace(
        INDICATORS["spend"],
        slug="share",
        name="Share of the district's local spend",
        short_name="Share of spend",
        unit="of the district's pounds",
        decimals=4,
        denominator="net pounds received by all suppliers placed in the district",
        meaning=f"{_RECEIVED}, as a share of the same for the whole district.",
        caution=f"{_LUMPY} It does not allow for how many people or businesses are there.",
    ),
    replace(
        INDICATORS["spend"],
        slug="per-business",
        name="Local spend per business",
        short_name="Spend per business",
        unit="£ per rated premises",
        denominator="rated premises in the neighbourhood",
        meaning=f"{_RECEIVED}, divided by its rated premises. {_PREMISES}",
        caution=f"{_LUMPY} {_FEW}",
    ),
    replace(
        INDICATORS["spend"],
        slug="location-quotient",
        name="Location quotient of local spend",
        short_name="Spend quotient",
        unit="location quotient",
        denominator="its share of the district's rated premises",
        meaning=(
            "The neighbourhood's share of the pounds received in the district, divided by its "
            "share of the district's rated premises: 1 is its due, 0.5 half of it. "
            f"{_PREMISES}"
        ),
        caution=f"{_LUMPY} {_FEW}",
    ),
    replace(
        INDICATORS["spend"],
        slug="supplier-rate",
        name="Supplier rate, smoothed",
        short_name="Supplier rate",
        unit="of rated premises paid",
        decimals=4,
        denominator="rated premises in the neighbourhood",
        meaning=(
            "The share of rated premises at which a supplier was paid, drawn towards the "
            "district's rate, the more the fewer the premises, so that chance in a small "
            "neighbourhood is not taken for a finding (empirical Bayes). Suppliers placed by "
            f"another register count in neither number. {_PREMISES}"
        ),
        caution=f"It counts suppliers and not pounds: a small order counts like a big one. {_FEW}",
    ),
)

DEFAULT_SPEND = "catchment"
SPEND_VARIANTS: dict[str, Indicator] = {
    DEFAULT_SPEND: replace(
        INDICATORS["spend"], slug=DEFAULT_SPEND, name="Local spend within a walk, per resident"
    )
} | {variant.slug: variant for variant in _OTHERS}
"""How spend is brought down to a neighbourhood, by slug; a ranking weighs one of them.

All but the catchment put a supplier's pounds wholly into the neighbourhood where it stands.
"""


def described(slug: str, spend_variant: str = DEFAULT_SPEND) -> Indicator:
    """Describe an indicator of a ranking whose spend is measured in a way.

    Raises
    ------
    InvalidRequestError
        For a way that does not exist.
    """
    if spend_variant not in SPEND_VARIANTS:
        raise InvalidRequestError(
            "spend_variant",
            f"allowed are {', '.join(SPEND_VARIANTS)}; found {spend_variant!r}.",
        )
    return SPEND_VARIANTS[spend_variant] if slug == "spend" else INDICATORS[slug]


_MEASURES = {
    "imd2019": "mid-2015, as IMD 2019 counts them",
    "imd2025": "as IMD 2025 counts them",
    "census2021": "Census 2021",
    "mid2020": "mid-2020 estimate",
}


def measure_name(measure: str) -> str:
    """Name a count of residents: ``census2021`` is Census 2021."""
    return _MEASURES.get(measure, measure)
