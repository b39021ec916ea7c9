"""The command that proposes what is on screen, word for word as a shell takes it."""

import shlex
from collections.abc import Sequence

from geo_wealth.drawing.request import DrawRequest
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.queries.rows import Ranking, RankRequest

SLUG = "my-pilot"
FILL_IN = (("--title", "TITLE"), ("--by", "YOUR NAME"), ("--reason", "WHY"))


def propose(
    ranking: Ranking,
    request: DrawRequest,
    codes: Sequence[str],
    comparison: ComparisonRequest,
    outcomes: Sequence[str],
) -> str:
    """Write the command that proposes these areas as a pilot.

    Only what differs from the command's own defaults is named, district and index aside.

    Parameters
    ----------
    outcomes
        Names of the measures that it is judged by.
    """
    words = ["geo-wealth", "pilot", "propose", SLUG]
    words += [word for pair in FILL_IN for word in pair]
    words += ranking_words(ranking.request)
    words += drawing_words(request)
    words += comparison_words(comparison)
    for measure in outcomes:
        words += ["--outcome", measure]
    for code in codes:
        words += ["--area", code]
    return shlex.join(words)


def ranking_words(request: RankRequest) -> list[str]:
    """Write the options that a ranking takes on the command line."""
    default = RankRequest(district="")
    words = ["--district", request.district, "--index", request.index]
    weights = ",".join(f"{slug}={weight!r}" for slug, weight in request.weights.items())
    if request.weights != default.weights:
        words += ["--weights", weights]
    turned = ",".join(
        f"{slug}={sign}"
        for slug, sign in request.directions.items()
        if sign != default.directions[slug]
    )
    words += ["--direction", turned] if turned else []
    for name in ("normalise", "aggregate", "spend_variant"):
        if getattr(request, name) != getattr(default, name):
            words += [f"--{name.replace('_', '-')}", getattr(request, name)]
    return words + (["--eligible-only"] if request.eligible_only else [])


def drawing_words(request: DrawRequest) -> list[str]:
    """Write the options that a drawing takes on the command line."""
    default = DrawRequest()
    words = []
    if request.cap != default.cap:
        words += ["--cap", str(request.cap)]
    if request.across != default.across:
        words += ["--across", "any" if request.across is None else f"{request.across:g}"]
    for name in ("include", "exclude"):
        for code in getattr(request, name):
            words += [f"--{name}", code]
    if request.within is not None:
        words += ["--within", request.within]
    return words


def comparison_words(request: ComparisonRequest) -> list[str]:
    """Write the options that a comparison group takes on the command line."""
    default = ComparisonRequest()
    words = []
    for name in ("matches", "pool"):
        if getattr(request, name) != getattr(default, name):
            words += [f"--{name}", str(getattr(request, name))]
    for measure in request.history:
        words += ["--history", measure]
    return words
