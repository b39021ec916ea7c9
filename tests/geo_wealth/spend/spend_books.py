"""Small books made by hand, so that an answer can be worked out on paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from geo_wealth.spend.book import (
    ADDRESS_KINDS,
    NONE,
    Book,
    Ints,
    Ledger,
    Payees,
    Payments,
    Sites,
    pair_up,
)


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment, in pounds; ``payee`` names one of the book's payees."""

    payee: str
    amount: str
    on: date | None = date(2021, 4, 1)
    category: str | None = None
    department: str | None = None
    purpose: str | None = None
    card: bool = False
    repeats: bool = False
    payer: str = "Council"


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom a ledger names; ``state`` is named, redacted or blank."""

    name: str
    state: str = "named"
    individual: bool = False
    company_number: str | None = None
    vcse: int = NONE


@dataclass(frozen=True, slots=True)
class At:
    """An address of a payee; the first of one kind is the one that counts."""

    payee: str
    lad: str | None = "E08000034"
    kind: str = "branch"
    postcode: str | None = "HD1 2TT"
    easting: float = 414500.0
    northing: float = 416500.0
    register: str = "business-rates"
    stage: str = "exact-name"
    form: str | None = None
    charity: bool = False
    lsoa11: str | None = None
    lsoa21: str | None = None
    ward: str | None = None


def make_book(paid: Sequence[Paid], payees: Sequence[Payee] = (), sites: Sequence[At] = ()) -> Book:
    """Make a book; payees that are only paid are added as named ones."""
    known = {payee.name: payee for payee in payees}
    known |= {each.payee: Payee(each.payee) for each in paid if each.payee not in known}
    names = list(known)
    payers = sorted({each.payer for each in paid}) or ["Council"]
    words = {
        field: sorted({word for each in paid if (word := getattr(each, field))})
        for field in ("category", "department", "purpose")
    }
    payee = _ints(names.index(each.payee) for each in paid)
    category = _ints(_place(words["category"], each.category) for each in paid)
    pair, pairs = pair_up(payee, category)
    ledgers = tuple(
        _ledger(payer, [each for each in paid if each.payer == payer]) for payer in payers
    )
    return Book(
        version="made",
        ledgers=ledgers,
        payments=Payments(
            id=np.arange(1, len(paid) + 1, dtype=np.int64),
            ledger=_ints(payers.index(each.payer) for each in paid),
            payee=payee,
            amount=_ints(int(Decimal(each.amount) * 100) for each in paid),
            day=_ints(each.on.toordinal() if each.on else 0 for each in paid),
            category=category,
            department=_ints(_place(words["department"], each.department) for each in paid),
            purpose=_ints(_place(words["purpose"], each.purpose) for each in paid),
            card=np.array([each.card for each in paid], dtype=np.bool_),
            repeats=np.array([each.repeats for each in paid], dtype=np.bool_),
            pair=pair,
            scale=2,
        ),
        pairs=pairs,
        payees=_payees(list(known.values())),
        sites=_sites(names, sites),
        categories=tuple(words["category"]),
        departments=tuple(words["department"]),
        purposes=tuple(words["purpose"]),
    )


def _ledger(payer: str, paid: Sequence[Paid]) -> Ledger:
    total = sum((Decimal(each.amount) for each in paid), Decimal(0))
    return Ledger(
        key=f"ledger-{payer}",
        payer=payer,
        file_name=f"{payer}.csv",
        rows={"read": len(paid), "loaded": len(paid), "excluded": {}, "rejected": 0},
        pounds={"read": str(total), "loaded": str(total), "excluded": {}, "rejected": "0.00"},
        sample=False,
    )


def _payees(payees: Sequence[Payee]) -> Payees:
    return Payees(
        id=np.arange(1, len(payees) + 1, dtype=np.int64),
        name=tuple(payee.name for payee in payees),
        key=tuple(payee.name.lower() for payee in payees),
        company_number=tuple(payee.company_number for payee in payees),
        state=tuple(payee.state for payee in payees),
        individual=np.array([payee.individual for payee in payees], dtype=np.bool_),
        vcse=_ints(payee.vcse for payee in payees),
    )


def _sites(names: list[str], sites: Sequence[At]) -> Sites:
    order = {kind: place for place, kind in enumerate(ADDRESS_KINDS)}
    ordered = sorted(sites, key=lambda at: (names.index(at.payee), order[at.kind]))
    return Sites(
        id=np.arange(1, len(ordered) + 1, dtype=np.int64),
        payee=_ints(names.index(at.payee) for at in ordered),
        organisation=_ints(names.index(at.payee) for at in ordered),
        name=tuple(at.payee for at in ordered),
        address_kind=_ints(order[at.kind] for at in ordered),
        stage=tuple(at.stage for at in ordered),
        score=np.ones(len(ordered)),
        register=tuple(at.register for at in ordered),
        form=tuple(at.form for at in ordered),
        charity=np.array([at.charity for at in ordered], dtype=np.bool_),
        postcode=tuple(at.postcode for at in ordered),
        easting=np.array([at.easting for at in ordered], dtype=np.float64),
        northing=np.array([at.northing for at in ordered], dtype=np.float64),
        lad=tuple(at.lad for at in ordered),
        ward=tuple(at.ward for at in ordered),
        lsoa11=tuple(at.lsoa11 for at in ordered),
        lsoa21=tuple(at.lsoa21 for at in ordered),
        dataset=tuple("register" for _ in ordered),
    )


def _place(words: list[str], word: str | None) -> int:
    return NONE if word is None else words.index(word)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
