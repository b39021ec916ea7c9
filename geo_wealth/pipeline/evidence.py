"""The evidence for a pilot, gathered into one document that can be frozen and recomputed."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson
from sqlalchemy import Connection

from geo_wealth.errors import OtherVersionError
from geo_wealth.evidence import results_of
from geo_wealth.evidence.section import Section, canonical, section
from geo_wealth.memory import Memory
from geo_wealth.pipeline.clusters import clusters_section
from geo_wealth.pipeline.comparison import comparison_section
from geo_wealth.pipeline.drawing import drawing_section
from geo_wealth.pipeline.effect import outlook_section
from geo_wealth.pipeline.frozen import freeze, thaw
from geo_wealth.pipeline.indicators import SLUGS
from geo_wealth.pipeline.method_robustness import district_variants
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.robustness import robustness_section
from geo_wealth.pipeline.terrain import Terrain, district_terrain
from geo_wealth.plan import Plan, plan_from
from geo_wealth.queries import named, places
from geo_wealth.queries.datasets import data_version, datasets
from geo_wealth.queries.rows import Ranking

FORMAT = 1
"""Of the document; a reader refuses a higher one than it knows."""

_TOLD = (
    *("key", "kind", "title", "publisher", "release", "licence", "attribution"),
    *("sha256", "file_name", "rows_loaded", "sample"),
)
_ABSENT = {
    "effect": "No outcome is loaded, so it is not known how large an effect must be to be seen.",
}
_MEMORY: Memory[bytes] = Memory(size=8)


def gather(connection: Connection, plan: Plan) -> dict[str, Any]:
    """Gather everything that a decision about a pilot rests on.

    The same data, definition, rules and plan give the same document: it holds no time, and
    nothing of the machine.

    Returns
    -------
    dict
        ``plan``; ``sections``, each with inputs and results; ``absent``: reasons, by section;
        ``datasets`` with sha256 and licence; ``documents``: definition and rules with text and
        hash; ``outlines`` of the district's areas, generalised, WGS84.

    Raises
    ------
    InvalidRequestError, NotFoundError
        For a plan that cannot be, or rests on what is not loaded.
    """
    documents = {
        "definition": _document(connection, "definition", plan.definition),
        "rules": _document(connection, "rules", plan.rules),
    }
    key = (
        str(connection.engine.url),
        data_version(connection),
        canonical([asdict(plan), documents]),
    )
    found = _MEMORY.recall(key, lambda: canonical(_gather(connection, plan, documents)))
    document: dict[str, Any] = orjson.loads(found)
    return document


def evidence_hash(document: Mapping[str, Any]) -> str:
    """Name evidence by all it says: the sha256 of its canonical bytes."""
    return hashlib.sha256(canonical(document)).hexdigest()


def programme() -> dict[str, str]:
    """Name this programme and its version."""
    try:
        return {"name": "geo-wealth", "version": version("geo-wealth")}
    except PackageNotFoundError:  # run from a checkout that was not installed
        return {"name": "geo-wealth", "version": "checkout"}


@contextmanager
def as_made(document: Mapping[str, Any], *, surely: bool = False) -> Iterator[None]:
    """Tell of evidence that cannot be read that another version made it, where that is so.

    Parameters
    ----------
    surely
        Whether nothing but another version can be the reason, whatever the evidence says.

    Raises
    ------
    OtherVersionError
        In the place of what reading an unknown or absent member raises.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        made_by = document.get("programme")
        if made_by == programme() and not surely:
            raise
        version_then = made_by.get("version") if isinstance(made_by, Mapping) else None
        raise OtherVersionError(
            f"This evidence was made by another version ({version_then or 'not known'}) of the "
            "programme and cannot be read by this one: read it with that version."
        ) from error


def plan_of(document: Mapping[str, Any]) -> Plan:
    """Give the plan that evidence was gathered for; raises as :func:`as_made`."""
    with as_made(document, surely=True):
        return plan_from(document["plan"])


def ranking_of(document: Mapping[str, Any]) -> Ranking:
    """Give the ranking that evidence holds, as pages and commands know it.

    Raises as :func:`as_made`.
    """
    with as_made(document, surely=True):
        return _ranking_of(document)


