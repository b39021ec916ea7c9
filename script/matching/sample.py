"""The labelled payees: drawn by a seed from the published files, named by hashes only."""

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from boundaries.issues import IssueLog
from geo_wealth.ledger import read_ledger
from geo_wealth.names import looks_individual, name_key
from geo_wealth.registers import read_register

SEED = "geo-wealth payees 2026"

LEDGERS = ("spend/calderdale", "spend/bradford")

REGISTERS = (
    ("registers/business_rates_kirklees.csv", "business-rates"),
    ("registers/business_rates_calderdale.csv", "business-rates"),
    ("registers/business_rates_bradford.csv", "business-rates"),
    ("registers/coops_uk_2017-06_open_data_organisations.csv", "cooperatives"),
    ("registers/gender_pay_gap_2021_to_2022.csv", "employers"),
    ("anchors/kirklees_anchor_premises_derived_from_business_rates.csv", "anchors"),
)

PLAN = {
    "exact-small": 52,
    "exact-large": 28,
    "close-small": 60,
    "close-large": 28,
    "middle-small": 52,
    "middle-large": 24,
    "far-small": 40,
    "far-large": 16,
}
"""How many payees are labelled of each stratum: nearness to a register, and pounds."""

HALVES = ("tuning", "untouched")

_LARGE = 50_000
_CLOSE, _MIDDLE = 0.75, 0.55
# Words that tell no organisation from another, and words too frequent to look up.
_GENERIC = re.compile("ltd|plc|llp|lp|cic|cio|inc|co|uk|t|a|ta|and|the|of|for|limited")
_FREQUENT = 3000


@dataclass
class Payee:
    """A payee of the ledgers: one name key, however it is spelt and by whomever it is paid.

    ``company_numbers`` holds None when any payment states none.
    """

    names: set[str]
    company_numbers: set[str | None]
    charity_numbers: set[str]
    pounds: Decimal


@dataclass
class Organisation:
    """What the registers say of one name and number; ``areas`` are postcode areas."""

    individual: bool
    areas: set[str]


Organisations = Mapping[tuple[str, str], Organisation]
"""By name key and company number, '' where there is none."""


@dataclass(frozen=True)
class Drawn:
    """A payee in the sample; ``weight`` is how many payees it stands for in its half."""

    name_key: str
    half: str
    stratum: str
    weight: float
    pounds: Decimal


def payee_hash(key: str) -> str:
    """Give the hash under which a payee's label is kept."""
    return hashlib.sha256(f"geo-wealth payee|{key}".encode()).hexdigest()[:32]


def organisation_hash(key: str, company_number: str | None) -> str:
    """Give the hash of an organisation of a register: of its name key and number."""
    text = f"geo-wealth organisation|{key}|{company_number or ''}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def read_payees(shared: Path) -> dict[str, Payee]:
    """Read the frame: the named payees of all ledgers, by name key, but plain individuals.

    A payee is left out when any of its spellings looks like a person's name.
    """
    payees: dict[str, Payee] = {}
    keys: dict[str, str] = {}
    for folder in LEDGERS:
        for path in sorted((shared / folder).glob("*.csv")):
            for chunk in read_ledger(path, IssueLog()).chunks:
                named = chunk[chunk["payee_state"] == "named"]
                columns = ("payee", "company_number", "charity_number", "amount")
                for name, company, charity, amount in zip(*map(named.get, columns), strict=True):
                    if name not in keys:
                        keys[name] = name_key(name)
                    payee = payees.setdefault(keys[name], Payee(set(), set(), set(), Decimal(0)))
                    payee.names.add(name)
                    payee.company_numbers.add(company or None)
                    payee.charity_numbers.update([charity] if charity else [])
                    payee.pounds += amount
    return {
        key: payee
        for key, payee in payees.items()
        if key and not any(looks_individual(name) for name in payee.names)
    }


def read_organisations(shared: Path) -> dict[tuple[str, str], Organisation]:
    """Read the registers; who is an individual in any row of them is one."""
    found: dict[tuple[str, str], Organisation] = {}
    columns = ("name", "company_number", "individual", "postcode")
    for path, kind in REGISTERS:
        for chunk in read_register(shared / path, kind, IssueLog()):
            for name, number, individual, postcode in zip(*map(chunk.get, columns), strict=True):
                if name:
                    key = (name_key(name), number or "")
                    organisation = found.setdefault(key, Organisation(False, set()))
                    organisation.individual |= bool(individual)
                    organisation.areas.update(re.findall("^[A-Z]+", postcode or ""))
    return found


def draw(payees: Mapping[str, Payee], organisations: Organisations) -> list[Drawn]:
    """Draw the sample: of each stratum the payees whose seeded hashes come first.

    Each half on its own stands for all payees: the sample of a stratum goes to the halves in
    turn, and a payee's weight is the stratum's size over its number in that half. A hash
    takes the place of a random number, so that the draw does not depend on a language's
    generator, and hardly on a payee more or less in the files.
    """
    strata: dict[str, list[str]] = defaultdict(list)
    for key, stratum in _strata(payees, organisations).items():
        strata[stratum].append(key)
    drawn = []
    for stratum, count in PLAN.items():
        keys = sorted(
            strata[stratum], key=lambda key: hashlib.sha256(f"{SEED}|{key}".encode()).digest()
        )
        for place, key in enumerate(keys[:count]):
            weight = 2 * len(keys) / count
            half = HALVES[place % 2]
            drawn.append(Drawn(key, half, stratum, weight, payees[key].pounds))
    return drawn


def _strata(payees: Mapping[str, Payee], organisations: Organisations) -> dict[str, str]:
    names = {key for (key, _), each in organisations.items() if not each.individual}
    numbers = {number for _, number in organisations if number}
    nearest = _nearest(payees, names)
    strata = {}
    for key, payee in payees.items():
        if key in names or payee.company_numbers & numbers:
            level = "exact"
        elif nearest[key] >= _CLOSE:
            level = "close"
        else:
            level = "middle" if nearest[key] >= _MIDDLE else "far"
        strata[key] = f"{level}-{'large' if payee.pounds >= _LARGE else 'small'}"
    return strata


def _nearest(keys: Iterable[str], names: Collection[str]) -> dict[str, float]:
    """Give each key its greatest cosine to a name, words weighted by their rarity, 0 to 1."""
    holders: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        for word in _words(name):
            holders[word].append(name)

    def rarity(word: str) -> float:
        return math.log((len(names) + 1) / (len(holders.get(word, ())) + 1))

    def length(key: str) -> float:
        return math.sqrt(math.fsum(rarity(word) ** 2 for word in _words(key)))

    lengths = {name: length(name) for name in names}
    nearest = {}
    for key in keys:
        shared: dict[str, float] = defaultdict(float)
        for word in sorted(_words(key)):
            if len(holders.get(word, ())) <= _FREQUENT:
                for name in holders.get(word, ()):
                    shared[name] += rarity(word) ** 2
        products = (product / lengths[name] for name, product in shared.items())
        nearest[key] = max(products, default=0.0) / (length(key) or 1.0)
    return nearest


def _words(key: str) -> set[str]:
    words = set(key.split())
    return {word for word in words if not _GENERIC.fullmatch(word)} or words
