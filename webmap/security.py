"""Headers: a content security policy by nonce, with no other host and nothing inline."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import flask
from flask import Flask
from flask_talisman import Talisman
from werkzeug.datastructures import Headers

from geo_wealth.config import Settings

NONE = "'none'"
SELF = "'self'"


class _Talisman(Talisman):  # type: ignore[misc]  # the package has no types
    """Talisman that leaves this very machine and the probes of operators on plain HTTP."""

    def _force_https(self) -> object:
        if flask.request.blueprint == "ops" or is_loopback(flask.request.host):
            return None
        return super()._force_https()

    def _set_content_security_policy_headers(self, headers: Headers, options: object) -> None:
        own = headers.get("Content-Security-Policy")
        super()._set_content_security_policy_headers(headers, options)
        if own is not None:  # of a page that allows less than the rest
            headers["Content-Security-Policy"] = own


def is_loopback(host: str) -> bool:
    """Tell whether a Host header names this machine."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def tile_host(settings: Settings) -> str | None:
    """Scheme and host of the basemap, which alone may send images; None without one."""
    if not settings.tile_url:
        return None
    parts = urlsplit(settings.tile_url)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"


def policy(settings: Settings) -> dict[str, str]:
    """Write the content security policy; nonces are added for scripts and styles."""
    tiles = tile_host(settings)
    return {
        "default-src": NONE,
        "script-src": "",
        "style-src": "",
        "img-src": f"{SELF} {tiles}" if tiles else SELF,
        "connect-src": SELF,
        "form-action": SELF,
        "base-uri": NONE,
        "frame-ancestors": NONE,
    }


def init_app(app: Flask, settings: Settings) -> None:
    """Send the headers with every answer."""
    _Talisman(
        app,
        force_https=settings.force_https,
        strict_transport_security=settings.force_https,
        content_security_policy=policy(settings),
        content_security_policy_nonce_in=["script-src", "style-src"],
        frame_options="DENY",
        referrer_policy="strict-origin-when-cross-origin",
        permissions_policy={"geolocation": "()", "camera": "()", "microphone": "()"},
    )
