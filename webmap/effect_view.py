"""A judgement of a pilot ready to print: charts, the table that says the same, and legends."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from geo_wealth.evidence.amounts import figure
from geo_wealth.pipeline.effect import Judged
from geo_wealth.pipeline.effect_documents import series_rows
from webmap.charts import Line, chart

NAMES = {
    "pilot": "Pilot areas",
    "comparison": "Comparison areas",
    "synthetic": "Synthetic control",
}


@dataclass(frozen=True, slots=True)
class Period:
    """One line of the table; ``band`` is None where no range can be given."""

    name: str
    after: bool
    pilot: str
    comparison: str
    synthetic: str
    gap: str
    band: str | None


def level_chart(judged: Judged) -> Markup | None:
    """Draw pilot, comparison areas and synthetic control, with the start marked."""
    results = judged.results
    if "synthetic" not in results:
        return None
    lines = [
        Line("synthetic", NAMES["synthetic"], results["synthetic"]["series"]),
        Line("comparison", NAMES["comparison"], results["comparison_series"]),
        Line("pilot", NAMES["pilot"], results["pilot_series"]),
    ]
    title = (
        f"{judged.outcome.measure} in {judged.outcome.unit}, {results['periods'][0]} to "
        f"{results['periods'][-1]}: pilot areas, comparison areas and synthetic control. The "
        "table below has every value."
    )
    return chart("levels", title, results["periods"], lines, start_place(judged))


def gap_chart(judged: Judged) -> Markup | None:
    """Draw the gap over its mean before the start, in the range of 95 % of placebos a period."""
    path = gaps(judged)
    if path is None:
        return None
    results = judged.results
    band = results["effect"]["band"] if results["effect"] else None
    title = (
        "Gap between pilot and comparison areas, less its mean before the start, by period. "
        "The table below has every value."
    )
    lines = [Line("pilot", "Gap", path)]
    return chart(
        "gaps",
        title,
        results["periods"],
        lines,
        start_place(judged),
        band if band is not None else [0.0] * len(path),
    )


def gaps(judged: Judged) -> list[float] | None:
    """Give the gap by period over its mean before the start; None where nothing is known."""
    rows = series_rows(judged)
    if not rows:
        return None
    before = [row[4] for row in rows if row[5] == "before"]
    mean = sum(before) / len(before)
    return [row[4] - mean for row in rows]


def start_place(judged: Judged) -> int | None:
    """Find the first period after the start among those shown."""
    periods = judged.results["periods"]
    return periods.index(judged.start) if judged.start in periods else None


def table(judged: Judged) -> list[Period]:
    """List every period."""
    rows = series_rows(judged)
    path = gaps(judged) or []
    found = judged.results.get("effect")
    bands = found["band"] if found and found["band"] is not None else [None] * len(rows)
    fine = decimals([abs(gap) for gap in path])
    return [
        Period(
            name=row[0],
            after=row[5] == "after",
            pilot=figure(row[1]),
            comparison=figure(row[2]),
            synthetic=figure(row[3]),
            gap=f"{gap:+,.{fine}f}".replace("-", "−"),
            band=None if half is None else f"±{half:,.{fine}f}",
        )
        for row, gap, half in zip(rows, path, bands, strict=True)
    ]


def decimals(sizes: Sequence[float]) -> int:
    """Say how many decimals a column needs for three digits of its largest value, 4 at most."""
    largest = max(sizes, default=0.0)
    return 0 if largest >= 100 else 1 if largest >= 10 else 2 if largest >= 0.1 else 4
