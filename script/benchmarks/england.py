"""England ranked again under other weights: from memory, and by PostgreSQL."""

from collections.abc import Callable, Iterator
from itertools import cycle

import numpy as np
from databases import Server
from measure import Finding, WrongResultError, interleaved, timed
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from geo_wealth.ranking import normalise_areas, rank_scores, score_draws

_AREAS = 33_755
_INDICATORS = 10
_COLUMNS = [f"x{k}" for k in range(_INDICATORS)]

Floats = NDArray[np.float64]
Ranks = NDArray[np.int64]


def reranking(server: Server, rounds: int) -> Iterator[Finding]:
    """Give every area its rank under new weights; the database has the normalised figures.

    The fairer of two ways in SQL: a table that holds percentiles already, not raw figures that
    ``percent_rank`` would normalise each time. Both sides hand over ranks in order of code;
    the database's are read into an array by its own driver, in one aggregated value, so that
    no time goes into rows of Python objects.
    """
    raw = np.random.default_rng(1).random((_AREAS, _INDICATORS))
    normalised = normalise_areas(raw, np.ones(_INDICATORS))
    with server.database() as engine, engine.connect() as connection:
        _store(connection, normalised)
        drawn = _weights()
        for _ in range(3):
            weights = next(drawn)
            if not np.array_equal(_from_memory(normalised, weights), _by_sql(connection, weights)):
                raise WrongResultError("the ranks from memory differ from those of the database.")
        seconds = interleaved(
            {
                "memory": _timing(drawn, lambda weights: _from_memory(normalised, weights)),
                "SQL": _timing(drawn, lambda weights: _by_sql(connection, weights)),
            },
            rounds,
        )
    yield Finding(
        "reranking-england",
        f"{_AREAS:,} areas, {_INDICATORS} indicators / SQL",
        seconds["memory"] / seconds["SQL"],
        target=0.05,
        rounds=rounds,
        sides=seconds,
    )


def _from_memory(normalised: Floats, weights: Floats) -> Ranks:
    return rank_scores(score_draws(normalised, weights[None])[0])[0]


def _weights() -> Iterator[Floats]:
    return cycle(np.random.default_rng(2).dirichlet(np.ones(_INDICATORS), size=50))


def _timing(drawn: Iterator[Floats], rank: Callable[[Floats], Ranks]) -> Callable[[], float]:
    def run() -> float:
        weights = next(drawn)
        return timed(lambda: rank(weights))

    return run


def _store(connection: Connection, normalised: Floats) -> None:
    columns = ", ".join(f"{name} double precision NOT NULL" for name in _COLUMNS)
    connection.execute(text(f"CREATE TEMP TABLE england (place int PRIMARY KEY, {columns})"))
    names = ", ".join(f":{name}" for name in _COLUMNS)
    rows = [
        {"place": place, **dict(zip(_COLUMNS, map(float, row), strict=True))}
        for place, row in enumerate(normalised)
    ]
    connection.execute(text(f"INSERT INTO england VALUES (:place, {names})"), rows)  # noqa: S608
    connection.execute(text("ANALYZE england"))


def _by_sql(connection: Connection, weights: Floats) -> Ranks:
    score = " + ".join(f"CAST(:{name} AS double precision) * {name}" for name in _COLUMNS)
    query = f"""
        WITH scored AS (
            SELECT place, {score} AS score FROM england
        ), ranked AS (
            SELECT place, rank() OVER (ORDER BY score DESC) AS rank FROM scored
        )
        SELECT string_agg(rank::text, ' ' ORDER BY place) FROM ranked
    """  # noqa: S608
    given = dict(zip(_COLUMNS, map(float, weights), strict=True))
    listed = connection.execute(text(query), given).scalar_one()
    return np.fromstring(listed, dtype=np.int64, sep=" ")
