"""Reports how well the payees of a loaded database are matched, on the labelled sample.

Usage: .venv/bin/python -m script.matching --half untouched

The database (that of ``GEO_WEALTH_DATA_DIR`` or ``DATABASE_URL``) must hold the 50 ledgers and
the six registers of ``sample.py`` and nothing else of their kind. With ``--files`` no database
is read: the same matcher works on the files of ``GEO_WEALTH_SHARED``, without decisions.
Exact-name matching, with which it is compared, is always worked out from the files.
With ``--accepted`` the precision of what is accepted is told by stage, on the payees that were
drawn among those accepted, and put together for all accepted payees.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from script.matching import accepted, sample
from script.matching.measures import (
    Estimate,
    Label,
    Outcome,
    Report,
    Verdict,
    count_unsure_right,
    outcome,
    read_labels,
    recall_ratio,
    report,
)
from script.matching.results import Row, exact_names, stored, verdicts, worked_out

_ROOT = Path(__file__).resolve().parents[2]
LABELS = _ROOT / "tests/geo_wealth/matching/labels.csv"
ACCEPTED = LABELS.with_name("labels_accepted.csv")


def main() -> int:
    """Print the figures of one half, or its mistakes."""
    options = _options()
    labels = read_labels(LABELS, options.half)
    shared = Path(os.environ.get("GEO_WEALTH_SHARED", str(_ROOT.parent / "shared"))) / "data"
    payees = sample.read_payees(shared)
    organisations = sample.read_organisations(shared)
    if options.files:
        keys = [each.name_key for each in sample.draw(payees, organisations)]
        rows = worked_out(payees if options.accepted else keys, payees, organisations)
    else:
        with reading(open_database()) as connection:
            rows = stored(connection)
    found = verdicts(rows)
    if options.accepted:
        drawn = accepted.read_drawn(ACCEPTED, f"{options.half}2")
        if options.mistakes:
            _print_wrong(drawn, found)
        else:
            _print_accepted(drawn, labels, rows)
        return 0
    if options.mistakes:
        _print_mistakes(labels, found)
        return 0
    exact = exact_names(payees, organisations)
    _print_reports(labels, exact, found, options.half)
    print("\nTaking what the reader was unsure of for right:\n")
    _print_reports(count_unsure_right(labels), exact, found, options.half)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script.matching", description=__doc__)
    parser.add_argument("--half", choices=sample.HALVES, required=True)
    parser.add_argument(
        "--mistakes", action="store_true", help="list payees by hash; of the tuning half only"
    )
    parser.add_argument(
        "--accepted", action="store_true", help="precision by stage of what is accepted"
    )
    parser.add_argument("--files", action="store_true", help="match anew, without a database")
    options = parser.parse_args()
    if options.mistakes and options.half == "untouched":
        parser.error("single labels of the untouched half are not looked at: see LABELLING.md")
    return options


def _print_reports(
    labels: Sequence[Label],
    exact: Mapping[str, Verdict],
    found: Mapping[str, Verdict],
    half: str,
) -> None:
    reports = {
        "exact name": report(labels, exact, review=False),
        "accepted": report(labels, found, review=False),
        "accepted + review": report(labels, found, review=True),
    }
    print(f"{len(labels)} payees of the {half} half; 95 % intervals in brackets")
    print(f"{'':18} {'right/matched':>14} {'precision':>22} {'recall':>22}", end="")
    print(f" {'precision, £':>22} {'recall, £':>22}")
    for name, each in reports.items():
        print(f"{name:18} {_line(each)}")
    ratio = recall_ratio(labels, found, exact)
    print(f"recall of accepted over exact name: {_plain(ratio)}")


def _line(each: Report) -> str:
    figures = (each.precision, each.recall, each.precision_pounds, each.recall_pounds)
    counts = f"{each.right}/{each.placed} of {each.findable}"
    return f"{counts:>14} " + " ".join(f"{_plain(figure):>22}" for figure in figures)


def _plain(figure: Estimate) -> str:
    if figure.value is None:
        return "none"
    return f"{figure.value:.3f} ({figure.low:.3f}-{figure.high:.3f})"


def _print_accepted(
    drawn: Sequence[accepted.Drawn], labels: Sequence[Label], rows: Sequence[Row]
) -> None:
    found = verdicts(rows)
    strata = accepted.strata(rows)
    sizes = Counter(strata.values())
    sure = [each for each in labels if strata.get(each.payee) == accepted.SURE]
    right = sum(outcome(each, found[each.payee]) is Outcome.RIGHT for each in sure)
    parts = {accepted.SURE: accepted.share(right, len(sure)), **accepted.shares(drawn, found)}
    still = sum(part.accepted for name, part in parts.items() if name != accepted.SURE)
    print(f"{still} of {len(drawn)} drawn payees are still accepted; 95 % intervals in brackets")
    print(f"{'':8} {'all accepted':>12} {'right/labelled':>14} {'precision':>22}")
    for name, part in parts.items():
        counts = f"{part.right}/{part.accepted}"
        print(f"{name:8} {sizes[name]:12,} {counts:>14} {_plain(part.precision):>22}")
    whole = accepted.together(parts, sizes)
    print(f"{'together':8} {sum(sizes.values()):12,} {'':14} {_plain(whole):>22}")


def _print_wrong(drawn: Sequence[accepted.Drawn], found: Mapping[str, Verdict]) -> None:
    for each in drawn:
        verdict = found.get(each.payee, Verdict())
        if not verdict.accepted <= each.right:
            print(f"{each.payee} {each.stratum:12} £{each.pounds:>9,}")


def _print_mistakes(labels: Sequence[Label], found: Mapping[str, Verdict]) -> None:
    for label in labels:
        verdict = found.get(label.payee, Verdict())
        result = outcome(label, verdict)
        missed = bool(label.acceptable) and result is not Outcome.RIGHT
        if missed or result in {Outcome.WRONG, Outcome.MISLED}:
            kind = "has one" if label.acceptable else "unsure" if label.unsure else "has none"
            print(f"{label.payee} {label.stratum:12} £{label.pounds:>9,} {kind:8} {result.value}")


if __name__ == "__main__":
    sys.exit(main())
