"""Ward: for a councillor, what stands out, neighbourhood by neighbourhood."""

import math
from dataclasses import dataclass, replace

from flask import Response, request, url_for
from sqlalchemy import Connection

from boundaries.codes import INDEX
from geo_wealth.errors import NotFoundError
from geo_wealth.pipeline.cluster_words import ward_sentence
from geo_wealth.pipeline.clusters import ranking_clusters
from geo_wealth.pipeline.words import eligibility_phrase
from geo_wealth.queries import inputs as national
from geo_wealth.queries import nearby, places
from geo_wealth.queries.nearby import DistrictPoints
from geo_wealth.queries.rows import Ranking, WardRow
from webmap import wording
from webmap.choropleth import MapParts, MapState, legend_of, render
from webmap.database import connection
from webmap.filters import PLACE, RankFilters, query_of, rank_filters, refuse_elsewhere
from webmap.nearest import asset_point
from webmap.pages.blueprint import blueprint, page, sample_in_use, settings
from webmap.params import Values, read
from webmap.ranked import Row, find_ranking, names, score_classes, scores, table


@dataclass(frozen=True, slots=True)
class WardLine:
    """One neighbourhood of the ward: its row in the ranking and where it stands in England.

    ``pocket`` tells whether the ward's average hides it; None where that is not known.
    """

    row: Row
    decile: int | None
    national_rank: int | None
    pocket: bool | None


@blueprint.get("/wards/<code>")
def ward(code: str) -> Response:
    """Tell one ward."""
    values = read(request.args, PLACE)
    conn = connection()
    found = places.ward(conn, code)
    refuse_elsewhere(values, f"{found.name} ward", found.district_code)
    filters, ranking = ranking_of(conn, found, values)
    lines = ward_lines(conn, found, filters, ranking)
    points = nearby.district_points(conn, found.lsoas, found.lsoa_vintage)
    return page(
        "ward.html",
        title=f"{found.name} ward",
        ward=found,
        ranking=ranking,
        lines=lines,
        words=sentences(found, ranking, lines, points),
        hidden=ward_sentence(ranking_clusters(conn, ranking), found.code) if ranking else None,
        index=ranking.request.index if ranking else None,
        total=INDEX[ranking.request.index].areas if ranking else None,
        assets=sorted(points.assets, key=lambda asset: (asset.name, asset.id)),
        anchors=points.anchors,
        suppliers=len(points.suppliers),
        query=query_of(filters, district=None) if ranking else {},
        legend=legend_of(score_classes(ranking)) if ranking else (),
        map=ward_map(conn, found, ranking, points),
        sample=sample_in_use(conn),
    )


def ranking_of(
    conn: Connection, found: WardRow, values: Values
) -> tuple[RankFilters, Ranking | None]:
    """Rank the ward's district on the boundaries that the ward is known by."""
    filters = rank_filters(values)
    loaded = next((row for row in places.districts(conn) if row.code == found.district_code), None)
    indices = loaded.indices if loaded else ()
    fitting = [name for name in indices if INDEX[name].vintage == found.lsoa_vintage]
    index = values["index"] or max(fitting, default=None)
    if loaded is None or index not in fitting:
        return filters, None
    wanted = replace(filters.request, district=loaded.code, index=index)
    try:
        return find_ranking(conn, replace(filters, request=wanted))
    except NotFoundError:
        return filters, None


def ward_lines(
    conn: Connection, found: WardRow, filters: RankFilters, ranking: Ranking | None
) -> list[WardLine]:
    """List the neighbourhoods of the ward, highest priority first."""
    if ranking is None:
        return []
    ranked, left_out = table(ranking, replace(filters, sort="rank", order="asc"))
    mine = [row for row in (*ranked, *left_out) if row.code in set(found.lsoas)]
    index = ranking.request.index
    ranks = national.scores(conn, index, found.lsoas).rank
    clusters = ranking_clusters(conn, ranking)
    return [
        WardLine(
            row=replace(row, shown=True),
            decile=tenth_of(ranks.get(row.code), INDEX[index].areas),
            national_rank=ranks.get(row.code),
            pocket=clusters.areas[row.code].pocket,
        )
        for row in mine
    ]


def tenth_of(rank: int | None, areas: int) -> int | None:
    """Give the tenth of England a rank falls in, 1 the most deprived."""
    return None if rank is None else math.ceil(10 * rank / areas)


def sentences(
    found: WardRow, ranking: Ranking | None, lines: list[WardLine], points: DistrictPoints
) -> list[str]:
    """Say what stands out; a neighbourhood in the most deprived tenth is always named."""
    size = wording.count(len(found.lsoas), "neighbourhood")
    told = [f"{found.name} has {size}."]
    ranked = [line.row for line in lines if line.row.rank is not None]
    if ranking and ranked:
        best = ranked[0]
        told.append(
            f"The one that ranks highest for a pilot is {best.name}, "
            f"{wording.ordinal(best.rank or 0)} of {len(ranking.areas)} in {ranking.district_name}."
        )
    if lines:
        told.append(tenth_sentence(lines))
    told.append(buildings_sentence(points))
    return told


def tenth_sentence(lines: list[WardLine]) -> str:
    """Name those in the most deprived tenth, and say of how many that is not known."""
    tenth = [line.row.name for line in lines if line.decile == 1]
    unknown = sum(line.decile is None for line in lines)
    among = "among the most deprived tenth of England"
    rest = f" Of {wording.number_in_words(unknown)} it is not known." if unknown else ""
    if tenth:
        verb = wording.count(len(tenth), "of them is", "of them are")
        return f"{wording.sentence_case(verb)} {among}: {wording.listed(tenth)}.{rest}"
    if unknown == len(lines):
        return f"Whether any of them is {among} is not known."
    return f"None of them is known to be {among}.{rest}" if unknown else f"None of them is {among}."


def buildings_sentence(points: DistrictPoints) -> str:
    """Say how many buildings may be transferred, may not, and of how many nobody has said."""
    states = [asset.eligibility for asset in points.assets]
    if not states:
        return "The lists that are loaded name no building in the ward."
    counted = (states.count(state) for state in ("eligible", "not_eligible", "unknown"))
    return (
        f"The lists that are loaded name {wording.count(len(states), 'building')} in the ward: "
        f"{eligibility_phrase(*counted)}."
    )


def ward_map(
    conn: Connection, found: WardRow, ranking: Ranking | None, points: DistrictPoints
) -> MapParts:
    """Draw the ward's neighbourhoods, with its buildings."""
    values = scores(ranking) if ranking else dict.fromkeys(found.lsoas)
    marks = [point for asset in points.assets if (point := asset_point(asset))]
    state = MapState(
        values={code: values.get(code) for code in found.lsoas},
        names={code: name for code, name in names(ranking).items() if code in found.lsoas}
        if ranking
        else {code: code for code in found.lsoas},
        legend=legend_of(score_classes(ranking)) if ranking else (),
        points=tuple(marks),
        links=url_for("pages.area", code="CODE").replace("CODE", "{code}"),
    )
    return render(places.features(conn, found.lsoa_vintage, found.lsoas), state, settings())
