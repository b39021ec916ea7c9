"""A pilot's whole life on the sample by commands; what is refused, and that nothing is left."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from geo_wealth.address import libpq_url
from geo_wealth.cli import run
from geo_wealth.cluster import Cluster
from geo_wealth.db import create_engine
from geo_wealth.errors import RefusedStepError
from geo_wealth.pipeline import pilots as pipeline

Run = Callable[..., tuple[int, str, str]]

AREAS = ("E01011133", "E01011134", "E01011144")
KIRKLEES = ("--district", "E08000034", "--draws", "100")
CHOSEN = tuple(word for code in AREAS for word in ("--area", code))
WHO = ("--by", "An Officer", "--reason", "Because.")
OTHER = ("--by", "A Member", "--reason", "Cabinet, item 7.")


@pytest.fixture(scope="module")
def copy(cluster: Cluster, sample_database: str) -> Iterator[str]:
    """A database with the sample, which the tests of this file write pilots to."""
    cluster.create_database("piloted", template="sample_copy")
    yield cluster.url("piloted")
    cluster.drop_database("piloted")


@pytest.fixture
def pilot(copy: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``geo-wealth pilot``; gives its status, what it printed, and the refusal."""
    monkeypatch.setenv("DATABASE_URL", libpq_url(copy))

    def command(*words: str) -> tuple[int, str, str]:
        status = run(["pilot", *words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err.strip()

    return command


@pytest.fixture
def writable(copy: str) -> Iterator[Engine]:
    engine = create_engine(copy)
    yield engine
    engine.dispose()


def propose(pilot: Run, slug: str, *words: str) -> tuple[int, str, str]:
    return pilot("propose", slug, "--title", "The moor", *WHO, *KIRKLEES, *words)


def document(pilot: Run, *words: str) -> dict:  # type: ignore[type-arg]
    status, out, err = pilot(*words, "--json")
    assert status == 0, err
    return dict(json.loads(out))


def test_a_life_by_commands(pilot: Run) -> None:
    assert propose(pilot, "moor", *CHOSEN, "--on", "2026-01-05", "--outcome", "claimants")[0] == 0
    again = document(
        pilot, "propose", "moor", "--title", "The moor", *WHO, *KIRKLEES, *CHOSEN,
        "--area", "E01011143", "--on", "2026-01-06",
    )  # fmt: skip
    assert "Added to the pilot: E01011143." in again["changes"][0]["sentences"]
    approved = document(pilot, "approve", "moor", *OTHER, "--on", "2026-02-01")
    assert approved["event"]["evidence"] == again["event"]["evidence"]
    assert approved["changes"] == []

    assert pilot("expand", "moor", *OTHER)[0] == 1
    assert pilot("start", "moor", *WHO, "--on", "2026-03-01")[0] == 0
    barrier = ("log", "moor", "--kind", "barrier", "--by", "An Officer", "--text", "No lift.")
    assert pilot(*barrier, "--area", "E01011133", "--on", "2026-03-05")[0] == 0
    assert pilot(*barrier, "--area", "E01011140")[2].startswith("area: E01011140 is not in the")
    assert pilot("review", "moor", *WHO, "--on", "2026-05-01")[0] == 0
    status, _out, err = pilot("replicate", "moor", *OTHER)
    assert (status, "without a learning record" in err) == (1, True)
    answers = ("--tried", "Lots", "--found", "Bids", "--next", "Earlier")
    assert pilot("learn", "moor", "--by", "An Officer", *answers, "--on", "2026-05-02")[0] == 0
    assert pilot("replicate", "moor", *OTHER, "--on", "2026-05-03")[0] == 0

    shown = document(pilot, "show", "moor")
    assert (shown["state"], shown["log_faults"]) == ("replicated", [])
    assert [area["code"] for area in shown["areas"]] == sorted([*AREAS, "E01011143"])
    kinds = ["proposed", "proposed", "approved", "started", "barrier", "reviewed", "learning"]
    assert [event["kind"] for event in shown["events"]] == [*kinds, "replicated"]
    assert shown["evidence"]["frozen"] == approved["event"]["evidence"]
    assert document(pilot, "verify-log", "moor")["whole"] is True
    assert document(pilot, "verify-log", "moor", "--hash", approved["event"]["hash"])["whole"]
    assert pilot("verify-log", "moor", "--hash", "0" * 64)[0] == 1
    assert document(pilot, "changes", "moor")["changes"] == []
    for words in (("show", "moor"), ("list",), ("changes", "moor"), ("verify-log", "moor")):
        status, out, _err = pilot(*words)
        assert (status, "moor" in out.lower() or "whole" in out) == (0, True)


def test_what_is_shown_says_who_and_when_it_was_written(pilot: Run) -> None:
    propose(pilot, "early", *CHOSEN, "--on", "2026-01-05")
    assert pilot("approve", "early", *OTHER, "--on", "2026-02-01")[0] == 0
    _status, out, _err = pilot("show", "early")
    written = r"written down on \d{4}-\d\d-\d\d"
    assert re.search(rf"2\. 2026-02-01 \({written}\) approved by A Member, while proposed", out)


def test_without_areas_the_best_one_drawn_is_proposed(pilot: Run, tmp_path: Path) -> None:
    drawn = document(
        pilot, "propose", "drawn", "--title", "Drawn", *WHO, *KIRKLEES, "--cap", "5000"
    )
    assert len(drawn["areas"]) > 1
    file = tmp_path / "areas.csv"
    file.write_text("code\n" + "".join(f"{code},x\n" for code in drawn["areas"]))
    listed = document(
        pilot, "propose", "listed", "--title", "Drawn", *WHO, *KIRKLEES, "--areas", str(file)
    )
    assert listed["areas"] == drawn["areas"]
    file.write_text("E01011133\nE0101113\n")
    status, _out, err = propose(pilot, "listed", "--areas", str(file))
    assert (status, "areas.csv, line 2: 'E0101113' is no code" in err) == (1, True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*CHOSEN, "--area", "E01011140"), "areas: they are not connected"),
        ((*CHOSEN, "--cap", "100"), "people live in the areas, and the cap is 100"),
        (("--area", "E01999999"), "areas: E01999999 is no neighbourhood of Kirklees"),
        ((*CHOSEN, "--outcome", "imd2025"), "outcome: imd2025 is the index of deprivation"),
        ((*CHOSEN, "--include", "E01011140"), "include: E01011140 must be in"),
        ((*CHOSEN, "--exclude", "E01011133"), "exclude: E01011133 must be out"),
        ((*CHOSEN, "--on", "2999-01-01"), "on: 2999-01-01 is in the future"),
        ((*CHOSEN, "--on", "soon"), "--on: write a day such as"),
        ((*CHOSEN, "--across", "far"), "--across: write metres"),
        ((*CHOSEN, "--pool", "moon"), "pool: allowed are"),
        ((*CHOSEN, "--areas", "x"), "give either --area or --areas"),
        ((*CHOSEN, "--definition", "nowhere"), "There is no definition nowhere"),
    ],
)
def test_what_no_pilot_can_be(
    pilot: Run, writable: Engine, words: tuple[str, ...], sentence: str
) -> None:
    status, _out, err = propose(pilot, "never", *words)
    assert status in {1, 2}
    assert sentence in err
    with writable.connect() as connection:
        assert not connection.execute(text("SELECT 1 FROM pilot WHERE slug = 'never'")).all()


