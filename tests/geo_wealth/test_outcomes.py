"""Outcomes: every value as written, nothing filled in, and never the index itself."""

from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, Engine, text

from boundaries.errors import RefusedFileError
from boundaries.issues import IssueLog
from geo_wealth.cli import run
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.outcomes import Known, OutcomeFile, check_measure, read_outcomes
from geo_wealth.pipeline import geography, switch
from geo_wealth.pipeline.load import load
from geo_wealth.pipeline.outcomes import outcomes_job
from geo_wealth.queries.outcomes import outcome_of, outcomes, panel

A, B, C = "E01011140", "E01011141", "E01011142"
UNIT = "% of residents"


def read(
    folder: Path,
    body: str,
    unit: str | None = UNIT,
    known: Known | None = None,
    mapping: Path | None = None,
) -> tuple[OutcomeFile, IssueLog]:
    path = folder / "outcome.csv"
    path.write_text(body, encoding="utf-8")
    log = IssueLog()
    file = read_outcomes(path, 2011, log, unit, mapping, known)
    assert log.balanced()
    assert log.loaded == len(file.frame)
    return file, log


def told(log: IssueLog, kind: str) -> list[tuple[int | None, str | None, str]]:
    return [(i.line, i.value, i.message) for i in log.issues if i.kind == kind]


def test_values_are_read_as_written_from_zero_to_large(tmp_path: Path) -> None:
    body = (
        "LSOA11CD,Period,Value\n"
        f"{A},2024-Q1,5.25\n{A},Q2 2024,0\n{B},2024-Q1,-1.5e3\n{B},2024-Q2,\"1,234.5\"\n"
        f" {C.lower()} ,2024 q1,£12\n{C},2024-Q2,7.5%\n"
    )  # fmt: skip
    file, log = read(tmp_path, body)
    assert (file.grain, file.periods, file.unit) == ("quarter", ["2024-Q1", "2024-Q2"], UNIT)
    assert file.frame.to_numpy().tolist() == [
        [2, A, "2024-Q1", 5.25],
        [3, A, "2024-Q2", 0.0],
        [4, B, "2024-Q1", -1500.0],
        [5, B, "2024-Q2", 1234.5],
        [6, C, "2024-Q1", 12.0],
        [7, C, "2024-Q2", 7.5],
    ]
    assert not log.issues


def test_a_workbook_and_other_headings_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Claimants by neighbourhood"], [], ["LSOA code (2011)", "Time period", "Rate"]):
        sheet.append(row)
    sheet.append([A, 2024, 5.5])
    sheet.append([A, 2025, 6])
    path = tmp_path / "outcome.xlsx"
    book.save(path)
    file = read_outcomes(path, 2011, IssueLog(), UNIT)
    assert file.frame[["code", "period", "value"]].to_numpy().tolist() == [
        [A, "2024", 5.5],
        [A, "2025", 6.0],
    ]


def test_columns_of_an_unknown_layout_are_named_by_a_mapping(tmp_path: Path) -> None:
    mapping = tmp_path / "ours.toml"
    mapping.write_text(
        "name = 'ours'\n[columns]\narea = 'Hood'\nperiod = 'When'\nvalue = 'How much'\n"
    )
    body = f"Hood,When,How much\n{A},2024,1\n"
    file, _ = read(tmp_path, body, mapping=mapping)
    assert file.layout == "ours"
    with pytest.raises(RefusedFileError, match=r"'How much'.*--mapping FILE.toml"):
        read(tmp_path, body)


@pytest.mark.parametrize(
    ("cells", "kind", "column", "message"),
    [
        ("E08000034,2024,1", "not-an-lsoa", "LSOA", "not the code of an LSOA"),
        (",2024,1", "not-an-lsoa", "LSOA", "not the code of an LSOA"),
        (f"{B},last year,1", "not-a-period", "Period", "such as 2024, 2024-Q1"),
        (f"{B},,1", "not-a-period", "Period", "no period"),
        (f"{B},2024,", "not-a-number", "Value", "stays unknown"),
        (f"{B},2024,-", "not-a-number", "Value", "stays unknown"),
        (f"{B},2024,[c]", "not-a-number", "Value", "'[c]' is not a number"),
        (f"{B},2024,NaN", "not-a-number", "Value", "'NaN' is not a number"),
        (f"{B},2024,inf", "not-a-number", "Value", "'inf' is not a number"),
        (f"{B},2024,1e99", "not-a-number", "Value", "'1e99' is not a number"),
        (f"{B},2024,1.2.3", "not-a-number", "Value", "is not a number"),
        (f"{B},2024,1,2", "field-count", None, "has 4 fields and the header 3"),
    ],
)
def test_rows_that_cannot_be_used_are_told_by_line_and_left_out(
    tmp_path: Path, cells: str, kind: str, column: str | None, message: str
) -> None:
    _, log = read(tmp_path, f"LSOA,Period,Value\n{A},2024,1\n{cells}\n")
    (issue,) = log.rejections()
    assert (issue.line, issue.kind, issue.field) == (3, kind, column)
    assert message in issue.message
    assert (log.read, log.loaded, log.rejected) == (2, 1, 1)


