"""The decision pack for people: page, PDF and bundle of a pilot, offline, escaped and tagged."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from geo_wealth import pdf
from geo_wealth.cluster import Cluster
from geo_wealth.config import Settings
from geo_wealth.db import create_engine
from geo_wealth.errors import BusyError, SetupError
from geo_wealth.evidence.section import canonical
from geo_wealth.pack.reading import EVIDENCE, MANIFEST, Pack
from geo_wealth.pack.record import pilot_record
from geo_wealth.pack.tables import tables
from geo_wealth.pack.verify import verify
from geo_wealth.pilots import Event, Said, follow
from geo_wealth.pipeline.evidence import evidence_hash, gather, programme
from geo_wealth.pipeline.ranking import build_ranking
from geo_wealth.plan import Plan
from geo_wealth.queries.rows import RankRequest
from geo_wealth.robustness import Weightings
from geo_wealth.store import pilots as store
from webmap import create_app
from webmap import pack as drawing
from webmap.pack import kept_pdf, render

REQUEST = RankRequest("E08000034", "imd2019")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
needs_pdf = pytest.mark.skipif(pdf.missing() is not None, reason=pdf.missing() or "")


@pytest.fixture(scope="module")
def evidence(sample_engine: Engine) -> dict[str, Any]:
    with sample_engine.connect() as connection:
        first = [area.code for area in build_ranking(connection, REQUEST).areas[:2]]
        plan = Plan("try", "A try", tuple(sorted(first)), REQUEST, Weightings(draws=100))
        return gather(connection, plan)


def proposed(evidence: dict[str, Any]) -> Said:
    digest = evidence_hash(evidence)
    return Said("proposed", "A. Officer", date(2026, 11, 20), "Most deprived", None, digest)


def approved(evidence: dict[str, Any]) -> tuple[Event, Event]:
    first = follow("try", (), proposed(evidence), NOW)
    said = replace(proposed(evidence), kind="approved", by="B. Officer", on=date(2026, 11, 21))
    return first, follow("try", (first,), said, NOW)


@pytest.fixture(scope="module")
def page(evidence: dict[str, Any]) -> str:
    return render(evidence, pilot_record("try", approved(evidence), with_names=False))


class Outline(HTMLParser):
    """Gathers what a page refers to, its headings, and what it would run."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"href", "src", "action", "data", "poster", "srcset"}:
                self.addresses.append(value or "")
            if name.startswith("on") or name == "style":
                self.inline.append(name)


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    return found


def test_the_page_asks_nothing_of_any_host(page: str) -> None:
    found = outline(page)
    assert found.addresses == []
    assert found.inline == []
    assert not {"script", "link", "iframe", "img"} & set(found.tags)
    assert "default-src 'none'" in page.replace("&#39;", "'")
    assert not re.search(r"@import|url\((?!#)", page)


def test_the_page_says_what_a_councillor_asks(page: str) -> None:
    for words in (
        "Approved on 21 November 2026",
        "In short",
        "What would change it",
        "sensitivity to the weights, not a confidence interval",
        "What else was considered",
        "What it will be compared with",
        "Whether success could be seen",
        "Risks and limits",
        "Licence",
        "geo-wealth verify",
    ):
        assert words in page, words
    assert page.count("<h1") == 1
    assert "Payments, suppliers, buildings and outcomes are invented" in page
    assert "(sample data)</caption>" in page
    assert "(sample) (sample data)" not in page
    assert "(sample data) (sample data)" not in page


def test_the_page_says_how_often_other_weights_draw_each_neighbourhood(
    page: str, evidence: dict[str, Any]
) -> None:
    told = evidence["sections"]["drawing"]["results"]["sensitivity"]
    assert f"Drawn again under {told['draws']:,} weightings, the area as chosen" in page
    assert told["chosen"]["sentence"] in page.replace("\u00a0", " ").replace("&#39;", "'")
    after = page.split("How often each neighbourhood is in the best area")[1]
    table = after.split("</table>", maxsplit=1)[0]
    often = {code for code, share in told["in_best_area"].items() if share >= 0.1}
    assert set(re.findall(r"E010\d{5}", table)) == often | set(evidence["plan"]["areas"])


