"""Two baselines compared, like for like or with their change split into its parts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError
from geo_wealth.memory import Memory
from geo_wealth.pipeline.remembered import meaning
from geo_wealth.pipeline.spend import SpendRequest, select
from geo_wealth.queries.claims import Claim, claims
from geo_wealth.spend.book import Flags
from geo_wealth.spend.compare import Decomposition, Stage, decompose
from geo_wealth.spend.definition import Definition
from geo_wealth.spend.measure import Split
from geo_wealth.spend.placing import UNLOCATED
from geo_wealth.spend.rules import RuleSet
from geo_wealth.spend.selection import Selection

CHANNELS = {False: "invoice", True: "purchase card"}
"""How payments are made, by whether that is by card."""

_COMPARED: Memory["CompareResult"] = Memory(size=64)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two baselines.

    Attributes
    ----------
    first, last
        First and last day paid on.
    months
        Calendar months with more than a few payments that count.
    of_year
        Which months of the year those are, 1 to 12, in order.
    channels
        What counts is paid by: invoice, purchase card, or both.
    """

    request: SpendRequest
    definition: Definition
    rules: RuleSet
    payers: tuple[str, ...]
    datasets: tuple[str, ...]
    first: date | None
    last: date | None
    months: int
    of_year: tuple[int, ...]
    channels: tuple[str, ...]
    split: Split
    sample: bool


@dataclass(frozen=True, slots=True)
class CompareResult:
    """Two baselines, and what their difference is made of.

    Attributes
    ----------
    same_payments
        True when both sides are the very same payments, put under two definitions.
    bounds_overlap
        True when the local shares of all pounds that are possible on the two sides overlap;
        None where a side has no bounds. Of the same payments it tells nothing: what could not
        be located is the same on both sides.
    claims
        What has been claimed of the payers: shown beside, never compared.
    """

    first: Side
    second: Side
    same_payments: bool
    bounds_overlap: bool | None
    change: Decomposition
    claims: tuple[Claim, ...]

    @property
    def same_definition(self) -> bool:
        """True when both definitions mean the same."""
        return self.first.definition.hash == self.second.definition.hash

    @property
    def same_rules(self) -> bool:
        """True when both rule sets mean the same."""
        return self.first.rules.hash == self.second.rules.hash

    @property
    def like_for_like(self) -> bool:
        """True when definition, rules, payers, channels and number of months are the same."""
        first, second = self.first, self.second
        return (
            self.same_definition
            and self.same_rules
            and first.payers == second.payers
            and first.channels == second.channels
            and first.months == second.months
        )


def compare(connection: Connection, first: SpendRequest, second: SpendRequest) -> CompareResult:
    """Compare two baselines.

    Raises
    ------
    InvalidRequestError, NotFoundError
        As :func:`geo_wealth.pipeline.spend.spend`, when both sides are asked the same, and
        when no payment counts on a side.
    """
    if first == second:
        raise InvalidRequestError(
            "second",
            "both sides are the same: give one another definition, rules, period or payer.",
        )
    key = meaning(connection, first), meaning(connection, second)
    result = _COMPARED.recall(key, lambda: _result(connection, (first, second)))
    payers = {*result.first.payers, *result.second.payers}
    return replace(result, claims=claims(connection, payers))


def _result(
    connection: Connection,
    requests: tuple[SpendRequest, SpendRequest],
) -> CompareResult:
    chosen = [select(connection, request) for request in requests]
    for name, selection in zip(("first", "second"), chosen, strict=True):
        _refuse_empty(name, selection)
    first, second = (_side(*each) for each in zip(requests, chosen, strict=True))
    walks = _Walks(lambda request: select(connection, request))
    bounds = first.split.bounds, second.split.bounds
    return CompareResult(
        first=first,
        second=second,
        same_payments=first.definition.hash != second.definition.hash and _same_payments(*chosen),
        bounds_overlap=None
        if bounds[0] is None or bounds[1] is None
        else bounds[0][0] <= bounds[1][1] and bounds[1][0] <= bounds[0][1],
        change=decompose(walks.walk(first, second), walks.walk(second, first)),
        claims=(),
    )


def _refuse_empty(side: str, selection: Selection) -> None:
    """Refuse a side without payments: what it lacks would look like a change."""
    if selection.included.any():
        return
    first, last = selection.covered()
    ran = "hold no dated payment" if first is None else f"run from {first} to {last}"
    raise InvalidRequestError(
        side,
        f"no payment counts on this side; the ledgers of {', '.join(selection.payers)} {ran}: "
        "choose another period or other rules.",
    )


