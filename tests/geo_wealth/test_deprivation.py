"""Published figures of the Indices of Deprivation come out of our formulas."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

import boundaries
from geo_wealth import deprivation as dep

N2019, N2025 = 32844, 33755
SAMPLE = Path(boundaries.__file__).parent / "sample"

COMPILED_2019 = {
    "income": "Income_rank",
    "employment": "Employment_rank",
    "education": "Education_rank",
    "health": "Health_rank",
    "crime": "Crime_rank",
    "barriers": "Housing_and_Access_rank",
    "living_environment": "Environment_rank",
}
COMPILED_2025 = COMPILED_2019 | {"barriers": "Housing_and_Services_rank"}


@pytest.fixture(scope="module")
def kirklees_2019() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "imd2019_kirklees_figures.csv").set_index("lsoa11cd")


@pytest.fixture
def england_2025(shared: Path) -> pd.DataFrame:
    frame = pd.read_csv(shared / "imd" / "imd2025_england_lsoa21_excl_holdout.csv")
    residents = pd.read_csv(
        shared / "imd" / "census2021_residents_households_lsoa21_england_excl_holdout.csv"
    )
    return frame.merge(residents, left_on="lsoa21_code", right_on=residents.columns[0]).set_index(
        "lsoa21_code"
    )


def _ranks(frame: pd.DataFrame, columns: dict[str, str]) -> dict[str, np.ndarray]:
    return {domain: frame[column].to_numpy() for domain, column in columns.items()}


def test_the_transform_takes_its_known_values() -> None:
    got = dep.exponential([0.0, 0.5, 0.9, 1.0])
    np.testing.assert_allclose(got, [0, 15.6468, 50.4267, 100], atol=5e-5)


def test_no_negative_zero_at_the_lower_end() -> None:
    assert not np.signbit(dep.exponential([0.0]))[0]


def test_weights_are_the_published_ones_and_not_renormalised() -> None:
    assert sum(dep.DOMAIN_WEIGHTS.values()) == pytest.approx(0.999, abs=1e-12)
    worst = {domain: [1] for domain in dep.DOMAIN_WEIGHTS}
    assert dep.recombine(worst, N2019)[0] == pytest.approx(99.9)


def test_the_most_deprived_of_kirklees_in_2019_recombines_to_63016() -> None:
    ranks = [439, 994, 469, 4402, 2799, 6626, 10795]
    domains = dict(zip(dep.DOMAIN_WEIGHTS, ([rank] for rank in ranks), strict=True))
    assert dep.recombine(domains, N2019)[0] == pytest.approx(63.016, abs=5e-4)


def test_kirklees_2019_recombines_everywhere(kirklees_2019: pd.DataFrame) -> None:
    columns = {domain: f"{domain}_rank" for domain in dep.DOMAIN_WEIGHTS}
    scores = dep.recombine(_ranks(kirklees_2019, columns), N2019)
    error = np.abs(scores - kirklees_2019["imd2019_score"])
    assert len(error) == 259
    assert error.max() <= 0.0005
    worst = kirklees_2019["imd2019_rank"].idxmin()
    assert (worst, kirklees_2019["imd2019_rank"].min()) == ("E01011140", 661)


def test_kirklees_2019_summary_is_the_published_one(kirklees_2019: pd.DataFrame) -> None:
    got = dep.summary(
        kirklees_2019["imd2019_score"],
        kirklees_2019["imd2019_rank"],
        kirklees_2019["population_mid2015"],
        N2019,
    )
    assert (got.lsoas, got.population) == (259, 432855)
    assert got.average_score == pytest.approx(25.151, abs=5e-4)
    assert got.average_rank == pytest.approx(19120.97, abs=0.005)
    assert got.proportion_most_deprived == 31 / 259
    assert got.extent == pytest.approx(0.2938, abs=5e-5)
    assert got.local_concentration == pytest.approx(30961.42, abs=0.005)


@pytest.mark.shared
def test_the_published_file_7_gives_the_same(shared: Path, kirklees_2019: pd.DataFrame) -> None:
    file7 = pd.read_csv(shared / "imd" / "imd2019_file7_kirklees.csv").set_index("LSOA code (2011)")
    score = file7["Index of Multiple Deprivation (IMD) Score"]
    people = file7["Total population: mid 2015 (excluding prisoners)"]
    assert score.to_dict() == kirklees_2019["imd2019_score"].to_dict()
    assert people.to_dict() == kirklees_2019["population_mid2015"].to_dict()


@pytest.mark.shared
def test_england_2019_recombines_for_every_lsoa(shared: Path) -> None:
    path = shared / "imd" / "imd2019_england_lsoa11_compiled_excl_holdout.csv"
    frame = pd.read_csv(path)
    scores = dep.recombine(_ranks(frame, COMPILED_2019), N2019)
    assert len(scores) == 32694
    error = np.abs(scores - frame["IMD_score"])
    # Some published ranks of 2019 are shared, so a few scores are further off than rounding.
    assert np.count_nonzero(error > 0.0007) == 14
    assert error.max() <= 0.0014
    np.testing.assert_array_equal(dep.decile(frame["IMD_rank"], N2019), frame["IMD_decile"])


@pytest.mark.shared
def test_england_2025_recombines_for_every_lsoa(england_2025: pd.DataFrame) -> None:
    scores = dep.recombine(_ranks(england_2025, COMPILED_2025), N2025)
    assert len(scores) == 33594
    assert np.abs(scores - england_2025["IMD_score"]).max() <= 0.0007
    for name in ("IMD", "Income", "Crime", "Environment"):
        deciles = dep.decile(england_2025[f"{name}_rank"], N2025)
        np.testing.assert_array_equal(deciles, england_2025[f"{name}_decile"])


@pytest.mark.shared
def test_kirklees_2025_with_census_residents(england_2025: pd.DataFrame) -> None:
    kirklees = england_2025[england_2025["ltla24_code"] == "E08000034"]
    residents = kirklees.filter(like="resident").iloc[:, 0]
    got = dep.summary(kirklees["IMD_score"], kirklees["IMD_rank"], residents, N2025)
    assert (got.lsoas, got.population) == (260, 433166)
    assert got.average_score == pytest.approx(25.8043, abs=5e-5)
    assert got.average_rank == pytest.approx(19461.90, abs=0.005)
    assert got.proportion_most_deprived == 35 / 260
    assert got.extent == pytest.approx(0.3068, abs=5e-5)
    worst = kirklees["IMD_rank"].idxmin()
    assert worst == "E01011130"
    assert kirklees.loc[worst, "IMD_rank"] == 338
    assert kirklees.loc[worst, "IMD_score"] == pytest.approx(68.783, abs=5e-4)


def _best_fit_wards() -> dict[str, str]:
    """Ward of each LSOA of the sample: the one most of its postcodes are in."""
    features = json.loads((SAMPLE / "lsoa11_kirklees_bsc.geojson").read_bytes())["features"]
    codes = np.array([feature["properties"]["LSOA11CD"] for feature in features])
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    to_grid = Transformer.from_crs(4326, 27700, always_xy=True).transform
    shapes = shapely.transform(shapes, lambda xy: np.column_stack(to_grid(xy[:, 0], xy[:, 1])))
    postcodes = pd.read_csv(SAMPLE / "codepoint_open_2025_kirklees.csv.gz")
    points = shapely.points(postcodes["eastings"], postcodes["northings"])
    point, area = shapely.STRtree(shapes).query(points, predicate="within")
    wards = postcodes["admin_ward_code"].to_numpy()[point]
    pairs = Counter(zip(codes[area].tolist(), wards.tolist(), strict=True))
    return {lsoa: ward for (lsoa, ward), _ in reversed(pairs.most_common())}


def test_an_average_ward_hides_pockets(kirklees_2019: pd.DataFrame) -> None:
    fits = pd.Series(_best_fit_wards())
    ward = kirklees_2019.loc[fits[fits == "E05001389"].index]  # Ashbrow, as it was to 2026
    got = dep.summary(
        ward["imd2019_score"], ward["imd2019_rank"], ward["population_mid2015"], N2019
    )
    assert got.lsoas == 12
    assert got.average_score == pytest.approx(31.366, abs=5e-4)
    assert got.proportion_most_deprived == 2 / 12
    deciles = pd.Series(dep.decile(ward["imd2019_rank"], N2019), index=ward.index)
    assert sorted(deciles[deciles == 1].index) == ["E01011038", "E01011101"]
    assert ward.loc[["E01011038", "E01011101"], "imd2019_rank"].tolist() == [1091, 2062]
    assert deciles.max() == 9


@pytest.mark.shared
def test_which_codes_of_kirklees_the_two_releases_share(
    kirklees_2019: pd.DataFrame, england_2025: pd.DataFrame
) -> None:
    before = set(kirklees_2019.index)
    after = set(england_2025.index[england_2025["ltla24_code"] == "E08000034"])
    assert (len(before), len(after), len(before & after)) == (259, 260, 255)
    assert before - after == {"E01011171", "E01011172", "E01011209", "E01033542"}
    assert after - before == {f"E0103458{digit}" for digit in (4, 5, 6, 7, 8)}


@pytest.mark.parametrize(("n", "last"), [(N2019, 3284), (N2025, 3375)])
def test_where_the_first_decile_ends(n: int, last: int) -> None:
    assert dep.decile([1, last, last + 1, n], n).tolist() == [1, 1, 2, 10]


def test_extent_weights_by_percentile() -> None:
    weights = dep.extent_weight([1, 10, 11, 12, 30, 31, 100], 100)
    np.testing.assert_allclose(weights, [1, 1, 0.95, 0.95 - 0.9 / 19, 0.05, 0, 0], atol=1e-12)


def test_local_concentration_counts_the_last_lsoa_in_part() -> None:
    # 200 people, a tenth is 20: all 15 of rank 2 (inverted 99) and 5 of rank 5 (96).
    got = dep.local_concentration([50, 5, 2], [155, 30, 15], 100)
    assert got == pytest.approx((15 * 99 + 5 * 96) / 20)


def test_one_lsoa_is_its_own_summary() -> None:
    got = dep.summary([40.0], [10], [1500], 100)
    assert got == dep.SummaryMeasures(1, 1500, 40.0, 91.0, 1.0, 1.0, 91.0)


def test_without_a_denominator_only_the_proportion_is_known() -> None:
    got = dep.summary([40.0, 2.0], [10, 90], None, 100)
    assert got == dep.SummaryMeasures(2, None, None, None, 0.5, None, None)
    assert dep.summary([40.0], [10], [0], 100).average_score is None


@pytest.mark.parametrize(
    ("score", "rank", "population", "words"),
    [
        ([], [], [], "no LSOA"),
        ([1.0], [1, 2], [1], "length"),
        ([1.0], [1], [1, 2], "length"),
        ([np.nan], [1], [1], "missing"),
        ([1.0], [1], [np.nan], "missing"),
        ([1.0], [1], [-1], "negative"),
        ([1.0], [np.nan], [1], "missing"),
        ([1.0], [0], [1], "outside 1 to 100"),
        ([1.0], [101], [1], "outside 1 to 100"),
    ],
)
def test_what_cannot_be_summed_is_refused(
    score: list[float], rank: list[float], population: list[float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        dep.summary(score, rank, population, 100)


def test_a_score_needs_all_seven_domains() -> None:
    with pytest.raises(ValueError, match="crime"):
        dep.recombine({d: [1] for d in dep.DOMAIN_WEIGHTS if d != "crime"}, N2019)


lsoas = st.lists(
    st.tuples(st.floats(0, 100), st.integers(1, 1000), st.integers(1, 5000)),
    min_size=1,
    max_size=20,
    unique_by=lambda row: row[1],
)


@given(lsoas, st.randoms(use_true_random=False))
def test_a_summary_does_not_depend_on_the_order(rows: list[tuple], rng: object) -> None:
    mixed = list(rows)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    first = dep.summary(*zip(*rows, strict=True), 1000)
    second = dep.summary(*zip(*mixed, strict=True), 1000)
    for name in dep.SummaryMeasures.__dataclass_fields__:
        assert getattr(first, name) == pytest.approx(getattr(second, name), rel=1e-9)


@given(lsoas, st.integers(2, 50))
def test_a_summary_does_not_depend_on_the_unit_of_people(rows: list[tuple], factor: int) -> None:
    score, rank, people = (np.array(column) for column in zip(*rows, strict=True))
    first = dep.summary(score, rank, people, 1000)
    second = dep.summary(score, rank, people * factor, 1000)
    for name in ("average_score", "average_rank", "extent", "local_concentration"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), rel=1e-9)


@given(lsoas)
def test_a_summary_lies_within_its_lsoas(rows: list[tuple]) -> None:
    score, rank, people = (np.array(column) for column in zip(*rows, strict=True))
    got = dep.summary(score, rank, people, 1000)
    inverted = 1001 - rank
    near = 1e-9
    assert got.average_score is not None
    assert score.min() - near <= got.average_score <= score.max() + near
    assert got.average_rank is not None
    assert got.local_concentration is not None
    assert got.average_rank - near <= got.local_concentration <= inverted.max() + near
    assert got.extent is not None
    assert 0 <= got.extent <= 1


@given(st.integers(1, N2019), st.integers(1, N2019))
def test_more_deprived_never_scores_less(first: int, second: int) -> None:
    better, worse = min(first, second), max(first, second)
    shares = dep.invert([better, worse], N2019) / N2019
    stretched = dep.exponential(shares)
    assert stretched[0] >= stretched[1]
    deciles = dep.decile([better, worse], N2019)
    assert 1 <= deciles[0] <= deciles[1] <= 10
