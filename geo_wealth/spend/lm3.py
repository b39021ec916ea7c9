"""LM3: how much of a payer's spend is spent again in the area, over three rounds of spending.

Method (New Economics Foundation, *The Money Trail*, 2002): LM3 = (R1 + R2 + R3) / R1, between
1 and 3. R1 is the spend, R2 its local part, R3 what the recipients of R2 spend locally of it,
known by survey. 100, 60 and 24 give 1.84.

Not all recipients answer. The rate of one that did, pounds spent locally of pounds received as
it says, is applied to the pounds that the ledger says it received, so that R3 never exceeds R2.
Then R3 is at least what those spend who answered; it is estimated at their mean rate, a
quotient of sums, for all of R2; and it is at most that the others spend all of it locally.
Spend that could not be located may be local as well. The bounds count all of it as leaked, and
all of it as local and spent locally again; the estimate takes it to be local in the same part
as what could be located, as the local share of spend does.

An answer is given in confidence: where fewer than three of a group can be used, or one is more
than half of the pounds, none of them is, and the group is as one that nobody of answered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from geo_wealth.names import name_key
from geo_wealth.spend.measure import Sums
from geo_wealth.spend.placing import LOCAL
from geo_wealth.spend.selection import Selection

SUPPLIERS, STAFF = "suppliers", "staff"

LEAST = 3
"""Of fewer answers nothing is shown: it would tell what one respondent said."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: pounds received from the payer, and pounds of it spent locally."""

    respondent_key: str
    received: Decimal
    respent_local: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """Recipients of one kind, and what is known of what they spend on.

    Attributes
    ----------
    first
        R1 in pounds: what the payer spends on them, local or not.
    local
        R2 in pounds: what it spends on local ones.
    unlocated
        Pounds of R1 that may be local or not.
    answers
        How many local recipients answered.
    answered
        Pounds of R2 that went to them.
    told
        Pounds that they say they received; the survey's period may be another.
    respent
        Pounds of that which they spend locally: the least that R3 can be.
    unused
        Answers that are no local recipient's, or say nothing about what was received.
    largest
        Part of the pounds that one answer has at most, of those that the payer paid to all who
        answered or of those that they say, whichever is larger.
    withheld
        True where the answers are too few to use any: see :func:`in_confidence`.
    """

    slug: str
    first: Decimal
    local: Decimal
    unlocated: Decimal
    answers: int
    answered: Decimal
    told: Decimal
    respent: Fraction
    unused: int
    largest: Fraction = Fraction(0)
    withheld: bool = False

    @property
    def coverage(self) -> Fraction | None:
        """Part of R2 whose recipients answered; None where R2 is nothing, or that is withheld."""
        if self.withheld or self.local <= 0:
            return None
        return Fraction(self.answered) / Fraction(self.local)

    @property
    def rate(self) -> Fraction | None:
        """Part that those who answered spend locally; None when none did."""
        return self.respent / Fraction(self.answered) if self.answered > 0 else None

    @property
    def estimate(self) -> Fraction | None:
        """R3 when those who did not answer spend as those who did; None when none did."""
        if self.local == 0:
            return Fraction(0)
        return None if self.rate is None else self.rate * Fraction(self.local)

    @property
    def spent_again(self) -> Fraction | None:
        """R2 and R3 together as estimated, what could not be located included.

        It is taken to be local in the same part as what could be. None when nobody answered,
        or nothing could be located.
        """
        located = Fraction(self.first - self.unlocated)
        if self.first == 0 or (self.local == 0 and located > 0):
            return Fraction(0)
        if located <= 0 or self.rate is None:
            return None
        return Fraction(self.first) * Fraction(self.local) / located * (1 + self.rate)

    @property
    def most(self) -> Fraction:
        """R3 when those who did not answer spend all of it locally."""
        return self.respent + Fraction(self.local - self.answered)


@dataclass(frozen=True, slots=True)
class Multiplier:
    """LM3: at least, estimated and at most; between 1 and 3.

    ``estimate`` is None when nobody answered.
    """

    low: Fraction
    estimate: Fraction | None
    high: Fraction


def multiplier(groups: Sequence[Group]) -> Multiplier | None:
    """Work out LM3 of one or more groups of recipients together.

    Returns
    -------
    Multiplier or None
        None where credits outweigh payments, so that there is no such thing.
    """
    first = Fraction(sum((group.first for group in groups), Decimal(0)))
    parts = [
        part
        for group in groups
        for part in (group.local, group.unlocated, group.first - group.local - group.unlocated)
    ]
    if first <= 0 or min(parts) < 0:
        return None
    local = Fraction(sum((group.local for group in groups), Decimal(0)))
    unlocated = Fraction(sum((group.unlocated for group in groups), Decimal(0)))
    estimates = [group.spent_again for group in groups]
    known = [each for each in estimates if each is not None]
    return Multiplier(
        low=(first + local + sum((group.respent for group in groups), Fraction(0))) / first,
        estimate=(first + sum(known, Fraction(0))) / first
        if len(known) == len(estimates)
        else None,
        high=(first + local + sum((group.most for group in groups), Fraction(0)) + 2 * unlocated)
        / first,
    )


