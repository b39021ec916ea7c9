"""The canonical form of a postcode, and what is wrong with one that has none."""

import re

# Letters as Royal Mail allows them: no Q, V or X first, no I, J or Z second, and none of
# C I K M O V in the inward part. GIR 0AA and the old NPT (Newport) have shapes of their own.
PATTERN = (
    r"(?:GIR|NPT|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]"
    r"|[A-HK-Y][0-9][ABEHMNPRV-Y])) [0-9][ABD-HJLNP-UW-Z]{2}"
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
