"""What a pilot is proposed on: everything from which its evidence can be gathered again."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from geo_wealth.drawing.request import DrawRequest
from geo_wealth.errors import InvalidRequestError
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.pilots import clean
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SLUG_LENGTH = 60
_INDEX = re.compile(r"\b(imd|iod|iomd)\b|\b(imd|iod|iomd)\d|deprivation")
"""Names of the index of deprivation, in a measure written in lower case with spaces."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A proposal.

    Attributes
    ----------
    areas
        Codes of the LSOAs of the pilot, in order, each once.
    ranking
        How its district is ranked.
    how
        How weights are varied to say how sure the ranks are.
    draw
        The drawing that the areas came from, or are set beside.
    comparison
        How comparison areas are chosen.
    outcomes
        Measures by which the pilot will be judged; never the index itself.
    definition, rules
        Which definition of local, and which rules, its figures of spend use.

    Raises
    ------
    InvalidRequestError
        For a slug, a title, areas or outcomes that no pilot can have.
    """

    slug: str
    title: str
    areas: tuple[str, ...]
    ranking: RankRequest
    how: Weightings = field(default_factory=Weightings)
    draw: DrawRequest = field(default_factory=DrawRequest)
    comparison: ComparisonRequest = field(default_factory=ComparisonRequest)
    outcomes: tuple[str, ...] = ()
    definition: str = "kirklees"
    rules: str = "all-payments"

    def __post_init__(self) -> None:
        check_slug(self.slug)
        object.__setattr__(self, "title", clean("title", self.title))
        if not self.areas:
            raise InvalidRequestError("areas", "a pilot has at least one neighbourhood.")
        for measure in (*self.outcomes, *self.comparison.history):
            check_outcome(measure)
        object.__setattr__(self, "areas", tuple(sorted(set(self.areas))))


def check_slug(slug: str) -> None:
    """Refuse a slug that would not stand well in an address.

    Raises
    ------
    InvalidRequestError
        Saying how one is written.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > _SLUG_LENGTH:
        raise InvalidRequestError(
            "slug",
            f"write small letters, digits and single hyphens, at most {_SLUG_LENGTH}, such as "
            f"dewsbury-moor; found {slug[:_SLUG_LENGTH]!r}.",
        )


def check_outcome(measure: str) -> None:
    """Refuse the index of deprivation as the measure of what a pilot does.

    Its figures are years old when they appear, are ranked against all of England, and chose
    the areas in the first place, which would then seem to improve by chance alone.

    Raises
    ------
    InvalidRequestError
        For a measure that is the index, or part of it, by its name.
    """
    clean("outcome", measure)
    if _INDEX.search(re.sub(r"[\W_]+", " ", measure.lower())):
        raise InvalidRequestError(
            "outcome",
            f"{measure} is the index of deprivation, by which the areas were chosen: it cannot "
            "say whether a pilot worked. Name a measure of your own, such as claimants.",
        )


def plan_document(plan: Plan) -> dict[str, Any]:
    """Give a plan as plain JSON."""
    return asdict(plan)


def plan_from(document: Mapping[str, Any]) -> Plan:
    """Read back what :func:`plan_document` gave, as it is or through JSON.

    Questions that another version of the programme asked besides are left out: whoever compares
    the plan with that of today sees them still.
    """
    draw = _known(DrawRequest, document["draw"])
    comparison = _known(ComparisonRequest, document["comparison"])
    for name in ("include", "exclude"):
        draw[name] = tuple(draw[name])
    comparison["history"] = tuple(comparison["history"])
    return Plan(
        slug=document["slug"],
        title=document["title"],
        areas=tuple(document["areas"]),
        ranking=RankRequest(**_known(RankRequest, document["ranking"])),
        how=Weightings(**_known(Weightings, document["how"])),
        draw=DrawRequest(**draw),
        comparison=ComparisonRequest(**comparison),
        outcomes=tuple(document["outcomes"]),
        definition=document["definition"],
        rules=document["rules"],
    )


def _known(kind: type[Any], document: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in document.items() if name in names}
