"""Whether two readings name one organisation: what differs, what that costs, what is left."""

from dataclasses import dataclass

from geo_wealth.matching.alignment import Alignment, Difference, align
from geo_wealth.matching.rarity import Rarity
from geo_wealth.matching.reading import Reading, squashed
from geo_wealth.matching.records import ACCEPTED, REVIEW
from geo_wealth.matching.vocabulary import (
    EVERYWHERE,
    GENERIC,
    NATIONS,
    PLACES,
    SCHOOL_FAITHS,
    SCHOOL_SLIGHT,
    TITULAR,
)

ACCEPT_FROM = 0.88
REVIEW_FROM = 0.6

# Names that say less than this together are shared by many; see Rarity for the scale.
_SAYS_ENOUGH = 9.0
_SAYS_LITTLE = 6.0
_RARE = 5.0
_MANY_WORDS = 15.0
_CAPPED = 0.85
# Names that many have are for review only when hardly anything differs.
_COMMON_FROM = 0.75

_NATIONAL = frozenset(("uk", "gb", "couk"))

_ROLES = {
    "trading as": 0.05,
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


_NONE = Judgement(0.0, "")


def judge_alias(mine: Reading, theirs: Reading, rarity: Rarity) -> Judgement:
    """Judge two names of which the words agree, but for how they are written.

    Parameters
    ----------
    mine, theirs
        Of the payee and of the organisation.
    """
    differences = [
        *_written(mine, theirs),
        *_places(mine, theirs),
        *_manners(mine, theirs),
    ]
    if _written(mine, theirs) and _places(mine, theirs):
        differences.append((0.05, "two differences that tell companies apart"))
    what = "the same name, written differently"
    if _registered_alike(mine, theirs):
        return _judgement(what, differences)
    shared = mine.words if mine.places == theirs.places else mine.bare
    judged = _conclude(what, differences, shared, rarity)
    why = _one_of_several(mine, theirs)
    return judged.held_back(why) if why else judged


def _one_of_several(mine: Reading, theirs: Reading) -> str | None:
    """Say why the register's name may be that of one company of several, the payee's of all.

    A shop adds its town to a company's name, but a company whose name has a town mostly has
    a sister in another; and the UK company of a brand that the world knows is mostly not the
    one that sells.
    """
    if theirs.places > mine.places:
        return "only the register names a place"
    brand = mine.form is None and len(mine.words) == len(theirs.words) == 1
    if brand and _NATIONAL & theirs.slight and not _NATIONAL & mine.slight:
        return "the brand may have other companies"
    return None


def _registered_alike(mine: Reading, theirs: Reading) -> bool:
    """Tell whether both state all of the same company name.

    Companies House registers no second company whose name differs in punctuation, joined
    words or the like only, so that it is the same company however common its words.
    """
    stated = mine.form is not None and mine.form == theirs.form
    main = not (mine.role or theirs.role)
    written = squashed(mine.words) == squashed(theirs.words)
    return stated and main and written and mine.slight == theirs.slight


def judge_fuzzy(mine: Reading, theirs: Reading, rarity: Rarity, *, cut: bool) -> Judgement:
    """Judge two names of which some words differ.

    Words of a trade may lack on one side, for a person to review; rare ones must agree, but
    for a slip of the pen in a word that no register knows. Numbers must be the same.

    Parameters
    ----------
    cut
        Whether the payee's name is so long that the ledger may have cut it short.
    """
    if mine.numbers != theirs.numbers:
        return _NONE
    aligned = align(mine.words, theirs.words, rarity, cut=cut)
    if not (aligned.differences or aligned.mine or aligned.theirs):
        return _NONE  # words in another order at most: that is an alias, and judged as one
    differences = [
        *aligned.differences,
        *_left_over(aligned),
        *_places(mine, theirs),
        *_manners(mine, theirs),
    ]
    if sum(cost for cost, _ in differences) > 1.0 - REVIEW_FROM:
        return _NONE
    judged = _conclude("nearly the same name", differences, aligned.shared, rarity)
    if judged.band is not None or not aligned.slips:
        return judged
    # A slip in the one word that says who it is: another name as likely as not.
    shared = (*aligned.shared, *aligned.slips)
    return _conclude("nearly the same name", differences, shared, rarity).held_back(
        "the word that tells it from others differs"
    )


def _conclude(
    what: str, differences: list[Difference], shared: tuple[str, ...], rarity: Rarity
) -> Judgement:
    """Put differences together, and hold back names that many organisations share."""
    says = rarity.total(shared)
    judged = _judgement(what, differences)
    if says >= _SAYS_ENOUGH and distinctive(shared, rarity):
        return judged
    if says < _SAYS_LITTLE or judged.score < _COMMON_FROM:
        return _NONE
    return judged.held_back("the name is one that many have")


def _judgement(what: str, differences: list[Difference]) -> Judgement:
    score = round(0.98 - sum(cost for cost, _ in differences), 4)
    told = "; ".join(words for _, words in differences)
    return Judgement(score, f"{what}: {told}" if told else what)


def distinctive(words: tuple[str, ...], rarity: Rarity) -> bool:
    """Tell whether hardly anybody else has a name of these words.

    One rare word is enough, that of no trade and no saint; or four common ones together,
    unless they are a school's or the like; or a council's place.
    """
    if any(
        word not in GENERIC and word not in TITULAR and rarity.weight(word) > _RARE
        for word in words
    ):
        return True
    if "council" in words and not PLACES.isdisjoint(words):
        return True
    return len(words) >= 4 and rarity.total(words) > _MANY_WORDS and EVERYWHERE.isdisjoint(words)


def _written(mine: Reading, theirs: Reading) -> list[Difference]:
    ours, others = (
        (mine.words, theirs.words) if mine.places == theirs.places else (mine.bare, theirs.bare)
    )
    if ours == others:
        return []
    if squashed(ours) == squashed(others):
        lonely = len(ours) == len(others) == 1
        return [(0.12 if lonely else 0.02, "words joined, apart or in the plural")]
    return [(0.06, "words in another order")]


def _left_over(aligned: Alignment) -> list[Difference]:
    """Count words of one side alone; dearly when both sides have rare words of their own."""
    # One word alone in common with a name of several rare ones is chance.
    lonely = len(aligned.shared + aligned.slips) < 2
    both = bool(aligned.mine and aligned.theirs)
    differences = []
    for words in (aligned.mine, aligned.theirs):
        for word in words:
            if word in PLACES:
                continue
            common, rare = (0.2, 0.4) if both else (0.12, 0.4 if lonely else 0.3)
            cost = common if word in GENERIC else rare
            differences.append((cost, f"{word.title()} on one side only"))
    return differences


def _manners(mine: Reading, theirs: Reading) -> list[Difference]:
    return [*_forms(mine, theirs), *_slight(mine, theirs), *_roles(mine, theirs)]


def _forms(mine: Reading, theirs: Reading) -> list[Difference]:
    if mine.form == theirs.form:
        return []
    if mine.form is None or theirs.form is None:
        return [(0.01, f"{(mine.form or theirs.form or '').upper()} on one side only")]
    return [(0.14, f"{mine.form.upper()} and {theirs.form.upper()}")]


def _slight(mine: Reading, theirs: Reading) -> list[Difference]:
    differing = mine.slight ^ theirs.slight
    faiths = differing & SCHOOL_FAITHS
    if faiths & mine.slight and faiths & theirs.slight:
        return [(0.3, f"{' and '.join(sorted(faiths))} differ")]
    stated = mine.form is not None and mine.form == theirs.form
    return [
        (_slight_cost(word, stated=stated), f"{word.upper()} on one side only")
        for word in sorted(differing)
    ]


def _slight_cost(word: str, *, stated: bool) -> float:
    """Weigh a word that may come and go, less freely where both give a company's whole name."""
    if word in SCHOOL_SLIGHT:
        return 0.02
    if not stated:
        return 0.01
    return 0.11 if word == "co" else 0.03


def _places(mine: Reading, theirs: Reading) -> list[Difference]:
    differing = mine.places ^ theirs.places
    if not differing:
        return []
    told = " and ".join(word.title() for word in sorted(differing))
    if mine.places - theirs.places and theirs.places - mine.places:
        return [(0.3, f"{told} differ")]
    named = mine.words if mine.places else theirs.words
    # At the start, before a form that both state, or of a school, it is part of a name; else it
    # mostly says where.
    school = "school" in mine.words
    stated = mine.form is not None and theirs.form is not None
    within = stated and not differing <= mine.located | theirs.located
    part = school or within or named[0] in differing or bool(differing & NATIONS)
    return [(0.2 if part else 0.06, f"{told} on one side only")]


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
        differences.append((0.05, "a trading name that others may use"))
    elif theirs.role == "trading as" and mine.numbered:
        differences.append((0.05, "one shop of a chain"))
    elif not (mine.role or theirs.role or mine.alone or theirs.alone):
        differences.append((0.1, "their other names differ"))
    return differences
