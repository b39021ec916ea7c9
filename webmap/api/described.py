"""The OpenAPI document, made from the routes as they are registered."""

import re
from typing import Any

from flask import Response, request

from webmap.api.blueprint import ROUTES, ApiRoute, blueprint
from webmap.api.schemas import SCHEMAS
from webmap.caching import json_response
from webmap.params import Param, read

_PART = re.compile(r"<(\w+)>")
_PARTS = {
    "code": "A GSS code, such as E01011140.",
    "key": "The key of a dataset.",
    "slug": "The name of a pilot.",
}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Describe the API as OpenAPI 3.1; needs no database."""
    read(request.args, ())
    response = json_response(document())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def document() -> dict[str, Any]:
    """Write the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Geo Wealth",
            "version": "1",
            "summary": "Neighbourhoods ranked for pilots, with the reason for every rank.",
            "license": {"name": "Open Government Licence v3.0", "identifier": "OGL-UK-3.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {path(route): {"get": operation(route)} for route in ROUTES},
        "components": {"schemas": SCHEMAS, "responses": RESPONSES},
    }


def path(route: ApiRoute) -> str:
    """Write a rule of Flask as a path of OpenAPI."""
    return _PART.sub(r"{\1}", route.rule)


def operation(route: ApiRoute) -> dict[str, Any]:
    """Describe one route."""
    return {
        "operationId": route.endpoint,
        "summary": route.summary,
        "parameters": [
            *(in_path(name) for name in _PART.findall(route.rule)),
            *(in_query(param) for param in route.params),
        ],
        "responses": {
            "200": {
                "description": "Found.",
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": {
                    "application/json": {"schema": {"$ref": f"#/components/schemas/{route.schema}"}}
                },
            },
            "304": {"description": "Unchanged since the ETag given in If-None-Match."},
            "400": {"$ref": "#/components/responses/Problem"},
            "404": {"$ref": "#/components/responses/Problem"},
            "503": {"$ref": "#/components/responses/Busy"},
        },
    }


def in_path(name: str) -> dict[str, Any]:
    """Describe a part of the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": _PARTS[name],
        "schema": {"type": "string"},
    }


def in_query(param: Param) -> dict[str, Any]:
    """Describe a parameter of the query."""
    described: dict[str, Any] = {
        "name": param.name,
        "in": "query",
        "required": param.required,
        "description": param.about,
        "schema": param.schema(),
    }
    return described | ({"example": param.example} if param.example else {})


_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES: dict[str, Any] = {
    "Problem": {"description": "What is wrong, in one sentence (RFC 9457).", "content": _PROBLEM},
    "Busy": {
        "description": "The database does not answer; try again after Retry-After seconds.",
        "headers": {"Retry-After": {"schema": {"type": "integer"}}},
        "content": _PROBLEM,
    },
}
