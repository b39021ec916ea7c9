"""Evidence: sections of plain JSON, each with its inputs and what follows from them.

Every section is a document ``{"inputs": ..., "results": ...}``, and its module has one pure
function ``results(inputs)``. The pipeline gathers inputs and asks for the results; ``verify``
asks again, years later and without a database, and compares. No number has a second way.
"""
