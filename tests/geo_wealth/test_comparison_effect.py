"""Comparison areas and effects from what is loaded: who is left out, what is known, what is not."""

from collections.abc import Iterator
from datetime import date
from math import exp
from pathlib import Path
from statistics import mean

import pytest
from sqlalchemy import Connection, Engine

from geo_wealth.cli import run
from geo_wealth.cluster import Cluster
from geo_wealth.db import create_engine
from geo_wealth.deprivation import DOMAIN_WEIGHTS
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.evaluation.request import ComparisonRequest
from geo_wealth.evidence import results_of
from geo_wealth.evidence.amounts import figure
from geo_wealth.evidence.section import canonical
from geo_wealth.pipeline import geography
from geo_wealth.pipeline.comparison import compare_areas, ground_of
from geo_wealth.pipeline.comparison_words import accounting, advice, sentences, signed
from geo_wealth.pipeline.effect import Judged, _start, judge_areas, outlook, outlook_section
from geo_wealth.pipeline.effect_words import headline, matched_on_later, one_of_several
from geo_wealth.pipeline.effect_words import sentences as told
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.outcomes import outcomes_job
from geo_wealth.plan import Plan
from geo_wealth.queries.outcomes import Outcome, outcomes
from geo_wealth.queries.rows import RankRequest
from geo_wealth.sample.outcome import MEASURE

AREAS = ("E01011133", "E01011134", "E01011143", "E01011144")
KIRKLEES = "E08000034"


def compared(connection: Connection, request: ComparisonRequest | None = None):  # type: ignore[no-untyped-def]
    terrain = ground_of(connection, "", "imd2019", AREAS)
    return compare_areas(connection, terrain, "imd2019", AREAS, request or ComparisonRequest())


def test_covariates_are_the_domains_on_the_scale_of_the_index(sample: Connection) -> None:
    found = compared(sample)
    asked = found["inputs"]
    kinds = [one["kind"] for one in asked["covariates"]]
    assert (kinds.count("domain"), kinds.count("residents")) == (7, 1)
    # Rank 439 of 32,844 in income: X = -23 ln(1 - R (1 - exp(-100/23))), R = (N - 439 + 1) / N.
    values = {area["code"]: area["values"] for area in asked["areas"]}
    assert values["E01011140"][list(DOMAIN_WEIGHTS).index("income")] == pytest.approx(
        83.8555, abs=0.0001
    )
    assert values["E01011140"][7] == pytest.approx(7.4776, abs=0.0001)  # ln 1,768
    assert canonical(results_of("comparison")(asked)) == canonical(found["results"])


def test_what_touches_the_pilot_is_no_comparison(sample: Connection) -> None:
    found = compared(sample)
    terrain = ground_of(sample, KIRKLEES, "imd2019", AREAS)
    inside = {terrain.codes[at] for at in terrain.contiguity.ring(terrain.places(AREAS))}
    assert set(found["inputs"]["ring"]) == inside
    assert not inside & set(found["results"]["areas"])
    counted = accounting(found)
    assert counted["considered"] == 259
    assert counted["could_be_chosen"] == 259 - 4 - len(inside)
    assert "rural-urban classes are not loaded" in " ".join(sentences(found))


def test_how_alike_they_are_comes_first_then_what_could_help(sample: Connection) -> None:
    found = compared(sample)
    rows = found["results"]["balance"]
    apart = [row for row in rows if row["flag"] == "apart"]
    worse = [row for row in apart if abs(row["after"]) > abs(row["before"])]
    assert sentences(found)[0] == (
        f"{len(apart)} of 8 measures are not alike; on {len(worse)} of them matching made them "
        "less alike."
    )
    told = " ".join(advice(found, [MEASURE]))
    assert f"The past of {MEASURE} is loaded and not matched on" in told
    assert "All were chosen from Kirklees" in told
    past = compared(sample, ComparisonRequest(history=(MEASURE.upper(),)))
    assert MEASURE not in " ".join(advice(past, [MEASURE]))


@pytest.mark.parametrize(
    ("pool", "words"),
    [
        ("district", "of the pilot's district."),
        ("neighbours", "of Kirklees, as no district that touches it is loaded."),
        ("england", "of Kirklees, as no other district is loaded."),
    ],
)
def test_a_pool_that_is_no_wider_says_so(sample: Connection, pool: str, words: str) -> None:
    assert words in " ".join(sentences(compared(sample, ComparisonRequest(pool=pool))))


