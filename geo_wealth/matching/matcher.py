"""All stages in turn, for many payees against all organisations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from geo_wealth.matching.blocks import Blocks, alike
from geo_wealth.matching.judge import Judgement, distinctive, judge_alias, judge_fuzzy
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
from geo_wealth.matching.vocabulary import EVERYWHERE

MATCHER = "5"
"""Version of all that decides a match: raise it with every change of rules or word lists."""

Decisions = Mapping[str, Sequence[Decision]]
_NONE: Decisions = {}

_BY_NAME = frozenset(("exact-name", "alias", "fuzzy"))
_EXACT_SCORE = 0.99
# More names than this for one payee help nobody.
_KEEP = 4
# How many payees are matched before their readings are forgotten.
_AT_ONCE = 5_000
# Of names that are accepted, those are taken that are as sure as the best, but for so much;
# and beside the very same name, only those of which hardly anything differs.
_AS_SURE = 0.015
_BESIDE_SURE = 0.955
# How alike two names are, of 100, before their words are compared.
_LIKE = 62.0
# The shortest length at which ledgers cut names.
_CUT_FROM = 20


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
        self._names = [(key, readings(key)) for key in sorted(self._by_key)]
        self.rarity = Rarity(name[0].words for _, name in self._names if name)
        self._aliases = _aliases(self._names)
        self._traders = _traders(self._names)
        self._parts = [
            (name, reading) for name, (_, parts) in enumerate(self._names) for reading in parts
        ]
        self._blocks = Blocks([" ".join(reading.words) for _, reading in self._parts])

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
        for start in range(0, len(payees), _AT_ONCE):
            batch = range(start, min(start + _AT_ONCE, len(payees)))
            found.extend(self._match_some(payees, batch, decisions))
        return found

    def _match_some(
        self, payees: Payees, batch: range, decisions: Decisions
    ) -> Iterator[Candidate]:
        read = {payee: readings(payees.key[payee]) for payee in batch}
        likely = {payee: self._candidates(payees, payee, read[payee]) for payee in batch}
        found = {payee: self._settle(payees, payee, likely[payee], decisions) for payee in batch}
        unknown = {payee: read[payee] for payee in batch if not _accepted(found[payee])}
        for payee, nearly in self._nearly(payees, unknown).items():
            judged = {each.organisation for each in likely[payee]}
            more = [each for each in nearly if each.organisation not in judged]
            if more:
                everything = [*likely[payee], *more]
                found[payee] = self._settle(payees, payee, everything, decisions)
        return (each for candidates in found.values() for each in candidates)

    def _candidates(self, payees: Payees, payee: int, parts: Sequence[Reading]) -> list[Candidate]:
        sure = {
            each.organisation: each
            for each in reversed(
                [*self._by_numbers(payees, payee), *self._by_exact_name(payees, payee)]
            )
        }
        likely = self._by_alias(payee, parts)
        mine = payees.company_number[payee]
        found = [
            *sure.values(),
            *(
                each
                for each in likely
                if each.organisation not in sure and (not sure or each.score >= _BESIDE_SURE)
            ),
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

    def _by_alias(self, payee: int, parts: Sequence[Reading]) -> list[Candidate]:
        best: dict[int, Judgement] = {}
        for mine in parts:
            for name, theirs in self._alike(mine):
                judged = judge_alias(mine, theirs, self.rarity)
                _keep_better(best, name, self._held_back(judged, name, theirs))
        return self._ranked(payee, "alias", best)

    def _nearly(
        self, payees: Payees, read: Mapping[int, Sequence[Reading]]
    ) -> dict[int, list[Candidate]]:
        """Find names that are nearly those of these payees: rare runs, then letters."""
        parts = [(payee, mine) for payee, readings_ in read.items() for mine in readings_]
        texts = [" ".join(mine.words) for _, mine in parts]
        asked, near = self._blocks.near(texts)
        likeness = alike(
            [texts[each] for each in asked], [self._blocks.names[each] for each in near]
        )
        best: dict[int, dict[int, Judgement]] = defaultdict(dict)
        for place in np.flatnonzero(likeness >= _LIKE):
            payee, mine = parts[asked[place]]
            name, theirs = self._parts[near[place]]
            key = payees.key[payee]
            cut = len(key) >= _CUT_FROM and key.endswith(mine.words[-1])
            judged = judge_fuzzy(mine, theirs, self.rarity, cut=cut)
            _keep_better(best[payee], name, self._held_back(judged, name, theirs))
        return {
            payee: self._ranked(payee, "fuzzy", self._unless_several(names))
            for payee, names in best.items()
        }

    def _unless_several(self, judged: dict[int, Judgement]) -> dict[int, Judgement]:
        """Leave to review what fits several names: a name cut short may go on in many ways."""
        fitting = {
            squashed(self._names[name][1][0].words)
            for name, each in judged.items()
            if each.band == ACCEPTED
        }
        if len(fitting) < 2:
            return judged
        return {name: each.held_back("several names fit") for name, each in judged.items()}

    def _held_back(self, judged: Judgement, name: int, theirs: Reading) -> Judgement:
        """Leave to review a trading name that another may use: of a brand or a franchise."""
        if theirs.role != "trading as" or "school" in theirs.words:
            return judged
        if len(self._traders[squashed(theirs.words)]) > 1:
            return judged.held_back("several trade under it")
        own = set(self._names[name][1][0].words).intersection(theirs.words)
        if not distinctive(tuple(own), self.rarity):
            return judged.held_back("others may trade under it")
        return judged

    def _ranked(self, payee: int, stage: str, judged: Mapping[int, Judgement]) -> list[Candidate]:
        """Give the organisations of the best names; accepted are those that are as sure."""
        ranked = sorted(judged.items(), key=lambda item: (-item[1].score, item[0]))[:_KEEP]
        accepted = {name for name, each in ranked if each.band == ACCEPTED}
        least = max((each.score for _, each in ranked), default=0.0) - _AS_SURE
        return [
            Candidate(payee, organisation, stage, each.score, each.band or REVIEW, each.reason)
            for name, each in ranked
            if name not in accepted or each.score >= least
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
        settled = self._one_town(payees.key[payee], self._one_company(found))
        if _accepted(settled):
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
                settled.append(replace(each, band=REVIEW, reason=reason))
            else:
                settled.append(each)
        return settled

    def _one_town(self, key: str, found: list[Candidate]) -> list[Candidate]:
        """Put to review a school, church or the like of which there are several in as many towns.

        Only where the name tells them apart by nothing but words that are in every town.
        """
        named = [each for each in found if each.band == ACCEPTED and each.stage in _BY_NAME]
        areas = frozenset[str]().union(
            *(self._organisations.areas[each.organisation] for each in named)
        )
        if len(areas) < 2:
            return found
        parts = readings(key)
        words = parts[0].words if parts else ()
        if EVERYWHERE.isdisjoint(words) or distinctive(words, self.rarity):
            return found
        why = f"there are several of that name, in {', '.join(sorted(areas))}"
        return [
            replace(each, band=REVIEW, reason=f"{each.reason}; {why}") if each in named else each
            for each in found
        ]


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


def _keep_better(best: dict[int, Judgement], name: int, judged: Judgement) -> None:
    if judged.band is not None and (name not in best or judged.score > best[name].score):
        best[name] = judged


def _accepted(candidates: Iterable[Candidate]) -> bool:
    return any(each.band == ACCEPTED for each in candidates)


def _traders(
    names: Iterable[tuple[str, tuple[Reading, ...]]],
) -> dict[str, set[str]]:
    """List who trades under a name: a brand that several use is nobody's own."""
    traders: dict[str, set[str]] = defaultdict(set)
    for _, parts in names:
        for reading in parts:
            if reading.role == "trading as":
                traders[squashed(reading.words)].add(squashed(parts[0].words))
    return dict(traders)


def _positions(values: Iterable[str | None]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = defaultdict(list)
    for position, value in enumerate(values):
        if value:
            positions[value].append(position)
    return dict(positions)


def _differ(mine: str | None, theirs: str | None) -> bool:
    return mine is not None and theirs is not None and mine != theirs
