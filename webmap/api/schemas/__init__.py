"""Schemas of the API's answers, by name, for the OpenAPI document."""

from webmap.api.schemas.data import DATA
from webmap.api.schemas.parts import Schema
from webmap.api.schemas.pilots import PILOTS
from webmap.api.schemas.places import PLACES
from webmap.api.schemas.rankings import RANKINGS
from webmap.api.schemas.spend import SPEND

SCHEMAS: dict[str, Schema] = {**RANKINGS, **PLACES, **SPEND, **PILOTS, **DATA}
