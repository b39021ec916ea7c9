"""The canonical form of a postcode, and what is wrong with one that has none."""

import re

# Letters as Royal Mail has ever used them, terminated postcodes included: no Q, V or X first,
# no I, J or Z second, no C I K M O in the inward part (V once: NPT 0VA); W1M to W1Y and NPT
# (Newport) are gone but stand in the directories; GIR 0AA is a shape of its own.
PATTERN = (
    r"(?:GIR|NPT|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKMNPR-Y]"
    r"|[A-HK-Y][0-9][ABEHMNPRV-Y])) [0-9][ABD-HJLNP-Z]{2}"
)
_POSTCODE = re.compile(PATTERN)
_SPACE = re.compile(r"\s+")


def canonical(text: str) -> str | None:
    """Bring a postcode into capitals with one space before its last three characters.

    Parameters
    ----------
    text
        As typed or published: ``hd12tt``, ``HD1  2TT``.

    Returns
    -------
    str | None
        ``HD1 2TT``; None when the text has not the shape of a postcode.
    """
    squeezed = _SPACE.sub("", text).upper()
    spaced = f"{squeezed[:-3]} {squeezed[-3:]}"
    return spaced if _POSTCODE.fullmatch(spaced) else None


def problem(text: str) -> str | None:
    """Say in one sentence why a text is not a postcode; None when it is one."""
    if canonical(text) is not None:
        return None
    squeezed = _SPACE.sub("", text).upper()
    if not squeezed:
        return "The postcode is empty; enter one such as HD1 2TT."
    if not squeezed.isascii() or not squeezed.isalnum():
        return "A postcode has letters and digits only; enter one such as HD1 2TT."
    if len(squeezed) < 5:
        return "The postcode is too short; enter a full one such as HD1 2TT."
    if len(squeezed) > 7:
        return "The postcode is too long; enter one such as HD1 2TT."
    return "The postcode has not the shape of a British one; enter one such as HD1 2TT."
