"""The parameters that pages, exports and the API share, and the typed filters they become."""

from dataclasses import dataclass, replace

from boundaries.codes import INDEX
from geo_wealth.errors import InvalidRequestError
from geo_wealth.indicators import DEFAULT_SPEND, INDICATORS, SPEND_VARIANTS
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings
from webmap.params import Param, Values

DEFAULT_WEIGHTS = {"deprivation": 50.0, "spend": 25.0, "assets": 25.0}
SORTS = ("rank", "name", "score", *INDICATORS)
NORMALISE = ("percentile", "minmax", "z", "exponential")
AGGREGATE = ("linear", "geometric")
RADII = (400, 800, 1200, 2000)
SHOWN = 20
ROBUST_SHARE = 0.9

USUAL = Weightings()

DISTRICT = Param(
    "district",
    "Code of a local authority district.",
    pattern=r"E0[6-9]\d{6}",
    example="E08000034",
)
DATA_INDEX = Param("index", "Release of the Indices of Deprivation.", allowed=tuple(INDEX))
WEIGHTS = tuple(
    Param(
        f"w.{slug}",
        f"Weight of {indicator.short_name.lower()}; weights are divided by their sum. "
        "When any weight is given, those left out are 0.",
        kind="number",
        minimum=0,
        maximum=100,
    )
    for slug, indicator in INDICATORS.items()
)
DIRECTIONS = tuple(
    Param(
        f"direction.{slug}",
        f"Whether a high or a low value of {indicator.short_name.lower()} raises priority.",
        allowed=("high", "low"),
        default="high" if indicator.direction > 0 else "low",
    )
    for slug, indicator in INDICATORS.items()
)
METHODS = (
    Param(
        "normalise",
        "How values are put on one scale.",
        allowed=NORMALISE,
        default="percentile",
    ),
    Param("aggregate", "How they are joined.", allowed=AGGREGATE, default="linear"),
    Param(
        "spend_variant",
        "How spend is brought down to a neighbourhood.",
        allowed=tuple(SPEND_VARIANTS),
        default=DEFAULT_SPEND,
    ),
    Param(
        "eligible_only",
        "Count only buildings that may be transferred.",
        kind="boolean",
        default=False,
    ),
)
SCORING = (DATA_INDEX, *WEIGHTS, *DIRECTIONS, *METHODS)
TOP = Param("top", "How many areas to show.", kind="integer", minimum=1, maximum=1000)
KEPT = Param(
    "id", "A ranking that was kept.", pattern=r"[0-9A-Za-z_-]{4,80}", example="an id", maximum=80
)
RANKING = (DISTRICT, *SCORING, KEPT, TOP)
PLACE = (DISTRICT, *SCORING)
ORDERING = (
    Param("sort", "Column to sort by.", allowed=SORTS, default="rank"),
    Param("order", "Direction of the sort.", allowed=("asc", "desc"), default="asc"),
)
ROBUST = (
    Param(
        "robust_top",
        "Only areas in the first so many in at least robust_share of 10,000 weightings.",
        kind="integer",
        minimum=1,
        maximum=1000,
    ),
    Param(
        "robust_share",
        "Share of the weightings, for robust_top.",
        kind="number",
        minimum=0,
        maximum=1,
        default=ROBUST_SHARE,
    ),
)
DRAWS = (
    Param(
        "draws",
        "How many weightings.",
        kind="integer",
        minimum=100,
        maximum=10_000,
        default=USUAL.draws,
    ),
    Param(
        "seed",
        "The same seed, the same answer.",
        kind="integer",
        minimum=0,
        maximum=999_999_999,
        default=USUAL.seed,
    ),
    Param(
        "concentration",
        "How close to the chosen weights; higher is closer.",
        kind="number",
        minimum=1,
        maximum=1_000_000,
        default=USUAL.concentration,
    ),
    Param("simplex", "Every weighting as likely as any other.", kind="boolean", default=False),
    Param("k", "One more k of P(rank <= k).", kind="integer", minimum=1, maximum=1000),
)
PAGING = (
    Param("limit", "Rows in one answer.", kind="integer", minimum=1, maximum=1000, default=1000),
    Param("offset", "Rows to skip.", kind="integer", minimum=0, maximum=1_000_000, default=0),
)
POSTCODE = Param("postcode", "A postcode, in any case and spacing.", maximum=20, example="HD1 2TT")
WITHIN = Param(
    "within",
    "Straight-line distance in metres.",
    kind="integer",
    allowed=RADII,
    default=1200,
)
USE = Param("use", "Part of the building's use, as published.", maximum=80)
ELIGIBLE_ONLY = METHODS[-1]
VINTAGE = Param(
    "vintage",
    "Census year of the LSOA boundaries.",
    kind="integer",
    allowed=(2011, 2021),
)

AGAINST = Param(
    "against",
    "Another area of the district to compare with.",
    pattern=r"[EW]01\d{6}",
    example="E01011140",
)


