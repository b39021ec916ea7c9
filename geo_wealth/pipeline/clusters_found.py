"""What is said of clusters and hidden pockets in a ranked district."""

from dataclasses import dataclass
from typing import Any

from geo_wealth.clusters import MORAN, Permutations
from geo_wealth.pipeline.indicators import SLUGS
from geo_wealth.queries.rows import Ranking

OF = ("score", *SLUGS)
"""What clusters can be of: the score of the ranking, or one of its figures as published."""

STANDS_OUT = ("high_high", "low_low", "high_low", "low_high")
"""Classes of local Moran that are significant."""

USUAL = Permutations()


@dataclass(frozen=True, slots=True)
class AreaClusters:
    """What is said of one area; see :class:`geo_wealth.clusters.Clusters`.

    Attributes
    ----------
    value
        What was judged; None where missing.
    unsettled
        Whether other draws of the permutations may call it otherwise.
    pocket
        Whether it is a hidden pocket; None where that is not known.
    pocket_unknown
        Why that is not known; None where it is.
    ward_vintage
        Year of the list that its ward is from; None where not known.
    ward_average, ward_lsoas, ward_most_deprived
        What its ward was judged by; None where not known.
    """

    code: str
    name: str
    ward_code: str | None
    ward_name: str | None
    ward_vintage: int | None
    value: float | None
    moran_class: str
    gi_class: str
    moran: float | None
    gi: float | None
    p: float | None
    q: float | None
    unsettled: bool
    pocket: bool | None
    pocket_unknown: str | None
    ward_average: float | None
    ward_lsoas: int | None
    ward_most_deprived: int | None

    @property
    def label(self) -> str:
        """The class of local Moran in words."""
        return MORAN[self.moran_class]


@dataclass(frozen=True, slots=True)
class RankingClusters:
    """What is said of a ranked district, the areas in order of code."""

    ranking: Ranking
    of: str
    how: Permutations
    residents_from: str
    results: dict[str, Any]
    areas: dict[str, AreaClusters]

    @property
    def pockets(self) -> tuple[AreaClusters, ...]:
        """The hidden pockets."""
        return tuple(area for area in self.areas.values() if area.pocket)
