"""``geo-wealth pilot``: pilots proposed, approved, run, reviewed and ended, each step on record."""

from datetime import date
from typing import Annotated

import typer

from geo_wealth.commands.output import Json, print_json, print_table, say
from geo_wealth.commands.pilot_options import (
    Across,
    Areas,
    AreasFile,
    Cap,
    Definition,
    Draws,
    Exclude,
    History,
    Include,
    Matches,
    Outcomes,
    Pool,
    Rules,
    Seed,
    Within,
    codes_given,
    metres,
)
from geo_wealth.commands.pilot_print import (
    print_changes,
    print_document,
    print_event,
    print_faults,
    print_written,
)
from geo_wealth.commands.ranking_options import build, takes_ranking
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.drawing.request import ACROSS_M, CAP, DrawRequest
from geo_wealth.errors import GeoWealthError, InvalidRequestError
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.pilots import Said
from geo_wealth.pipeline import pilots as pipeline
from geo_wealth.pipeline.pilot_documents import (
    change_document,
    event_document,
    signed_document,
    summaries,
)
from geo_wealth.plan import Plan
from geo_wealth.queries import pilots as queries
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings

app = typer.Typer(
    help="Pilots as records: every step dated, reasoned and kept. Example: geo-wealth pilot list",
    no_args_is_help=True,
)

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="Its name, such as dewsbury-moor.")]
By = Annotated[str, typer.Option("--by", help="Who says so; pages show no names.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; pages show it, so name no person.")]
On = Annotated[str | None, typer.Option("--on", help="The day, such as 2026-11-22; else today.")]

_HOW = Weightings()
_COMPARISON = ComparisonRequest()


