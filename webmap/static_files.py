"""Static files: where they are, and addresses that change with their content.

They are answered whole rather than streamed: Flask-Compress leaves a streamed file open.
"""

import hashlib
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, request, url_for
from werkzeug.security import safe_join

from webmap.params import Param, read

STATIC = Path(__file__).parent / "static"
HOUR, YEAR = 3600, 31_536_000

blueprint = Blueprint("static_files", __name__)


@blueprint.get("/static/<path:filename>")
def static(filename: str) -> Response:
    """Serve a file; for a year under an address that names its content."""
    digest = read(request.args, (Param("v", "Digest of the content.", maximum=12),))["v"]
    place = safe_join(str(STATIC), filename)
    if place is None or not Path(place).is_file():
        abort(404)
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    response = Response(Path(place).read_bytes(), mimetype=kind)
    age = f"{YEAR}, immutable" if digest else str(HOUR)
    response.headers["Cache-Control"] = f"public, max-age={age}"
    return response


def asset(name: str) -> str:
    """Address of a static file, with its digest, so that browsers may keep it."""
    return url_for("static_files.static", filename=name, v=_digest(name))


@lru_cache(maxsize=64)
def _digest(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"
