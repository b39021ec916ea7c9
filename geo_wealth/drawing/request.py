"""What is asked of a drawing."""

from dataclasses import dataclass

from geo_wealth.errors import InvalidRequestError

CAP = 10_000
"""Residents of a pilot area unless another cap is given."""

ACROSS_M = 2_400.0
"""Twice the 15 minutes' walk of 1,200 m: from any centre to any other in half an hour."""


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """A pilot area as asked for.

    Attributes
    ----------
    cap
        Most residents it may have.
    across
        Longest straight line, in metres, between the centres of any two of its areas; None:
        any.
    include, exclude
        Codes of areas that must be in it, and that must not.
    within
        Code of a ward, or ``town:`` and the name of a post town, to stay in; None: the
        district.
    alternatives
        How many other areas to draw beside the best, 0 to 6.

    Raises
    ------
    InvalidRequestError
        For a number that is not allowed, or an area named twice over.
    """

    cap: int = CAP
    across: float | None = ACROSS_M
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    within: str | None = None
    alternatives: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.cap <= 1_000_000:
            raise InvalidRequestError(
                "cap", f"give a whole number of residents up to 1,000,000; found {self.cap}."
            )
        if self.across is not None and not 0 < self.across <= 100_000:
            raise InvalidRequestError(
                "across", f"give metres above 0, up to 100,000; found {self.across}."
            )
        if not 0 <= self.alternatives <= 6:
            raise InvalidRequestError(
                "alternatives", f"give a whole number from 0 to 6; found {self.alternatives}."
            )
        both = sorted(set(self.include) & set(self.exclude))
        if both:
            raise InvalidRequestError(
                "include", f"{', '.join(both)} is named as included and as excluded: choose one."
            )