def _ranking_of(document: Mapping[str, Any]) -> Ranking:
    inputs = document["sections"]["ranking"]["inputs"]
    results = document["sections"]["ranking"]["results"]
    areas = {area["code"]: area for area in inputs["areas"]}
    content = {name: value for name, value in inputs.items() if name not in _ADDED} | {
        "areas": [_with_results(areas[found["code"]], found) for found in results["areas"]],
        "not_ranked": [
            _with_results(areas[found["code"]], found) for found in results["not_ranked"]
        ],
    }
    return thaw(orjson.dumps(content).decode(), inputs["id"])


_ADDED = ("id", "chosen")


def _with_results(area: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    parts = found.get("contributions", {})
    cells = {
        slug: cell | {"normalised": found["normalised"][slug], "contribution": parts.get(slug)}
        for slug, cell in area["indicators"].items()
    }
    told = {name: found[name] for name in ("rank", "score", "reason") if name in found}
    return {**area, **told, "indicators": cells}


def _gather(connection: Connection, plan: Plan, documents: Mapping[str, Any]) -> dict[str, Any]:
    ranking = build_ranking(connection, plan.ranking)
    terrain = district_terrain(
        connection, plan.ranking.district, ranking.lsoa_vintage, plan.ranking.index
    )
    compared = comparison_section(connection, plan, terrain)
    sections: dict[str, Section | None] = {
        "ranking": ranking_section(ranking, plan.areas),
        "robustness": robustness_section(ranking, plan.how, district_variants(connection, ranking)),
        "clusters": clusters_section(ranking, terrain),
        "drawing": drawing_section(connection, ranking, terrain, plan.draw, plan.areas, plan.how),
        "comparison": compared,
        "effect": outlook_section(connection, plan, compared),
    }
    known = {name: found for name, found in sections.items() if found is not None}
    used = {*ranking.datasets, *terrain.datasets, *_named_by(known.values())}
    rows = _datasets(connection, used)
    return {
        "format": FORMAT,
        "programme": programme(),
        "plan": asdict(plan),
        "sample": any(row["sample"] for row in rows),
        "sections": known,
        "absent": {name: _ABSENT[name] for name in sections if name not in known},
        "datasets": rows,
        "documents": documents,
        "outlines": _outlines(connection, terrain),
    }


def _named_by(sections: Iterable[Section]) -> set[str]:
    """Gather the datasets that sections say they rest on."""
    found = set()
    for inputs in (each["inputs"] for each in sections):
        found |= {*inputs.get("datasets", ())}
        found |= {one["measure"]["dataset"] for one in inputs.get("measures", ())}
    return found


def ranking_section(ranking: Ranking, chosen: Iterable[str]) -> Section:
    """Give a ranking as evidence, with what would put other areas before those chosen."""
    content = orjson.loads(freeze(ranking))
    areas = [_bare(area) for area in (*content.pop("areas"), *content.pop("not_ranked"))]
    inputs = content | {
        "id": ranking.id,
        "request": asdict(ranking.request),
        "areas": sorted(areas, key=lambda area: str(area["code"])),
        "chosen": sorted(chosen),
    }
    return section(results_of("ranking"), inputs)


def _bare(area: Mapping[str, Any]) -> dict[str, Any]:
    """Leave of an area what was known before it was ranked."""
    cells = {
        slug: {
            name: value
            for name, value in area["indicators"][slug].items()
            if name not in {"normalised", "contribution"}
        }
        for slug in SLUGS
    }
    kept = {name: area[name] for name in ("code", "name", "ward_code", "ward_name")}
    return {**kept, "indicators": cells}


def _document(connection: Connection, kind: str, reference: str) -> dict[str, Any]:
    found = named.named_document(connection, kind, reference)
    return {
        "slug": found.slug,
        "version": found.version,
        "title": found.title,
        "hash": found.hash,
        "text": found.document,
    }


def _datasets(connection: Connection, keys: Iterable[str]) -> list[dict[str, Any]]:
    wanted = set(keys)
    rows = [
        {name: getattr(row, name) for name in _TOLD}
        for row in datasets(connection)
        if row.key in wanted
    ]
    return sorted(rows, key=lambda row: (row["kind"], row["title"], row["key"]))


def _outlines(connection: Connection, terrain: Terrain) -> dict[str, Any]:
    """Give the generalised outline of each area as GeoJSON geometry, by code."""
    drawn = places.features(connection, terrain.vintage, terrain.codes)
    return {feature["id"]: feature["geometry"] for feature in drawn["features"]}
