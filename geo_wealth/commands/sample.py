"""``geo-wealth sample``: the Kirklees sample, part real and part invented."""

from geo_wealth.commands.output import Json, print_json, say
from geo_wealth.commands.session import open_database
from geo_wealth.pipeline.sample import load_sample


def sample(*, as_json: Json = False) -> None:
    """Load the Kirklees sample: real areas, an invented ledger, suppliers and buildings.

    What is loaded already stays in front: the sample fills gaps and takes nothing's place.
    Example: geo-wealth sample
    """
    results = load_sample(open_database())
    if as_json:
        print_json([result.document() for result in results])
        return
    for result in results:
        done = "loaded already" if result.already_loaded else f"{result.rows['loaded']:,} rows"
        say(f"{result.dataset}: {done}, {result.state}")
    say("Payments, suppliers, anchors, buildings and the outcome are sample data: invented.")
