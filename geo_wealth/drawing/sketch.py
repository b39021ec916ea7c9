"""A request set on a district: what may be drawn there, and what stands in the way."""

from dataclasses import dataclass
from itertools import combinations

from geo_wealth.drawing.ground import SCALE, Ground
from geo_wealth.drawing.grow import fewest_residents
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.drawing.search import Problem
from geo_wealth.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class Sketch:
    """A problem for the search, and how to read its answer.

    Attributes
    ----------
    places
        (m,) position in the ground of each area of the problem.
    factor
        Values are reach in billionths times this, less the residents: fewer are better where
        the reach is the same.
    allowed
        Codes to stay within; None for the whole district.
    """

    problem: Problem
    places: tuple[int, ...]
    factor: int
    allowed: frozenset[str] | None


def sketch(ground: Ground, request: DrawRequest, allowed: frozenset[str] | None) -> Sketch:
    """Set a request that was checked on a ground."""
    excluded = set(request.exclude)
    kept = [
        at
        for at, place in enumerate(ground.places)
        if place.why_not is None
        and place.code not in excluded
        and (allowed is None or place.code in allowed)
        and (place.residents or 0) <= request.cap
    ]
    # By density; where nobody lives nothing is added, whatever the score.
    kept.sort(
        key=lambda at: (not ground.places[at].residents, -(ground.places[at].score or 0.0), at)
    )
    residents = [ground.places[at].residents or 0 for at in kept]
    factor = 1 + sum(residents)
    turn = {at: area for area, at in enumerate(kept)}
    touching = [[turn[other] for other, _ in ground.shared[at] if other in turn] for at in kept]
    near = [
        [
            area
            for area, other in enumerate(kept)
            if other != at and (request.across is None or ground.apart(at, other) <= request.across)
        ]
        for at in kept
    ]
    required = [turn[at] for at in ground.positions(request.include) if at in turn]
    problem = Problem(
        value=tuple(
            ground.places[at].value * factor - size
            for at, size in zip(kept, residents, strict=True)
        ),
        size=tuple(residents),
        turn=tuple(kept),
        touches=tuple(_together(areas) for areas in touching),
        close=tuple(_together(areas) for areas in near),
        cap=min(request.cap, factor),
        required=_together(required),
    )
    return Sketch(problem, tuple(kept), factor, allowed)


def reach_of(drawn_on: Sketch, value: int, residents: int) -> float:
    """Turn a value back into the reach it stands for, given the residents taken off it."""
    return (value + residents) / drawn_on.factor / SCALE


def check_request(ground: Ground, request: DrawRequest, allowed: frozenset[str] | None) -> None:
    """Refuse what no set of areas could keep to.

    Raises
    ------
    InvalidRequestError
        Naming the part of the request, the areas and the numbers.
    """
    ground.positions(request.exclude, "exclude")
    included = ground.positions(request.include, "include")
    _check_drawable(ground, request, allowed)
    for at in included:
        _check_included(ground, request, allowed, at)
    if request.across is not None:
        _check_apart(ground, included, request.across)
    if included:
        _check_joined(ground, request, allowed)


def _check_drawable(ground: Ground, request: DrawRequest, allowed: frozenset[str] | None) -> None:
    free = [
        place
        for place in ground.places
        if place.why_not is None
        and place.code not in request.exclude
        and (allowed is None or place.code in allowed)
    ]
    if not free:
        parameter = "within" if allowed is not None else "exclude" if request.exclude else "index"
        raise InvalidRequestError(
            parameter,
            "no neighbourhood is left that can be drawn: each is excluded, outside, not ranked "
            "or without known residents.",
        )
    least = min(free, key=lambda place: (place.residents or 0, place.code))
    if (least.residents or 0) > request.cap:
        raise InvalidRequestError(
            "cap",
            f"{request.cap:,} residents are fewer than the smallest neighbourhood has "
            f"({least.code} {least.name}: {least.residents:,}); raise the cap.",
        )


def _check_included(
    ground: Ground, request: DrawRequest, allowed: frozenset[str] | None, at: int
) -> None:
    place = ground.places[at]
    if place.why_not is not None:
        raise InvalidRequestError("include", f"{place.code} cannot be drawn: {place.why_not}.")
    if allowed is not None and place.code not in allowed:
        raise InvalidRequestError(
            "include", f"{place.code} {place.name} is not within {request.within}."
        )
    if (place.residents or 0) > request.cap:
        raise InvalidRequestError(
            "include",
            f"{place.code} {place.name} alone has {place.residents:,} residents, more than the "
            f"cap of {request.cap:,}.",
        )


def _check_apart(ground: Ground, included: list[int], across: float) -> None:
    for one, other in combinations(included, 2):
        metres = ground.apart(one, other)
        if metres > across:
            raise InvalidRequestError(
                "include",
                f"{ground.places[one].code} and {ground.places[other].code} lie {metres:,.0f} m "
                f"apart, more than the {across:,.0f} m that the area may be across.",
            )


def _check_joined(ground: Ground, request: DrawRequest, allowed: frozenset[str] | None) -> None:
    """Refuse areas that even the connected set of fewest residents joins only above the cap."""
    wide = DrawRequest(1_000_000, request.across, request.include, request.exclude)
    problem = sketch(ground, wide, allowed).problem
    fewest = fewest_residents(problem, problem.required)
    if fewest is None:
        raise InvalidRequestError(
            "include",
            f"{_listed(request.include)} cannot be joined: no connected set of neighbourhoods "
            "that may be drawn holds them all.",
        )
    if fewest > request.cap:
        raise InvalidRequestError(
            "include",
            f"{_listed(request.include)} cannot be joined under a cap of {request.cap:,}: any "
            f"connected set that holds them has at least {fewest:,} residents.",
        )


def _listed(codes: tuple[str, ...]) -> str:
    *first, last = sorted(set(codes))
    return f"{', '.join(first)} and {last}" if first else last


def _together(areas: list[int]) -> int:
    return sum(1 << area for area in areas)
