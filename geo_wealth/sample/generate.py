"""Write the invented files of the sample: ``python -m geo_wealth.sample.generate [FOLDER]``.

The same seed gives the same bytes on any machine; a test holds the committed files to it.
"""

import csv
import io
import sys
from pathlib import Path

from geo_wealth.sample import FOLDER
from geo_wealth.sample.buildings import assets
from geo_wealth.sample.chance import Chance
from geo_wealth.sample.organisations import anchors, suppliers, unregistered
from geo_wealth.sample.outcome import outcome
from geo_wealth.sample.payments import ledger, vendors
from geo_wealth.sample.places import read_spots
from geo_wealth.sample.survey import survey
from geo_wealth.sample.university import university_ledger

SEED = 20211
LOCAL_SUPPLIERS = 560
OUTSIDE_SUPPLIERS = 130
UNREGISTERED = 320


def generate(seed: int = SEED) -> dict[str, bytes]:
    """Invent the sample.

    Parameters
    ----------
    seed
        Each file draws from a stream of its own, so that a change of one leaves the others.

    Returns
    -------
    dict
        Contents by file name: CSV in UTF-8 with a header, lines ending in a line feed.
    """
    spots = read_spots()
    register = suppliers(Chance(seed + 1), spots, LOCAL_SUPPLIERS, OUTSIDE_SUPPLIERS)
    institutions = anchors(Chance(seed + 2), spots)
    others = unregistered(skip=len(register), count=UNREGISTERED)
    chance = Chance(seed + 3)
    payees = vendors(chance, [*register, *institutions[:5], *others])
    payments = ledger(chance, payees)
    return {
        "ledger.csv": _csv(payments),
        "survey.csv": _csv(survey(Chance(seed + 6), payments)),
        "university.csv": _csv(university_ledger(Chance(seed + 5), payees)),
        "suppliers.csv": _csv([organisation.row() for organisation in register]),
        "anchors.csv": _csv([organisation.row() for organisation in institutions]),
        "assets.csv": _csv(assets(Chance(seed + 4), spots)),
        "outcome.csv": _csv(outcome(Chance(seed + 7))),
    }


def main() -> None:
    """Write the files to a folder, by default over those that are kept with the code."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in generate().items():
        (folder / name).write_bytes(content)


def _csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    main()