def test_nobody_approves_their_own(pilot: Run) -> None:
    propose(pilot, "own", *CHOSEN)
    status, _out, err = pilot("approve", "own", "--by", " an  OFFICER", "--reason", "Mine.")
    assert (status, err) == (
        1,
        "an OFFICER proposed the pilot own and cannot approve it: somebody else must.",
    )


def test_what_changed_since_the_proposal_is_told_before_approval(
    pilot: Run, writable: Engine, copy: str
) -> None:
    propose(pilot, "changing", *CHOSEN, "--on", "2026-01-05")
    retire = "UPDATE dataset SET state = :to WHERE key LIKE 'assets-%' AND state = :now"
    with writable.begin() as connection:
        connection.execute(text(retire), {"now": "current", "to": "retired"})
    try:
        status, _out, err = pilot("approve", "changing", *OTHER)
        assert status == 1
        assert err.startswith("What changing was proposed on has changed since.")
        told = document(pilot, "changes", "changing")
        assert told["since"] == "proposal"
        assert {"datasets", "ranking"} <= {change["section"] for change in told["changes"]}
        done = document(pilot, "approve", "changing", *OTHER, "--despite-changes")
        assert done["changes"] == told["changes"]
        assert document(pilot, "changes", "changing")["changes"] == []
    finally:
        with writable.begin() as connection:
            connection.execute(text(retire), {"now": "retired", "to": "current"})
    since = document(pilot, "changes", "changing")
    assert (since["since"], since["changes"] != []) == ("approval", True)


def test_an_approval_is_of_what_was_read(
    pilot: Run, writable: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proposed anew while the evidence was being gathered: not approved unread."""
    propose(pilot, "moving", *CHOSEN)
    gather = pipeline.gather

    def slowly(*arguments):  # type: ignore[no-untyped-def]
        found = gather(*arguments)
        monkeypatch.setattr(pipeline, "gather", gather)
        propose(pilot, "moving", *CHOSEN, "--area", "E01011143")
        return found

    monkeypatch.setattr(pipeline, "gather", slowly)
    with pytest.raises(RefusedStepError, match="was proposed anew meanwhile"):
        pipeline.approve(writable, "moving", "A Member", "Yes.")
    shown = document(pilot, "show", "moving")
    assert [event["kind"] for event in shown["events"]] == ["proposed", "proposed"]
