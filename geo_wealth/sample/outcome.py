"""An invented outcome: out-of-work residents by neighbourhood, twelve quarters."""

import csv

from geo_wealth.sample.chance import Chance
from geo_wealth.sample.places import REAL

MEASURE = "Working-age residents claiming out-of-work benefits"
UNIT = "% of residents aged 16 to 64"
QUARTERS = tuple(f"{year}-Q{quarter}" for year in (2022, 2023, 2024) for quarter in (1, 2, 3, 4))

_LSOAS = 32_844
_TREND = (0.0, -0.1, -0.1, 0.0, 0.2, 0.2, 0.1, 0.3, 0.5, 0.4, 0.4, 0.5)
"""What every neighbourhood shares, quarter by quarter."""


def outcome(chance: Chance) -> list[dict[str, str]]:
    """Invent the series: higher where income deprivation is, drifting by chance, no pilot in it.

    Each neighbourhood keeps three quarters of its drift from one quarter to the next.
    """
    with (REAL / "imd2019_kirklees_figures.csv").open(encoding="utf-8", newline="") as file:
        ranks = {row["lsoa11cd"]: int(row["income_rank"]) for row in csv.DictReader(file)}
    rows = []
    for code in sorted(ranks):
        need = 1 - ranks[code] / _LSOAS
        level = 1.2 + 6.5 * need * need + _bell(chance)
        drift = 0.6 * _bell(chance)
        for quarter, shared in zip(QUARTERS, _TREND, strict=True):
            drift = 0.75 * drift + 0.4 * _bell(chance)
            value = max(level + shared * (0.5 + need) + drift, 0.1)
            rows.append(_row(code, quarter, value))
    return rows


def _bell(chance: Chance) -> float:
    """Draw from a bell of mean 0 and deviation near 1/2, by sums alone."""
    return sum(chance.whole(-50, 50) for _ in range(3)) / 100


def _row(code: str, quarter: str, value: float) -> dict[str, str]:
    # In tenths by whole numbers: rounding a float is left to nobody's library.
    tenths = int(10 * value + 0.5)
    return {
        "LSOA11CD": code,
        "Period": quarter,
        "Value": f"{tenths // 10}.{tenths % 10}",
        "Note": "sample data",
    }
