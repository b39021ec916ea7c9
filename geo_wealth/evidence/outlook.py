"""What could be seen of a pilot, as evidence: each outcome's past before the start."""

from collections.abc import Mapping
from typing import Any

from geo_wealth.evidence import effect


def results(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Say of each outcome how it moved before the start, and how large an effect could be seen.

    Parameters
    ----------
    inputs
        What all outcomes share, as :func:`geo_wealth.evidence.effect.results` takes it, with
        ``measures``: of each outcome ``measure``, ``periods`` and ``series``.

    Returns
    -------
    dict
        ``measures``: for each outcome what :func:`geo_wealth.evidence.effect.results` gives of a
        pilot that has not begun.
    """
    shared = {name: value for name, value in inputs.items() if name != "measures"}
    return {
        "measures": [effect.results({**shared, **one, "start": None}) for one in inputs["measures"]]
    }
