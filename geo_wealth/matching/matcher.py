"""All stages in turn, for many payees against all organisations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from geo_wealth.matching.judge import judge_alias
from geo_wealth.matching.rarity import Rarity
from geo_wealth.matching.reading import Reading, readings, squashed
from geo_wealth.matching.records import (
    ACCEPTED,
    REJECTED,
    REVIEW,
    Candidate,
    Decision,
    Organisations,
    Payees,
)

MATCHER = "1"
"""Version of all that decides a match: raise it with every change of rules or word lists."""

Decisions = Mapping[str, Sequence[Decision]]
_NONE: Decisions = {}

_EXACT_SCORE = 0.99
# Accepted aliases are few by nature; more than this for review helps nobody.
_KEEP = 4


class Matcher:
    """Organisations, made ready to be looked up by payees.

    Parameters
    ----------
    organisations
        Of the registers that count now, individuals left out.
    """

    def __init__(self, organisations: Organisations) -> None:
        self._organisations = organisations
        self._by_number = _positions(organisations.company_number)
        self._by_charity = _positions(organisations.charity_number)
        self._by_key = _positions(organisations.key)
        self._names = [(key, readings(key)) for key in self._by_key]
        self.rarity = Rarity(name[0].words for _, name in self._names if name)
        self._aliases = _aliases(self._names)
        self._traders = _traders(self._names)

    def match(self, payees: Payees, decisions: Decisions = _NONE) -> list[Candidate]:
        """Find the candidates of each payee, the surest first.

        Payees that are redacted, blank or individuals must not be among them.

        Parameters
        ----------
        decisions
            What persons decided, by the key of the payee; of several on one pair the last
            holds, so those on particular numbers come after those on any.
        """
        found: list[Candidate] = []
        for payee in range(len(payees)):
            likely = self._candidates(payees, payee)
            found.extend(self._settle(payees, payee, likely, decisions))
        return found

    def _candidates(self, payees: Payees, payee: int) -> list[Candidate]:
        sure = {
            each.organisation: each
            for each in reversed(
                [*self._by_numbers(payees, payee), *self._by_exact_name(payees, payee)]
            )
        }
        likely = self._by_alias(payees, payee)
        mine = payees.company_number[payee]
        found = [
            *sure.values(),
            *(each for each in likely if each.organisation not in sure),
        ]
        return [
            each
            for each in found
            if not _differ(mine, self._organisations.company_number[each.organisation])
        ]

    def _by_numbers(self, payees: Payees, payee: int) -> Iterator[Candidate]:
        number = payees.company_number[payee]
        for organisation in self._by_number.get(number, ()) if number else ():
            yield Candidate(
                payee, organisation, "company-number", 1.0, ACCEPTED, f"company number {number}"
            )
        charities = payees.charity_numbers[payee]
        for charity in charities:
            for organisation in self._by_charity.get(charity, ()):
                alone = len(charities) == 1
                yield Candidate(
                    payee,
                    organisation,
                    "charity-number",
                    0.995 if alone else 0.8,
                    ACCEPTED if alone else REVIEW,
                    f"charity number {charity}" + ("" if alone else ", one of several paid"),
                )

    def _by_exact_name(self, payees: Payees, payee: int) -> Iterator[Candidate]:
        for organisation in self._by_key.get(payees.key[payee], ()):
            yield Candidate(
                payee, organisation, "exact-name", _EXACT_SCORE, ACCEPTED, "the same name"
            )

    def _by_alias(self, payees: Payees, payee: int) -> list[Candidate]:
        best: dict[int, Candidate] = {}
        for mine in readings(payees.key[payee]):
            for name, theirs in self._alike(mine):
                judged = judge_alias(mine, theirs, self.rarity)
                if theirs.role == "trading as" and len(self._traders[theirs.words]) > 1:
                    judged = judged.held_back("several trade under it")
                if judged.band is None or (name in best and best[name].score >= judged.score):
                    continue
                best[name] = Candidate(payee, 0, "alias", judged.score, judged.band, judged.reason)
        ranked = sorted(best.items(), key=lambda item: (-item[1].score, self._names[item[0]][0]))
        return [
            Candidate(payee, organisation, each.stage, each.score, each.band, each.reason)
            for name, each in ranked[:_KEEP]
            for organisation in self._by_key[self._names[name][0]]
        ]

    def _alike(self, mine: Reading) -> Iterator[tuple[int, Reading]]:
        for alias in _alias_keys(mine):
            for name, place in self._aliases.get(alias, ()):
                yield name, self._names[name][1][place]

    def _settle(
        self, payees: Payees, payee: int, found: list[Candidate], decisions: Decisions
    ) -> list[Candidate]:
        """Apply decisions, and let no payee be two companies."""
        decided = self._decided(payees, payee, decisions.get(payees.key[payee], ()))
        found = [each for each in found if each.organisation not in decided]
        found = [*decided.values(), *found]
        found.sort(key=lambda each: (-each.score, self._organisations.key[each.organisation]))
        settled = self._one_company(found)
        if any(each.band == ACCEPTED for each in settled):
            return [each for each in settled if each.band != REVIEW]
        return settled

    def _decided(
        self, payees: Payees, payee: int, decisions: Sequence[Decision]
    ) -> dict[int, Candidate]:
        mine = payees.company_number[payee]
        decided: dict[int, Candidate] = {}
        for decision in decisions:
            if decision.payee_number not in {None, mine}:
                continue
            for organisation in self._by_key.get(decision.organisation_key, ()):
                theirs = self._organisations.company_number[organisation]
                if decision.organisation_number not in {None, theirs}:
                    continue
                if decision.accept and _differ(mine, theirs):
                    continue
                decided[organisation] = Candidate(
                    payee,
                    organisation,
                    "decision",
                    1.0 if decision.accept else 0.0,
                    ACCEPTED if decision.accept else REJECTED,
                    f"decided by {decision.by}",
                )
        return decided

    def _one_company(self, found: list[Candidate]) -> list[Candidate]:
        """Put to review what has another company number than what is surer or as sure.

        Two companies of one name, with nothing to tell them apart, are both for review.
        """
        best: dict[float, set[str]] = defaultdict(set)
        for each in found:
            number = self._organisations.company_number[each.organisation]
            if each.band == ACCEPTED and number:
                best[each.score].add(number)
        company = max(best.items(), default=(0.0, set[str]()))[1]
        settled = []
        for each in found:
            number = self._organisations.company_number[each.organisation]
            clash = bool(number) and (len(company) > 1 or number not in company)
            if each.band == ACCEPTED and clash and each.stage != "decision":
                reason = f"{each.reason}; there is another company of like name"
                settled.append(
                    Candidate(each.payee, each.organisation, each.stage, each.score, REVIEW, reason)
                )
            else:
                settled.append(each)
        return settled


def _alias_keys(reading: Reading) -> Iterator[str]:
    """Give what names must share to be the same name in another writing."""
    yield f"whole {squashed(reading.words)}"
    yield f"sorted {' '.join(sorted(reading.words))}"
    bare = reading.bare
    if bare:
        yield f"bare {squashed(bare)}"


def _aliases(
    names: Sequence[tuple[str, tuple[Reading, ...]]],
) -> dict[str, list[tuple[int, int]]]:
    aliases: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for name, (_, parts) in enumerate(names):
        for place, reading in enumerate(parts):
            for alias in _alias_keys(reading):
                aliases[alias].append((name, place))
    return dict(aliases)


def _traders(
    names: Iterable[tuple[str, tuple[Reading, ...]]],
) -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """List who trades under a name: a brand that several use is nobody's own."""
    traders: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for _, parts in names:
        for reading in parts:
            if reading.role == "trading as":
                traders[reading.words].add(parts[0].words)
    return dict(traders)


def _positions(values: Iterable[str | None]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = defaultdict(list)
    for position, value in enumerate(values):
        if value:
            positions[value].append(position)
    return dict(positions)


def _differ(mine: str | None, theirs: str | None) -> bool:
    return mine is not None and theirs is not None and mine != theirs
