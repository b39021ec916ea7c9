"""What may be told of the suppliers inside a set of areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from geo_wealth.drawing.facts import Inside
from geo_wealth.spend.disclosure import LEAST

DOMINANT = 0.75
"""Share of one supplier above which a sum tells what that supplier got: the (1, 75 %) rule."""


@dataclass(frozen=True, slots=True)
class Told:
    """Net pounds to suppliers in a set of areas, so far as they tell of no single one.

    Attributes
    ----------
    pounds
        Their sum over the areas of which they may be told, as a decimal string to the penny;
        None where there is no such area.
    areas, withheld
        How many areas that sum is over, and how many with suppliers it leaves out; areas
        without any are in neither.
    """

    pounds: str | None
    areas: int
    withheld: int


def tellable(units: Sequence[int]) -> bool:
    """Tell whether the pounds of one area may be told.

    Parameters
    ----------
    units
        Net pounds of each supplier there, in any unit; credits count by their size.
    """
    sizes = [abs(each) for each in units]
    return len(sizes) >= LEAST and max(sizes) <= DOMINANT * sum(sizes)


def told_pounds(areas: Sequence[Sequence[int]], scale: int) -> Told:
    """Sum net pounds over the areas of which each may be told for itself.

    Any difference of two such sums is then of areas that may be told: choosing areas one way
    and another shows no more than those areas do one by one.

    Parameters
    ----------
    areas
        Of each area the net pounds of each supplier there, in units of ``10 ** -scale``.
    """
    shown = [sum(units) for units in areas if tellable(units)]
    return Told(
        f"{Decimal(sum(shown)).scaleb(-scale):.2f}" if shown else None,
        len(shown),
        sum(bool(units) for units in areas) - len(shown),
    )


def inside_of(
    codes: Sequence[str],
    buildings: Mapping[str, Sequence[str]] | None,
    anchors: Mapping[str, int] | None,
    sites: Mapping[str, int] | None,
    paid: Mapping[str, Sequence[int]],
    scale: int,
) -> Inside:
    """Count what stands in a set of areas, each given by the code of its area.

    Parameters
    ----------
    buildings
        Eligibility of each building; None where no register is loaded.
    anchors, sites
        How many sites of anchors, and of suppliers; None without a register, or a ledger.
    paid
        Net pounds of each supplier, as in :func:`told_pounds`.
    """

    def of(state: str) -> int | None:
        if buildings is None:
            return None
        return sum(list(buildings.get(code, ())).count(state) for code in codes)

    told = told_pounds([paid.get(code, ()) for code in codes], scale)
    return Inside(
        eligible=of("eligible"),
        unknown=of("unknown"),
        not_eligible=of("not_eligible"),
        anchors=_sum(codes, anchors),
        suppliers=_sum(codes, sites),
        pounds=None if sites is None else told.pounds,
        pounds_areas=None if sites is None else told.areas,
        pounds_withheld=None if sites is None else told.withheld,
        pounds_because="no ledger is loaded" if sites is None else _because(told),
    )


def _sum(codes: Sequence[str], found: Mapping[str, int] | None) -> int | None:
    return None if found is None else sum(found.get(code, 0) for code in codes)


def _because(told: Told) -> str | None:
    if not told.withheld:
        return None if told.areas else "no supplier is placed in it"
    return (
        f"fewer than {LEAST} suppliers, or one that outweighs the rest, in {told.withheld} of its "
        "neighbourhoods"
    )
