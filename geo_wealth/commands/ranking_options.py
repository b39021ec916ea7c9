"""The options of a ranking: declared once, taken alike by every command that ranks."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError
from geo_wealth.indicators import DEFAULT_SPEND, INDICATORS, SPEND_VARIANTS
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.queries.rows import Ranking, RankRequest

District = Annotated[str, typer.Option(help="Code of the district, such as E08000034.")]
Index = Annotated[str, typer.Option(help="imd2019 or imd2025.")]
Weights = Annotated[str | None, typer.Option(help="Such as deprivation=.5,spend=.25,assets=.25.")]
Directions = Annotated[
    str | None,
    typer.Option("--direction", help="Turn an indicator: spend=1,assets=-1."),
]
Normalise = Annotated[str, typer.Option(help="percentile, minmax, z or exponential.")]
Aggregate = Annotated[str, typer.Option(help="linear or geometric.")]
EligibleOnly = Annotated[
    bool, typer.Option("--eligible-only", help="Count only assets known to be transferable.")
]
SpendVariant = Annotated[
    str,
    typer.Option(help=f"How spend is measured: {', '.join(SPEND_VARIANTS)}."),
]


def takes_ranking(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a ranking, in the place of its parameter ``request``."""
    own = inspect.signature(command, eval_str=True).parameters
    options = inspect.signature(make_request, eval_str=True).parameters

    @functools.wraps(command)
    def run(**given: Any) -> None:
        request = make_request(**{name: given.pop(name) for name in options})
        command(request=request, **given)

    taken = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, param in own.items()
        for each in (options.values() if name == "request" else (param,))
    ]
    run.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]  # typer reads it
    run.__annotations__ = {each.name: each.annotation for each in taken}
    return run


def make_request(
    district: District = "",
    index: Index = "imd2019",
    weights: Weights = None,
    directions: Directions = None,
    normalise: Normalise = "percentile",
    aggregate: Aggregate = "linear",
    *,
    eligible_only: EligibleOnly = False,
    spend_variant: SpendVariant = DEFAULT_SPEND,
) -> RankRequest:
    """Turn what was typed into a request.

    Raises
    ------
    InvalidRequestError
        Naming the option and what is allowed.
    """
    request = RankRequest(
        district=district,
        index=index,
        normalise=normalise,
        aggregate=aggregate,
        eligible_only=eligible_only,
        spend_variant=spend_variant,
    )
    if weights is not None:
        request = replace(request, weights=_pairs("--weights", weights))
    if directions is not None:
        request = replace(request, directions=_signs(directions))
    return request


def build(connection: Connection, request: RankRequest) -> Ranking:
    """Rank the district that was named.

    Raises
    ------
    InvalidRequestError
        When none was.
    """
    if not request.district:
        raise InvalidRequestError("--district", "give the code of a district, such as E08000034.")
    return build_ranking(connection, request)


def _pairs(option: str, text: str) -> dict[str, float]:
    """Read ``name=number,name=number``."""
    pairs: dict[str, float] = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        slug = name.strip()
        if slug not in INDICATORS or slug in pairs:
            raise InvalidRequestError(
                option, f"name each of {', '.join(INDICATORS)} at most once; found {part!r}."
            )
        try:
            pairs[slug] = float(number)
        except ValueError:
            raise InvalidRequestError(
                option, f"write name=number, such as {slug}=.5; found {part!r}."
            ) from None
    return pairs


def _signs(text: str) -> dict[str, int]:
    pairs = _pairs("--direction", text)
    if any(sign not in {-1, 1} for sign in pairs.values()):
        raise InvalidRequestError("--direction", "1 or -1 for each, such as spend=1.")
    return {slug: int(sign) for slug, sign in pairs.items()}
