"""``geo-wealth verify``: work every figure of a decision pack out again."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from geo_wealth.commands import pack as packing
from geo_wealth.commands.output import Json, print_json, say
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.errors import NotFoundError
from geo_wealth.pack.apart import apart
from geo_wealth.pack.differences import Difference, differences
from geo_wealth.pack.reading import MANIFEST, Pack, read_pack
from geo_wealth.pack.record import pilot_record
from geo_wealth.pack.verify import Verdict
from geo_wealth.pack.verify import verify as check
from geo_wealth.pipeline.evidence import programme
from geo_wealth.queries import pilots as queries

_SHOWN = 20


def verify(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="A pack: .zip, or its folder.")],
    *,
    database: Annotated[
        bool, typer.Option("--database", help="Compare it with what the database froze, too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Work every figure of a decision pack out again, and say what differs.

    Needs no database unless asked to. Exit status 1 when something differs.

    Example: geo-wealth verify dewsbury-moor.zip
    """
    read = read_pack(pack)
    verdict = check(read, programme()["version"], packing.renderer, apart)
    kept = list(_against_database(read, verdict)) if database else []
    found = [*verdict.found, *kept]
    if as_json:
        print_json(_document(verdict, found, database=database))
    else:
        _print(verdict, found, database=database)
    if found:
        raise typer.Exit(1)


def _against_database(pack: Pack, verdict: Verdict) -> Iterator[Difference]:
    """Compare a pack with what was frozen: the one check that a consistent forgery fails."""
    with reading(open_database()) as connection:
        try:
            found = queries.pilot(connection, verdict.slug)
        except NotFoundError:
            yield Difference(MANIFEST, "pilot.slug", verdict.slug, "no such pilot is kept here")
            return
        hashes = {event.evidence_hash for event in found.events}
        if verdict.evidence_hash not in hashes:
            frozen = queries.current_evidence(found)
            yield Difference(MANIFEST, "evidence_hash", verdict.evidence_hash, frozen)
        said = pack.manifest["pilot"]
        if isinstance(said, dict) and isinstance(said.get("events"), list):
            until = found.events[: len(said["events"])]
            named = bool(said.get("with_names"))
            kept = pilot_record(found.slug, until, with_names=named)
            yield from differences(MANIFEST, said["events"], kept["events"], "pilot.events")


def _print(verdict: Verdict, found: list[Difference], *, database: bool) -> None:
    say(f"{verdict.title} ({verdict.slug}), {verdict.state}.")
    say(f"Hash of the evidence: {verdict.evidence_hash}")
    for sentence in verdict.agreed:
        say(f"  holds    {sentence}")
    for sentence in verdict.notes:
        say(f"  note     {sentence}")
    for each in found[:_SHOWN]:
        where = f"{each.file}: {each.path}" if each.path else each.file
        say(f"  DIFFERS  {where}: said {each.said}; found {each.found}")
    if len(found) > _SHOWN:
        say(f"  and {len(found) - _SHOWN} more: see --json.")
    say(_verdict_sentence(found, database=database))


def _verdict_sentence(found: list[Difference], *, database: bool) -> str:
    if found:
        differ = "One thing differs" if len(found) == 1 else f"{len(found)} things differ"
        return f"{differ}: do not rest a decision on this pack."
    if database:
        return "The pack agrees with itself and with what the database froze."
    return (
        "The pack agrees with itself. That it is the one decided on shows only the hash above: "
        "compare it with the minutes, or use --database where the pilot is kept."
    )


def _document(verdict: Verdict, found: list[Difference], *, database: bool) -> object:
    return {
        "agrees": not found,
        "pilot": verdict.slug,
        "title": verdict.title,
        "state": verdict.state,
        "evidence_hash": verdict.evidence_hash,
        "compared_with_database": database,
        "agreed": list(verdict.agreed),
        "notes": list(verdict.notes),
        "differences": [asdict(each) for each in found],
    }
