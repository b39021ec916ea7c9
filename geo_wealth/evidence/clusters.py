"""Evidence of clusters and hidden pockets: from plain inputs to plain results."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from geo_wealth.clusters import GI, MORAN, Clusters, Permutations, local_clusters
from geo_wealth.contiguity import from_document
from geo_wealth.pockets import Neighbourhood, hidden_pockets, most_deprived

_DIGITS = 10  # what is beyond is the noise of the arithmetic, and differs between machines


def results(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Find clusters and hidden pockets.

    Parameters
    ----------
    inputs
        ``values`` by code (None where missing), ``neighbours`` by code, ``permutations``,
        ``seed``, ``alpha``; and for the pockets ``areas`` by code with ``ward``, ``score``,
        ``rank`` and ``residents``, ``cut_score`` and ``ranked_nationally``.

    Returns
    -------
    dict
        ``areas`` by code, ``counts`` of both classes, ``tested``, ``smallest_p``,
        ``fewest_at_smallest_p``, ``unsettled`` (codes whose q is within Monte Carlo error of
        ``alpha``), ``pockets`` (codes), ``pockets_not_known``, ``most_deprived`` (areas in
        decile 1, with or without a ward), ``without_rank``, ``without_ward`` and ``wards``.
    """
    graph = from_document(inputs["neighbours"])
    how = Permutations(inputs["permutations"], inputs["seed"], inputs["alpha"])
    values = [inputs["values"].get(code) for code in graph.codes]
    found = local_clusters(np.array(values, dtype=np.float64), graph, how)
    return {
        "areas": {code: _area(found, place) for place, code in enumerate(graph.codes)},
        "counts": {
            "moran": _counted(MORAN, found.moran_class),
            "gi": _counted(GI, found.gi_class),
        },
        "tested": found.tested,
        "smallest_p": how.smallest,
        "fewest_at_smallest_p": how.fewest(found.tested),
        "unsettled": [graph.codes[place] for place in np.flatnonzero(found.unsettled)],
        **_pockets(inputs),
    }


def _area(found: Clusters, place: int) -> dict[str, Any]:
    return {
        "moran_class": found.moran_class[place],
        "gi_class": found.gi_class[place],
        "moran": _number(found.moran[place]),
        "gi": _number(found.gi[place]),
        "p": _number(found.p[place]),
        "q": _number(found.q[place]),
    }


def _counted(classes: Mapping[str, str], found: tuple[str, ...]) -> dict[str, int]:
    counted = Counter(found)
    return {name: counted[name] for name in classes}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), _DIGITS)


def _pockets(inputs: Mapping[str, Any]) -> dict[str, Any]:
    areas = {code: Neighbourhood(**row) for code, row in sorted(inputs["areas"].items())}
    n = inputs["ranked_nationally"]
    pockets, wards = hidden_pockets(areas, inputs["cut_score"], n)
    return {
        "pockets": [code for code, hidden in pockets.items() if hidden],
        "pockets_not_known": [code for code, hidden in pockets.items() if hidden is None],
        "most_deprived": sum(most_deprived(area, n) is True for area in areas.values()),
        "without_rank": sum(area.rank is None for area in areas.values()),
        "without_ward": sum(area.ward is None for area in areas.values()),
        "wards": {
            code: {
                "lsoas": ward.lsoas,
                "average_score": None
                if ward.average_score is None
                else round(ward.average_score, _DIGITS),
                "most_deprived": ward.most_deprived,
                "average_reaches": ward.average_reaches,
            }
            for code, ward in wards.items()
        },
    }
