"""Small maps to draw pilot areas on, and the best area found by trying every set."""

from itertools import combinations

import numpy as np

from geo_wealth.contiguity import from_document
from geo_wealth.drawing.ground import Ground, Place
from geo_wealth.drawing.request import DrawRequest

SIDE = 1_000.0
"""Metres from a square of the map to the next."""


def place(code: str, x: int, y: int, residents: int | None, score: float | None) -> Place:
    why_not = None if residents is not None and score is not None else "no score"
    return Place(
        code=code,
        name=f"Square {code}",
        ward_code=f"W{y}",
        ward_name=f"Row {y}",
        residents=residents,
        rank=None if score is None else 1,
        score=score,
        index_score=20.0,
        index_rank=1 if score and score > 0.85 else 20_000,
        x=x * SIDE,
        y=y * SIDE,
        area_m2=SIDE**2,
        perimeter_m=4 * SIDE,
        why_not=why_not,
    )


def grid(rows: list[list[tuple[int | None, float | None]]]) -> Ground:
    """A map of squares; those that share a side or a corner touch. Codes are A0, A1, B0..."""
    cells = {(x, y): cell for y, row in enumerate(rows) for x, cell in enumerate(row)}
    places = [place(f"{chr(65 + y)}{x}", x, y, *cell) for (x, y), cell in cells.items()]
    spots = list(cells)
    shared = [
        tuple(
            (at, SIDE if abs(x - a) + abs(y - b) == 1 else 0.0)
            for at, (a, b) in enumerate(spots)
            if max(abs(x - a), abs(y - b)) == 1
        )
        for x, y in spots
    ]
    return Ground(tuple(places), tuple(shared), "imd2025", 33_755, "Census 2021")


def by_trying_all(ground: Ground, request: DrawRequest) -> tuple[str, ...]:
    """Give the codes of the best set by trying all 2**n; none where no set is allowed."""
    free = [at for at, each in enumerate(ground.places) if each.why_not is None]
    graph = from_document(ground.contiguity().document())
    sums = {name: np.zeros(1, dtype=np.int64) for name in ("reach", "people")}
    for at in free:
        each = ground.places[at]
        for name, amount in (("reach", each.value), ("people", each.residents)):
            sums[name] = np.concatenate([sums[name], sums[name] + amount])
    fits = np.flatnonzero(sums["people"] <= request.cap)
    fits = fits[np.lexsort((sums["people"][fits], -sums["reach"][fits]))]
    best: tuple[int, int, tuple[str, ...]] | None = None
    for mask in fits[fits > 0]:
        found = int(-sums["reach"][mask]), int(sums["people"][mask])
        if best is not None and found > best[:2]:
            break
        chosen = [at for bit, at in enumerate(free) if mask >> bit & 1]
        codes = tuple(ground.places[at].code for at in chosen)
        if keeps(ground, request, chosen, codes) and graph.connected(chosen):
            best = min(best, (*found, codes)) if best else (*found, codes)
    return best[2] if best else ()


def keeps(ground: Ground, request: DrawRequest, chosen: list[int], codes: tuple[str, ...]) -> bool:
    across = request.across
    return (
        set(request.include) <= set(codes)
        and not set(request.exclude) & set(codes)
        and (
            across is None
            or all(ground.apart(one, other) <= across for one, other in combinations(chosen, 2))
        )
    )
