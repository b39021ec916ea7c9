"""Folders, owners, locks and sentences around the private database."""

import errno
import hashlib
import os
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo_wealth.errors import SetupError
from geo_wealth.postgres import Account

if sys.platform != "win32":
    import fcntl

# The kernel's limit is 108 bytes with the closing zero, macOS's 104.
_LONGEST_SOCKET = 103


def socket_dir(data_dir: Path, port: int) -> Path:
    """Choose the folder of the socket: in the data folder unless that path is too long."""
    near = data_dir / "run"
    if len(os.fsencode(near / f".s.PGSQL.{port}.lock")) <= _LONGEST_SOCKET:
        return near
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(f"/tmp/geo-wealth-{name}")  # noqa: S108 - owner and mode are checked


def trusted(folder: Path, pgdata: Path) -> bool:
    """Tell whether nobody but us, root or the server's account can have put a socket there."""
    try:
        found, owner = folder.lstat(), pgdata.stat().st_uid
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_mode & 0o077 == 0
        and found.st_uid in {0, os.geteuid(), owner}
    )


def own_dir(folder: Path, account: Account | None) -> None:
    """Make a folder that only the server's account can enter, or check that it is one.

    Raises
    ------
    SetupError
        When somebody else's folder or file stands there.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    give(folder, account)
    found = folder.lstat()
    owner = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise SetupError(f"{folder} belongs to somebody else: remove it and try again.")
    folder.chmod(0o700)


def give(path: Path, account: Account | None) -> None:
    """Hand what we own as root to the server's account; never somebody else's."""
    if account is not None and path.lstat().st_uid == 0:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def check_reachable(data_dir: Path, account: Account | None) -> None:
    """Refuse a folder that the server's account cannot enter, such as one below /root.

    Raises
    ------
    SetupError
        Naming the folder that is closed.
    """
    if account is None:
        return
    for folder in [*reversed(data_dir.resolve().parents), data_dir.resolve()]:
        found = folder.stat()
        bit = stat.S_IXUSR if found.st_uid == account.uid else stat.S_IXOTH
        if not found.st_mode & bit:
            raise SetupError(
                f"PostgreSQL runs as its own user, which cannot enter {folder}: set "
                "GEO_WEALTH_DATA_DIR to a folder elsewhere, for example /var/lib/geo-wealth."
            )


def try_lock(descriptor: int) -> bool:
    """Take the lock if it is free; the system frees it when its holder dies."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_postgres(process: Path) -> bool:
    """Tell whether an entry of /proc is a PostgreSQL process, not a shell in the data folder."""
    name = (process / "comm").read_text().strip()
    return name.startswith(("postgres", "postmaster"))


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


@contextmanager
def said_plainly(data_dir: Path) -> Iterator[None]:
    """Turn what the file system refuses into one sentence.

    Raises
    ------
    SetupError
        For a full disk, a read-only or forbidden folder, or any other refusal of the system.
    """
    try:
        yield
    except OSError as error:
        raise SetupError(_refusal(data_dir, error.errno, error.strerror)) from error


def failure(verb: str, data_dir: Path, said: str) -> str:
    """Say in one sentence why PostgreSQL could not be made or started."""
    if "No space left on device" in said:
        return _refusal(data_dir, errno.ENOSPC, None)
    if "Read-only file system" in said:
        return _refusal(data_dir, errno.EROFS, None)
    if "Permission denied" in said:
        return _refusal(data_dir, errno.EACCES, None)
    lines = [line.strip() for line in said.splitlines()]
    marks = ("PANIC:", "FATAL:", "error:", "ERROR:")
    told = [line for line in lines if any(mark in line for mark in marks)] or lines
    reason = told[0].rstrip(".") if told else "no reason was given"
    return (
        f"The private database in {data_dir} could not be {verb} ({reason}): "
        f"see {data_dir / 'postgres.log'}."
    )


def _refusal(data_dir: Path, number: int | None, reason: str | None) -> str:
    if number in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk that holds {data_dir} is full: free some space and try again."
    if number in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return (
            f"The data folder {data_dir} cannot be written: set GEO_WEALTH_DATA_DIR to a folder "
            "that can, or mend its permissions."
        )
    return (
        f"The data folder {data_dir} cannot be used ({reason}): set GEO_WEALTH_DATA_DIR to "
        "another folder."
    )
