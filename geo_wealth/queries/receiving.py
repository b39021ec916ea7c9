"""How deprived the neighbourhoods are that receive the money."""

import numpy as np
from sqlalchemy import Connection, text

from boundaries.codes import INDEX
from geo_wealth.spend.book import NONE, Ints, Sites


def deciles(connection: Connection, sites: Sites) -> tuple[str | None, Ints]:
    """Give the deprivation decile of the LSOA around each site, 1 the most deprived.

    Returns
    -------
    index, decile
        The newest index that knows most of the sites' LSOAs, None when none does; and (s,)
        deciles of England, ``NONE`` where not known.
    """
    found = {index: _by_index(connection, index, sites) for index in INDEX}
    best = max(found, key=lambda index: (np.count_nonzero(found[index] != NONE), index))
    return (best if (found[best] != NONE).any() else None), found[best]


def _by_index(connection: Connection, index: str, sites: Sites) -> Ints:
    codes = sites.lsoa11 if INDEX[index].vintage == 2011 else sites.lsoa21
    rows = connection.execute(
        text("""
            SELECT code, decile FROM deprivation
            WHERE current AND index = :index AND domain = 'imd' AND code = ANY(:codes)
              AND decile IS NOT NULL
        """),
        {"index": index, "codes": sorted({code for code in codes if code})},
    )
    decile = {row.code: row.decile for row in rows}
    return np.array([decile.get(code or "", NONE) for code in codes], dtype=np.int64)
