"""The web server: gunicorn in this very process' care, on the loopback unless told otherwise."""

import socket
import sys
import threading
import webbrowser
from typing import Any
from urllib.request import urlopen

from flask import Flask

from geo_wealth.config import Settings
from geo_wealth.errors import SetupError
from webmap import create_app, logs
from webmap.security import is_loopback
from webmap.static_files import STATIC

THREADS = 16  # as many as the pool of connections has; see geo_wealth.db
REQUIRED = ("vendor/leaflet/leaflet.js", "vendor/govuk/govuk-frontend.min.css")


def serve(settings: Settings, *, open_browser: bool = False) -> None:
    """Serve until Ctrl-C.

    One worker process with threads: its caches and counters are then the service's own, and
    more capacity comes from more copies behind a proxy.

    Raises
    ------
    SetupError
        When the front-end assets are missing, or the system has no gunicorn.
    """
    check_assets()
    check_port(settings)
    logs.configure()
    app = create_app(settings)
    address = url(settings)
    print(f"Geo Wealth is at {address} (Ctrl-C stops it).", file=sys.stderr)  # noqa: T201
    if open_browser:
        threading.Thread(target=_open_when_up, args=(address,), daemon=True).start()
    run(app, settings)


def url(settings: Settings) -> str:
    """Address for a person to open."""
    host = settings.host if is_loopback(settings.host) else "127.0.0.1"
    return f"http://{host}:{settings.port}"


def check_assets() -> None:
    """Refuse to start with pages that would lack their looks."""
    missing = [name for name in REQUIRED if not (STATIC / name).is_file()]
    if missing:
        raise SetupError("The front-end assets are missing: run script/bootstrap.")


def check_port(settings: Settings) -> None:
    """Refuse a port that something else answers on, before anything says it is up."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            raise SetupError(
                f"{settings.host} port {settings.port} cannot be used ({error.strerror}): stop "
                f"what uses it, or try `geo-wealth serve --port {settings.port + 1}`."
            ) from error


def run(app: Flask, settings: Settings) -> None:
    """Run gunicorn as a part of this program."""
    try:
        from gunicorn.app.base import BaseApplication  # noqa: PLC0415  (absent on Windows)
    except ImportError:
        raise SetupError(
            "This system has no gunicorn: serve webmap.create_app with another WSGI server."
        ) from None

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        """gunicorn with our settings in place of a command line."""

        def load_config(self) -> None:
            for name, value in options(settings).items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    Server().run()


def options(settings: Settings) -> dict[str, Any]:
    """Name the settings of gunicorn."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "bind": f"{host}:{settings.port}",
        "worker_class": "gthread",
        "workers": 1,
        "threads": THREADS,
        "timeout": 60,
        "graceful_timeout": 5,
        "keepalive": 15,
        "worker_tmp_dir": None,
        "proc_name": "geo-wealth",
        "loglevel": "warning",
        "limit_request_line": 4094,
    }


def _open_when_up(address: str) -> None:
    """Open the browser once the service answers, for at most ten seconds."""
    waiting = threading.Event()
    for _attempt in range(50):
        try:
            with urlopen(f"{address}/healthz", timeout=1):  # noqa: S310  (our own address)
                webbrowser.open(address)
                return
        except OSError:
            waiting.wait(0.2)
