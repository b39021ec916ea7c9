"""JSON Schemas of the API's answers."""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}


def maybe(schema: Schema) -> Schema:
    """Allow null beside a type: not known."""
    return {"type": [schema["type"], "null"]}


def listed(name: str) -> Schema:
    """Give an array of a named schema."""
    return {"type": "array", "items": ref(name)}


def ref(name: str) -> Schema:
    """Point at a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """Give an object; members beyond those named may be added in time."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }


def page_of(key: str, name: str) -> Schema:
    """Give one page of a list, with the address of the next one."""
    return record({key: listed(name), "next": maybe(TEXT)}, {"attribution": CREDIT, "sample": FLAG})


CREDIT: Schema = {"type": "array", "items": TEXT}
_POINT = {
    "distance_m": maybe(NUMBER),
    "longitude": maybe(NUMBER),
    "latitude": maybe(NUMBER),
    "dataset": TEXT,
    "sample": FLAG,
}
_MONEY = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "description": "Pounds."}
_SPLIT: dict[str, Schema] = {
    "total": _MONEY,
    "local": _MONEY,
    "leaked": _MONEY,
    "unlocated": _MONEY,
    "share_of_located": maybe(NUMBER),
    "bounds": {
        "type": ["array", "null"],
        "items": NUMBER,
        "minItems": 2,
        "maxItems": 2,
        "description": "Least and most that the local share of all pounds can be.",
    },
    "payments": WHOLE,
    "payees": WHOLE,
}

