"""Loads one file and prints the megabytes that this process needed at most."""

import resource
import sys
from pathlib import Path

from geo_wealth.db import create_engine
from geo_wealth.pipeline import council, geography
from geo_wealth.pipeline.load import load


def main() -> None:
    """Load: arguments are what, the address of the database and the file."""
    what, url, path = sys.argv[1:]
    jobs = {
        "postcodes": lambda: geography.postcodes_job(Path(path)),
        "boundaries": lambda: geography.boundaries_job(Path(path), "lsoa", 2021),
        "ledger": lambda: council.ledger_job(Path(path), "Trafford Council"),
    }
    load(create_engine(url), jobs[what]())
    print(_peak())


def _peak() -> float:
    # Not getrusage on Linux: a child inherits the figure of the process that started it.
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


main()
