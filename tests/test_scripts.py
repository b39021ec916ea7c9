"""The scripts that README and CI call, the locks they install from and the wheel they build."""

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tomllib
import zipfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ["script/bootstrap", "script/demo", "script/test", "script/bench", ".ci/run"]
LOCKS = ["requirements.lock", "docker/requirements.lock", "script/requirements-node.lock"]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd="/",
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", [*SCRIPTS, "script/assets"])
def test_scripts_can_be_run(name: str) -> None:
    assert (ROOT / name).stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize("name", [*SCRIPTS, "script/lib.sh"])
def test_scripts_are_bash_without_mistakes_of_grammar(name: str) -> None:
    done = run("bash", "-n", str(ROOT / name))
    assert (done.returncode, done.stderr) == (0, "")
    if name in SCRIPTS:
        assert "set -euo pipefail" in (ROOT / name).read_text()


def test_ci_runs_the_tests() -> None:
    assert "exec script/test" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("name", ["script/bootstrap", "script/demo", "script/test", "script/bench"])
def test_help_does_nothing_but_help(name: str) -> None:
    done = run(str(ROOT / name), "--help")
    assert done.returncode == 0
    assert done.stderr.startswith("Usage: ")


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--port"], ["extra"]])
def test_demo_refuses_what_it_does_not_know(arguments: list[str]) -> None:
    done = run(str(ROOT / "script/demo"), *arguments)
    assert done.returncode == 2
    assert "Usage: script/demo" in done.stderr


def test_demo_says_that_a_port_is_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(str(ROOT / "script/demo"), "--no-browser", f"--port={port}", HOST="127.0.0.1")
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is in use: try `script/demo --port {port + 1}`.\n"


def test_demo_says_that_a_port_is_no_number() -> None:
    done = run(str(ROOT / "script/demo"), "--port", "eighty")
    assert (done.returncode, done.stderr) == (1, "The port must be a number, not eighty.\n")


@pytest.mark.parametrize("port", ["0", "65536", "99999999999999999999"])
def test_demo_says_that_a_port_is_none(port: str) -> None:
    done = run(str(ROOT / "script/demo"), "--port", port)
    assert done.returncode == 1
    assert done.stderr.startswith("The port must be from 1 to 65535")


def test_bootstrap_tells_a_wrong_setting_and_installs_nothing() -> None:
    if not (ROOT / ".venv" / ".installed").is_file():
        pytest.skip("script/bootstrap did not make this environment")
    done = run(str(ROOT / "script/bootstrap"), DATABASE_URL="", PORT="99999")
    assert done.returncode == 1
    assert done.stderr.startswith("The environment variable PORT is wrong: ")
    assert len(done.stderr.splitlines()) == 1


def test_bootstrap_does_nothing_twice(tmp_path: Path) -> None:
    if not (ROOT / ".venv" / ".installed").is_file():
        pytest.skip("script/bootstrap did not make this environment")
    for name in ("uv", "npm", "apt-get", "sudo"):
        stub = tmp_path / name
        stub.write_text("#!/bin/sh\necho called $0 >&2\nexit 1\n")
        stub.chmod(0o755)
    before = (ROOT / ".venv" / ".installed").read_text()
    done = run(str(ROOT / "script/bootstrap"), PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert (done.returncode, done.stderr) == (0, "")
    assert (ROOT / ".venv" / ".installed").read_text() == before


@pytest.mark.parametrize("name", LOCKS)
def test_locks_have_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index" not in text
    for block in re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block


def test_the_lock_has_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[^\w-]", line)[0].lower() for line in asked}
    locked = set(
        re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    assert names <= locked
    assert "setuptools" in locked  # the project itself is built without fetching anything


def test_the_npm_lock_has_integrity_and_no_addresses() -> None:
    text = (ROOT / "package-lock.json").read_text()
    packages = {name: made for name, made in json.loads(text)["packages"].items() if name}
    assert "://" not in text
    assert all(made["integrity"].startswith("sha512-") for made in packages.values())
    asked = json.loads((ROOT / "package.json").read_text())
    names = {
        f"node_modules/{name}"
        for kind in ("dependencies", "devDependencies")
        for name in asked[kind]
    }
    assert set(packages) == names


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The program script/assets, on a folder of its own with pretended packages."""
    loader = SourceFileLoader("assets", str(ROOT / "script" / "assets"))
    spec = spec_from_loader("assets", loader)
    assert spec is not None
    module = module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    shutil.copy(ROOT / "package-lock.json", tmp_path)
    for name in [*module.COPIED, *module.ONLY_INSTALLED]:
        file = tmp_path / "node_modules" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(module, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(module, "STAMP", tmp_path / "vendor" / ".version")
    monkeypatch.setattr(module, "npm", lambda: ["npm"])
    return module


def test_assets_are_installed_once(assets: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    installs: list[tuple[str, ...]] = []
    monkeypatch.setattr(assets, "install", lambda *program: installs.append(program))
    assert assets.main() == 0
    assert assets.main() == 0
    assert installs == [("npm",)]
    copied = {str(p.relative_to(assets.VENDOR)) for p in assets.VENDOR.rglob("*") if p.is_file()}
    assert copied == {*assets.COPIED.values(), ".version"}

    (assets.VENDOR / "leaflet" / "leaflet.js").unlink()  # one is lost
    assert assets.main() == 0
    (assets.ROOT / "package-lock.json").write_text("{}")  # another version is wanted
    assert assets.main() == 0
    assert len(installs) == 3


def test_assets_that_cannot_be_installed_are_one_sentence(
    assets: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*program: str) -> None:
        raise subprocess.CalledProcessError(1, program)

    monkeypatch.setattr(assets, "install", refuse)
    assert assets.main() == 1
    assert "could not be installed" in capsys.readouterr().err
    assert not assets.STAMP.exists()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel of the project, built from a copy."""
    pytest.importorskip("setuptools", reason="setuptools is missing: run script/bootstrap")
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("boundaries", "geo_wealth", "migrations", "webmap"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = f"from setuptools.build_meta import build_wheel; build_wheel({str(folder)!r})"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (file,) = folder.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_what_the_program_reads(wheel: Path) -> None:
    missing = []
    for package in ("boundaries", "geo_wealth", "migrations", "webmap"):
        for file in (ROOT / package).rglob("*"):
            place = file.relative_to(ROOT)
            hidden = any(part.startswith((".", "__pycache__")) for part in place.parts)
            if file.is_file() and not hidden and not (wheel / place).is_file():
                missing.append(str(place))
    assert missing == []


def test_the_wheel_finds_its_own_migrations(wheel: Path) -> None:
    code = "from geo_wealth import migrate; print(migrate.__file__, migrate.head())"
    done = run(sys.executable, "-c", code, PYTHONPATH=str(wheel))
    assert done.returncode == 0, done.stderr
    place, head = done.stdout.split()
    assert place.startswith(str(wheel))
    assert head != "None"
