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
MAX_ALTERNATIVES = 20

_TEXTS = ("payee", "category", "department", "purpose")
_TEXT_FIELDS = (*_TEXTS, "any")
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
    """Excludes payments that meet any of ``when`` and none of ``unless``."""

    slug: str
    reason: str
    when: tuple[Conditions, ...]
    unless: tuple[Conditions, ...]


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
    for called, given in (
        ("slug", [rule.slug for rule in rules]),
        ("reason", [rule.reason for rule in rules]),
    ):
        twice = next((each for each in given if given.count(each) > 1), None)
        if twice is not None:
            node.refuse(f"two rules have the {called} '{twice}'; give each its own.")
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
    for position in reversed(range(len(rules.rules))):  # the first rule has the last word
        rule = rules.rules[position]
        excluded = _any_holds(book, rule.when)
        if rule.unless:
            excluded &= ~_any_holds(book, rule.unless)
        np.putmask(first, excluded, position)
    return first


def _meaning(rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    return [
        {
            "slug": rule.slug,
            "reason": rule.reason,
            "when": _plain(rule.when),
            "unless": _plain(rule.unless),
        }
        for rule in rules
    ]


def _plain(alternatives: tuple[Conditions, ...]) -> list[dict[str, Any]]:
    """Write alternatives as plain values; their order means nothing."""
    plain = [
        {
            name: format(value.normalize(), "f") if isinstance(value, Decimal) else value
            for name, value in conditions.given().items()
        }
        for conditions in alternatives
    ]
    return sorted(plain, key=canonical_json)


def _pattern_lists(rule: Rule) -> list[tuple[str, ...]]:
    fields = (*_TEXT_FIELDS, "payer")
    return [getattr(each, field) for each in (*rule.when, *rule.unless) for field in fields]


def _rule(node: Node) -> Rule:
    node.only(("slug", "reason", "when", "unless"))
    slug, reason = node.slug(), node.text("reason", required=True, longest=200)
    named = Node(node.values, f"{node.where} ({slug})")
    when = _alternatives(named, "when")
    if not when:
        named.refuse("it does not say what it excludes; add [rule.when] with a field.")
    return Rule(slug, reason, when, _alternatives(named, "unless"))


def _alternatives(node: Node, key: str) -> tuple[Conditions, ...]:
    """Read one table of conditions, or a list of them."""
    listed = isinstance(node.values.get(key), list)
    tables = node.tables(key, MAX_ALTERNATIVES) if listed else [node.table(key)]
    read = [_conditions(table) for table in tables if listed or key in node.values]
    return tuple(dict.fromkeys(read))


def _conditions(node: Node) -> Conditions:
    node.only(_FIELDS)
    if not node.values:
        node.refuse("it is empty; give a field, or leave it out.")
    return Conditions(**{field: _FIELD_READERS[field](node, field) for field in node.values})


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


def _any_holds(book: Book, alternatives: tuple[Conditions, ...]) -> Flags:
    """Tell of each payment whether any alternative holds, (n,).

    Alternatives of one kind of text each, which most are, are looked up together.
    """
    held = np.zeros(len(book.payments), dtype=np.bool_)
    patterns: dict[str, set[str]] = {}
    for conditions in alternatives:
        given = conditions.given()
        field = next(iter(given))
        if len(given) > 1 or field not in _TEXT_FIELDS:
            held |= _holds(book, conditions)
            continue
        for name in _TEXTS if field == "any" else (field,):
            patterns.setdefault(name, set()).update(given[field])
    for name, wanted in patterns.items():
        _add_text(book, name, tuple(sorted(wanted)), held)
    return held


def _holds(book: Book, conditions: Conditions) -> Flags:
    """Tell of each payment whether all fields given hold, (n,)."""
    payments = book.payments
    held = _amounts_hold(book, conditions)
    of_payee = _payees_holding(book, conditions)
    if of_payee is not None:
        held &= of_payee[payments.payee]
    for field in _TEXT_FIELDS:
        patterns: tuple[str, ...] = getattr(conditions, field)
        if patterns:
            found = np.zeros(len(payments), dtype=np.bool_)
            for name in _TEXTS if field == "any" else (field,):
                _add_text(book, name, patterns, found)
            held &= found
    if conditions.payer:
        payers = tuple(ledger.payer for ledger in book.ledgers)
        held &= _matching(payers, conditions.payer)[payments.ledger]
    if conditions.channel is not None:
        held &= payments.card == (conditions.channel == "card")
    if conditions.repeats is not None:
        held &= payments.repeats == conditions.repeats
    return held


def _payees_holding(book: Book, conditions: Conditions) -> Flags | None:
    """Tell of each payee whether its state, kind and registers hold, (m,); None when not asked."""
    payees = book.payees
    parts: list[Flags] = []
    if conditions.state:
        parts.append(np.array([state in conditions.state for state in payees.state], np.bool_))
    if conditions.individual is not None:
        parts.append(payees.individual == conditions.individual)
    if conditions.register:
        held = np.zeros(len(payees), dtype=np.bool_)
        wanted = [register in conditions.register for register in book.sites.register]
        held[book.sites.payee[np.array(wanted, dtype=np.bool_)]] = True
        parts.append(held)
    return np.all(parts, axis=0) if parts else None


def _add_text(book: Book, name: str, patterns: tuple[str, ...], held: Flags) -> None:
    """Add to ``held`` the payments whose text of this name matches any pattern."""
    texts = {
        "payee": book.payees.name,
        "category": book.categories,
        "department": book.departments,
        "purpose": book.purposes,
    }[name]
    found = _matching(texts, patterns)
    if found.any():
        positions: Ints = getattr(book.payments, name)
        # NONE is -1: the last entry, which matches nothing, is for what the ledger leaves out.
        held |= np.append(found, np.False_)[positions]


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
