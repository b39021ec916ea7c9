"""What came of a load, told to a person and as CSV."""

from collections.abc import Iterator
from typing import Any

from boundaries.issues import Issue
from geo_wealth.commands.output import csv_text
from geo_wealth.pipeline.load import LoadResult

SHOWN = 10
"""Most rows that are told one by one."""


def describe(result: LoadResult, *, dry_run: bool = False) -> str:
    """Tell a person what came of a load."""
    rows = result.rows
    if dry_run:
        head = "Tried and stored nothing."
    elif result.already_loaded:
        head = f"This file was loaded already, as {result.dataset}; it is {result.state}."
    else:
        head = f"Loaded as {result.dataset}; it is {result.state}."
    lines = [head, f"Rows: {rows['read']:,} read, {rows['loaded']:,} loaded{_left_out(rows)}."]
    if result.pounds is not None:
        pounds = result.pounds
        lines.append(
            f"Pounds: {pounds['read']} read, {pounds['loaded']} loaded, "
            f"{pounds['rejected']} rejected."
        )
    lines.extend(_findings(result))
    rejected = [issue for issue in result.issues if issue.rejects]
    whole = [issue for issue in result.issues if issue.line is None and not issue.rejects]
    noted = len(result.issues) - len(rejected) - len(whole)
    lines.extend(_line(issue) for issue in whole[:SHOWN])
    lines.extend(_line(issue) for issue in rejected[:SHOWN])
    if len(rejected) > SHOWN:
        lines.append(f"  and {len(rejected) - SHOWN:,} more rejected rows: --issues FILE.csv.")
    if noted:
        lines.append(f"{noted:,} values were repaired or are odd: --issues FILE.csv lists them.")
    return "\n".join(lines)


def issues_csv(issues: tuple[Issue, ...]) -> str:
    """List issues as CSV."""
    return csv_text(
        ("line", "field", "kind", "value", "message", "rejected"),
        (
            (
                issue.line,
                issue.field,
                issue.kind,
                issue.value,
                issue.message,
                "yes" if issue.rejects else "no",
            )
            for issue in issues
        ),
    )


def _left_out(rows: dict[str, Any]) -> str:
    parts = [f", {count:,} excluded ({reason})" for reason, count in rows["excluded"].items()]
    return "".join(parts) + f", {rows['rejected']:,} rejected"


def _findings(result: LoadResult) -> list[str]:
    agreement = result.report.get("agreement") or {}
    recombined = result.report.get("recombination")
    lines = []
    if recombined:
        lines.append(
            f"The domain ranks give the score for all {recombined['areas']:,} neighbourhoods, "
            f"to {recombined['largest_error']:.4f} points."
        )
    if result.state == "current":
        lines.extend(_replacing(result.report))
    editions = result.report.get("editions") or []
    lines.extend(
        f"{key} of the same owner stays current beside this one: if this is a new edition, run "
        f"`geo-wealth datasets retire {key}`."
        for key in editions
    )
    return lines + [
        f"The publisher's {vintage} LSOA agrees with the polygon around the postcode for "
        f"{found['agreed']:,} of {found['compared']:,} ({found['share']:.2%})."
        for vintage, found in agreement.items()
    ]


def _replacing(report: dict[str, Any]) -> Iterator[str]:
    """Tell what a ledger or survey has taken the place of, and what it may count twice."""
    for other in report.get("replaces") or []:
        if not other["current"]:
            continue
        of = other.get("payments")
        repeats = f", of which it repeats {other['repeats']:,} of {of:,} payments" if of else ""
        yield (
            f"It replaces {other['dataset']}{repeats}; `geo-wealth datasets activate "
            f"{other['dataset']}` brings that back."
        )
    for other in report.get("counts_twice") or []:
        yield (
            f"{other['repeats']:,} payments are in {other['dataset']} too, which has "
            f"{other['payments']:,}, and both count: if this file replaces that one, load it "
            f"again with --replaces {other['dataset']}."
        )
    for other in report.get("beside") or []:
        yield (
            f"{other['dataset']} is of the same months and shares {other['repeats']:,} of its "
            f"{other['payments']:,} payments; both count. If this file replaces that one, load "
            f"it again with --replaces {other['dataset']}."
        )


def _line(issue: Issue) -> str:
    where = f"line {issue.line}" if issue.line is not None else "the file"
    field = f", {issue.field}" if issue.field else ""
    return f"  {where}{field}: {issue.message}"
