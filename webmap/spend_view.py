"""A result of spend laid out for a page: tables with a bar in each line."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from markupsafe import Markup

from geo_wealth.pipeline.spend import SpendResult
from geo_wealth.spend.book import Book
from geo_wealth.spend.measure import Split, join
from geo_wealth.spend.parts import KindPart, Part
from geo_wealth.spend.suppliers import SupplierPart
from webmap import wording
from webmap.bars import NAMES, STATES, small_bar

SHOWN = 10
REGISTERS = {
    "suppliers": "register of suppliers",
    "anchors": "register of anchors",
    "vcse": "register of voluntary organisations",
    "business-rates": "business rates",
    "cooperatives": "register of co-operatives",
    "employers": "register of employers",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a breakdown, ready to print.

    ``share`` is of all that leaks, and ``beside`` a further sum of pounds, where asked.
    """

    name: str
    split: Split
    bar: Markup
    note: str = ""
    share: float | None = None
    beside: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One table; ``size`` lines in all, to which ``show_all`` leads where some are cut."""

    slug: str
    lines: tuple[Line, ...]
    size: int = 0
    show_all: str | None = None


Named = tuple[str, str, Split]
Links = Callable[[str], str]


def breakdowns(result: SpendResult, full: Collection[str], link: Links) -> dict[str, Breakdown]:
    """Lay out every breakdown of a result.

    Parameters
    ----------
    full
        Those to show with all their lines; the others end after ten, the rest as a sum.
    link
        Gives the address of the page with one more breakdown shown in full.
    """
    parts: dict[str, list[Named]] = {
        "destination": [(part.name, part.slug, part.split) for part in result.by_destination],
        "category": [(part.name, "", part.split) for part in result.by_category],
        "register": [(part.name, "", part.split) for part in result.by_register],
        "kind": [(kind.name, kind_note(kind), kind.yes) for kind in result.by_kind],
    }
    laid = {
        slug: laid_out(slug, found, full if slug in _CUT else {slug}, link)
        for slug, found in parts.items()
    }
    for slug in ("decile", "address"):
        laid[slug] = with_the_rest(slug, getattr(result, f"by_{slug}"))
    return laid | {"supplier": supplier_table(result.suppliers, full, link)}


_CUT = frozenset({"destination", "category", "supplier"})


def with_the_rest(slug: str, parts: Sequence[Part]) -> Breakdown:
    """Lay out parts that end with a rest of which nothing is known, which has no bar."""
    known = [(part.name, "", part.split) for part in parts if part.slug]
    rest = [(part.name, "", part.split) for part in parts if not part.slug]
    return Breakdown(slug, lines(known, rest), len(parts))


def laid_out(
    slug: str,
    parts: Sequence[Named],
    full: Collection[str],
    link: Links,
    sums: Sequence[Named] = (),
) -> Breakdown:
    """Cut a table after ten lines, unless it is asked for in full, and draw its bars.

    Parameters
    ----------
    sums
        Lines that are sums already and end the table; the first takes in what is cut.
    """
    cut = slug not in full and len(parts) > SHOWN + 1
    shown, rest = (parts[:SHOWN], parts[SHOWN:]) if cut else (parts, ())
    sums = list(sums)
    if rest and sums:
        name, note, split = sums[0]
        sums[0] = (name, note, join([*(each for _, _, each in rest), split]))
    elif rest:
        sums = [(f"{len(rest)} more, together", "", join([each for _, _, each in rest]))]
    return Breakdown(slug, lines(shown, sums), len(parts), link(slug) if rest else None)


def supplier_table(
    suppliers: Sequence[SupplierPart], full: Collection[str], link: Links
) -> Breakdown:
    """List those named, then the sums of the others and of those that are not named."""
    named = [
        (part.name, supplier_note(part), part.split) for part in suppliers if part.payee is not None
    ]
    sums = [(part.name, "", part.split) for part in suppliers if part.payee is None]
    return laid_out("supplier", named, full, link, sums)


def lines(parts: Sequence[Named], sums: Sequence[Named] = ()) -> tuple[Line, ...]:
    """Draw the bars of a table on one scale, the largest line filling it; sums have no bar."""
    largest = max((_size(split) for _, _, split in parts), default=Decimal(0))
    leaked = sum((split.leaked for _, _, split in (*parts, *sums)), Decimal(0))

    def line(part: Named, bar: Markup) -> Line:
        name, note, split = part
        return Line(name, split, bar, note, float(split.leaked / leaked) if leaked > 0 else None)

    drawn = [line(part, small_bar(part[2], largest)) for part in parts]
    return (*drawn, *(line(part, Markup("")) for part in sums))


def _size(split: Split) -> Decimal:
    """Length of a bar: the parts that can be drawn."""
    return sum((max(part, Decimal(0)) for part in _parts(split)), Decimal(0))


def _parts(split: Split) -> tuple[Decimal, Decimal, Decimal]:
    return split.local, split.leaked, split.unlocated


def kind_note(kind: KindPart) -> str:
    """Say how much went to payees that are not of a kind, and to those of which nobody knows."""
    return (
        f"Known not to be: {wording.pounds(kind.no.total)}. "
        f"Not known: {wording.pounds(kind.unknown.total)}. Counted as {kind.evidence}."
    )


def supplier_note(part: SupplierPart) -> str:
    """Say where a supplier was found and how."""
    if part.register is None:
        return "not located"
    register = REGISTERS.get(part.register, part.register)
    how = (part.stage or "").replace("-", " ")
    return f"{part.postcode or 'no postcode'}, {register}, by {how}"


def where_it_went(split: Split) -> list[tuple[str, str, str]]:
    """List the three sums and their shares of all pounds."""
    shares = split.bounds is not None
    return [
        (NAMES[state], exact_pounds(pounds), one_decimal(float(pounds / split.total)))
        if shares
        else (NAMES[state], exact_pounds(pounds), "")
        for state, pounds in ((state, getattr(split, state)) for state in STATES)
    ]


def why_unlocated(result: SpendResult) -> list[tuple[str, str, str]]:
    """List why spend could not be located: reason, pounds, payments."""
    return [
        (wording.sentence_case(reason), exact_pounds(pounds), f"{payments:,}")
        for reason, pounds, payments in result.why_unlocated
    ]


def account_lines(result: SpendResult) -> list[tuple[str, str, str]]:
    """Account for every row read: counted, left out by reason, rejected; rows and pounds."""
    rows, pounds = result.rows, result.pounds
    left_out = [
        (f"Left out: {reason}", count, pounds["excluded"].get(reason))
        for reason, count in rows["excluded"].items()
    ]
    told = [
        ("Counted", rows["included"], pounds["included"]),
        *left_out,
        ("Rejected when the file was loaded", rows["rejected"], pounds["rejected"]),
    ]
    return [
        (name, f"{count:,}", "not known" if sum_ is None else exact_pounds(sum_))
        for name, count, sum_ in told
    ]


def years_of(book: Book, payers: Collection[str] = ()) -> list[tuple[str, date, date]]:
    """List the financial years in which these payers, or all, paid: name, first, last day."""
    mine = np.array([not payers or each.payer in payers for each in book.ledgers], dtype=np.bool_)
    days = book.payments.day[mine[book.payments.ledger] & (book.payments.day > 0)]
    paid_on = [date.fromordinal(day) for day in np.unique(days).tolist()]
    return [
        (f"{year}-{(year + 1) % 100:02d}", date(year, 4, 1), date(year + 1, 3, 31))
        for year in sorted({day.year - (day.month < 4) for day in paid_on})
    ]


def whole_pounds(amount: Decimal) -> str:
    """Write pounds for a column: £12,345, a credit as -£12."""
    rounded = round(amount)
    return f"{'-' if rounded < 0 else ''}£{abs(rounded):,}"


def exact_pounds(amount: Decimal) -> str:
    """Write pounds to the penny."""
    return f"{'-' if amount < 0 else ''}£{abs(amount):,.2f}"


def one_decimal(share: float | None) -> str:
    """Write a share with one decimal, kept on one line."""
    return "none" if share is None else f"{100 * share:.1f}\u00a0%"
