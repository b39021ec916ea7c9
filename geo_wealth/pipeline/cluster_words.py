"""Clusters and hidden pockets in plain English."""

from collections.abc import Iterator, Sequence

from geo_wealth.clusters import MORAN, Permutations
from geo_wealth.pipeline.clusters_found import STANDS_OUT, USUAL, AreaClusters, RankingClusters
from geo_wealth.pipeline.words import count, index_name, number
from geo_wealth.pockets import CUT_SCORE
from geo_wealth.queries.rows import Ranking


def how_sentence(how: Permutations) -> str:
    """Say how significance was judged."""
    return (
        f"Two-sided conditional permutation, {how.permutations:,} permutations (seed {how.seed}), "
        f"false discovery rate {100 * how.alpha:g} %."
    )


def summary_sentences(found: RankingClusters) -> tuple[str, ...]:
    """Say how many areas stand out, how that was judged, and how many pockets are hidden."""
    counts, tested = found.results["counts"], found.results["tested"]
    which = quantity(found.of, found.ranking)
    if not tested:
        untested = f"Nothing was tested: fewer than three neighbourhoods have a {which} and "
        return (f"{untested}a neighbour with one.", pockets_sentence(found))
    out = sum(counts["moran"][name] for name in STANDS_OUT)
    parts = ", ".join(f"{counts['moran'][name]} {MORAN[name]}" for name in STANDS_OUT)
    moran = (
        f"{out} of {tested} neighbourhoods stand out with their neighbours by {which}: {parts}. "
        f"{tested - out} are not significant."
    )
    high, low = counts["gi"]["high"], counts["gi"]["low"]
    gi = f"By Gi*, {high} are high and {low} low together with their neighbours."
    return (moran, gi, f"{how_sentence(found.how)} {_error(found)}", pockets_sentence(found))


def _error(found: RankingClusters) -> str:
    """Say how many areas other draws may call otherwise, or that there were too few."""
    near, fewest = found.results["unsettled"], found.results["fewest_at_smallest_p"]
    if fewest > 2:
        return (
            f"With so few permutations no p-value is under {found.results['smallest_p']:g}, and "
            f"none is significant unless {fewest} areas are at it: take {USUAL.permutations:,}."
        )
    if not near:
        return "None is within Monte Carlo error of that line (two standard errors)."
    verb = "is" if len(near) == 1 else "are"
    return (
        f"{number(len(near)).capitalize()} {verb} within Monte Carlo error of that line (two "
        "standard errors): with another seed the answer may differ there."
    )


def pockets_sentence(found: RankingClusters) -> str:
    """Say how many of the most deprived neighbourhoods a ward's average hides."""
    index, told = found.ranking.request.index, found.results
    hidden, deprived = found.pockets, found.results["most_deprived"]
    inside = len({area.ward_code for area in hidden})
    tenth = f"in the most deprived tenth of England ({index_name(index)})"
    places = count(deprived, "neighbourhood")
    said = (
        f"{len(hidden)} of the {deprived} neighbourhoods {tenth} are hidden pockets: they lie in "
        f"{count(inside, 'ward')} ({ward_years(hidden)}) whose "
        f"average score, weighted by residents ({found.residents_from}), is below the "
        f"{CUT_SCORE[index]:.1f} at which that tenth begins."
        if hidden
        else f"No hidden pocket is known: {places} {'is' if deprived == 1 else 'are'} {tenth}."
    )
    unknown = len(told["pockets_not_known"])
    if unknown:
        said += f" Of {number(unknown)} it is not known whether they are hidden pockets."
    lacking = [
        f"{number(told[key])} {'has' if told[key] == 1 else 'have'} no known {what}"
        for key, what in (("without_rank", "rank"), ("without_ward", "ward"))
        if told[key]
    ]
    return f"{said} In all, {' and '.join(lacking)}." if lacking else said


def ward_years(areas: Sequence[AreaClusters]) -> str:
    """Name the year, or years, of the ward lists that areas' wards are from."""
    years = sorted({area.ward_vintage for area in areas if area.ward_vintage is not None})
    if not years or any(area.ward_vintage is None for area in areas):
        return "ward year not known" if not years else "ward year not known of all"
    return f"wards of {' and '.join(map(str, years))}"


def ward_sentence(found: RankingClusters, ward: str) -> str | None:
    """Say what the average of a ward shows, or hides; None where no neighbourhood is so deprived.

    Of a ward that the ranking knows by another code, nothing is said.
    """
    figures = found.results["wards"].get(ward)
    if not figures or not figures["most_deprived"]:
        return None
    inside = count(figures["most_deprived"], "neighbourhood")
    if figures["average_score"] is None:
        return (
            f"Whether the average of the ward shows its {inside} of the most deprived tenth is "
            "not known, because a score or a number of residents is missing."
        )
    cut = CUT_SCORE[found.ranking.request.index]
    average = f"Its average score of {figures['average_score']:.1f}, weighted by residents,"
    if figures["average_reaches"]:
        return f"{average} reaches the {cut:.1f} at which the most deprived tenth begins."
    pockets = "a hidden pocket" if figures["most_deprived"] == 1 else "hidden pockets"
    return (
        f"{average} is below the {cut:.1f} at which the most deprived tenth begins: it hides "
        f"{inside} of that tenth, {pockets}."
    )


def area_cluster_sentences(area: AreaClusters, found: RankingClusters) -> tuple[str, ...]:
    """Say of one area how it stands among its neighbours, and whether a ward's average hides it."""
    return tuple(_area_sentences(area, found))


def _area_sentences(area: AreaClusters, found: RankingClusters) -> Iterator[str]:
    which = quantity(found.of, found.ranking)
    rate = f"false discovery rate {100 * found.how.alpha:g} %"
    if area.moran_class == "no_data":
        yield f"It has no {which}, or no boundary, to compare with its neighbours'."
    elif area.moran_class == "not_tested":
        yield f"Too few neighbourhoods have a {which} and a neighbour with one: not tested."
    elif area.moran_class == "no_neighbours":
        yield f"No neighbourhood that touches it has a {which} to compare with."
    elif area.moran_class == "not_significant":
        yield (
            f"By {which} it does not stand out together with the neighbourhoods around it: not "
            f"significant (local Moran, {rate})."
        )
    else:
        own, around = area.moran_class.split("_")
        yield (
            f"By {which} it is {MORAN[area.moran_class]}: it is {own}, and the neighbourhoods that "
            f"touch it are {around}, more than chance would have them (local Moran, {rate})."
        )
    if area.unsettled:
        yield "That is within Monte Carlo error of the line: another seed may say otherwise."
    if area.pocket is None:
        yield f"Whether it is a hidden pocket is not known: {area.pocket_unknown}."
    if area.pocket:
        cut = CUT_SCORE[found.ranking.request.index]
        yield (
            "It is a hidden pocket: among the most deprived tenth of England, in "
            f"{area.ward_name or area.ward_code} ward ({ward_years([area])}), whose average score "
            f"of {area.ward_average or 0:.1f} is below the {cut:.1f} at which that tenth begins."
        )


def quantity(of: str, ranking: Ranking) -> str:
    """Name what clusters are of."""
    if of == "deprivation":
        return f"{index_name(ranking.request.index)} score"
    return {"score": "priority score", "spend": "local spend", "assets": "figure of buildings"}[of]
