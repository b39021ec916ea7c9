"""The whole database to one file and back, each in one piece or not at all."""

import os
import subprocess
import tempfile
from contextlib import closing
from importlib import resources
from pathlib import Path

import psycopg2
from psycopg2 import sql

from geo_wealth.address import first_line, libpq_url, without_password
from geo_wealth.config import Settings
from geo_wealth.errors import DatabaseUnavailableError, RefusedFileError, SetupError
from geo_wealth.postgres import client_program

# What every PostGIS database has already, and an ordinary user may not create.
_THEIRS = (" SCHEMA - ", " EXTENSION - ", " COMMENT - EXTENSION ", " COMMENT - SCHEMA ")


def backup(settings: Settings, url: str, target: Path) -> int:
    """Write the database to a file; an earlier file stays until the new one is whole.

    Returns
    -------
    int
        The size of the file in bytes.

    Raises
    ------
    SetupError
        When the file cannot be written or the database cannot be read.
    """
    part = target.with_name(target.name + ".part")
    address, secret = without_password(url)
    command = [client_program(settings, "pg_dump"), "--format=custom", "--schema=public"]
    command += ["--no-owner", "--no-privileges", f"--file={part}", f"--dbname={address}"]
    try:
        with part.open("wb"):
            part.chmod(0o600)
        _run(command, secret, f"The backup {target} could not be written")
        with part.open("rb") as file:
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        part.replace(target)
    except OSError as error:
        raise SetupError(
            f"The backup {target} could not be written ({error.strerror}): choose another folder."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return size


def restore(settings: Settings, url: str, source: Path, *, force: bool = False) -> None:
    """Replace what the database holds by a backup, in one transaction.

    Parameters
    ----------
    settings
        Where PostgreSQL's programs are.
    url
        The database to fill.
    source
        A file that :func:`backup` wrote.
    force
        Replace data too; otherwise only an empty database is filled.

    Raises
    ------
    RefusedFileError
        When the file is not a whole backup.
    SetupError
        When the database holds data, or refuses the backup.
    """
    contents = _contents(settings, source)
    if not force:
        held = _tables_with_rows(url)
        if held:
            raise SetupError(
                f"The database already holds data (table {held[0]}): add --force to replace "
                "everything in it."
            )
    with tempfile.NamedTemporaryFile("w", suffix=".list") as chosen:
        chosen.write(contents)
        chosen.flush()
        _replace(settings, url, source, Path(chosen.name))


def _contents(settings: Settings, source: Path) -> str:
    """List what is to be restored, having read the file to its end."""
    if not source.is_file():
        raise RefusedFileError(f"{source}: there is no such file.")
    program = client_program(settings, "pg_restore")
    refusal = f"{source}: this is not a whole backup"
    listed = _run([program, "--list", str(source)], {}, refusal)
    _run([program, f"--file={os.devnull}", str(source)], {}, refusal)
    kept = [line for line in listed.splitlines() if not any(mark in line for mark in _THEIRS)]
    if not any(" TABLE public dataset " in line for line in kept):
        raise RefusedFileError(f"{source}: this is a backup of something else (no datasets).")
    return "\n".join(kept) + "\n"


def _tables_with_rows(url: str) -> list[str]:
    query = """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relname
    """
    with closing(psycopg2.connect(libpq_url(url))) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        names = [str(name) for (name,) in cursor.fetchall()]
        return [name for name in names if _has_rows(cursor, name)]


def _has_rows(cursor: "psycopg2.extensions.cursor", table: str) -> bool:
    statement = sql.SQL("SELECT EXISTS (SELECT 1 FROM public.{})")
    cursor.execute(statement.format(sql.Identifier(table)))
    row = cursor.fetchone()
    return bool(row and row[0])


def _replace(settings: Settings, url: str, source: Path, chosen: Path) -> None:
    """Stream the backup into psql, and commit only when it came to its end."""
    empty = (resources.files("geo_wealth") / "empty_schema.sql").read_text()
    address, secret = without_password(url)
    reader = [client_program(settings, "pg_restore"), "--no-owner", "--no-privileges"]
    reader += [f"--use-list={chosen}", "--file=-", str(source)]
    writer = [client_program(settings, "psql"), "--no-psqlrc", "--quiet", "--output", os.devnull]
    writer += ["--set=ON_ERROR_STOP=1", f"--dbname={address}"]
    with tempfile.TemporaryFile("w+") as said:
        psql = subprocess.Popen(
            writer, stdin=subprocess.PIPE, stderr=said, env={**os.environ, **secret}
        )
        assert psql.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            with psql.stdin as pipe:
                pipe.write(f"BEGIN;\n{empty}\n".encode())
                pipe.flush()
                if _stream(reader, pipe.fileno()):
                    pipe.write(b"\nCOMMIT;\nANALYZE;\n")
        except BrokenPipeError:
            pass  # psql says why, below
        if psql.wait() != 0:
            said.seek(0)
            raise SetupError(
                f"The backup {source} could not be restored, and nothing was changed "
                f"({first_line(said.read())})."
            )


def _stream(command: list[str], target: int) -> bool:
    return (
        subprocess.run(command, stdout=target, stderr=subprocess.DEVNULL, check=False).returncode
        == 0
    )


def _run(command: list[str], secret: dict[str, str], refusal: str) -> str:
    environment = {**os.environ, "LC_ALL": "C", **secret}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode == 0:
        return done.stdout
    reason = first_line(done.stderr)
    if "connection to server" in reason:
        raise DatabaseUnavailableError(f"{refusal}: the database does not answer ({reason}).")
    kind = RefusedFileError if "pg_restore" in Path(command[0]).name else SetupError
    raise kind(f"{refusal} ({reason}).")
