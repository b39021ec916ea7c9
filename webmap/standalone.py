"""A ranking as one HTML file that works offline: scripts, styles and sources inside."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from geo_wealth.commands.output import write_whole
from geo_wealth.errors import SetupError
from geo_wealth.indicators import INDICATORS
from geo_wealth.pipeline.words import context_line
from geo_wealth.queries.rows import Ranking
from webmap.choropleth import MapState, legend_of, render
from webmap.filters import RankFilters
from webmap.ranked import names, score_classes, scores, table, units_of
from webmap.static_files import STATIC
from webmap.templating import STANDARD_ATTRIBUTIONS

_IMAGES = re.compile(r"url\([^)]*\)")


def standalone_map(
    ranking: Ranking,
    features: Mapping[str, Any],
    path: Path,
    *,
    attributions: Sequence[str] = STANDARD_ATTRIBUTIONS,
) -> None:
    """Write the map and the table of a ranking to a file that asks nothing of any host.

    Parameters
    ----------
    ranking
        What to show.
    features
        Its areas as GeoJSON in WGS84.
    path
        Where to write; replaced whole, or not at all.
    attributions
        The sources to credit.

    Raises
    ------
    SetupError
        When Leaflet has not been installed, or the file cannot be written.
    """
    legend = legend_of(score_classes(ranking))
    state = MapState(values=scores(ranking), names=names(ranking), legend=legend)
    drawn = render(features, state)
    scripts = [_static("vendor/leaflet/leaflet.js"), _static("map.js"), drawn.script]
    styles = [_without_images(_static("vendor/leaflet/leaflet.css")), _static("standalone.css")]
    everyone = RankFilters(ranking.request, {}, top=len(ranking.areas) or 1)
    rows, left_out = table(ranking, everyone)
    text = (
        _environment()
        .get_template("standalone.html")
        .render(
            ranking=ranking,
            context=context_line(ranking),
            map=drawn,
            legend=legend,
            rows=rows,
            left_out=left_out,
            scripts=scripts,
            styles=styles,
            policy=_policy(scripts, styles),
            attributions=list(attributions) or list(STANDARD_ATTRIBUTIONS),
            indicators=INDICATORS,
            units=units_of(ranking.request),
        )
    )
    write_whole(path, text)


def _static(name: str) -> str:
    path = STATIC / name
    if not path.is_file():
        raise SetupError("The front-end assets are missing: run script/bootstrap.")
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def _without_images(css: str) -> str:
    """Take out pictures of controls that the map does not use."""
    return _IMAGES.sub("none", css)


def _policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    """Allow these very scripts and styles by their hashes, and nothing else at all."""
    return (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hashes(texts: Sequence[str]) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("webmap", "templates"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = lambda value, digits: f"{value:,.{digits}f}"
    return made
