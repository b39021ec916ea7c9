"""Rankings, and how sure, why and among whom."""

from webmap.api.schemas.parts import (
    CREDIT,
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    Schema,
    listed,
    maybe,
    record,
    ref,
)

RANKINGS: dict[str, Schema] = {
    "Indicator": record(
        {"value": maybe(NUMBER), "unit": TEXT},
        {
            "normalised": maybe(NUMBER),
            "contribution": maybe(NUMBER),
            "dataset": maybe(TEXT),
            "denominator": maybe(TEXT),
            "reason": maybe(TEXT),
            "beside": {"type": "object"},
        },
    ),
    "RankedArea": record(
        {
            "code": TEXT,
            "name": TEXT,
            "rank": WHOLE,
            "score": NUMBER,
            "indicators": {"type": "object", "additionalProperties": ref("Indicator")},
        },
        {
            "ward": maybe(TEXT),
            "ward_code": maybe(TEXT),
            "contributions_shown": {
                "type": "object",
                "additionalProperties": NUMBER,
                "description": "What each adds, in three decimals that sum to the rounded score.",
            },
        },
    ),
    "NotRanked": record({"code": TEXT, "reason": TEXT}, {"name": TEXT}),
    "MapClass": record(
        {"low": NUMBER, "high": NUMBER, "colour": TEXT, "label": TEXT, "count": WHOLE}
    ),
    "Ranking": record(
        {
            "ranking": record(
                {"id": TEXT, "district": TEXT, "index": TEXT, "sample": FLAG},
                {"weights": {"type": "object", "additionalProperties": NUMBER}},
            ),
            "areas": listed("RankedArea"),
            "not_ranked": listed("NotRanked"),
            "legend": listed("MapClass"),
            "attribution": CREDIT,
            "next": maybe(TEXT),
        }
    ),
    "RobustArea": record(
        {
            "code": TEXT,
            "name": TEXT,
            "rank": WHOLE,
            "interval": {"type": "array", "items": WHOLE, "minItems": 2, "maxItems": 2},
            "median": WHOLE,
            "p_first": NUMBER,
            "p_top": {"type": "object", "additionalProperties": NUMBER},
            "confidence_factor": maybe(NUMBER),
        },
        {"central_weights": {"type": ["object", "null"]}},
    ),
    "Robustness": record(
        {
            "ranking": record({"id": TEXT, "district": TEXT, "index": TEXT, "sample": FLAG}),
            "what": TEXT,
            "draws": WHOLE,
            "seed": WHOLE,
            "concentration": maybe(NUMBER),
            "areas": listed("RobustArea"),
            "not_ranked": listed("NotRanked"),
            "attribution": CREDIT,
            "next": maybe(TEXT),
        },
        {
            "weights_drawn": TEXT,
            "interval_percent": {"type": "array", "items": WHOLE},
            "standard_error_at_most": NUMBER,
        },
    ),
    "Explanation": record(
        {"sentences": {"type": "array", "items": TEXT}},
        {"area": {"type": "object"}, "sample": FLAG},
    ),
    "ClusterArea": record(
        {
            "code": TEXT,
            "name": TEXT,
            "cluster": TEXT,
            "cluster_label": TEXT,
            "gi_star": TEXT,
            "hidden_pocket": maybe(FLAG),
        },
        {
            "value": maybe(NUMBER),
            "local_moran": maybe(NUMBER),
            "gi_star_score": maybe(NUMBER),
            "p": maybe(NUMBER),
            "q": {**maybe(NUMBER), "description": "Adjusted for the false discovery rate."},
            "within_monte_carlo_error": {
                **FLAG,
                "description": "Another seed may call the area otherwise.",
            },
            "ward_vintage": {**maybe(WHOLE), "description": "Year of the list of wards."},
        },
    ),
    "Clusters": record(
        {
            "district": TEXT,
            "index": TEXT,
            "of": TEXT,
            "permutations": WHOLE,
            "seed": WHOLE,
            "false_discovery_rate": NUMBER,
            "counts": {"type": "object"},
            "areas": listed("ClusterArea"),
            "hidden_pockets": {"type": "array", "items": TEXT},
            "sample": FLAG,
            "attribution": CREDIT,
            "next": maybe(TEXT),
        },
        {
            "summary": {"type": "array", "items": TEXT},
            "within_monte_carlo_error": {"type": "array", "items": TEXT},
            "hidden_pockets_not_known": {"type": "array", "items": TEXT},
            "wards": {"type": "object"},
        },
    ),
    "NeighbourhoodsBeside": record(
        {
            "ranking": {"type": "object"},
            "sensitivity": TEXT,
            "areas": {"type": "array", "items": {"type": "object"}, "minItems": 2, "maxItems": 4},
            "reversals": {"type": "array", "items": {"type": "object"}},
            "sample": FLAG,
            "attribution": CREDIT,
        }
    ),
}
