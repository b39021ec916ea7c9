"""A ranking as text that gives the very same ranking back."""

from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from geo_wealth.indicators import DEFAULT_SPEND, INDICATORS
from geo_wealth.queries.rows import (
    IndicatorValue,
    NotRanked,
    RankedArea,
    Ranking,
    RankRequest,
    SpendSummary,
)


def freeze(ranking: Ranking) -> str:
    """Write a ranking, its id aside, as canonical JSON: equal rankings, equal text.

    Floats keep all their digits; pounds are decimal strings; nothing depends on the time.
    The usual measure of spend goes unsaid, as it did before there were others: what such a
    ranking says has not changed, nor has its id.
    """
    content = {field.name: getattr(ranking, field.name) for field in fields(ranking)}
    del content["id"]
    content["request"] = asdict(ranking.request)
    if ranking.request.spend_variant == DEFAULT_SPEND:
        del content["request"]["spend_variant"]
    return orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS).decode()


def thaw(text: str, ranking_id: str) -> Ranking:
    """Read back what :func:`freeze` wrote."""
    content = orjson.loads(text)
    spend = content.pop("spend")
    request = content.pop("request")
    for name in ("weights", "directions"):
        request[name] = _in_order(request[name])
    return Ranking(
        id=ranking_id,
        request=RankRequest(**request),
        datasets=tuple(content.pop("datasets")),
        dataset_sets={name: tuple(keys) for name, keys in content.pop("dataset_sets").items()},
        spend=SpendSummary(
            payers=tuple(spend.pop("payers")),
            datasets=tuple(spend.pop("datasets")),
            first=_date(spend.pop("first")),
            last=_date(spend.pop("last")),
            total=Decimal(spend.pop("total")),
            located=Decimal(spend.pop("located")),
            unlocated=Decimal(spend.pop("unlocated")),
            redacted=Decimal(spend.pop("redacted")),
            outside=Decimal(spend.pop("outside")),
            **spend,
        ),
        areas=tuple(RankedArea(**_with_cells(row)) for row in content.pop("areas")),
        not_ranked=tuple(NotRanked(**_with_cells(row)) for row in content.pop("not_ranked")),
        **content,
    )


def _with_cells(row: dict[str, Any]) -> dict[str, Any]:
    cells = {slug: IndicatorValue(**cell) for slug, cell in row["indicators"].items()}
    return row | {"indicators": _in_order(cells)}


def _in_order(by_slug: dict[str, Any]) -> dict[str, Any]:
    """Put indicators back in the order of the catalogue, which columns follow."""
    return {slug: by_slug[slug] for slug in INDICATORS if slug in by_slug}


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
