"""``geo-wealth load``: publishers' and councils' files into the database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from boundaries.codes import INDEX
from boundaries.issues import Issue
from geo_wealth.commands.output import (
    Json,
    check_place,
    csv_text,
    print_json,
    say,
    write_text,
)
from geo_wealth.commands.session import open_database
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline import council, geography
from geo_wealth.pipeline.load import LoadJob, LoadResult
from geo_wealth.pipeline.load import load as run_load
from geo_wealth.pipeline.replacing import Choice
from geo_wealth.registers import KINDS

app = typer.Typer(help="Load a file. Every load can be tried first with --dry-run.")

File = Annotated[Path, typer.Argument(help="The file, as downloaded.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and check, but store nothing.")]
Issues = Annotated[
    Path | None, typer.Option("--issues", help="Write every odd or rejected row to this CSV.")
]
Mapping = Annotated[
    Path | None,
    typer.Option("--mapping", help="A TOML file that names the columns of an unknown layout."),
]

Replaces = Annotated[
    str | None,
    typer.Option("--replaces", help="Key of the payer's ledger that this one replaces."),
]
Beside = Annotated[bool, typer.Option("--beside", help="Count it beside what it would replace.")]

AREA_KINDS = ("lsoa", "msoa", "ward", "lad")
SHOWN = 10


@app.command()
def boundaries(
    file: File,
    kind: Annotated[str, typer.Option(help="lsoa, msoa, ward or lad.")],
    vintage: Annotated[int, typer.Option(help="Year of the boundaries, such as 2021.")],
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load boundaries: GeoJSON, GeoPackage or zipped shapefile.

    Example: geo-wealth load boundaries lsoa21.gpkg --kind lsoa --vintage 2021
    """
    _allowed("--kind", kind, AREA_KINDS)
    _run(geography.boundaries_job(file, kind, vintage), dry_run, issues, as_json)


