"""Evidence of a drawing: the areas drawn under a request, and the facts of those chosen."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from geo_wealth.drawing import words
from geo_wealth.drawing.draw import DrawnArea, draw
from geo_wealth.drawing.facts import Inside, SetFacts, set_facts
from geo_wealth.drawing.ground import Ground, read_ground
from geo_wealth.drawing.request import DrawRequest
from geo_wealth.drawing.sensitivity import Scoring, Sensitivity, sensitivity
from geo_wealth.drawing.sensitivity_words import LABEL, sure_sentence
from geo_wealth.errors import InvalidRequestError
from geo_wealth.robustness import Weightings


def results(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Draw again, and work out again what the chosen areas are.

    Parameters
    ----------
    inputs
        ``ground`` (:func:`geo_wealth.drawing.ground.ground_document`), ``request``,
        ``allowed`` (codes to stay within, or None), ``chosen`` (codes), ``inside``: what
        stands in each set, by its codes joined with spaces; ``scoring``, what scores are made
        of, and ``weightings``, how they are drawn.

    Returns
    -------
    dict
        ``best`` and ``alternatives`` (None and empty with ``none_because`` where no set can
        keep to the request), ``left_out``, ``chosen`` and its ``findings``, and
        the ``sensitivity`` of the best area, and of that chosen, to the weights.
    """
    ground, request = read_ground(inputs["ground"]), read_request(inputs["request"])
    allowed = None if inputs["allowed"] is None else frozenset(inputs["allowed"])
    chosen = set_facts(ground, ground.positions(inputs["chosen"]))
    document: dict[str, Any] = {
        "chosen": facts_document(_filled(chosen, inputs)),
        "findings": words.findings(chosen, request, allowed),
        "best": None,
        "alternatives": [],
        "left_out": [],
        "none_because": None,
        "sensitivity": None,
    }
    try:
        drawn = draw(ground, request, allowed)
    except InvalidRequestError as error:
        return document | {"none_because": str(error)}
    return document | {
        "best": _area(drawn.best, inputs),
        "alternatives": [_area(area, inputs) for area in drawn.alternatives],
        "left_out": [asdict(area) for area in drawn.left_out],
        "sensitivity": _sensitivity(
            sensitivity(
                ground,
                request,
                allowed,
                read_scoring(inputs["scoring"]),
                Weightings(**inputs["weightings"]),
            ),
            drawn.best.facts.codes,
            chosen.codes,
        ),
    }


def sensitivity_document(found: Sensitivity, codes: Sequence[str]) -> dict[str, Any]:
    """Give how far the best area depends on the weights, and how a set stands, as plain JSON."""
    return {
        "what": LABEL,
        **asdict(found.how),
        "standard_error_at_most": 0.5 / math.sqrt(found.how.draws),
        "sets": found.sets,
        "unproved": found.unproved,
        "different_best": len(found.winners),
        "in_best_area": found.shares,
        **asdict(found.of(codes)),
        "sentence": sure_sentence(found, codes),
    }


def scoring_document(scoring: Scoring) -> dict[str, Any]:
    """Give what scores are made of as plain JSON."""
    return {
        "codes": list(scoring.codes),
        "normalised": [list(row) for row in scoring.normalised],
        "weights": list(scoring.weights),
        "aggregate": scoring.aggregate,
    }


def read_scoring(document: Mapping[str, Any]) -> Scoring:
    """Read back what :func:`scoring_document` gave."""
    return Scoring(
        tuple(document["codes"]),
        tuple(tuple(row) for row in document["normalised"]),
        tuple(document["weights"]),
        document["aggregate"],
    )


def _sensitivity(found: Sensitivity, best: Sequence[str], chosen: Sequence[str]) -> dict[str, Any]:
    document = sensitivity_document(found, best)
    told = {"sentence": sure_sentence(found, chosen)}
    return document | {"chosen": asdict(found.of(chosen)) | told}


def sets_drawn(
    ground: Ground, request: DrawRequest, allowed: frozenset[str] | None
) -> list[tuple[str, ...]]:
    """List the codes of the areas that a request draws; none where none can be drawn."""
    try:
        drawn = draw(ground, request, allowed)
    except InvalidRequestError:
        return []
    return [area.facts.codes for area in (drawn.best, *drawn.alternatives)]


def inside_documents(inside: Mapping[Sequence[str], Inside]) -> dict[str, Any]:
    """Give what stands in sets of areas as plain JSON, by their codes."""
    return {" ".join(codes): asdict(each) for codes, each in inside.items()}


def request_document(request: DrawRequest) -> dict[str, Any]:
    """Give a request as plain JSON."""
    return {**asdict(request), "include": list(request.include), "exclude": list(request.exclude)}


def read_request(document: Mapping[str, Any]) -> DrawRequest:
    """Read back what :func:`request_document` gave."""
    lists = {name: tuple(document[name]) for name in ("include", "exclude")}
    return DrawRequest(**{**document, **lists})


def area_document(area: DrawnArea) -> dict[str, Any]:
    """Give an area that was drawn as plain JSON."""
    return {
        "kind": area.kind,
        "label": area.label,
        "sentence": area.sentence,
        "proved": area.proved,
        "at_most_better": area.at_most_better,
        **facts_document(area.facts),
    }


def facts_document(facts: SetFacts) -> dict[str, Any]:
    """Give the facts of a set of areas as plain JSON."""
    document = {
        name: getattr(facts, name)
        for name in SetFacts.__slots__
        if name not in {"places", "parts", "wards", "inside", "without_residents"}
    }
    return document | {
        "codes": list(facts.codes),
        "areas": [
            {
                "code": place.code,
                "name": place.name,
                "ward_code": place.ward_code,
                "ward": place.ward_name,
                "rank": place.rank,
                "score": place.score,
                "residents": place.residents,
                "index_score": place.index_score,
                "index_rank": place.index_rank,
            }
            for place in facts.places
        ],
        "without_residents": list(facts.without_residents),
        "connected": facts.connected,
        "parts": [list(part) for part in facts.parts],
        "wards": [
            {"code": code, "name": name, "areas": areas} for code, name, areas in facts.wards
        ],
        "inside": None if facts.inside is None else asdict(facts.inside),
    }


def _area(area: DrawnArea, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return area_document(replace(area, facts=_filled(area.facts, inputs)))


def _filled(facts: SetFacts, inputs: Mapping[str, Any]) -> SetFacts:
    """Add what stands in a set, as it was gathered."""
    found = inputs["inside"].get(" ".join(facts.codes))
    return facts if found is None else replace(facts, inside=Inside(**found))
