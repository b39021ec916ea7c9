"""Numbers as evidence states them: to ten significant digits, the same on any machine."""

from typing import Any

import numpy as np


def to_digits(document: Any) -> Any:
    """Round every float, within dicts and lists, to ten significant digits.

    Processors add in different orders, and so differ in the sixteenth.
    """
    if isinstance(document, dict):
        return {key: to_digits(value) for key, value in document.items()}
    if isinstance(document, list | tuple | np.ndarray):
        return [to_digits(value) for value in document]
    return float(f"{document:.10g}") if isinstance(document, float) else document
