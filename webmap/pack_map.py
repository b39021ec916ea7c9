"""The maps of a decision pack: outlines as plain SVG, which prints and needs no script."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webmap.classes import Classes

Ring = Sequence[Sequence[float]]

WIDTH = 1000.0
_MARGIN = 12.0
_AROUND = 0.35  # of its own size is shown on each side of the pilot area in the close map


@dataclass(frozen=True, slots=True)
class Shape:
    """One area ready to draw: ``path`` in the units of the picture, ``mark`` a number or none."""

    code: str
    path: str
    fill: str
    pilot: bool
    compared: bool
    x: float
    y: float
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A map: its size in units, its shapes with those of the pilot last, and a scale bar."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    bar_km: float
    bar: float


def picture(
    outlines: Mapping[str, Any],
    scores: Mapping[str, float],
    classes: Classes,
    pilot: Sequence[str],
    compared: Iterable[str] = (),
    *,
    close: bool = False,
) -> Picture | None:
    """Draw a district, or its pilot area and what is around it.

    Parameters
    ----------
    outlines
        GeoJSON geometry in WGS84 by code.
    scores
        By code; areas without one are hatched.
    pilot
        Codes in the order of the table: the close map gives each its number.
    compared
        Codes of comparison areas, which are drawn with a broken outline.

    Returns
    -------
    Picture or None
        None where no outline is known.
    """
    shown = [code for code in pilot if code in outlines] if close else list(outlines)
    if not shown:
        return None
    frame = _Frame.around([point for code in shown for point in _points(outlines[code])], close)
    others = set(compared)
    shapes = [
        Shape(
            code=code,
            path=frame.path(geometry),
            fill=classes.colour(scores.get(code)),
            pilot=code in pilot,
            compared=code in others,
            **frame.middle(geometry),
            mark=str(pilot.index(code) + 1) if close and code in pilot else None,
        )
        for code, geometry in sorted(outlines.items())
        if frame.meets(geometry)
    ]
    shapes.sort(key=lambda shape: (shape.pilot, shape.compared, shape.code))
    kilometres = _round_length(frame.metres * 0.25 / 1000)
    return Picture(
        width=WIDTH,
        height=round(frame.height, 1),
        shapes=tuple(shapes),
        bar_km=kilometres,
        bar=round(kilometres * 1000 / frame.metres * WIDTH, 1),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """What of the world is shown: degrees east are narrowed by the latitude, north is up."""

    west: float
    north: float
    narrow: float
    scale: float
    height: float

    @classmethod
    def around(cls, points: Sequence[Sequence[float]], close: bool) -> "_Frame":
        lons, lats = [point[0] for point in points], [point[1] for point in points]
        west, east, south, north = min(lons), max(lons), min(lats), max(lats)
        narrow = math.cos(math.radians((south + north) / 2))
        if close:
            more = _AROUND * max((east - west) * narrow, north - south)
            west, east = west - more / narrow, east + more / narrow
            south, north = south - more, north + more
        scale = (WIDTH - 2 * _MARGIN) / max((east - west) * narrow, 1e-6)
        return cls(west, north, narrow, scale, (north - south) * scale + 2 * _MARGIN)

    @property
    def metres(self) -> float:
        """Metres across the picture."""
        return WIDTH / self.scale * 111_320

    def place(self, point: Sequence[float]) -> tuple[float, float]:
        """Give units right and down."""
        x = (point[0] - self.west) * self.narrow * self.scale + _MARGIN
        return x, (self.north - point[1]) * self.scale + _MARGIN

    def path(self, geometry: Mapping[str, Any]) -> str:
        """Write rings as a path."""
        return "".join(
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(self.place, ring[:-1])) + "Z"
            for ring in _rings(geometry)
        )

    def meets(self, geometry: Mapping[str, Any]) -> bool:
        """Tell whether some of it can be seen."""
        places = [self.place(point) for point in _points(geometry)]
        xs, ys = [x for x, _ in places], [y for _, y in places]
        return max(xs) > 0 and min(xs) < WIDTH and max(ys) > 0 and min(ys) < self.height

    def middle(self, geometry: Mapping[str, Any]) -> dict[str, float]:
        """Give the centre of gravity of the largest ring, for a number to stand at."""
        ring = max(_rings(geometry), key=lambda each: abs(_doubled(each)))
        places = [self.place(point) for point in ring]
        area = _doubled(places)
        if abs(area) < 1e-9:
            return {"x": round(places[0][0], 1), "y": round(places[0][1], 1)}
        sums = [0.0, 0.0]
        for (x, y), (u, v) in itertools.pairwise(places):
            cross = x * v - u * y
            sums[0] += (x + u) * cross
            sums[1] += (y + v) * cross
        return {"x": round(sums[0] / (3 * area), 1), "y": round(sums[1] / (3 * area), 1)}


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    several = geometry["type"] == "MultiPolygon"
    for polygon in geometry["coordinates"] if several else [geometry["coordinates"]]:
        yield from polygon


def _points(geometry: Mapping[str, Any]) -> Iterator[Sequence[float]]:
    for ring in _rings(geometry):
        yield from ring


def _doubled(ring: Ring) -> float:
    """Give twice the area of a closed ring, signed."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))


def _round_length(length: float) -> float:
    """Give the largest of 1, 2, 5, 10 ... that is no longer, for a scale bar."""
    power = 10.0 ** math.floor(math.log10(max(length, 1e-3)))
    return max(step * power for step in (1, 2, 5) if step * power <= max(length, power))
