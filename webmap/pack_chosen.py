"""Why the areas of a pilot are these, and what else was drawn, in sentences of a decision pack."""

from collections.abc import Mapping, Sequence
from typing import Any

from geo_wealth.drawing.ground import read_ground
from geo_wealth.drawing.words import bound_text
from geo_wealth.pack.tables import names_of
from geo_wealth.pipeline.words import ordinal
from webmap import wording

Evidence = Mapping[str, Any]

FIRST = 10
"""Ranks that are said to be in front."""

_LISTED = 4  # ranks that are listed one by one
_UNIT = "residents times score"


def district(evidence: Evidence) -> str:
    """Name the district."""
    return str(evidence["sections"]["ranking"]["inputs"]["district_name"])


def chosen_facts(evidence: Evidence) -> Mapping[str, Any] | None:
    """Give the facts of the areas chosen; None where the evidence has no drawing."""
    section = evidence["sections"].get("drawing")
    return None if section is None else section["results"]["chosen"]


def same_as_best(evidence: Evidence) -> bool:
    """Tell whether the areas chosen are the best that were drawn."""
    section = evidence["sections"].get("drawing")
    best = section and section["results"]["best"]
    return bool(best) and sorted(best["codes"]) == sorted(evidence["plan"]["areas"])


def why(evidence: Evidence, ranks: Mapping[str, int], ranked: int, weights: str) -> str:
    """Say how the areas were chosen, how they rank, and by which score.

    Parameters
    ----------
    ranks
        Of the areas of the pilot that are ranked, by code.
    ranked
        How many neighbourhoods of the district are.
    weights
        In words.
    """
    told = [_how_chosen(evidence), _ranks(evidence, ranks, ranked)]
    return " ".join([*filter(None, told), f"The score weighs {weights}."])


def _how_chosen(evidence: Evidence) -> str:
    section = evidence["sections"].get("drawing")
    if section is None:
        return ""
    best = section["results"]["best"]
    if not same_as_best(evidence):
        return f"The areas were chosen by hand. {_against_best(section['results'])}".strip()
    limits = _limits(evidence, section["inputs"])
    if best["proved"]:
        return (
            f"Of all connected areas {limits}, none reaches more ({_UNIT}) with these weights: "
            "all were searched."
        )
    bound = best["at_most_better"]
    more = "" if bound is None else f", by at most {bound_text(bound)}"
    return (
        f"Of the connected areas {limits} that were searched, none reaches more ({_UNIT}) with "
        f"these weights. The search ended before proof: another may reach more{more}."
    )


def _against_best(found: Mapping[str, Any]) -> str:
    """Set areas chosen by hand against the best that was drawn."""
    if found["best"] is None:
        return "No area could be drawn under the limits to set them against."
    ours, most = found["chosen"]["reach"], found["best"]["reach"]
    if ours is None or most <= 0:
        return "How much they reach against the best area drawn is not known."
    limits = "though they do not keep to its limits" if found["findings"] else "of the same limits"
    return f"They reach {_less(ours, most)} ({_UNIT}) than the best area drawn, {limits}."


def _less(reach: float, most: float) -> str:
    less = 100 * (1 - reach / most)
    return f"{abs(less):.1f} % {'less' if less >= 0 else 'more'}"


def _limits(evidence: Evidence, inputs: Mapping[str, Any]) -> str:
    """Say where the area had to be, and within which limits."""
    request, names = inputs["request"], names_of(evidence)
    parts = [f"in {inputs['within_name'] or district(evidence)}"]
    across = request["across"]
    wide = "" if across is None else f" and {wording.metres(across)} across"
    parts.append(f"with at most {request['cap']:,} residents{wide}")
    for word, codes in (("with", request["include"]), ("without", request["exclude"])):
        if codes:
            parts.append(f"{word} {wording.listed([names[code][0] for code in codes])} in it")
    return " ".join(parts)


