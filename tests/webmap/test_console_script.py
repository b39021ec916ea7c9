"""The console script: what the web part adds to the commands."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from geo_wealth.config import Settings
from geo_wealth.errors import SetupError
from webmap import cli, server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_rank_writes_a_map(
    sample_database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", sample_database)
    path = tmp_path / "map.html"
    arguments = ["geo-wealth", "rank", "--district", "E08000034", "--map", str(path), "--top", "1"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0, capsys.readouterr().err
    assert "Sample data" in path.read_text(encoding="utf-8")


def test_serve_answers_on_the_loopback_and_stops_cleanly(sample_database: str) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", "from webmap.cli import main; main()", "serve", "--port", str(port)],
        env={**os.environ, "DATABASE_URL": sample_database},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert answer(f"http://127.0.0.1:{port}/healthz") == b'{"status":"ok"}\n'
        process.send_signal(signal.SIGINT)
        _out, told = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, told
    assert f"http://127.0.0.1:{port}" in told
    assert "Traceback" not in told


def answer(address: str) -> bytes:
    """Ask until the service is up."""
    for _attempt in range(300):
        try:
            with urlopen(address, timeout=2) as response:  # noqa: S310  (our own address)
                return bytes(response.read())
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{address} did not answer")


def test_missing_assets_stop_the_start_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "STATIC", tmp_path)
    with pytest.raises(SetupError, match="script/bootstrap"):
        server.check_assets()


def test_the_server_is_one_process_with_threads(settings: Settings) -> None:
    options = server.options(settings)
    assert options["bind"] == "127.0.0.1:8000"
    assert (options["workers"], options["worker_class"]) == (1, "gthread")
    there = settings.model_copy(update={"host": "::1"})
    assert server.options(there)["bind"] == "[::1]:8000"