@dataclass(frozen=True, slots=True)
class RankFilters:
    """What a ranking address asks for.

    Attributes
    ----------
    request
        What the ranking depends on; ``district`` and ``index`` are empty when not given.
    points
        The weights as given, for the sliders; ``request.weights`` sum to 1.
    top
        Areas to show; None when not given.
    sort, order
        Order of the table.
    kept
        Id of a kept ranking, which then stands for all of ``request``.
    robust_top, robust_share
        Only areas that come in the first so many in at least that share of the weightings;
        None: all areas.
    """

    request: RankRequest
    points: dict[str, float]
    top: int | None = None
    sort: str = "rank"
    order: str = "asc"
    kept: str | None = None
    robust_top: int | None = None
    robust_share: float = ROBUST_SHARE


def rank_filters(values: Values) -> RankFilters:
    """Gather the parameters of :data:`RANKING` (and :data:`ORDERING`, where present).

    Raises
    ------
    InvalidRequestError
        When no weight is above 0, or the methods do not go together.
    """
    points = weight_points(values)
    total = sum(points.values())
    if values["aggregate"] == "geometric" and values["normalise"] == "z":
        raise InvalidRequestError(
            "aggregate", "geometric needs positive values: use normalise=percentile or minmax."
        )
    request = RankRequest(
        district=values.get("district") or "",
        index=values["index"] or "",
        weights={slug: point / total for slug, point in points.items()},
        directions={
            slug: 1 if values[f"direction.{slug}"] == "high" else -1 for slug in INDICATORS
        },
        normalise=values["normalise"],
        aggregate=values["aggregate"],
        eligible_only=values["eligible_only"],
        spend_variant=values["spend_variant"],
    )
    return RankFilters(
        request=request,
        points=points,
        top=values.get("top"),
        sort=values.get("sort", "rank"),
        order=values.get("order", "asc"),
        kept=values.get("id"),
        robust_top=values.get("robust_top"),
        robust_share=values.get("robust_share", ROBUST_SHARE),
    )


def refuse_elsewhere(values: Values, name: str, own: str | None) -> None:
    """Refuse a district in which a place is not: its rank there would mean nothing.

    An address of the rank page keeps its district when only the path is changed, so the
    place's own is taken.

    Raises
    ------
    InvalidRequestError
        When another district is given than the one the place is in.
    """
    given = values["district"]
    if given and given != own:
        where = f"{name} is in {own}" if own else f"no district is loaded for {name}"
        raise InvalidRequestError("district", f"must be left out or the place's own; {where}.")


def weight_points(values: Values) -> dict[str, float]:
    """Read the weights on a scale of 0 to 100, whatever scale they were given on."""
    given = {slug: values[f"w.{slug}"] for slug in INDICATORS}
    if all(point is None for point in given.values()):
        return dict(DEFAULT_WEIGHTS)
    points = {slug: float(point or 0) for slug, point in given.items()}
    if sum(points.values()) <= 0:
        raise InvalidRequestError(f"w.{next(iter(points))}", "at least one weight must be above 0.")
    scale = 100 if max(points.values()) <= 1 else 1
    rounded = {slug: round(point * scale, 6) for slug, point in points.items()}
    if not any(rounded.values()):
        raise InvalidRequestError(
            f"w.{next(iter(points))}", "at least one weight must be above 0 by a millionth or more."
        )
    return rounded


def query_of(filters: RankFilters, **changes: str | int | None) -> dict[str, str]:
    """Write the filters back as arguments of an address, defaults left out.

    ``changes`` are laid over them; None takes one away.
    """
    default = RankRequest(district="")
    request = filters.request
    query = {} if filters.kept is None else {"id": filters.kept}
    if filters.kept is None:
        query = {"district": request.district, "index": request.index}
        query |= {f"w.{slug}": _plain(point) for slug, point in filters.points.items()}
        query |= _turned(request, default)
        for name in ("normalise", "aggregate", "spend_variant"):
            if getattr(request, name) != getattr(default, name):
                query[name] = getattr(request, name)
        query |= {"eligible_only": "true"} if request.eligible_only else {}
    query |= {"top": str(filters.top)} if filters.top else {}
    if (filters.sort, filters.order) != ("rank", "asc"):
        query |= {"sort": filters.sort, "order": filters.order}
    if filters.robust_top:
        query |= {"robust_top": str(filters.robust_top)}
        if filters.robust_share != ROBUST_SHARE:
            query["robust_share"] = _plain(filters.robust_share)
    query |= {name: str(value) for name, value in changes.items() if value is not None}
    dropped = {name for name, value in changes.items() if value is None}
    return {name: value for name, value in query.items() if name not in dropped}


def _plain(point: float) -> str:
    """Write a weight as an address takes it: without an exponent."""
    text = f"{point:g}"
    return f"{point:.6f}" if "e" in text else text


def _turned(request: RankRequest, default: RankRequest) -> dict[str, str]:
    return {
        f"direction.{slug}": "high" if sign > 0 else "low"
        for slug, sign in request.directions.items()
        if sign != default.directions[slug]
    }


def located(filters: RankFilters, district: str, index: str) -> RankFilters:
    """Fill in the district and the index that the address left open."""
    return replace(filters, request=replace(filters.request, district=district, index=index))
