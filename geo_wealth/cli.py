"""``geo-wealth``: the commands put together, and errors told in one sentence."""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer
from sqlalchemy.exc import OperationalError
from typer.core import TyperGroup

from geo_wealth.commands import claim, datasets, db, definition, load, match, pilot, rules
from geo_wealth.commands.anchors import anchors
from geo_wealth.commands.clusters import clusters
from geo_wealth.commands.compare import compare
from geo_wealth.commands.compare_areas import compare_areas
from geo_wealth.commands.comparison import comparison
from geo_wealth.commands.doctor import doctor
from geo_wealth.commands.draw import draw
from geo_wealth.commands.effect import effect, power
from geo_wealth.commands.lab import lab
from geo_wealth.commands.lm3 import lm3, supply_chain
from geo_wealth.commands.opportunity import opportunity
from geo_wealth.commands.output import say
from geo_wealth.commands.pack import pack
from geo_wealth.commands.penetration import penetration
from geo_wealth.commands.rank import explain, rank
from geo_wealth.commands.robustness import robustness
from geo_wealth.commands.sample import sample
from geo_wealth.commands.spend import spend
from geo_wealth.commands.summary import summary
from geo_wealth.commands.verify import verify
from geo_wealth.db import unavailable
from geo_wealth.errors import GeoWealthError, InvalidRequestError

REFUSED = 1
USAGE = 2

STOPPED = "Stopped."


class _Commands(TyperGroup):
    """All commands; Ctrl-C is told in a word, where typer would end without one."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise GeoWealthError(STOPPED) from None


app = typer.Typer(
    cls=_Commands,
    name="geo-wealth",
    help="Finds the neighbourhoods where local spending and spare public buildings do most good.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(db.app, name="db")
app.add_typer(load.app, name="load")
app.add_typer(datasets.app, name="datasets")
app.add_typer(definition.app, name="definition")
app.add_typer(rules.app, name="rules")
app.add_typer(match.app, name="match")
app.command()(sample)
app.command()(summary)
app.command()(penetration)
app.command()(rank)
app.command()(explain)
app.command()(robustness)
app.command()(draw)
app.command()(clusters)
app.command("compare-areas")(compare_areas)
app.command()(spend)
app.command()(lab)
app.command()(compare)
app.add_typer(claim.app, name="claim")
app.command()(comparison)
app.command()(power)
app.add_typer(pilot.app, name="pilot")
app.command()(effect)
app.command()(pack)
app.command()(verify)
app.command()(opportunity)
app.command()(anchors)
app.command()(lm3)
app.command()(supply_chain)
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
        if any("\0" in argument for argument in given):
            raise InvalidRequestError("An argument", "it holds a NUL character: leave that out.")
        app(args=given)
    except SystemExit as end:  # how typer ends: done, or usage that it has told
        return end.code if isinstance(end.code, int) else 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  (nobody is shown a trace)
        say(_sentence(error), err=True)
        return USAGE if isinstance(error, InvalidRequestError) else REFUSED
    return 0


def _sentence(error: BaseException) -> str:
    """Say what went wrong."""
    if isinstance(error, GeoWealthError):
        return str(error)
    if isinstance(error, OperationalError):
        return str(unavailable(error))
    return STOPPED if isinstance(error, KeyboardInterrupt) else _fault(error)


def _fault(error: BaseException) -> str:
    """Tell a fault of ours: its class alone, since its text may hold rows of a file."""
    if os.environ.get("GEO_WEALTH_DEBUG"):
        return "".join(traceback.format_exception(error)).rstrip()
    return (
        f"Something went wrong in Geo Wealth itself ({type(error).__name__}): please report it, "
        "with what GEO_WEALTH_DEBUG=1 prints before the same command."
    )
