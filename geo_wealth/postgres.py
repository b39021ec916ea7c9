"""PostgreSQL's programs: where they are, and how they are run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from geo_wealth.config import Settings, load_settings
from geo_wealth.errors import GeoWealthError, SetupError

if sys.platform != "win32":
    import pwd

PACKAGE = "postgresql-postgis"
_PATTERNS = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/opt/homebrew/opt", "postgresql@*/bin"),
    ("/usr/local/opt", "postgresql@*/bin"),
    ("/Applications/Postgres.app/Contents/Versions", "*/bin"),
    ("C:/Program Files/PostgreSQL", "*/bin"),
)


@dataclass(frozen=True)
class Account:
    """The system account that PostgreSQL runs as."""

    uid: int
    gid: int


def install_hint() -> str:
    """Say which one command installs PostgreSQL with PostGIS on this system."""
    if sys.platform == "darwin":
        return "brew install postgresql@17 postgis"
    if shutil.which("apt-get"):
        sudo = "" if os.geteuid() == 0 else "sudo "
        return f"{sudo}apt-get install --no-install-recommends {PACKAGE}"
    if shutil.which("dnf"):
        return "sudo dnf install postgresql-server postgis"
    return "install PostgreSQL with PostGIS, or set DATABASE_URL"


def find_bindir(settings: Settings, major: str | None = None) -> Path:
    """Find PostgreSQL programs that have PostGIS beside them.

    Parameters
    ----------
    settings
        ``pg_bindir`` is looked at first.
    major
        Accept only this major version: that of a data folder that exists already.

    Raises
    ------
    SetupError
        When there are none; the text names the command that installs them.
    """
    for bindir in _candidates(settings):
        if _has_postgis(bindir) and major in {None, major_version(bindir)}:
            return bindir
    if major is not None:
        raise SetupError(
            f"The private database was made by PostgreSQL {major}, which is not installed with "
            f"PostGIS: install that version again, or set PG_BINDIR to its programs."
        )
    raise SetupError(f"PostgreSQL with PostGIS is not installed: run `{install_hint()}`.")


def _candidates(settings: Settings) -> Iterator[Path]:
    if settings.pg_bindir is not None:
        yield settings.pg_bindir
    config = shutil.which("pg_config")
    if config:
        yield Path(_output([config, "--bindir"]))
    for folder, pattern in _PATTERNS:
        yield from sorted(Path(folder).glob(pattern), key=_version_key, reverse=True)


def _version_key(bindir: Path) -> tuple[int, ...]:
    digits = "".join(c if c.isdigit() else " " for c in bindir.parent.name)
    return tuple(int(part) for part in digits.split())


def _has_postgis(bindir: Path) -> bool:
    if not all(shutil.which(name, path=str(bindir)) for name in ("initdb", "pg_ctl", "postgres")):
        return False
    share = _output([str(bindir / "pg_config"), "--sharedir"])
    # Debian's layout, for a server that came without pg_config.
    folders = [Path(share)] if share else [Path("/usr/share/postgresql") / bindir.parent.name]
    return any((folder / "extension" / "postgis.control").is_file() for folder in folders)


def major_version(bindir: Path) -> str:
    """Read the major version of the programs: ``postgres (PostgreSQL) 15.13`` is ``15``."""
    words = _output([str(bindir / "postgres"), "--version"]).partition(")")[2].split()
    return words[0].split(".")[0] if words else ""


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def client_program(settings: Settings, name: str) -> str:
    """Find ``psql``, ``pg_dump`` or ``pg_restore``: beside the server, else on the path.

    Raises
    ------
    SetupError
        When the program is not installed.
    """
    for bindir in _candidates(settings):
        found = shutil.which(name, path=str(bindir))
        if found:
            return found
    found = shutil.which(name)
    if found is None:
        raise SetupError(f"The program {name} is not installed: run `{install_hint()}`.")
    return found


def server_account(pgdata: Path) -> Account | None:
    """Choose the account that the server runs as; None means: as ourselves.

    PostgreSQL refuses to run as root. A data folder that exists keeps its owner.

    Raises
    ------
    SetupError
        As root, when this system has no user ``postgres``.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    if pgdata.exists():
        owner = pgdata.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError as error:
        raise SetupError(
            "PostgreSQL does not run as root and there is no user postgres: run "
            "`useradd --system --user-group postgres`, or work as an ordinary user."
        ) from error
    return Account(entry.pw_uid, entry.pw_gid)


def clean_environment() -> dict[str, str]:
    """Return the environment without what would steer PostgreSQL elsewhere or translate it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


def run_server_program(
    command: Sequence[str], account: Account | None, folder: Path = Path("/")
) -> subprocess.CompletedProcess[str]:
    """Run a server program as its account, from a folder that this account may enter."""
    run = partial(subprocess.run, command, cwd=folder, capture_output=True, text=True, check=False)
    if account is None:
        return run(env=clean_environment())
    return run(
        env={**clean_environment(), "HOME": "/"},
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )


def main() -> int:
    """Print where PostGIS's programs are, for the scripts, or say what installs them.

    Returns
    -------
    int
        0 found; 1 not installed; 2 a setting is wrong, and installing would not help.
    """
    status = 2
    try:
        settings = load_settings()
        status = 1
        sys.stdout.write(f"{find_bindir(settings)}\n")
    except GeoWealthError as error:
        sys.stderr.write(f"{error}\n")
        return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
