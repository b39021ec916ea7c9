"""The parameters of two baselines: those of one, twice, each under the name of its side."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from geo_wealth.queries.book import read_book
from webmap.params import Param, Values
from webmap.spend_choices import fixed
from webmap.spend_params import SPEND
from webmap.spend_view import years_of

SIDES = ("first", "second")
COMPARE: tuple[Param, ...] = tuple(
    replace(param, name=f"{side}.{param.name}", about=f"{param.about} Of the {side} baseline.")
    for side in SIDES
    for param in SPEND
)


def side_of(values: Values, side: str) -> Values:
    """Take the parameters of one side under their plain names."""
    return {param.name: values[f"{side}.{param.name}"] for param in SPEND}


def compare_fixed(conn: Connection, values: Values) -> Values:
    """Name the versions that an address means; the last two years where it asks for nothing."""
    given = any(values[param.name] not in {(), param.default} for param in COMPARE)
    asked = values if given else values | last_years(conn)
    return {
        f"{side}.{name}": value
        for side in SIDES
        for name, value in fixed(conn, side_of(asked, side)).items()
    }


def last_years(conn: Connection) -> Values:
    """Take the last two financial years that the ledgers have, or the halves of the only one."""
    spans = [(first, last) for _name, first, last in years_of(read_book(conn))[-2:]]
    if len(spans) == 1:
        first, last = spans[0]
        spans = [(first, date(first.year, 9, 30)), (date(first.year, 10, 1), last)]
    found: Values = {}
    for side, (first, last) in zip(SIDES, spans, strict=False):  # no span without any date
        found |= {f"{side}.from": first, f"{side}.to": last}
    return found
