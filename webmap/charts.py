"""Lines over periods and bars of balance as SVG: pure functions, no script, no style.

Lines differ by dashes and marks as well as colour, and stay apart in grey. Across, places are
percentages of the element, which may be as wide as the screen allows; nothing is stretched but
the lines themselves, whose width is kept.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

INK, QUIET = "#0b0c0c", "#505a5f"
KINDS = {
    "pilot": ("#223871", "3", ""),
    "comparison": ("#8a4200", "2.5", "9 5"),
    "synthetic": ("#505a5f", "2", "2 4"),
}
"""Colour, width and dashes of each kind of line."""

_TOP, _HEIGHT, _FOOT = 26, 230, 26
_LEFT, _RIGHT = 8.0, 96.0
_TICKS = 5
_LABELS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: ``kind`` is one of :data:`KINDS`, one value for each period."""

    kind: str
    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    step: float
    count: int

    def x(self, place: float) -> float:
        """Give percent from the left."""
        return _LEFT + (_RIGHT - _LEFT) * (place / max(self.count - 1, 1))

    def y(self, value: float) -> float:
        """Give pixels from the top."""
        return _TOP + _HEIGHT * (self.high - value) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """List the values with a line across."""
        first, last = (round(end / self.step) for end in (self.low, self.high))
        return [place * self.step for place in range(first, last + 1)]


def chart(
    slug: str,
    title: str,
    periods: Sequence[str],
    lines: Sequence[Line],
    start: int | None = None,
    band: Sequence[float] | None = None,
) -> Markup:
    """Draw lines over periods, with the start marked between two of them.

    Parameters
    ----------
    slug
        Makes the ids of the drawing its own in a page.
    title
        What it shows, in words: its text alternative.
    start
        Place of the first period after the start; None where there is none.
    band
        Half width of a shaded range about 0, by period.
    """
    scale = _scale(lines, band)
    parts = [
        _grid(scale),
        _band(scale, band),
        _start(scale, start),
        *(_line(scale, line) for line in lines),
        _labels(scale, periods),
    ]
    return Markup(
        '<svg class="gw-chart" width="100%" height="{height}" role="img" '
        'aria-labelledby="{slug}-title" focusable="false"><title id="{slug}-title">{title}</title>'
        "{parts}</svg>"
    ).format(slug=slug, title=title, height=_TOP + _HEIGHT + _FOOT, parts=Markup("").join(parts))


def sample(kind: str) -> Markup:
    """Draw the sample of a line that a legend shows beside its name."""
    colour, width, dashes = KINDS[kind]
    return Markup(
        '<svg class="gw-swatch" width="34" height="16" aria-hidden="true" focusable="false">'
        '<line x1="1" x2="33" y1="8" y2="8" stroke="{colour}" stroke-width="{width}"{dashes}/>'
        "{mark}</svg>"
    ).format(
        colour=colour,
        width=width,
        dashes=_dashes(dashes),
        mark=Markup('<circle cx="17" cy="8" r="4" fill="{0}"/>').format(colour)
        if kind == "pilot"
        else "",
    )


def balance_bar(before: float | None, after: float | None, widest: float, far: float) -> Markup:
    """Draw a difference before (hollow) and after matching (full); the table says it in words.

    Parameters
    ----------
    widest
        Standard deviations that fill the bar.
    far
        Standard deviations at which a line stands.
    """
    bar = Markup(
        '<rect x="0" y="{y}" width="{width}%" height="{height}" fill="{fill}" stroke="{ink}"/>'
    )
    parts = []
    if before is not None:
        parts.append(
            bar.format(y=2, width=_share(before, widest), height=12, fill="#ffffff", ink=QUIET)
        )
    if after is not None:
        parts.append(
            bar.format(y=5, width=_share(after, widest), height=6, fill="#223871", ink=INK)
        )
    parts.append(
        Markup(
            '<line x1="{x}%" x2="{x}%" y1="0" y2="16" stroke="#8a4200" stroke-width="2"/>'
        ).format(x=_share(far, widest))
    )
    return Markup(
        '<svg class="gw-small-bar" width="100%" height="16" aria-hidden="true" focusable="false">'
        "{parts}</svg>"
    ).format(parts=Markup("").join(parts))


def _share(value: float, widest: float) -> str:
    return _number(min(100 * abs(value) / widest, 100.0) if widest else 0.0)


def _scale(lines: Sequence[Line], band: Sequence[float] | None) -> _Scale:
    values = [value for line in lines for value in line.values]
    values += [each for half in band or () for each in (half, -half)]
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 1, high + 1
    step = _step((high - low) / _TICKS)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return _Scale(low, high, step, max(len(line.values) for line in lines))


