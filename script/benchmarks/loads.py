"""Loads through the whole pipeline against parsing and a bare COPY of the same rows."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from databases import Server, value
from measure import Finding, Run, WrongResultError, expect, interleaved, timed
from sqlalchemy import Connection, Engine

from boundaries.areas import read_areas
from boundaries.issues import IssueLog
from boundaries.postcodes import read_postcodes
from geo_wealth.ledger import COLUMNS as PAYMENT
from geo_wealth.ledger import read_ledger
from geo_wealth.pipeline import council, geography
from geo_wealth.pipeline.load import LoadJob, load
from geo_wealth.store.copy import copy_frame, copy_geometries

_PAYER = "Trafford Council"
_POSTCODE = {
    "postcode": "text",
    "easting": "double precision",
    "northing": "double precision",
    "quality": "smallint",
    "lad": "text",
    "ward": "text",
    "lsoa11": "text",
    "lsoa21": "text",
    "introduced": "integer",
    "terminated": "integer",
}
_AREA = {
    "kind": "text",
    "code": "text",
    "name": "text",
    "geom": "geometry(MultiPolygon, 27700)",
    "geom_map": "geometry(MultiPolygon, 27700)",
}
_PAYMENT = dict.fromkeys(PAYMENT, "text") | {
    "line": "integer",
    "paid_on": "date",
    "amount": "numeric",
}


@dataclass
class Case:
    """One file: how we load it, how a bare COPY of its rows goes, how both are checked."""

    name: str
    path: Path
    job: Callable[[], LoadJob]
    bare_columns: dict[str, str]
    bare: Callable[[Connection], None]
    check: str
    check_bare: str
    template: str = "empty"
    rivals: dict[str, Callable[[Engine], object]] = field(default_factory=dict)
    wanted: str = ""

    def pipeline(self, server: Server) -> Run:
        """Load through the pipeline, into a database without this file."""
        return self._run(server, self.check, lambda engine: load(engine, self.job()), self.template)

    def bare_copy(self, server: Server) -> Run:
        """Parse, and COPY what was parsed into a table without any index."""
        return self._run(server, self.check_bare, self._copied)

    def settle(self, server: Server) -> None:
        """Find out what every check should give: rows, and a sum over them."""
        with server.database() as engine:
            self._copied(engine)
            self.wanted = str(value(engine, self.check_bare))

    def rows(self) -> int:
        """Give the number of rows that every side should have written."""
        return int(self.wanted.split()[0])

    def counted(self, found: object) -> None:
        """Insist on rows and sum, or on the rows where nothing else was counted."""
        expect(
            found, self.rows() if isinstance(found, int) else self.wanted, f"rows of {self.name}"
        )

    def rival(self, server: Server, name: str) -> Run:
        """Run somebody else's way; the number of rows is what is checked."""
        return self._run(server, "SELECT count(*) FROM rival", self.rivals[name])

    def _copied(self, engine: Engine) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in self.bare_columns.items())
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE TABLE bare ({columns})")
            self.bare(connection)

    def _run(
        self,
        server: Server,
        check: str,
        work: Callable[[Engine], object],
        template: str = "empty",
    ) -> Run:
        def run() -> float:
            with server.database(template) as engine:
                seconds = timed(lambda: work(engine))
                self.counted(value(engine, check))
            return seconds

        return run


def boundaries_case(shared: Path) -> Case:
    """Give England's LSOAs of 2021 but one district, with their generalised copies."""
    path = shared / "boundaries/lsoa21_england_bgc_excl_holdout.gpkg.zip"

    def bare(connection: Connection) -> None:
        for batch in read_areas(path, "lsoa", 2021, IssueLog()):
            texts = [["lsoa"] * len(batch.codes), batch.codes, batch.names]
            copy_geometries(connection, "bare", texts, [batch.geometries, batch.generalised])

    shapes = "SELECT count(*)::text || ' ' || round(sum(ST_Area(geom))::numeric, 2) FROM {}"
    return Case(
        "boundaries",
        path,
        lambda: geography.boundaries_job(path, "lsoa", 2021),
        _AREA,
        bare,
        shapes.format("area"),
        shapes.format("bare"),
        rivals={"ogr2ogr": partial(_ogr2ogr, path)} if shutil.which("ogr2ogr") else {},
    )


def postcodes_case(shared: Path, template: str = "empty") -> Case:
    """Give all 1.74 million live postcodes of Great Britain."""
    path = shared / "postcodes/codepo_gb_2025-05.zip"

    def bare(connection: Connection) -> None:
        for chunk in read_postcodes(path, IssueLog()).chunks:
            copy_frame(connection, "bare", chunk)

    return Case(
        "postcodes" if template == "empty" else "postcodes-into-england",
        path,
        lambda: geography.postcodes_job(path),
        _POSTCODE,
        bare,
        "SELECT count(*)::text || ' ' || sum(ST_X(point))::bigint FROM postcode WHERE current",
        "SELECT count(*)::text || ' ' || sum(easting)::bigint FROM bare",
        template,
    )


