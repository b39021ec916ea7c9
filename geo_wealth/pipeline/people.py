"""Residents of a district and of what lies near it, and what reaches them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo_wealth.access import WALKING_BANDS, float_catchment, gather, within
from geo_wealth.memory import Memory
from geo_wealth.queries import inputs, membership
from geo_wealth.queries.datasets import data_version

REACH_M = WALKING_BANDS[-1]


@dataclass(frozen=True, slots=True)
class Reached:
    """What reaches each resident of an LSOA.

    ``top_share`` is the share of it that the largest supply brings, credits left out; None
    where nothing is brought.
    """

    value: float
    top_share: float | None


@dataclass(frozen=True, slots=True)
class People:
    """Residents by LSOA, spread evenly over their LSOA's points.

    Attributes
    ----------
    residents
        By code, for the district and what lies near it, all of one measure.
    demand
        (n,) residents at each point.
    keep
        (n,) False where an LSOA's residents are not known.
    """

    vintage: int
    residents: dict[str, int]
    measure: str | None
    points: inputs.DemandPoints
    demand: NDArray[np.float64]
    keep: NDArray[np.bool_]
    datasets: tuple[str, ...]

    @classmethod
    def read(
        cls, connection: Connection, vintage: int, codes: Sequence[str], index: str
    ) -> "People":
        """Read who lives where, by the measure that covers most of the district and beyond."""
        points = inputs.demand_points(connection, vintage, codes)
        everyone = sorted({*points.lsoas, *codes})
        measure, residents = membership.residents_of(connection, vintage, everyone, prefer=index)
        by_lsoa = np.array([residents.get(code, 0) for code in points.lsoas], dtype=np.float64)
        known = np.array([code in residents for code in points.lsoas], dtype=np.bool_)
        count = np.bincount(points.lsoa, minlength=len(points.lsoas))
        return cls(
            vintage,
            residents,
            measure,
            points,
            by_lsoa[points.lsoa] / count[points.lsoa],
            known[points.lsoa],
            (*points.datasets, *inputs.population_datasets(connection, measure, vintage, everyone)),
        )

    def missing(self, code: str) -> str | None:
        """Say why nothing per resident can be worked out for an LSOA."""
        if code not in self.points.lsoas:
            return "its boundary is not loaded"
        if code not in self.residents:
            return "its number of residents is not loaded"
        return None

    def reached_by(self, supplies: inputs.Supplies) -> dict[str, Reached]:
        """Average, over an LSOA's points, what reaches each resident from the supplies.

        A supply outside the LSOAs with known residents takes no part: most of those it serves
        are not loaded, and the few who are would seem to get all of it.
        """
        known = supplies.only(self._inside(supplies))
        lsoa = self.points.lsoa[self.keep]
        catchment = float_catchment(
            known.xy, known.amount, self.points.xy[self.keep], self.demand[self.keep]
        )
        found = gather(catchment, lsoa, len(self.points.lsoas))
        return {
            code: Reached(float(value), None if np.isnan(share) else float(share))
            for code, value, share in zip(
                self.points.lsoas, found.access, found.top_share, strict=True
            )
        }

    def weights(self, supplies: inputs.Supplies, codes: Sequence[str]) -> NDArray[np.float64]:
        """Give what one pound at each supply adds for each resident of an LSOA.

        The catchment is linear: the amounts times this matrix are the values of
        :meth:`reached_by`.

        Returns
        -------
        (m, l)
            0 for a supply that takes no part, NaN for an LSOA without points or residents.
        """
        lsoa = self.points.lsoa[self.keep]
        found = float_catchment(
            supplies.xy,
            self._inside(supplies).astype(np.float64),
            self.points.xy[self.keep],
            self.demand[self.keep],
        )
        areas = len(self.points.lsoas)
        count = np.bincount(lsoa, minlength=areas)
        of = lsoa[found.pairs.demand]
        flat = np.bincount(
            found.pairs.supply * areas + of,
            found.gains / count[of],
            minlength=len(supplies.amount) * areas,
        )
        every = flat.astype(np.float64).reshape(len(supplies.amount), areas)
        every[:, count == 0] = np.nan
        place = {code: position for position, code in enumerate(self.points.lsoas)}
        absent = np.full(len(supplies.amount), np.nan)
        columns = [every[:, place[code]] if code in place else absent for code in codes]
        return np.stack(columns, axis=1)

    def _inside(self, supplies: inputs.Supplies) -> NDArray[np.bool_]:
        return np.array([lsoa in self.residents for lsoa in supplies.lsoa], dtype=np.bool_)

    def in_reach(self, supplies: inputs.Supplies) -> dict[str, NDArray[np.int64]]:
        """List, by LSOA, the positions of the supplies that any of its points can reach."""
        pairs = within(self.points.xy, supplies.xy, REACH_M)
        width = max(len(supplies.amount), 1)
        both = np.unique(self.points.lsoa[pairs.demand] * width + pairs.supply)
        edges = np.searchsorted(both, np.arange(len(self.points.lsoas) + 1) * width)
        return {
            code: both[edges[place] : edges[place + 1]] % width
            for place, code in enumerate(self.points.lsoas)
        }


_PEOPLE: Memory[People] = Memory(size=8)


def people_of(
    connection: Connection, district: str, vintage: int, codes: Sequence[str], index: str
) -> People:
    """Read the residents of a district, or remember them; ``codes`` are its neighbourhoods."""
    version = (str(connection.engine.url), data_version(connection))
    return _PEOPLE.recall(
        (*version, district, vintage, index),
        lambda: People.read(connection, vintage, codes, index),
    )
