"""Rankings of the sample: right, explained, the same tomorrow."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.pipeline import council
from geo_wealth.pipeline.documents import explanation_document, ranking_document
from geo_wealth.pipeline.explain import explain
from geo_wealth.pipeline.frozen import freeze, thaw
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.ranking import build_ranking, keep_ranking, kept_ranking
from geo_wealth.pipeline.table import ranking_rows
from geo_wealth.queries.rows import RankRequest

KIRKLEES = RankRequest("E08000034")


def test_every_neighbourhood_is_ranked_or_says_why(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    assert len(ranking.areas) + len(ranking.not_ranked) == 259
    assert ranking.sample
    assert ranking.district_name == "Kirklees"
    assert ranking.lsoa_vintage == 2011
    assert all(area.reason for area in ranking.not_ranked)


def test_by_deprivation_alone_the_published_ranks_come_out(sample: Connection) -> None:
    ranking = build_ranking(sample, replace(KIRKLEES, weights={"deprivation": 1.0}))
    first = ranking.areas[0]
    assert (first.code, first.name, first.rank) == ("E01011140", "Kirklees 019C", 1)
    assert first.indicators["deprivation"].value == 63.016
    assert first.score == first.indicators["deprivation"].normalised == 1.0
    # The national order of the published ranks is the order of the scores.
    ranks = [area.indicators["deprivation"].beside["rank"] for area in ranking.areas]
    assert ranks[0] == 661
    assert ranks == sorted(ranks)


def test_contributions_sum_to_scores_and_ranks_follow_them(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    for area in ranking.areas:
        parts = [cell.contribution for cell in area.indicators.values()]
        assert math.fsum(parts) == pytest.approx(area.score, abs=1e-12)
    scores = [round(area.score, 12) for area in ranking.areas]
    assert scores == sorted(scores, reverse=True)
    for area, score in zip(ranking.areas, scores, strict=True):
        assert area.rank == 1 + sum(other > score for other in scores)


def test_equal_inputs_give_equal_bytes(sample_engine: Engine) -> None:
    texts = set()
    for _ in range(2):
        with sample_engine.connect() as connection:
            texts.add(freeze(build_ranking(connection, KIRKLEES)))
    assert len(texts) == 1


def test_a_frozen_ranking_thaws_to_itself(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    assert thaw(freeze(ranking), ranking.id) == ranking


def test_turning_an_indicator_turns_its_order(sample: Connection) -> None:
    only_spend = replace(KIRKLEES, weights={"spend": 1.0})
    low_first = build_ranking(sample, only_spend)
    high_first = build_ranking(sample, replace(only_spend, directions={"spend": 1}))
    assert low_first.request.directions["spend"] == -1
    values = [area.indicators["spend"].value for area in low_first.areas]
    assert values == sorted(values)
    values = [area.indicators["spend"].value for area in high_first.areas]
    assert values == sorted(values, reverse=True)


def test_eligible_only_counts_fewer_buildings_and_says_so(sample: Connection) -> None:
    both = build_ranking(sample, KIRKLEES)
    strict = build_ranking(sample, replace(KIRKLEES, eligible_only=True))
    sums = [
        sum(area.indicators["assets"].value for area in ranking.areas) for ranking in (both, strict)
    ]
    assert 0 < sums[1] < sums[0]
    cell = strict.areas[0].indicators["assets"]
    assert cell.beside["counted"] == ["eligible"]
    assert cell.unit == "buildings per 1,000 residents"


def test_pounds_per_resident_add_up_to_what_was_placed(sample: Connection) -> None:
    """Sum of residents x pounds = net pounds at suppliers inside, with residents in reach."""
    ranking = build_ranking(sample, KIRKLEES)
    residents = dict(
        sample.execute(
            text("SELECT code, residents FROM population WHERE current AND measure = 'imd2019'")
        ).all()
    )
    reached = sum(residents[area.code] * area.indicators["spend"].value for area in ranking.areas)
    inside = sample.execute(
        text("""
            SELECT sum(p.amount) FROM payment p JOIN payee_match m USING (payee_id)
            JOIN site s ON s.id = m.site_id
            WHERE EXISTS (SELECT FROM area a WHERE ST_Intersects(a.geom, s.point))
              AND EXISTS (
                SELECT FROM area a JOIN postcode q ON ST_Intersects(a.geom, q.point)
                WHERE ST_DWithin(q.point, s.point, 1200))
        """)
    ).scalar_one()
    assert reached == pytest.approx(float(inside), rel=1e-9)


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"weights": {"deprivation": -1.0}}, "weights"),
        ({"weights": {"deprivation": 0.0}}, "weights"),
        ({"weights": {"deprivation": math.nan}}, "weights"),
        ({"weights": {"wealth": 1.0}}, "weights"),
        ({"directions": {"spend": 2}}, "directions"),
        ({"normalise": "rank"}, "normalise"),
        ({"aggregate": "sum"}, "aggregate"),
        ({"index": "imd2010"}, "index"),
    ],
)
def test_what_is_not_allowed_names_the_parameter(
    sample: Connection, change: dict[str, object], parameter: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        build_ranking(sample, replace(KIRKLEES, **change))
    assert caught.value.parameter == parameter


def test_an_unknown_district_or_index_is_not_found(sample: Connection) -> None:
    with pytest.raises(NotFoundError, match="E08000099"):
        build_ranking(sample, RankRequest("E08000099"))
    with pytest.raises(NotFoundError, match="2021"):
        build_ranking(sample, replace(KIRKLEES, index="imd2025"))


def test_without_a_ledger_spend_is_missing_not_zero(engine: Engine, sample_engine: Engine) -> None:
    from geo_wealth.pipeline.sample import sample_jobs  # noqa: PLC0415

    for job in sample_jobs():
        if job.kind not in {"ledger", "register", "assets"}:
            load(engine, job)
    with engine.connect() as connection:
        ranking = build_ranking(connection, KIRKLEES)
        assert not ranking.areas
        assert {area.reason for area in ranking.not_ranked} == {
            (
                "local spend: no ledger is loaded; "
                "buildings: no register of land and buildings is loaded"
            )
        }
        assert not ranking.sample
        alone = build_ranking(connection, replace(KIRKLEES, weights={"deprivation": 1.0}))
        assert len(alone.areas) == 259


def test_a_kept_ranking_shows_the_same_after_newer_data(
    cluster, migrated: str, sample_database: str, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    from geo_wealth.db import create_engine  # noqa: PLC0415

    cluster.create_database("kept", template="sample_copy")
    engine = create_engine(cluster.url("kept"))
    with engine.begin() as connection:
        ranking = build_ranking(connection, KIRKLEES)
        key = keep_ranking(connection, ranking)
        assert keep_ranking(connection, ranking) == key
    path = tmp_path / "real.csv"
    path.write_text(
        "Payment date,Transaction Number,Net Amount,Supplier Number,Supplier Name\n"
        "2021-04-01,1,10.00,7,Alpha Ltd\n"
    )
    load(engine, council.ledger_job(path, "Kirklees Council"))
    with engine.connect() as connection:
        assert kept_ranking(connection, key) == ranking
        assert build_ranking(connection, KIRKLEES).id != key
        with pytest.raises(NotFoundError, match="No ranking is kept"):
            kept_ranking(connection, "nothing")
    engine.dispose()


def test_the_json_document_has_the_promised_shape(sample: Connection) -> None:
    document = json.loads(json.dumps(ranking_document(build_ranking(sample, KIRKLEES))))
    head = document["ranking"]
    assert head["district"] == "E08000034"
    assert head["weights"] == {"deprivation": 0.5, "spend": 0.25, "assets": 0.25}
    assert (head["normalise"], head["aggregate"]) == ("percentile", "linear")
    assert head["sample"] is True
    assert head["lsoa_vintage"] == 2011
    first = document["areas"][0]
    assert set(first) >= {"code", "name", "rank", "score", "indicators"}
    cell = first["indicators"]["deprivation"]
    assert set(cell) >= {"value", "unit", "normalised", "contribution", "dataset"}
    assert cell["dataset"] in head["datasets"]
    assert first["indicators"]["spend"]["dataset"] in head["dataset_sets"]


def test_the_table_has_a_row_for_every_area_with_its_data(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    header, rows = ranking_rows(ranking)
    assert len(rows) == 259
    assert {len(row) for row in rows} == {len(header)}
    assert {row[-1] for row in rows} == {"sample data"}


def test_an_explanation_adds_up_and_its_flip_reverses(sample: Connection) -> None:
    ranking = build_ranking(sample, KIRKLEES)
    second = ranking.areas[1]
    explanation = explain(ranking, second.code)
    assert explanation.against == ranking.areas[0]
    assert explanation.flip is not None
    turned = build_ranking(sample, replace(KIRKLEES, weights=explanation.flip))
    ranks = {area.code: area.rank for area in turned.areas}
    assert ranks[second.code] < ranks[ranking.areas[0].code]
    document = explanation_document(explanation)
    assert document["flip"]["against"] == ranking.areas[0].code
    assert any("ranks" in sentence for sentence in document["sentences"])


def test_an_explanation_of_an_area_elsewhere_is_not_found(sample: Connection) -> None:
    with pytest.raises(NotFoundError, match="E01000001"):
        explain(build_ranking(sample, KIRKLEES), "E01000001")
