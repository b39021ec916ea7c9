"""Whether two readings name one organisation: what differs, what that costs, what is left."""

from dataclasses import dataclass

from geo_wealth.matching.rarity import Rarity
from geo_wealth.matching.reading import Reading, squashed
from geo_wealth.matching.records import ACCEPTED, REVIEW
from geo_wealth.matching.vocabulary import GENERIC, INTERCHANGEABLE, NATIONS, TITULAR

ACCEPT_FROM = 0.88
REVIEW_FROM = 0.6

# Names that say less than this together are shared by many; see Rarity for the scale.
_SAYS_ENOUGH = 9.0
_SAYS_LITTLE = 6.0
_CAPPED = 0.85

_ROLES = {
    "trading as": 0.04,
    "formerly": 0.05,
    "also known as": 0.04,
    "paid through": 0.06,
    "re": 0.2,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """How sure it is that two names are one organisation's, and why."""

    score: float
    reason: str

    @property
    def band(self) -> str | None:
        """Accepted, for review, or None where it is no candidate."""
        if self.score >= ACCEPT_FROM:
            return ACCEPTED
        return REVIEW if self.score >= REVIEW_FROM else None

    def held_back(self, why: str) -> "Judgement":
        """Give the same judgement, but not surer than for review."""
        return Judgement(min(self.score, _CAPPED), f"{self.reason}; {why}")


Difference = tuple[float, str]


def judge_alias(mine: Reading, theirs: Reading, rarity: Rarity) -> Judgement:
    """Judge two names of which the words agree, but for how they are written.

    Parameters
    ----------
    mine, theirs
        Of the payee and of the organisation.
    """
    differences = [
        *_written(mine, theirs),
        *_forms(mine, theirs),
        *_slight(mine, theirs),
        *_places(mine, theirs),
        *_roles(mine, theirs),
    ]
    shared = mine.words if mine.words == theirs.words else mine.bare
    return conclude(differences, shared, rarity)


def conclude(differences: list[Difference], shared: tuple[str, ...], rarity: Rarity) -> Judgement:
    """Put differences together, and hold back names that many organisations share."""
    score = 1.0 - sum(cost for cost, _ in differences) - 0.02
    told = [words for _, words in differences]
    says = rarity.total(shared)
    if says < _SAYS_LITTLE:
        return Judgement(0.0, "")
    if says < _SAYS_ENOUGH or not distinctive(shared, rarity):
        score = min(score, _CAPPED)
        told.append("the name is one that many have")
    reason = "the same name, written differently"
    return Judgement(round(score, 4), f"{reason}: {'; '.join(told)}" if told else reason)


def distinctive(words: tuple[str, ...], rarity: Rarity) -> bool:
    """Tell whether a name has a word that is not a trade's, and not in every town."""
    return any(
        word not in GENERIC and word not in TITULAR and rarity.weight(word) > 5.0 for word in words
    )


def _written(mine: Reading, theirs: Reading) -> list[Difference]:
    ours, others = (
        (mine.words, theirs.words) if mine.places == theirs.places else (mine.bare, theirs.bare)
    )
    if ours == others:
        return []
    if squashed(ours) == squashed(others):
        return [(0.02, "words joined, apart or in the plural")]
    return [(0.06, "words in another order")]


def _forms(mine: Reading, theirs: Reading) -> list[Difference]:
    if mine.form == theirs.form:
        return []
    if mine.form is None or theirs.form is None:
        return [(0.01, f"{(mine.form or theirs.form or '').upper()} on one side only")]
    told = f"{mine.form.upper()} and {theirs.form.upper()}"
    alike = {mine.form, theirs.form} <= INTERCHANGEABLE
    return [(0.02 if alike else 0.15, told)]


def _slight(mine: Reading, theirs: Reading) -> list[Difference]:
    differing = sorted(mine.slight ^ theirs.slight)
    return [(0.01, f"{word.upper()} on one side only") for word in differing]


def _places(mine: Reading, theirs: Reading) -> list[Difference]:
    if mine.places == theirs.places:
        return []
    differing = " and ".join(word.title() for word in sorted(mine.places ^ theirs.places))
    if mine.places <= theirs.places or mine.places >= theirs.places:
        nations = (mine.places ^ theirs.places) & NATIONS
        return [(0.2 if nations else 0.06, f"{differing} on one side only")]
    return [(0.3, f"{differing} differ")]


def _roles(mine: Reading, theirs: Reading) -> list[Difference]:
    differences = []
    for reading, whose in ((mine, "the payee"), (theirs, "the register")):
        if reading.role:
            differences.append((_ROLES[reading.role], f"{reading.role!r}, says {whose}"))
        elif not reading.alone:
            differences.append((0.01, f"{whose} gives another name beside it"))
    if mine.role and theirs.role:
        differences.append((0.1, "both by their other names"))
    elif mine.role == "trading as":
        differences.append((0.06, "a trading name that others may use"))
    return differences
