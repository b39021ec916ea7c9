"""What a matching found, as verdicts on labelled payees."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

from geo_wealth.matching.matcher import Matcher
from geo_wealth.matching.records import Organisations, Payees
from script.matching import sample
from script.matching.measures import Verdict
from script.matching.sample import organisation_hash, payee_hash

Row = tuple[str, str, str | None, str, str]
"""Name key of the payee, name key and company number of the organisation, band, stage."""


def verdicts(found: Iterable[Row]) -> dict[str, Verdict]:
    """Put together what was found, by the hash of the payee; what is rejected is nothing."""
    bands: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for payee, organisation, number, band, _ in found:
        bands[payee_hash(payee)][band].add(organisation_hash(organisation, number))
    return {
        payee: Verdict(frozenset(by["accepted"]), frozenset(by["review"]))
        for payee, by in bands.items()
    }


def stored(connection: Connection) -> list[Row]:
    """Read what the matcher left in a database loaded with the registers of the labels."""
    rows = connection.execute(
        text("""
            SELECT p.name_key, o.name_key, o.company_number, c.band, c.stage
            FROM payee_candidate c JOIN payee p ON p.id = c.payee_id
            JOIN organisation o ON o.id = c.organisation_id
        """)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def worked_out(
    keys: Iterable[str],
    payees: Mapping[str, sample.Payee],
    organisations: sample.Organisations,
) -> list[Row]:
    """Match payees anew, without a database: each name with each number it is paid under."""
    listed = [key for key, each in organisations.items() if not each.individual]
    persons = {key for (key, _), each in organisations.items() if each.individual}
    asked = [
        (key, number)
        for key in keys
        if key not in persons
        for number in payees[key].company_numbers
    ]
    matcher = Matcher(
        Organisations(
            tuple(key for key, _ in listed),
            tuple(number or None for _, number in listed),
            # None of the six registers states charity numbers.
            (None,) * len(listed),
            tuple(frozenset(organisations[key].areas) for key in listed),
        )
    )
    candidates = matcher.match(
        Payees(
            tuple(key for key, _ in asked),
            tuple(number for _, number in asked),
            tuple(tuple(sorted(payees[key].charity_numbers)) for key, _ in asked),
        )
    )
    return [
        (asked[each.payee][0], *listed[each.organisation], each.band, each.stage)
        for each in candidates
    ]


def exact_names(payees: Iterable[str], organisations: sample.Organisations) -> dict[str, Verdict]:
    """Match by exact name key only, individuals left out: what matching is compared with."""
    numbers: dict[str, list[str]] = defaultdict(list)
    for (key, number), each in organisations.items():
        if not each.individual:
            numbers[key].append(number)
    return verdicts(
        (key, key, number, "accepted", "exact-name")
        for key in payees
        for number in numbers.get(key, ())
    )
