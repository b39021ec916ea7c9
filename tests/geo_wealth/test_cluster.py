"""The private database: made once, however many ask; up again whatever was killed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psycopg2
import pytest

from geo_wealth import cluster_files, postgres
from geo_wealth.cluster import Cluster, database_url, find_bindir, libpq_url, sqlalchemy_url
from geo_wealth.config import Settings, load_settings
from geo_wealth.errors import DatabaseUnavailableError, SetupError

ROOT = Path(__file__).resolve().parents[2]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
START = """
from geo_wealth.cluster import database_url
from geo_wealth.config import load_settings
print(database_url(load_settings()))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that any account may enter, its cluster stopped and removed afterwards."""
    path = Path(tempfile.mkdtemp(prefix="gw-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    with suppress(SetupError):
        Cluster(path).stop()
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def ours() -> Iterator[Cluster]:
    """A cluster that the tests below may kill: each leaves it startable."""
    path = Path(tempfile.mkdtemp(prefix="gw-test-", dir="/tmp"))
    path.chmod(0o755)
    cluster = Cluster(path, fsync=False)
    cluster.start()
    yield cluster
    cluster.stop()
    shutil.rmtree(path)


def ask(cluster: Cluster, query: str) -> object:
    with closing(psycopg2.connect(cluster.libpq_url())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0] if cursor.description else None


def environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    return {**kept, "GEO_WEALTH_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}


def kill_all(cluster: Cluster) -> None:
    for pid in cluster._processes():
        cluster_files.send(pid, signal.SIGKILL)


def stranger(cluster: Cluster, command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process of the server's account, so that it may be mistaken for the server."""
    owner = cluster.pgdata.stat()
    if os.geteuid() == 0:
        return subprocess.Popen(command, user=owner.st_uid, group=owner.st_gid, extra_groups=[])
    return subprocess.Popen(command)


def test_it_has_postgis_and_no_tcp(ours: Cluster) -> None:
    ours.start()
    assert str(ask(ours, "SELECT postgis_version()")).startswith("3.")
    assert ask(ours, "SHOW listen_addresses") == ""
    assert ask(ours, "SHOW port") != "5432"
    assert ours.socket_dir.stat().st_mode & 0o077 == 0


def test_a_second_start_starts_nothing(ours: Cluster) -> None:
    ours.start()
    before = ours.server_pid()
    assert ours.start() is False
    assert ours.server_pid() == before


