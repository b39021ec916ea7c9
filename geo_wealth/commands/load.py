"""``geo-wealth load``: publishers' and councils' files into the database."""

from pathlib import Path
from typing import Annotated

import typer

from boundaries.codes import INDEX
from geo_wealth.commands.loaded import describe, issues_csv
from geo_wealth.commands.output import (
    Json,
    check_place,
    print_json,
    say,
    write_text,
)
from geo_wealth.commands.session import open_database
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline import council, geography
from geo_wealth.pipeline.load import LoadJob
from geo_wealth.pipeline.load import load as run_load
from geo_wealth.pipeline.outcomes import outcomes_job
from geo_wealth.pipeline.replacing import Choice
from geo_wealth.registers import KINDS
from geo_wealth.surveys import WHO

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


@app.command("rural-urban")
def rural_urban(
    file: File,
    vintage: Annotated[int, typer.Option(help="Year of the LSOA codes: 2011 or 2021.")],
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load how urban or rural each LSOA is: the Rural Urban Classification.

    Example: geo-wealth load rural-urban ruc21_lsoa21.csv --vintage 2021
    """
    _run(geography.rural_urban_job(file, vintage), dry_run, issues, as_json)


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
    job = council.ledger_job(
        file, _named("--payer", payer), mapping, choice=Choice(replaces, beside)
    )
    _run(job, dry_run, issues, as_json)


@app.command("supply-chain")
def supply_chain(
    file: File,
    supplier: Annotated[str, typer.Option(help="Who paid: the supplier whose file it is.")],
    of: Annotated[str, typer.Option(help="Whom it supplies, such as 'Kirklees Council'.")],
    mapping: Mapping = None,
    replaces: Replaces = None,
    *,
    beside: Beside = False,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load what a supplier pays on, as tier 2; it is never added to the payer's own spend.

    Example: geo-wealth load supply-chain builder.csv --supplier "Builder Ltd" --of "Our Council"
    """
    job = council.supply_chain_job(
        file,
        _named("--supplier", supplier),
        _named("--of", of),
        mapping,
        choice=Choice(replaces, beside),
    )
    _run(job, dry_run, issues, as_json)


@app.command()
def survey(
    file: File,
    payer: Annotated[str, typer.Option(help="Whose suppliers or staff were asked.")],
    round_: Annotated[str, typer.Option("--round", help="Which round, such as 2024.")],
    of: Annotated[str, typer.Option(help=" or ".join(WHO) + ".")],
    mapping: Mapping = None,
    *,
    beside: Beside = False,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load a survey for LM3: what suppliers or staff received and spent locally.

    A file of the same payer, round and respondents replaces the one before. Of staff no name
    is kept.

    Example: geo-wealth load survey answers.csv --payer "Our Council" --round 2024 --of suppliers
    """
    _allowed("--of", of, WHO)
    job = council.survey_job(
        file,
        _named("--payer", payer),
        _named("--round", round_),
        of,
        mapping,
        choice=Choice(beside=beside),
    )
    _run(job, dry_run, issues, as_json)


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


@app.command()
def outcomes(
    file: File,
    measure: Annotated[str, typer.Option(help="What is measured, such as 'claimants'.")],
    vintage: Annotated[int, typer.Option(help="Year of the LSOA codes: 2011 or 2021.")],
    unit: Annotated[
        str | None, typer.Option(help="What the values count, where no column says so.")
    ] = None,
    mapping: Mapping = None,
    *,
    dry_run: DryRun = False,
    issues: Issues = None,
    as_json: Json = False,
) -> None:
    """Load an outcome by which a pilot is judged: LSOA, period, value.

    A newer file of the same measure replaces the one before. An index of deprivation is
    refused: it cannot show whether a pilot worked.

    Example: geo-wealth load outcomes q.csv --measure claimants --unit "% of 16-64" --vintage 2021
    """
    _run(outcomes_job(file, measure, vintage, unit, mapping), dry_run, issues, as_json)


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


def _named(option: str, text: str) -> str:
    """Give a name or round without blanks around it."""
    if not text.strip():
        raise InvalidRequestError(option, "it is empty; give a name, such as 'Kirklees Council'.")
    return text.strip()


def _allowed(option: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidRequestError(option, f"allowed are {', '.join(allowed)}; found {value!r}.")
