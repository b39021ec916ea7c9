"""What the scores of a ranking are made of, for a drawing under other weights."""

from geo_wealth.drawing.sensitivity import Scoring
from geo_wealth.pipeline.indicators import SLUGS
from geo_wealth.queries.rows import Ranking


def scoring_of(ranking: Ranking) -> Scoring:
    """Give the normalised indicators of the areas ranked, and the weights."""
    asked = ranking.request
    return Scoring(
        codes=tuple(area.code for area in ranking.areas),
        normalised=tuple(
            tuple(area.indicators[slug].normalised for slug in SLUGS) for area in ranking.areas
        ),
        weights=tuple(asked.weights[slug] for slug in SLUGS),
        aggregate=asked.aggregate,  # type: ignore[arg-type]  # checked when it was ranked
    )
