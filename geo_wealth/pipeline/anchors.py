"""Anchors side by side: each at its own scale, all under one definition, and together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError
from geo_wealth.memory import Memory
from geo_wealth.pipeline.remembered import meaning
from geo_wealth.pipeline.spend import SpendRequest, judge, kinds_of, select
from geo_wealth.pipeline.spend_documents import money, named, split_document
from geo_wealth.pipeline.spend_words import listed, percent, pounds
from geo_wealth.queries import membership
from geo_wealth.queries import named as named_queries
from geo_wealth.spend.anchors import Joint, anchors_among, joint, scale_document, transfers_among
from geo_wealth.spend.definition import Definition, parse_definition
from geo_wealth.spend.measure import Split
from geo_wealth.spend.parts import KindPart, by_kind
from geo_wealth.spend.rules import RuleSet
from geo_wealth.spend.selection import Selection

_ANCHORS: Memory["AnchorsResult"] = Memory(size=32)


@dataclass(frozen=True, slots=True)
class AnchorsRequest:
    """What the anchors side by side depend on, besides the data.

    Attributes
    ----------
    payers
        The anchors; empty for all payers that are loaded.
    scales
        Pairs of payer and scale: ``district:CODE``, ``ward:CODE``, ``lsoa:CODE``, ``town`` or
        a definition's slug. An anchor without one has the definition of all.
    definition
        That all are put under.
    also
        Pairs of payer and a further name under which the others pay it.
    """

    payers: tuple[str, ...] = ()
    scales: tuple[tuple[str, str], ...] = ()
    definition: str = "kirklees"
    rules: str = "all-payments"
    first: date | None = None
    last: date | None = None
    datasets: tuple[str, ...] = ()
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """One anchor's spend.

    Attributes
    ----------
    scale
        The definition of local at its own scale; ``at_scale`` is its spend under that.
    same
        Its spend under the definition of all.
    by_kind
        Of ``same``; kinds overlap, and each has its own unknown.
    months
        Calendar months with payments that count.
    """

    payer: str
    scale: Definition
    at_scale: Split
    same: Split
    by_kind: tuple[KindPart, ...]
    first: date | None
    last: date | None
    months: int


@dataclass(frozen=True, slots=True)
class AnchorsResult:
    """Several anchors, and all of them together without what they pay one another."""

    request: AnchorsRequest
    definition: Definition
    rules: RuleSet
    anchors: tuple[Anchor, ...]
    joint: Joint
    joint_by_kind: tuple[KindPart, ...]
    datasets: tuple[str, ...]
    sample: bool


def anchors(connection: Connection, request: AnchorsRequest) -> AnchorsResult:
    """Put anchors side by side.

    Raises
    ------
    InvalidRequestError, NotFoundError
        As :func:`geo_wealth.pipeline.spend.spend`, and for a scale or another name of a payer
        that is not asked about.
    """
    scales = {payer: _definition(connection, scale) for payer, scale in request.scales}
    said = sorted((payer, each.version, each.hash) for payer, each in scales.items())
    key = (request, meaning(connection, _spend_request(request)), *said)
    return _ANCHORS.recall(key, lambda: _result(connection, request, scales))


def _spend_request(request: AnchorsRequest) -> SpendRequest:
    return SpendRequest(
        request.payers,
        request.datasets,
        request.definition,
        request.rules,
        request.first,
        request.last,
    )


def _definition(connection: Connection, scale: str) -> Definition:
    document = scale_document(scale)
    if document is None:
        return named_queries.definition(connection, scale)
    ours = parse_definition(document, f"scale {scale}")
    if not scale.startswith("district:"):
        return ours
    names = membership.district_names(connection, ours.codes)
    return replace(ours, title=listed(tuple(names[code] for code in ours.codes)))


def _result(
    connection: Connection,
    request: AnchorsRequest,
    scales: dict[str, Definition],
) -> AnchorsResult:
    whole = select(connection, _spend_request(request))
    for name, pairs in (("scale", request.scales), ("also", request.also)):
        for payer, _ in pairs:
            if payer not in whole.payers:
                raise InvalidRequestError(
                    name, f"{payer!r} is not among the payers: {', '.join(whole.payers)}."
                )
    also: dict[str, list[str]] = {}
    for payer, name in request.also:
        also.setdefault(payer, []).append(name)
    known = anchors_among(whole.book, whole.payers, also)
    kinds = kinds_of(connection, whole.book)
    together = whole.sums(whole.included & ~transfers_among(whole, known))
    return AnchorsResult(
        request=request,
        definition=whole.definition,
        rules=whole.rules,
        anchors=tuple(
            _anchor(connection, request, whole, payer, scales.get(payer, whole.definition))
            for payer in whole.payers
        ),
        joint=joint(whole, known),
        joint_by_kind=by_kind(kinds, together),
        datasets=tuple(ledger.key for ledger in whole.ledgers),
        sample=any(ledger.sample for ledger in whole.ledgers),
    )


def _anchor(
    connection: Connection,
    request: AnchorsRequest,
    whole: Selection,
    payer: str,
    scale: Definition,
) -> Anchor:
    alone = replace(_spend_request(request), payers=(payer,))
    same = judge(connection, whole.book, alone, whole.definition)
    own = same if scale == whole.definition else judge(connection, whole.book, alone, scale)
    sums = same.sums()
    first, last = same.days()
    return Anchor(
        payer=payer,
        scale=scale,
        at_scale=own.sums().split(),
        same=sums.split(),
        by_kind=by_kind(kinds_of(connection, whole.book), sums),
        first=first,
        last=last,
        months=same.months(),
    )


def anchors_document(result: AnchorsResult) -> dict[str, Any]:
    """Give the JSON document of ``anchors --json`` and ``/api/v1/anchors``."""
    return {
        "definition": named(result.definition),
        "rules": named(result.rules),
        "anchors": [
            {
                "payer": each.payer,
                "period": {
                    "first_payment": each.first,
                    "last_payment": each.last,
                    "months": each.months,
                },
                "scale": named(each.scale),
                "at_scale": split_document(each.at_scale),
                "same_definition": split_document(each.same),
                "by_kind": [_kind_document(kind) for kind in each.by_kind],
            }
            for each in result.anchors
        ],
        "joint": {
            **split_document(result.joint.split),
            "by_kind": [_kind_document(kind) for kind in result.joint_by_kind],
        },
        "transferred": split_document(result.joint.transferred),
        "transfers": [
            {
                "from": each.payer,
                "to": each.payee,
                "pounds": money(each.pounds),
                "payments": each.payments,
            }
            for each in result.joint.transfers
        ],
        "datasets": list(result.datasets),
        "sample": result.sample,
    }


def _kind_document(kind: KindPart) -> dict[str, Any]:
    return {
        "code": kind.slug,
        "name": kind.name,
        "evidence": kind.evidence,
        **{told: split_document(getattr(kind, told)) for told in ("yes", "no", "unknown")},
    }


def anchors_sentences(result: AnchorsResult) -> list[str]:
    """Tell each anchor's share at its scale and under one definition, then all together."""
    told = [_anchor_sentence(result, each) for each in result.anchors]
    together = result.joint
    told.append(
        f"Together {listed(tuple(each.payer for each in result.anchors))} spent "
        f"{pounds(together.split.total)} by the rules {result.rules.title} ({result.rules.slug} "
        f"version {result.rules.version}), {_share(together.split)} local as in "
        f"{result.definition.title}. {_transfers(result)}"
    )
    told += list(_periods(result))
    if result.sample:
        told.append("Sample data: the payments and suppliers are invented.")
    return told


