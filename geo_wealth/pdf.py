"""A tagged PDF of a page, where the system allows it: ``python -m geo_wealth.pdf`` says."""

import io
import logging
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from geo_wealth.errors import SetupError

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation"
"""Debian's packages without which no PDF can be made; all else works without them."""

_FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts"))


def missing() -> str | None:
    """Say in a sentence what a PDF lacks here; None where one can be made."""
    try:
        _weasyprint()
    except OSError:
        return (
            f"A PDF needs Pango and HarfBuzz, which are not here: run `{remedy()}`. Pages print "
            "as they are, and everything else works."
        )
    if sys.platform == "linux" and not any(map(_has_font, _FONTS)):
        return f"A PDF needs a font, and none is here: run `{remedy()}`."
    return None


def remedy() -> str:
    """Name the one command that mends it."""
    if sys.platform == "darwin":
        return "brew install pango"
    return f"sudo apt-get install --no-install-recommends {PACKAGES}"


def to_pdf(page: str) -> bytes:
    """Make a tagged PDF (PDF/UA-1) of an HTML page that refers to nothing.

    The same page gives the same bytes on the same machine; fonts and libraries of another may
    give others.

    Raises
    ------
    SetupError
        When the libraries of the system, or fonts, are missing.
    """
    lacking = missing()
    if lacking is not None:
        raise SetupError(lacking)
    library = _weasyprint()
    # A page of ours refers to nothing, and a hostile name in it shall not either.
    nothing = library.urls.URLFetcher(allowed_protocols=())
    document = library.HTML(string=page, url_fetcher=nothing)
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return made


def _weasyprint() -> Any:
    """Import the library, which prints where its own libraries are missing, without a sound."""
    with redirect_stdout(io.StringIO()):
        import weasyprint.urls  # noqa: PLC0415  (slow to import)
    # What it does not know of CSS it would tell on standard error, though a browser does.
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    return weasyprint


def _has_font(folder: Path) -> bool:
    return any(folder.expanduser().glob("**/*.[ot]t[fc]"))


if __name__ == "__main__":
    told = missing()
    if told is not None:
        sys.stderr.write(f"{told}\n")
    sys.exit(told is not None)
