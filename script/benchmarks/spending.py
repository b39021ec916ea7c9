"""Spend of a million payments over HTTP: a question not asked before, and one asked again."""

import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from databases import Server
from flask.testing import FlaskClient
from ledger_million import ROWS, million, registers
from measure import Finding, expect, timed
from sqlalchemy import Engine

from geo_wealth.config import Settings
from geo_wealth.pipeline import council, geography
from geo_wealth.pipeline.load import load
from geo_wealth.store.named import add_document
from webmap import create_app

_KILO = 1000.0
_RULES = ("all-payments", "third-party")
_DEFINITION = """
slug = "bench-{number}"
title = "A place of its own, {number}"
about = "Made to be asked for once."
[address]
order = ["site", "branch", "registered", "payment"]
otherwise = "unlocated"
[[local]]
kind = "district"
codes = ["E08000034"]
[[local]]
kind = "postcode-district"
districts = ["M{number}"]
"""


def compare(server: Server, shared: Path, rounds: int) -> list[Finding]:
    """Ask the API for spend; the first question of all reads the payments into memory."""
    with (
        million(shared) as (path, _total),
        registers(server, shared) as template,
        server.database(template) as engine,
        tempfile.TemporaryDirectory() as folder,
    ):
        for boundaries in sorted(shared.glob("boundaries/lsoa21_*_E*.geojson")):
            load(engine, geography.boundaries_job(boundaries, "lsoa", 2021))
        load(engine, council.ledger_job(path, "Trafford Council"))
        _define(engine, rounds + 1)
        client = create_app(
            Settings(data_dir=Path(folder), database_url=None), engine
        ).test_client()
        first, *others = (_address(number) for number in range(1, rounds + 2))
        reading = timed(lambda: _ask(client, first))
        new, again = [], []
        for address in others:
            new.append(timed(partial(_ask, client, address)))
            again.append(timed(partial(_ask, client, address)))
    sides = {"the first of all, s": reading}
    return [
        Finding("spend", "a new question, median", median(new) * _KILO, "ms", 150, rounds, sides),
        Finding("spend", "asked again, median", median(again) * _KILO, "ms", 20, rounds),
    ]


def _define(engine: Engine, count: int) -> None:
    """Add definitions, no two alike."""
    with engine.begin() as connection:
        for number in range(1, count + 1):
            text = _DEFINITION.format(number=number)
            add_document(connection, "definition", text, f"bench-{number}.toml", "script/bench")


def _address(number: int) -> str:
    """Ask under a definition of its own, by one rule set or the other."""
    query = {"definition": f"bench-{number}", "rules": _RULES[number % len(_RULES)]}
    return f"/api/v1/spend?{urlencode(query)}"


def _ask(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    expect(answer.status_code, 200, address)
    expect(answer.get_json()["rows"]["read"], ROWS, address)