@app.command()
def lookup(
    file: File,
    kind: Annotated[
        str | None, typer.Option(help="msoa, ward, lad or lsoa, when the header leaves a choice.")
    ] = None,
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load which MSOA, ward, district or later LSOA each LSOA belongs to.

    Example: geo-wealth load lookup lookup_lsoa21_ward24_ltla24.csv
    """
    _run(geography.lookup_job(file, kind), dry_run, issues, as_json)


@app.command()
def names(
    file: File,
    vintage: Annotated[
        int | None, typer.Option(help="Year of the codes, when the file does not say.")
    ] = None,
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load names of areas whose boundaries are not at hand.

    Example: geo-wealth load names wards_kirklees_2025.csv
    """
    _run(geography.names_job(file, vintage), dry_run, issues, as_json)


@app.command()
def deprivation(
    file: File,
    index: Annotated[str, typer.Option(help="imd2019 or imd2025.")],
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load the Indices of Deprivation: File 7, or the known mirrors.

    Example: geo-wealth load deprivation File_7_IoD2025.csv --index imd2025
    """
    _allowed("--index", index, tuple(INDEX))
    _run(geography.deprivation_job(file, index), dry_run, issues, as_json)


@app.command()
def population(
    file: File,
    vintage: Annotated[int, typer.Option(help="Year of the LSOA codes: 2011 or 2021.")],
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load residents per LSOA.

    Example: geo-wealth load population census2021.csv --vintage 2021
    """
    _run(geography.population_job(file, vintage), dry_run, issues, as_json)


@app.command()
def postcodes(
    file: File,
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load postcodes: Code-Point Open zip, ONS directory as CSV or Parquet, plain CSV.

    Example: geo-wealth load postcodes codepo_gb.zip
    """
    _run(geography.postcodes_job(file), dry_run, issues, as_json)


@app.command()
def ledger(
    file: File,
    payer: Annotated[str, typer.Option(help="Who paid, such as 'Kirklees Council'.")],
    mapping: Mapping = None,
    replaces: Replaces = None,
    *,
    beside: Beside = False,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load payments as councils publish them: CSV, XLSX or zip.

    A file of the same payer and months that repeats more than half of an older one replaces
    it; the older one is kept and can be activated again.

    Example: geo-wealth load ledger 2022-08.csv --payer "Calderdale Council"
    """
    if not payer.strip():
        raise InvalidRequestError("--payer", "name who paid, such as 'Kirklees Council'.")
    choice = Choice(replaces, beside)
    _run(council.ledger_job(file, payer.strip(), mapping, choice=choice), dry_run, issues, as_json)


@app.command()
def register(
    file: File,
    kind: Annotated[str, typer.Option(help=", ".join(KINDS) + ".")],
    mapping: Mapping = None,
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load organisations with an address: suppliers, anchors, business rates and others.

    Example: geo-wealth load register business_rates.csv --kind business-rates
    """
    _allowed("--kind", kind, KINDS)
    _run(council.register_job(file, kind, mapping), dry_run, issues, as_json)


@app.command()
def assets(
    file: File,
    owner: Annotated[
        str | None, typer.Option(help="Who owns them, where the file does not say.")
    ] = None,
    mapping: Mapping = None,
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load a register of land and buildings.

    Example: geo-wealth load assets land.csv --owner "Kirklees Council"
    """
    _run(council.assets_job(file, owner, mapping), dry_run, issues, as_json)


def _run(job: LoadJob, dry_run: bool, issues: Path | None, as_json: bool) -> None:
    if issues is not None:
        check_place(issues)
    result = run_load(open_database(), job, dry_run=dry_run)
    if issues is not None:
        write_text(issues, issues_csv(result.issues))
    if as_json:
        print_json(result.document() | ({"dry_run": True} if dry_run else {}))
    else:
        say(describe(result, dry_run=dry_run))


def describe(result: LoadResult, *, dry_run: bool = False) -> str:
    """Tell a person what came of a load."""
    rows = result.rows
    if dry_run:
        head = "Tried and stored nothing."
    elif result.already_loaded:
        head = f"This file was loaded already, as {result.dataset}; it is {result.state}."
    else:
        head = f"Loaded as {result.dataset}; it is {result.state}."
    lines = [head, f"Rows: {rows['read']:,} read, {rows['loaded']:,} loaded{_left_out(rows)}."]
    if result.pounds is not None:
        pounds = result.pounds
        lines.append(
            f"Pounds: {pounds['read']} read, {pounds['loaded']} loaded, "
            f"{pounds['rejected']} rejected."
        )
    lines.extend(_findings(result))
    rejected = [issue for issue in result.issues if issue.rejects]
    whole = [issue for issue in result.issues if issue.line is None and not issue.rejects]
    noted = len(result.issues) - len(rejected) - len(whole)
    lines.extend(_line(issue) for issue in whole[:SHOWN])
    lines.extend(_line(issue) for issue in rejected[:SHOWN])
    if len(rejected) > SHOWN:
        lines.append(f"  and {len(rejected) - SHOWN:,} more rejected rows: --issues FILE.csv.")
    if noted:
        lines.append(f"{noted:,} values were repaired or are odd: --issues FILE.csv lists them.")
    return "\n".join(lines)


def issues_csv(issues: tuple[Issue, ...]) -> str:
    """List issues as CSV."""
    return csv_text(
        ("line", "field", "kind", "value", "message", "rejected"),
        (
            (
                issue.line,
                issue.field,
                issue.kind,
                issue.value,
                issue.message,
                "yes" if issue.rejects else "no",
            )
            for issue in issues
        ),
    )


def _left_out(rows: dict[str, Any]) -> str:
    parts = [f", {count:,} excluded ({reason})" for reason, count in rows["excluded"].items()]
    return "".join(parts) + f", {rows['rejected']:,} rejected"


def _findings(result: LoadResult) -> list[str]:
    agreement = result.report.get("agreement") or {}
    recombined = result.report.get("recombination")
    lines = []
    if recombined:
        lines.append(
            f"The domain ranks give the score for all {recombined['areas']:,} neighbourhoods, "
            f"to {recombined['largest_error']:.4f} points."
        )
    if result.state == "current":
        lines.extend(_replacing(result.report))
    editions = result.report.get("editions") or []
    lines.extend(
        f"{key} of the same owner stays current beside this one: if this is a new edition, run "
        f"`geo-wealth datasets retire {key}`."
        for key in editions
    )
    return lines + [
        f"The publisher's {vintage} LSOA agrees with the polygon around the postcode for "
        f"{found['agreed']:,} of {found['compared']:,} ({found['share']:.2%})."
        for vintage, found in agreement.items()
    ]


def _replacing(report: dict[str, Any]) -> Iterator[str]:
    """Tell what a ledger or survey has taken the place of, and what it may count twice."""
    for other in report.get("replaces") or []:
        if not other["current"]:
            continue
        of = other.get("payments")
        repeats = f", of which it repeats {other['repeats']:,} of {of:,} payments" if of else ""
        yield (
            f"It replaces {other['dataset']}{repeats}; `geo-wealth datasets activate "
            f"{other['dataset']}` brings that back."
        )
    for other in report.get("counts_twice") or []:
        yield (
            f"{other['repeats']:,} payments are in {other['dataset']} too, which has "
            f"{other['payments']:,}, and both count: if this file replaces that one, load it "
            f"again with --replaces {other['dataset']}."
        )
    for other in report.get("beside") or []:
        yield (
            f"{other['dataset']} is of the same months and shares {other['repeats']:,} of its "
            f"{other['payments']:,} payments; both count. If this file replaces that one, load "
            f"it again with --replaces {other['dataset']}."
        )


def _line(issue: Issue) -> str:
    where = f"line {issue.line}" if issue.line is not None else "the file"
    field = f", {issue.field}" if issue.field else ""
    return f"  {where}{field}: {issue.message}"


def _allowed(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidRequestError(option, f"allowed are {', '.join(allowed)}; found {value!r}.")
