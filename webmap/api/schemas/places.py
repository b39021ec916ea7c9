"""Districts, wards, neighbourhoods and what stands in them."""

from webmap.api.schemas.parts import (
    MONEY,
    NUMBER,
    POINT,
    TEXT,
    WHOLE,
    Schema,
    listed,
    maybe,
    page_of,
    record,
)

PLACES: dict[str, Schema] = {
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
    "Asset": record({"id": WHOLE, "name": TEXT, "eligibility": TEXT, **POINT}),
    "Supplier": record({"name": maybe(TEXT), "pounds": MONEY, "payments": WHOLE, **POINT}),
    "Anchor": record({"name": TEXT, **POINT}),
    "Assets": page_of("assets", "Asset"),
    "Suppliers": page_of("suppliers", "Supplier"),
    "Anchors": page_of("anchors", "Anchor"),
}
