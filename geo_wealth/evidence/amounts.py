"""Differences of an outcome written in its unit."""


def amount(value: float, unit: str, *, sign: bool = False) -> str:
    """Write a difference in its unit: +0.12 percentage points, 1,240 (pounds)."""
    text = figure(value, sign=sign)
    return f"{text} percentage points" if unit.startswith("%") else f"{text} ({unit})"


def figure(value: float, *, sign: bool = False) -> str:
    """Write three significant digits, never with an exponent."""
    size = abs(value)
    small = 0.00005 <= size < 0.095
    decimals = 0 if size >= 100 else 1 if size >= 10 else 4 if small else 2
    shown = round(value, decimals) + 0.0  # -0.0 + 0.0 is 0.0: no zero below zero
    text = f"{shown:+,.{decimals}f}" if sign else f"{shown:,.{decimals}f}"
    return text.replace("-", "−")