def test_residents_are_told_as_people(sample: Connection) -> None:
    found = compared(sample)
    values = {area["code"]: area["values"][7] for area in found["inputs"]["areas"]}
    row = found["results"]["balance"][7]
    assert row["name"] == "number of residents"
    assert row["pilot"] == pytest.approx(exp(mean(values[code] for code in AREAS)))


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.004, "+0.00"), (0.0, "+0.00"), (-0.126, "−0.13"), (1.5, "+1.50"), (None, "not known")],
)
def test_no_zero_is_below_zero(value: float | None, text: str) -> None:
    assert signed(value) == text


def test_the_district_is_found_by_the_first_area(sample: Connection) -> None:
    assert ground_of(sample, "", "imd2019", AREAS).district == KIRKLEES
    with pytest.raises(InvalidRequestError, match="E01000001 is in no district"):
        ground_of(sample, "", "imd2019", ["E01000001"])
    with pytest.raises(InvalidRequestError, match="imd2019, imd2025"):
        ground_of(sample, "", "imd2030", AREAS)


def test_areas_of_no_pilot_are_refused(sample: Connection) -> None:
    terrain = ground_of(sample, KIRKLEES, "imd2019", AREAS)
    with pytest.raises(InvalidRequestError, match="name the areas"):
        compare_areas(sample, terrain, "imd2019", [], ComparisonRequest())
    with pytest.raises(InvalidRequestError, match="E01000001 is no neighbourhood of Kirklees"):
        compare_areas(sample, terrain, "imd2019", ["E01000001"], ComparisonRequest())
    with pytest.raises(InvalidRequestError, match="index of deprivation"):
        compared(sample, ComparisonRequest(history=("IMD",)))
    with pytest.raises(NotFoundError, match="No outcome 'visits'"):
        compared(sample, ComparisonRequest(history=("visits",)))


@pytest.fixture
def own(cluster: Cluster, sample_database: str) -> Iterator[Engine]:
    """A sample of a test's own, to load more into."""
    cluster.create_database("comparison_own", template="sample_copy")
    engine = create_engine(cluster.url("comparison_own"))
    yield engine
    engine.dispose()
    cluster.drop_database("comparison_own")


def test_loaded_classes_are_matched_within(own: Engine, sample: Connection, tmp_path: Path) -> None:
    before = compared(sample)
    chosen = set(before["results"]["areas"])
    codes = [area["code"] for area in before["inputs"]["areas"]]
    rows = "".join(f"{code},{'Rural' if code in chosen else 'Urban'}\n" for code in codes)
    path = tmp_path / "ruc11.csv"
    path.write_text(f"LSOA11CD,RUC11NM\n{rows}")
    load(own, geography.rural_urban_job(path, 2011))
    with own.connect() as connection:
        found = compared(connection)
    assert found["inputs"]["classes_known"]
    assert not chosen & set(found["results"]["areas"])


def judged(connection: Connection, start: str | None, **how: object) -> Judged:
    return judge_areas(
        connection, "", "imd2019", AREAS, None, start, ComparisonRequest(), **how  # type: ignore[arg-type]
    )  # fmt: skip


def test_an_effect_is_the_double_difference_of_its_series(sample: Connection) -> None:
    found = judged(sample, "2024-Q1")
    results = found.results
    assert results["periods"].index("2024-Q1") == 8
    pilot, beside = results["pilot_series"], results["comparison_series"]
    change = sum(pilot[8:]) / 4 - sum(pilot[:8]) / 8 - (sum(beside[8:]) / 4 - sum(beside[:8]) / 8)
    assert results["effect"]["value"] == pytest.approx(change)
    assert found.section is not None
    assert found.notes == (
        (
            "Areas and start are on no record: chosen after the outcome was seen, they make a "
            "difference look like more than it is, and the p-value too small."
        ),
    )
    again = results_of("effect")(found.section["inputs"])
    assert canonical(again) == canonical(found.section["results"])


def test_an_effect_that_was_put_in_is_found(
    own: Engine, sample: Connection, tmp_path: Path
) -> None:
    codes = [area["code"] for area in compared(sample)["inputs"]["areas"]]
    rows = [
        f"{code},{2015 + year},{10 + place % 7 + year * place % 3 / 10 - effect}"
        for place, code in enumerate(codes)
        for year in range(9)
        for effect in [3 if code in AREAS and year > 5 else 0]
    ]
    path = tmp_path / "out.csv"
    path.write_text("LSOA,Year,Value\n" + "\n".join(rows) + "\n")
    load(own, outcomes_job(path, "visits", 2011, "each"))
    load(own, outcomes_job(path, "calls", 2011, "each"))
    with own.connect() as connection:
        found = judge_areas(connection, "", "imd2019", AREAS, "visits", "2021", ComparisonRequest())
        assert [each.measure for each in outcomes(connection)] == [
            "calls",
            "visits",
        ]  # the sample gave way
    assert "2 outcomes are loaded, and each is tested alone" in " ".join(found.notes)
    assert found.results["effect"]["value"] == pytest.approx(-3, abs=0.2)
    assert found.results["effect"]["p"] <= 0.05
    assert "are not ruled out" in words_of(found)[1]
    assert "stands out at 5 %" in headline(found.outcome, found.results)


