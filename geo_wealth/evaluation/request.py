"""What is asked of a comparison group."""

from dataclasses import dataclass

from geo_wealth.errors import InvalidRequestError

POOLS = ("district", "neighbours", "england")
"""Where comparison areas may be: the pilot's district, it and those that touch it, anywhere."""


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """How comparison areas are chosen.

    Attributes
    ----------
    matches
        Comparison areas to each pilot area, 1 to 10.
    pool
        One of :data:`POOLS`.
    history
        Measures of outcomes whose past values are matched on too.
    """

    matches: int = 2
    pool: str = "district"
    history: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.matches <= 10:
            raise InvalidRequestError(
                "matches", f"give a whole number from 1 to 10; found {self.matches}."
            )
        if self.pool not in POOLS:
            raise InvalidRequestError(
                "pool", f"allowed are {', '.join(POOLS)}; found {self.pool!r}."
            )
