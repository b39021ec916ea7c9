"""``geo-wealth datasets``: what is loaded, and going back to what was."""

from typing import Annotated

import typer

from geo_wealth.commands.output import Json, print_json, print_table, say
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.pipeline import switch
from geo_wealth.queries.datasets import datasets
from geo_wealth.queries.rows import DatasetRow

app = typer.Typer(
    help="What is loaded. Example: geo-wealth datasets --json", invoke_without_command=True
)

Key = Annotated[str, typer.Argument(help="Key of the dataset, or the start of it.")]


@app.callback(invoke_without_command=True)
def list_datasets(context: typer.Context, *, as_json: Json = False) -> None:
    """List what is loaded: publisher, release, licence, rows, state, sha256.

    Example: geo-wealth datasets --json
    """
    if context.invoked_subcommand is not None:
        return
    with reading(open_database()) as connection:
        rows = datasets(connection)
    if as_json:
        print_json([_document(row) for row in rows])
        return
    if not rows:
        say("Nothing is loaded. `geo-wealth sample` loads the Kirklees sample.")
        return
    print_table(
        [
            *(("dataset", "left"), ("what", "left"), ("publisher", "left"), ("release", "left")),
            *(("licence", "left"), ("rows", "right"), ("state", "left"), ("sha256", "left")),
        ],
        [
            [
                row.key,
                row.title + (" (sample data)" if row.sample else ""),
                row.publisher or "not known",
                row.release or "not known",
                row.licence or "not known",
                f"{row.rows_loaded:,}",
                row.state,
                row.sha256[:12],
            ]
            for row in rows
        ],
    )


@app.command()
def activate(key: Key) -> None:
    """Go back to a dataset: it is current again, and what it displaces is superseded.

    Example: geo-wealth datasets activate boundaries-1f3a
    """
    say(f"{switch.activate(open_database(), key)} is current.")


@app.command()
def retire(key: Key) -> None:
    """Take a dataset out of use without deleting it.

    Example: geo-wealth datasets retire ledger-1f3a
    """
    say(f"{switch.retire(open_database(), key)} is retired.")


def _document(row: DatasetRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in DatasetRow.__slots__}
