"""Two baselines compared: their change split into definition, coverage and other payments.

Method. What changes is the local share of what could be located, L / (L + K). One walks from
the first baseline to the second, changing one thing at a time and adding up what each step
does to the share:

1. *definition*: the first baseline's payments judged by the second definition; of the payments
   that both definitions can locate;
2. *coverage*: the payments that only one of the definitions can locate; the second rules of
   what counts; payers that only one of the baselines has; invoices or purchase cards where only
   one of them has any; other files for the same period;
3. *real change*: other payments of the same payers, under the same definition and rules. It
   holds changes of what could be located, and of months, too.

What a step does depends on when it is taken. So one walks back as well, from the second
baseline to the first, and each part is the mean of what it does on the two walks: swapping
the baselines turns every sign, and nothing else. Quotients are exact (``Fraction``), so the
parts sum to the change exactly. The same is done for local pounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from geo_wealth.spend.measure import Split

DEFINITION, COVERAGE, REAL = "definition", "coverage", "real"

STEPS = {
    "definition": (DEFINITION, "another definition of local"),
    "located": (COVERAGE, "what only one of the definitions can locate"),
    "rules": (COVERAGE, "other rules of what counts"),
    "payers": (COVERAGE, "payers that only one of the baselines has"),
    "channels": (COVERAGE, "invoices or purchase cards that only one of the baselines has"),
    "ledgers": (COVERAGE, "other ledger files for the same payers and period"),
    "payments": (REAL, "other payments of the same payers"),
    "another-payer": (REAL, "payments of another payer"),
}
"""What each step of a walk belongs to, and how it is called."""

PARTS = (
    (DEFINITION, "Definition"),
    (COVERAGE, "Coverage"),
    (REAL, "Real change (other payments, same definition and rules)"),
)

BETWEEN = "Difference between payers"
"""What the last part is called where the two sides have no payer in common."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stop on the walk: what the payments come to once ``step`` has been taken.

    The first stop of a walk is the baseline itself, and has the step ``start``.
    """

    step: str
    split: Split

    @property
    def share(self) -> Fraction | None:
        """L / (L + K), exactly; None where that is no share."""
        return local_share(self.split)


@dataclass(frozen=True, slots=True)
class Change:
    """What one part, or one step, contributes.

    Attributes
    ----------
    share
        Change of the local share of what could be located, exactly; None where some stop on
        a walk has no share.
    pounds
        Change of local pounds.
    """

    slug: str
    name: str
    share: Fraction | None
    pounds: Decimal


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The change from one baseline to another, and its parts, which sum to it exactly.

    Attributes
    ----------
    whole
        From the first to the second.
    parts
        Definition, coverage, other payments; the mean of both walks.
    steps
        The same, finer: one for each step that either walk takes.
    forth, back
        The stops from the first baseline to the second, and from the second to the first.
    """

    whole: Change
    parts: tuple[Change, ...]
    steps: tuple[Change, ...]
    forth: tuple[Stage, ...]
    back: tuple[Stage, ...]


def local_share(split: Split) -> Fraction | None:
    """Divide exactly: L / (L + K); None where that is no share, as in ``Split``."""
    if split.share_of_located is None:
        return None
    return Fraction(split.local) / Fraction(split.local + split.leaked)


def located_share(split: Split) -> Fraction | None:
    """Divide exactly: (L + K) / T, the part of all pounds whose place is known."""
    if split.bounds is None:
        return None
    return Fraction(split.local + split.leaked) / Fraction(split.total)


def decompose(forth: Sequence[Stage], back: Sequence[Stage]) -> Decomposition:
    """Split the change between two baselines.

    Parameters
    ----------
    forth, back
        Walks between the baselines: each starts where the other ends.
    """
    taken = {stage.step for stage in (*forth[1:], *back[1:])}
    steps = tuple(
        Change(step, name, *_mean(forth, back, step))
        for step, (_, name) in STEPS.items()
        if step in taken
    )
    first, last = forth[0], forth[-1]
    return Decomposition(
        whole=Change(
            "change", "Change", _less(last.share, first.share), last.split.local - first.split.local
        ),
        parts=tuple(
            _part(slug, BETWEEN if slug == REAL and "another-payer" in taken else name, steps)
            for slug, name in PARTS
        ),
        steps=steps,
        forth=tuple(forth),
        back=tuple(back),
    )


def in_points(parts: Sequence[Fraction], places: int = 2) -> list[Decimal]:
    """Round parts to percentage points so that the rounded parts sum to the rounded whole."""
    return _rounded([part * 100 for part in parts], places)


def in_pennies(parts: Sequence[Decimal]) -> list[Decimal]:
    """Round pounds to the penny so that the rounded parts sum to the rounded whole.

    The mean of two walks leaves half-pennies, which rounded alone would add up to more.
    """
    return _rounded([Fraction(part) for part in parts], 2)


def _rounded(parts: Sequence[Fraction], places: int) -> list[Decimal]:
    """Round each down; what that leaves goes to those that lost most, one unit each."""
    unit = 10**places
    exact = [part * unit for part in parts]
    down = [each.numerator // each.denominator for each in exact]
    missing = round(sum(exact, Fraction(0))) - sum(down)
    lost = sorted(range(len(parts)), key=lambda place: (down[place] - exact[place], place))
    for place in lost[:missing]:
        down[place] += 1
    return [Decimal(each).scaleb(-places) for each in down]


def _part(slug: str, name: str, steps: Sequence[Change]) -> Change:
    mine = [step for step in steps if STEPS[step.slug][0] == slug]
    shares = [step.share for step in mine]
    known = [share for share in shares if share is not None]
    return Change(
        slug,
        name,
        sum(known, Fraction(0)) if len(known) == len(shares) else None,
        sum((step.pounds for step in mine), Decimal(0)),
    )


def _mean(
    forth: Sequence[Stage], back: Sequence[Stage], step: str
) -> tuple[Fraction | None, Decimal]:
    """Halve what a step does on the way there less what it does on the way back."""
    there, again = _taken(forth, step), _taken(back, step)
    share = _less(there[0], again[0])
    return None if share is None else share / 2, (there[1] - again[1]) / 2


def _taken(walk: Sequence[Stage], step: str) -> tuple[Fraction | None, Decimal]:
    """Sum what a step does wherever a walk takes it."""
    share: Fraction | None = Fraction(0)
    pounds = Decimal(0)
    for before, after in pairwise(walk):
        if after.step == step:
            change = _less(after.share, before.share)
            share = None if share is None or change is None else share + change
            pounds += after.split.local - before.split.local
    return share, pounds


def _less(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a - b