SCHEMAS: dict[str, Schema] = {
    "Problem": record(
        {"type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT},
        {"instance": TEXT, "parameter": TEXT, "request_id": TEXT},
    ),
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
    "District": record({"code": TEXT, "name": TEXT, "indices": {"type": "array", "items": TEXT}}),
    "Districts": record({"districts": listed("District")}),
    "Place": record({"kind": TEXT, "code": TEXT, "name": maybe(TEXT)}, {"vintage": maybe(WHOLE)}),
    "Places": record({"postcode": maybe(TEXT), "areas": listed("Place")}),
    "Domain": record(
        {"domain": TEXT, "score": maybe(NUMBER), "rank": maybe(WHOLE), "decile": maybe(WHOLE)}
    ),
    "Area": record(
        {"code": TEXT, "name": TEXT, "vintage": WHOLE},
        {
            "ward_code": maybe(TEXT),
            "district_code": maybe(TEXT),
            "residents": maybe(WHOLE),
            "domains": {"type": "object", "additionalProperties": listed("Domain")},
        },
    ),
    "Ward": record(
        {
            "code": TEXT,
            "name": TEXT,
            "lsoa_vintage": WHOLE,
            "lsoas": {"type": "array", "items": TEXT},
        }
    ),
    "Asset": record({"id": WHOLE, "name": TEXT, "eligibility": TEXT, **_POINT}),
    "Supplier": record({"name": maybe(TEXT), "pounds": _MONEY, "payments": WHOLE, **_POINT}),
    "Anchor": record({"name": TEXT, **_POINT}),
    "Assets": page_of("assets", "Asset"),
    "Suppliers": page_of("suppliers", "Supplier"),
    "Anchors": page_of("anchors", "Anchor"),
    "SpendPart": record(_SPLIT, {"label": TEXT, "definition": {"type": "object"}}),
    "NamedVersion": record({"name": TEXT, "version": WHOLE, "hash": TEXT}, {"title": TEXT}),
    "Spend": record(
        {
            **_SPLIT,
            "payers": {"type": "array", "items": TEXT},
            "rows": {"type": "object"},
            "pounds": {"type": "object"},
            "definition": ref("NamedVersion"),
            "rules": ref("NamedVersion"),
            "sample": FLAG,
        },
        {
            "period": {"type": "object"},
            "either_way": {"type": "object"},
            "unlocated_because": {"type": "array", "items": {"type": "object"}},
            "by": {"type": "object", "additionalProperties": {"type": "array"}},
            "located": _MONEY,
            "redacted": {**maybe(TEXT), "description": "Null where it would tell of a person."},
            "share_located": maybe(NUMBER),
            "attribution": CREDIT,
        },
    ),
    "Lab": record(
        {
            "definitions": listed("SpendPart"),
            "differences": {"type": "array", "items": {"type": "object"}},
            "rules": ref("NamedVersion"),
        },
        {"not_all_agree": {"type": "object"}, "sample": FLAG, "attribution": CREDIT},
    ),
    "Change": record(
        {"code": TEXT, "name": TEXT, "points": maybe(NUMBER), "local_pounds": _MONEY},
        {"exact": maybe(TEXT)},
    ),
    "Compared": record(
        {
            "like_for_like": FLAG,
            "first": {"type": "object"},
            "second": {"type": "object"},
            "change": ref("Change"),
            "parts": listed("Change"),
        },
        {
            "steps": listed("Change"),
            "warnings": {"type": "array", "items": TEXT},
            "claims": {"type": "array", "items": {"type": "object"}},
            "sample": FLAG,
            "attribution": CREDIT,
        },
    ),
    "Leaks": record(
        {
            "definition": ref("NamedVersion"),
            "rules": ref("NamedVersion"),
            "with_local_suppliers": {"type": "array", "items": {"type": "object"}},
            "without_local_suppliers": {"type": "array", "items": {"type": "object"}},
        },
        {"method": TEXT, "sample": FLAG, "attribution": CREDIT},
    ),
    "Payers": record(
        {
            "definition": ref("NamedVersion"),
            "rules": ref("NamedVersion"),
            "anchors": {"type": "array", "items": {"type": "object"}},
            "joint": {"type": "object"},
            "transfers": {"type": "array", "items": {"type": "object"}},
        },
        {"sample": FLAG, "attribution": CREDIT},
    ),
    "KeptDocument": record(
        {"name": TEXT, "version": WHOLE, "title": TEXT, "hash": TEXT, "document": TEXT},
        {"words": {"type": "array", "items": TEXT}, "ready_made": FLAG},
    ),
    "Definitions": record({"definitions": listed("KeptDocument"), "rules": listed("KeptDocument")}),
    "PenetrationFigure": record(
        {"value": maybe(NUMBER), "reason": maybe(TEXT)},
        {
            "top_share": maybe(NUMBER),
            "interval": {"type": ["array", "null"], "items": NUMBER, "maxItems": 2},
        },
    ),
    "PenetrationArea": record(
        {
            "code": TEXT,
            "name": TEXT,
            "figures": {"type": "object", "additionalProperties": ref("PenetrationFigure")},
        },
        {
            "pounds": {**maybe(TEXT), "description": "Pounds received there."},
            "suppliers": WHOLE,
            "residents": maybe(WHOLE),
            "premises": maybe(WHOLE),
            "premises_paid": maybe(WHOLE),
        },
    ),
    "Penetration": record(
        {
            "district": TEXT,
            "index": TEXT,
            "sample": FLAG,
            "measures": {"type": "object"},
            "interval": record({"means": TEXT, "draws": WHOLE, "seed": WHOLE}),
            "areas": listed("PenetrationArea"),
            "attribution": CREDIT,
            "next": maybe(TEXT),
        },
        {"pounds": _MONEY, "premises": maybe(WHOLE), "supplier_rate": maybe(NUMBER)},
    ),
    "DrawnPlace": record(
        {"code": TEXT, "name": TEXT},
        {
            "ward_code": maybe(TEXT),
            "ward": maybe(TEXT),
            "rank": maybe(WHOLE),
            "score": maybe(NUMBER),
            "residents": maybe(WHOLE),
        },
    ),
    "AreaFacts": record(
        {
            "codes": {"type": "array", "items": TEXT},
            "areas": listed("DrawnPlace"),
            "residents": maybe(WHOLE),
            "mean_score": maybe(NUMBER),
            "reach": {**maybe(NUMBER), "description": "Residents times score, summed."},
            "across_m": NUMBER,
            "connected": FLAG,
        },
        {
            "kind": TEXT,
            "label": TEXT,
            "sentence": TEXT,
            "proved": FLAG,
            "at_most_better": maybe(NUMBER),
            "compactness": maybe(NUMBER),
            "parts": {"type": "array", "items": {"type": "array", "items": TEXT}},
            "inside": {"type": ["object", "null"]},
            "by_hand": FLAG,
            "keeps": FLAG,
            "sure": TEXT,
            "findings": {"type": "array", "items": TEXT},
            "touching": {"type": "array", "items": TEXT},
            "lines": {"type": "array", "items": {"type": "object"}},
            "command": maybe(TEXT),
        },
    ),
    "DrawingSensitivity": record(
        {
            "draws": WHOLE,
            "best": {**NUMBER, "description": "Share of the weightings in which it is the best."},
            "half": {
                **NUMBER,
                "description": "Share in which the best holds at least half of its LSOAs.",
            },
            "median_reach": maybe(NUMBER),
            "worst_reach": {
                **maybe(NUMBER),
                "description": "Its reach against the best's, at least so much in 95 %.",
            },
            "in_best_area": {
                "type": "object",
                "additionalProperties": NUMBER,
                "description": "By code: share in which it is in the best area; others never.",
            },
            "sentence": TEXT,
        },
        {
            "what": TEXT,
            "seed": WHOLE,
            "concentration": maybe(NUMBER),
            "standard_error_at_most": NUMBER,
            "sets": {**maybe(WHOLE), "description": "Sets compared; null where drawn anew."},
            "unproved": WHOLE,
            "different_best": WHOLE,
        },
    ),
    "Drawing": record(
        {
            "ranking": TEXT,
            "request": {"type": "object"},
            "sample": FLAG,
            "best": ref("AreaFacts"),
            "sensitivity": ref("DrawingSensitivity"),
            "alternatives": listed("AreaFacts"),
            "selection": ref("AreaFacts"),
            "left_out": listed("NotRanked"),
        },
        {"within": maybe(TEXT), "page": TEXT, "attribution": CREDIT},
    ),
    "EvidenceChange": record(
        {"section": TEXT, "title": TEXT, "sentences": {"type": "array", "items": TEXT}}
    ),
    "PilotInList": record(
        {"pilot": TEXT, "title": TEXT, "state": TEXT, "district": maybe(TEXT)},
        {
            "district_name": maybe(TEXT),
            "neighbourhoods": maybe(WHOLE),
            "residents": maybe(WHOLE),
            "proposed_on": TEXT,
            "approved_on": maybe(TEXT),
            "changed_on": TEXT,
            "sample": maybe(FLAG),
            "fault": {**maybe(TEXT), "description": "Why its evidence cannot be read."},
        },
    ),
    "Pilots": record({"pilots": listed("PilotInList"), "next": maybe(TEXT)}),
    "PilotArea": record(
        {"code": TEXT, "name": TEXT},
        {"ward": maybe(TEXT), "rank": maybe(WHOLE), "score": maybe(NUMBER)},
    ),
    "PilotStep": record(
        {"step": TEXT, "state": TEXT, "on": TEXT, "written_on": TEXT, "reason": TEXT},
        {"evidence": maybe(TEXT)},
    ),
    "PilotEntry": record(
        {"kind": TEXT, "on": TEXT, "written_on": TEXT, "text": TEXT},
        {"stage": maybe(TEXT), "area": maybe(TEXT)},
    ),
    "Pilot": record(
        {
            "pilot": TEXT,
            "title": TEXT,
            "state": TEXT,
            "district": TEXT,
            "areas": listed("PilotArea"),
            "outcomes": {"type": "array", "items": TEXT},
            "steps": listed("PilotStep"),
            "log": listed("PilotEntry"),
            "evidence": record({"proposed": TEXT, "frozen": maybe(TEXT)}),
            "changes_since_approval": {
                "type": ["array", "null"],
                "items": ref("EvidenceChange"),
                "description": "Null before an approval, and where it cannot be said any more.",
            },
            "changes_unknown_because": maybe(TEXT),
        },
        {
            "district_name": TEXT,
            "neighbourhoods": WHOLE,
            "residents": maybe(WHOLE),
            "proposed_on": TEXT,
            "approved_on": maybe(TEXT),
            "changed_on": TEXT,
            "sample": FLAG,
            "plan": {"type": "object"},
        },
    ),
    "Comparison": record(
        {
            "pool": TEXT,
            "pilot": {"type": "array", "items": {"type": "object"}},
            "ring": {"type": "array", "items": {"type": "object"}},
            "groups": {"type": "array", "items": {"type": "object"}},
            "accounting": {"type": "object", "additionalProperties": WHOLE},
            "balance": {"type": "array", "items": {"type": "object"}},
            "verdict": TEXT,
            "notes": {"type": "array", "items": TEXT},
            "outcomes": {"type": "array", "items": {"type": "object"}},
            "sentences": {"type": "array", "items": TEXT},
            "advice": {"type": "array", "items": TEXT},
            "command": {**maybe(TEXT), "description": "Proposes this pilot with this group."},
            "findings": {
                "type": "array",
                "items": TEXT,
                "description": "Why there is no such command.",
            },
        },
        {"sample": FLAG, "attribution": CREDIT},
    ),
    "PilotEffect": record(
        {
            "pilot": TEXT,
            "measure": TEXT,
            "unit": TEXT,
            "start": {**maybe(TEXT), "description": "First period after; null: none is loaded."},
            "headline": TEXT,
            "sentences": {"type": "array", "items": TEXT},
            "cannot_be_said": {"type": "array", "items": TEXT},
            "warnings": {"type": "array", "items": TEXT},
            "periods": {"type": "array", "items": TEXT},
            "effect": {"type": ["object", "null"], "description": "Null: none can be told."},
        },
        {"sample": FLAG, "attribution": CREDIT},
    ),
    "Dataset": record(
        {"dataset": TEXT, "kind": TEXT, "title": TEXT, "sha256": TEXT, "state": TEXT},
        {"licence": maybe(TEXT), "attribution": maybe(TEXT), "sample": FLAG},
    ),
    "Datasets": record({"datasets": listed("Dataset"), "next": maybe(TEXT)}),
    "Issue": record(
        {"line": maybe(WHOLE), "field": maybe(TEXT), "kind": TEXT, "message": TEXT},
        {
            "value": {
                **maybe(TEXT),
                "description": "What the file had; left out where persons may be named.",
            },
            "rejects": FLAG,
        },
    ),
    "Issues": record({"dataset": TEXT, "issues": listed("Issue")}),
}
