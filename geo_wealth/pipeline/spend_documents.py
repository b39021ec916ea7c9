"""Spend as JSON documents and as rows of CSV: money as decimal strings of pounds."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from geo_wealth.pipeline.spend import SpendResult
from geo_wealth.pipeline.spend_rows import PaymentRow
from geo_wealth.spend.measure import Split
from geo_wealth.spend.parts import Part
from geo_wealth.spend.suppliers import SupplierPart

PART_COLUMNS = (
    "breakdown",
    "part",
    "code",
    "total",
    "local",
    "leaked",
    "unlocated",
    "share_of_located",
    "bound_low",
    "bound_high",
    "payments",
    "payees",
)
ROW_COLUMNS = (
    "ledger",
    "file",
    "line",
    "payer",
    "paid_on",
    "payee",
    "amount",
    "payments",
    "category",
    "department",
    "purpose",
)


def spend_document(result: SpendResult) -> dict[str, Any]:
    """Give the JSON document of ``spend --json`` and ``/api/v1/spend``."""
    return {
        **split_document(result.split),
        "payers": list(result.payers),
        "period": {
            "from": result.request.first or result.first,
            "to": result.request.last or result.last,
            "first_payment": result.first,
            "last_payment": result.last,
            "months_with_payments": result.months,
        },
        "rows": result.rows,
        "pounds": pounds_document(result.pounds),
        "definition": named(result.definition),
        "rules": named(result.rules),
        "either_way": {
            "local": money(result.torn.local),
            "leaked": money(result.torn.leaked),
            "bounds": None if result.wide_bounds is None else list(result.wide_bounds),
        },
        "unlocated_because": [
            {"reason": reason, "pounds": money(pounds), "payments": payments}
            for reason, pounds, payments in result.why_unlocated
        ],
        "by": {
            "address": [_part(part) for part in result.by_address],
            "register": [_part(part) for part in result.by_register],
            "kind": [
                {
                    "code": kind.slug,
                    "name": kind.name,
                    "evidence": kind.evidence,
                    "yes": split_document(kind.yes),
                    "no": split_document(kind.no),
                    "unknown": split_document(kind.unknown),
                }
                for kind in result.by_kind
            ],
            "category": [_part(part) for part in result.by_category],
            "decile": [_part(part) for part in result.by_decile],
            "destination": [_part(part) for part in result.by_destination],
            "supplier": [_supplier(part) for part in result.suppliers],
        },
        "decile_index": result.index,
        "datasets": list(result.datasets),
        "sample": result.sample,
    }


def split_document(split: Split) -> dict[str, Any]:
    """Give a split with its share and bounds."""
    bounds = split.bounds
    return {
        "total": money(split.total),
        "local": money(split.local),
        "leaked": money(split.leaked),
        "unlocated": money(split.unlocated),
        "share_of_located": split.share_of_located,
        "bounds": None if bounds is None else list(bounds),
        "payments": split.payments,
        "payees": split.payees,
    }


def named(document: Any) -> dict[str, Any]:
    """Say which definition or rules, in which version, meaning what."""
    return {
        "name": document.slug,
        "title": document.title,
        "version": document.version,
        "hash": document.hash,
    }


def pounds_document(pounds: dict[str, Any]) -> dict[str, Any]:
    """Write an account of pounds as decimal strings."""
    return {
        name: {reason: money(part) for reason, part in value.items()}
        if isinstance(value, dict)
        else money(value)
        for name, value in pounds.items()
    }


def money(pounds: Decimal) -> str:
    """Write pounds with two decimals, or with all of them where a ledger has more."""
    return f"{pounds:.2f}" if pounds == round(pounds, 2) else f"{pounds:f}"


def part_rows(result: SpendResult) -> Iterator[Sequence[Any]]:
    """Give the rows of :data:`PART_COLUMNS`: the whole, then each breakdown."""
    yield _row("all", "All spend in scope", "", result.split)
    for kind in result.by_kind:
        for told in ("yes", "no", "unknown"):
            yield _row("kind", f"{kind.name}: {told}", kind.slug, getattr(kind, told))
    for name in ("address", "register", "category", "decile", "destination"):
        for part in getattr(result, f"by_{name}"):
            yield _row(name, part.name, part.slug, part.split)
    for supplier in result.suppliers:
        row = _row("supplier", supplier.name, supplier.postcode or "", supplier.split)
        yield [*row[:-1], supplier.payees]


def payment_cells(row: PaymentRow, labels: Sequence[str]) -> list[Any]:
    """Give the cells of :data:`ROW_COLUMNS` and, for each label, where it went and why not."""
    cells: list[Any] = [getattr(row, name) for name in ROW_COLUMNS]
    cells[ROW_COLUMNS.index("amount")] = money(row.amount)
    for place, _label in enumerate(labels):
        cells += [row.left_out[place] or row.went[place], row.postcode[place]]
    return cells


def payment_header(labels: Sequence[str]) -> list[str]:
    """Give the header over :func:`payment_cells`."""
    return [*ROW_COLUMNS, *(name for label in labels for name in (label, f"{label} postcode"))]


def _part(part: Part) -> dict[str, Any]:
    return {"code": part.slug or None, "name": part.name, **split_document(part.split)}


def _supplier(part: SupplierPart) -> dict[str, Any]:
    return {
        "name": part.name,
        "postcode": part.postcode,
        "register": part.register,
        "matched_by": part.stage,
        **split_document(part.split),
        "payees": part.payees,
    }


def _row(breakdown: str, name: str, code: str, split: Split) -> list[Any]:
    low, high = split.bounds or (None, None)
    return [
        breakdown,
        name,
        code,
        money(split.total),
        money(split.local),
        money(split.leaked),
        money(split.unlocated),
        split.share_of_located,
        low,
        high,
        split.payments,
        split.payees,
    ]
