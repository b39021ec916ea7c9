"""The blueprint of the API: a route is declared once, with its parameters and its schema."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from webmap.addresses import address
from webmap.params import Param, Values, read

PREFIX = "/api/v1"

blueprint = Blueprint("api", __name__)


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """What the OpenAPI document says of a route."""

    rule: str
    endpoint: str
    summary: str
    params: tuple[Param, ...]
    schema: str


ROUTES: list[ApiRoute] = []


def route(
    rule: str, summary: str, params: Sequence[Param], schema: str
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Register a view that is given its parameters, read and checked."""

    def register(view: Callable[..., Response]) -> Callable[..., Response]:
        declared = tuple(params)
        name = view.__name__
        ROUTES.append(ApiRoute(f"{PREFIX}{rule}", name, summary, declared, schema))

        def answer(**parts: str) -> Response:
            return view(read(request.args, declared), **parts)

        blueprint.add_url_rule(f"{PREFIX}{rule}", name, answer)
        return view

    return register


def next_link(values: Values, more: bool, **parts: str) -> str | None:
    """Address of the following rows; None when these were the last."""
    if not more:
        return None
    following = {**request.args.to_dict(), "offset": str(values["offset"] + values["limit"])}
    return address(request.endpoint or "", {**parts, **following})


def paged(rows: Sequence[Any], values: Values) -> tuple[list[Any], bool]:
    """Cut out the rows asked for, and tell whether there are more."""
    start, end = values["offset"], values["offset"] + values["limit"]
    return list(rows[start:end]), len(rows) > end
