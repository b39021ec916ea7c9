"""Bars of local, unlocated and leaked pounds as SVG: pure functions, no script, no style.

Local stands first and what is unlocated next to it, so that the end of the local part and the
end of the unlocated part are the bounds of the local share. The three differ by pattern as
well as colour, and stay apart in grey. Widths are percentages of the element, which may be as
wide as the screen allows: nothing is stretched.
"""

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from geo_wealth.spend.measure import Split

STATES = ("local", "unlocated", "leaked")
NAMES = {"local": "Local", "unlocated": "Not located", "leaked": "Leaked"}
_SOLID = "#1d5f9e"
_TOP, _HEIGHT = 34, 46
_EDGE_OF_LABEL = 8.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar: where it starts and how wide it is, in percent of the whole."""

    state: str
    start: float
    width: float


def segments(split: Split, whole: Decimal | None = None) -> tuple[Segment, ...]:
    """Lay the parts of a split side by side.

    Parameters
    ----------
    split
        What to draw; a part that is negative (net credits) has no width.
    whole
        Pounds that fill the bar; the drawn parts themselves when not given.
    """
    parts = [(state, max(getattr(split, state), Decimal(0))) for state in STATES]
    drawn = sum((pounds for _, pounds in parts), Decimal(0))
    full = drawn if whole is None else whole
    if full <= 0:
        return ()
    laid, start = [], Decimal(0)
    for state, pounds in parts:
        if pounds:
            laid.append(Segment(state, float(100 * start / full), float(100 * pounds / full)))
        start += pounds
    return tuple(laid)


def patterns() -> Markup:
    """Give the patterns that the bars of a page are filled with; once in a page."""
    return Markup(
        '<svg class="gw-patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        '<pattern id="fill-leaked" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="7" height="7" fill="#f6d7ba"/>'
        '<rect width="2.4" height="7" fill="#8a4200"/></pattern>'
        '<pattern id="fill-unlocated" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6" fill="#ffffff"/><circle cx="3" cy="3" r="0.9" '
        'fill="#505a5f"/></pattern></defs></svg>'
    )


def whole_bar(split: Split, sentence: str) -> Markup | None:
    """Draw the whole, with the bounds of the local share over it and a scale under it.

    Parameters
    ----------
    sentence
        What the bar shows, in words: its text alternative.

    Returns
    -------
    Markup or None
        None where there is no share to draw: nothing paid, or credits outweigh payments.
    """
    bounds = split.bounds
    if bounds is None:
        return None
    low, high = (100 * bound for bound in bounds)
    share = split.share_of_located
    point = None if share is None else 100 * share
    return Markup(
        '<svg class="gw-whole" width="100%" height="104" role="img" aria-labelledby="whole-title" '
        'focusable="false"><title id="whole-title">{title}</title>{range}{bar}{scale}</svg>'
    ).format(
        title=sentence,
        range=_range(low, high, point),
        bar=_rects(segments(split), _TOP, _HEIGHT),
        scale=_scale(_TOP + _HEIGHT),
    )


def small_bar(split: Split, whole: Decimal) -> Markup:
    """Draw one line of a table, as long as its part of ``whole``; the table says it in words."""
    return Markup(
        '<svg class="gw-small-bar" width="100%" height="14" aria-hidden="true" focusable="false">'
        "{bar}</svg>"
    ).format(bar=_rects(segments(split, whole), 1, 12))


def swatch(state: str) -> Markup:
    """Draw the sample of a filling that a legend shows beside its name."""
    return Markup(
        '<svg class="gw-swatch" width="26" height="17" aria-hidden="true" focusable="false">'
        '<rect x="0.5" y="0.5" width="25" height="16" fill="{fill}"/></svg>'
    ).format(fill=_fill(state))


def _fill(state: str) -> str:
    return _SOLID if state == "local" else f"url(#fill-{state})"


def _rects(parts: tuple[Segment, ...], top: int, height: int) -> Markup:
    one = Markup(
        '<rect x="{x}%" y="{y}" width="{width}%" height="{height}" fill="{fill}" '
        'stroke="#0b0c0c" stroke-width="1"/>'
    )
    return Markup("").join(
        one.format(
            x=_number(part.start),
            y=top,
            width=_number(part.width),
            height=height,
            fill=_fill(part.state),
        )
        for part in parts
    )


def _range(low: float, high: float, point: float | None) -> Markup:
    """Draw the bounds as a line with ends, and the point estimate on it with its number."""
    line = Markup('<line x1="{a}%" x2="{b}%" y1="{c}" y2="{d}" stroke="#0b0c0c" stroke-width="2"/>')
    marks = [line.format(a=_number(low), b=_number(high), c=25, d=25)]
    marks += [line.format(a=_number(end), b=_number(end), c=20, d=_TOP) for end in (low, high)]
    if point is not None:
        marks.append(
            Markup(
                '<svg x="{x}%" y="25" overflow="visible"><path d="M0 -6 6 0 0 6 -6 0Z" '
                'fill="#0b0c0c"/></svg>'
                '<text x="{x}%" y="14" font-size="16" font-weight="bold" text-anchor="{anchor}">'
                "{label}</text>"
            ).format(x=_number(point), anchor=_anchor(point), label=f"{point:.1f}\u00a0%")
        )
    return Markup("").join(marks)


def _anchor(place: float) -> str:
    """Keep a label inside the drawing: it grows inwards from either edge."""
    if place < _EDGE_OF_LABEL:
        return "start"
    return "end" if place > 100 - _EDGE_OF_LABEL else "middle"


def _scale(top: int) -> Markup:
    tick = Markup(
        '<line x1="{x}%" x2="{x}%" y1="{y1}" y2="{y2}" stroke="#505a5f"/>'
        '<text x="{x}%" y="{y}" font-size="14" fill="#484949" text-anchor="{anchor}">{label}</text>'
    )
    return Markup("").join(
        tick.format(
            x=place,
            y1=top,
            y2=top + 5,
            y=top + 20,
            anchor=_anchor(place),
            label=f"{place}\u00a0%",
        )
        for place in (0, 25, 50, 75, 100)
    )


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
