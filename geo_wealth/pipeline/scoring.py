"""What the scores of a ranking are made of, for a drawing under other weights."""

from geo_wealth.drawing.sensitivity import Scoring
from geo_wealth.pipeline.indicators import SLUGS
from geo_wealth.queries.rows import Ranking
from geo_wealth.ranking import checked_methods


def scoring_of(ranking: Ranking) -> Scoring:
    """Give the normalised indicators of the areas ranked, and the weights."""
    asked = ranking.request
    return Scoring(
        codes=tuple(area.code for area in ranking.areas),
        normalised=tuple(
            tuple(area.indicators[slug].normalised for slug in SLUGS) for area in ranking.areas
        ),
        weights=tuple(asked.weights[slug] for slug in SLUGS),
        aggregate=checked_methods(asked.normalise, asked.aggregate)[1],
    )
