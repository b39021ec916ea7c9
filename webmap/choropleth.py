"""Rows to a folium map inside our own page: geometry once, scores as JSON, popups by script.

Nothing that a file or a person wrote is handed to folium's templates as text: names stay in
the page's table and in JSON, and our script writes them with ``textContent``.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import folium
from branca.element import MacroElement
from jinja2 import Template
from jinja2.utils import htmlsafe_json_dumps

from geo_wealth.config import Settings
from webmap.classes import Classes

OUTLINE = "#0b0c0c"


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A place that a script marks: ``kind`` is supplier, anchor, asset or place."""

    kind: str
    name: str
    longitude: float
    latitude: float
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MapState:
    """What our script needs besides geometry.

    Attributes
    ----------
    values
        The value of each area by code; None is "no data".
    names
        The name of each area by code.
    legend
        The classes of the values, light to dark.
    selected
        Codes of the areas that the page is about.
    points
        Places to mark at once.
    layers
        Address of each layer of points that can be switched on, by kind.
    links
        Where a click on an area leads, with ``{code}`` in it; none on the rank page.
    told
        What the label of an area says in place of its score, by code.
    """

    values: Mapping[str, float | None] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    legend: tuple[dict[str, Any], ...] = ()
    selected: tuple[str, ...] = ()
    points: tuple[MapPoint, ...] = ()
    layers: Mapping[str, str] = field(default_factory=dict)
    links: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapParts:
    """A rendered map: a container, and the script that fills it (it needs a nonce)."""

    container: str
    script: str


class PlainMap(folium.Map):
    """A folium map that refers to no other host; the page links Leaflet itself."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  (folium declares it so)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class Handover(MacroElement):
    """Hands the map, its layer and the state to our static script.

    branca compiles what a macro printed as a template once more, so a name with ``{{`` in it
    would run on the server: no text of a publisher may pass through here. The macro prints a
    mark, and :func:`render` puts the state in its place when all templates are done.
    """

    MARK = "GEO_WEALTH_MAP_STATE"

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "geoWealthMap.attach({{ this.map.get_name() }}, {{ this.layer.get_name() }}, "
        "{{ this.MARK }});"
        "{% endmacro %}"
    )

    def __init__(self, map_: PlainMap, layer: folium.GeoJson) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Handover"
        self.map = map_
        self.layer = layer


def legend_of(classes: Classes) -> tuple[dict[str, Any], ...]:
    """Describe classes for the script and the API."""
    return tuple(asdict(item) for item in classes.items)


def render(
    features: Mapping[str, Any], state: MapState, settings: Settings | None = None
) -> MapParts:
    """Draw areas with folium.

    Parameters
    ----------
    features
        A GeoJSON FeatureCollection in WGS84; of the properties only ``code`` travels.
    state
        Values, legend, points.
    settings
        Names the basemap, where there is one.
    """
    drawn = PlainMap(
        tiles=_tiles(settings), zoom_control=True, attributionControl=False, zoomSnap=0.25
    )
    layer = folium.GeoJson(_bare(features), name="areas", control=False)
    layer.add_to(drawn)
    Handover(drawn, layer).add_to(drawn)
    root: Any = drawn.get_root()
    root.render()
    told = str(htmlsafe_json_dumps(asdict(state)))
    script = root.script.render().replace(Handover.MARK, told, 1)
    return MapParts(container=root.html.render(), script=script)


def _bare(features: Mapping[str, Any]) -> dict[str, Any]:
    """Leave only geometry and code."""
    slim: Sequence[dict[str, Any]] = [
        {
            "type": "Feature",
            "properties": {"code": feature["properties"]["code"]},
            "geometry": feature["geometry"],
        }
        for feature in features["features"]
    ]
    return {"type": "FeatureCollection", "features": slim}


def _tiles(settings: Settings | None) -> folium.TileLayer | None:
    if settings is None or not settings.tile_url:
        return None
    return folium.TileLayer(
        tiles=settings.tile_url,
        attr=inert(settings.tile_attribution or "basemap"),
        control=False,
        opacity=0.6,
    )


def inert(text: str) -> str:
    """Escape text that folium prints: as HTML, and so that no template literal can begin.

    ``html.escape`` is not enough: a backtick or ``${`` runs inside folium's own literals, and
    braces inside the templates that branca makes of what folium printed.
    """
    escaped = html.escape(text)
    for character in "\\`${}":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return escaped
