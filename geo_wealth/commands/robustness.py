"""``geo-wealth robustness``: how much each rank depends on the weights."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geo_wealth.commands.output import (
    Json,
    check_place,
    csv_text,
    print_json,
    print_table,
    say,
    write_text,
)
from geo_wealth.commands.ranking_options import build, takes_ranking
from geo_wealth.commands.session import open_database
from geo_wealth.db import reading
from geo_wealth.errors import InvalidRequestError
from geo_wealth.pipeline.method_robustness import (
    RankingMethods,
    area_drivers,
    district_variants,
    drivers_document,
    drivers_rows,
    methods_by_code,
    methods_document,
    methods_rows,
    ranking_methods,
)
from geo_wealth.pipeline.ranking import kept_ranking
from geo_wealth.pipeline.robustness import (
    RankingRobustness,
    drawn_sentence,
    ranking_robustness,
    robustness_document,
    robustness_rows,
)
from geo_wealth.pipeline.table import credited
from geo_wealth.pipeline.words import context_line
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.rows import Ranking, RankRequest
from geo_wealth.robustness import Weightings
from geo_wealth.robustness.drivers import BASE, Drivers
from geo_wealth.robustness.methods import Variant

_DEFAULT = Weightings()


@takes_ranking
def robustness(
    request: RankRequest,
    *,
    draws: Annotated[int, typer.Option(help="How many weightings.")] = _DEFAULT.draws,
    seed: Annotated[int, typer.Option(help="The same seed, the same answer.")] = _DEFAULT.seed,
    concentration: Annotated[
        float | None,
        typer.Option(
            help="How close to the chosen weights: "
            f"{_DEFAULT.concentration:g} unless given, higher is closer."
        ),
    ] = None,
    simplex: Annotated[
        bool, typer.Option("--simplex", help="Every weighting as likely as any other.")
    ] = False,
    top_k: Annotated[
        str | None, typer.Option(help="The k of P(rank <= k): 5,10,20 unless given.")
    ] = None,
    methods: Annotated[
        bool,
        typer.Option("--methods", help="Also by every normalisation, aggregation and variant."),
    ] = False,
    sobol: Annotated[
        str | None,
        typer.Option(help="Codes of areas, by commas: what drives their ranks."),
    ] = None,
    samples: Annotated[int, typer.Option(help="Base samples of --sobol, a power of two.")] = BASE,
    top: Annotated[int | None, typer.Option(min=1, help="Show the first so many.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all of it to this CSV.")] = None,
    kept: Annotated[str | None, typer.Option("--id", help="Of a ranking that was kept.")] = None,
    as_json: Json = False,
) -> None:
    """Say how much each rank depends on the weights, and on the method: sensitivity only.

    Example: geo-wealth robustness --district E08000034 --index imd2019 --draws 10000 --seed 1
    """
    how = _weightings(draws, seed, concentration, simplex=simplex)
    tops = None if top_k is None else _tops(top_k)
    if csv is not None:
        check_place(csv)
    with reading(open_database()) as connection:
        ranking = kept_ranking(connection, kept) if kept else build(connection, request)
        owed = attributions(connection, ranking.datasets)
        variants = district_variants(connection, ranking) if methods or sobol else ()
    found = ranking_robustness(ranking, how, tops)
    by_method = ranking_methods(ranking, variants, how, tops) if methods else None
    driven = _driven(ranking, variants, sobol, how, samples)
    if csv is not None:
        write_text(csv, csv_text(*credited(*_rows(found, by_method), owed)))
    if as_json:
        print_json(_document(found, by_method, driven, samples, top))
    else:
        _print(found, top)
        if by_method is not None:
            _print_methods(by_method, top)
        for code, each in driven.items():
            _print_drivers(code, each)


def _driven(
    ranking: Ranking,
    variants: tuple[Variant, ...],
    sobol: str | None,
    how: Weightings,
    samples: int,
) -> dict[str, Drivers]:
    if sobol is None:
        return {}
    codes = tuple(dict.fromkeys(code.strip() for code in sobol.split(",") if code.strip()))
    return area_drivers(ranking, variants, codes, how, samples)


def _document(
    found: RankingRobustness,
    by_method: RankingMethods | None,
    driven: dict[str, Drivers],
    samples: int,
    top: int | None,
) -> dict[str, Any]:
    document = robustness_document(found)
    document["areas"] = document["areas"][:top]
    if by_method is not None:
        figures = methods_by_code(by_method)
        document["methods"] = methods_document(by_method)
        for area in document["areas"]:
            area["methods"] = figures[area["code"]]
    if driven:
        document["sobol"] = drivers_document(driven, samples)
    return document


def _rows(
    found: RankingRobustness, by_method: RankingMethods | None
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    header, rows = robustness_rows(found)
    if by_method is None:
        return header, rows
    more, by_code = methods_rows(by_method)
    code = header.index("code")
    return (*header, *more), [(*row, *by_code[row[code]]) for row in rows]


def _weightings(draws: int, seed: int, concentration: float | None, *, simplex: bool) -> Weightings:
    if simplex and concentration is not None:
        raise InvalidRequestError(
            "--concentration", "leave it out with --simplex, which forgets the chosen weights."
        )
    if simplex:
        return Weightings(draws, seed, None)
    return Weightings(
        draws, seed, _DEFAULT.concentration if concentration is None else concentration
    )


def _tops(text: str) -> list[int]:
    """Read ``5,10,20``."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InvalidRequestError(
            "--top-k", f"write whole numbers, such as 5,10,20; found {text!r}."
        ) from None


