"""The private PostGIS: made, started, mended and stopped without anybody's help."""

import os
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from geo_wealth import cluster_files as files
from geo_wealth.address import (
    check_postgis,
    ensure_postgis,
    has_postgis,
    libpq_url,
    sqlalchemy_url,
)
from geo_wealth.config import Settings, load_settings
from geo_wealth.errors import DatabaseUnavailableError, SetupError
from geo_wealth.postgres import Account, find_bindir, run_server_program, server_account

__all__ = [
    "DATABASE",
    "Cluster",
    "database_url",
    "find_bindir",
    "libpq_url",
    "private_cluster",
    "sqlalchemy_url",
    "throwaway_cluster",
]

DATABASE = "geo_wealth"
USER = "geo_wealth"
# Only names the socket file: the server never listens on TCP.
PORT = 54817
_START_SECONDS = 120
_LOCK_SECONDS = 180


class Cluster:
    """One PostgreSQL data folder with its server, on a unix socket that only its owner sees.

    Parameters
    ----------
    data_dir
        Holds ``postgres`` (the data), ``run`` (the socket), ``postgres.log`` and ``lock``.
    bindir
        PostgreSQL's programs; None looks for them when a server has to be started.
    fsync
        False only for data that may be lost: tests.
    """

    def __init__(self, data_dir: Path, bindir: Path | None = None, *, fsync: bool = True) -> None:
        self.data_dir = data_dir.expanduser().absolute()
        self.pgdata = self.data_dir / "postgres"
        self.log = self.data_dir / "postgres.log"
        self.socket_dir = files.socket_dir(self.data_dir, PORT)
        self.fsync = fsync
        self._bindir = bindir

    @property
    def bindir(self) -> Path:
        """PostgreSQL's programs, of the version that made the data."""
        if self._bindir is None:
            version = self.pgdata / "PG_VERSION"
            major = version.read_text().strip() if version.is_file() else None
            self._bindir = find_bindir(load_settings(), major)
        return self._bindir

    def url(self, database: str = DATABASE) -> str:
        """Return the address for SQLAlchemy."""
        return sqlalchemy_url(self.libpq_url(database))

    def libpq_url(self, database: str = DATABASE) -> str:
        """Return the address for psql, pg_dump and DATABASE_URL."""
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://{USER}@/{quote(database, safe='')}?host={host}&port={PORT}"

    def psql_args(self, database: str = DATABASE) -> list[str]:
        """Return the command that opens the database."""
        return [str(self.bindir / "psql"), self.libpq_url(database)]

    def running(self) -> bool:
        """Tell whether a server answers; a process id alone proves nothing."""
        try:
            self._connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self) -> bool:
        """Make, mend and start the database as needed.

        Returns
        -------
        bool
            Whether this call started the server; False when it was running already.

        Raises
        ------
        SetupError
            When it cannot be done; the text says why and what to do.
        """
        if self._ready():
            return False
        if sys.platform == "win32":
            raise SetupError("The private database needs Linux or macOS: set DATABASE_URL.")
        with files.said_plainly(self.data_dir), self._locked():
            started = False
            if not self.running():
                self._prepare()
                self._clear_remains()
                started = self._launch()
            self._ensure_database()
        return started

    def stop(self) -> bool:
        """Stop the server; return whether there was one to stop."""
        with files.said_plainly(self.data_dir):
            if not (self.pgdata / "postmaster.pid").exists():
                return False
        with files.said_plainly(self.data_dir), self._locked():
            if not self.running():
                return False
            if not self._pg_ctl("stop", "-m", "fast", "-w", "-t", "60"):
                raise DatabaseUnavailableError(
                    f"The database in {self.data_dir} did not stop within 60 s: see {self.log}."
                )
            return True

    def in_use(self) -> bool:
        """Tell whether anybody but us is connected."""
        query = """
            SELECT count(*) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
        """
        try:
            with closing(self._connect("postgres")) as connection, connection.cursor() as cursor:
                cursor.execute(query)
                row = cursor.fetchone()
        except psycopg2.OperationalError:
            return False
        return bool(row and row[0])

    def create_database(self, name: str, template: str = "template1") -> None:
        """Create a further database, for example one for each worker of the tests."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._execute(statement.format(sql.Identifier(name)))

    def server_pid(self) -> int | None:
        """Return the process id that the data folder names, alive or not."""
        try:
            return int((self.pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    # How it is done.

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        if not files.trusted(self.socket_dir, self.pgdata):
            raise psycopg2.OperationalError("there is no socket")
        return psycopg2.connect(self.libpq_url(database), connect_timeout=10)

    def _execute(self, statement: sql.Composable) -> None:
        with closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def _ready(self) -> bool:
        try:
            with closing(self._connect(DATABASE)) as connection:
                return has_postgis(connection)
        except psycopg2.OperationalError:
            return False

    def _ensure_database(self) -> None:
        with closing(self._connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            missing = cursor.fetchone() is None
        if missing:
            self.create_database(DATABASE)
        with closing(self._connect(DATABASE)) as connection:
            ensure_postgis(connection)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "lock").open("a") as file:
            deadline = time.monotonic() + _LOCK_SECONDS
            while not files.try_lock(file.fileno()):
                if time.monotonic() > deadline:
                    raise DatabaseUnavailableError(
                        f"Another command has been starting the database in {self.data_dir} for "
                        f"{_LOCK_SECONDS} s: end it and try again."
                    )
                time.sleep(0.05)
            yield

    def _account(self) -> Account | None:
        return server_account(self.pgdata)

    def _prepare(self) -> None:
        account = self._account()
        files.check_reachable(self.data_dir, account)
        files.own_dir(self.socket_dir, account)
        self.log.touch(mode=0o600)
        files.give(self.log, account)
        if self.log.stat().st_size > 4_000_000:
            os.truncate(self.log, 0)
        if not (self.pgdata / "PG_VERSION").is_file():
            self._initdb(account)

    def _initdb(self, account: Account | None) -> None:
        """Make the data aside and rename it, so that a kill leaves nothing half made."""
        fresh = self.data_dir / "postgres.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        files.own_dir(fresh, account)
        ctype = "C.UTF-8" if sys.platform == "linux" else "C"
        command = [str(self.bindir / "initdb"), "-D", str(fresh), "-U", USER, "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", f"--lc-ctype={ctype}"]
        command += [] if self.fsync else ["--no-sync"]
        done = run_server_program(command, account)
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise SetupError(files.failure("made", self.data_dir, done.stderr or done.stdout))
        if self.pgdata.exists():
            self.pgdata.rmdir()
        fresh.rename(self.pgdata)

    def _clear_remains(self) -> None:
        """Remove what a killed server left: orphaned backends, stale locks, dead sockets.

        A zombie, or a stranger that got the same process id, would keep the next server from
        starting, because PostgreSQL asks only whether a process of that number exists.
        """
        if sys.platform != "linux":
            return
        deadline = time.monotonic() + 30
        while self.server_pid() in self._processes() and time.monotonic() < deadline:
            if self.running():  # started or still stopping, by somebody without our lock
                return
            time.sleep(0.1)
        if self.server_pid() in self._processes():
            raise DatabaseUnavailableError(
                f"A PostgreSQL server runs in {self.pgdata} and does not answer: "
                f"see {self.log}, end process {self.server_pid()} and try again."
            )
        self._end_orphans()
        pid = self.server_pid()
        if pid is not None and Path(f"/proc/{pid}").exists():
            (self.pgdata / "postmaster.pid").unlink(missing_ok=True)
        for file in self.socket_dir.glob(".s.PGSQL.*"):
            file.unlink(missing_ok=True)

    def _end_orphans(self) -> None:
        # Crash recovery follows in any case, so an immediate end is as safe as waiting.
        for number, seconds in ((signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0)):
            orphans = self._processes()
            for pid in orphans:
                files.send(pid, number)
            deadline = time.monotonic() + seconds
            while self._processes() and time.monotonic() < deadline:
                time.sleep(0.05)

    def _processes(self) -> set[int]:
        """Live processes of this cluster: those whose working folder is its data."""
        here = str(self.pgdata.resolve())
        found = set()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if str((entry / "cwd").readlink()) == here and files.is_postgres(entry):
                    found.add(int(entry.name))
            except OSError:  # gone, a zombie or somebody else's
                continue
        return found

    def _launch(self) -> bool:
        if self.running():
            return False
        before = self.log.stat().st_size
        for attempt in range(4):
            done = self._pg_ctl(
                *("start", "-w", "-t", str(_START_SECONDS)),
                *("-l", "../postgres.log", "-o", self._options()),
            )
            if done or self.running():
                return True
            said = self._log_since(before)
            if "lock file" not in said and "shared memory" not in said:
                break
            time.sleep(0.5 * (attempt + 1))  # a zombie is reaped within about a second
            self._clear_remains()
        raise SetupError(files.failure("started", self.data_dir, said))

    def _options(self) -> str:
        folder = str(self.socket_dir).replace('"', '""')
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{folder}"',
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
            "jit": "off",
            # A failed query's text may hold what somebody searched for.
            "log_min_error_statement": "panic",
            # Nothing replicates this server: what a load writes to a table that it emptied in
            # the same transaction goes to disk once, not by way of the log as well.
            "wal_level": "minimal",
            "max_wal_senders": "0",
        }
        if not self.fsync:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        return " ".join(f"-c {shlex.quote(f'{k}={v}')}" for k, v in options.items())

    def _pg_ctl(self, action: str, *arguments: str) -> bool:
        # Paths relative to the data: pg_ctl hands them to a shell, which reads $ and ".
        command = [str(self.bindir / "pg_ctl"), action, "-D", ".", *arguments]
        return run_server_program(command, self._account(), self.pgdata).returncode == 0

    def _log_since(self, offset: int) -> str:
        with self.log.open("rb") as file:
            file.seek(offset)
            return file.read().decode(errors="replace")


def private_cluster(settings: Settings) -> Cluster:
    """Return the private database of these settings, running or not."""
    return Cluster(settings.data_dir, None)


def database_url(settings: Settings) -> str:
    """Return the SQLAlchemy address of a PostGIS that answers, starting ours when none is given.

    Raises
    ------
    SetupError
        When PostGIS is missing; the text names the command that mends it.
    DatabaseUnavailableError
        When the database of ``DATABASE_URL`` does not answer.
    """
    if settings.database_url is None:
        cluster = private_cluster(settings)
        cluster.start()
        return cluster.url()
    url = sqlalchemy_url(settings.database_url)
    check_postgis(url)
    return url


@contextmanager
def throwaway_cluster(
    settings: Settings | None = None, *, fsync: bool = False
) -> Iterator[Cluster]:
    """Yield a running cluster for tests, quick and careless or with ``fsync``; then remove it."""
    # Not the system's choice: a deep TMPDIR makes the socket's path too long.
    folder = Path(tempfile.mkdtemp(prefix="gw-", dir="/tmp"))
    folder.chmod(0o755)
    cluster = Cluster(folder, find_bindir(settings or load_settings()), fsync=fsync)
    try:
        cluster.start()
        yield cluster
    finally:
        if cluster.pgdata.exists():
            cluster._pg_ctl("stop", "-m", "immediate", "-w")
        shutil.rmtree(folder, ignore_errors=True)