def _same_payments(first: Selection, second: Selection) -> bool:
    """Tell whether the very same payments count in both."""
    one, other = first.book, second.book
    same_book = one.version == other.version and one.ledgers == other.ledgers
    return same_book and np.array_equal(first.included, second.included)


def _side(request: SpendRequest, selection: Selection) -> Side:
    first, last = selection.days()
    return Side(
        request=replace(request, payers=selection.payers),
        definition=selection.definition,
        rules=selection.rules,
        payers=selection.payers,
        datasets=tuple(ledger.key for ledger in selection.ledgers),
        first=first,
        last=last,
        months=selection.months(),
        of_year=tuple(sorted(month.month for month in selection.paid_months())),
        channels=tuple(
            name for card, name in sorted(CHANNELS.items()) if card in _channels(selection)
        ),
        split=selection.sums().split(),
        sample=any(ledger.sample for ledger in selection.ledgers),
    )


class _Walks:
    """Walks between baselines, each stop of which is worked out once."""

    def __init__(self, select_: Callable[[SpendRequest], Selection]) -> None:
        self._select = select_
        self._known: dict[tuple[SpendRequest, str | None, bool | None], Split] = {}

    def walk(self, a: Side, b: Side) -> list[Stage]:
        """Go from one side to the other; see :mod:`geo_wealth.spend.compare` for the order."""
        return list(self._stages(a, b))

    def _stages(self, a: Side, b: Side) -> Iterator[Stage]:
        now = a.request
        yield self._stage("start", now)
        if a.definition.hash != b.definition.hash:
            then = replace(now, definition=b.request.definition)
            yield self._stage("located", now, then.definition)
            yield self._stage("definition", then, now.definition)
            yield self._stage("located", then)
            now = then
        if a.rules.hash != b.rules.hash:
            now = replace(now, rules=b.request.rules)
            yield self._stage("rules", now)
        end = replace(now, payers=b.payers, datasets=b.request.datasets)
        end = replace(end, first=b.request.first, last=b.request.last)
        shared = tuple(sorted(set(a.payers) & set(b.payers)))
        if not shared:
            yield from self._other_payments("another-payer", now, end)
            return
        if shared != a.payers:
            now = replace(now, payers=shared)
            yield self._stage("payers", now)
        then = replace(end, payers=shared)
        if now != then:
            yield from self._other_payments(
                "ledgers" if _corrected(a, b) else "payments", now, then
            )
        if shared != b.payers:
            yield self._stage("payers", end)

    def _other_payments(self, step: str, now: SpendRequest, then: SpendRequest) -> Iterator[Stage]:
        """Change the payments; a channel that only one side has is coverage, not change."""
        have, want = (_channels(self._select(request)) for request in (now, then))
        if have == want or not have or not want:
            yield self._stage(step, then)
        elif have.isdisjoint(want):
            yield self._stage("channels", then)
        else:
            (card,) = have & want
            if len(have) > 1:
                yield self._stage("channels", now, card=card)
            yield self._stage(step, then, card=card)
            if len(want) > 1:
                yield self._stage("channels", then)

    def _stage(
        self, step: str, request: SpendRequest, other: str | None = None, card: bool | None = None
    ) -> Stage:
        """Sum a stop: of what ``other``, a definition, can locate too; of cards or of the rest."""
        key = (request, other, card)
        if key not in self._known:
            selection = self._select(request)
            chosen = selection.included
            if other is not None:
                beside = self._select(replace(request, definition=other))
                chosen = chosen & _located(selection) & _located(beside)
            if card is not None:
                chosen = chosen & (selection.book.payments.card == card)
            self._known[key] = selection.sums(chosen).split()
        return Stage(step, self._known[key])


def _located(selection: Selection) -> Flags:
    flags: Flags = np.not_equal(selection.state, UNLOCATED)
    return flags


def _channels(selection: Selection) -> frozenset[bool]:
    """Tell whether what counts is paid by card, otherwise, or both."""
    return frozenset(np.unique(selection.book.payments.card[selection.included]).tolist())


def _corrected(a: Side, b: Side) -> bool:
    """Tell whether two sides are the same payers' and months' in other files."""
    same_months = all(
        x is not None and y is not None and (x.year, x.month) == (y.year, y.month)
        for x, y in ((a.first, b.first), (a.last, b.last))
    )
    return set(a.datasets) != set(b.datasets) and same_months
