"""Longitude and latitude, or easting and northing, to points in EPSG:27700."""

from functools import cache

import numpy as np
import pyproj
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Great Britain with its islands and territorial waters, in metres and in degrees.
_EASTINGS = (0.0, 700_000.0)
_NORTHINGS = (0.0, 1_300_000.0)
_LONGITUDES = (-9.5, 2.5)
_LATITUDES = (49.0, 61.5)


@cache
def _transformer() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(4326, 27700, always_xy=True)


def to_grid(longitudes: Floats, latitudes: Floats) -> tuple[Floats, Floats]:
    """Turn WGS84 degrees into metres of EPSG:27700, rounded to a decimetre.

    Points outside Great Britain, and those without both numbers, become NaN.
    """
    good = _within(longitudes, _LONGITUDES) & _within(latitudes, _LATITUDES)
    eastings = np.full(len(longitudes), np.nan)
    northings = np.full(len(longitudes), np.nan)
    if good.any():
        east, north = _transformer().transform(longitudes[good], latitudes[good])
        eastings[good], northings[good] = np.round(east, 1), np.round(north, 1)
    return on_grid(eastings, northings)


def on_grid(eastings: Floats, northings: Floats) -> tuple[Floats, Floats]:
    """Keep points within Great Britain; 0,0 and all others become NaN."""
    good = _within(eastings, _EASTINGS) & _within(northings, _NORTHINGS)
    good &= (eastings != 0) | (northings != 0)
    return np.where(good, eastings, np.nan), np.where(good, northings, np.nan)


def either(xs: Floats, ys: Floats) -> tuple[Floats, Floats]:
    """Read pairs that are degrees or metres, told apart by their size.

    The Transparency Code's ``GeoX`` and ``GeoY`` hold both, depending on the council.
    """
    degrees = (np.abs(xs) <= 180) & (np.abs(ys) <= 90)
    eastings, northings = to_grid(np.where(degrees, xs, np.nan), np.where(degrees, ys, np.nan))
    grid = on_grid(np.where(degrees, np.nan, xs), np.where(degrees, np.nan, ys))
    return np.where(degrees, eastings, grid[0]), np.where(degrees, northings, grid[1])


def _within(values: Floats, limits: tuple[float, float]) -> NDArray[np.bool_]:
    return (values >= limits[0]) & (values <= limits[1])
