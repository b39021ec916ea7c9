"""Addresses of this service, with a query whose names may hold a dot."""

from collections.abc import Mapping
from typing import Any

from flask import url_for


def address(endpoint: str, query: Mapping[str, Any]) -> str:
    """Write the address of an endpoint."""
    values: dict[str, Any] = dict(query)
    return url_for(endpoint, **values)