def in_confidence(group: Group) -> Group:
    """Leave out the answers of a group where a figure made of them would tell one of them.

    That is so when fewer than three are used, or when one of them has more than half of the
    pounds: then the group is what it would be if nobody had answered.
    """
    if group.answers >= LEAST and 2 * group.largest <= 1:
        return group
    zero = Decimal(0)
    return replace(
        group,
        answers=0,
        answered=zero,
        told=zero,
        respent=Fraction(0),
        unused=0,
        largest=Fraction(0),
        withheld=True,
    )


def suppliers_group(selection: Selection, answers: Iterable[Answer]) -> Group:
    """Join the answers of suppliers to what a ledger says they received.

    A respondent is a payee by its name, or by the name under which a register has the payee.

    Parameters
    ----------
    selection
        The payments of one payer.
    """
    sums = selection.sums()
    split = sums.split()
    merged, unused = _merged(answers)
    received = _received(selection, sums, merged)
    rates = {key: Fraction(a.respent_local) / Fraction(a.received) for key, a in merged.items()}
    respent = sum((Fraction(received[key]) * rates[key] for key in received), Fraction(0))
    paid = sum(received.values(), Decimal(0))
    # Credits of those who did not answer can leave R2 with less than the others received.
    answered = min(paid, max(split.local, Decimal(0)))
    respent = respent * Fraction(answered) / Fraction(paid) if paid else respent
    return Group(
        slug=SUPPLIERS,
        first=split.total,
        local=split.local,
        unlocated=split.unlocated,
        answers=len(received),
        answered=answered,
        told=sum((merged[key].received for key in received), Decimal(0)),
        respent=respent,
        unused=unused + len(merged) - len(received),
        largest=max(
            _largest(list(received.values())), _largest([merged[key].received for key in received])
        ),
    )


def staff_group(answers: Sequence[Answer], pay: Decimal, local: Decimal) -> Group:
    """Put the staff of a payer beside its suppliers.

    Parameters
    ----------
    pay, local
        Pounds that the payer pays its staff, and those that live in the area: a ledger of
        suppliers does not say.
    """
    told = [each for each in answers if each.received > 0]
    received = sum((each.received for each in told), Decimal(0))
    spent = sum((each.respent_local for each in told), Decimal(0))
    answered = min(received, local)
    respent = Fraction(answered) * Fraction(spent) / Fraction(received) if told else Fraction(0)
    return Group(
        slug=STAFF,
        first=pay,
        local=local,
        unlocated=Decimal(0),
        answers=len(told),
        answered=answered,
        told=received,
        respent=respent,
        unused=len(answers) - len(told),
        largest=_largest([each.received for each in told]),
    )


def _largest(pounds: Sequence[Decimal]) -> Fraction:
    """Give the part that the largest of positive sums has of them all; 0 of none."""
    return Fraction(max(pounds)) / Fraction(sum(pounds)) if pounds else Fraction(0)


def _merged(answers: Iterable[Answer]) -> tuple[dict[str, Answer], int]:
    """Add up the answers of one respondent; count those about nothing received."""
    merged: dict[str, Answer] = {}
    unused = 0
    for each in answers:
        if each.received <= 0:
            unused += 1
            continue
        before = merged.get(each.respondent_key)
        merged[each.respondent_key] = (
            each
            if before is None
            else Answer(
                each.respondent_key,
                before.received + each.received,
                before.respent_local + each.respent_local,
            )
        )
    return merged, unused


def _received(selection: Selection, sums: Sums, answers: dict[str, Answer]) -> dict[str, Decimal]:
    """Sum what the ledger says each respondent received as a local payee; each payee once."""
    book = selection.book
    called: dict[int, list[str]] = {}
    for place, payee in enumerate(book.sites.payee.tolist()):
        called.setdefault(payee, []).append(book.sites.name[place])
    received: dict[str, Decimal] = {}
    for payee, units in enumerate(sums.amount[:, LOCAL].tolist()):
        if units <= 0:
            continue
        keys = (book.payees.key[payee], *(name_key(name) for name in called.get(payee, ())))
        key = next((key for key in keys if key in answers), None)
        if key is not None:
            received[key] = received.get(key, Decimal(0)) + book.payments.pounds(units)
    return received
