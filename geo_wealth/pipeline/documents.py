"""Rankings as the JSON that the command line and the web give."""

from typing import Any

from geo_wealth.pipeline.explain import Explanation, Reversal
from geo_wealth.pipeline.words import contributions_shown
from geo_wealth.queries.rows import IndicatorValue, RankedArea, Ranking, SpendSummary


def ranking_document(ranking: Ranking) -> dict[str, Any]:
    """Give a ranking as the JSON document of ``rank --json`` and ``/api/v1/rankings``."""
    request = ranking.request
    return {
        "ranking": {
            "id": ranking.id,
            "district": request.district,
            "district_name": ranking.district_name,
            "index": request.index,
            "lsoa_vintage": ranking.lsoa_vintage,
            "weights": request.weights,
            "directions": request.directions,
            "normalise": request.normalise,
            "aggregate": request.aggregate,
            "eligible_only": request.eligible_only,
            "spend_variant": request.spend_variant,
            "datasets": list(ranking.datasets),
            "dataset_sets": {name: list(keys) for name, keys in ranking.dataset_sets.items()},
            "definition": ranking.definition,
            "sample": ranking.sample,
            "spend": spend_document(ranking.spend),
        },
        "areas": [_area_document(area) for area in ranking.areas],
        "not_ranked": [
            {
                "code": area.code,
                "name": area.name,
                "reason": area.reason,
                "indicators": indicator_documents(area.indicators),
            }
            for area in ranking.not_ranked
        ],
    }


def explanation_document(explanation: Explanation) -> dict[str, Any]:
    """Give the reason for a rank."""
    area, against = explanation.area, explanation.against
    return {
        "code": area.code,
        "name": area.name,
        "rank": area.rank if isinstance(area, RankedArea) else None,
        "score": area.score if isinstance(area, RankedArea) else None,
        "not_ranked_because": None if isinstance(area, RankedArea) else area.reason,
        "indicators": indicator_documents(area.indicators),
        "flip": None
        if against is None or explanation.reversal is None
        else {
            "against": against.code,
            **reversal_document(explanation.reversal),
        },
        "sentences": list(explanation.sentences),
    }


def reversal_document(found: Reversal) -> dict[str, Any]:
    """Give the smallest change of weights that reverses two areas."""
    return {
        "ahead": found.ahead.code,
        "behind": found.behind.code,
        "weights": found.weights,
        "change_l1": found.change,
        "typed_percent": found.typed,
        "ranks_then": found.ranks,
        "sentence": found.sentence,
    }


def spend_document(spend: SpendSummary) -> dict[str, Any]:
    """Give what the ledgers hold; pounds as decimal strings."""
    return {
        "payers": list(spend.payers),
        "from": None if spend.first is None else spend.first.isoformat(),
        "to": None if spend.last is None else spend.last.isoformat(),
        "payments": spend.payments,
        "total": str(spend.total),
        "located": str(spend.located),
        "unlocated": str(spend.unlocated),
        "redacted": str(spend.redacted),
        "outside": str(spend.outside),
        "share_located": spend.share_located,
    }


def _area_document(area: RankedArea) -> dict[str, Any]:
    return {
        "code": area.code,
        "name": area.name,
        "ward": area.ward_name,
        "ward_code": area.ward_code,
        "rank": area.rank,
        "score": area.score,
        "contributions_shown": contributions_shown(area),
        "indicators": indicator_documents(area.indicators),
    }


def indicator_documents(cells: dict[str, IndicatorValue]) -> dict[str, Any]:
    """Give the indicators of an area by slug."""
    return {
        slug: {
            "value": cell.value,
            "unit": cell.unit,
            "normalised": cell.normalised,
            "contribution": cell.contribution,
            "dataset": cell.dataset,
            "denominator": cell.denominator,
            "reason": cell.reason,
            "beside": cell.beside,
        }
        for slug, cell in cells.items()
    }
