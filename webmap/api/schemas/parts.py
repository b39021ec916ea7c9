"""What schemas are made of: types, records, lists and pages of them."""

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
POINT = {
    "distance_m": maybe(NUMBER),
    "longitude": maybe(NUMBER),
    "latitude": maybe(NUMBER),
    "dataset": TEXT,
    "sample": FLAG,
}
MONEY = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "description": "Pounds."}
SPLIT: dict[str, Schema] = {
    "total": MONEY,
    "local": MONEY,
    "leaked": MONEY,
    "unlocated": MONEY,
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