def test_two_commands_at_once_end_with_one_cluster(folder: Path) -> None:
    command = [sys.executable, "-c", START]
    started = [
        subprocess.Popen(command, env=environment(folder), stdout=-1, stderr=-1, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    assert said[0][0] == said[1][0] != ""
    cluster = Cluster(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "lock", "postgres", "postgres.log", "run"
    ]  # fmt: skip
    assert cluster.running()


def test_killing_the_whole_cluster_loses_nothing(ours: Cluster) -> None:
    ours.start()
    ask(ours, "CREATE TABLE kept AS SELECT 42 AS answer; CHECKPOINT")
    ask(ours, "SET synchronous_commit = on; INSERT INTO kept VALUES (43)")
    kill_all(ours)
    assert ours.start() is True
    assert ask(ours, "SELECT sum(answer) FROM kept") == 85
    ask(ours, "DROP TABLE kept")


def test_an_orphan_that_does_not_answer_is_ended(ours: Cluster) -> None:
    ours.start()
    with closing(psycopg2.connect(ours.libpq_url())) as connection:
        orphan = connection.info.backend_pid
        os.kill(orphan, signal.SIGSTOP)
        os.kill(ours.server_pid() or 0, signal.SIGKILL)
        assert ours.start() is True
        assert orphan not in ours._processes()
    assert ask(ours, "SELECT 1") == 1


@pytest.mark.parametrize("command", [["sleep", "60"], ["true"]], ids=["stranger", "zombie"])
def test_a_number_that_somebody_else_has_does_not_matter(ours: Cluster, command: list[str]) -> None:
    ours.start()
    kept = (ours.pgdata / "postmaster.pid").read_text()
    kill_all(ours)
    other = stranger(ours, command)
    try:
        if command == ["true"]:  # ended, and a zombie until it is waited for
            os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        lines = kept.split("\n")
        (ours.pgdata / "postmaster.pid").write_text("\n".join([str(other.pid), *lines[1:]]))
        assert ours.start() is True
    finally:
        other.kill()
        other.wait()


def test_a_socket_without_a_server_does_not_matter(ours: Cluster) -> None:
    ours.stop()
    assert ours.running() is False
    (ours.socket_dir / ".s.PGSQL.54817.lock").write_text(f"{os.getppid()}\n")
    (ours.socket_dir / ".s.PGSQL.54817").touch()
    assert ours.start() is True


def test_an_initdb_cut_short_is_begun_again(folder: Path) -> None:
    half = folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    cluster = Cluster(folder, fsync=False)
    assert cluster.start() is True
    assert not half.exists()


def test_odd_and_deep_folders(folder: Path) -> None:
    cluster = Cluster(folder / f"""it's, a "deep" $HOME {"x" * 90}""", fsync=False)
    try:
        cluster.start()
        assert ask(cluster, "SELECT 1") == 1
        assert cluster.socket_dir.parent == Path("/tmp")
        assert cluster.in_use() is False
        with closing(psycopg2.connect(cluster.libpq_url())):
            assert cluster.in_use() is True
    finally:
        cluster.stop()
        shutil.rmtree(cluster.socket_dir)


AS_SOMEBODY = """
import os, sys
from geo_wealth.cluster import database_url, private_cluster
from geo_wealth.config import load_settings
import encodings.idna, shlex, shutil, subprocess
os.setgroups([]); os.setgid(65534); os.setuid(65534)
settings = load_settings()
print(database_url(settings))
cluster = private_cluster(settings)
print(cluster.pgdata.stat().st_uid, cluster.stop(), cluster.running())
"""


@needs_root
def test_as_an_ordinary_user(folder: Path) -> None:
    os.chown(folder, 65534, 65534)
    done = subprocess.run(
        [sys.executable, "-c", AS_SOMEBODY],
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == "65534 True False"


@needs_root
def test_a_folder_that_the_server_cannot_enter_is_one_sentence(folder: Path) -> None:
    folder.chmod(0o700)
    with pytest.raises(SetupError, match=r"cannot enter .*GEO_WEALTH_DATA_DIR"):
        Cluster(folder / "data").start()


@needs_root
def test_a_full_disk_is_one_sentence(folder: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with pytest.raises(SetupError, match=r"^The disk that holds .* is full: .*\.$"):
            Cluster(folder, fsync=False).start()
    finally:
        subprocess.run(["umount", str(folder)], check=True)


CLOSED = """
import os
from geo_wealth.cluster import private_cluster
from geo_wealth.config import load_settings
from geo_wealth.doctor import _data_dir
from geo_wealth.errors import SetupError
os.setgroups([]); os.setgid(65534); os.setuid(65534)
settings = load_settings()
print(_data_dir(settings).state)
for act in (private_cluster(settings).stop, private_cluster(settings).start):
    try:
        act()
    except SetupError as error:
        print(error)
"""


@needs_root
def test_a_folder_below_a_closed_one_is_one_sentence(folder: Path) -> None:
    folder.chmod(0o700)
    done = subprocess.run(
        [sys.executable, "-c", CLOSED],
        env=environment(folder / "data"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    state, *sentences = done.stdout.splitlines()
    assert state == "wrong"
    assert [s.partition(" cannot be written")[0] for s in sentences] == [
        f"The data folder {folder / 'data'}"
    ] * 2


def test_a_folder_that_is_a_file_is_one_sentence(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(SetupError, match="GEO_WEALTH_DATA_DIR"):
        Cluster(folder / "file" / "data").start()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("initdb: error: could not write: No space left on device", "is full"),
        ("FATAL:  could not open: Read-only file system", "cannot be written"),
        ("LOG:  x\nFATAL:  bogus data in lock file", r"\(FATAL:  bogus data in lock file\)"),
        ("", "no reason was given"),
    ],
)
def test_failures_are_one_sentence(said: str, expected: str) -> None:
    sentence = cluster_files.failure("started", Path("/data"), said)
    assert re.search(expected, sentence)
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_without_postgis_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_has_postgis", lambda _: False)
    with pytest.raises(SetupError, match=r"run `.*install.*`"):
        find_bindir(load_settings())


def test_data_of_another_version_is_named(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(SetupError, match="made by PostgreSQL 9"):
        Cluster(folder).start()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2", "POSTGRES"])
def test_addresses_name_the_driver(scheme: str) -> None:
    url = sqlalchemy_url(f"{scheme}://u:p@h:1/d?sslmode=require")
    assert url == "postgresql+psycopg2://u:p@h:1/d?sslmode=require"
    assert libpq_url(url) == "postgresql://u:p@h:1/d?sslmode=require"


@pytest.mark.parametrize("url", ["mysql://h/d", "h/d", "", "sqlite:///x"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(SetupError, match="postgresql://"):
        sqlalchemy_url(url)


def settings_for(url: str, folder: Path) -> Settings:
    return Settings(DATABASE_URL=url, GEO_WEALTH_DATA_DIR=folder)  # type: ignore[call-arg]


def test_a_given_database_is_used_as_it_is(ours: Cluster, folder: Path) -> None:
    ours.start()
    url = ours.libpq_url()
    assert database_url(settings_for(url, folder)) == ours.url()
    assert list(folder.iterdir()) == []


def test_a_given_database_gets_postgis(ours: Cluster, folder: Path) -> None:
    ours.start()
    ours.create_database("bare")
    database_url(settings_for(ours.libpq_url("bare"), folder))
    with closing(psycopg2.connect(ours.libpq_url("bare"))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT postgis_version()")
    ours.drop_database("bare")


def test_a_given_database_that_is_away_keeps_its_password(folder: Path) -> None:
    url = f"postgresql://someone:secret@/x?host={folder}"
    with pytest.raises(DatabaseUnavailableError, match="does not answer") as caught:
        database_url(settings_for(url, folder))
    assert "secret" not in str(caught.value)
