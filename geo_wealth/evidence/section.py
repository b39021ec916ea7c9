"""A section of evidence: inputs, results, and the one way from these to those."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

Section = dict[str, Any]
Results = Callable[[Mapping[str, Any]], dict[str, Any]]


def section(results: Results, inputs: Mapping[str, Any]) -> Section:
    """Work out a section from inputs as they will be read back.

    Parameters
    ----------
    results
        A pure function of plain JSON.
    inputs
        Numbers, text, None, lists and dicts with text for keys; no NaN, which JSON lacks.
    """
    read_back = orjson.loads(canonical(inputs))
    return {"inputs": read_back, "results": orjson.loads(canonical(results(read_back)))}


def canonical(document: Any) -> bytes:
    """Write JSON in the one way: keys in order, floats with all their digits, no spaces."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY)
