"""``geo-wealth db``: what it prints, what it refuses, and that a backup comes back whole."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from typer.testing import CliRunner

from geo_wealth import migrate
from geo_wealth.address import libpq_url, without_password
from geo_wealth.cluster import Cluster
from geo_wealth.commands.db import app
from geo_wealth.errors import GeoWealthError, InvalidRequestError, RefusedFileError, SetupError

COMMANDS = ["start", "stop", "status", "upgrade", "url", "psql", "backup", "restore"]


def invoke(*arguments: str) -> str:
    """Run a command; return what it printed, raise what the command line would print."""
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, GeoWealthError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def document(*arguments: str) -> dict[str, object]:
    return dict(json.loads(invoke(*arguments, "--json")))


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(libpq_url(url))) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def given(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty, migrated database of this test's own, named by DATABASE_URL."""
    monkeypatch.setenv("DATABASE_URL", libpq_url(database))
    return database


@pytest.fixture
def filled(given: str) -> str:
    """The same with a table that holds geometry, text and a number."""
    ask(
        given,
        """
        CREATE TABLE extra (id serial PRIMARY KEY, name text, place geometry(Point, 27700));
        CREATE INDEX extra_place ON extra USING gist (place);
        CREATE VIEW extra_names AS SELECT name FROM extra;
        CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42';
        INSERT INTO extra (name, place)
        SELECT 'it''s £' || n, ST_Point(400000 + n, 410000.125, 27700)
        FROM generate_series(1, 500) n;
        """,
    )
    return given


def checksum(url: str) -> object:
    query = "SELECT md5(string_agg(extra::text, '|' ORDER BY id)), answer() FROM extra"
    return ask(url, query)


@pytest.fixture
def private(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of this test's own, for the private database."""
    path = Path(tempfile.mkdtemp(prefix="gw-test-", dir="/tmp"))
    path.chmod(0o755)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("GEO_WEALTH_DATA_DIR", str(path))
    yield path
    Cluster(path).stop()
    shutil.rmtree(path)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    assert "Example: " in invoke(command, "--help")


def test_the_life_of_a_private_database(private: Path) -> None:
    before = document("status")
    assert (before["kind"], before["running"], before["revision"]) == ("private", False, None)
    assert list(private.iterdir()) == []  # asking makes nothing

    assert document("start")["started"] is True
    assert "was up already" in invoke("start")
    assert document("upgrade")["revision"] == migrate.head()
    after = document("status")
    assert (after["running"], after["revision"]) == (True, migrate.head())
    assert str(after["postgis"]).startswith("3.")
    assert ask(str(document("url")["url"]), "SELECT 1") == [(1,)]

    with closing(psycopg2.connect(str(document("url")["url"]))):
        assert document("stop", "--if-idle")["stopped"] is False
    assert document("stop", "--if-idle")["stopped"] is True
    assert "was not running" in invoke("stop")


def test_a_given_database_is_not_stopped(given: str) -> None:
    assert "answers" in invoke("start")
    with pytest.raises(SetupError, match="not ours to stop"):
        invoke("stop")


def test_status_hides_the_password(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", given.replace("geo_wealth@", "geo_wealth:secret@"))
    status = invoke("status", "--json")
    assert json.loads(status)["running"] is True
    assert "secret" not in status


def test_a_password_goes_by_the_environment() -> None:
    url = "postgres://me:p%40ss@h:1/d?sslmode=require"
    assert without_password(url) == (
        "postgresql://me@h:1/d?sslmode=require",
        {"PGPASSWORD": "p@ss"},
    )
    assert without_password("postgresql://me@/d?host=%2Ftmp") == (
        "postgresql://me@/d?host=%2Ftmp",
        {},
    )


def test_url_has_both_forms(given: str) -> None:
    assert invoke("url").startswith("postgresql://")
    assert invoke("url", "--sqlalchemy").strip() == given


def test_psql_takes_our_place(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda _program, arguments, _env: called.append(arguments))
    invoke("psql", "-c", "SELECT 1")
    assert Path(called[0][0]).name == "psql"
    assert called[0][-2:] == ["-c", "SELECT 1"]


def test_up_and_down_and_a_revision_that_is_none(given: str) -> None:
    migrate.downgrade(given, "base")
    engine = create_engine(given, poolclass=NullPool)
    with engine.connect() as conn:
        assert migrate.current(conn) is None
    assert document("upgrade")["revision"] == migrate.head()
    with pytest.raises(InvalidRequestError, match="nonsense"):
        invoke("upgrade", "nonsense")


def test_a_backup_comes_back_whole(filled: str, tmp_path: Path) -> None:
    file = tmp_path / "all.dump"
    before = checksum(filled)
    assert document("backup", str(file))["bytes"] == file.stat().st_size
    assert [path.name for path in tmp_path.iterdir()] == ["all.dump"]

    ask(filled, "DELETE FROM extra WHERE id > 3; CREATE TABLE later AS SELECT 1 AS one")
    with pytest.raises(SetupError, match=r"already holds data .*--force"):
        invoke("restore", str(file))
    assert document("restore", str(file), "--force")["revision"] == migrate.head()
    assert checksum(filled) == before
    assert ask(filled, "SELECT to_regclass('later')") == [(None,)]
    assert ask(filled, "INSERT INTO extra (name) VALUES ('next') RETURNING id") == [(501,)]


def test_a_backup_fills_an_empty_database_elsewhere(
    filled: str, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "all.dump"
    invoke("backup", str(file))
    cluster.create_database("elsewhere")
    try:
        monkeypatch.setenv("DATABASE_URL", cluster.libpq_url("elsewhere"))
        invoke("restore", str(file))
        assert checksum(cluster.url("elsewhere")) == checksum(filled)
    finally:
        cluster.drop_database("elsewhere")


@pytest.mark.parametrize("keep", [0, 20, 0.5, 0.98], ids=["empty", "head", "half", "nearly all"])
def test_a_cut_backup_changes_nothing(filled: str, tmp_path: Path, keep: float) -> None:
    file = tmp_path / "all.dump"
    invoke("backup", str(file))
    whole = file.read_bytes()
    file.write_bytes(whole[: int(keep if keep > 1 else keep * len(whole))])
    before = checksum(filled)
    with pytest.raises(RefusedFileError, match="not a whole backup"):
        invoke("restore", str(file), "--force")
    assert checksum(filled) == before


def test_a_restore_that_fails_midway_changes_nothing(filled: str, tmp_path: Path) -> None:
    file = tmp_path / "all.dump"
    ask(filled, "CREATE SCHEMA apart; CREATE TYPE apart.colour AS ENUM ('red')")
    ask(filled, "ALTER TABLE extra ADD colour apart.colour")
    invoke("backup", str(file))
    before = checksum(filled)
    # The backup now needs a type that is not there.
    ask(filled, "ALTER TYPE apart.colour RENAME TO paint")
    with pytest.raises(SetupError, match="nothing was changed"):
        invoke("restore", str(file), "--force")
    assert checksum(filled) == before


def test_files_that_cannot_be_used_are_one_sentence(given: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="no such file"):
        invoke("restore", str(tmp_path / "none"))
    with pytest.raises(SetupError, match="could not be written"):
        invoke("backup", str(tmp_path / "none" / "file"))
