"""What reads return: frozen rows with plain types. Unknown is None, never zero."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One release of one publisher's file, as loaded."""

    key: str
    kind: str
    title: str
    publisher: str | None
    release: str | None
    licence: str | None
    attribution: str | None
    parameters: dict[str, Any]
    sha256: str
    file_name: str
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    rows_excluded: dict[str, int]
    pounds: dict[str, Any] | None
    report: dict[str, Any]
    state: str
    sample: bool
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class District:
    """A local authority district that can be ranked, with the indices loaded for it."""

    code: str
    name: str
    indices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A hit of the search box: ``kind`` is lsoa, ward, lad or postcode."""

    kind: str
    code: str
    name: str
    vintage: int | None


@dataclass(frozen=True, slots=True)
class PostcodePlace:
    """Where a postcode is. Areas are by point in polygon, for each vintage loaded."""

    postcode: str
    easting: float | None
    northing: float | None
    longitude: float | None
    latitude: float | None
    terminated: int | None
    district_code: str | None
    district_name: str | None
    ward_code: str | None
    ward_name: str | None
    lsoas: dict[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DomainRow:
    """One domain of an index for one LSOA."""

    domain: str
    score: float | None
    rank: int | None
    decile: int | None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One LSOA with its places and its deprivation."""

    code: str
    name: str
    vintage: int
    ward_code: str | None
    ward_name: str | None
    ward_vintage: int | None
    district_code: str | None
    district_name: str | None
    longitude: float | None
    latitude: float | None
    residents: int | None
    residents_measure: str | None
    domains: dict[str, tuple[DomainRow, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WardRow:
    """A ward with the LSOAs that fall to it by best fit, in one vintage of each."""

    code: str
    name: str
    vintage: int
    district_code: str | None
    lsoa_vintage: int
    lsoas: tuple[str, ...]
    how: str


@dataclass(frozen=True, slots=True)
class AssetRow:
    """A building or piece of land a community might take over."""

    id: int
    name: str
    owner: str | None
    ref: str | None
    uprn: str | None
    address: str | None
    postcode: str | None
    use: str | None
    tenure: str | None
    occupation: str | None
    holding: str | None
    contact: str | None
    eligibility: str
    eligibility_reason: str | None
    distance_m: float | None
    longitude: float | None
    latitude: float | None
    dataset: str
    sample: bool


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """An organisation paid by a loaded ledger, at the site we placed it.

    ``name`` and the point are None for individuals and sole traders. ``sites`` counts the
    premises of this name in the register that answered: the pounds are put at one of them.
    """

    name: str | None
    postcode: str | None
    use: str | None
    pounds: Decimal
    payments: int
    method: str
    distance_m: float | None
    longitude: float | None
    latitude: float | None
    dataset: str
    sample: bool
    sites: int = 1


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """A site of an anchor institution."""

    name: str
    postcode: str | None
    use: str | None
    distance_m: float | None
    longitude: float | None
    latitude: float | None
    dataset: str
    sample: bool


@dataclass(frozen=True, slots=True)
class SpendSummary:
    """What the loaded ledgers hold and how much of it could be placed.

    total = located + unlocated, to the penny; redacted and blank payees are in unlocated;
    ``outside`` is the part of located that lies in no neighbourhood loaded.
    ``share_located`` is of pounds, None when total is not positive.
    """

    payers: tuple[str, ...]
    first: date | None
    last: date | None
    payments: int
    total: Decimal
    located: Decimal
    unlocated: Decimal
    redacted: Decimal
    share_located: float | None
    datasets: tuple[str, ...]
    sample: bool
    outside: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """One indicator of one area within a ranking; see ``geo_wealth.indicators``."""

    value: float | None
    unit: str
    normalised: float | None
    contribution: float | None
    dataset: str | None
    denominator: str | None
    reason: str | None = None
    beside: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RankedArea:
    """One area of a ranking; contributions sum to the score."""

    code: str
    name: str
    ward_code: str | None
    ward_name: str | None
    rank: int
    score: float
    indicators: dict[str, IndicatorValue]


@dataclass(frozen=True, slots=True)
class NotRanked:
    """An area without a rank, why, and what is known of it."""

    code: str
    name: str
    ward_code: str | None
    ward_name: str | None
    reason: str
    indicators: dict[str, IndicatorValue]


@dataclass(frozen=True, slots=True)
class RankRequest:
    """What a ranking depends on, besides the data.

    ``spend_variant`` is one of ``geo_wealth.indicators.SPEND_VARIANTS``.
    """

    district: str
    index: str = "imd2019"
    weights: dict[str, float] = field(
        default_factory=lambda: {"deprivation": 0.5, "spend": 0.25, "assets": 0.25}
    )
    directions: dict[str, int] = field(
        default_factory=lambda: {"deprivation": 1, "spend": -1, "assets": 1}
    )
    normalise: str = "percentile"
    aggregate: str = "linear"
    eligible_only: bool = False
    spend_variant: str = "catchment"


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranking of one district's LSOAs, with everything that it rests on."""

    id: str
    request: RankRequest
    district_name: str
    lsoa_vintage: int
    datasets: tuple[str, ...]
    dataset_sets: dict[str, tuple[str, ...]]
    definition: str
    sample: bool
    spend: SpendSummary
    areas: tuple[RankedArea, ...]
    not_ranked: tuple[NotRanked, ...]