def test_named_comparison_areas_are_those_compared_with(sample: Connection) -> None:
    named = ["E01011082", "E01011034", "E01011045", "E01011084"]
    found = judged(sample, "2024-Q1", named=named)
    assert sorted(found.comparison["results"]["areas"]) == sorted(named)
    assert found.results["effect"]["value"] is not None
    assert found.results["effect"]["p"] is None
    assert "cannot be told" in headline(found.outcome, found.results)
    words = " ".join(told(found.outcome, found.results))
    assert "were named by hand" in words
    assert "p =" not in words
    assert "p-value" not in " ".join(found.notes)
    for bad, message in (
        (named[:3], "at least as many as pilot areas, 4"),
        ([*named[:3], AREAS[0]], "is a pilot area"),
        ([*named[:3], "E01011142"], "touches the pilot"),
        ([*named[:3], "E01000001"], "no neighbourhood that imd2019 is loaded for"),
    ):
        with pytest.raises(InvalidRequestError, match=message):
            judged(sample, "2024-Q1", named=bad)


def test_what_cannot_be_said_is_said_without_a_number(sample: Connection) -> None:
    late = judged(sample, "2025-Q2")
    assert (late.start, late.results["effect"]) == (None, None)
    assert "up to 2024-Q4, and the first whole quarter after the start is 2025-Q2" in late.notes[0]
    early = judged(sample, "2022-Q1")
    assert early.section is None
    assert "No period before the start is loaded" in early.notes[0]
    with pytest.raises(InvalidRequestError, match="by quarter, from 2022-Q1 to 2024-Q4"):
        judged(sample, "2024-01")
    with pytest.raises(InvalidRequestError, match="areas, residents"):
        judged(sample, "2024-Q1", weighting="pounds")


def test_areas_that_do_not_touch_have_no_p(sample: Connection) -> None:
    areas = ("E01011133", "E01011067", "E01011207", "E01011004")
    found = judge_areas(sample, "", "imd2019", areas, None, "2024-Q1", ComparisonRequest())
    assert found.results["effect"]["p"] is found.results["synthetic"]["p"] is None
    assert found.results["pre_trend"]["p"] is None
    words = " ".join(told(found.outcome, found.results))
    assert "not one set of touching areas" in words
    assert "too few" not in words


@pytest.mark.parametrize("weighting", ["areas", "residents"])
@pytest.mark.parametrize("start", [None, "2024-Q1"])
def test_what_a_mean_is_over_is_said(sample: Connection, weighting: str, start: str | None) -> None:
    found = judged(sample, start, weighting=weighting)
    assert f"All means are over {weighting}: " in told(found.outcome, found.results)[-1]


def test_power_is_told_only_before_the_start(sample: Connection) -> None:
    before, after = judged(sample, None), judged(sample, "2024-Q1")
    assert any("judging by 6 periods before and 6 after" in one for one in words_of(before))
    assert not any("counted on to be seen" in one for one in words_of(after))


def words_of(found: Judged) -> tuple[str, ...]:
    return told(found.outcome, found.results)


OUTCOME = Outcome("outcomes-x", "claimants", "%", 2011, "quarter", ("2023-Q4", "2024-Q1"), 2, False)


@pytest.mark.parametrize(
    ("said", "day", "found"),
    [
        ("2024 q1", None, ("2024-Q1", None)),
        (None, date(2024, 1, 1), ("2024-Q1", None)),
        (None, date(2024, 1, 2), ("2024-Q2", "2024-Q1")),
        (None, date(2023, 12, 31), ("2024-Q1", "2023-Q4")),
        (None, None, (None, None)),
        ("2024-Q1", date(2020, 1, 1), ("2024-Q1", None)),
    ],
)
def test_the_period_of_the_start_counts_only_when_it_is_whole(
    said: str | None, day: date | None, found: tuple[str | None, str | None]
) -> None:
    assert _start(OUTCOME, said, day) == found