def test_differences_have_a_minus_and_no_zero_a_sign(page: str) -> None:
    cells = re.findall(r'<td role="cell" class="figure">(?:<span.*?</span>)?([^<]*)</td>', page)
    assert any("−" in cell for cell in cells)
    assert not [cell for cell in cells if re.fullmatch(r"-.*|−0(\.0*)?", cell)]


def test_what_is_seen_without_a_named_outcome_is_of_what_is_loaded(page: str) -> None:
    text = page.replace("\u00a0", " ")
    assert "None was named; of what is loaded, Working-age residents" in text
    assert "No outcome was named to judge it by." in text
    assert re.search(r"p-value .* cannot be below 1 in \d+, however large the effect, since", text)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_tables_say_what_the_page_says(page: str, evidence: dict[str, Any]) -> None:
    files = tables(evidence)
    page = unescape(page).replace("\u00a0", " ")
    moved = [row for row in rows_of(files["reversals.csv"]) if row["change_l1"]]
    assert moved
    for row in moved:
        points = float(row["points_of_weight_moved"])
        assert points == pytest.approx(50 * float(row["change_l1"]))
        said = "less than 0.1" if points < 0.1 else f"{points:.1f}"
        assert f"once {said} percentage points of weight moves" in page
    balance = rows_of(files["balance.csv"])
    order = ["covariate", "pilot", "matched", "pool", "before", "after"]
    assert list(balance[0])[:6] == order
    assert {row["flag"] for row in balance} <= {"balanced", "nearly balanced", "apart", "not known"}
    for row in balance:
        assert re.search(rf"(?i){re.escape(row['covariate'])}</th>.*>{row['flag']}</td>", page)


def test_the_hash_for_the_minutes_stands_first_in_the_box(
    page: str, evidence: dict[str, Any]
) -> None:
    box = page.split('class="decision"')[1].split("</section>", maxsplit=1)[0]
    assert "to be written in the minutes" in box
    assert evidence_hash(evidence) in box


def test_steps_that_were_dated_back_say_when_they_were_written(page: str) -> None:
    later = "written down on 22 November 2026"
    assert f"Approved on 21 November 2026 ({later})" in page
    assert f"proposed on 20 November 2026 ({later})" in page
    assert page.count(f"<br><small>{later}</small>") == 2
    assert page.count("by another person than the proposer") == 1


def test_a_step_written_on_its_day_says_no_more(evidence: dict[str, Any]) -> None:
    first = follow("try", (), replace(proposed(evidence), on=NOW.date()), NOW)
    shown = render(evidence, pilot_record("try", (first,), with_names=False))
    assert "written down on" not in shown


def test_a_proposal_says_that_it_is_not_approved(evidence: dict[str, Any]) -> None:
    events = approved(evidence)[:1]
    assert "Proposal, not approved" in render(
        evidence, pilot_record("try", events, with_names=False)
    )


def test_a_name_from_a_publisher_stays_text(evidence: dict[str, Any]) -> None:
    hostile = deepcopy(evidence)
    word = "<script>alert(1)</script>{{ 7*7 }}"
    for area in hostile["sections"]["ranking"]["inputs"]["areas"]:
        area["name"] = area["ward_name"] = word
    hostile["plan"]["title"] = hostile["datasets"][0]["title"] = word
    shown = render(hostile, pilot_record("try", approved(evidence), with_names=True))
    assert "script" not in outline(shown).tags
    assert "&lt;script&gt;" in shown
    assert "{{ 7*7 }}" in shown


def test_a_pilot_without_comparison_and_outcome_says_so(evidence: dict[str, Any]) -> None:
    less = deepcopy(evidence)
    for name in ("comparison", "effect", "clusters", "robustness", "drawing"):
        del less["sections"][name]
    less["absent"] = {"effect": "No outcome is loaded at all."}
    shown = render(less, pilot_record("try", approved(evidence), with_names=False))
    assert "No outcome is loaded at all." in shown
    assert "No comparison group was chosen." in shown


def test_every_table_has_a_caption_and_headings_with_scope(page: str) -> None:
    tables = re.findall(r"<table\b.*?</table>", page, re.DOTALL)
    assert len(tables) >= 6
    for table in tables:
        assert "<caption>" in table
        heads = re.findall(r"<th\b[^>]*>", table)
        assert heads
        assert all("scope=" in head for head in heads)
        assert table.count("<thead") == 1
        assert not re.search(r"<(?:table|thead|tbody|tr|th|td)\b(?! role=)", table)


