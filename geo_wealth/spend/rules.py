"""Rule sets: which payments are in, and why the others are not.

Rules are tried in order; the first that holds excludes a payment, and its reason is counted.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from math import ceil, floor
from typing import Any

import numpy as np

from geo_wealth.memory import Memory
from geo_wealth.spend.book import NONE, REGISTERS, Book, Flags, Ints
from geo_wealth.spend.documents import Node, canonical_json, read_toml, short_hash
from geo_wealth.spend.words import canonical_pattern, pattern_problem, vocabulary

MAX_RULES = 100
MAX_PATTERNS = 2_000

_TEXT_FIELDS = ("payee", "category", "department", "purpose", "any")
_FIELDS = (
    *_TEXT_FIELDS,
    *("payer", "register", "channel", "state", "individual", "repeats", "credit"),
    *("below", "above"),
)
_STATES = ("redacted", "blank")
_CHANNELS = ("card", "ledger")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a payment must be like: every field that is given must hold.

    Attributes
    ----------
    payee, category, department, purpose
        Word patterns, any of which matches that text.
    any
        Word patterns, any of which matches any of the four texts.
    payer
        Word patterns, any of which matches the payer's name.
    register
        Kinds of register, any of which has the payee (an accepted match).
    channel
        ``card`` or ``ledger``.
    state
        ``redacted`` or ``blank``: what the ledger has for a name.
    individual
        Whether the payee is a person or sole trader.
    repeats
        Whether the row says the same as an earlier one of its file in every column.
    credit
        Whether the amount is negative.
    below, above
        Pounds; the amount without its sign has to be smaller, or larger.
    """

    payee: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    purpose: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    payer: tuple[str, ...] = ()
    register: tuple[str, ...] = ()
    channel: str | None = None
    state: tuple[str, ...] = ()
    individual: bool | None = None
    repeats: bool | None = None
    credit: bool | None = None
    below: Decimal | None = None
    above: Decimal | None = None

    def given(self) -> dict[str, Any]:
        """Give the fields that say something, in their order."""
        return {name: value for name, value in asdict(self).items() if value not in {None, ()}}


