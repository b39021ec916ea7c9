"""What is loaded, and what is wrong with a request."""

from webmap.api.schemas.parts import FLAG, TEXT, WHOLE, Schema, listed, maybe, record

DATA: dict[str, Schema] = {
    "Problem": record(
        {"type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT},
        {"instance": TEXT, "parameter": TEXT, "request_id": TEXT},
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
