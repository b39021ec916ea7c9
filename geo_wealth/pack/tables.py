"""The tables of a pack, each made of the evidence alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from geo_wealth.commands.output import csv_text
from geo_wealth.credits import said_once
from geo_wealth.indicators import INDICATORS
from geo_wealth.pipeline.comparison_words import FLAGS
from geo_wealth.pipeline.evidence import ranking_of
from geo_wealth.pipeline.table import credited, ranking_rows

Evidence = Mapping[str, Any]

POINTS = 50.0
"""Percentage points of weight that move for each unit of change: half of it, times 100."""

Rows = tuple[Sequence[str], list[Sequence[Any]]]


def tables(evidence: Evidence) -> dict[str, bytes]:
    """Write every table that the evidence has the figures for, as CSV by file name."""
    return {
        name: csv_text(*credited(*write(evidence), attributions(evidence))).encode()
        for name, section, write in _TABLES
        if section is None or section in evidence["sections"]
    }


def attributions(evidence: Evidence) -> list[str]:
    """List whom the licences of the data ask to name, each sentence once."""
    lines = {row["attribution"] for row in evidence["datasets"] if row["attribution"]}
    return said_once(sorted(lines))


def names_of(evidence: Evidence) -> dict[str, tuple[str, str | None]]:
    """Give name and ward of each area of the district."""
    areas = evidence["sections"]["ranking"]["inputs"]["areas"]
    return {area["code"]: (area["name"], area["ward_name"]) for area in areas}


def _ranking(evidence: Evidence) -> Rows:
    header, rows = ranking_rows(ranking_of(evidence))
    return header, list(rows)


def _areas(evidence: Evidence) -> Rows:
    """Give the areas of the pilot: their rows of the ranking."""
    header, rows = _ranking(evidence)
    chosen = set(evidence["plan"]["areas"])
    return header, [row for row in rows if row[header.index("code")] in chosen]


def _reversals(evidence: Evidence) -> Rows:
    names = names_of(evidence)
    header = ["code", "name", "areas_left_out_ahead", "first_to_pass_code", "first_to_pass_name"]
    header += ["points_of_weight_moved", "change_l1"]
    header += [f"weight_{slug}_then" for slug in INDICATORS]
    rows: list[Sequence[Any]] = [
        [
            *(row["code"], names[row["code"]][0], row["ahead"], row["against"]),
            names[row["against"]][0] if row["against"] else None,
            *(None if row["change"] is None else POINTS * row["change"], row["change"]),
            *((row["weights"] or {}).get(slug) for slug in INDICATORS),
        ]
        for row in evidence["sections"]["ranking"]["results"]["reversals"]
    ]
    return header, rows


def _robustness(evidence: Evidence) -> Rows:
    section, names = evidence["sections"]["robustness"], names_of(evidence)
    tops = [str(top) for top in section["inputs"]["tops"]]
    methods = {row["code"]: row for row in (section["results"]["methods"] or {}).get("areas", ())}
    header = ["rank", "code", "name", "ward", "interval_low", "interval_high", "median", "p_first"]
    header += [*(f"p_top_{top}" for top in tops), "methods_low", "methods_high"]
    rows: list[Sequence[Any]] = [
        [
            *(row["rank"], row["code"], *names[row["code"]], *row["interval"], row["median"]),
            *(row["p_first"], *(row["p_top"][top] for top in tops)),
            *(methods.get(row["code"], {}).get("span") or (None, None)),
        ]
        for row in section["results"]["areas"]
    ]
    return header, rows


def _clusters(evidence: Evidence) -> Rows:
    found, names = evidence["sections"]["clusters"]["results"], names_of(evidence)
    hidden, unknown = set(found["pockets"]), set(found["pockets_not_known"])
    rows = [
        {
            "code": code,
            "name": names[code][0],
            "ward": names[code][1],
            **row,
            "hidden_pocket": None if code in unknown else code in hidden,
        }
        for code, row in sorted(found["areas"].items())
    ]
    return _flat(rows)


def _alternatives(evidence: Evidence) -> Rows:
    """Give the areas chosen, the best drawn and the alternatives, one row each."""
    found = evidence["sections"]["drawing"]["results"]
    drawn = [found["best"], *found["alternatives"]] if found["best"] else []
    shown = [{"kind": "chosen", "label": "The chosen area", "sentence": None} | found["chosen"]]
    names = (
        *("kind", "label", "codes", "residents", "reach", "mean_score", "in_decile_1"),
        *("across_m", "compactness", "sentence"),
    )
    rows = [_plain({name: row[name] for name in names}) for row in [*shown, *drawn]]
    return _flat(rows)


def _balance(evidence: Evidence) -> Rows:
    rows = evidence["sections"]["comparison"]["results"]["balance"]
    header = ["covariate", "pilot", "matched", "pool", "before", "after", "ratio_before"]
    header += ["ratio_after", "flag"]
    named = [{**row, "covariate": row["name"], "flag": FLAGS[row["flag"]]} for row in rows]
    return header, [[row[name] for name in header] for row in named]


def _comparison(evidence: Evidence) -> Rows:
    """Give each pilot area with each of its comparison areas, the nearest first."""
    section = evidence["sections"]["comparison"]
    names = section["inputs"]["names"]
    rows: list[Sequence[Any]] = [
        [group["pilot"], names.get(group["pilot"]), code, names.get(code), distance]
        for group in section["results"]["groups"]
        for code, distance in zip(group["comparisons"], group["distances"], strict=True)
    ]
    return ["pilot", "pilot_name", "comparison", "comparison_name", "distance"], rows


def _datasets(evidence: Evidence) -> Rows:
    return _flat(evidence["datasets"])


def _flat(rows: Sequence[Mapping[str, Any]]) -> Rows:
    """Give rows that are flat already, in the order of their first one's columns."""
    header = list(rows[0]) if rows else ["none"]
    return header, [[row[name] for name in header] for row in rows]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write lists as text, for a cell of a table."""
    return {
        name: " ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in row.items()
    }


_TABLES: tuple[tuple[str, str | None, Callable[[Evidence], Rows]], ...] = (
    ("areas.csv", None, _areas),
    ("ranking.csv", "ranking", _ranking),
    ("reversals.csv", "ranking", _reversals),
    ("robustness.csv", "robustness", _robustness),
    ("clusters.csv", "clusters", _clusters),
    ("alternatives.csv", "drawing", _alternatives),
    ("comparison.csv", "comparison", _comparison),
    ("balance.csv", "comparison", _balance),
    ("datasets.csv", None, _datasets),
)
