"""What has changed between evidence as it was frozen and as it would be gathered now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TITLES = {
    "plan": "The plan",
    "datasets": "Data",
    "definition": "Definition of local",
    "rules": "Rules of what counts",
    "ranking": "Ranking",
    "robustness": "How sure the ranks are",
    "clusters": "Clusters",
    "drawing": "The drawing",
    "comparison": "Comparison group",
    "effect": "Outcomes and power",
    "outlines": "Boundaries",
    "programme": "The programme",
    "other": "Other",
}
_TOLD = ("plan", "datasets", "documents", "sections", "absent", "outlines", "programme")
_SHOWN = 5
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the evidence that is not as it was.

    Attributes
    ----------
    section
        Its key in the document, or that of the definition or the rules.
    title
        What people call it.
    sentences
        How it differs, at least one.
    """

    section: str
    title: str
    sentences: tuple[str, ...]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Compare two documents of evidence, part by part.

    Parameters
    ----------
    before, after
        As :func:`geo_wealth.pipeline.evidence.gather` gives them.

    Returns
    -------
    tuple
        The parts that differ, in the order of a decision; empty when all figures are equal.
    """
    sections = sorted({*before["sections"], *after["sections"]})
    told = {
        "plan": _plan(before["plan"], after["plan"]),
        "datasets": _datasets(before["datasets"], after["datasets"]),
        "definition": _document(before, after, "definition"),
        "rules": _document(before, after, "rules"),
        **{name: _section(name, before, after) for name in sections},
        "outlines": _outlines(before.get("outlines", {}), after.get("outlines", {})),
        "programme": _programme(before["programme"], after["programme"]),
        "other": _figures(_rest(before), _rest(after)),
    }
    order = [*TITLES, *sorted(set(told) - set(TITLES))]
    return tuple(
        Change(name, TITLES.get(name, name.capitalize()), sentences)
        for name in order
        if (sentences := tuple(told.get(name, ())))
    )


def _rest(document: Mapping[str, Any]) -> dict[str, Any]:
    """Leave what no part tells of, such as whether it is sample data."""
    return {key: value for key, value in document.items() if key not in _TOLD}


def matters(found: Iterable[Change]) -> bool:
    """Tell whether anything but the version of the programme differs."""
    return any(change.section != "programme" for change in found)


def _plan(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = set(before["areas"]), set(after["areas"])
    if new - old:
        yield f"Added to the pilot: {', '.join(sorted(new - old))}."
    if old - new:
        yield f"Taken out of the pilot: {', '.join(sorted(old - new))}."
    rest = [{k: v for k, v in each.items() if k != "areas"} for each in (before, after)]
    yield from _figures(*rest)


def _datasets(before: list[Any], after: list[Any]) -> Iterator[str]:
    old, new = ({row["key"]: row for row in rows} for rows in (before, after))
    for kind in sorted({row["kind"] for row in (*before, *after)}):
        gone = [row["title"] for key, row in old.items() if row["kind"] == kind and key not in new]
        come = [row["title"] for key, row in new.items() if row["kind"] == kind and key not in old]
        if gone and come:
            yield f"{kind.capitalize()}: {', '.join(gone)} was replaced by {', '.join(come)}."
        elif gone:
            yield f"{kind.capitalize()}: {', '.join(gone)} is no longer used."
        elif come:
            yield f"{kind.capitalize()}: {', '.join(come)} was added."
    for key in sorted(old.keys() & new.keys()):
        if old[key] != new[key]:
            yield f"{new[key]['title']} is the same file, described otherwise."


def _document(before: Mapping[str, Any], after: Mapping[str, Any], kind: str) -> Iterator[str]:
    old, new = (each["documents"][kind] for each in (before, after))
    if (old["slug"], old["hash"]) != (new["slug"], new["hash"]):
        yield (
            f"{new['title']} is in version {new['version']}; it was {old['title']}, "
            f"version {old['version']}."
        )


def _section(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = (each["sections"].get(name) for each in (before, after))
    if old is None:
        yield "It could not be worked out then, and can be now."
    elif new is None:
        why = after.get("absent", {}).get(name)
        yield "It can no longer be worked out" + (f": {why}" if why else ".")
    elif name == "ranking":
        yield from _ranking(old, new, set(after["plan"]["areas"]))
    else:
        yield from _figures(old["results"], new["results"])
        if old["results"] == new["results"] and old["inputs"] != new["inputs"]:
            yield "Its figures are equal, and what they are worked out from differs."


def _ranking(old: Mapping[str, Any], new: Mapping[str, Any], pilot: set[str]) -> Iterator[str]:
    names = {
        area["code"]: area["name"] for area in (*old["inputs"]["areas"], *new["inputs"]["areas"])
    }
    was, now = (
        {area["code"]: area["rank"] for area in each["results"]["areas"]} for each in (old, new)
    )
    moved = sorted(code for code in {*was, *now} if was.get(code) != now.get(code))
    if moved:
        have = "has" if len(moved) == 1 else "have"
        yield f"{len(moved):,} of {len(names):,} neighbourhoods {have} another rank."
    inside = [code for code in moved if code in pilot]
    for code in inside:
        yield f"{names[code]} in the pilot ranks {_rank(now, code)}; it ranked {_rank(was, code)}."
    if moved and not inside:
        yield "None of them is in the pilot."
    if not moved and old["results"]["areas"] != new["results"]["areas"]:
        yield "Scores differ, and every neighbourhood has the rank that it had."
    elif old["results"] == new["results"] and old["inputs"] != new["inputs"]:
        yield "What the ranks are worked out from differs, and no rank or score does."
    elif not moved and old["results"] != new["results"]:
        yield "Ranks and scores are equal; what would put other areas before the pilot's differs."


def _rank(ranks: Mapping[str, int], code: str) -> str:
    return str(ranks[code]) if code in ranks else "nowhere, for lack of data"


def _outlines(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    other = sum(before.get(code) != after.get(code) for code in {*before, *after})
    if other:
        yield f"{other:,} neighbourhoods are drawn otherwise."


def _programme(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before != after:
        yield (
            f"The evidence was gathered by version {before['version']} and would be gathered by "
            f"version {after['version']} now."
        )


def _figures(before: Any, after: Any) -> Iterator[str]:
    """Say how many figures differ, and the first of them."""
    old, new = dict(_flat(before)), dict(_flat(after))
    other = [p for p in dict.fromkeys([*old, *new]) if old.get(p, _MISSING) != new.get(p, _MISSING)]
    if not other:
        return
    differ = "differs" if len(other) == 1 else "differ"
    yield f"{len(other):,} of {len({*old, *new}):,} figures {differ}."
    for path in other[:_SHOWN]:
        yield f"{path}: was {_told(old, path)}, is {_told(new, path)}."


def _told(figures: Mapping[str, Any], path: str) -> str:
    if path not in figures:
        return "absent"
    value = figures[path]
    return (
        "not known" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    )


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Walk to every figure; members of a list that have a code go by it, not by their place."""
    if isinstance(value, Mapping):
        for key in value:
            yield from _flat(value[key], f"{path} {key}".strip())
    elif isinstance(value, list | tuple):
        for place, each in enumerate(value, start=1):
            key = each.get("code") if isinstance(each, Mapping) else None
            yield from _flat(each, f"{path} {key or place}".strip())
    else:
        yield path, value
