"""What a pilot is proposed on: everything from which its evidence can be gathered again."""

from dataclasses import dataclass, field

from geo_wealth.drawing.request import DrawRequest
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings


@dataclass(frozen=True, slots=True)
class Plan:
    """A proposal.

    Attributes
    ----------
    areas
        Codes of the LSOAs of the pilot, in order.
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