def _ranks(evidence: Evidence, ranks: Mapping[str, int], ranked: int) -> str:
    areas = len(evidence["plan"]["areas"])
    first = [code for code, rank in ranks.items() if rank <= FIRST]
    others = sorted(rank for rank in ranks.values() if rank > FIRST)
    if not ranks:
        return "None of them is ranked, for lack of data."
    if areas == 1:
        return f"It ranks {ordinal(min(ranks.values()))} of {ranked}."
    if len(first) == areas:
        every = "Both" if areas == 2 else f"All {wording.number_in_words(areas)}"
        return f"{every} rank in the first {FIRST} of {ranked}."
    if not first:
        return f"They rank {_places(others)} of {ranked}{_unranked(areas, ranks)}."
    some = wording.sentence_case(wording.number_in_words(len(first)))
    verb = "ranks" if len(first) == 1 else "rank"
    head = f"{some} of the {wording.number_in_words(areas)} {verb} in the first {FIRST} of {ranked}"
    rest = f"; {_rest(evidence, first, others)}" if others else ""
    return f"{head}{rest}{_unranked(areas, ranks)}."


def _rest(evidence: Evidence, first: Sequence[str], others: Sequence[int]) -> str:
    """Say what the areas further back are there for, where the drawing tells."""
    section = evidence["sections"].get("drawing")
    number = wording.number_in_words(len(others))
    one = len(others) == 1
    if section is None or not same_as_best(evidence) or section["inputs"]["request"]["include"]:
        return f"{number} {'ranks' if one else 'rank'} {_places(others)}"
    ground = read_ground(section["inputs"]["ground"])
    fills = "fills" if one else "fill"
    does = f"{fills} the room left under the cap"
    if not ground.contiguity().connected(ground.positions(first)):
        does = f"{'joins' if one else 'join'} them up or {does}"
    return f"{number} ({_places(others)}) {does}"


def _places(ranks: Sequence[int]) -> str:
    if len(ranks) > _LISTED:
        return f"from {ordinal(min(ranks))} to {ordinal(max(ranks))}"
    return wording.listed([ordinal(rank) for rank in ranks])


def _unranked(areas: int, ranks: Mapping[str, int]) -> str:
    left = areas - len(ranks)
    verb = "is" if left == 1 else "are"
    number = wording.number_in_words(left)
    return f"; {number} {verb} not ranked, for lack of data" if left else ""


def considered(evidence: Evidence, otherwise: str) -> str:
    """Say what was drawn beside the areas chosen; ``otherwise`` where nothing could be."""
    section = evidence["sections"].get("drawing")
    if section is None:
        return otherwise
    found = section["results"]
    if found["none_because"]:
        return wording.sentence_case(str(found["none_because"]))
    if same_as_best(evidence):
        return _beside(found) or "Nothing else could be drawn under the same limits."
    return f"{_best(evidence, found)} {_beside(found)}".strip()


def _best(evidence: Evidence, found: Mapping[str, Any]) -> str:
    """Describe the best area drawn where another was chosen."""
    best = found["best"]
    shared = len(set(best["codes"]) & set(evidence["plan"]["areas"]))
    areas = len(best["codes"])
    number = wording.sentence_case(wording.number_in_words(shared)) if shared else "None"
    verb = "is" if shared in {0, 1} else "are"
    return (
        f"The best area drawn has {wording.count(areas, 'neighbourhood')} and "
        f"{best['residents']:,} residents and reaches {best['reach']:,.0f} ({_UNIT}). "
        f"{number} of them {verb} in the chosen area."
    )


def _beside(found: Mapping[str, Any]) -> str:
    """List the alternatives to the best area, with what each reaches against it."""
    others, most = found["alternatives"], found["best"]["reach"]
    if not others or most <= 0:
        return ""
    told = [
        f"{_lower(each['label'])}, which reaches {_less(each['reach'], most)}" for each in others
    ]
    number = wording.sentence_case(wording.number_in_words(len(others)))
    things = "alternative" if len(others) == 1 else "alternatives"
    return f"{number} {things} to the best area: {'; '.join(told)}."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
