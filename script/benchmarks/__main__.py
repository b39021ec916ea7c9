"""Runs the benchmarks and prints a table of ratios, targets and verdicts."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import drawing
import england
import ledger_million
import loads
import names
import pages
import spending
import weightings
from databases import Server, server
from measure import Finding, WrongResultError

_BARE = {"parse + bare COPY": 2.0}


@dataclass(frozen=True)
class Benchmark:
    """Something to run; ``rounds`` is how often each side runs."""

    run: Callable[[Server, Path, int], Iterator[Finding]]
    rounds: int
    needs_shared: bool = True


def _boundaries(on: Server, shared: Path, rounds: int) -> Iterator[Finding]:
    case = loads.boundaries_case(shared)
    yield from loads.compare(on, case, rounds, _BARE | {"ogr2ogr": 1.0})
    yield loads.peak_memory(on, case, 600)


def _postcodes(on: Server, shared: Path, rounds: int) -> Iterator[Finding]:
    case = loads.postcodes_case(shared)
    yield from loads.compare(on, case, rounds, _BARE)
    yield loads.binary_copy(on, case, rounds, 1.6)
    yield loads.peak_memory(on, case, None)


def _postcodes_into_england(on: Server, shared: Path, rounds: int) -> Iterator[Finding]:
    with loads.england(on, shared) as template:
        yield from loads.compare(on, loads.postcodes_case(shared, template), rounds, _BARE)


def _ledger(on: Server, shared: Path, rounds: int) -> Iterator[Finding]:
    case = loads.ledger_case(shared)
    yield from loads.compare(on, case, rounds, _BARE | {"pandas": 0.25})


def _ledger_million(on: Server, shared: Path, rounds: int) -> Iterator[Finding]:
    yield ledger_million.compare(on, shared, rounds, 0.25)
    yield ledger_million.peak_memory(on, shared, 1_500)


def _names(_on: Server, shared: Path, rounds: int) -> Iterator[Finding]:
    yield names.compare(shared, rounds, 0.6)


def _reranking(on: Server, _shared: Path, rounds: int) -> Iterator[Finding]:
    yield from pages.reranking(on, rounds)


def _page(on: Server, _shared: Path, _rounds: int) -> Iterator[Finding]:
    yield from pages.page_weight(on)


def _spend(on: Server, shared: Path, rounds: int) -> Iterator[Finding]:
    yield from spending.compare(on, shared, rounds)


def _drawing(on: Server, _shared: Path, rounds: int) -> Iterator[Finding]:
    yield from drawing.compare(on, rounds)


def _weightings(_on: Server, _shared: Path, rounds: int) -> Iterator[Finding]:
    yield from weightings.compare(rounds)


def _weightings_england(_on: Server, _shared: Path, rounds: int) -> Iterator[Finding]:
    yield from weightings.compare_england(rounds)


def _reranking_england(on: Server, _shared: Path, rounds: int) -> Iterator[Finding]:
    yield from england.reranking(on, rounds)


# Fewer rounds than five where a round takes more than half a minute.
BENCHMARKS = {
    "reranking": Benchmark(_reranking, 60, needs_shared=False),
    "weightings": Benchmark(_weightings, 15, needs_shared=False),
    "weightings-england": Benchmark(_weightings_england, 3, needs_shared=False),
    "reranking-england": Benchmark(_reranking_england, 15, needs_shared=False),
    "drawing": Benchmark(_drawing, 5, needs_shared=False),
    "page": Benchmark(_page, 1, needs_shared=False),
    "ledger": Benchmark(_ledger, 3),
    "names": Benchmark(_names, 5),
    "ledger-million": Benchmark(_ledger_million, 2),
    "spend": Benchmark(_spend, 40),
    "boundaries": Benchmark(_boundaries, 3),
    "postcodes": Benchmark(_postcodes, 3),
    "postcodes-into-england": Benchmark(_postcodes_into_england, 3),
}


def main() -> int:
    """Run what was asked for; 1 only when a result is wrong."""
    options = _options()
    shared = _shared()
    findings: list[Finding] = []
    wrong = False
    with server() as on:
        settings = on.settings()
        _say(f"Throw-away server: {settings}")
        for name in options.only or BENCHMARKS:
            if BENCHMARKS[name].needs_shared and not shared.is_dir():
                _say(f"SKIPPED {name}: set GEO_WEALTH_SHARED to the real data (not in {shared}).")
                continue
            try:
                findings += _run(on, name, shared, quick=options.quick)
            except WrongResultError as error:
                _say(f"WRONG RESULT in {name}: {error}")
                wrong = True
    if options.json:
        print(json.dumps({"server": settings, "findings": [_document(f) for f in findings]}))
    return int(wrong)


def _run(on: Server, name: str, shared: Path, *, quick: bool) -> list[Finding]:
    benchmark = BENCHMARKS[name]
    findings = []
    for finding in benchmark.run(on, shared, 1 if quick else benchmark.rounds):
        _say(_line(finding))
        findings.append(finding)
    return findings


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(BENCHMARKS), metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="each side once, not a median")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return parser.parse_args()


def _shared() -> Path:
    beside = Path(__file__).resolve().parents[3] / "shared"
    return Path(os.environ.get("GEO_WEALTH_SHARED", str(beside))) / "data"


def _line(finding: Finding) -> str:
    target = "-" if finding.target is None else f"<= {finding.target:g}"
    sides = ", ".join(f"{name} {amount:.3g}" for name, amount in finding.sides.items())
    return (
        f"{finding.name:<24}{finding.what:<38}{finding.value:>9.2f} {finding.unit:<3}"
        f"{target:>8}  {finding.verdict:<7} n={finding.rounds}  {sides}"
    )


def _document(finding: Finding) -> dict[str, object]:
    return {
        "name": finding.name,
        "what": finding.what,
        "value": round(finding.value, 4),
        "unit": finding.unit,
        "target": finding.target,
        "verdict": finding.verdict,
        "rounds": finding.rounds,
        "sides": finding.sides,
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
