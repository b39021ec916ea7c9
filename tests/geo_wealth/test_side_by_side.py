"""Neighbourhoods side by side: the same figures as elsewhere, and what would reverse them."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from geo_wealth.cli import run
from geo_wealth.errors import InvalidRequestError, NotFoundError
from geo_wealth.pipeline.explain import explain
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.pipeline.side_by_side import lines, side_by_side, side_by_side_document
from geo_wealth.queries.rows import NotRanked, Ranking, RankRequest

FOUR = ("E01011140", "E01011038", "E01011101", "E01011195")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ranking(sample: Connection) -> Ranking:
    return build_ranking(sample, RankRequest("E08000034"))


@pytest.fixture
def gw(
    sample_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command on the sample; gives exit status, standard output and standard error."""
    monkeypatch.setenv("DATABASE_URL", sample_database)

    def call(*arguments: str) -> tuple[int, str, str]:
        status = run(arguments)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def test_what_is_said_of_each_is_what_is_said_of_it_alone(
    sample: Connection, ranking: Ranking
) -> None:
    document = side_by_side_document(side_by_side(sample, ranking, FOUR))
    assert [area["code"] for area in document["areas"]] == list(FOUR)
    for area in document["areas"]:
        alone = next(each for each in ranking.areas if each.code == area["code"])
        assert (area["rank"], area["score"]) == (alone.rank, alone.score)
        low, high = area["interval"]
        assert low <= high
        beside = alone.indicators["assets"].beside
        assert area["buildings"] == {
            state: beside[f"{state}_in_reach"] for state in ("eligible", "unknown", "not_eligible")
        }
    first = document["areas"][0]
    assert first["domains"]["income"]["rank"] == 439
    assert first["domains"]["living_environment"]["decile"] == 4
    assert [area["clusters"]["hidden_pocket"] for area in document["areas"]] == [
        *(False, True, True, False)
    ]


def test_each_two_have_their_smallest_change(sample: Connection, ranking: Ranking) -> None:
    found = side_by_side(sample, ranking, FOUR)
    assert len(found.reversals) == 6
    one = explain(ranking, FOUR[0], FOUR[1]).reversal
    assert one is not None
    assert found.reversals[0].sentence == one.sentence


def test_every_line_has_a_cell_for_each(sample: Connection, ranking: Ranking) -> None:
    table = lines(side_by_side(sample, ranking, FOUR[:3]))
    assert {len(line.cells) for line in table} == {3}
    assert len({(line.group, line.label) for line in table}) == len(table)
    parts = [
        [float(cell) for cell in line.cells]
        for line in table
        if line.group == "What makes the score"
    ]
    *shares, score = parts
    sums = [round(sum(column), 3) for column in zip(*shares, strict=True)]
    assert sums == score


def test_an_area_that_is_not_ranked_says_why(sample: Connection, ranking: Ranking) -> None:
    lost, *rest = ranking.areas
    places = (lost.code, lost.name, lost.ward_code, lost.ward_name)
    missing = NotRanked(*places, "no register covers it", lost.indicators)
    lacking = replace(ranking, id="lacking", areas=tuple(rest), not_ranked=(missing,))
    found = side_by_side(sample, lacking, (lost.code, *(area.code for area in rest[:2])))
    table = {line.label: line.cells for line in lines(found)}
    assert table["Not ranked because"] == ("no register covers it", "–", "–")
    assert table["Rank"][0] == "not ranked"
    assert table["Score"][0] == table["Range of ranks under other weights"][0] == "–"
    assert len(found.reversals) == 1  # only two are ranked
    assert side_by_side_document(found)["areas"][0]["rank"] is None


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (FOUR[:1], "name 2 to 4 neighbourhoods to compare; found 1"),
        ((*FOUR, "E01011130"), "name 2 to 4 neighbourhoods to compare; found 5"),
        ((FOUR[0], FOUR[1], FOUR[0]), "E01011140 is there twice"),
    ],
)
def test_the_wrong_number_is_refused(
    sample: Connection, ranking: Ranking, codes: tuple[str, ...], says: str
) -> None:
    with pytest.raises(InvalidRequestError, match=says):
        side_by_side(sample, ranking, codes)


def test_an_unknown_area_is_refused(sample: Connection, ranking: Ranking) -> None:
    with pytest.raises(NotFoundError, match="E01000001 is not among the 259"):
        side_by_side(sample, ranking, (FOUR[0], "E01000001"))


def test_the_command_prints_a_table_and_one_document(gw: Run) -> None:
    status, out, _ = gw("compare-areas", FOUR[0], FOUR[3], "--district", "E08000034")
    assert status == 0
    assert "Range of ranks under other weights" in out
    assert "The smallest change of weights that puts" in out
    assert "sensitivity to the weights, not a confidence interval" in out
    document = json.loads(gw("compare-areas", *FOUR, "--district", "E08000034", "--json")[1])
    assert len(document["areas"]) == 4
    assert len(document["reversals"]) == 6


def test_the_command_refuses_in_a_sentence(gw: Run) -> None:
    status, _, err = gw("compare-areas", "E01011140", "E01011140", "--district", "E08000034")
    assert status == 2
    assert err.count("\n") == 1
    assert "name each neighbourhood once" in err
