"""``geo-wealth match``: which organisations payees are, and what persons decided."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from geo_wealth.commands.output import (
    Json,
    check_place,
    csv_text,
    print_json,
    print_table,
    say,
    write_text,
)
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.pipeline import matching
from geo_wealth.queries.matching import (
    DecisionRow,
    MatchCount,
    ReviewRow,
    decision_list,
    match_counts,
    review_count,
    review_list,
)

app = typer.Typer(
    help="Which organisations payees are. Example: geo-wealth match status", no_args_is_help=True
)

By = Annotated[str, typer.Option("--by", help="Who decides; kept beside the decision.")]
Csv = Annotated[
    Path | None, typer.Option("--csv", help="Write all rows to this CSV, to be decided there.")
]
MinPounds = Annotated[
    int | None, typer.Option("--min-pounds", help="Only payees paid at least so much, net.")
]

_SHOWN = 50


@app.command()
def review(csv: Csv = None, min_pounds: MinPounds = None, *, as_json: Json = False) -> None:
    """List payees whose match a person should decide, those paid most first.

    Example: geo-wealth match review --csv review.csv --min-pounds 5000
    """
    if csv is not None:
        check_place(csv)
    minimum = None if min_pounds is None else Decimal(min_pounds)
    everything = csv is not None or as_json
    with reading(open_database()) as connection:
        rows = review_list(connection, None if everything else _SHOWN, minimum=minimum)
        total = len(rows) if everything else review_count(connection, minimum)
    if csv is not None:
        write_text(csv, csv_text(matching.COLUMNS, map(matching.review_cells, rows)))
    if as_json:
        print_json([_review_document(row) for row in rows])
    elif csv is None:
        _print_review(rows, total)


@app.command()
def decide(
    file: Annotated[Path, typer.Argument(help="The reviewed list, verdict filled in.")],
    by: By,
    *,
    as_json: Json = False,
) -> None:
    """Keep the verdicts (accept or reject) of a reviewed list, and use them at once.

    Example: geo-wealth match decide review.csv --by "A Name"
    """
    decided = matching.decide(open_database(), file, by)
    if as_json:
        print_json({"added": decided.added, "known": decided.known, "open": decided.open})
    else:
        say(" ".join(matching.lines_of(decided)))


@app.command()
def undo(decision: Annotated[int, typer.Argument(help="Number of the decision.")], by: By) -> None:
    """Undo a decision; it stays on record, with who undid it.

    Example: geo-wealth match undo 12 --by "A Name"
    """
    matching.undo_decision(open_database(), decision, by)
    say(f"Decision {decision} is undone.")


@app.command()
def decisions(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also those undone.")] = False,
    as_json: Json = False,
) -> None:
    """List the decisions that hold, newest first.

    Example: geo-wealth match decisions
    """
    with reading(open_database()) as connection:
        rows = decision_list(connection, undone=everything)
    if as_json:
        print_json([_decision_document(row) for row in rows])
        return
    if not rows:
        say("Nothing is decided. `geo-wealth match review` lists what could be.")
        return
    print_table(
        [
            *(("decision", "right"), ("payee", "left"), ("verdict", "left")),
            *(("organisation", "left"), ("by", "left"), ("on", "left"), ("undone by", "left")),
        ],
        [
            [
                str(row.id),
                _named(row.payee_key, row.payee_number),
                row.verdict,
                _named(row.organisation_key, row.organisation_number),
                row.decided_by,
                f"{row.decided_at:%Y-%m-%d}",
                row.revoked_by or "",
            ]
            for row in rows
        ],
    )


@app.command()
def status(*, as_json: Json = False) -> None:
    """Print how many payees, payments and pounds of the ledgers are matched, and how.

    Example: geo-wealth match status --json
    """
    with reading(open_database()) as connection:
        counts = match_counts(connection)
    if as_json:
        print_json([_count_document(count) for count in counts])
        return
    if not counts:
        say("No ledger is loaded. `geo-wealth load ledger` loads one.")
        return
    total = (
        sum(count.payees for count in counts),
        sum(count.payments for count in counts),
        sum((count.pounds for count in counts), Decimal(0)),
    )
    print_table(
        [
            *(("outcome", "left"), ("by", "left")),
            *(("payees", "right"), ("payments", "right"), ("pounds", "right")),
        ],
        [
            *(
                [
                    count.outcome,
                    count.stage or "",
                    f"{count.payees:,}",
                    f"{count.payments:,}",
                    f"{count.pounds:,.2f}",
                ]
                for count in counts
            ),
            ["all", "", f"{total[0]:,}", f"{total[1]:,}", f"{total[2]:,.2f}"],
        ],
    )


def _print_review(rows: tuple[ReviewRow, ...], total: int) -> None:
    if not rows:
        say("Nothing is for review.")
        return
    print_table(
        [
            *(("payee", "left"), ("pounds", "right"), ("may be", "left"), ("at", "left")),
            *(("score", "right"), ("reason", "left")),
        ],
        [
            [
                row.payee,
                f"{row.pounds:,.2f}",
                row.organisation,
                ", ".join(row.postcodes),
                f"{row.score:.2f}",
                row.reason,
            ]
            for row in rows
        ],
    )
    if total > len(rows):
        say(f"{total - len(rows):,} more: --csv FILE writes all.", err=True)


def _named(key: str, number: str | None) -> str:
    return f"{key} ({number})" if number else key


def _review_document(row: ReviewRow) -> dict[str, object]:
    document = {name: getattr(row, name) for name in ReviewRow.__slots__}
    return document | {"pounds": str(row.pounds)}


def _decision_document(row: DecisionRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in DecisionRow.__slots__}


def _count_document(count: MatchCount) -> dict[str, object]:
    document = {name: getattr(count, name) for name in MatchCount.__slots__}
    return document | {"pounds": str(count.pounds)}
