"""Evidence: sections of plain JSON, each with its inputs and what follows from them.

Every section is a document ``{"inputs": ..., "results": ...}``, and its module has one pure
function ``results(inputs)``. The pipeline gathers inputs and asks for the results; ``verify``
asks again, years later and without a database, and compares. No number has a second way.
"""

from importlib import import_module

from geo_wealth.evidence.section import Results

SECTIONS = ("ranking", "robustness", "clusters", "drawing", "comparison", "effect")
"""Names of the sections, in the order in which a reader meets them."""


def results_of(name: str) -> Results:
    """Give the function that works a section out; its libraries are loaded only now."""
    results: Results = import_module(f"geo_wealth.evidence.{name}").results
    return results
