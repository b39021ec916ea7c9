"""Where payments stand in their files."""

import numpy as np
from sqlalchemy import Connection, text

from geo_wealth.spend.book import Ints

AT_ONCE = 5_000


def payment_lines(connection: Connection, ids: Ints) -> Ints:
    """Give the lines of payments, (n,) in the order of their ids; a few thousand at a time."""
    lines = np.empty(len(ids), dtype=np.int64)
    for start in range(0, len(ids), AT_ONCE):
        rows = connection.execute(
            text("""
                SELECT p.line FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS asked(id, at)
                JOIN payment p USING (id) ORDER BY asked.at
            """),
            {"ids": ids[start : start + AT_ONCE].tolist()},
        )
        lines[start : start + AT_ONCE] = rows.scalars().all()
    return lines
