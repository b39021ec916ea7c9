"""What may be told of the suppliers inside a set of areas."""

from collections.abc import Sequence
from decimal import Decimal

from geo_wealth.drawing.facts import Inside
from geo_wealth.spend.disclosure import LEAST

DOMINANT = 0.75
"""Share of one supplier above which a sum tells what that supplier got: the (1, 75 %) rule."""


def told_pounds(units: Sequence[int], scale: int) -> tuple[str | None, str | None]:
    """Sum net pounds to the penny where the sum tells of no single supplier.

    Parameters
    ----------
    units
        Net pounds of each supplier's site, in units of ``10 ** -scale``.

    Returns
    -------
    pounds, because
        The sum as a decimal string, or why it is not shown.
    """
    if len(units) < LEAST:
        return None, f"fewer than {LEAST} suppliers are placed in it"
    sizes = [abs(each) for each in units]
    if max(sizes) > DOMINANT * sum(sizes):
        return None, f"one supplier has more than {DOMINANT:.0%} of it".replace("%", " %")
    return f"{Decimal(sum(units)).scaleb(-scale):.2f}", None


def inside_of(
    states: Sequence[str] | None,
    anchors: int | None,
    units: Sequence[int] | None,
    scale: int,
) -> Inside:
    """Count what stands in a set of areas.

    Parameters
    ----------
    states
        Eligibility of each building; None where no register is loaded.
    units
        Net pounds of each supplier's site, as in :func:`told_pounds`; None without a ledger.
    """

    def of(state: str) -> int | None:
        return None if states is None else states.count(state)

    pounds, because = (None, "no ledger is loaded") if units is None else told_pounds(units, scale)
    return Inside(
        eligible=of("eligible"),
        unknown=of("unknown"),
        not_eligible=of("not_eligible"),
        anchors=anchors,
        suppliers=None if units is None else len(units),
        pounds=pounds,
        pounds_because=because,
    )