@pytest.mark.parametrize(
    ("p", "smallest", "trend", "apart", "line"),
    [
        (0.01, 0.01, 0.5, [], "A difference of +0.50 percentage points stands out at 5 %"),
        (0.01, 0.01, 0.05, [], "stands out at 5 %, but trends differed before the start"),
        (0.01, 0.01, None, [], "but trends before the start could not be checked"),
        (0.01, 0.01, 0.5, ["income"], "stands out at 5 %, but the areas were not alike"),
        (0.01, 0.01, 0.01, ["income"], "before the start and the areas were not alike"),
        (0.3, 0.01, 0.01, [], "not told from chance; trends differed before the start"),
        (0.3, 0.01, None, [], "not told from chance"),
        (0.2, 0.2, 0.5, ["income"], "too few areas to tell it from chance; the areas were not"),
        (None, None, None, [], "whether it is more than chance cannot be told"),
    ],
)
def test_a_headline_says_what_speaks_against_it(
    p: float | None, smallest: float | None, trend: float | None, apart: list[str], line: str
) -> None:
    results = {
        "effect": {"value": 0.5, "p": p, "smallest_p": smallest},
        "pre_trend": {"p": trend},
        "balance": {"apart": apart, "unknown": []},
    }
    found = headline(OUTCOME, results)
    assert line in found
    assert trend is not None or apart or found.endswith(line)


def test_several_outcomes_are_said_to_be_tested_alone() -> None:
    assert (
        "3 outcomes are loaded, and each is tested alone"
        in one_of_several(3, {"effect": {"p": 1}})[0]
    )
    assert one_of_several(1, {"effect": {"p": 0.5}}) == ()
    assert one_of_several(3, {"effect": {"p": None}}) == ()
    assert one_of_several(3, {"effect": None}) == ()


def test_matching_on_later_values_is_warned_of(sample: Connection) -> None:
    found = compared(sample, ComparisonRequest(history=(MEASURE,)))
    assert matched_on_later(found, "2025-Q1") == ()
    assert "2024-Q3" in matched_on_later(found, "2024-Q3")[0]
    assert matched_on_later(found, None) == ()


def test_what_could_be_seen_is_told_before_the_start(sample: Connection) -> None:
    plan = Plan("moor", "Moor", AREAS, RankRequest(KIRKLEES), outcomes=(MEASURE.upper(),))
    found = outlook_section(sample, plan, compared(sample))
    assert found is not None
    (measure,) = found["results"]["measures"]
    assert measure["effect"] is None
    assert measure["power"]["smallest_effect"] > 0
    assert set(measure["synthetic"]["weights"]) == set(compared(sample)["results"]["areas"])
    assert found["inputs"]["chosen_by"]["E01011144"] > 0.8
    assert outlook(sample, compared(sample), ("visits",)) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (-0.00001, "0.00"),
        (0.0312, "0.0312"),
        (0.5, "0.50"),
        (-12.34, "−12.3"),
        (1234.5, "1,234"),
    ],
)
def test_figures_have_three_digits_and_no_exponent(value: float, text: str) -> None:
    assert figure(value) == text


def test_the_commands_print_and_refuse(
    sample_database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", sample_database)
    areas = [part for code in AREAS for part in ("--area", code)]
    pairs = tmp_path / "pairs.csv"
    assert run(["comparison", *areas, "--csv", str(pairs)]) == 0
    assert "Touch the pilot, so left out: E01011132" in capsys.readouterr().out
    assert len(pairs.read_text().splitlines()) == 9
    assert run(["power", *areas]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{MEASURE}: With 4 areas an effect smaller than")
    assert "cannot be counted on" not in " ".join(rest)
    assert any("goes with the outcome (correlation 0." in line for line in rest)
    series = tmp_path / "series.csv"
    assert run(["effect", *areas, "--start", "2024-Q1", "--csv", str(series)]) == 0
    assert "not told from chance" in capsys.readouterr().out
    assert len(series.read_text().splitlines()) == 13
    for bad, code, message in (
        (["effect"], 2, "name a pilot on record"),
        (["effect", *areas], 2, "--start"),
        (["effect", "nobody"], 1, "There is no pilot nobody"),
        (["effect", "moor", *areas], 2, "name a pilot on record"),
        (["effect", "moor", "--comparison", "E01011082"], 2, "frozen with it"),
        (["effect", "moor", "--start", "2024-Q1"], 2, "judged from the day on record"),
    ):
        assert run(bad) == code
        assert message in capsys.readouterr().err
