"""Spend: its parts, definitions, baselines and reach."""

from webmap.api.schemas.parts import (
    CREDIT,
    FLAG,
    MONEY,
    NUMBER,
    SPLIT,
    TEXT,
    WHOLE,
    Schema,
    listed,
    maybe,
    record,
    ref,
)

SPEND: dict[str, Schema] = {
    "SpendPart": record(SPLIT, {"label": TEXT, "definition": {"type": "object"}}),
    "NamedVersion": record({"name": TEXT, "version": WHOLE, "hash": TEXT}, {"title": TEXT}),
    "Spend": record(
        {
            **SPLIT,
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
            "located": MONEY,
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
        {"code": TEXT, "name": TEXT, "points": maybe(NUMBER), "local_pounds": MONEY},
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
        {"pounds": MONEY, "premises": maybe(WHOLE), "supplier_rate": maybe(NUMBER)},
    ),
}
