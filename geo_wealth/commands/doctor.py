"""``geo-wealth doctor``: what is missing or wrong, and the command that mends it."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from geo_wealth.config import load_settings
from geo_wealth.doctor import Finding, examine, healthy

_MARKS = {"ok": "ok     ", "optional": "note   ", "wrong": "WRONG  "}


def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
) -> None:
    """Say what is missing or wrong on this machine, and the command that mends it.

    Exit status 1 when something is wrong. Example: geo-wealth doctor
    """
    findings = examine(load_settings())
    if as_json:
        document = {"healthy": healthy(findings), "findings": [asdict(f) for f in findings]}
        typer.echo(json.dumps(document))
    else:
        typer.echo("\n".join(_line(finding) for finding in findings))
    if not healthy(findings):
        typer.echo("Something is wrong on this machine.", err=True)
        raise typer.Exit(1)


def _line(finding: Finding) -> str:
    remedy = f"\n        to mend it: {finding.remedy}" if finding.remedy else ""
    return f"{_MARKS[finding.state]} {finding.name}: {finding.message}{remedy}"
