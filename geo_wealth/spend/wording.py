"""Rule sets in plain English, and what two documents of a kind differ in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from geo_wealth.spend.definition import (
    AreaTest,
    Definition,
    PostcodeTest,
    Test,
    describe_addresses,
    describe_test,
)
from geo_wealth.spend.documents import listed
from geo_wealth.spend.rules import Conditions, Rule, RuleSet

_FIELDS = {
    "payee": "the payee says {}",
    "category": "the category says {}",
    "department": "the department says {}",
    "purpose": "the purpose says {}",
    "any": "payee, category, department or purpose says {}",
    "payer": "the payer says {}",
    "register": "a register of {} has the payee",
    "channel": "it was paid by {}",
    "state": "the name is {}",
    "below": "the amount is below £{}",
    "above": "the amount is above £{}",
}
_QUOTED = {"payee", "category", "department", "purpose", "any", "payer"}
_CHANNELS = {"card": "purchase card", "ledger": "the main ledger, not by card"}
_FLAGS = {
    "individual": ("the payee is a person or sole trader", "the payee is no person"),
    "repeats": ("the row repeats an earlier one", "the row repeats no earlier one"),
    "credit": ("the amount is negative", "the amount is not negative"),
}

Sentences = list[str]


def describe_rules(rules: RuleSet) -> Sentences:
    """Say in plain English what a rule set leaves out, one line for each rule, in order."""
    if not rules.rules:
        return ["Every payment is in."]
    lines = ["A payment is out for the first of these reasons that applies:"]
    for number, rule in enumerate(rules.rules, 1):
        lines.append(f"{number}. {rule.reason} ({rule.slug}): {_alternatives(rule.when)}")
        if rule.unless:
            lines[-1] += f"; unless {_alternatives(rule.unless)}"
    return lines


def definition_differences(
    old: Definition, new: Definition, names: Mapping[str, str] | None = None
) -> Sentences:
    """Say what the second definition counts otherwise than the first; nothing when all is equal.

    Parameters
    ----------
    names
        Names of areas by code, where they are known.
    """
    names = names or {}
    call = _called(new)
    before, after = _units(old.local), _units(new.local)
    lines = [
        f"{call} {verb} an address as local when {describe_test(test, names)}."
        for verb, units in (
            ("also counts", [unit for unit in after if unit not in before]),
            ("does not count", [unit for unit in before if unit not in after]),
        )
        for test in _joined(units)
    ]
    if (old.order, old.otherwise) != (new.order, new.otherwise):
        lines += [f"{_called(old)}: {line}" for line in describe_addresses(old)]
        lines += [f"{call}: {line}" for line in describe_addresses(new)]
    return lines


def rule_differences(old: RuleSet, new: RuleSet) -> Sentences:
    """Say which rules the second set adds, leaves out, changes or moves."""
    call = _called(new)
    before = {rule.slug: rule for rule in old.rules}
    after = {rule.slug: rule for rule in new.rules}
    lines = [
        f"{call} adds the rule {_rule(rule)}." for rule in new.rules if rule.slug not in before
    ]
    lines += [
        f"{call} leaves out the rule {_rule(rule)}." for rule in old.rules if rule.slug not in after
    ]
    for slug, rule in after.items():
        if slug in before and rule != before[slug]:
            lines += [f"{call}, {slug}: {change}." for change in _changes(before[slug], rule)]
    kept_before = [slug for slug in before if slug in after]
    kept_after = [slug for slug in after if slug in before]
    if kept_before != kept_after:
        lines.append(f"{call} tries the rules in another order: {listed(kept_after, 'then')}.")
    return lines


def _called(document: Definition | RuleSet) -> str:
    return f"{document.slug}@{document.version}" if document.version else document.slug


def _units(tests: Iterable[Test]) -> list[Test]:
    """Take tests apart into what can be added or left out by itself."""
    units: list[Test] = []
    for test in tests:
        if isinstance(test, AreaTest):
            units += [replace(test, codes=(code,)) for code in test.codes]
        elif isinstance(test, PostcodeTest):
            units += [replace(test, starts=(start,)) for start in test.starts]
        else:
            units.append(test)
    return units


def _joined(units: Iterable[Test]) -> list[Test]:
    """Put together what was taken apart."""
    areas: dict[str, list[str]] = {}
    postcodes: dict[str, list[str]] = {}
    others: list[Test] = []
    for unit in units:
        if isinstance(unit, AreaTest):
            areas.setdefault(unit.kind, []).extend(unit.codes)
        elif isinstance(unit, PostcodeTest):
            postcodes.setdefault(unit.kind, []).extend(unit.starts)
        else:
            others.append(unit)
    return [
        *(AreaTest(kind, tuple(codes)) for kind, codes in areas.items()),
        *(PostcodeTest(kind, tuple(starts)) for kind, starts in postcodes.items()),
        *others,
    ]


def _rule(rule: Rule) -> str:
    return f"{rule.slug} ({rule.reason})"


def _changes(old: Rule, new: Rule) -> Sentences:
    changes = []
    if old.reason != new.reason:
        changes.append(f"the reason is '{new.reason}', not '{old.reason}'")
    for says, before, after in (
        ("excludes", old.when, new.when),
        ("spares", old.unless, new.unless),
    ):
        more = [each for each in _singles(after) if each not in _singles(before)]
        less = [each for each in _singles(before) if each not in _singles(after)]
        changes += [f"{says} also when {_alternatives(more)}"] if more else []
        changes += [f"no longer {says} when {_alternatives(less)}"] if less else []
    return changes


def _singles(alternatives: Iterable[Conditions]) -> list[Conditions]:
    """Take alternatives of one list of patterns apart, one pattern each; keep others whole."""
    singles: list[Conditions] = []
    for conditions in alternatives:
        given = conditions.given()
        name, value = next(iter(given.items()))
        if len(given) == 1 and isinstance(value, tuple):
            parts: list[dict[str, Any]] = [{name: (item,)} for item in value]
            singles += [Conditions(**part) for part in parts]
        else:
            singles.append(conditions)
    return singles


def _alternatives(alternatives: Iterable[Conditions]) -> str:
    """Write alternatives as a clause, patterns of one field together."""
    together: dict[str, list[str]] = {}
    others = []
    for conditions in alternatives:
        given = conditions.given()
        name, value = next(iter(given.items()))
        if len(given) == 1 and isinstance(value, tuple):
            together.setdefault(name, []).extend(value)
        else:
            others.append(" and ".join(_clause(field, item) for field, item in given.items()))
    return ", or ".join([*(_clause(name, value) for name, value in together.items()), *others])


def _clause(field: str, value: Any) -> str:
    if field in _FLAGS:
        return _FLAGS[field][0 if value else 1]
    quoted = "‘{}’" if field in _QUOTED else "{}"
    items = value if isinstance(value, list | tuple) else [_CHANNELS.get(value, value)]
    return _FIELDS[field].format(listed([quoted.format(item) for item in items], last="or"))
