"""``geo-wealth``: the commands put together, and errors told in one sentence."""

import sys
from collections.abc import Sequence

import click
import typer
from sqlalchemy.exc import OperationalError

from geo_wealth.commands import datasets, db, load
from geo_wealth.commands.doctor import doctor
from geo_wealth.commands.rank import explain, rank
from geo_wealth.commands.sample import sample
from geo_wealth.commands.summary import summary
from geo_wealth.db import unavailable
from geo_wealth.errors import GeoWealthError, InvalidRequestError

REFUSED = 1
USAGE = 2

app = typer.Typer(
    name="geo-wealth",
    help="Finds the neighbourhoods where local spending and spare public buildings do most good.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(db.app, name="db")
app.add_typer(load.app, name="load")
app.add_typer(datasets.app, name="datasets")
app.command()(sample)
app.command()(summary)
app.command()(rank)
app.command()(explain)
app.command()(doctor)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Returns
    -------
    int
        0 done; 1 refused or failed, with one sentence on standard error; 2 usage.
    """
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        status = app(args=given, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt, GeoWealthError, OperationalError) as error:
        sentence, failed = _told(error)
        typer.echo(sentence, err=True)
        return failed
    return status if isinstance(status, int) else 0


def _told(error: BaseException) -> tuple[str, int]:
    """Give the one sentence for a person, and the exit status."""
    if isinstance(error, OperationalError):
        return str(unavailable(error)), REFUSED
    if isinstance(error, GeoWealthError):
        return str(error), USAGE if isinstance(error, InvalidRequestError) else REFUSED
    return "Stopped.", REFUSED
