"""Rankings: built from what is loaded, kept under an id, shown the same later."""

import hashlib
import json
from dataclasses import asdict, replace

import numpy as np
from sqlalchemy import Connection, text

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.indicators import DEFAULT_SPEND, INDICATORS
from geo_wealth.pipeline.frozen import freeze, thaw
from geo_wealth.pipeline.indicators import SLUGS, DistrictInputs, district_inputs
from geo_wealth.queries.rows import IndicatorValue, NotRanked, RankedArea, Ranking, RankRequest
from geo_wealth.ranking import Scored, checked_methods, score_areas

_DEFINITIONS = {DEFAULT_SPEND: "catchment-1200m"}
"""How spend is brought down to a neighbourhood; the other measures go by their slug."""


def build_ranking(connection: Connection, request: RankRequest) -> Ranking:
    """Rank the neighbourhoods of a district by what is current.

    Raises
    ------
    InvalidRequestError
        For a parameter that is not allowed.
    NotFoundError
        For a district or index that is not loaded.
    """
    check_request(request)
    found = district_inputs(
        connection,
        request.district,
        request.index,
        eligible_only=request.eligible_only,
        spend_variant=request.spend_variant,
    )
    weights = [request.weights.get(slug, 0.0) for slug in SLUGS]
    directions = [request.directions.get(slug, INDICATORS[slug].direction) for slug in SLUGS]
    scored = score_areas(
        found.values,
        directions,
        weights,
        *checked_methods(request.normalise, request.aggregate),
    )
    shares = {slug: float(share) for slug, share in zip(SLUGS, scored.weights, strict=True)}
    complete = replace(
        request, weights=shares, directions=dict(zip(SLUGS, directions, strict=True))
    )
    ranking = Ranking(
        id="",
        request=complete,
        district_name=found.name,
        lsoa_vintage=found.vintage,
        datasets=found.datasets,
        dataset_sets=found.dataset_sets,
        definition=_DEFINITIONS.get(request.spend_variant, request.spend_variant),
        sample=found.sample,
        spend=found.spend,
        areas=_ranked(found, scored),
        not_ranked=_not_ranked(found, scored),
    )
    return replace(ranking, id=_identity(ranking))


def check_request(request: RankRequest) -> None:
    """Refuse indicators that do not exist; the other checks belong to the arithmetic.

    Raises
    ------
    InvalidRequestError
        Naming what is allowed.
    """
    for name, given in (("weights", request.weights), ("directions", request.directions)):
        unknown = sorted(set(given) - set(SLUGS))
        if unknown:
            raise InvalidRequestError(
                name, f"allowed are {', '.join(SLUGS)}; found {', '.join(unknown)}."
            )


def keep_ranking(connection: Connection, ranking: Ranking) -> str:
    """Store a ranking with all its figures, so that it shows the same for ever.

    Keeping the same ranking again changes nothing. Returns the id.
    """
    connection.execute(
        text("""
            INSERT INTO ranking (id, request, document) VALUES (:id, :request, :document)
            ON CONFLICT (id) DO NOTHING
        """),
        {
            "id": ranking.id,
            "request": json.dumps(asdict(ranking.request), sort_keys=True),
            "document": freeze(ranking),
        },
    )
    return ranking.id


def kept_ranking(connection: Connection, ranking_id: str) -> Ranking:
    """Fetch a kept ranking as it was, whatever has been loaded since.

    Raises
    ------
    NotFoundError
        When none is kept under this id.
    """
    document = connection.execute(
        text("SELECT document FROM ranking WHERE id = :id"), {"id": ranking_id}
    ).scalar()
    if document is None:
        raise NotFoundError(
            f"No ranking is kept as {ranking_id}; `geo-wealth rank ... --keep` keeps one."
        )
    return thaw(document, ranking_id)


def _ranked(found: DistrictInputs, scored: Scored) -> tuple[RankedArea, ...]:
    return tuple(
        RankedArea(
            code=found.codes[place],
            name=found.names[place],
            ward_code=found.wards[place][0],
            ward_name=found.wards[place][1],
            rank=int(scored.rank[place]),
            score=float(scored.score[place]),
            indicators=_cells(found, scored, int(place)),
        )
        for place in scored.order
    )


def _not_ranked(found: DistrictInputs, scored: Scored) -> tuple[NotRanked, ...]:
    rows = []
    for place in np.flatnonzero(~scored.ranked_mask):
        cells = _cells(found, scored, int(place))
        reasons = dict.fromkeys(
            f"{INDICATORS[slug].short_name.lower()}: {cells[slug].reason}"
            for slug, weight in zip(SLUGS, scored.weights, strict=True)
            if weight > 0 and cells[slug].value is None
        )
        rows.append(
            NotRanked(
                code=found.codes[place],
                name=found.names[place],
                ward_code=found.wards[place][0],
                ward_name=found.wards[place][1],
                reason="; ".join(reasons),
                indicators=cells,
            )
        )
    return tuple(rows)


def _cells(found: DistrictInputs, scored: Scored, place: int) -> dict[str, IndicatorValue]:
    """Complete an area's indicators with what the scoring made of them."""
    return {
        slug: replace(
            found.indicators[place][slug],
            normalised=_number(scored.normalised[place, k]),
            contribution=_number(scored.contributions[place, k]),
        )
        for k, slug in enumerate(SLUGS)
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _identity(ranking: Ranking) -> str:
    """Name a ranking by all it says: the same figures have the same id."""
    return hashlib.sha256(freeze(ranking).encode()).hexdigest()[:16]
