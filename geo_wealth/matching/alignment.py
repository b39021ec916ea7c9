"""Which words of two names are the same, which are slips of the pen, and which are left over."""

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from geo_wealth.matching.rarity import Rarity
from geo_wealth.matching.reading import singular, squashed
from geo_wealth.matching.vocabulary import GENERIC

Difference = tuple[float, str]
"""What a difference costs, and what it is in words."""

# A ledger that cuts names cuts them at 35 letters; between two words some letters sooner.
_CUT_AT_A_WORD = 30

_SLIP = 0.04
_OTHER_WORD = 0.16
_SHORT_FOR = 0.03


@dataclass(frozen=True, slots=True)
class Alignment:
    """What two names share, and what each has alone.

    Attributes
    ----------
    shared
        Words of the organisation that the payee has too, short for or cut short included.
    slips
        Words of the organisation that the payee has with a slip of the pen.
    mine, theirs
        Words that one side has alone.
    """

    shared: tuple[str, ...]
    slips: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    differences: tuple[Difference, ...]


def align(
    mine: tuple[str, ...], theirs: tuple[str, ...], rarity: Rarity, *, cut: bool
) -> Alignment:
    """Pair the words of two names.

    Parameters
    ----------
    mine, theirs
        Words of the payee and of the organisation.
    cut
        Whether the last word of the payee may be the beginning of a word, and more words
        may have followed.
    """
    left, right, shared = _same(mine, theirs)
    differences: list[Difference] = []
    if left and right and squashed(tuple(left)) == squashed(tuple(right)):
        differences.append((0.02, "words joined, apart or in the plural"))
        shared, left, right = [*shared, *right], [], []
    if cut:
        left, right, whole = _cut_short(mine, theirs, left, right)
        shared += whole
        if whole or (right and not left and _begins(mine, theirs)):
            differences.append((0.03, "the payee's name is cut short"))
            right = []
    slips: list[str] = []
    for word in tuple(left):
        for how, found in ((_short, shared), (_slip, slips)):
            other = next((each for each in right if how(word, each)), None)
            if other is not None:
                left.remove(word)
                right.remove(other)
                found.append(other)
                differences.append((_cost(word, other, how, rarity), _told(word, other)))
                break
    return Alignment(tuple(shared), tuple(slips), tuple(left), tuple(right), tuple(differences))


def _same(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[list[str], list[str], list[str]]:
    left, shared = [], []
    right = list(theirs)
    stems = [singular(word) for word in right]
    for word in mine:
        stem = singular(word)
        if stem in stems:
            place = stems.index(stem)
            shared.append(right.pop(place))
            stems.pop(place)
        else:
            left.append(word)
    return left, right, shared


def _cut_short(
    mine: tuple[str, ...], theirs: tuple[str, ...], left: list[str], right: list[str]
) -> tuple[list[str], list[str], list[str]]:
    """Complete the payee's last word where all before it agrees and it begins the next."""
    before = len(mine) - 1
    if left != [mine[-1]] or len(theirs) <= before or mine[:-1] != theirs[:before]:
        return left, right, []
    if not theirs[before].startswith(mine[-1]):
        return left, right, []
    whole = theirs[before]
    return [], [word for word in right if word != whole], [whole]


def _begins(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    long = len(" ".join(mine)) >= _CUT_AT_A_WORD
    return long and theirs[: len(mine)] == mine


def _cost(word: str, other: str, how: Callable[[str, str], bool], rarity: Rarity) -> float:
    if how is _short:
        return _SHORT_FOR
    return _OTHER_WORD if rarity.known(word) and rarity.known(other) else _SLIP


def _told(word: str, other: str) -> str:
    return f"{word.title()} for {other.title()}"


def _short(word: str, other: str) -> bool:
    """Tell whether one is a trade's word and the other its first letters."""
    short, full = sorted((word, other), key=len)
    return (
        full in GENERIC
        and short not in GENERIC
        and 3 <= len(short) < len(full)
        and full.startswith(short)
    )


def _slip(word: str, other: str) -> bool:
    """Tell whether one letter, or two of nine and more, are wrong."""
    length = min(len(word), len(other))
    if length < 5 or not (word.isalpha() and other.isalpha()):
        return False
    allowed = 1 if length < 9 else 2
    return OSA.distance(word, other, score_cutoff=allowed) <= allowed
