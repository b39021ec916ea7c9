"""``geo-wealth``: the commands put together, and errors told in one sentence."""

import sys
from collections.abc import Sequence

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
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=given)
    except SystemExit as end:  # how typer ends: done, or usage that it has told
        return end.code if isinstance(end.code, int) else 0
    except InvalidRequestError as error:
        return _fail(str(error), USAGE)
    except GeoWealthError as error:
        return _fail(str(error), REFUSED)
    except OperationalError as error:
        return _fail(str(unavailable(error)), REFUSED)
    return 0


def _fail(sentence: str, status: int) -> int:
    typer.echo(sentence, err=True)
    return status