def _print(found: RankingRobustness, top: int | None) -> None:
    say(context_line(found.ranking))
    say(drawn_sentence(found))
    shares = ["first", *(f"in the first {k}" for k in found.tops)]
    left = [("rank", "right"), ("code", "left"), ("neighbourhood", "left"), ("ward", "left")]
    print_table(
        [*left, ("interval", "right"), ("median", "right"), *((each, "right") for each in shares)],
        [
            [str(each.area.rank), each.area.code, each.area.name, each.area.ward_name or ""]
            + ["{} to {}".format(*each.interval), str(each.median)]
            + [_percent(share) for share in (each.p_first, *each.p_top.values())]
            for each in found.areas[:top]
        ],
    )
    if found.ranking.not_ranked:
        say(f"\nNot ranked: {len(found.ranking.not_ranked)}")


def _percent(share: float) -> str:
    """Print a share; what only nearly never, or nearly always, happens does not look certain."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 < share < 1:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"


def _print_methods(found: RankingMethods, top: int | None) -> None:
    document, figures = methods_document(found), methods_by_code(found)
    say(f"\nBy {document['count']} methods: {document['what']}.")
    for each in document["left_out"]:
        named = ", ".join(f"{name} {to}" for name, to in each["choices"].items())
        say(f"  left out: {named} ({each['reason']})")
    print_table(
        [("rank", "right"), ("code", "left"), ("methods", "right"), ("best to worst", "right")]
        + [(f"in the first {k}", "right") for k in found.tops]
        + [
            ("with weights", "right"),
            ("first under its own weights", "right"),
            ("moves it most", "left"),
        ],
        [
            _method_row(area.rank, area.code, figures[area.code])
            for area in found.ranking.areas[:top]
        ],
    )


def _method_row(rank: int, code: str, figures: dict[str, Any]) -> list[str]:
    if figures["span"] is None:
        return [str(rank), code, "0", *["-"] * (len(figures["p_top"]) + 4)]
    jointly, move = figures["jointly"], figures["moves_most"]
    factor = jointly["confidence_factor"]
    return [
        *(str(rank), code, str(figures["ranked_by"]), "{} to {}".format(*figures["span"])),
        *(_percent(share) for share in figures["p_top"].values()),
        "{} to {}".format(*jointly["interval"]),
        "-" if factor is None else f"{factor:.2f}",
        "nothing" if move is None else f"{move['choice']} {move['to']}: {move['rank']}",
    ]


def _print_drivers(code: str, found: Drivers) -> None:
    low, high = found.span
    say(f"\n{code}: what drives its rank ({low} to {high} in the sample)")
    if not found.shares:
        say("  Nothing: it has the same rank throughout.")
        return
    print_table(
        [("factor", "left"), ("alone", "right"), ("with interactions", "right")],
        [list(row) for row in drivers_rows(found)],
    )