def _step(wanted: float) -> float:
    """Give the least of 1, 2, 2.5 and 5 times a power of ten that is as large."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(part * power for part in (1, 2, 2.5, 5, 10) if part * power >= wanted * (1 - 1e-9))


def _grid(scale: _Scale) -> Markup:
    line = Markup(
        '<line x1="{x1}%" x2="{x2}%" y1="{y}" y2="{y}" stroke="{colour}"/>'
        '<text x="0" y="{text}" font-size="14" fill="#484949">{label}</text>'
    )
    per, suffix = _unit(max(abs(scale.low), abs(scale.high)))
    step = scale.step / per
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if round(step * 10**decimals, 6) % 1:
        decimals += 1
    return Markup("").join(
        line.format(
            x1=_number(_LEFT),
            x2=_number(_RIGHT + 2),
            y=_number(scale.y(tick)),
            text=_number(scale.y(tick) + 5),
            colour="#cecece",
            label=f"{tick / per + 0.0:,.{decimals}f}{suffix if tick else ''}".replace("-", "−"),
        )
        for tick in scale.ticks()
    )


def _unit(largest: float) -> tuple[float, str]:
    """Give what labels count in, so that they stay short: 400k, 1.5m."""
    if largest >= 1e6:
        return 1e6, "m"
    return (1e3, "k") if largest >= 1e4 else (1.0, "")


def _band(scale: _Scale, band: Sequence[float] | None) -> Markup:
    if band is None:
        return Markup("")
    zero = Markup('<line x1="{0}%" x2="{1}%" y1="{2}" y2="{2}" stroke="{3}"/>').format(
        _number(_LEFT), _number(_RIGHT + 2), _number(scale.y(0)), INK
    )
    upper = [(place, half) for place, half in enumerate(band)]
    lower = [(place, -half) for place, half in reversed(upper)]
    drawn = _inner(
        Markup('<polygon points="{points}" fill="#e3e6ea" stroke="{ink}" stroke-width="1" '
               'stroke-dasharray="1 3" vector-effect="non-scaling-stroke"/>').format(
            points=_points(scale, upper + lower), ink=QUIET
        ),
    )  # fmt: skip
    return drawn + zero


def _start(scale: _Scale, start: int | None) -> Markup:
    if start is None:
        return Markup("")
    at = scale.x(start - 0.5)
    return Markup(
        '<line x1="{x}%" x2="{x}%" y1="{top}" y2="{end}" stroke="{ink}" stroke-width="1.5" '
        'stroke-dasharray="6 3"/><text x="{x}%" y="14" font-size="15" font-weight="bold" '
        'text-anchor="{anchor}">start</text>'
    ).format(
        x=_number(at),
        top=18,
        end=_TOP + _HEIGHT,
        ink=INK,
        anchor="end" if at > 85 else "middle",
    )


def _line(scale: _Scale, line: Line) -> Markup:
    colour, width, dashes = KINDS[line.kind]
    drawn = Markup(
        '<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"{dashes} '
        'vector-effect="non-scaling-stroke"/>'
    ).format(
        points=_points(scale, list(enumerate(line.values))),
        colour=colour,
        width=width,
        dashes=_dashes(dashes),
    )
    marks = Markup("").join(
        Markup('<circle cx="{x}%" cy="{y}" r="3.5" fill="{colour}"/>').format(
            x=_number(scale.x(place)), y=_number(scale.y(value)), colour=colour
        )
        for place, value in enumerate(line.values)
        if line.kind == "pilot"
    )
    return _inner(drawn) + marks


def _inner(drawn: Markup) -> Markup:
    """Stretch what is drawn in thousandths of the width over the whole of it."""
    return Markup(
        '<svg x="0" y="0" width="100%" height="{height}" viewBox="0 0 1000 {height}" '
        'preserveAspectRatio="none">{drawn}</svg>'
    ).format(height=_TOP + _HEIGHT + _FOOT, drawn=drawn)


def _points(scale: _Scale, places: Sequence[tuple[int, float]]) -> str:
    return " ".join(
        f"{_number(10 * scale.x(place))},{_number(scale.y(value))}" for place, value in places
    )


def _labels(scale: _Scale, periods: Sequence[str]) -> Markup:
    """Name the first and the last period, and as many between as there is room for."""
    every = max(1, math.ceil((len(periods) - 1) / (_LABELS - 1)))
    shown = list(range(0, len(periods), every))
    last = len(periods) - 1
    if shown[-1] != last:
        shown = [place for place in shown if last - place >= every] + [last]
    text = Markup(
        '<text x="{x}%" y="{y}" font-size="14" fill="#484949" text-anchor="{anchor}"{narrow}>'
        "{label}</text>"
    )
    return Markup("").join(
        text.format(
            x=_number(scale.x(place)),
            y=_TOP + _HEIGHT + 20,
            anchor="end" if place == last and last else "middle" if place else "start",
            narrow=Markup("") if place in {0, last} else Markup(' class="gw-chart__between"'),
            label=periods[place],
        )
        for place in shown
    )


def _dashes(dashes: str) -> Markup:
    return Markup(' stroke-dasharray="{0}"').format(dashes) if dashes else Markup("")


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
