"""Ranks under every method: worked by hand, against one at a time, and of the sample."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from geo_wealth.errors import InvalidRequestError
from geo_wealth.evidence.robustness import results
from geo_wealth.pipeline.frozen import freeze, thaw
from geo_wealth.pipeline.method_robustness import (
    district_variants,
    methods_by_code,
    methods_document,
    methods_sentence,
    ranking_methods,
)
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.robustness import ranking_robustness, robustness_section
from geo_wealth.queries.rows import RankRequest
from geo_wealth.ranking import score_areas
from geo_wealth.robustness import Weightings, draw_weights
from geo_wealth.robustness.methods import (
    MethodRobustness,
    Move,
    Variant,
    method_robustness,
)

NAN = math.nan
KIRKLEES = RankRequest("E08000034")
HOW = Weightings(draws=700)
CHOSEN = {"normalise": "percentile", "aggregate": "linear", "measure": "a"}
ALL = [
    ("percentile", "linear"),
    ("percentile", "geometric"),
    ("minmax", "linear"),
    ("minmax", "geometric"),
    ("z", "linear"),
    ("exponential", "linear"),
    ("exponential", "geometric"),
]


def variant(name: str, rows: list[list[float]]) -> Variant:
    return Variant((("measure", name),), np.array(rows, dtype=float))


def by_methods(*variants: Variant, tops: tuple[int, ...] = (1,)) -> MethodRobustness:
    return method_robustness(variants, [1, 1], [0.5, 0.5], CHOSEN, HOW, tops)


def test_every_combination_but_z_with_the_geometric_mean() -> None:
    found = by_methods(variant("a", [[1, 2], [3, 4]]), variant("b", [[1, 3], [2, 4]]))
    assert [
        (dict(c)["measure"], dict(c)["normalise"], dict(c)["aggregate"]) for c in found.methods
    ] == [(name, *pair) for name in "ab" for pair in ALL]
    assert found.left_out[0][0] == (("normalise", "z"), ("aggregate", "geometric"))
    assert "above 0" in found.left_out[0][1]


def test_by_hand_min_max_turns_what_percentiles_say() -> None:
    # Percentiles: (1, .25), (.5, .75), (0, .5), ... ; one far value squeezes the rest of min-max.
    rows = [[100, 1.0], [2, 3.0], [1, 2.0], [0, 0.0], [3, 4.0]]
    # Percentile: .5(1+.25)=.625, .5(.5+.75)=.625, .375, 0, .5(.75+1)=.875.
    # Min-max: .5(1+.25)=.625, .5(.02+.75)=.385, .255, 0, .5(.03+1)=.515.
    found = by_methods(variant("a", rows))
    assert list(score_areas(rows, [1, 1], [1, 1]).rank) == [2, 2, 4, 5, 1]
    assert list(score_areas(rows, [1, 1], [1, 1], "minmax").rank) == [1, 3, 4, 5, 2]
    # By geometric means of the percentiles .5, .61, .35, 0, .87: third. One place, as by
    # min-max, and of equals the first method counts.
    assert found.moves[0] == Move("aggregate", "geometric", 3)
    assert found.moves[3] is None
    np.testing.assert_array_equal(found.span[3], [5, 5])
    np.testing.assert_array_equal(found.methods_ranked, [7] * 5)


def test_an_area_that_a_variant_lacks_has_no_rank_there() -> None:
    whole = [[3, 3.0], [2, 2.0], [1, 1.0], [0, 0.0]]
    holes = [[NAN, 3.0], [2, 2.0], [1, 1.0], [0, 0.0]]
    found = by_methods(variant("a", whole), variant("b", holes), tops=(1, 2))
    np.testing.assert_array_equal(found.methods_ranked, [7, 14, 14, 14])
    np.testing.assert_array_equal(found.span, [[1, 1], [1, 2], [2, 3], [3, 4]])
    np.testing.assert_array_equal(found.p_top_methods[:, 0], [1, 0.5, 0, 0])
    # Drawn with the weights: the first is first in every draw that ranks it, and half do.
    assert found.p_first[0] == 1
    assert found.p_first[1] == 0.5
    np.testing.assert_array_equal(found.interval, [[1, 1], [1, 2], [2, 3], [3, 4]])
    # First by 7 of the 14 methods under its central weights, whatever they are.
    np.testing.assert_array_equal(found.confidence_factor, [1, 0.5, NAN, NAN])
    assert np.isnan(found.central_weights[2:]).all()


def test_a_variant_that_ranks_fewer_than_half_is_left_out_and_said() -> None:
    whole = [[3, 3.0], [2, 2.0], [1, 1.0]]
    found = by_methods(variant("a", whole), variant("b", [[NAN, 3.0], [NAN, 2.0], [1, 1.0]]))
    assert len(found.methods) == 7
    assert found.left_out[1] == ((("measure", "b"),), "ranks only 1 of 3 areas")


def test_never_ranked_is_unknown_and_not_last() -> None:
    found = by_methods(variant("a", [[3, 3.0], [2, NAN], [1, 1.0]]))
    np.testing.assert_array_equal(found.span, [[1, 1], [0, 0], [2, 2]])
    assert found.methods_ranked[1] == 0
    assert np.isnan([found.p_first[1], found.p_top[1, 0], found.p_top_methods[1, 0]]).all()


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match=r"top-k: .* from 1 to 2, .*found 3"):
        by_methods(variant("a", [[1, 2], [3, 4]]), tops=(3,))
    with pytest.raises(InvalidRequestError, match="no area is ranked"):
        by_methods(variant("a", [[NAN, 2], [NAN, 4]]))
    with pytest.raises(InvalidRequestError, match="up to 2,000 can be ranked by every method"):
        by_methods(Variant((("measure", "a"),), np.zeros((2001, 2))))


@st.composite
def measured(draw: st.DrawFn) -> tuple[Variant, ...]:
    """One or two variants of few values, so that ties are common, some missing."""
    n = draw(st.integers(2, 6))
    row = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=2, max_size=2)
    first = draw(st.lists(row, min_size=n, max_size=n))
    second = draw(st.lists(row, min_size=n, max_size=n))
    if draw(st.booleans()):
        second[0][0] = NAN
    return variant("a", first), variant("b", second)


@given(measured(), st.integers(0, 5))
def test_as_ranking_one_method_and_one_weighting_after_another(
    variants: tuple[Variant, ...], seed: int
) -> None:
    how = Weightings(100, seed, 4)
    found = method_robustness(variants, [1, -1], [2, 1], CHOSEN, how, [1, 2])
    drawn = draw_weights([2, 1], how)
    methods = [(each, *pair) for each, pair in itertools.product(variants, ALL)]
    alone, jointly = [], []
    for each, normalise, aggregate in methods:
        scored = score_areas(each.values, [1, -1], [2, 1], normalise, aggregate)  # type: ignore[arg-type]
        alone.append(scored.rank)
    for place, weights in enumerate(drawn):
        each, normalise, aggregate = methods[place % len(methods)]
        scored = score_areas(each.values, [1, -1], weights, normalise, aggregate)  # type: ignore[arg-type]
        jointly.append(scored.rank)
    for area in range(len(variants[0].values)):
        ranks = np.array([rank[area] for rank in alone if rank[area]])
        np.testing.assert_array_equal(found.span[area], [ranks.min(), ranks.max()])
        np.testing.assert_allclose(found.p_top_methods[area], [(ranks <= k).mean() for k in (1, 2)])
        ranks = np.array([rank[area] for rank in jointly if rank[area]])
        low, median, high = np.percentile(ranks, [5, 50, 95], method="inverted_cdf")
        assert list(found.interval[area]) == [low, high]
        assert found.median[area] == median
        np.testing.assert_allclose(found.p_top[area], [(ranks <= k).mean() for k in (1, 2)])


def test_of_the_sample_what_does_not_apply_is_left_out(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    variants = district_variants(sample, ranking)
    assert [dict(each.choices)["spend_variant"] for each in variants[::2]] == [
        "catchment",
        "per-head",
        "share",
        "per-business",
        "location-quotient",
        "supplier-rate",
    ]
    found = ranking_methods(ranking, variants, HOW)
    document = methods_document(found)
    assert document["choices"]["eligible_only"] == ["false", "true"]
    # The sample has no business rates: what is measured by premises is not applicable.
    assert document["choices"]["spend_variant"] == ["catchment", "per-head", "share"]
    assert {each["reason"] for each in document["left_out"][1:]} == {"ranks only 0 of 259 areas"}
    assert document["count"] == 2 * 3 * 7
    figures = methods_by_code(found)
    for area in ranking.areas[:20]:
        low, high = figures[area.code]["span"]
        assert low <= area.rank <= high
    first = ranking.areas[0].code
    assert "42 ways to measure and combine the figures" in methods_sentence(found, first)


def test_what_has_no_weight_is_measured_one_way(sample: Connection) -> None:
    ranking = build_ranking(sample, replace(KIRKLEES, weights={"deprivation": 1.0}))
    variants = district_variants(sample, ranking)
    assert len(variants) == 1
    found = ranking_methods(ranking, variants, HOW)
    # One indicator: every method is a monotone change of it.
    np.testing.assert_array_equal(found.found.span[:, 0], found.found.span[:, 1])
    assert "No single one of these choices moves it." in methods_sentence(
        found, ranking.areas[0].code
    )


def test_a_kept_ranking_is_not_mixed_with_the_data_of_today(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    kept = thaw(freeze(ranking), ranking.id)
    assert len(district_variants(sample, kept)) == 12
    area = kept.areas[0]
    cells = area.indicators | {"spend": replace(area.indicators["spend"], value=1.0)}
    older = replace(kept, areas=(replace(area, indicators=cells), *kept.areas[1:]))
    assert len(district_variants(sample, older)) == 1


def test_the_section_says_the_same_as_pages_and_recomputes(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    variants = district_variants(sample, ranking)
    section = robustness_section(ranking, HOW, variants)
    assert results(section["inputs"]) == section["results"]
    found = ranking_robustness(ranking, HOW)
    for row, each in zip(section["results"]["areas"], found.areas, strict=True):
        assert (row["code"], row["rank"]) == (each.area.code, each.area.rank)
        assert tuple(row["interval"]) == each.interval
        assert row["p_top"] == {str(k): share for k, share in each.p_top.items()}
        assert row["central_weights"] == each.central_weights
    figures = methods_by_code(ranking_methods(ranking, variants, HOW))
    rows = section["results"]["methods"]["areas"]
    assert {row.pop("code"): row for row in rows} == figures
    assert robustness_section(ranking, HOW)["results"]["methods"] is None
