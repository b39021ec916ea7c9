"""The command line keeps its promises: exit codes, one sentence, one JSON document."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from geo_wealth.cli import run
from geo_wealth.commands import rank
from geo_wealth.commands.output import csv_text, print_table, safe_cell, say, write_whole
from geo_wealth.errors import SetupError
from webmap.cli import write_map

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def gw(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the sample; gives exit status, standard output and standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    monkeypatch.setattr(rank, "map_writer", write_map)  # as the console script does
    return call


@pytest.fixture
def on_sample(sample_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", sample_database)


@pytest.fixture
def on_empty(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database)


@pytest.mark.usefixtures("on_sample")
def test_rank_as_json_and_as_text(gw: Run) -> None:
    status, out, _ = gw("rank", "--district", "E08000034", "--top", "3", "--json")
    document = json.loads(out)
    assert status == 0
    assert len(document["areas"]) == 3
    assert document["ranking"]["sample"] is True
    status, out, _ = gw("rank", "--district", "E08000034", "--top", "3")
    assert status == 0
    assert "Sample data." in out
    assert document["areas"][0]["code"] in out


@pytest.mark.usefixtures("on_sample")
def test_rank_with_equal_inputs_prints_equal_bytes(gw: Run) -> None:
    arguments = ("rank", "--district", "E08000034", "--weights", "deprivation=.6,assets=.4")
    assert gw(*arguments, "--json")[1] == gw(*arguments, "--json")[1]


@pytest.mark.usefixtures("on_sample")
def test_rank_writes_csv_and_an_offline_map(gw: Run, tmp_path: Path) -> None:
    table, drawing = tmp_path / "rank.csv", tmp_path / "map.html"
    status, _, err = gw(
        *("rank", "--district", "E08000034", "--csv", str(table), "--map", str(drawing))
    )
    assert status == 0
    assert str(table) in err
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert len(rows) == 259
    assert {row["data"] for row in rows} == {"sample data"}
    page = drawing.read_text(encoding="utf-8")
    assert "E01011140" in page
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=.https?:", page) == []


@pytest.mark.usefixtures("on_sample")
def test_explain_says_why_and_what_would_reverse_it(gw: Run) -> None:
    status, out, _ = gw("explain", "E01011140", "--district", "E08000034")
    assert status == 0
    assert "rank 661 of 32,844" in out
    assert "smallest change" in out
    document = json.loads(gw("explain", "E01011140", "--district", "E08000034", "--json")[1])
    assert document["flip"]["change_l1"] > 0


@pytest.mark.usefixtures("on_sample")
def test_summary_gives_the_published_figures(gw: Run) -> None:
    status, out, _ = gw("summary", "E08000034", "--index", "imd2019", "--json")
    assert status == 0
    assert json.loads(out) == {
        "area": "E08000034",
        "name": "Kirklees",
        "index": "imd2019",
        "lsoas": 259,
        "population": 432855,
        "average_score": 25.151,
        "average_rank": 19120.97,
        "proportion_most_deprived": 0.1197,
        "extent": 0.2938,
        "local_concentration": 30961.42,
        "denominator": "imd2019",
        "note": None,
    }
    ward = json.loads(gw("summary", "E05001389", "--json")[1])
    assert (ward["lsoas"], ward["average_score"]) == (12, 31.366)
    one = json.loads(gw("summary", "E01011140", "--json")[1])
    assert (one["lsoas"], one["average_score"]) == (1, 63.016)


@pytest.mark.usefixtures("on_sample")
@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("rank",), 2, "--district: give the code"),
        (("rank", "--district", "E08000099"), 1, "E08000099"),
        (("rank", "--district", "E08000034", "--weights", "deprivation"), 2, "write name=number"),
        (("rank", "--district", "E08000034", "--weights", "x=1"), 2, "name each of"),
        (("rank", "--district", "E08000034", "--weights", "spend=-1"), 2, "weights"),
        (("rank", "--district", "E08000034", "--direction", "spend=3"), 2, "1 or -1"),
        (("rank", "--district", "E08000034", "--top", "0"), 2, "--top"),
        (("rank", "--id", "nothing"), 1, "No ranking is kept"),
        (("explain", "E01000001", "--district", "E08000034"), 1, "E01000001"),
        (("summary", "E08000034", "--index", "imd2010"), 2, "imd2019, imd2025"),
        (("summary", "E08000099"), 1, "E08000099"),
        (("load", "boundaries", "none.geojson", "--kind", "lsoa"), 2, "--vintage"),
        (("load", "boundaries", "none", "--kind", "x", "--vintage", "2011"), 2, "lsoa, msoa"),
        (("load", "lookup", "none.csv"), 1, "does not exist"),
        (("load", "ledger", "none.csv", "--payer", " "), 2, "--payer"),
        (("datasets", "activate", "none"), 1, "no dataset has a key"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    gw: Run, arguments: tuple[str, ...], status: int, sentence: str
) -> None:
    found, out, err = gw(*arguments)
    assert (found, out) == (status, "")
    assert sentence in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("on_sample")
@pytest.mark.parametrize("option", ["--csv", "--map"])
def test_a_file_that_cannot_be_written_is_one_sentence(
    gw: Run, tmp_path: Path, option: str
) -> None:
    for place, told in ((tmp_path / "none" / "x", "does not exist"), (tmp_path, "is a folder")):
        status, out, err = gw("rank", "--district", "E08000034", option, str(place))
        assert (status, out) == (1, "")
        assert told in err
        assert "Traceback" not in err


def test_writing_that_fails_leaves_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SetupError, match="No space left"):
        write_whole(tmp_path / "a.csv", "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("on_empty")
def test_the_place_of_the_issues_is_checked_before_loading(gw: Run, tmp_path: Path) -> None:
    names = tmp_path / "wards_2025.csv"
    names.write_text("ward_code,ward_name\nE05001389,Dewsbury East\n")
    status, _, err = gw("load", "names", str(names), "--issues", str(tmp_path / "no" / "i.csv"))
    assert status == 1
    assert "does not exist" in err
    assert json.loads(gw("datasets", "--json")[1]) == []


def test_a_terminal_is_told_nothing_by_a_publisher(capsys: pytest.CaptureFixture[str]) -> None:
    say("A\x1b[2JB\x9b1mC\u202eD\nE")
    print_table([("name", "left")], [["Rude\x1b]0;x\x07 Ltd"]])
    printed = capsys.readouterr().out
    assert "A[2JB1mCD\nE" in printed
    assert "Rude]0;x Ltd" in printed
    assert not set("\x1b\x9b\x07\u202e") & set(printed)


def test_a_nul_is_wrong_usage(gw: Run) -> None:
    status, _, err = gw("load", "ledger", "none.csv", "--payer", "A\0B")
    assert status == 2
    assert "NUL" in err


def test_a_fault_of_ours_is_one_sentence_unless_asked(
    gw: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ValueError("secret")

    monkeypatch.delenv("GEO_WEALTH_DEBUG", raising=False)
    monkeypatch.setattr(rank, "open_database", broken)
    status, _, err = gw("rank", "--district", "E08000034")
    assert status == 1
    assert "ValueError" in err
    assert "report it" in err
    assert "secret" not in err
    monkeypatch.setenv("GEO_WEALTH_DEBUG", "1")
    assert "Traceback" in gw("rank", "--district", "E08000034")[2]


def test_ctrl_c_is_told_in_a_word(gw: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rank, "open_database", stopped)
    assert gw("rank", "--district", "E08000034") == (1, "", "Stopped.\n")


@pytest.mark.usefixtures("on_empty")
def test_load_tells_rows_rejections_and_issues(gw: Run, tmp_path: Path) -> None:
    ledger, issues = tmp_path / "ledger.csv", tmp_path / "issues.csv"
    ledger.write_text(
        "Payment date,Transaction Number,Net Amount,Supplier Number,Supplier Name\n"
        "2021-04-01,1,10.00,7,Alpha Ltd\n"
        "2021-04-01,2,ten,7,=HYPERLINK(1)\n"
    )
    arguments = ("load", "ledger", str(ledger), "--payer", "Kirklees Council")
    status, out, _ = gw(*arguments, "--dry-run")
    assert status == 0
    assert "stored nothing" in out
    status, out, _ = gw(*arguments, "--issues", str(issues))
    assert status == 0
    assert "2 read, 1 loaded, 1 rejected" in out
    assert "line 3" in out
    rows = list(csv.DictReader(issues.read_text("utf-8").splitlines()))
    assert [(row["line"], row["rejected"]) for row in rows] == [("3", "yes")]
    document = json.loads(gw(*arguments, "--json")[1])
    assert document["already_loaded"] is True
    assert document["rows"] == {"read": 2, "loaded": 1, "excluded": {}, "rejected": 1}
    assert document["pounds"]["loaded"] == "10.00"
    (dataset,) = json.loads(gw("datasets", "--json")[1])
    assert dataset["key"] == document["dataset"]
    assert gw("datasets", "retire", dataset["key"])[0] == 0
    assert "retired" in gw("datasets")[1]


@pytest.mark.usefixtures("on_empty")
def test_an_empty_database_says_what_would_fill_it(gw: Run) -> None:
    assert "geo-wealth sample" in gw("datasets")[1]


def test_an_unreachable_database_is_one_sentence(gw: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    status, _, err = gw("datasets")
    assert status == 1
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("command", [[], ["db"], ["load"], ["rank"], ["load", "ledger"]])
def test_every_command_has_help(gw: Run, command: list[str]) -> None:
    status, out, _ = gw(*command, "--help")
    assert status == 0
    assert "Usage" in out


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("-12.50", "-12.50"),
        ("+3", "+3"),
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        ("-1+1", "'-1+1"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("Alpha", "Alpha"),
        (-12.5, -12.5),
        (None, None),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay(given: object, kept: object) -> None:
    assert safe_cell(given) == kept


def test_csv_text_is_read_back(tmp_path: Path) -> None:
    text = csv_text(("a", "-b"), [("=x", 'say "hi"'), (-1.5, None)])
    assert list(csv.reader(text.splitlines())) == [
        ["a", "'-b"],
        ["'=x", 'say "hi"'],
        ["-1.5", ""],
    ]