def kind_share(kind: KindPart) -> str:
    """Tell how much of some spend at least goes to a kind of supplier, and how much is open."""
    total = kind.yes.total + kind.no.total + kind.unknown.total
    if total <= 0 or min(kind.yes.total, kind.no.total, kind.unknown.total) < 0:
        return "not known"
    yes, unknown = kind.yes.total / total, kind.unknown.total / total
    if not unknown:
        return percent(float(yes))
    if percent(float(yes)) == percent(0):
        return "not known"
    return f"at least {percent(float(yes))} ({percent(float(unknown))} not known)"


def _anchor_sentence(result: AnchorsResult, anchor: Anchor) -> str:
    own = (
        ""
        if anchor.scale == result.definition
        else f"{_share(anchor.at_scale)} local as in {anchor.scale.title}, "
    )
    return (
        f"{anchor.payer}: {pounds(anchor.same.total)} in {anchor.same.payments:,} payments; {own}"
        f"{_share(anchor.same)} local as in {result.definition.title}."
    )


def _share(split: Split) -> str:
    share, between = split.share_of_located, split.bounds
    if share is None or between is None:
        return "no share that is known"
    return (
        f"{percent(share)} of the pounds located (between {percent(between[0])} and "
        f"{percent(between[1])} of all)"
    )


def _transfers(result: AnchorsResult) -> str:
    moved = result.joint.transfers
    if not moved:
        return "None of them pays another, as far as the names of payees tell."
    each = "; ".join(
        f"{one.payer} to {one.payee if one.payee != one.payer else 'itself'} {pounds(one.pounds)}"
        for one in moved
    )
    return (
        f"Left out of this are {pounds(result.joint.transferred.total)} that they paid one "
        f"another: {each}."
    )


def _periods(result: AnchorsResult) -> Iterator[str]:
    months = {each.months for each in result.anchors}
    if len(months) > 1:
        yield (
            "Their ledgers do not cover the same months ("
            + ", ".join(f"{each.payer} {each.months}" for each in result.anchors)
            + "): compare their shares, not their pounds."
        )