def test_a_row_that_repeats_counts_once_and_one_that_differs_is_refused(tmp_path: Path) -> None:
    body = f"LSOA,Period,Value\n{A},2024,1.0\n{A},2024,1\n"
    file, log = read(tmp_path, body)
    assert file.frame["value"].tolist() == [1.0]
    assert dict(log.excluded) == {"repeats an earlier row": 1}
    assert told(log, "doubled-row")[0][:2] == (3, A)
    with pytest.raises(RefusedFileError, match=r"line 4, gives E01011140 the value 2 in 2024, "
                                               r"and line 2 gave it 1; keep the one"):  # fmt: skip
        read(tmp_path, body + f"{A},2024,2\n")


def test_missing_periods_are_told_and_never_filled(tmp_path: Path) -> None:
    body = "LSOA,Period,Value\n" + "".join(
        f"{A},2024-0{month},1\n" for month in (1, 2, 4)
    ) + f"{B},2024-01,1\n"  # fmt: skip
    file, log = read(tmp_path, body)
    assert len(file.frame) == 4
    gap, lacking = told(log, "missing-period")
    assert gap == (None, "2024-03", "No area has a value for 2024-03, between 2024-01 and 2024-04.")
    assert lacking[:2] == (5, B)
    assert lacking[2].startswith(f"{B} has no value for 2024-02, 2024-04; it is left out")


def test_one_period_loads_and_says_that_no_effect_can_be_measured(tmp_path: Path) -> None:
    _, log = read(tmp_path, f"LSOA,Period,Value\n{A},2024,1\n{B},2024,2\n")
    assert "an effect cannot be measured" in told(log, "one-period")[0][2]


def test_two_kinds_of_period_are_refused_with_their_lines(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="line 2 has '2024' and line 4 '2024-Q1'"):
        read(tmp_path, f"LSOA,Period,Value\n{A},2024,1\n{B},2024,1\n{A},2024-Q1,1\n")


def test_the_unit_is_said_once(tmp_path: Path) -> None:
    body = f"LSOA,Period,Value,Unit\n{A},2024,1,people\n{B},2024,1,people\n"
    assert read(tmp_path, body, None)[0].unit == "people"
    assert read(tmp_path, body, " people ")[0].unit == "people"
    with pytest.raises(RefusedFileError, match="--unit says '%' and line 2 'people'"):
        read(tmp_path, body, "%")
    with pytest.raises(RefusedFileError, match="line 2 has 'people' and line 4 '%'"):
        read(tmp_path, body + f"{C},2024,1,%\n", None)
    with pytest.raises(RefusedFileError, match=r"does not say what its values count.*--unit"):
        read(tmp_path, f"LSOA,Period,Value\n{A},2024,1\n", None)


def test_codes_of_the_other_vintage_are_refused_by_header_and_by_code(tmp_path: Path) -> None:
    for header in ("LSOA21CD", "lsoa21_code", "LSOA code (2021)"):
        with pytest.raises(RefusedFileError, match=r"has codes of 2021.*--vintage 2021"):
            read(tmp_path, f"{header},Period,Value\n{A},2024,1\n")
    known = Known(frozenset({A, B}), frozenset({C}))
    body = f"LSOA,Period,Value\n{A},2024,1\n"
    assert len(read(tmp_path, body, known=known)[0].frame) == 1
    with pytest.raises(RefusedFileError, match=rf"line 3: {C} is an LSOA of 2021 and none of 2011"):
        read(tmp_path, body + f"{C},2024,1\n", known=known)


def test_codes_that_are_not_loaded_are_left_out_and_told_once_each(tmp_path: Path) -> None:
    body = f"LSOA,Period,Value\n{A},2024,1\n{C},2024,1\n{C},2025,1\n{A},2025,1\n"
    file, log = read(tmp_path, body, known=Known(frozenset({A})))
    assert set(file.frame["code"]) == {A}
    assert dict(log.excluded) == {"LSOA that is not among those loaded of 2011": 2}
    ((line, code, message),) = told(log, "unknown-area")
    assert (line, code) == (3, C)
    assert "check the code" in message


@pytest.mark.parametrize(
    "measure",
    ["IMD", "imd 2019 score", "Index of Multiple Deprivation", "deprivation decile", "IoD2025",
     "Indices of Deprivation: rank", "the multiple deprivation of it", "IDACI"],
)  # fmt: skip
def test_the_index_is_no_outcome_by_name(measure: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"no outcome.*may not be differenced"):
        check_measure(measure)


def test_a_measure_has_a_name() -> None:
    assert check_measure("  claimants \n of it") == "claimants of it"
    assert check_measure("income deprivation help visits") == "income deprivation help visits"
    for bad in ("", "  ", "x" * 201):
        with pytest.raises(InvalidRequestError, match="--measure"):
            check_measure(bad)


# --- stored -------------------------------------------------------------------------------------