@app.command()
@takes_ranking
def propose(
    slug: Slug,
    title: Annotated[str, typer.Option("--title", help="What people call it.")],
    by: By,
    reason: Reason,
    request: RankRequest,
    *,
    area: Areas = None,
    areas: AreasFile = None,
    cap: Cap = CAP,
    across: Across = f"{ACROSS_M:g}",
    include: Include = None,
    exclude: Exclude = None,
    within: Within = None,
    matches: Matches = _COMPARISON.matches,
    pool: Pool = _COMPARISON.pool,
    history: History = None,
    outcome: Outcomes = None,
    definition: Definition = "kirklees",
    rules: Rules = "all-payments",
    draws: Draws = _HOW.draws,
    seed: Seed = _HOW.seed,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Propose a pilot: its areas, why, and how one will see whether it worked.

    Without --area and --areas it takes the best area drawn. Proposing it again before it is
    approved makes a new version; the earlier ones stay on record.

    Example: geo-wealth pilot propose dewsbury --title "Dewsbury" --by "A. Officer"
    --reason "Most deprived, least spend" --district E08000034
    """
    day = _day(on)
    draw = DrawRequest(cap, metres(across), tuple(include or ()), tuple(exclude or ()), within)
    engine = open_database()
    with reading(engine) as connection:
        ranking = build(connection, request)
        chosen = codes_given(area, areas) or pipeline.drawn_areas(connection, ranking, draw)
    plan = Plan(
        slug=slug,
        title=title.strip(),
        areas=chosen,
        ranking=request,
        how=Weightings(draws, seed),
        draw=draw,
        comparison=ComparisonRequest(matches, pool, tuple(history or ())),
        outcomes=tuple(outcome or ()),
        definition=definition,
        rules=rules,
    )
    print_written("proposed", pipeline.propose(engine, plan, by, reason, day), as_json=as_json)


@app.command()
def approve(
    slug: Slug,
    by: By,
    reason: Reason,
    on: On = None,
    *,
    despite_changes: Annotated[
        bool, typer.Option("--despite-changes", help="Though the evidence is no longer the same.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Approve a pilot, which somebody else proposed, and freeze its evidence under a hash.

    Example: geo-wealth pilot approve dewsbury --by "B. Councillor" --reason "Cabinet, item 7"
    """
    day = _day(on)
    engine = open_database()
    done = pipeline.approve(engine, slug, by, reason, day, despite_changes=despite_changes)
    print_written("approved", done, as_json=as_json)


@app.command()
def start(slug: Slug, by: By, reason: Reason, on: On = None, *, as_json: Json = False) -> None:
    """Start an approved pilot.

    Example: geo-wealth pilot start dewsbury --by "A. Officer" --reason "Funding is in place"
    """
    _step("started", slug, by, reason, on, as_json=as_json)


@app.command()
def review(slug: Slug, by: By, reason: Reason, on: On = None, *, as_json: Json = False) -> None:
    """Review a running pilot; it may be reviewed more than once.

    Example: geo-wealth pilot review dewsbury --by "A. Officer" --reason "After a year: mixed"
    """
    _step("reviewed", slug, by, reason, on, as_json=as_json)


@app.command()
def expand(slug: Slug, by: By, reason: Reason, on: On = None, *, as_json: Json = False) -> None:
    """End a reviewed pilot by making it larger; it must have a learning record.

    Example: geo-wealth pilot expand dewsbury --by "B. Councillor" --reason "To the whole town"
    """
    _step("expanded", slug, by, reason, on, as_json=as_json)


@app.command()
def replicate(slug: Slug, by: By, reason: Reason, on: On = None, *, as_json: Json = False) -> None:
    """End a reviewed pilot by doing the same elsewhere; it must have a learning record.

    Example: geo-wealth pilot replicate dewsbury --by "B. Councillor" --reason "In Batley too"
    """
    _step("replicated", slug, by, reason, on, as_json=as_json)


@app.command()
def stop(slug: Slug, by: By, reason: Reason, on: On = None, *, as_json: Json = False) -> None:
    """Stop a pilot, or withdraw one that was not approved.

    Example: geo-wealth pilot stop dewsbury --by "B. Councillor" --reason "No funding"
    """
    _step("stopped", slug, by, reason, on, as_json=as_json)


@app.command()
def learn(
    slug: Slug,
    by: By,
    text: Annotated[str | None, typer.Option(help="The record in one text.")] = None,
    tried: Annotated[str | None, typer.Option(help="What was tried.")] = None,
    found: Annotated[str | None, typer.Option(help="What was found.")] = None,
    then: Annotated[
        str | None, typer.Option("--next", help="What would be done otherwise next time.")
    ] = None,
    on: On = None,
    *,
    as_json: Json = False,
) -> None:
    """Write the learning record, without which no pilot is expanded or replicated.

    Example: geo-wealth pilot learn dewsbury --by "A. Officer" --tried "Smaller lots"
    --found "Two local bidders won" --next "Tell bidders a year ahead"
    """
    reason = pipeline.learned(text, tried, found, then)
    _step("learning", slug, by, reason, on, as_json=as_json)


@app.command()
def log(
    slug: Slug,
    kind: Annotated[str, typer.Option("--kind", help="barrier, outcome or note.")],
    by: By,
    text: Annotated[str, typer.Option("--text", help="Pages show it, so name no person.")],
    area: Annotated[str | None, typer.Option("--area", help="The LSOA it is about.")] = None,
    on: On = None,
    *,
    as_json: Json = False,
) -> None:
    """Log a barrier, an outcome or a note, against an area of the pilot and its stage.

    Example: geo-wealth pilot log dewsbury --kind barrier --area E01011130 --by "A. Officer"
    --text "The hall has no lift"
    """
    if kind not in {"barrier", "outcome", "note"}:
        raise InvalidRequestError("--kind", f"allowed are barrier, outcome, note; found {kind!r}.")
    _step(kind, slug, by, text, on, area, as_json=as_json)


@app.command("list")
def list_pilots(*, as_json: Json = False) -> None:
    """List all pilots, the newest first.

    Example: geo-wealth pilot list --json
    """
    with reading(open_database()) as connection:
        found = summaries(connection)
    if as_json:
        print_json({"pilots": found})
    elif not found:
        say("There is no pilot yet; `geo-wealth pilot propose` proposes one.")
    else:
        columns = ("pilot", "title", "state", "district_name", "neighbourhoods", "changed_on")
        print_table(
            [(name.replace("_", " "), "left") for name in columns],
            [[str(each[name] or "not known") for name in columns] for each in found],
        )


@app.command()
def show(slug: Slug, *, as_json: Json = False) -> None:
    """Show a pilot: state, plan, areas, frozen hash, and its log, checked.

    Example: geo-wealth pilot show dewsbury
    """
    with reading(open_database()) as connection:
        found = queries.pilot(connection, slug)
        wrong = pipeline.log_faults(connection, found)
        try:
            document = signed_document(connection, found)
        except GeoWealthError as error:  # what is wrong is told, with the log itself
            document = {"pilot": slug, "events": [event_document(e) for e in found.events]}
            wrong = wrong or [str(error)]
    if as_json:
        print_json({**document, "log_faults": wrong})
        return
    if "title" in document:
        print_document(document)
    for event in found.events:
        print_event(event)
    print_faults(wrong)


@app.command()
def changes(slug: Slug, *, as_json: Json = False) -> None:
    """Say what has changed since the evidence was frozen, or since the proposal before that.

    Example: geo-wealth pilot changes dewsbury
    """
    with reading(open_database()) as connection:
        found = queries.pilot(connection, slug)
        told = pipeline.since_approval(connection, found)
        since = "proposal" if told is None else "approval"
        told = pipeline.since_proposal(connection, found) if told is None else told
    if as_json:
        print_json({"pilot": slug, "since": since, "changes": [change_document(c) for c in told]})
    elif told:
        say(f"Changed since the {since} of {slug}:")
        print_changes(told)
    else:
        say(f"Nothing has changed since the {since} of {slug}.")


@app.command("verify-log")
def verify_log(
    slug: Slug,
    last: Annotated[
        str | None, typer.Option("--hash", help="Of an event, as written down elsewhere.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Check that the log is as it was written, and that the evidence has its hashes.

    Example: geo-wealth pilot verify-log dewsbury
    """
    with reading(open_database()) as connection:
        found = queries.pilot(connection, slug)
        wrong = pipeline.log_faults(connection, found, last)
    if as_json:
        print_json({"pilot": slug, "whole": not wrong, "last": found.events[-1].hash,
                    "faults": wrong})  # fmt: skip
    else:
        print_faults(wrong)
        say(f"Last hash: {found.events[-1].hash}")
    if wrong:
        raise typer.Exit(1)


def _step(
    kind: str,
    slug: str,
    by: str,
    reason: str,
    on: str | None,
    area: str | None = None,
    *,
    as_json: bool,
) -> None:
    day = _day(on) or pipeline.now().date()
    event = pipeline.step(open_database(), slug, Said(kind, by, day, reason, area))
    if as_json:
        print_json({"pilot": slug, "event": event_document(event)})
    else:
        print_event(event)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidRequestError(
            "--on", f"write a day such as 2026-11-22; found {text!r}."
        ) from None