@dataclass(frozen=True, slots=True)
class Rule:
    """Excludes payments for which all of ``when`` holds and not all of ``unless``.

    ``unless`` is None where a rule spares nothing.
    """

    slug: str
    reason: str
    when: Conditions
    unless: Conditions | None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules in order; ``version`` is 0 while it is not stored, ``hash`` of what they mean."""

    slug: str
    title: str
    about: str
    rules: tuple[Rule, ...]
    version: int
    hash: str


def parse_rules(text: str, where: str) -> RuleSet:
    """Read a rule set from TOML.

    Parameters
    ----------
    where
        What to call the document in a refusal: the file's name.

    Raises
    ------
    RefusedFileError
        In one sentence that names document, key and remedy.
    """
    node = read_toml(text, where)
    node.only(("slug", "title", "about", "rule"))
    slug, title = node.slug(), node.text("title", required=True, longest=120)
    rules = tuple(_rule(entry) for entry in node.tables("rule", MAX_RULES))
    known: set[str] = set()
    for rule in rules:
        if rule.slug in known:
            node.refuse(f"two rules have the slug '{rule.slug}'; give each its own.")
        known.add(rule.slug)
    patterns = sum(len(value) for rule in rules for value in _pattern_lists(rule))
    if patterns > MAX_PATTERNS:
        node.refuse(f"there are {patterns:,} patterns; {MAX_PATTERNS:,} is the most.")
    return RuleSet(slug, title, node.text("about"), rules, 0, short_hash(_meaning(rules)))


def canonical(rules: RuleSet) -> str:
    """Write what a rule set means as JSON: equal texts, equal numbers for equal reasons."""
    return canonical_json(_meaning(rules.rules))


def apply(book: Book, rules: RuleSet) -> Ints:
    """Find the first rule that excludes each payment.

    Returns
    -------
    (n,) int64
        Position in ``rules.rules``; ``NONE`` where the payment is included.
    """
    first = np.full(len(book.payments), NONE, dtype=np.int64)
    for position, rule in enumerate(rules.rules):
        excluded = _holds(book, rule.when)
        if rule.unless is not None:
            excluded &= ~_holds(book, rule.unless)
        first[excluded & (first == NONE)] = position
    return first


def _meaning(rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    return [
        {
            "slug": rule.slug,
            "reason": rule.reason,
            "when": _plain(rule.when),
            "unless": None if rule.unless is None else _plain(rule.unless),
        }
        for rule in rules
    ]


def _plain(conditions: Conditions) -> dict[str, Any]:
    return {
        name: format(value.normalize(), "f") if isinstance(value, Decimal) else value
        for name, value in conditions.given().items()
    }


def _pattern_lists(rule: Rule) -> list[tuple[str, ...]]:
    both = (rule.when, rule.unless) if rule.unless else (rule.when,)
    return [getattr(each, field) for each in both for field in (*_TEXT_FIELDS, "payer")]


def _rule(node: Node) -> Rule:
    node.only(("slug", "reason", "when", "unless"))
    slug, reason = node.slug(), node.text("reason", required=True, longest=200)
    named = Node(node.values, f"{node.where} ({slug})")
    when = _conditions(named.table("when"))
    if when is None:
        named.refuse("it says of no field when it excludes; add one to [rule.when].")
    return Rule(slug, reason, when, _conditions(named.table("unless")))


def _conditions(node: Node) -> Conditions | None:
    node.only(_FIELDS)
    read = {field: _FIELD_READERS[field](node, field) for field in node.values}
    return Conditions(**read) if read else None


def _patterns(node: Node, field: str) -> tuple[str, ...]:
    patterns = node.texts(field)
    for pattern in patterns:
        problem = pattern_problem(pattern)
        if problem:
            node.refuse(f"'{field}': the pattern '{pattern[:60]}' {problem}.")
    return tuple(sorted({canonical_pattern(pattern) for pattern in patterns}))


def _kinds_of_register(node: Node, field: str) -> tuple[str, ...]:
    return tuple(sorted(node.choices(field, REGISTERS)))


def _states(node: Node, field: str) -> tuple[str, ...]:
    return tuple(sorted(node.choices(field, _STATES)))


def _channel(node: Node, field: str) -> str:
    return node.choice(field, _CHANNELS)


_FIELD_READERS: dict[str, Callable[[Node, str], Any]] = {
    **dict.fromkeys((*_TEXT_FIELDS, "payer"), _patterns),
    **dict.fromkeys(("individual", "repeats", "credit"), Node.flag),
    **dict.fromkeys(("below", "above"), Node.pounds),
    "register": _kinds_of_register,
    "state": _states,
    "channel": _channel,
}


def _holds(book: Book, conditions: Conditions) -> Flags:
    """Tell of each payment whether all fields given hold, (n,)."""
    payments = book.payments
    held = np.ones(len(payments), dtype=np.bool_)
    of_payee = _payees_holding(book, conditions)
    if of_payee is not None:
        held &= of_payee[payments.payee]
    for field in ("category", "department", "purpose"):
        patterns = getattr(conditions, field)
        if patterns:
            held &= _text_holds(book, field, patterns)
    if conditions.any:
        held &= _any_text_holds(book, conditions.any)
    if conditions.payer:
        payers = tuple(ledger.payer for ledger in book.ledgers)
        held &= _matching(payers, conditions.payer)[payments.ledger]
    if conditions.channel is not None:
        held &= payments.card == (conditions.channel == "card")
    if conditions.repeats is not None:
        held &= payments.repeats == conditions.repeats
    return held & _amounts_hold(book, conditions)


def _payees_holding(book: Book, conditions: Conditions) -> Flags | None:
    """Tell of each payee whether all fields about payees hold, (m,); None when none is given."""
    payees, parts = book.payees, []
    if conditions.payee:
        parts.append(_matching(payees.name, conditions.payee))
    if conditions.state:
        parts.append(np.array([state in conditions.state for state in payees.state], np.bool_))
    if conditions.individual is not None:
        parts.append(payees.individual == conditions.individual)
    if conditions.register:
        held = np.zeros(len(payees), dtype=np.bool_)
        wanted = [register in conditions.register for register in book.sites.register]
        held[book.sites.payee[np.array(wanted, dtype=np.bool_)]] = True
        parts.append(held)
    return np.logical_and.reduce(parts) if parts else None


def _text_holds(book: Book, field: str, patterns: tuple[str, ...]) -> Flags:
    """Tell of each payment whether its text in a field matches, (n,)."""
    if field == "payee":
        return _matching(book.payees.name, patterns)[book.payments.payee]
    texts = {
        "category": book.categories,
        "department": book.departments,
        "purpose": book.purposes,
    }[field]
    # NONE is -1: the last entry, which no pattern matches, stands for "the ledger does not say".
    found = np.append(_matching(texts, patterns), np.False_)
    positions: Ints = getattr(book.payments, field)
    return found[positions]


def _any_text_holds(book: Book, patterns: tuple[str, ...]) -> Flags:
    held = np.zeros(len(book.payments), dtype=np.bool_)
    for field in ("payee", "category", "department", "purpose"):
        held |= _text_holds(book, field, patterns)
    return held


def _amounts_hold(book: Book, conditions: Conditions) -> Flags:
    amount = book.payments.amount
    held = np.ones(len(amount), dtype=np.bool_)
    if conditions.credit is not None:
        held &= (amount < 0) == conditions.credit
    scale = book.payments.scale
    if conditions.below is not None:
        held &= np.abs(amount) < ceil(conditions.below.scaleb(scale))
    if conditions.above is not None:
        held &= np.abs(amount) > floor(conditions.above.scaleb(scale))
    return held


_MATCHES: Memory[Flags] = Memory(size=256)


def _matching(texts: tuple[str, ...], patterns: tuple[str, ...]) -> Flags:
    """Tell of each text whether any pattern matches, (v,); remembered for equal texts."""
    return _MATCHES.recall((texts, patterns), lambda: vocabulary(texts).matches(patterns))