def series_file(folder: Path, values: dict[str, list[float]], name: str = "out.csv") -> Path:
    path = folder / name
    rows = [
        f"{code},{2020 + year},{value}"
        for code, each in values.items()
        for year, value in enumerate(each)
    ]
    path.write_text("LSOA,Period,Value\n" + "\n".join(rows) + "\n")
    return path


def population(engine: Engine, folder: Path, codes: list[str]) -> None:
    path = folder / "population.csv"
    rows = "".join(f"{code},1500\n" for code in codes)
    path.write_text(f"lsoa11_code,total_population\n{rows}")
    load(engine, geography.population_job(path, 2011))


def test_a_series_is_stored_whole_and_read_back_with_its_holes(
    engine: Engine, tmp_path: Path
) -> None:
    population(engine, tmp_path, [A, B, C])
    path = series_file(tmp_path, {A: [1, 2, 3], B: [4, 5]})
    job = outcomes_job(path, "Claimants", 2011, UNIT)
    assert load(engine, job, dry_run=True).rows["loaded"] == 5
    with engine.connect() as connection:
        assert outcomes(connection) == []
    first, again = load(engine, job), load(engine, job)
    assert (first.dataset, first.already_loaded) == (again.dataset, False)
    assert again.already_loaded
    assert first.report["incomplete"] == 1
    with engine.connect() as connection:
        (found,) = outcomes(connection, 2011)
        assert (found.measure, found.unit, found.grain) == ("Claimants", UNIT, "year")
        assert (found.periods, found.areas) == (("2020", "2021", "2022"), 2)
        assert outcome_of(connection, "claimants", 2011) == found
        values = panel(connection, found, [B, A, C]).values
        assert values[:2].tolist()[1] == [1, 2, 3]
        assert values[0, :2].tolist() == [4, 5]
        assert str(values[0, 2]) == "nan"
        assert [str(value) for value in values[2]] == ["nan"] * 3
        with pytest.raises(NotFoundError, match=r"No outcome 'visits'.*loaded: 'Claimants'"):
            outcome_of(connection, "visits", 2011)
        with pytest.raises(NotFoundError, match=r"LSOAs of 2021 \(loaded: none\)"):
            outcome_of(connection, "claimants", 2021)


def test_a_newer_file_of_a_measure_replaces_the_older_which_can_come_back(
    engine: Engine, tmp_path: Path
) -> None:
    old = load(engine, outcomes_job(series_file(tmp_path, {A: [1, 2]}), "claimants", 2011, "%"))
    other = load(engine, outcomes_job(series_file(tmp_path, {A: [1, 2]}), "visits", 2011, "%"))
    path = series_file(tmp_path, {A: [1, 2, 3]}, "new.csv")
    new = load(engine, outcomes_job(path, "Claimants", 2011, "%"))
    assert other.state == new.state == "current"

    def current() -> set[str]:
        with engine.connect() as connection:
            return {each.dataset for each in outcomes(connection)}

    assert current() == {other.dataset, new.dataset}
    switch.activate(engine, old.dataset)
    assert current() == {other.dataset, old.dataset}


def test_without_lsoas_the_codes_are_said_not_to_be_checked(engine: Engine, tmp_path: Path) -> None:
    result = load(engine, outcomes_job(series_file(tmp_path, {A: [1, 2]}), "claimants", 2011, "%"))
    assert "codes-not-checked" in {issue.kind for issue in result.issues}


def test_the_vintage_is_one_there_is(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="--vintage: allowed are 2011 and 2021"):
        outcomes_job(tmp_path / "x.csv", "claimants", 2019)


@pytest.mark.parametrize("column", ["score", "rank", "decile"])
def test_figures_of_the_index_are_refused_whatever_they_are_called(
    sample: Connection, sample_engine: Engine, tmp_path: Path, column: str
) -> None:
    rows = sample.execute(
        text(f"SELECT code, {column} FROM deprivation WHERE current AND domain = 'imd'")
    )
    values = {row.code: [float(row[1]), 1.0] for row in rows}
    path = series_file(tmp_path, values)
    with pytest.raises(RefusedFileError, match=r"figures of imd2019 in 2020.*no outcome"):
        load(sample_engine, outcomes_job(path, "our figures", 2011, "points"), dry_run=True)


def test_an_unlikely_few_equal_values_are_not_the_index(
    sample_engine: Engine, tmp_path: Path
) -> None:
    path = series_file(tmp_path, {A: [1.0, 2.0], B: [1.0, 2.0]})
    job = outcomes_job(path, "visits", 2011, "each")
    assert load(sample_engine, job, dry_run=True).rows["loaded"] == 4


def test_the_command_loads_and_says_what_was_odd(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    path = series_file(tmp_path, {A: [1.0]})
    said = ["load", "outcomes", str(path), "--measure", "claimants", "--vintage", "2011"]
    assert run(said) == 1
    assert "--unit" in capsys.readouterr().err
    assert run([*said, "--unit", "%"]) == 0
    assert "There is one period only, 2020" in capsys.readouterr().out
    assert run([*said[:4], "IMD 2019", *said[5:], "--unit", "%"]) == 2
    assert "no outcome" in capsys.readouterr().err