def ledger_case(shared: Path) -> Case:
    """Give a year of a council's payments, against pandas as one would write it as well."""
    path = shared / "spend/trafford/trafford-supplier-spend-2025-26.zip"

    def bare(connection: Connection) -> None:
        for chunk in read_ledger(path, IssueLog()).chunks:
            copy_frame(connection, "bare", chunk)

    sums = "SELECT count(*)::text || ' ' || sum(amount) FROM {}"
    return Case(
        "ledger",
        path,
        lambda: council.ledger_job(path, _PAYER),
        _PAYMENT,
        bare,
        sums.format("payment"),
        sums.format("bare"),
        rivals={"pandas": partial(_pandas, path)},
    )


def compare(server: Server, case: Case, rounds: int, targets: dict[str, float]) -> list[Finding]:
    """Time a case's sides in turn; the pipeline's ratio to each of the others."""
    case.settle(server)
    sides = {"pipeline": case.pipeline(server), "parse + bare COPY": case.bare_copy(server)}
    sides |= {name: case.rival(server, name) for name in case.rivals}
    seconds = interleaved(sides, rounds)
    ours = seconds.pop("pipeline")
    return [
        Finding(
            case.name,
            f"pipeline / {name}",
            ours / theirs,
            target=targets.get(name),
            rounds=rounds,
            sides={"pipeline": ours, name: theirs},
        )
        for name, theirs in seconds.items()
    ]


def binary_copy(server: Server, case: Case, rounds: int, target: float) -> Finding:
    """Time the pipeline against COPY of a ready binary file: no reading, checks or indexes."""
    columns = "dataset_id, source, postcode, point, quality, lad, ward, current"
    file = io.BytesIO()
    with server.database() as engine:
        load(engine, case.job())
        _cursor(
            engine, lambda c: c.copy_expert(f"COPY postcode ({columns}) TO STDOUT BINARY", file)
        )

    def ready() -> float:
        with server.database() as engine:
            with engine.begin() as connection:
                # Our own column names.
                empty = f"CREATE TABLE bare AS SELECT {columns} FROM postcode"  # noqa: S608
                connection.exec_driver_sql(empty)
            file.seek(0)
            command = "COPY bare FROM STDIN BINARY"
            seconds = timed(lambda: _cursor(engine, lambda c: c.copy_expert(command, file)))
            case.counted(value(engine, "SELECT count(*) FROM bare"))
        return seconds

    seconds = interleaved({"pipeline": case.pipeline(server), "binary": ready}, rounds)
    return Finding(
        case.name,
        "pipeline / binary COPY alone",
        seconds["pipeline"] / seconds["binary"],
        target=target,
        rounds=rounds,
        sides=seconds,
    )


def peak_memory(server: Server, case: Case, target: float | None) -> Finding:
    """Load in a process of its own and ask how much memory it needed at most."""
    program = str(Path(__file__).with_name("peak.py"))
    with server.database() as engine:
        url = engine.url.render_as_string(hide_password=False)
        arguments = [sys.executable, program, case.name, url, str(case.path)]
        done = subprocess.run(arguments, capture_output=True, text=True, check=True)
        case.counted(value(engine, case.check))
    return Finding(case.name, "peak memory of the load", float(done.stdout), "MB", target)


@contextmanager
def england(server: Server, shared: Path) -> Iterator[str]:
    """Give a template database that holds England's boundaries."""
    name = "england"
    with server.database() as engine:
        load(engine, boundaries_case(shared).job())
        engine.dispose()
        server.cluster.create_database(name, template=str(engine.url.database))
    yield name
    server.cluster.drop_database(name)


def _cursor(engine: Engine, work: Callable[[Any], object]) -> None:
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            work(cursor)


def _ogr2ogr(path: Path, engine: Engine) -> None:
    """Unpack and let GDAL do it: no checks, no generalised copy, no index."""
    address = engine.url
    target = f"PG:dbname={address.database} user={address.username} " + " ".join(
        f"{key}={part}" for key, part in address.query.items()
    )
    options = ["-nln", "rival", "-t_srs", "EPSG:27700", "-nlt", "PROMOTE_TO_MULTI"]
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as packed:
        file = packed.extract(packed.namelist()[0], folder)
        done = subprocess.run(
            ["ogr2ogr", "-f", "PostgreSQL", target, file, *options, "-lco", "SPATIAL_INDEX=NONE"],
            env={**os.environ, "PG_USE_COPY": "YES"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise WrongResultError(f"ogr2ogr: {done.stderr.strip()[:300]}")


def _pandas(path: Path, engine: Engine) -> None:
    frame = pd.read_csv(path, low_memory=False)
    frame.to_sql("rival", engine, index=False)
