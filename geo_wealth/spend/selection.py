"""A question about spend, answered payment by payment: what is in, and where it went."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from statistics import median
from typing import Any

import numpy as np

from geo_wealth.spend.book import NONE, Book, Flags, Ints, Ledger, exact_sums
from geo_wealth.spend.definition import Definition
from geo_wealth.spend.disclosure import by_reason
from geo_wealth.spend.measure import PairSums, Split, Sums, sum_pairs
from geo_wealth.spend.placing import UNLOCATED, Placing
from geo_wealth.spend.rules import RuleSet

OUTSIDE_PERIOD = "outside the period asked for"
FEW = Fraction(5, 100)
"""Months with a smaller part of the median month's payments hold stray rows only."""
UNDATED = "without a date, so in no period"


@dataclass(frozen=True)
class Selection:
    """The payments of some payers under a definition and rules.

    Attributes
    ----------
    payers
        Whose ledgers the question is about.
    asked
        (n,) True for the payments in those ledgers.
    reason
        (n,) position in ``reasons`` of why a payment is left out; ``NONE`` where it is in.
    state
        (n,) where the payment went: LOCAL, LEAKED or UNLOCATED.
    placings
        By payer; one for all unless the definition depends on who pays.
    """

    book: Book
    payers: tuple[str, ...]
    definition: Definition
    rules: RuleSet
    asked: Flags
    reason: Ints
    reasons: tuple[str, ...]
    state: Ints
    placings: Mapping[str, Placing]

    @cached_property
    def included(self) -> Flags:
        """(n,) True for the payments that count."""
        flags: Flags = self.asked & (self.reason == NONE)
        return flags

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """The ledgers that the question is about."""
        return tuple(each for each in self.book.ledgers if each.payer in self.payers)

    @property
    def placing(self) -> Placing:
        """Which address counts, and why none does, by payee: the same whoever pays."""
        return next(iter(self.placings.values()))

    @cached_property
    def pair_sums(self) -> PairSums:
        """What counts, summed by payee, category and state."""
        return self._sum(self.included)

    @cached_property
    def whole(self) -> Sums:
        """What counts, summed by payee and state."""
        return self.pair_sums.by_payee(len(self.book.payees))

    def sums(self, chosen: Flags | None = None) -> Sums:
        """Sum what counts, or the (n,) payments chosen, by payee and state."""
        if chosen is None:
            return self.whole
        return self._sum(chosen).by_payee(len(self.book.payees))

    def _sum(self, chosen: Flags) -> PairSums:
        payments = self.book.payments
        kept = positions(chosen)
        return sum_pairs(
            self.book.pairs,
            payments.pair[kept],
            self.state[kept],
            payments.amount[kept],
            payments.scale,
        )

    def pounds(self, chosen: Ints) -> Decimal:
        """Sum the payments at these positions."""
        return self.book.payments.pounds(self.book.payments.amount[chosen].sum())

    def days(self) -> tuple[date | None, date | None]:
        """Give the first and the last day of what counts; None where nothing has a date."""
        return self._ends(self.included)

    def _ends(self, chosen: Flags) -> tuple[date | None, date | None]:
        days = self.book.payments.day[chosen & (self.book.payments.day > 0)]
        if not len(days):
            return None, None
        return date.fromordinal(int(days.min())), date.fromordinal(int(days.max()))

    def covered(self) -> tuple[date | None, date | None]:
        """Give the first and the last day in the ledgers asked about, whatever counts."""
        return self._ends(self.asked)

    def months(self) -> int:
        """Count the calendar months with more than a few payments; see ``paid_months``."""
        return len(self.paid_months())

    def paid_months(self) -> list[date]:
        """List the months, by their first day, with more than a few payments that count.

        A month has more than a few when it has at least 5 % (:data:`FEW`) of the median number
        of payments of the months that have any. Purchase cards are listed by the day of the
        purchase, so that a file holds stray rows of months that it does not cover.
        """
        days = self.book.payments.day[positions(self.included)]
        counts: Counter[date] = Counter()
        by_day = np.bincount(days)
        for day in np.flatnonzero(by_day).tolist():
            if day:
                counts[date.fromordinal(day).replace(day=1)] += int(by_day[day])
        if not counts:
            return []
        least = FEW * Fraction(median(counts.values()))
        return sorted(month for month, count in counts.items() if count >= least)

    def either(self) -> Decimal:
        """Sum what counts of payees with addresses both local and not: either could be meant."""
        torn = self.torn()
        return torn.local + torn.leaked

    def torn(self) -> Split:
        """Split what counts and is located of payees with addresses both local and not."""
        if len(self.placings) == 1:
            return replace(self.whole.split(self.placing.either), unlocated=Decimal(0))
        payments = self.book.payments
        flags = np.zeros(len(payments), dtype=np.bool_)
        for payer, placing in self.placings.items():
            flags |= placing.either[payments.payee] & self._of(payer)
        return self.sums(self.included & flags & (self.state != UNLOCATED)).split()

    def why_unlocated(self) -> tuple[tuple[str, Decimal, int], ...]:
        """Sum what counts and is unlocated by the reason: reason, pounds, payments.

        Reasons are joined where one alone would tell what a person was paid.
        """
        lines = by_reason(
            self.placing.why.astype(np.int64),
            self.whole.amount[:, UNLOCATED],
            self.whole.payments[:, UNLOCATED],
        )
        payments = self.book.payments
        return tuple((reason, payments.pounds(units), count) for reason, units, count in lines)

    def excluded(self) -> dict[str, tuple[int, Decimal]]:
        """Count what is left out by reason: payments and pounds."""
        return {
            reason: found
            for place, reason in enumerate(self.reasons)
            if (found := self._by_reason[place + 1])[0]
        }

    @cached_property
    def _by_reason(self) -> list[tuple[int, Decimal]]:
        """Payments and pounds of what was asked for: what is in, then by reason."""
        payments = self.book.payments
        size = len(self.reasons) + 1
        reason = self.reason + 1
        asked = positions(self.asked)
        counts = np.bincount(reason[asked], minlength=size)
        pounds = exact_sums(reason[asked], payments.amount[asked], size)
        return [(int(counts[i]), payments.pounds(int(pounds[i]))) for i in range(size)]

    def account(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Account for every line of the files: read = included + excluded + rejected.

        Returns
        -------
        rows, pounds
            With the keys read, included, excluded (by reason) and rejected. Pounds of a
            rejected row count where its amount could be read.
        """
        included, worth = self._by_reason[0]
        rows = _file_counts(self.ledgers, "rows", 0)
        pounds = _file_counts(self.ledgers, "pounds", Decimal(0))
        for reason, (count, sum_) in self.excluded().items():
            rows["excluded"][reason] = rows["excluded"].get(reason, 0) + count
            pounds["excluded"][reason] = pounds["excluded"].get(reason, Decimal(0)) + sum_
        return rows | {"included": included}, pounds | {"included": worth}

    def _of(self, payer: str) -> Flags:
        ledgers = np.array([each.payer == payer for each in self.book.ledgers], dtype=np.bool_)
        flags: Flags = ledgers[self.book.payments.ledger]
        return flags


def positions(flags: Flags) -> Ints | slice:
    """Give the positions that are flagged; all of them as a slice, which copies nothing."""
    return slice(None) if flags.all() else np.flatnonzero(flags)


def _file_counts(ledgers: tuple[Ledger, ...], what: str, zero: Any) -> dict[str, Any]:
    """Add up what the loads counted; what a file left out by itself stays under its reason."""
    counts: dict[str, Any] = {"read": zero, "excluded": {}, "rejected": zero}
    for ledger in ledgers:
        told = getattr(ledger, what)
        counts["read"] += type(zero)(told["read"])
        counts["rejected"] += type(zero)(told["rejected"])
        for reason, count in told["excluded"].items():
            counts["excluded"][reason] = counts["excluded"].get(reason, zero) + type(zero)(count)
    return counts


def left_out(
    book: Book, rules: RuleSet, by_rule: Ints, first: date | None, last: date | None
) -> tuple[Ints, tuple[str, ...]]:
    """Say why each payment is left out: by the period first, then by the first rule.

    Parameters
    ----------
    by_rule
        (n,) position of the rule that excludes a payment, ``NONE`` where none does.

    Returns
    -------
    reason, reasons
        (n,) position in ``reasons``, ``NONE`` where the payment is in.
    """
    reasons = (OUTSIDE_PERIOD, UNDATED, *(rule.reason for rule in rules.rules))
    reason = np.where(by_rule >= 0, by_rule + 2, NONE)
    if first is not None or last is not None:
        day = book.payments.day
        early = day < (first.toordinal() if first else 0)
        late = day > (last.toordinal() if last else date.max.toordinal())
        reason = np.where(day == 0, 1, np.where(early | late, 0, reason))
    return reason.astype(np.int64), reasons