def plain_pdf(data: bytes) -> bytes:
    """Unpack the streams of a PDF, in which its objects are."""
    found = [data]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


@needs_pdf
def test_the_pdf_is_tagged_and_the_same_every_time(page: str) -> None:
    made = pdf.to_pdf(page)
    plain = plain_pdf(made)
    for mark in (
        b"/MarkInfo",
        b"/StructTreeRoot",
        b"/Lang",
        b"/DisplayDocTitle",
        b"pdfuaid",
        b"/H1",
        b"/TH",
        b"/Caption",
        b"/Figure",
        b"/Alt",
    ):
        assert mark in plain, mark
    assert plain.count(b"/S /Figure") <= plain.count(b"/Alt"), "each picture has its words"
    assert pdf.to_pdf(page) == made


@needs_pdf
def test_a_pdf_fetches_nothing(tmp_path: Path) -> None:
    picture = tmp_path / "one.svg"
    picture.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>secret</text></svg>')
    with_picture = '<html lang="en"><title>x</title><img src="{}" alt="a picture"></html>'
    made = pdf.to_pdf(with_picture.format(picture.as_uri()))
    assert made == pdf.to_pdf(with_picture.format("https://nowhere.invalid/one.svg"))


def test_a_machine_without_the_libraries_says_so(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Any:
        raise OSError("cannot load library 'libpango'")

    monkeypatch.setattr(pdf, "_weasyprint", fail)
    with pytest.raises(SetupError, match="needs Pango"):
        pdf.to_pdf(page)
    assert drawing.pdf_or_none(page + "<!-- another -->") is None


def test_no_more_pdf_are_made_at_once_than_may_be() -> None:
    with drawing._ROOM.place(), pytest.raises(BusyError, match="being made already"):
        kept_pdf("<p>one that nobody has asked for</p>")


@pytest.fixture(scope="module")
def pilot_engine(
    cluster: Cluster, sample_database: str, evidence: dict[str, Any]
) -> Iterator[Engine]:
    """A copy of the sample with the pilot proposed in it."""
    cluster.create_database("with_pack", template="sample_copy")
    engine = create_engine(cluster.url("with_pack"))
    with engine.begin() as connection:
        store.add_pilot(connection, "try")
        store.keep_evidence(connection, evidence_hash(evidence), canonical(evidence), "x")
        store.add_event(connection, "try", proposed(evidence), datetime.now(UTC))
    yield engine
    engine.dispose()
    cluster.drop_database("with_pack")


@pytest.fixture
def pilot_client(settings: Settings, pilot_engine: Engine) -> FlaskClient:
    return create_app(settings, pilot_engine).test_client()


def test_the_web_gives_the_page_under_its_own_policy(pilot_client: FlaskClient) -> None:
    response = pilot_client.get("/pilots/try/pack.html")
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert response.status_code == 200
    assert "Proposal, not approved" in response.text
    assert "A. Officer" not in response.text
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "nonce" not in policy
    again = pilot_client.get(
        "/pilots/try/pack.html", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


@needs_pdf
def test_the_web_gives_pdf_and_a_bundle_that_verifies(pilot_client: FlaskClient) -> None:
    made = pilot_client.get("/pilots/try/pack.pdf")
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    bundle = pilot_client.get("/pilots/try/pack.zip")
    with zipfile.ZipFile(io.BytesIO(bundle.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files["decision.pdf"] == made.data
    pack = Pack("x", files, orjson.loads(files[MANIFEST]), orjson.loads(files[EVIDENCE]))
    assert verify(pack, programme()["version"], render).found == ()
    assert b"A. Officer" not in b"".join(files.values())


def test_unknown_pilots_and_parameters_are_told(pilot_client: FlaskClient) -> None:
    for ending in ("html", "pdf", "zip"):
        assert pilot_client.get(f"/pilots/nowhere/pack.{ending}").status_code == 404
        assert pilot_client.get(f"/pilots/try/pack.{ending}?names=1").status_code == 400
