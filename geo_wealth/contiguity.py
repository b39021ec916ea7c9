"""Which areas touch: the graph that clusters, pilot areas and rings are read from."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Contiguity:
    """Queen contiguity of n areas: they touch when they share an edge or a corner.

    Attributes
    ----------
    codes
        (n,) in the order that positions refer to.
    neighbours
        (n,) positions of the areas that touch each, ascending; empty for an island.
    """

    codes: tuple[str, ...]
    neighbours: tuple[tuple[int, ...], ...]

    def components(self, places: Iterable[int] | None = None) -> list[list[int]]:
        """Part areas (all, or those at ``places``) into connected sets, the largest first.

        Sets of one size come in the order of their first area; positions ascend in each.
        """
        left = set(range(len(self.codes)) if places is None else places)
        found = []
        while left:
            edge = [min(left)]
            left.discard(edge[0])
            part = set(edge)
            while edge:
                near = left.intersection(self.neighbours[edge.pop()])
                left -= near
                part |= near
                edge.extend(near)
            found.append(sorted(part))
        return sorted(found, key=lambda part: (-len(part), part[0]))

    def connected(self, places: Iterable[int]) -> bool:
        """Tell whether one can walk between any two of these areas through them alone."""
        return len(self.components(places)) == 1

    def ring(self, places: Iterable[int]) -> list[int]:
        """List the areas that touch these and are not among them."""
        inside = set(places)
        return sorted({other for place in inside for other in self.neighbours[place]} - inside)

    def document(self) -> dict[str, list[str]]:
        """Give the graph by code, ready for JSON."""
        return {
            code: [self.codes[other] for other in near]
            for code, near in zip(self.codes, self.neighbours, strict=True)
        }


def contiguity(codes: Sequence[str], shapes: Sequence[Any]) -> Contiguity:
    """Find which areas touch.

    Parameters
    ----------
    codes
        (n,) each once.
    shapes
        (n,) polygons whose shared edges have the same vertices, as publishers draw them.
    """
    import geopandas  # noqa: PLC0415  (slow to import, and seldom needed)
    from libpysal.graph import Graph  # noqa: PLC0415  (as above)

    if len(codes) < 2:
        return Contiguity(tuple(codes), ((),) * len(codes))
    frame = geopandas.GeoSeries(list(shapes), index=list(codes))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there are islands: they are told by their row
        graph = Graph.build_contiguity(frame, rook=False)
    position = {code: place for place, code in enumerate(codes)}
    touching: list[set[int]] = [set() for _ in codes]
    for one, other, weight in graph.adjacency.reset_index().itertuples(index=False):
        if weight > 0 and one != other:
            touching[position[one]].add(position[other])
    return Contiguity(tuple(codes), tuple(tuple(sorted(near)) for near in touching))


def from_document(document: Mapping[str, Sequence[str]]) -> Contiguity:
    """Read back what :meth:`Contiguity.document` gave."""
    codes = tuple(document)
    position = {code: place for place, code in enumerate(codes)}
    return Contiguity(
        codes, tuple(tuple(sorted(position[other] for other in near)) for near in document.values())
    )
