"""``geo-wealth clusters``: high and low among neighbours, and pockets that an average hides."""

from pathlib import Path
from typing import Annotated

import typer

from geo_wealth.clusters import GI, MORAN, Permutations
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
from geo_wealth.pipeline.cluster_words import summary_sentences
from geo_wealth.pipeline.clusters import (
    clusters_document,
    clusters_rows,
    pocket_text,
    ranking_clusters,
)
from geo_wealth.pipeline.clusters_found import OF, STANDS_OUT, AreaClusters, RankingClusters
from geo_wealth.pipeline.ranking import kept_ranking
from geo_wealth.pipeline.table import credited
from geo_wealth.pipeline.words import context_line
from geo_wealth.queries.datasets import attributions
from geo_wealth.queries.rows import RankRequest

_DEFAULT = Permutations()


@takes_ranking
def clusters(
    request: RankRequest,
    *,
    of: Annotated[str, typer.Option("--of", help=f"{', '.join(OF)}.")] = "score",
    permutations: Annotated[int, typer.Option(help="99 to 999,999.")] = _DEFAULT.permutations,
    seed: Annotated[int, typer.Option(help="The same seed, the same answer.")] = _DEFAULT.seed,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write all of it to this CSV.")] = None,
    kept: Annotated[str | None, typer.Option("--id", help="Of a ranking that was kept.")] = None,
    as_json: Json = False,
) -> None:
    """Say which neighbourhoods are high or low together with those around them.

    Local Moran and Gi*, with the false discovery rate held at 5 %; and hidden pockets: the most
    deprived neighbourhoods in wards whose average does not show it.

    Example: geo-wealth clusters --district E08000034 --index imd2019 --of deprivation
    """
    how = Permutations(permutations, seed)
    if csv is not None:
        check_place(csv)
    with reading(open_database()) as connection:
        ranking = kept_ranking(connection, kept) if kept else build(connection, request)
        found = ranking_clusters(connection, ranking, of, how)
        owed = attributions(connection, ranking.datasets)
    if csv is not None:
        write_text(csv, csv_text(*credited(*clusters_rows(found), owed)))
    if as_json:
        print_json(clusters_document(found))
    else:
        _print(found)


def _print(found: RankingClusters) -> None:
    say(context_line(found.ranking))
    say("\n".join(summary_sentences(found)))
    stands_out = [
        area for area in found.areas.values() if area.pocket or area.moran_class in STANDS_OUT
    ]
    left = [("code", "left"), ("neighbourhood", "left"), ("ward", "left")]
    right = [("value", "right"), ("cluster", "left"), ("Gi*", "left"), ("q", "right")]
    print_table([*left, *right, ("hidden pocket", "left")], map(_cells, stands_out))


def _cells(area: AreaClusters) -> list[str]:
    return [
        *(area.code, area.name, area.ward_name or ""),
        "no data" if area.value is None else f"{area.value:,.3f}",
        *(MORAN[area.moran_class], GI[area.gi_class]),
        "" if area.q is None else f"{area.q:.3f}",
        "" if area.pocket is False else pocket_text(area.pocket),
    ]
