"""By what a result about spend is remembered: all that it depends on, without working it out."""

from collections.abc import Hashable

from sqlalchemy import Connection

from geo_wealth.pipeline.spend import SpendRequest, book_key
from geo_wealth.queries import named
from geo_wealth.queries.book import read_book


def meaning(connection: Connection, request: SpendRequest) -> tuple[Hashable, ...]:
    """Name what a request means now: the data, the definition and the rules in their versions.

    Raises
    ------
    NotFoundError, InvalidRequestError
        When a dataset, the definition or the rules do not exist.
    """
    book = read_book(connection, request.datasets or None)
    documents = (
        named.definition(connection, request.definition),
        named.rules(connection, request.rules),
    )
    said = tuple((each.slug, each.version, each.hash) for each in documents)
    return (*book_key(connection, book), request, said)
