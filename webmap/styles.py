"""The GOV.UK stylesheet without the typeface, which only gov.uk itself may use."""

import hashlib
import re
from functools import lru_cache

from flask import Blueprint, Response, request, url_for

from geo_wealth.errors import SetupError
from webmap.params import Param, read
from webmap.static_files import STATIC

SHEET = STATIC / "vendor" / "govuk" / "govuk-frontend.min.css"
YEAR = 31_536_000
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")

blueprint = Blueprint("styles", __name__)


@blueprint.get("/styles/govuk.css")
def govuk() -> Response:
    """Serve the stylesheet; its address changes with its content."""
    read(request.args, (Param("v", "Digest of the content.", maximum=12),))
    response = Response(stylesheet(), mimetype="text/css")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def govuk_address() -> str:
    """Address of the stylesheet as it is now."""
    return url_for("styles.govuk", v=hashlib.sha256(stylesheet().encode()).hexdigest()[:12])


@lru_cache(maxsize=1)
def stylesheet() -> str:
    """Take out the font faces and the family's name.

    Browsers check font faces against the content security policy when they read them, even
    where no text uses them.

    Raises
    ------
    SetupError
        When the front-end assets have not been installed.
    """
    if not SHEET.is_file():
        raise SetupError("The front-end assets are missing: run script/bootstrap.")
    text = _FONT_FACE.sub("", SHEET.read_text(encoding="utf-8"))
    return text.replace("GDS Transport,", "").replace(
        "font-family:GDS Transport", "font-family:Arial"
    )
