"""The main job on real data throughout: files from publishers to a ranked Kirklees."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from geo_wealth.cluster import Cluster
from geo_wealth.db import create_engine
from geo_wealth.pipeline import council, geography
from geo_wealth.pipeline.load import LoadJob, LoadResult, load
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.summary import area_summary
from geo_wealth.queries.places import locate
from geo_wealth.queries.rows import RankRequest
from geo_wealth.queries.spend import spend_summary

pytestmark = [pytest.mark.shared, pytest.mark.xdist_group("real")]

DISTRICTS = (
    "kirklees_E08000034",
    "calderdale_E08000033",
    "bradford_E08000032",
    "leeds_E08000035",
    "wakefield_E08000036",
)


def jobs(shared: Path) -> Iterator[LoadJob]:
    """List the loads a person would make for Kirklees and its neighbours."""
    for district in DISTRICTS:
        yield geography.boundaries_job(
            shared / f"boundaries/lsoa21_{district}.geojson", "lsoa", 2021
        )
    yield geography.boundaries_job(
        shared / "boundaries/lsoa11_kirklees_E08000034.geojson", "lsoa", 2011
    )
    yield geography.lookup_job(shared / "lookups/lookup_lsoa21_ward24_ltla24.csv")
    yield geography.deprivation_job(
        shared / "imd/imd2025_england_lsoa21_excl_holdout.csv", "imd2025"
    )
    yield geography.deprivation_job(shared / "imd/imd2019_file7_kirklees.csv", "imd2019")
    yield geography.population_job(
        shared / "imd/census2021_residents_households_lsoa21_england_excl_holdout.csv", 2021
    )
    yield geography.postcodes_job(shared / "postcodes/codepo_gb_2025-05.zip")
    yield geography.postcodes_job(
        shared / "postcodes/PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU_HD_WF_BD_HX_LS_OL_S_HG_M.csv.gz"
    )
    for district in ("kirklees", "calderdale", "bradford"):
        yield council.register_job(
            shared / f"registers/business_rates_{district}.csv", "business-rates"
        )
    yield council.assets_job(
        shared / "assets/kirklees_community_premises_derived_from_business_rates.csv", None
    )
    for path in sorted((shared / "spend/calderdale").glob("2022-*.csv")):
        yield council.ledger_job(path, "Calderdale Council")
    for path in sorted((shared / "spend/bradford").glob("2019-*.csv")):
        yield council.ledger_job(path, "Bradford Council")


@pytest.fixture(scope="module")
def loaded(
    cluster: Cluster, migrated: str, shared: Path
) -> Iterator[tuple[Engine, dict[str, LoadResult]]]:
    cluster.create_database("real", template=migrated)
    engine = create_engine(cluster.url("real"))
    yield engine, {job.path.name: load(engine, job) for job in jobs(shared)}
    engine.dispose()
    cluster.drop_database("real")


@pytest.fixture
def real(loaded: tuple[Engine, dict[str, LoadResult]]) -> Iterator[Connection]:
    with loaded[0].connect() as connection:
        yield connection


def test_all_of_it_loads_and_adds_up(loaded: tuple[Engine, dict[str, LoadResult]]) -> None:
    for name, result in loaded[1].items():
        rows = result.rows
        assert rows["read"] == rows["loaded"] + sum(rows["excluded"].values()) + rows["rejected"], (
            name
        )
        assert result.state == "current", name
    postcodes = loaded[1]["codepo_gb_2025-05.zip"]
    kinds = [issue.kind for issue in postcodes.issues]
    assert postcodes.rows["loaded"] == 1_743_449
    assert (kinds.count("no-coordinates"), kinds.count("no-district")) == (811, 1043)


def test_point_in_polygon_agrees_with_ons_as_published(
    loaded: tuple[Engine, dict[str, LoadResult]],
) -> None:
    name = "PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU_HD_WF_BD_HX_LS_OL_S_HG_M.csv.gz"
    found = loaded[1][name].report["agreement"]["2011"]
    assert found["share"] == pytest.approx(0.99, abs=0.005)
    assert found["compared"] > 11_000


def test_summaries_come_out_as_published(real: Connection) -> None:
    old = area_summary(real, "E08000034", "imd2019").document()
    assert old["lsoas"] == 259
    assert old["population"] == 432_855
    assert old["average_score"] == 25.151
    assert old["average_rank"] == 19_120.97
    assert old["proportion_most_deprived"] == 0.1197
    assert old["extent"] == 0.2938
    assert old["local_concentration"] == 30_961.42
    assert old["note"] is None
    new = area_summary(real, "E08000034", "imd2025").document()
    assert new["lsoas"] == 260
    assert new["average_score"] == 25.804
    assert new["average_rank"] == 19_461.90
    assert new["proportion_most_deprived"] == 0.1346
    assert new["extent"] == 0.3068
    assert new["denominator"] == "census2021"
    assert "not the index's own" in new["note"]


def test_kirklees_is_ranked_on_real_data(real: Connection) -> None:
    ranking = build_ranking(real, RankRequest("E08000034", index="imd2025"))
    assert len(ranking.areas) == 260
    assert not ranking.not_ranked
    assert not ranking.sample
    alone = build_ranking(real, RankRequest("E08000034", "imd2025", weights={"deprivation": 1}))
    first = alone.areas[0]
    assert (first.code, first.name) == ("E01011130", "Kirklees 017B")
    assert first.indicators["deprivation"].value == 68.783
    assert first.indicators["deprivation"].beside["rank"] == 338
    cell = first.indicators["assets"]
    assert cell.beside["eligible_in_reach"] == 0
    assert cell.beside["unknown_in_reach"] > 0
    assert "Census 2021" in str(cell.denominator)


def test_eligibility_that_nobody_states_is_unknown_and_not_zero(real: Connection) -> None:
    request = RankRequest("E08000034", "imd2025", eligible_only=True)
    ranking = build_ranking(real, request)
    assert not ranking.areas
    assert {area.indicators["assets"].value for area in ranking.not_ranked} == {None}
    assert {area.reason for area in ranking.not_ranked} == {
        "buildings: no register loaded says which buildings here may be transferred"
    }
    without = build_ranking(real, replace(request, weights={"deprivation": 1, "spend": 1}))
    assert len(without.areas) == 260


def test_a_district_without_ledger_or_register_has_no_figure_not_zero(real: Connection) -> None:
    ranking = build_ranking(real, RankRequest("E08000036", index="imd2025"))
    assert ranking.district_name == "Wakefield"
    assert not ranking.areas
    assert {area.reason for area in ranking.not_ranked} == {
        (
            "local spend: no ledger covers this area: none of the suppliers placed is in the "
            "district; buildings: no register of land and buildings covers this area"
        )
    }


def test_neighbouring_councils_spend_is_placed_to_the_penny(
    real: Connection, loaded: tuple[Engine, dict[str, LoadResult]]
) -> None:
    summary = spend_summary(real)
    assert summary.payers == ("Bradford Council", "Calderdale Council")
    read = [Decimal(r.pounds["read"]) for r in loaded[1].values() if r.pounds is not None]
    assert summary.total == sum(read)
    assert summary.total == summary.located + summary.unlocated
    assert summary.share_located is not None
    assert 0.1 < summary.share_located < 0.5


def test_a_real_postcode_is_in_both_vintages(real: Connection) -> None:
    place = locate(real, "HD1 2TT")
    assert set(place.lsoas) == {2011, 2021}
    assert place.district_name == "Kirklees"


def test_every_repaired_polygon_is_stored_valid(real: Connection) -> None:
    invalid = real.execute(
        text("SELECT count(*) FROM area WHERE NOT ST_IsValid(geom) OR NOT ST_IsValid(geom_map)")
    ).scalar_one()
    assert invalid == 0
